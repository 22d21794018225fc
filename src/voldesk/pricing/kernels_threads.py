"""
The entry points for several threads, each taking a chunk of the rows.

They are called with the number of chunks behind the arguments of the serial calls.
"""

from numba import prange

from voldesk.pricing import kernels_calls
from voldesk.pricing.kernels_bits import Untyped
from voldesk.pricing.kernels_signatures import (
    BSM_GREEKS,
    BSM_SOLVE,
    CHUNKS,
    IMPLIED_VOL,
    SERIES_GREEKS,
    SERIES_IMPLIED_VOL,
    SERIES_SOLVE,
    Compile,
)
from voldesk.pricing.twin_calls import Call, Calls


def _implied_vol(compile_: Compile, revision: int) -> Call:
    def implied_vol(
        price: Untyped,
        forward: Untyped,
        strike: Untyped,
        years: Untyped,
        is_call: Untyped,
        discount: Untyped,
        vol: Untyped,
        flag: Untyped,
        chunks: int,
    ) -> int:
        count = vol.shape[0]
        for i in prange(chunks):
            kernels_calls.implied_vol(
                price,
                forward,
                strike,
                years,
                is_call,
                discount,
                vol,
                flag,
                count * i // chunks,
                count * (i + 1) // chunks,
            )
        return revision

    return compile_(implied_vol, (*IMPLIED_VOL, CHUNKS))


def _bsm_greeks(compile_: Compile, revision: int) -> Call:
    def bsm_greeks(
        vol: Untyped,
        spot: Untyped,
        strike: Untyped,
        years: Untyped,
        is_call: Untyped,
        rate: Untyped,
        dividend_yield: Untyped,
        columns: Untyped,
        chunks: int,
    ) -> int:
        count = columns.shape[1]
        for i in prange(chunks):
            kernels_calls.bsm_greeks(
                vol,
                spot,
                strike,
                years,
                is_call,
                rate,
                dividend_yield,
                columns,
                count * i // chunks,
                count * (i + 1) // chunks,
            )
        return revision

    return compile_(bsm_greeks, (*BSM_GREEKS, CHUNKS))


def _bsm_solve(compile_: Compile, revision: int) -> Call:
    def bsm_solve(
        price: Untyped,
        spot: Untyped,
        strike: Untyped,
        years: Untyped,
        is_call: Untyped,
        rate: Untyped,
        dividend_yield: Untyped,
        columns: Untyped,
        flag: Untyped,
        chunks: int,
    ) -> int:
        count = columns.shape[1]
        for i in prange(chunks):
            kernels_calls.bsm_solve(
                price,
                spot,
                strike,
                years,
                is_call,
                rate,
                dividend_yield,
                columns,
                flag,
                count * i // chunks,
                count * (i + 1) // chunks,
            )
        return revision

    return compile_(bsm_solve, (*BSM_SOLVE, CHUNKS))


def _series_implied_vol(compile_: Compile, revision: int) -> Call:
    def series_implied_vol(
        price: Untyped,
        strike: Untyped,
        is_call: Untyped,
        series: Untyped,
        forward: Untyped,
        discount: Untyped,
        years: Untyped,
        vol: Untyped,
        flag: Untyped,
        chunks: int,
    ) -> int:
        count = vol.shape[0]
        for i in prange(chunks):
            kernels_calls.series_implied_vol(
                price,
                strike,
                is_call,
                series,
                forward,
                discount,
                years,
                vol,
                flag,
                count * i // chunks,
                count * (i + 1) // chunks,
            )
        return revision

    return compile_(series_implied_vol, (*SERIES_IMPLIED_VOL, CHUNKS))


def _series_greeks(compile_: Compile, revision: int) -> Call:
    def series_greeks(
        vol: Untyped,
        strike: Untyped,
        is_call: Untyped,
        series: Untyped,
        forward: Untyped,
        discount: Untyped,
        years: Untyped,
        columns: Untyped,
        chunks: int,
    ) -> int:
        count = columns.shape[1]
        for i in prange(chunks):
            kernels_calls.series_greeks(
                vol,
                strike,
                is_call,
                series,
                forward,
                discount,
                years,
                columns,
                count * i // chunks,
                count * (i + 1) // chunks,
            )
        return revision

    return compile_(series_greeks, (*SERIES_GREEKS, CHUNKS))


def _series_solve(compile_: Compile, revision: int) -> Call:
    def series_solve(
        price: Untyped,
        strike: Untyped,
        is_call: Untyped,
        series: Untyped,
        forward: Untyped,
        discount: Untyped,
        years: Untyped,
        columns: Untyped,
        flag: Untyped,
        chunks: int,
    ) -> int:
        count = columns.shape[1]
        for i in prange(chunks):
            kernels_calls.series_solve(
                price,
                strike,
                is_call,
                series,
                forward,
                discount,
                years,
                columns,
                flag,
                count * i // chunks,
                count * (i + 1) // chunks,
            )
        return revision

    return compile_(series_solve, (*SERIES_SOLVE, CHUNKS))


def threaded_calls(compile_: Compile, revision: int) -> Calls:
    """Compile the calls, or load them from numba's cache."""
    return Calls(
        _implied_vol(compile_, revision),
        _bsm_greeks(compile_, revision),
        _bsm_solve(compile_, revision),
        _series_implied_vol(compile_, revision),
        _series_greeks(compile_, revision),
        _series_solve(compile_, revision),
    )
