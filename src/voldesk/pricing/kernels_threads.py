"""
The entry point for several threads: each takes a chunk of the rows.

It is one function with a number for the call it stands for, since compiling a parallel loop costs
numba some seconds, six of them as many times that.
"""

import numpy as np
from numba import prange, types

from voldesk.pricing import kernels_calls
from voldesk.pricing.kernels_bits import Untyped
from voldesk.pricing.kernels_signatures import BOOLS, COLUMNS, FLAGS, FLOATS, INDICES, VOLS, Compile
from voldesk.pricing.twin_calls import Call, Calls

CHUNK_ROWS = 512  # fewer are not worth waking a thread

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


def share_call(compile_: Compile, revision: int) -> Call:
    """
    Compile the parallel loop, or load it from numba's cache.

    Its arguments: which call; price or vol, spot or forward, strike, years, is_call, rate or
    discount, dividend yield, series; vol, columns, flag; the rows and the number of chunks. What
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
        chunks: int,
    ) -> int:
        for i in prange(chunks):
            a, b = count * i // chunks, count * (i + 1) // chunks
            if call == IMPLIED_VOL:
                kernels_calls.implied_vol(
                    given, base, strike, years, is_call, rate, vol, flag, a, b
                )
            elif call == BSM_GREEKS:
                kernels_calls.bsm_greeks(
                    given, base, strike, years, is_call, rate, dividend_yield, columns, a, b
                )
            elif call == BSM_SOLVE:
                kernels_calls.bsm_solve(
                    given, base, strike, years, is_call, rate, dividend_yield, columns, flag, a, b
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
        return revision

    return compile_(share, ARGUMENTS)


def shared_calls(share: Call, most: int) -> Calls:
    """Return the six calls in terms of ``share``, with at most so many chunks."""
    floats, indices = np.empty(0), np.empty(0, np.int32)  # for what a call has no use for
    block, bytes_ = np.empty((1, 0)), np.empty(0, np.uint8)

    def run(call: int, *arguments: Untyped, rows: int) -> None:
        share(call, *arguments, rows, max(1, min(most, rows // CHUNK_ROWS)))

    def implied_vol(*given: Untyped) -> None:
        *inputs, vol, flag = given
        run(IMPLIED_VOL, *inputs, floats, indices, vol, block, flag, rows=vol.size)

    def bsm_greeks(*given: Untyped) -> None:
        *inputs, columns = given
        rows = columns.shape[1]
        run(BSM_GREEKS, *inputs, indices, floats, columns, bytes_, rows=rows)

    def bsm_solve(*given: Untyped) -> None:
        *inputs, columns, flag = given
        run(BSM_SOLVE, *inputs, indices, floats, columns, flag, rows=flag.size)

    def series_implied_vol(*given: Untyped) -> None:
        price, strike, is_call, series, f, d, t, vol, flag = given
        inputs = (price, f, strike, t, is_call, d, floats, series)
        run(SERIES_IMPLIED_VOL, *inputs, vol, block, flag, rows=vol.size)

    def series_greeks(*given: Untyped) -> None:
        vol, strike, is_call, series, f, d, t, columns = given
        inputs = (vol, f, strike, t, is_call, d, floats, series)
        run(SERIES_GREEKS, *inputs, floats, columns, bytes_, rows=columns.shape[1])

    def series_solve(*given: Untyped) -> None:
        price, strike, is_call, series, f, d, t, columns, flag = given
        inputs = (price, f, strike, t, is_call, d, floats, series)
        run(SERIES_SOLVE, *inputs, floats, columns, flag, rows=flag.size)

    return Calls(
        implied_vol, bsm_greeks, bsm_solve, series_implied_vol, series_greeks, series_solve
    )
