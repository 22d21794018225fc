import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.model.enums import Market
from voldesk.strategies.prices import price_step, to_step, to_tick


@pytest.mark.parametrize(
    ("price", "tick", "market", "step"),
    [
        (2.95, 0.05, Market.US, "0.05"),
        (3.0, 0.05, Market.US, "0.10"),
        (2.99, 0.01, Market.US, "0.01"),
        (12.0, 0.01, Market.US, "0.05"),
        (12.0, 0.1, Market.US, "0.1"),
        (120.0, 0.05, Market.INDIA, "0.05"),
        (120.0, 2.5, Market.DERIBIT, "2.5"),
    ],
)
def test_us_options_trade_coarser_from_three_on(
    price: float, tick: float, market: Market, step: str
) -> None:
    """Elsewhere the step is the contract's own."""
    assert price_step(price, tick, market) == Decimal(step)


@pytest.mark.parametrize(
    ("price", "tick"), [(math.nan, 0.05), (1.0, math.nan), (1.0, 0.0), (math.inf, 0.05)]
)
def test_an_unknown_step_gives_no_price(price: float, tick: float) -> None:
    """None, of a share as well."""
    assert to_step(price, tick, Market.US, up=True) is None
    assert to_tick(price, tick, up=True) is None


@given(
    st.floats(0.01, 5_000.0),
    st.sampled_from([0.01, 0.05, 0.1, 2.5]),
    st.sampled_from([Market.US, Market.INDIA]),
    st.booleans(),
)
def test_a_price_goes_to_the_next_step(price: float, tick: float, market: Market, up: bool) -> None:
    """A whole number of steps, less than one away, on the side asked for."""
    step = price_step(price, tick, market)
    found = to_step(price, tick, market, up=up)
    assert step is not None
    assert found is not None
    assert found % step == 0
    away = float(found) - price
    assert abs(away) < float(step) * (1 + 1e-6)
    assert away >= -1e-6 if up else away <= 1e-6


@given(st.integers(1, 100_000), st.booleans())
def test_a_price_on_a_step_stays(steps: int, up: bool) -> None:
    """However a float spells it: 0.1 + 0.2 is three steps of 0.1."""
    price = sum([0.1] * (steps % 50)) + 0.1
    assert to_tick(price, 0.1, up=up) == Decimal(steps % 50 + 1) * Decimal("0.1")
