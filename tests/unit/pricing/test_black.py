import csv
import json
from pathlib import Path

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.pricing.black import black_price, bsm_price, log_moneyness, normalised_legs


def exact_normalised(h: float, v: float) -> mp.mpf:
    with mp.workdps(60):
        z = mp.mpf(h) / mp.mpf(v)
        y = mp.mpf(v) / 2
        near = mp.exp(-mp.mpf(h) / 2) * mp.erfc((z - y) / mp.sqrt(2)) / 2
        return near - mp.exp(mp.mpf(h) / 2) * mp.erfc((z + y) / mp.sqrt(2)) / 2


@given(st.floats(0.0, 3.0), st.floats(1e-4, 12.0))
def test_normalised_price_has_relative_accuracy(h: float, v: float) -> None:
    """The out-of-the-money value keeps its digits however small it is."""
    if h > 25 * v:
        return
    legs = normalised_legs(np.array([h]), np.array([v]))
    expected = exact_normalised(h, v)
    assert abs(legs.value[0] - expected) <= 2e-12 * expected
    assert legs.near[0] - legs.far[0] == pytest.approx(legs.value[0], abs=1e-15)


@given(st.floats(1e-3, 1e6), st.floats(-1e-3, 1e-3))
def test_log_moneyness_keeps_its_digits_near_the_forward(forward: float, apart: float) -> None:
    """ln(K / F) is right to the last digits for a strike next to the forward."""
    strike = forward * (1 + apart)
    with mp.workdps(60):
        expected = float(mp.log(mp.mpf(strike) / mp.mpf(forward)))
    ours = log_moneyness(np.array([forward]), np.array([strike]))[0]
    assert ours == pytest.approx(expected, rel=5e-16, abs=0)


@pytest.mark.parametrize(("forward", "strike"), [(1e-300, 1e300), (1e300, 1e-300), (3.0, 1e5)])
def test_log_moneyness_does_not_overflow(forward: float, strike: float) -> None:
    """A ratio beyond float64 has a logarithm within."""
    with np.errstate(all="ignore"):
        ours = log_moneyness(np.array([forward]), np.array([strike]))[0]
    assert ours == pytest.approx(np.log(strike) - np.log(forward), rel=1e-14)


def test_limits_are_discounted_intrinsic_values() -> None:
    """With stdev 0, strike 0 or forward 0 nothing is left but the intrinsic value."""
    calls = black_price([110, 90, 100, 0], [100, 100, 0, 100], [0, 0, 0.3, 0.3], 0.9, is_call=True)
    puts = black_price([110, 90, 100, 0], [100, 100, 0, 100], [0, 0, 0.3, 0.3], 0.9, is_call=False)
    np.testing.assert_allclose(calls, [9.0, 0.0, 90.0, 0.0], rtol=1e-15)
    np.testing.assert_allclose(puts, [0.0, 9.0, 0.0, 90.0], rtol=1e-15)


def test_an_infinite_stdev_gives_the_largest_price() -> None:
    """A call is worth the forward and a put the strike when anything can happen."""
    assert black_price(110, 100, np.inf, 0.5, is_call=True) == 55
    assert black_price(110, 100, np.inf, 0.5, is_call=False) == 50


@pytest.mark.parametrize("bad", [np.nan, np.inf, -1.0])
def test_a_bad_input_is_nan_in_its_own_row(bad: float) -> None:
    """What cannot be priced does not spoil its neighbour."""
    prices = black_price([100.0, bad], [100.0, 100.0], 0.2, 1.0, is_call=True)
    assert np.isfinite(prices[0])
    assert np.isnan(prices[1])


def test_hostile_values_never_warn(hostile: np.ndarray) -> None:
    """No combination of floats raises or warns."""
    f, k, v, d = np.meshgrid(hostile, hostile, hostile, hostile)
    black_price(f, k, v, d, is_call=True)
    bsm_price(f, k, v, d, is_call=False, rate=f, dividend_yield=k)


@given(
    st.floats(10, 1000),
    st.floats(10, 1000),
    st.floats(0.001, 3.0),
    st.floats(0.2, 1.0),
)
def test_put_call_parity(forward: float, strike: float, stdev: float, discount: float) -> None:
    """Call minus put is the discounted forward less the strike."""
    call = black_price(forward, strike, stdev, discount, is_call=True)
    put = black_price(forward, strike, stdev, discount, is_call=False)
    assert call - put == pytest.approx(discount * (forward - strike), rel=1e-12, abs=1e-12)


@given(st.floats(50, 200), st.floats(0.01, 2.0), st.floats(1.0001, 1.5))
def test_price_rises_with_stdev(strike: float, stdev: float, factor: float) -> None:
    """More variance is never worth less."""
    low, high = black_price(100, strike, [stdev, stdev * factor], 1.0, is_call=True)
    assert high >= low


def test_bsm_price_is_black_on_the_forward() -> None:
    """Rate and dividend yield act only through forward and discount."""
    forward, discount = 100 * np.exp((0.05 - 0.02) * 0.7), np.exp(-0.05 * 0.7)
    stdev = 0.3 * np.sqrt(0.7)
    for is_call in (True, False):
        ours = bsm_price(100, 95, 0.7, 0.3, is_call, 0.05, 0.02)
        assert ours == pytest.approx(black_price(forward, 95, stdev, discount, is_call), rel=1e-14)


def test_haug_european_values(vendor_data: Path) -> None:
    """Every printed value of Haug (1998), pp. 2-8, 24, 27 within the table's own tolerance."""
    with (vendor_data / "reference_values" / "haug_european_values.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 30
    for row in rows:
        spot, strike, years, vol, rate, dividend_yield = (
            float(row[name]) for name in ("spot", "strike", "t", "vol", "r", "q")
        )
        ours = bsm_price(spot, strike, years, vol, row["right"] == "call", rate, dividend_yield)
        assert ours == pytest.approx(float(row["expected"]), abs=float(row["tol"])), row


def test_vollib_prices(vendor_data: Path) -> None:
    """vollib's grid of 101 calls and puts agrees to the digits it prints."""
    path = vendor_data / "reference_values" / "vollib_test_data.json"
    table = json.loads(path.read_text())
    data = np.array(table["data"], dtype=np.float64)
    columns = dict(zip(table["columns"], data.T, strict=True))
    s, k, r, t, v = (columns[name] for name in ("S", "K", "R", "t", "v"))
    for name, is_call in (("bs_call", True), ("bs_put", False)):
        ours = bsm_price(s, k, t, v, is_call, r)
        np.testing.assert_allclose(ours, columns[name], rtol=2e-8, atol=1e-7, err_msg=name)
