from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numba
import numpy as np
import pytest
from numba.np.ufunc.parallel import threading_layer

from voldesk.pricing import kernels, kernels_threads
from voldesk.pricing.black import black_price
from voldesk.pricing.kernels_stages import BLOCK
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


@pytest.mark.parametrize("rows", [0, 1, 511, 512, 4096, 10_000, 30_001, 1_000_000])
@pytest.mark.parametrize("most", [1, 2, 16])
def test_chunks_are_worth_a_thread_and_can_be_shared(rows: int, most: int) -> None:
    """A chunk is whole blocks; there are some for each thread, and never more threads than work."""
    chunk, threads = kernels_threads.cut(rows, most)
    assert 1 <= threads <= most
    assert chunk % BLOCK == 0
    assert chunk >= kernels_threads.FEWEST_ROWS
    assert threads == 1 or threads * kernels_threads.FEWEST_ROWS <= rows
    if rows >= threads * kernels_threads.CHUNKS * chunk:
        assert rows <= chunk * threads * kernels_threads.CHUNKS


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_every_row_is_priced_once(threads: int, compiled: Calls) -> None:
    """However many threads take chunks of whatever size, no row is left out or lies beyond."""
    share = kernels_threads.share_call(
        kernels.compiler(is_cached=True, is_parallel=True), kernels.source_revision()
    )
    strike, one = np.linspace(60.0, 160.0, 5000), np.ones(1)
    is_call = strike > 100
    price = black_price(100.0, strike, 0.3, 1.0, is_call)
    given = (price, one * 100, strike, one, is_call, one)
    expected, flag = np.empty(5000), np.empty(5000, np.uint8)
    compiled.implied_vol(*given, expected, flag)
    for chunk in (256, 512, 1024, 8192):
        vol, flag = np.full(5001, -1.0), np.full(5001, 255, np.uint8)
        share(
            kernels_threads.IMPLIED_VOL,
            *given,
            kernels_threads._FLOATS,
            kernels_threads._INDICES,
            vol,
            kernels_threads._BLOCK,
            flag,
            5000,
            chunk,
            threads,
        )
        np.testing.assert_array_equal(vol[:-1], expected)
        assert (vol[-1], flag[-1], flag[:-1].max()) == (-1.0, 255, 0)


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
