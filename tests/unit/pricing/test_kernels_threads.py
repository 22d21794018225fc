from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numba
import numpy as np
import pytest
from numba.np.ufunc.parallel import threading_layer

from voldesk.pricing import kernels, kernels_threads
from voldesk.pricing.black import black_price
from voldesk.pricing.selfcheck import _empty, _inputs, find_difference
from voldesk.pricing.twin_calls import Calls

N = 30_000


@pytest.fixture(scope="module")
def threaded() -> Calls | None:
    return kernels.load_threaded(is_cached=True, max_threads=None)


def test_threads_are_used_where_they_are_safe(threaded: Calls | None) -> None:
    """There is a threaded implementation exactly where two cores and a safe layer are."""
    name: Any = threading_layer
    assert (threaded is not None) == (numba.get_num_threads() > 1 and name() in {"omp", "tbb"})


@pytest.mark.parametrize(("rows", "chunks"), [(0, 1), (63, 2), (10_000, 2), (10_001, 7), (512, 1)])
def test_chunks_cover_all_rows(rows: int, chunks: int) -> None:
    """Every row is in one chunk, and chunks begin where no two share a cache line of flags."""
    begins = [kernels_threads.begin_of(chunk, chunks, rows) for chunk in range(chunks + 1)]
    assert begins == sorted(begins)
    assert (begins[0], begins[-1]) == (0, rows)
    assert all(begin % kernels_threads.LINE == 0 for begin in begins[:-1])


def test_threaded_calls_agree_with_the_twin(threaded: Calls | None) -> None:
    """Chunks are cut where rows are, and no row is left out."""
    if threaded is not None:
        assert find_difference(threaded) == ""


def test_threaded_calls_are_the_serial_ones_bit_for_bit(
    threaded: Calls | None, compiled: Calls
) -> None:
    """Which thread prices a row does not show."""
    inputs = _inputs()
    for name in Calls._fields if threaded is not None else ():
        ours, theirs = _empty(name), _empty(name)
        getattr(threaded, name)(*inputs[name], *ours)
        getattr(compiled, name)(*inputs[name], *theirs)
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(a, b)


def test_several_python_threads_may_call_at_once(threaded: Calls | None, compiled: Calls) -> None:
    """Calls from four Python threads neither abort nor mix their rows."""
    calls = threaded or compiled
    strike = np.linspace(60.0, 160.0, N)
    is_call = strike > 100
    one = {name: np.array([value]) for name, value in (("forward", 100.0), ("years", 0.5))}

    def price_and_solve(vol: float) -> float:
        price = black_price(100.0, strike, vol * np.sqrt(0.5), 1.0, is_call)
        found, flag = np.empty(N), np.empty(N, np.uint8)
        for _ in range(20):
            calls.implied_vol(
                price, one["forward"], strike, one["years"], is_call, np.ones(1), found, flag
            )
        return float(np.abs(found / vol - 1).max())

    with ThreadPoolExecutor(4) as pool:
        errors = list(pool.map(price_and_solve, [0.2, 0.3, 0.5, 0.8]))
    assert max(errors) < 1e-12
