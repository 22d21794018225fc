"""The GEX flip and its curve."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from voldesk.analytics.exposure import GEX, LONG_ALL, net, row_exposure
from voldesk.analytics.gex_flip import GRID_POINTS, gex_flip, gex_profile
from voldesk.model.quotes import FloatArray

SPOT, YEARS, RATE = 5000.0, 0.1, 0.04


def book(strikes: list[float], is_call: list[bool], held: list[float]) -> dict[str, Any]:
    """Return the columns of a book at 20 % vol."""
    n = len(strikes)
    return {
        "strike": np.array(strikes),
        "is_call": np.array(is_call, dtype=np.bool_),
        "iv": np.full(n, 0.2),
        "forward": np.full(n, SPOT * math.exp(RATE * YEARS)),
        "discount": np.full(n, math.exp(-RATE * YEARS)),
        "years": np.full(n, YEARS),
        "open_interest": np.array(held, dtype=np.float64),
        "spot": SPOT,
        "multiplier": 100.0,
    }


def gamma(columns: dict[str, Any], move: float = 1.0) -> FloatArray:
    """Return Black-Scholes gamma at a moved spot, written out once more."""
    forward, stdev = columns["forward"] * move, columns["iv"] * np.sqrt(columns["years"])
    d1 = np.log(forward / columns["strike"]) / stdev + stdev / 2
    density = np.exp(-d1 * d1 / 2) / math.sqrt(2 * math.pi)
    return np.asarray(density / (forward * columns["discount"] * stdev))


def direct(columns: dict[str, Any], move: float) -> float:
    """Return net GEX at a moved spot row by row."""
    spot = columns["spot"] * move
    rows = (gamma(columns, move), columns["open_interest"], columns["is_call"])
    return net(row_exposure(GEX, *rows, spot, columns["multiplier"]))


TWO = book([4800.0, 5200.0], [False, True], [100.0, 100.0])


def test_curve_is_the_exposure_recomputed_at_every_spot() -> None:
    """Each point of the curve equals repricing the book there, the middle one the net of today."""
    profile = gex_profile(**TWO)
    assert len(profile.spot) == GRID_POINTS
    assert profile.spot[GRID_POINTS // 2] == SPOT
    expected = [direct(TWO, spot / SPOT) for spot in profile.spot]
    np.testing.assert_allclose(profile.net_gex, expected, rtol=1e-10, atol=1e-6)
    assert profile.rows == 2


def test_flip_of_puts_below_and_calls_above() -> None:
    """Between put and call strikes the curve crosses once, where an independent solver says."""
    truth = SPOT * brentq(lambda move: direct(TWO, move), 0.9, 1.1, xtol=1e-14)
    assert gex_profile(**TWO).flip == pytest.approx(truth, rel=1e-9)


def test_of_several_crossings_the_nearest_to_spot() -> None:
    """Calls, puts, calls, puts: the crossing next to spot is named, and both its neighbours are."""
    columns = book(
        [4400.0, 4700.0, 5100.0, 5500.0], [True, False, True, False], [500.0, 900.0, 900.0, 900.0]
    )
    columns["iv"] = np.full(4, 0.08)
    profile = gex_profile(**columns)
    sign = np.sign(profile.net_gex)
    crossings = profile.spot[:-1][sign[:-1] * sign[1:] < 0]
    assert len(crossings) == 3
    nearest = crossings[np.argmin(np.abs(crossings - SPOT))]
    step = profile.spot[1] - profile.spot[0]
    assert nearest <= profile.flip <= nearest + step
    assert direct(columns, profile.flip / SPOT) == pytest.approx(
        0.0, abs=1e-7 * np.abs(profile.net_gex).max()
    )


def test_no_crossing_is_unknown() -> None:
    """A book of calls, or one seen by its holders, never flips; the curve stands."""
    calls = gex_profile(**book([4800.0, 5200.0], [True, True], [10.0, 10.0]))
    assert math.isnan(calls.flip)
    assert (calls.net_gex > 0.0).all()
    assert math.isnan(gex_profile(**TWO, convention=LONG_ALL).flip)


def test_an_empty_or_unheld_book_is_unknown() -> None:
    """No rows, no open interest anywhere, or no spot: NaN, and no warning."""
    assert gex_profile(**book([], [], [])).rows == 0
    unheld = gex_profile(**book([5000.0], [True], [0.0]))
    assert (unheld.net_gex == 0.0).all()
    assert math.isnan(unheld.flip)
    unknown = gex_profile(**{**TWO, "spot": math.nan})
    assert math.isnan(unknown.flip)
    assert np.isnan(unknown.net_gex).all()


@settings(deadline=None)
@given(st.floats(0.01, 100.0), st.permutations(range(5)))
def test_scale_and_order_of_rows(scale: float, order: list[int]) -> None:
    """Spot and strikes times c move flip and curve by c; the order of rows and idle rows do not."""
    columns = book(
        [4700.0, 4900.0, 5100.0, 5300.0, 5000.0],
        [False, False, True, True, True],
        [70.0, 50.0, 60.0, 40.0, math.nan],
    )
    profile = gex_profile(**columns)
    moved = {name: value[order] if np.ndim(value) else value for name, value in columns.items()}
    for name in ("strike", "forward", "spot"):
        moved[name] = moved[name] * scale
    rescaled = gex_profile(**moved)
    assert rescaled.flip == pytest.approx(profile.flip * scale, rel=1e-8)
    largest = np.abs(profile.net_gex).max()
    np.testing.assert_allclose(
        rescaled.net_gex / scale, profile.net_gex, rtol=1e-9, atol=1e-9 * largest
    )
    idle = np.isnan(columns["open_interest"])
    without = {n: v[~idle] if np.ndim(v) else v for n, v in columns.items()}
    assert gex_profile(**without).flip == profile.flip


@settings(max_examples=200)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([4300.0, 4500.0, 4800.0, 4990.0, 5000.0, 5010.0, 5200.0, 5700.0]),
            st.booleans(),
            st.sampled_from([0.0, 1.0, 10.0, 300.0]),
        ),
        max_size=8,
    ),
    st.sampled_from([1.0, 0.05, 1e-3, 0.0]),
)
def test_the_flip_alone_is_that_of_the_whole_curve(
    rows: list[tuple[float, bool, float]], shrink: float
) -> None:
    """Leaving the grid at the first crossing changes nothing, however many there are."""
    columns = book([row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows])
    columns["iv"] = columns["iv"] * shrink  # next to no vol: gamma is 0 over most of the grid
    assert gex_flip(**columns) == pytest.approx(gex_profile(**columns).flip, nan_ok=True, rel=0)


def test_a_grid_needs_a_width_between_0_and_1() -> None:
    """A grid that reaches a spot of 0 is the caller's mistake."""
    with pytest.raises(ValueError, match="width 1"):
        gex_profile(**TWO, width=1.0)


@settings(deadline=None)
@given(st.lists(st.tuples(*[st.floats(allow_nan=True)] * 6), max_size=6), st.floats())
def test_no_float_raises(rows: list[tuple[float, ...]], spot: float) -> None:
    """Whatever the numbers, the curve is numbers or NaN."""
    strike, iv, forward, discount, years, held = np.array(rows).reshape(-1, 6).T
    is_call = np.arange(len(rows)) % 2 == 0
    gex_profile(strike, is_call, iv, forward, discount, years, held, spot, 100.0, points=5)
    gex_flip(strike, is_call, iv, forward, discount, years, held, spot, 100.0)
