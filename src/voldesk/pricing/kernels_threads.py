"""
The entry point for several threads: each takes chunks of the rows until there are no more.

It is one function with a number for the call it stands for, since compiling a parallel loop costs
numba some seconds, six of them as many times that.
"""

from collections.abc import Sequence

import numpy as np
from numba import prange, types

from voldesk.pricing import kernels_calls
from voldesk.pricing.kernels_bits import Untyped, looping, take
from voldesk.pricing.kernels_form import REFUSAL
from voldesk.pricing.kernels_rows import COLUMNS as COLUMN_COUNT
from voldesk.pricing.kernels_signatures import BOOLS, COLUMNS, FLAGS, FLOATS, INDICES, VOLS, Compile
from voldesk.pricing.kernels_stages import BLOCK
from voldesk.pricing.twin_calls import Call, Calls

FEWEST_ROWS = 512  # of a thread; fewer are not worth waking one
PARTS = 2  # of what is left for each thread: a chunk is one of them, so the last ones are small
MOST_CHUNKS = 1024

NUMBER = types.int64
ARGUMENTS = (
    NUMBER,
    FLOATS,
    FLOATS,
    FLOATS,
    FLOATS,
    BOOLS,
    FLOATS,
    FLOATS,
    INDICES,
    VOLS,
    COLUMNS,
    FLAGS,
    NUMBER,
    NUMBER,
)
IMPLIED_VOL, BSM_GREEKS, BSM_SOLVE, SERIES_IMPLIED_VOL, SERIES_GREEKS, SERIES_SOLVE = range(6)


@looping
def cut(bounds: Untyped, count: int, threads: int) -> int:
    """
    Write where chunks begin, and where the last one ends; return how many there are.

    They become smaller, so that a thread that is late or slow takes fewer of them and the others
    do not wait long for its last one. All but the last are whole blocks.
    """
    chunks = begin = 0
    while begin < count:
        bounds[chunks] = begin
        size = max((count - begin) // (PARTS * threads * BLOCK), 1) * BLOCK
        begin = count if chunks == MOST_CHUNKS - 1 else min(begin + size, count)
        chunks += 1
    bounds[chunks] = count
    return chunks


def share_call(compile_: Compile, revision: int) -> Call:
    """
    Compile the parallel loop, or load it from numba's cache.

    Its arguments: which call; price or vol, spot or forward, strike, years, is_call, rate or
    discount, dividend yield, series; vol, columns, flag; the rows and the number of threads. What
    a call has no use for may be anything.
    """

    def share(
        call: int,
        given: Untyped,
        base: Untyped,
        strike: Untyped,
        years: Untyped,
        is_call: Untyped,
        rate: Untyped,
        dividend_yield: Untyped,
        series: Untyped,
        vol: Untyped,
        columns: Untyped,
        flag: Untyped,
        count: int,
        threads: int,
    ) -> int:
        taken, bounds = np.zeros(1, np.int64), np.empty(MOST_CHUNKS + 1, np.int64)
        chunks = cut(bounds, count, threads)
        for _ in prange(threads):
            i = take(taken)
            while i < chunks:
                a, b = bounds[i], bounds[i + 1]
                if call == IMPLIED_VOL:
                    kernels_calls.implied_vol(
                        given, base, strike, years, is_call, rate, vol, flag, a, b
                    )
                elif call == BSM_GREEKS:
                    kernels_calls.bsm_greeks(
                        given, base, strike, years, is_call, rate, dividend_yield, columns, a, b
                    )
                elif call == BSM_SOLVE:
                    q = dividend_yield
                    kernels_calls.bsm_solve(
                        given, base, strike, years, is_call, rate, q, columns, flag, a, b
                    )
                elif call == SERIES_IMPLIED_VOL:
                    kernels_calls.series_implied_vol(
                        given, strike, is_call, series, base, rate, years, vol, flag, a, b
                    )
                elif call == SERIES_GREEKS:
                    kernels_calls.series_greeks(
                        given, strike, is_call, series, base, rate, years, columns, a, b
                    )
                else:
                    kernels_calls.series_solve(
                        given, strike, is_call, series, base, rate, years, columns, flag, a, b
                    )
                i = take(taken)
        return revision

    return compile_(share, ARGUMENTS)


def require(is_fit: bool) -> None:
    """
    Do nothing, or refuse the call; here since the parallel loop compiles longer for every line.

    Raises:
        ValueError: The rows do not go together.
    """
    if not is_fit:
        raise ValueError(REFUSAL)


def fit(inputs: Sequence[Untyped], rows: int) -> bool:
    """Return whether every column has so many rows, or one that stands for all."""
    return set(map(len, inputs)) <= {1, rows}


def is_block(columns: Untyped) -> bool:
    """Return whether these are ten columns, each without gaps."""
    count, rows = columns.shape
    has_gaps: bool = columns.strides[1] != columns.itemsize and rows > 1
    return count == COLUMN_COUNT and not has_gaps


_FLOATS, _INDICES = np.empty(0), np.empty(0, np.int32)  # for what a call has no use for
_BLOCK, _BYTES = np.empty((COLUMN_COUNT, 0)), np.empty(0, np.uint8)


def shared_calls(share: Call, most: int) -> Calls:
    """Return the six calls in terms of ``share``, with at most so many threads."""
    return Calls(*_calls_by_row(share, most), *_calls_by_series(share, most))


def threads_for(rows: int, most: int) -> int:
    """Return how many threads share so many rows."""
    return min(most, rows // FEWEST_ROWS) or 1


def _calls_by_row(share: Call, most: int) -> tuple[Call, Call, Call]:
    def implied_vol(
        price: Untyped,
        forward: Untyped,
        strike: Untyped,
        years: Untyped,
        is_call: Untyped,
        discount: Untyped,
        vol: Untyped,
        flag: Untyped,
    ) -> None:
        rows = len(vol)
        sizes = {len(price), len(forward), len(strike), len(years), len(is_call), len(discount)}
        require(sizes <= {1, rows} and len(flag) == rows)
        share(
            IMPLIED_VOL,
            price,
            forward,
            strike,
            years,
            is_call,
            discount,
            _FLOATS,
            _INDICES,
            vol,
            _BLOCK,
            flag,
            rows,
            threads_for(rows, most),
        )

    def bsm_greeks(*given: Untyped) -> None:
        *inputs, columns = given
        rows = columns.shape[1]
        require(fit(inputs, rows) and is_block(columns))
        share(
            BSM_GREEKS, *inputs, _INDICES, _FLOATS, columns, _BYTES, rows, threads_for(rows, most)
        )

    def bsm_solve(*given: Untyped) -> None:
        *inputs, columns, flag = given
        rows = columns.shape[1]
        require(fit(inputs, rows) and is_block(columns) and flag.size == rows)
        share(BSM_SOLVE, *inputs, _INDICES, _FLOATS, columns, flag, rows, threads_for(rows, most))

    return implied_vol, bsm_greeks, bsm_solve


def _calls_by_series(share: Call, most: int) -> tuple[Call, Call, Call]:
    def share_series(
        call: int, given: Untyped, vol: Untyped, columns: Untyped, flag: Untyped
    ) -> None:
        first, strike, is_call, series, forward, discount, years = given
        rows = columns.shape[1] if columns is not _BLOCK else vol.size
        is_table = forward.size == discount.size == years.size
        require(is_table and fit(given[:4], rows) and is_block(columns))
        inputs = (first, forward, strike, years, is_call, discount, _FLOATS, series)
        share(call, *inputs, vol, columns, flag, rows, threads_for(rows, most))

    def series_implied_vol(*given: Untyped) -> None:
        *inputs, vol, flag = given
        require(flag.size == vol.size)
        share_series(SERIES_IMPLIED_VOL, inputs, vol, _BLOCK, flag)

    def series_greeks(*given: Untyped) -> None:
        *inputs, columns = given
        share_series(SERIES_GREEKS, inputs, _FLOATS, columns, _BYTES)

    def series_solve(*given: Untyped) -> None:
        *inputs, columns, flag = given
        require(flag.size == columns.shape[1])
        share_series(SERIES_SOLVE, inputs, _FLOATS, columns, flag)

    return series_implied_vol, series_greeks, series_solve
