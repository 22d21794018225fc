import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.pricing import flags
from voldesk.pricing.black import black_price, log_moneyness
from voldesk.pricing.twin_hard import Quotes, Targets, evaluate, solve, solve_stdev, split, start


def quotes(price: object, forward: object, strike: object, is_call: object) -> Quotes:
    p, f, k, c = np.broadcast_arrays(
        np.asarray(price, float),
        np.asarray(forward, float),
        np.asarray(strike, float),
        np.asarray(is_call, bool),
    )
    one = np.ones(p.shape)
    with np.errstate(all="ignore"):
        return Quotes(p, f, k, log_moneyness(f, k), one, c, one)


def test_split_names_what_no_vol_can_give() -> None:
    """Intrinsic or less, the largest price or more, and nonsense are told apart."""
    price = [10.0, 9.999, 0.0, 100.0, 120.0, np.nan, -3.0, 30.0]
    with np.errstate(all="ignore"):
        _, _, flag = split(quotes(price, 100.0, 90.0, np.ones(8, bool)))
    assert flag.tolist() == [
        flags.BELOW_INTRINSIC,
        flags.BELOW_INTRINSIC,
        flags.BELOW_INTRINSIC,
        flags.ABOVE_MAX,
        flags.ABOVE_MAX,
        flags.BAD_INPUT,
        flags.BELOW_INTRINSIC,
        flags.OK,
    ]


def test_rounding_is_no_time_value() -> None:
    """A price one unit in the last place above intrinsic says nothing about vol."""
    price = np.nextafter(10.0, 11.0)
    with np.errstate(all="ignore"):
        vol, flag = solve(quotes([price], 100.0, 90.0, [True]))
    assert flag[0] == flags.BELOW_INTRINSIC
    assert np.isnan(vol[0])


@given(st.floats(0.0, 8.0), st.floats(0.01, 12.0))
def test_bracket_holds_the_root(h: float, v: float) -> None:
    """The start lies in the bracket, f has the sign of the side it is on, and the root is found."""
    if h > 20 * v:
        return
    forward, strike = np.array([100.0]), np.array([100.0 * np.exp(h)])
    price = black_price(forward, strike, v, 1.0, is_call=True)
    with np.errstate(all="ignore"):
        given_quotes = quotes(price, forward, strike, [True])
        time_value, missing, flag = split(given_quotes)
    if flag[0] != flags.OK:
        return
    is_low = time_value <= missing
    wanted = np.where(is_low, time_value, missing)
    root = np.sqrt(forward * strike)
    x = np.abs(given_quotes.x)
    with np.errstate(all="ignore"):
        target = Targets(x, np.log(wanted / root), is_low)
        first, low, high = start(target)
        found = solve_stdev(target)
        f, _ = evaluate(target, found)
    assert low[0] <= first[0] <= high[0]
    assert low[0] * (1 - 1e-9) <= found[0] <= high[0]
    assert abs(f[0]) < 1e-11
    again = black_price(forward, strike, found, 1.0, is_call=True)
    assert again[0] == pytest.approx(price[0], rel=1e-11)


@pytest.mark.parametrize("scale", [1e-300, 1e-150, 1.0, 1e150, 1e300])
def test_vol_does_not_depend_on_the_currency(scale: float) -> None:
    """Prices in tiny or huge units have the same vol."""
    with np.errstate(all="ignore"):
        vol, flag = solve(quotes([12.5 * scale], 100.0 * scale, 130.0 * scale, [True]))
        expected, _ = solve(quotes([12.5], 100.0, 130.0, [True]))
    assert flag[0] == flags.OK
    assert vol[0] == pytest.approx(expected[0], rel=1e-13)
