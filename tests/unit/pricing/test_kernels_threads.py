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


@pytest.mark.parametrize("rows", [0, 1, 255, 256, 4096, 10_000, 30_001, 1_000_000])
@pytest.mark.parametrize("threads", [1, 2, 16, 64])
def test_chunks_cover_all_rows_and_become_smaller(rows: int, threads: int) -> None:
    """Every row is in one chunk of whole blocks, and nobody waits long for the last one."""
    bounds = np.full(kernels_threads.MOST_CHUNKS + 1, -1)
    chunks = kernels_threads.cut(bounds, rows, threads)
    sizes = np.diff(bounds[: chunks + 1])
    assert (bounds[0], bounds[chunks]) == (0, rows)
    assert (sizes[:-1] % BLOCK == 0).all()
    assert (np.diff(sizes) <= 0).all()
    assert (sizes > 0).all()
    assert sizes.size == 0 or sizes[-1] <= BLOCK
    assert sizes.size == 0 or sizes[0] <= max(rows / (2 * threads), BLOCK)


def test_there_are_never_too_many_chunks() -> None:
    """What does not fit into the table is one chunk more."""
    bounds = np.full(kernels_threads.MOST_CHUNKS + 1, -1)
    rows = 100_000_000
    chunks = kernels_threads.cut(bounds, rows, 256)
    assert chunks == kernels_threads.MOST_CHUNKS
    assert bounds[chunks] == rows


@pytest.mark.parametrize(("rows", "threads"), [(0, 1), (1023, 1), (1024, 2), (10_000, 4)])
def test_a_thread_is_woken_for_enough_rows(rows: int, threads: int) -> None:
    """Few rows are not shared, and never by more threads than there are."""
    assert kernels_threads.threads_for(rows, 4) == threads


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_every_row_is_priced_once(threads: int, compiled: Calls) -> None:
    """However many threads take chunks, no row is left out or lies beyond."""
    share = kernels_threads.share_call(
        kernels.compiler(is_cached=True, is_parallel=True), kernels.source_revision()
    )
    strike, one = np.linspace(60.0, 160.0, 5000), np.ones(1)
    is_call = strike > 100
    price = black_price(100.0, strike, 0.3, 1.0, is_call)
    given = (price, one * 100, strike, one, is_call, one)
    expected, flag = np.empty(5000), np.empty(5000, np.uint8)
    compiled.implied_vol(*given, expected, flag)
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
