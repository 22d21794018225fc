"""Attribution: parts that add up exactly, and that explain small moves of a full repricing."""

import math
from decimal import Decimal
from typing import Any

import pytest
from hand_desk import CALL, PUT, STOCK, HandMarks, a_mark
from hypothesis import given
from hypothesis import strategies as st
from orders import a_fill

from voldesk.model.orders import Fill, Side
from voldesk.model.sessions import NS_PER_DAY
from voldesk.pricing.greeks import bsm_greeks
from voldesk.trading.attribution import NAMES, Attribution, Moment, attribute
from voldesk.trading.carry import Carry
from voldesk.trading.marks import Mark
from voldesk.trading.portfolio import PortfolioSettings

YEARS = 0.25
SETTINGS = PortfolioSettings()


def priced(spot: float, vol: float, years: float, rate: float, key: str = CALL) -> Mark:
    """Return a mark whose quotes and Greeks are the model's."""
    one = bsm_greeks(vol, spot, 200.0, years, key == CALL, rate)
    price = float(one.price)
    return a_mark(
        key,
        spot=spot,
        bid=price - 0.05,
        ask=price + 0.05,
        iv=vol,
        delta=float(one.delta),
        gamma=float(one.gamma),
        vega=float(one.vega) / 100,
        theta=float(one.theta) / 365,
        rho=float(one.rho) / 100,
    )


def moment(days: float, *marks: Mark, rate: float = 0.04, has_carry: bool = True) -> Moment:
    """Return the market so many days after the beginning."""
    years = YEARS - days / 365
    carry = Carry(forward=200.0, discount=math.exp(-rate * years), years=years)
    carries = {mark.key: carry for mark in marks} if has_carry else {}
    return Moment(round(days * NS_PER_DAY), {mark.key: mark for mark in marks}, carries)


def explained(
    before: Moment, after: Moment, *fills: Fill, held: dict[str, int] | None = None
) -> Attribution:
    """Return the parts of ten calls, or of what is held, after which they have been added up."""
    found = attribute(before, after, {CALL: 10} if held is None else held, fills, SETTINGS)
    if not found.parts.total.is_nan():
        assert found.parts.total == found.total
        assert sum(one.total for one in found.by_key.values()) == found.total
    return found


@given(st.floats(-0.5, 0.5), st.floats(-0.002, 0.002), st.floats(0.0, 0.5), st.floats(-1e-4, 1e-4))
def test_small_moves_are_explained(spot: float, vol: float, days: float, rate: float) -> None:
    """Of a full repricing the Greeks leave next to nothing, and the sum is exact."""
    before = moment(0, priced(198.0, 0.3, YEARS, 0.04))
    later = priced(198.0 + spot, 0.3 + vol, YEARS - days / 365, 0.04 + rate)
    found = explained(before, moment(days, later, rate=0.04 + rate))
    size = sum(abs(getattr(found.parts, name)) for name in NAMES if name != "rest")
    assert abs(found.parts.rest) <= Decimal("0.02") * size + Decimal("1.5")


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("delta", {"spot": 198.01}),
        ("vega", {"vol": 0.3001}),
        ("theta", {"days": 0.01}),
        ("rho", {"rate": 0.0401}),
    ],
)
def test_one_cause_moves_one_part(part: str, change: dict[str, float]) -> None:
    """What comes of spot, vol, time or rate alone stands under its name."""
    now = {"spot": 198.0, "vol": 0.3, "days": 0.0, "rate": 0.04} | change
    before = moment(0, priced(198.0, 0.3, YEARS, 0.04))
    later = priced(now["spot"], now["vol"], YEARS - now["days"] / 365, now["rate"])
    found = explained(before, moment(now["days"], later, rate=now["rate"]))
    assert float(getattr(found.parts, part)) == pytest.approx(float(found.total), rel=0.01)
    assert found.total != 0


def test_trades_and_fees_have_their_own_parts() -> None:
    """What was traded in between is held against the last mark, whatever was held before."""
    market = moment(0, a_mark(bid=2.0, ask=2.2)), moment(0, a_mark(bid=2.0, ask=2.2))
    bought = a_fill("a", key=CALL, quantity=2, price=Decimal("2.00"), commission=Decimal("1.30"))
    sold = a_fill("b", key=CALL, side=Side.SELL, price=Decimal("2.50"), commission=Decimal(1))
    found = explained(*market, bought, sold, held={})
    assert found.parts.trades == Decimal(20) + Decimal(40)
    assert found.parts.fees == Decimal("-2.30")
    assert found.total == Decimal("57.70")
    assert found.unknown == {}


def test_an_underlying_has_a_delta_alone() -> None:
    """Shares move by spot, and need neither vol nor rate."""
    facts: dict[str, Any] = {"delta": 1.0, "gamma": 0.0, "theta": 0.0, "iv": math.nan}
    before = moment(0, a_mark(STOCK, bid=198.0, ask=198.0, **facts), has_carry=False)
    later = a_mark(STOCK, spot=199.0, bid=199.0, ask=199.0, **facts)
    found = explained(before, moment(0, later, has_carry=False), held={STOCK: 30, PUT: 0})
    assert found.parts.delta == 30
    assert found.parts.rest == 0


def test_what_is_not_known_is_named() -> None:
    """Without a series rate and rest are unknown; the profit is known all the same."""
    before, after = moment(0, a_mark(), has_carry=False), moment(0, a_mark(), has_carry=False)
    found = explained(before, after)
    assert found.unknown == {"rho": (CALL,), "rest": (CALL,)}
    assert found.total == found.parts.delta == 0
    gone = explained(before, moment(0), held={CALL: 1, PUT: 1})
    assert gone.total.is_nan()
    assert gone.unknown["delta"] == (CALL, PUT)
    fee = explained(*(moment(0, a_mark()),) * 2, a_fill("a", key=CALL, commission=None))
    assert fee.unknown == {"fees": (CALL,)}


def test_a_moment_takes_what_is_there() -> None:
    """Contracts that no chain shows are left out."""

    class Carries:
        def carry(self, key: str) -> Carry | None:
            return Carry(forward=1.0, discount=1.0, years=1.0) if key == CALL else None

    found = Moment.of(5, (CALL, PUT), HandMarks(a_mark(CALL)), Carries())
    assert (found.at, set(found.marks), set(found.carries)) == (5, {CALL}, {CALL})
