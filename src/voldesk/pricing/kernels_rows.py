"""
How the compiled calls read their columns, and what they do with a row in doubt.

An input column may hold one row that stands for all; ``spread``, ``at`` and ``one`` hide that.
"""

import math

import numpy as np

from voldesk.pricing import flags
from voldesk.pricing.constants import NAN
from voldesk.pricing.kernels_bits import Untyped, get, inlined, looping, poke, stretch, window
from voldesk.pricing.kernels_hard import greeks_row, log_moneyness, solve_row
from voldesk.pricing.kernels_stages import BLOCK, EIGHT, TABLE_COLUMNS

COLUMNS = 10
VOL, PRICE = 0, 1
LARGEST_DISCOUNT, SMALLEST_DISCOUNT = 1e28, 1e-28


@inlined
def spread(column: Untyped, w: Untyped, place: int, rows: int) -> Untyped:
    """
    Return the column, or where one row stands for all as many copies as a block reads.

    The copies stand at ``place`` in the scratch: the result owns nothing and lives as long.
    """
    if column.shape[0] != 1:
        return window(column, 0)
    value = get(column, 0)
    for j in range(min(rows, BLOCK)):
        poke(w, place + j, value)
    return stretch(w, place, BLOCK)


@looping
def spread_marks(column: Untyped) -> Untyped:
    """Return the column, or a block of copies where one row stands for all; not of floats."""
    if column.shape[0] != 1:
        return column
    block = np.empty(BLOCK, column.dtype)
    block[:] = column[0]
    return block


@looping
def at(column: Untyped, start: int, count: int) -> Untyped:
    """Return the column from ``start`` on; a block of copies always from its beginning."""
    return window(column, start if start + count <= column.shape[0] else 0)


@looping
def one(column: Untyped, row: int) -> Untyped:
    """Return one row of a column in which one row may stand for all."""
    return column[row] if column.shape[0] != 1 else column[0]


@looping
def pad(count: int) -> int:
    """Return the count the loops inside the scratch run to."""
    return -(-count // EIGHT) * EIGHT


@looping
def pitch(columns: Untyped) -> int:
    """Return how many elements lie between one column's first row and the next one's."""
    elements: int = columns.strides[0] // columns.itemsize
    return elements


@looping
def put_row(columns: Untyped, row: int, values: Untyped) -> None:
    """Write the ten columns of one row."""
    for column in range(COLUMNS):
        columns[column, row] = values[column]


@looping
def finish_row(columns: Untyped, row: int, price: float, flag: int) -> int:
    """Let the price column be the price given; return the flag, BAD_INPUT for a vol alone."""
    if flag != flags.OK:
        return flag
    if math.isnan(columns[VOL, row]):  # the spot behind the forward is beyond float64
        return flags.BAD_INPUT
    columns[PRICE, row] = price
    return flag


@looping
def bsm_row(
    vol: float,
    spot: float,
    strike: float,
    years: float,
    is_call: bool,
    rate: float,
    dividend_yield: float,
    columns: Untyped,
    row: int,
) -> None:
    """Write the columns of one option given by vol and raw inputs."""
    discount, carry = math.exp(-rate * years), math.exp(-dividend_yield * years)
    drift = (rate - dividend_yield) * years
    values = greeks_row(
        vol,
        spot,
        spot * math.exp(drift),
        strike,
        log_moneyness(spot, strike) - drift,
        years,
        is_call,
        rate,
        dividend_yield,
        discount,
        carry,
    )
    put_row(columns, row, values)


@looping
def solve_bsm_row(
    price: float,
    spot: float,
    strike: float,
    years: float,
    is_call: bool,
    rate: float,
    dividend_yield: float,
    columns: Untyped,
    row: int,
) -> int:
    """Write the columns of one option given by price and raw inputs; return the flag."""
    drift = (rate - dividend_yield) * years
    vol, flag = solve_row(
        price,
        spot * math.exp(drift),
        strike,
        log_moneyness(spot, strike) - drift,
        years,
        is_call,
        math.exp(-rate * years),
    )
    bsm_row(vol, spot, strike, years, is_call, rate, dividend_yield, columns, row)
    return finish_row(columns, row, price, flag)


@looping
def series_row_greeks(
    vol: float,
    strike: float,
    is_call: bool,
    forward: float,
    discount: float,
    years: float,
    columns: Untyped,
    row: int,
) -> None:
    """Write the columns of one option given by vol and its series' values."""
    log = -math.log(discount)
    rate = log / years if log != 0.0 else 0.0
    values = greeks_row(
        vol,
        forward * discount,
        forward,
        strike,
        log_moneyness(forward, strike),
        years,
        is_call,
        rate,
        0.0,
        discount,
        1.0,
    )
    put_row(columns, row, values)


@looping
def solve_series_row(
    price: float,
    strike: float,
    is_call: bool,
    forward: float,
    discount: float,
    years: float,
    columns: Untyped,
    row: int,
) -> int:
    """Write the columns of one option given by price and its series' values; return the flag."""
    x = log_moneyness(forward, strike)
    vol, flag = solve_row(price, forward, strike, x, years, is_call, discount)
    series_row_greeks(vol, strike, is_call, forward, discount, years, columns, row)
    return finish_row(columns, row, price, flag)


@looping
def of_series(table: Untyped, series: int) -> float:
    """Return the value of a series, NaN if there is no such series."""
    return table[series] if 0 <= series < table.shape[0] else NAN


@looping
def tabulate(forward: Untyped, discount: Untyped, years: Untyped) -> Untyped:
    """
    Return the table that ``fill_from_series`` reads: columns, each with a NaN entry at its end.

    A discount so extreme that products with it might overflow is NaN too: those rows fall into
    doubt and are done one at a time.
    """
    size = forward.shape[0] + 1
    table = np.full((TABLE_COLUMNS, size), NAN)
    for i in range(size - 1):
        d = discount[i]
        if SMALLEST_DISCOUNT < d < LARGEST_DISCOUNT:
            root, log = math.sqrt(years[i]), -math.log(d)
            table[0, i], table[1, i], table[2, i] = forward[i], d, forward[i] * d
            table[3, i] = log / years[i] if log != 0.0 else 0.0
            table[4, i], table[5, i] = root, 1.0 / root
    return table.reshape(-1)
