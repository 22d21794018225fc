"""Prices and Greeks through the public functions: literature, limits, shapes."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from voldesk.pricing import flags
from voldesk.pricing.black import bsm_price
from voldesk.pricing.greeks import GreekColumns, bsm_greeks, bsm_solve, series_greeks, series_solve

pytestmark = pytest.mark.usefixtures("served")

PRINTED = 6e-5  # half a unit of the table's last digit, and a little


def haug_figure(name: str, columns: GreekColumns, spot: float) -> float | None:
    """Return our figure for a row of Haug's table, None for the one we do not publish."""
    if name == "dividend_rho":  # our rho is by the rate; this one is tested by a difference below
        return None
    figures = {
        "elasticity": columns.delta * spot / columns.price,
        "theta_year": columns.theta,
        "theta_day": columns.theta / 365,
    }
    return float(figures[name] if name in figures else getattr(columns, name))


def test_haug_greeks(vendor_data: Path) -> None:
    """Every Greek printed in Haug (1998), pp. 11-16, to its last digit."""
    with (vendor_data / "reference_values" / "haug_european_greeks.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 11
    for row in rows:
        spot, strike, years, vol, rate, dividend_yield = (
            float(row[name]) for name in ("spot", "strike", "t", "vol", "r", "q")
        )
        is_call = row["right"] == "call"
        columns = bsm_greeks(vol, spot, strike, years, is_call, rate, dividend_yield)
        ours = haug_figure(row["greek"], columns, spot)
        if ours is None:
            step = 1e-5
            up, down = (
                bsm_price(spot, strike, years, vol, is_call, rate, dividend_yield + sign * step)
                for sign in (1, -1)
            )
            ours = float(up - down) / (2 * step)
        assert ours == pytest.approx(float(row["expected"]), abs=PRINTED), row


def test_vollib_greeks(vendor_data: Path) -> None:
    """vollib's grid: delta, gamma, theta, vega and rho of 101 calls and puts."""
    path = vendor_data / "reference_values" / "vollib_test_data.json"
    table = json.loads(path.read_text())
    data = dict(zip(table["columns"], np.array(table["data"], dtype=np.float64).T, strict=True))
    for letter, is_call in (("C", True), ("P", False)):
        columns = bsm_greeks(data["v"], data["S"], data["K"], data["t"], is_call, data["R"])
        for short, ours in (
            ("D", columns.delta),
            ("G", columns.gamma),
            ("T", columns.theta),
            ("V", columns.vega),
            ("R", columns.rho),
        ):
            np.testing.assert_allclose(ours, data[letter + short], rtol=2e-8, atol=2e-7)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50
)
@given(
    vol=st.floats(0.05, 1.5),
    moneyness=st.floats(-2.0, 2.0),
    years=st.floats(0.01, 3.0),
    rate=st.floats(-0.02, 0.1),
    dividend_yield=st.floats(0.0, 0.05),
    is_call=st.booleans(),
)
def test_every_greek_is_its_bump(
    vol: float, moneyness: float, years: float, rate: float, dividend_yield: float, is_call: bool
) -> None:
    """Each derivative is what moving its own input does to the column below it."""
    spot = 100.0
    strike = spot * np.exp(moneyness * vol * np.sqrt(years))

    def at(**changed: float) -> GreekColumns:
        inputs = {
            "vol": vol,
            "spot": spot,
            "strike": strike,
            "years": years,
            "rate": rate,
            "dividend_yield": dividend_yield,
        } | changed
        return bsm_greeks(is_call=is_call, **inputs)

    here = at()
    for greek, of, name, sense in (
        ("delta", "price", "spot", 1),
        ("gamma", "delta", "spot", 1),
        ("vega", "price", "vol", 1),
        ("vanna", "delta", "vol", 1),
        ("volga", "vega", "vol", 1),
        ("theta", "price", "years", -1),  # time passing makes years fewer
        ("charm", "delta", "years", -1),
        ("rho", "price", "rate", 1),
    ):
        inputs = {"spot": spot, "vol": vol, "years": years, "rate": rate}
        steps = {"spot": 1e-3 * spot * vol * np.sqrt(years), "rate": 1e-4}
        step = steps.get(name, 1e-4 * inputs[name])
        up, down = (at(**{name: inputs[name] + sign * step}) for sign in (1, -1))
        rise = float(getattr(up, of) - getattr(down, of)) / 2
        ours = sense * float(getattr(here, greek)) * step
        scale = 1e-4 * max(1e-3, abs(float(getattr(here, of))))
        assert ours == pytest.approx(rise, rel=1e-4, abs=1e-4 * scale), greek


@pytest.mark.parametrize(
    ("vol", "years"), [(0.0, 0.5), (0.3, 0.0), (0.0, 0.0)], ids=["no vol", "expired", "neither"]
)
def test_nothing_left_to_happen(vol: float, years: float) -> None:
    """With stdev 0 delta is a step, the price intrinsic, and what bends is 0."""
    inside = bsm_greeks(vol, 120, 100, years, is_call=True)
    outside = bsm_greeks(vol, 120, 100, years, is_call=False)
    assert [float(inside.price), float(inside.delta)] == [20.0, 1.0]
    assert [float(outside.price), float(outside.delta)] == [0.0, 0.0]
    for columns in (inside, outside):
        for name in ("gamma", "theta", "vega", "vanna", "volga", "charm"):
            assert getattr(columns, name) == 0, name
    at_strike = bsm_greeks(vol, 100, 100, years, is_call=True)
    assert at_strike.delta == 0.5
    for name in ("gamma", "theta", "vanna", "volga", "charm"):
        assert np.isnan(getattr(at_strike, name)), name


def test_time_still_passes_for_a_certain_payment() -> None:
    """Without vol an in-the-money call is a bond and a share: theta and rho are theirs."""
    columns = bsm_greeks(0.0, 120, 100, 0.5, is_call=True, rate=0.04, dividend_yield=0.01)
    bond, share = 100 * np.exp(-0.02), 120 * np.exp(-0.005)
    assert columns.price == pytest.approx(share - bond, rel=1e-14)
    assert columns.theta == pytest.approx(0.01 * share - 0.04 * bond, rel=1e-13)
    assert columns.rho == pytest.approx(0.5 * bond, rel=1e-14)
    assert columns.charm == pytest.approx(0.01 * np.exp(-0.005), rel=1e-14)


def test_strike_zero_is_the_share_and_spot_zero_the_bond() -> None:
    """A call at strike 0 is the share; a put on nothing is the strike."""
    share = bsm_greeks(0.3, 100, 0, 1.0, is_call=True, rate=0.05, dividend_yield=0.02)
    assert share.price == pytest.approx(100 * np.exp(-0.02))
    assert share.delta == pytest.approx(np.exp(-0.02))
    bond = bsm_greeks(0.3, 0, 100, 1.0, is_call=False, rate=0.05, dividend_yield=0.02)
    assert bond.price == pytest.approx(100 * np.exp(-0.05))
    assert bond.rho == pytest.approx(-100 * np.exp(-0.05))
    for columns in (share, bond):
        assert columns.gamma == columns.vega == columns.vanna == columns.volga == 0


@pytest.mark.parametrize("bad", [np.nan, np.inf, -1.0])
def test_a_bad_input_is_a_row_of_nan(bad: float) -> None:
    """An input that cannot be gives no figure at all, and spoils no other row."""
    for place in ("vol", "spot", "strike", "years"):
        inputs: dict[str, Any] = {"vol": 0.2, "spot": 100.0, "strike": 100.0, "years": 1.0}
        inputs[place] = [inputs[place], bad]
        columns = bsm_greeks(is_call=True, **inputs)
        assert np.isfinite(columns.block[:, 0]).all()
        assert np.isnan(columns.block[:, 1]).all()


def test_hostile_inputs_never_raise(hostile: NDArray[np.float64]) -> None:
    """Whatever floats come in, what goes out is finite or NaN."""
    p, s, k, t, r = (
        column.reshape(-1)
        for column in np.meshgrid(hostile, hostile, hostile, hostile, hostile[:9])
    )
    columns = bsm_greeks(p, s, k, t, is_call=True, rate=r, dividend_yield=-r)
    assert not np.isinf(columns.block).any()
    solved, flag = bsm_solve(p, s, k, t, is_call=False, rate=r)
    assert not np.isinf(solved.block).any()
    np.testing.assert_array_equal(np.isnan(solved.vol), flag != flags.OK)


def test_columns_have_names_and_order() -> None:
    """Iteration, names and attributes agree, and each is a view into one block."""
    columns = bsm_greeks(0.2, 100, [90, 110], 1.0, is_call=True)
    for name, column in zip(GreekColumns.names, columns, strict=True):
        assert column.shape == (2,)
        np.testing.assert_array_equal(getattr(columns, name), column)
        assert np.shares_memory(column, columns.block)


@pytest.mark.parametrize("rows", [256, 512, 1000, 2560])
def test_columns_do_not_compete_for_cache_lines(rows: int) -> None:
    """Columns never lie a multiple of 4096 bytes apart, where they would evict each other."""
    block = GreekColumns.empty(rows).block
    apart = [(k * block.strides[0]) % 4096 for k in range(1, 10)]
    assert all(192 <= gap <= 4096 - 192 for gap in apart)


def test_shapes_are_kept() -> None:
    """Scalars answer with no dimension, a grid with a grid."""
    assert bsm_greeks(0.2, 100, 100, 1, is_call=True).delta.shape == ()
    columns, flag = bsm_solve(10, [[100], [101]], [90, 100, 110], 1, is_call=True)
    assert columns.delta.shape == flag.shape == (2, 3)


def test_out_is_written_and_returned() -> None:
    """The hot path gives the columns and flags to write into, with or without padding."""
    strike = np.array([95.0, 100.0, 105.0])
    expected, _ = bsm_solve(10, 100, strike, 1, is_call=True)
    for columns in (GreekColumns.empty(3), GreekColumns(np.empty((10, 3)))):
        flag = np.empty(3, np.uint8)
        result = bsm_solve(10, 100, strike, 1, is_call=True, out=(columns, flag))
        assert result[0] is columns
        assert result[1] is flag
        np.testing.assert_array_equal(columns.block, expected.block)
        assert bsm_greeks(0.2, 100, strike, 1, is_call=True, out=columns) is columns
    with pytest.raises(ValueError, match="expected writable contiguous"):
        bsm_greeks(0.2, 100, strike, 1, is_call=True, out=GreekColumns.empty(4))
    with pytest.raises(ValueError, match="expected writable contiguous"):
        bsm_solve(10, 100, strike, 1, True, out=(GreekColumns.empty(3), np.empty(4, np.uint8)))
    with pytest.raises(ValueError, match="expected writable contiguous"):
        bsm_greeks(0.2, 100, strike, 1, True, out=GreekColumns(np.empty((10, 6))[:, ::2]))


def test_series_greeks_with_discount_one_are_black_76() -> None:
    """With discount 1 the base spot is the forward and there is no rate."""
    strike, series = np.array([90.0, 100.0, 120.0]), np.zeros(3, np.int32)
    ours = series_greeks(0.3, strike, True, series, 100.0, 1.0, 0.5)
    theirs = bsm_greeks(0.3, 100.0, strike, 0.5, is_call=True)
    np.testing.assert_allclose(ours.block, theirs.block, rtol=1e-13, atol=1e-15)


def test_series_solve_gives_the_price_back() -> None:
    """The price column of a solved row is the price it was solved from."""
    strike, series = np.array([90.0, 100.0, 120.0]), np.zeros(3, np.int32)
    price = np.array([14.0, 8.0, 150.0])
    columns, flag = series_solve(price, strike, True, series, 100.0, 0.99, 0.5)
    assert flag.tolist() == [flags.OK, flags.OK, flags.ABOVE_MAX]
    np.testing.assert_array_equal(columns.price, [14.0, 8.0, np.nan])
    again = series_greeks(columns.vol, strike, True, series, 100.0, 0.99, 0.5)
    np.testing.assert_allclose(columns.block, again.block, rtol=1e-12)
