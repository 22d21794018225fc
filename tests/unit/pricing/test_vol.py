"""Implied vols through the public functions: the hard grid, round trips, limits, hostile input."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from voldesk.pricing import flags
from voldesk.pricing.black import black_price
from voldesk.pricing.twin_calls import Calls
from voldesk.pricing.vol import implied_vol, series_implied_vol

TOOL = Path(__file__).resolve().parents[3] / "tools" / "make_hard_grid.py"
OUT_OF_THE_MONEY = 1e-14  # largest relative error of an out-of-the-money vol
IN_THE_MONEY = 50.0  # largest error in the money, in units of what half an ulp of price does


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_hard_grid", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def region_of(h: float, stdev: float) -> str:
    """Return which part of the solver a point of the grid is for."""
    if stdev >= 2.2 or h >= 2.5:
        return "beyond the seed"
    if stdev < 0.02:
        return "minutes"
    return "days" if stdev < 0.5 else "years"


@pytest.mark.parametrize("region", ["minutes", "days", "years", "beyond the seed"])
@pytest.mark.usefixtures("served")
def test_hard_grid(tool: ModuleType, region: str) -> None:
    """Every option of the hard grid has its vol: none is given up, none is wrong."""
    chosen = [
        point
        for point in tool.points()
        if region_of(abs(np.log(point.strike / tool.FORWARD)), point.vol * point.years**0.5)
        == region
    ]
    solved = [row for row in map(tool.solve, chosen[:: 1 + len(chosen) // 800]) if row]
    assert len(solved) > 300
    forward, strike, years, is_call, price, exact, floor = np.array(solved).T
    vol, flag = implied_vol(price, forward, strike, years, is_call > 0)
    is_out = ((strike >= forward) == (is_call > 0)) | (strike == forward)
    assert (flag[is_out] == flags.OK).all()
    relative = np.abs(vol / exact - 1)
    worst = int(np.argmax(np.where(is_out, relative, 0)))
    assert relative[worst] <= OUT_OF_THE_MONEY, solved[worst]
    # In the money a time value of one unit in the price's last place is no information.
    informed = ~is_out & (floor < 1e-3 * exact)
    assert (flag[informed] == flags.OK).all()
    assert (np.abs(vol - exact)[informed] <= IN_THE_MONEY * floor[informed] + 2e-15).all()


@pytest.mark.usefixtures("served")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    z=st.floats(-8.0, 8.0),
    vol=st.floats(0.01, 3.0),
    years=st.floats(1e-6, 6.0),
    forward=st.floats(1e-3, 1e6),
    discount=st.floats(0.5, 1.0),
)
def test_round_trip(z: float, vol: float, years: float, forward: float, discount: float) -> None:
    """Price to vol to price comes back, in and out of the money."""
    strike = forward * np.exp(z * vol * np.sqrt(years))
    for is_call in (True, False):
        price = black_price(forward, strike, vol * np.sqrt(years), discount, is_call)
        found, flag = implied_vol(price, forward, strike, years, is_call, discount)
        if (strike >= forward) == is_call:
            assert flag == flags.OK
            assert found == pytest.approx(vol, rel=1e-12)
        if flag == flags.OK:
            again = black_price(forward, strike, found * np.sqrt(years), discount, is_call)
            assert again == pytest.approx(price, rel=1e-11)


@pytest.mark.usefixtures("served")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.floats(0.01, 99.0), st.floats(1.0001, 1.5), st.floats(50.0, 200.0))
def test_a_dearer_option_has_a_higher_vol(price: float, factor: float, strike: float) -> None:
    """Vol rises with price."""
    prices = np.array([price, price * factor])
    vol, flag = implied_vol(prices, 100.0, strike, 0.5, is_call=True)
    if (flag == flags.OK).all():
        assert vol[1] >= vol[0]


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(
    ("price", "is_call", "discount", "expected"),
    [
        (10.0, True, 1.0, flags.BELOW_INTRINSIC),
        (8.99, True, 0.9, flags.BELOW_INTRINSIC),
        (0.0, False, 1.0, flags.BELOW_INTRINSIC),
        (-5.0, False, 1.0, flags.BELOW_INTRINSIC),
        (110.0, True, 1.0, flags.ABOVE_MAX),
        (100.0, False, 1.0, flags.ABOVE_MAX),
        (99.1, True, 0.9, flags.ABOVE_MAX),
        (1e308, True, 1.0, flags.ABOVE_MAX),
        (np.nan, True, 1.0, flags.BAD_INPUT),
        (np.inf, True, 1.0, flags.BAD_INPUT),
        (12.0, True, 0.0, flags.BAD_INPUT),
        (12.0, True, -1.0, flags.BAD_INPUT),
        (12.0, True, 1.0, flags.OK),
    ],
)
def test_flags_say_why_there_is_no_vol(
    price: float, is_call: bool, discount: float, expected: int
) -> None:
    """A price no vol can give is named for what is wrong with it; forward 110, strike 100."""
    vol, flag = implied_vol(price, 110.0, 100.0, 0.5, is_call, discount)
    assert flag == expected
    assert np.isnan(vol) == (expected != flags.OK)


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("name", ["forward", "strike", "years", "discount"])
def test_zero_and_negative_inputs_are_bad(name: str) -> None:
    """Neither a zero nor a negative forward, strike, time or discount has a vol."""
    for bad in (0.0, -1.0, np.nan, np.inf, -np.inf):
        inputs: dict[str, Any] = {"forward": 100, "strike": 100, "years": 0.5, "discount": 0.9}
        inputs[name] = bad
        vol, flag = implied_vol(3.0, is_call=True, **inputs)
        assert flag == flags.BAD_INPUT
        assert np.isnan(vol)


@pytest.mark.usefixtures("served")
def test_hostile_inputs_never_raise(hostile: NDArray[np.float64]) -> None:
    """Whatever floats come in, what goes out is a vol with OK or NaN with a reason."""
    p, f, k, t, d = (
        column.reshape(-1)
        for column in np.meshgrid(hostile, hostile, hostile, hostile, hostile[:8])
    )
    for is_call in (True, False):
        vol, flag = implied_vol(p, f, k, t, is_call, d)
        np.testing.assert_array_equal(np.isnan(vol), flag != flags.OK)
        assert not np.isinf(vol).any()


def test_shapes_are_kept(served: Calls) -> None:
    """Scalars answer with no dimension, a grid with a grid, nothing with nothing."""
    assert served is not None
    vol, flag = implied_vol(10, 100, 100, 1, is_call=True)
    assert vol.shape == flag.shape == ()
    assert implied_vol(10, [[100], [101]], [90, 100, 110], 1, is_call=True)[0].shape == (2, 3)
    assert implied_vol([], 100, 100, 1, is_call=True)[0].shape == (0,)


@pytest.mark.usefixtures("served")
def test_out_is_written_and_returned() -> None:
    """The hot path gives the arrays the result is to be written into."""
    out = (np.empty(3), np.empty(3, np.uint8))
    vol, flag = implied_vol(10, 100, [95, 100, 105], 1, is_call=True, out=out)
    assert vol is out[0]
    assert flag is out[1]
    with pytest.raises(ValueError, match="expected writable contiguous"):
        implied_vol(10, 100, [95, 100], 1, is_call=True, out=out)
    with pytest.raises(ValueError, match="broadcast"):
        implied_vol([1, 2, 3], 100, [95, 100], 1, is_call=True)


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("kind", ["as it is", "strided", "float32", "crooked", "frozen", "column"])
def test_strikes_of_any_kind_give_the_same_vols(kind: str) -> None:
    """Where and how an argument lies in memory does not show in the result."""
    strike = np.array([90.0, 100.0, 120.0])
    price, is_call = np.array([12.0, 3.0, 0.5]), np.array([True, True, True])
    frozen = strike.copy()
    frozen.flags.writeable = False
    given = {
        "as it is": strike,
        "strided": np.repeat(strike, 2)[::2],
        "float32": strike.astype(np.float32),
        "crooked": np.frombuffer(b"x" + strike.tobytes(), offset=1),
        "frozen": frozen,
        "column": strike.reshape(3, 1),
    }
    expected = [implied_vol(p, 100.0, k, 0.25, True)[0] for p, k in zip(price, strike, strict=True)]
    vol, flag = implied_vol(price, np.full(3, 100.0), given[kind], 0.25, is_call)
    if kind == "column":
        assert vol.shape == flag.shape == (3, 3)
        vol = np.diagonal(vol)
    assert vol.tolist() == expected


@pytest.mark.usefixtures("served")
def test_out_of_another_kind_is_refused() -> None:
    """Columns in form are no reason to write into something that is not."""
    columns = (np.full(3, 10.0), np.full(3, 100.0), np.full(3, 100.0), np.ones(3), np.ones(3, bool))
    vol, flag = np.empty(3), np.empty(3, np.uint8)
    frozen = np.empty(3)
    frozen.flags.writeable = False
    wrong: list[Any] = [np.empty(4), np.empty(3, np.float32), np.empty(6)[::2], frozen]
    for bad in wrong:
        with pytest.raises(ValueError, match="expected writable contiguous float64"):
            implied_vol(*columns, out=(bad, flag))
    marks: Any = np.empty(3, bool)
    with pytest.raises(ValueError, match="expected writable contiguous uint8"):
        implied_vol(*columns, out=(vol, marks))


@pytest.mark.usefixtures("served")
def test_series_form_takes_scalars_for_tables() -> None:
    """One series is the common case and needs no arrays of one."""
    strike = np.array([90.0, 100.0, 120.0])
    price = black_price(100, strike, 0.25 * np.sqrt(0.5), 0.97, is_call=True)
    series = np.zeros(3, np.int64)
    vol, flag = series_implied_vol(price, strike, True, series, 100, 0.97, 0.5)
    assert (flag == flags.OK).all()
    np.testing.assert_allclose(vol, 0.25, rtol=1e-12)
