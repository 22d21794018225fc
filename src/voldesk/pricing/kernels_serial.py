"""The entry points for one thread; see ``kernels`` for what a revision is."""

from voldesk.pricing import kernels_calls
from voldesk.pricing.kernels_bits import Untyped
from voldesk.pricing.kernels_form import all_fit, block_fits, require
from voldesk.pricing.kernels_signatures import (
    BSM_GREEKS,
    BSM_SOLVE,
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
    ) -> int:
        rows = vol.size
        is_fit = all_fit(
            rows, price.size, forward.size, strike.size, years.size, is_call.size, discount.size, 1
        )
        require(is_fit & (flag.size == rows))
        kernels_calls.implied_vol(
            price,
            forward,
            strike,
            years,
            is_call,
            discount,
            vol,
            flag,
            0,
            rows,
        )
        return revision

    return compile_(implied_vol, IMPLIED_VOL)


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
    ) -> int:
        rows = columns.shape[1]
        is_fit = all_fit(
            rows,
            vol.size,
            spot.size,
            strike.size,
            years.size,
            is_call.size,
            rate.size,
            dividend_yield.size,
        )
        require(is_fit & block_fits(columns, rows))
        kernels_calls.bsm_greeks(
            vol,
            spot,
            strike,
            years,
            is_call,
            rate,
            dividend_yield,
            columns,
            0,
            rows,
        )
        return revision

    return compile_(bsm_greeks, BSM_GREEKS)


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
    ) -> int:
        rows = flag.size
        is_fit = all_fit(
            rows,
            price.size,
            spot.size,
            strike.size,
            years.size,
            is_call.size,
            rate.size,
            dividend_yield.size,
        )
        require(is_fit & block_fits(columns, rows))
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
            0,
            rows,
        )
        return revision

    return compile_(bsm_solve, BSM_SOLVE)


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
    ) -> int:
        rows = vol.size
        are_even = forward.size == discount.size == years.size
        is_fit = all_fit(rows, price.size, strike.size, is_call.size, series.size, 1, 1, 1)
        require(is_fit & are_even & (flag.size == rows))
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
            0,
            rows,
        )
        return revision

    return compile_(series_implied_vol, SERIES_IMPLIED_VOL)


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
    ) -> int:
        rows = columns.shape[1]
        are_even = forward.size == discount.size == years.size
        is_fit = all_fit(rows, vol.size, strike.size, is_call.size, series.size, 1, 1, 1)
        require(is_fit & are_even & block_fits(columns, rows))
        kernels_calls.series_greeks(
            vol,
            strike,
            is_call,
            series,
            forward,
            discount,
            years,
            columns,
            0,
            rows,
        )
        return revision

    return compile_(series_greeks, SERIES_GREEKS)


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
    ) -> int:
        rows = flag.size
        are_even = forward.size == discount.size == years.size
        is_fit = all_fit(rows, price.size, strike.size, is_call.size, series.size, 1, 1, 1)
        require(is_fit & are_even & block_fits(columns, rows))
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
            0,
            rows,
        )
        return revision

    return compile_(series_solve, SERIES_SOLVE)


def serial_calls(compile_: Compile, revision: int) -> Calls:
    """Compile the calls, or load them from numba's cache."""
    return Calls(
        _implied_vol(compile_, revision),
        _bsm_greeks(compile_, revision),
        _bsm_solve(compile_, revision),
        _series_implied_vol(compile_, revision),
        _series_greeks(compile_, revision),
        _series_solve(compile_, revision),
    )
