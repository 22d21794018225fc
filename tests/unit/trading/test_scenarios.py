"""Scenarios: the same as pricing each position again by hand, and unknown by name."""

import math
from decimal import Decimal

import numpy as np
import pytest
from hand_desk import CALL, HIGH_CALL, PUT, STOCK, a_mark

from voldesk.model.enums import Right
from voldesk.pricing.black import bsm_price
from voldesk.trading.carry import Carry
from voldesk.trading.marks import Mark
from voldesk.trading.portfolio import Figures, PortfolioSettings, Row, terms_of
from voldesk.trading.scenarios import Axes, Grid, scenario_grid

YEARS, RATE, DIVIDENDS = 0.25, 0.04, 0.01
AXES = Axes(spot_moves=(-0.1, 0.0, 0.03), vol_moves=(-0.5, 0.0, 0.02), days=(0.0, 10.0, 200.0))


class HandCarries:
    """Series as a test sets them."""

    def __init__(self, **changes: float) -> None:
        facts = {
            "forward": 198.0 * math.exp((RATE - DIVIDENDS) * YEARS),
            "discount": math.exp(-RATE * YEARS),
            "years": YEARS,
        }
        self.one = Carry(**facts | changes)

    def carry(self, key: str) -> Carry | None:
        return None if key == HIGH_CALL else self.one


def row(key: str, quantity: int, mark: Mark | None) -> Row:
    """Return a position."""
    underlying, expiry = terms_of(key)
    return Row(
        key=key,
        underlying=underlying,
        expiry=expiry,
        quantity=quantity,
        average_price=Decimal(1),
        mark=mark,
        figures=Figures(),
    )


def grid(*rows: Row, carries: HandCarries | None = None, axes: Axes = AXES) -> Grid:
    """Return the profits of positions over the axes."""
    return scenario_grid(rows, carries or HandCarries(), axes, PortfolioSettings())


def price(mark: Mark, spot: float, vol: float, years: float) -> float:
    """Return one option's price at a spot, a vol and a time, at the test's rates."""
    is_call = mark.right is Right.CALL
    return float(bsm_price(spot, mark.strike, years, vol, is_call, RATE, DIVIDENDS))


def test_the_grid_is_a_plain_loop() -> None:
    """Every cell is what pricing each position by hand comes to, expired ones included."""
    held = {CALL: 2, PUT: -3}
    marks = {key: a_mark(key, iv=0.3 if key == CALL else 0.35) for key in held}
    found = grid(*(row(key, held[key], marks[key]) for key in held), row(STOCK, 50, a_mark(STOCK)))
    assert found.total.shape == (3, 3, 3)
    for i, move in enumerate(AXES.spot_moves):
        for j, vol_move in enumerate(AXES.vol_moves):
            for k, days in enumerate(AXES.days):
                spot, left = 198.0 * (1 + move), max(YEARS - days / 365, 0.0)
                total = 50 * (spot - 198.0)
                for key, mark in marks.items():
                    then = price(mark, spot, max(mark.iv + vol_move, 0.0), left)
                    total += held[key] * 100 * (then - price(mark, 198.0, mark.iv, YEARS))
                assert found.total[i, j, k] == pytest.approx(total, rel=1e-10, abs=1e-8)
    assert found.unknown == ()


def test_no_move_is_no_profit() -> None:
    """Where nothing moves nothing is won."""
    assert grid(row(CALL, 5, a_mark())).total[1, 1, 0] == pytest.approx(0.0, abs=1e-9)


def test_what_cannot_be_priced_is_named() -> None:
    """Without a mark, a series or time left a position is NaN, and the total with it."""
    found = grid(row(CALL, 1, a_mark()), row(PUT, 1, None), row(HIGH_CALL, 1, a_mark(HIGH_CALL)))
    assert found.unknown == (PUT, HIGH_CALL)
    assert not np.isnan(found.per_position[0]).any()
    assert np.isnan(found.total).all()
    expired = grid(row(CALL, 1, a_mark()), carries=HandCarries(years=0.0))
    assert expired.unknown == (CALL,)


def test_an_empty_portfolio_has_nothing_to_lose() -> None:
    """Closed positions are left out, and the sum over none is 0."""
    found = grid(row(CALL, 0, a_mark()))
    assert found.keys == ()
    assert not found.total.any()


@pytest.mark.parametrize("axes", [{"days": (-1.0,)}, {"spot_moves": (-1.5,)}])
def test_axes_stay_in_this_world(axes: dict[str, tuple[float, ...]]) -> None:
    """Time does not run back and no price falls below 0."""
    with pytest.raises(ValueError, match="expected"):
        Axes(**axes)
