"""What every implementation of the six calls has to do, run against the twin and the kernels."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from voldesk.pricing import flags
from voldesk.pricing.black import black_price, bsm_price
from voldesk.pricing.twin_calls import Calls

FloatArray = NDArray[np.float64]
ExactGreeks = Callable[..., tuple[list[float], list[float]]]

RELATIVE = 2e-12  # of the sum of a figure's terms
N = 400


def options(seed: int) -> dict[str, NDArray[Any]]:
    """Return options from one minute to five years, out to nine stdevs, in both directions."""
    random = np.random.default_rng(seed)
    years = np.exp(random.uniform(np.log(2e-6), np.log(5.0), N))
    vol = np.exp(random.uniform(np.log(0.03), np.log(2.5), N))
    spot = 100 * np.exp(random.normal(0, 0.5, N))
    rate, dividend_yield = random.uniform(-0.02, 0.1, N), random.uniform(-0.01, 0.05, N)
    z = random.uniform(-9, 9, N)
    strike = spot * np.exp((rate - dividend_yield) * years + z * vol * np.sqrt(years))
    return {
        "vol": vol,
        "spot": spot,
        "strike": strike,
        "years": years,
        "is_call": random.random(N) < 0.5,
        "rate": rate,
        "dividend_yield": dividend_yield,
    }


def test_greeks_agree_with_forty_digits(implementation: Calls, exact_greeks: ExactGreeks) -> None:
    """Price and every Greek are right to 2e-12 of their own terms (price in the money to 1e-11)."""
    inputs = options(1)
    columns = np.empty((10, N))
    implementation.bsm_greeks(*inputs.values(), columns)
    exact = [exact_greeks(*row) for row in zip(*inputs.values(), strict=True)]
    values = np.array([value for value, _ in exact]).T
    scales = np.array([scale for _, scale in exact]).T
    error = np.abs(columns[1:] - values) / scales
    assert error[1:].max() < RELATIVE
    assert error[0].max() < 1e-11  # where the forward's rounding is the price's error
    np.testing.assert_array_equal(columns[0], inputs["vol"])


def test_solving_is_the_inverse_of_pricing(implementation: Calls) -> None:
    """Solved rows have the vol they were priced at, and the Greeks of that vol."""
    inputs = options(2)
    vol, spot, strike, years, is_call, rate, dividend_yield = inputs.values()
    price = bsm_price(spot, strike, years, vol, is_call, rate, dividend_yield)
    columns, flag = np.empty((10, N)), np.empty(N, np.uint8)
    implementation.bsm_solve(price, *list(inputs.values())[1:], columns, flag)
    again = np.empty((10, N))
    implementation.bsm_greeks(columns[0], *list(inputs.values())[1:], again)
    is_out = (strike > spot * np.exp((rate - dividend_yield) * years)) == is_call
    usable = (flag == flags.OK) & is_out & (price > 1e-9)
    assert usable.sum() > N // 8
    np.testing.assert_allclose(columns[0, usable], vol[usable], rtol=1e-12)
    for fused, stepwise in zip(columns, again, strict=True):
        np.testing.assert_allclose(fused[usable], stepwise[usable], rtol=1e-10)
    assert np.isnan(columns[:, flag != flags.OK]).all()


def test_series_mode_is_direct_mode(implementation: Calls) -> None:
    """Values looked up per series price exactly like values given per row."""
    random = np.random.default_rng(3)
    m = 7
    forward, discount = 100 + random.normal(0, 2, m), random.uniform(0.9, 1.0, m)
    years = random.uniform(0.01, 2.0, m)
    series = np.sort(random.integers(0, m, N)).astype(np.int32)
    series[::50] = random.integers(0, m, 8)  # and some out of their run
    f, d, t = forward[series], discount[series], years[series]
    is_call = random.random(N) < 0.5
    vol = random.uniform(0.1, 0.8, N)
    strike = f * np.exp(random.uniform(-2, 2, N) * vol * np.sqrt(t))
    price = black_price(f, strike, vol * np.sqrt(t), d, is_call)
    tables = (forward, discount, years)

    direct, by_series = np.empty(N), np.empty(N)
    flag, flag_by_series = np.empty(N, np.uint8), np.empty(N, np.uint8)
    implementation.implied_vol(price, f, strike, t, is_call, d, direct, flag)
    implementation.series_implied_vol(
        price, strike, is_call, series, *tables, by_series, flag_by_series
    )
    np.testing.assert_allclose(by_series, direct, rtol=1e-15)
    np.testing.assert_array_equal(flag, flag_by_series)

    solved, given = np.empty((10, N)), np.empty((10, N))
    implementation.series_solve(price, strike, is_call, series, *tables, solved, flag)
    implementation.series_greeks(direct, strike, is_call, series, *tables, given)
    bsm = np.empty((10, N))
    no_yield = np.zeros(1)
    implementation.bsm_greeks(direct, f * d, strike, t, is_call, -np.log(d) / t, no_yield, bsm)
    np.testing.assert_allclose(solved[0], direct, rtol=1e-14)
    for name, a, b, c in zip(range(10), solved, given, bsm, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12, err_msg=str(name))
        np.testing.assert_allclose(b, c, rtol=1e-10, atol=1e-12, err_msg=str(name))


@pytest.mark.parametrize("wrong", [-1, 3, 2**31 - 1, -(2**31)])
def test_an_unknown_series_spoils_its_own_row_only(implementation: Calls, wrong: int) -> None:
    """An index outside the table is a bad input, not a read outside the table."""
    series = np.array([0, wrong, 2], np.int32)
    price, strike, is_call = np.full(3, 5.0), np.full(3, 100.0), np.array([True])
    tables = (np.full(3, 100.0), np.ones(3), np.full(3, 0.5))
    vol, flag = np.empty(3), np.empty(3, np.uint8)
    implementation.series_implied_vol(price, strike, is_call, series, *tables, vol, flag)
    assert flag.tolist() == [flags.OK, flags.BAD_INPUT, flags.OK]
    columns = np.empty((10, 3))
    implementation.series_greeks(np.full(3, 0.2), strike, is_call, series, *tables, columns)
    assert np.isnan(columns[:, 1]).all()
    assert np.isfinite(columns[:, [0, 2]]).all()


@pytest.mark.parametrize("count", [0, 1, 7, 255, 256, 257, 1000])
def test_one_row_stands_for_all(implementation: Calls, count: int) -> None:
    """A column of one row gives what the same value in every row gives, at any length."""
    random = np.random.default_rng(count)
    price, strike = random.uniform(0.1, 30, count), random.uniform(80, 120, count)
    one = {"spot": 100.0, "years": 0.3, "rate": 0.03, "dividend_yield": 0.01}
    short = {name: np.array([value]) for name, value in one.items()}
    long = {name: np.full(count, value) for name, value in one.items()}
    results = []
    for given, is_call in ((short, np.array([True])), (long, np.full(count, True))):
        columns, flag = np.full((10, count), 7.0), np.full(count, 7, np.uint8)
        implementation.bsm_solve(
            price,
            given["spot"],
            strike,
            given["years"],
            is_call,
            given["rate"],
            given["dividend_yield"],
            columns,
            flag,
        )
        results.append((columns, flag))
    np.testing.assert_array_equal(results[0][0], results[1][0])
    np.testing.assert_array_equal(results[0][1], results[1][1])


def test_read_only_inputs_are_welcome(implementation: Calls) -> None:
    """A frozen column is only read."""
    price, forward, strike, years, discount = (
        np.full(3, x) for x in (10.0, 100.0, 100.0, 0.5, 1.0)
    )
    is_call = np.full(3, True)
    for column in (price, forward, strike, years, discount, is_call):
        column.flags.writeable = False
    vol, flag = np.empty(3), np.empty(3, np.uint8)
    implementation.implied_vol(price, forward, strike, years, is_call, discount, vol, flag)
    assert (flag == flags.OK).all()
