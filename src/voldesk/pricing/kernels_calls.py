"""
The six calls of ``twin_calls``, compiled: blocks of vector stages, then the rows in doubt.

Each takes the rows ``first`` to ``last`` of its outputs, so that several threads can share one
call.
"""

import math

import numpy as np

from voldesk.pricing import flags
from voldesk.pricing.kernels_bits import Untyped, looping, window
from voldesk.pricing.kernels_columns import (
    columns_bsm,
    columns_series,
    head_vol_bsm,
    head_vol_series,
    mills_and_value,
)
from voldesk.pricing.kernels_hard import log_moneyness, solve_row
from voldesk.pricing.kernels_rows import (
    at,
    bsm_row,
    of_series,
    one,
    pad,
    pitch,
    series_row_greeks,
    solve_bsm_row,
    solve_series_row,
    spread,
    spread_marks,
    tabulate,
)
from voldesk.pricing.kernels_stages import (
    BLOCK,
    COPIES,
    SCRATCH,
    fill_from_series,
    finish_solve,
    finish_vol,
    finish_vol_series,
    head_black,
    head_bsm,
    head_series,
    mills_rows,
    seed_rows,
)


@looping
def solve_stages(w: Untyped, count: int) -> None:
    """Take measured rows to the first stdev and its Mills ratios."""
    seed_rows(w, pad(count))
    mills_rows(w, pad(count))


@looping
def implied_vol(
    price: Untyped,
    forward: Untyped,
    strike: Untyped,
    years: Untyped,
    is_call: Untyped,
    discount: Untyped,
    vol: Untyped,
    flag: Untyped,
    first: int,
    last: int,
) -> None:
    """Write implied vol and flag from Black-76 inputs."""
    w = np.empty(SCRATCH)
    rows = last - first
    prices = spread(price, w, COPIES[0], rows)
    forwards = spread(forward, w, COPIES[1], rows)
    strikes = spread(strike, w, COPIES[2], rows)
    terms = spread(years, w, COPIES[3], rows)
    calls = spread_marks(is_call)
    discounts = spread(discount, w, COPIES[4], rows)
    for start in range(first, last, BLOCK):
        count = min(BLOCK, last - start)
        head_black(
            at(prices, start, count),
            at(forwards, start, count),
            at(strikes, start, count),
            at(calls, start, count),
            at(discounts, start, count),
            w,
            count,
        )
        solve_stages(w, count)
        doubtful = finish_vol(at(terms, start, count), window(vol, start), w, count)
        flag[start : start + count] = flags.OK
        if doubtful == 0:
            continue
        for row in range(start, start + count):
            if math.isnan(vol[row]):
                f, k = one(forward, row), one(strike, row)
                vol[row], flag[row] = solve_row(
                    one(price, row),
                    f,
                    k,
                    log_moneyness(f, k),
                    one(years, row),
                    one(is_call, row),
                    one(discount, row),
                )


@looping
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
    first: int,
    last: int,
) -> None:
    """Write implied vol and flag; forward, discount and years come from the row's series."""
    w = np.empty(SCRATCH)
    rows = last - first
    table = tabulate(forward, discount, years)
    prices = spread(price, w, COPIES[0], rows)
    strikes = spread(strike, w, COPIES[1], rows)
    calls, indices = spread_marks(is_call), spread_marks(series)
    for start in range(first, last, BLOCK):
        count = min(BLOCK, last - start)
        p, k, c = at(prices, start, count), at(strikes, start, count), at(calls, start, count)
        fill_from_series(at(indices, start, count), table, w, count)
        head_series(p, k, c, w, count)
        solve_stages(w, count)
        doubtful = finish_vol_series(window(vol, start), w, count)
        flag[start : start + count] = flags.OK
        if doubtful == 0:
            continue
        for row in range(start, start + count):
            if math.isnan(vol[row]):
                s, k = one(series, row), one(strike, row)
                f = of_series(forward, s)
                vol[row], flag[row] = solve_row(
                    one(price, row),
                    f,
                    k,
                    log_moneyness(f, k),
                    of_series(years, s),
                    one(is_call, row),
                    of_series(discount, s),
                )


@looping
def bsm_greeks(
    vol: Untyped,
    spot: Untyped,
    strike: Untyped,
    years: Untyped,
    is_call: Untyped,
    rate: Untyped,
    dividend_yield: Untyped,
    columns: Untyped,
    first: int,
    last: int,
) -> None:
    """Write the ten columns from vol and raw inputs."""
    w = np.empty(SCRATCH)
    rows = last - first
    vols = spread(vol, w, COPIES[0], rows)
    spots = spread(spot, w, COPIES[1], rows)
    strikes = spread(strike, w, COPIES[2], rows)
    terms = spread(years, w, COPIES[3], rows)
    calls = spread_marks(is_call)
    rates = spread(rate, w, COPIES[4], rows)
    yields = spread(dividend_yield, w, COPIES[5], rows)
    for start in range(first, last, BLOCK):
        count = min(BLOCK, last - start)
        v, s, k = at(vols, start, count), at(spots, start, count), at(strikes, start, count)
        t, r, q = at(terms, start, count), at(rates, start, count), at(yields, start, count)
        head_vol_bsm(v, s, k, t, r, q, w, count)
        mills_and_value(w, pad(count))
        doubtful = columns_bsm(
            v,
            s,
            k,
            t,
            at(calls, start, count),
            r,
            q,
            window(columns, start),
            pitch(columns),
            w,
            count,
            False,
        )
        if doubtful == 0:
            continue
        for row in range(start, start + count):
            if math.isnan(columns[0, row]):
                bsm_row(
                    one(vol, row),
                    one(spot, row),
                    one(strike, row),
                    one(years, row),
                    one(is_call, row),
                    one(rate, row),
                    one(dividend_yield, row),
                    columns,
                    row,
                )


@looping
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
    first: int,
    last: int,
) -> None:
    """Write the ten columns and the flag from price and raw inputs."""
    w = np.empty(SCRATCH)
    rows = last - first
    prices = spread(price, w, COPIES[0], rows)
    spots = spread(spot, w, COPIES[1], rows)
    strikes = spread(strike, w, COPIES[2], rows)
    terms = spread(years, w, COPIES[3], rows)
    calls = spread_marks(is_call)
    rates = spread(rate, w, COPIES[4], rows)
    yields = spread(dividend_yield, w, COPIES[5], rows)
    for start in range(first, last, BLOCK):
        count = min(BLOCK, last - start)
        p, s, k = at(prices, start, count), at(spots, start, count), at(strikes, start, count)
        t, r, q = at(terms, start, count), at(rates, start, count), at(yields, start, count)
        c = at(calls, start, count)
        head_bsm(p, s, k, t, c, r, q, w, count)
        solve_stages(w, count)
        finish_solve(w, pad(count))
        out = window(columns, start)
        doubtful = columns_bsm(p, s, k, t, c, r, q, out, pitch(columns), w, count, True)
        flag[start : start + count] = flags.OK
        if doubtful == 0:
            continue
        for row in range(start, start + count):
            if math.isnan(columns[0, row]):
                flag[row] = solve_bsm_row(
                    one(price, row),
                    one(spot, row),
                    one(strike, row),
                    one(years, row),
                    one(is_call, row),
                    one(rate, row),
                    one(dividend_yield, row),
                    columns,
                    row,
                )


@looping
def series_greeks(
    vol: Untyped,
    strike: Untyped,
    is_call: Untyped,
    series: Untyped,
    forward: Untyped,
    discount: Untyped,
    years: Untyped,
    columns: Untyped,
    first: int,
    last: int,
) -> None:
    """Write the ten columns from vol; forward, discount and years come from the row's series."""
    w = np.empty(SCRATCH)
    rows = last - first
    table = tabulate(forward, discount, years)
    vols = spread(vol, w, COPIES[0], rows)
    strikes = spread(strike, w, COPIES[1], rows)
    calls = spread_marks(is_call)
    indices = spread_marks(series)
    for start in range(first, last, BLOCK):
        count = min(BLOCK, last - start)
        v, k, c = at(vols, start, count), at(strikes, start, count), at(calls, start, count)
        fill_from_series(at(indices, start, count), table, w, count)
        head_vol_series(v, k, w, count)
        mills_and_value(w, pad(count))
        doubtful = columns_series(v, k, c, window(columns, start), pitch(columns), w, count, False)
        if doubtful == 0:
            continue
        for row in range(start, start + count):
            if math.isnan(columns[0, row]):
                s = one(series, row)
                series_row_greeks(
                    one(vol, row),
                    one(strike, row),
                    one(is_call, row),
                    of_series(forward, s),
                    of_series(discount, s),
                    of_series(years, s),
                    columns,
                    row,
                )


@looping
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
    first: int,
    last: int,
) -> None:
    """Write the ten columns and the flag from price and the row's series."""
    w = np.empty(SCRATCH)
    rows = last - first
    table = tabulate(forward, discount, years)
    prices = spread(price, w, COPIES[0], rows)
    strikes = spread(strike, w, COPIES[1], rows)
    calls, indices = spread_marks(is_call), spread_marks(series)
    for start in range(first, last, BLOCK):
        count = min(BLOCK, last - start)
        p, k, c = at(prices, start, count), at(strikes, start, count), at(calls, start, count)
        fill_from_series(at(indices, start, count), table, w, count)
        head_series(p, k, c, w, count)
        solve_stages(w, count)
        finish_solve(w, pad(count))
        doubtful = columns_series(p, k, c, window(columns, start), pitch(columns), w, count, True)
        flag[start : start + count] = flags.OK
        if doubtful == 0:
            continue
        for row in range(start, start + count):
            if math.isnan(columns[0, row]):
                s = one(series, row)
                flag[row] = solve_series_row(
                    one(price, row),
                    one(strike, row),
                    one(is_call, row),
                    of_series(forward, s),
                    of_series(discount, s),
                    of_series(years, s),
                    columns,
                    row,
                )
