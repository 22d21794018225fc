"""The compiled calls held to the NumPy twin, row by row, on sane and on hostile inputs."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from voldesk.pricing import flags
from voldesk.pricing.twin_calls import TWIN, Calls

N = 20_000
RELATIVE = 1e-8  # vols near intrinsic carry the rounding of two ways to take it off


def mixed(hostile: NDArray[np.float64], share: float, seed: int) -> dict[str, NDArray[Any]]:
    """Return columns in which every value is sane with this probability, else hostile."""
    random = np.random.default_rng(seed)
    ranges = {
        "given": (1e-6, 200.0),
        "spot": (50.0, 200.0),
        "strike": (50.0, 200.0),
        "years": (1e-5, 5.0),
        "rate": (1e-9, 0.1),
        "dividend_yield": (1e-9, 0.1),
        "discount": (0.5, 1.0),
    }
    columns: dict[str, NDArray[Any]] = {}
    for name, (low, high) in ranges.items():
        sane = np.exp(random.uniform(np.log(low), np.log(high), N))
        columns[name] = np.where(random.random(N) < share, sane, random.choice(hostile, N))
    columns["is_call"] = random.random(N) < 0.5
    columns["series"] = random.integers(-2, 30, N).astype(np.int32)
    return columns


def arguments(name: str, c: dict[str, NDArray[Any]]) -> tuple[NDArray[Any], ...]:
    if name == "implied_vol":
        order = ("given", "spot", "strike", "years", "is_call", "discount")
        return tuple(c[column] for column in order)
    if name.startswith("bsm"):
        inputs = ("given", "spot", "strike", "years", "is_call", "rate", "dividend_yield")
        return tuple(c[column] for column in inputs)
    tables = (c["spot"][:28], c["discount"][:28], c["years"][:28])
    return (c["given"], c["strike"], c["is_call"], c["series"], *tables)


def outputs(name: str) -> tuple[NDArray[Any], ...]:
    if name.endswith("implied_vol"):
        return np.empty(N), np.empty(N, np.uint8)
    if name.endswith("solve"):
        return np.empty((10, N)), np.empty(N, np.uint8)
    return (np.empty((10, N)),)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.8, 0.95, 1.0])
@pytest.mark.parametrize("name", Calls._fields)
def test_kernel_is_the_twin(
    compiled: Calls, hostile: NDArray[np.float64], name: str, share: float
) -> None:
    """Same flags, same NaN, same figures; nothing raises, nothing warns, nothing is infinite."""
    columns = mixed(hostile, share, seed=7)
    ours, theirs = outputs(name), outputs(name)
    given = arguments(name, columns)
    getattr(compiled, name)(*given, *ours)
    getattr(TWIN, name)(*given, *theirs)
    if len(ours) == 2:
        np.testing.assert_array_equal(ours[1], theirs[1])
        is_ok = ours[1] == flags.OK
        np.testing.assert_array_equal(np.isfinite(np.atleast_2d(ours[0])[0]), is_ok)
    rows = slice(None) if share == 1.0 else slice(0)  # elsewhere 1e308 - 1e308 is anybody's guess
    for a, b in zip(np.atleast_2d(ours[0]), np.atleast_2d(theirs[0]), strict=True):
        assert not np.isinf(a).any()
        np.testing.assert_array_equal(np.isnan(a), np.isnan(b))
        scale = np.nanmedian(np.abs(b))
        np.testing.assert_allclose(a[rows], b[rows], rtol=RELATIVE, atol=RELATIVE * scale)


def test_a_nan_stays_in_its_own_row(compiled: Calls) -> None:
    """A bad row among good ones changes no bit of them, wherever it stands in its block."""
    strike = np.linspace(80, 120, 300)
    columns = [np.empty((10, 300)) for _ in range(2)]
    spot, years, zero = np.array([100.0]), np.array([0.2]), np.zeros(1)
    is_call = strike > 100
    flag = np.empty(300, np.uint8)
    price = np.full(300, 3.0)
    compiled.bsm_solve(price, spot, strike, years, is_call, zero, zero, columns[0], flag)
    price[[0, 31, 255, 256, 299]] = np.nan
    compiled.bsm_solve(price, spot, strike, years, is_call, zero, zero, columns[1], flag)
    bad = np.isnan(price)
    assert (flag[bad] == flags.BAD_INPUT).all()
    np.testing.assert_array_equal(columns[0][:, ~bad], columns[1][:, ~bad])
