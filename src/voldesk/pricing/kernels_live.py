"""
Rows of live columns, compiled: which to price, their prices, and where the figures go.

The twin is ``twin_live``, where the arrays are explained; its results are met to the bit.
"""

import math
from typing import TYPE_CHECKING, cast

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from voldesk.pricing import flags
from voldesk.pricing.kernels_bits import Untyped
from voldesk.pricing.kernels_fit import fit_rows
from voldesk.pricing.kernels_intake import (
    CODE_COLUMN,
    FLOAT_BLOCK,
    FLOATS,
    INDICES,
    INT_BLOCK,
    INTS,
    MARK_BLOCK,
    MARKS,
    exact,
    take_ticks,
)
from voldesk.pricing.kernels_moves import move_chains
from voldesk.pricing.kernels_signatures import Compile
from voldesk.pricing.layout import (
    ALL,
    CROSSED,
    DECAY_EVERY,
    DECAYED_AT,
    DIRTY,
    EXPIRED,
    FOLLOW_EVERY,
    FOLLOWED_AT,
    FOLLOWERS,
    HAS_NEW_SPOT,
    HAS_NEWS,
    IS_WHOLE_DUE,
    NEVER,
    NEWEST_EVENT,
    NO_BID,
    NO_FORWARD,
    NO_PRICE,
    NO_TIME,
    OK,
    OLDEST_RECV,
    ONE_SIDED,
    QUOTED,
    STALE,
    TOUCHED,
)
from voldesk.pricing.twin_calls import Call
from voldesk.pricing.twin_live import NEAR, LiveCalls

if TYPE_CHECKING:
    from collections.abc import Callable

CHOOSE_ROWS = (
    *(INTS, INTS, INTS, INT_BLOCK, MARK_BLOCK, MARKS, MARK_BLOCK),
    *(INTS, MARKS, MARKS, types.int64, types.int64, INTS, INTS),
)
PREPARE_ROWS = (
    *(INTS, INDICES, FLOATS, FLOATS, FLOATS, FLOATS, FLOATS, FLOATS, types.boolean),
    *(FLOATS, MARKS, FLOATS, FLOATS, FLOATS, FLOATS, FLOATS, CODE_COLUMN),
    *(FLOAT_BLOCK, MARKS, INDICES, FLOAT_BLOCK, MARKS, INDICES, MARK_BLOCK, INTS),
)
FINISH_ROWS = (
    *(INTS, CODE_COLUMN, FLOAT_BLOCK, CODE_COLUMN, FLOATS, CODE_COLUMN, CODE_COLUMN, FLOATS),
    *(MARK_BLOCK, MARKS, FLOAT_BLOCK, FLOATS, FLOATS, CODE_COLUMN, INTS),
)
COLLECT_ROWS = (INTS, INTS, MARK_BLOCK, INT_BLOCK, MARK_BLOCK, MARK_BLOCK, INTS, INTS, INTS, INTS)


# Which of two figures a row has is as good as chance, so nothing below branches on quotes: both are
# computed and one is chosen.


@exact
def is_price(value: float) -> bool:
    """Say whether a value is a price."""
    return (value > 0.0) & (value < math.inf)


@exact
def price_of(single: float) -> float:
    """Return the single price of a row, NaN where it is none."""
    return single if is_price(single) else math.nan


@exact
def status_at(
    is_mid: bool, bid: float, ask: float, price: float, forward: float, years: float, floor: float
) -> int:
    """Return the status of a row as far as its quotes tell it; what applies last is said."""
    has_bid, has_ask, lacks = is_price(bid), is_price(ask), math.isnan(price)
    status = flags.BELOW_INTRINSIC if price < floor else OK
    status = NO_PRICE if lacks else status
    lacks &= is_mid
    status = CROSSED if lacks & (bid > ask) else status
    status = ONE_SIDED if lacks & (not has_ask) else status
    status = NO_BID if lacks & (not has_bid) else status
    status = NO_FORWARD if math.isnan(forward) else status
    return EXPIRED if years <= 0.0 else status


@exact
def mid_of(bid: float, ask: float) -> float:
    """Return the middle of two sides, NaN where they have none."""
    mid = 0.5 * bid + 0.5 * ask
    return mid if (bid > 0.0) & (bid <= ask) & is_price(mid) else math.nan


@exact
def words_of(marks: Untyped) -> Untyped:
    """Return marks eight to a word."""
    return marks.view(np.int64)


@intrinsic
def _zeros_below(_context: Untyped, _word: Untyped) -> Untyped:
    def emit(_ctx: Untyped, builder: Untyped, _sig: Untyped, args: Untyped) -> Untyped:
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.int64), emit


zeros_below = cast("Callable[[int], int]", _zeros_below)
"""How many bits are 0 below the lowest that is 1."""


@exact
def gather(words: Untyped, kind: int, first: int, last: int, rows: Untyped, count: int) -> int:
    """Append the marked rows of a stretch; return how many there are then."""
    for word in range(first >> 3, (last + 7) >> 3):
        marks = words[kind, word]
        while marks != 0:
            row = (word << 3) + (zeros_below(marks) >> 3)
            marks &= marks - 1
            if first <= row < last:  # the words at the ends are the neighbours', too
                rows[count] = row
                count += 1
    return count


@exact
def has_begun(cadence: Untyped, first: int, chain: int, now: int) -> bool:
    """Say whether a stretch has begun since the last one; of no length, always."""
    every, phase, since = (
        cadence[first, chain],
        cadence[first + 1, chain],
        cadence[first + 2, chain],
    )
    is_new: bool = every == 0 or (now - phase) // every > (since - phase) // every
    return is_new


@exact
def what_is_due(cadence: Untyped, moves: Untyped, chain: int, now: int) -> int:
    """Say which rows of a chain to price beside the dirty ones."""
    for at in (FOLLOWED_AT, DECAYED_AT):  # the clock may have been set back
        cadence[at, chain] = min(cadence[at, chain], now)
    if moves[IS_WHOLE_DUE, chain] or has_begun(cadence, DECAY_EVERY, chain, now):
        moves[IS_WHOLE_DUE, chain] = False
        cadence[FOLLOWED_AT, chain] = cadence[DECAYED_AT, chain] = now
        return ALL
    return FOLLOWERS if has_begun(cadence, FOLLOW_EVERY, chain, now) else QUOTED


def _choose_rows(compile_: Compile, revision: int) -> Call:
    def choose_rows(  # compiled calls take no keywords
        chains: Untyped, first_series: Untyped, bounds: Untyped, cadence: Untyped,
        moves: Untyped, has_moved: Untyped, marks: Untyped, quoted_at: Untyped, is_lost: Untyped,
        is_stale: Untyped, limit_ns: int, now: int, rows: Untyped, told: Untyped,
    ) -> int:  # fmt: skip
        count = 0
        words, is_touched, is_dirty = words_of(marks), marks[TOUCHED], marks[DIRTY]
        for chain in chains:
            first, last = first_series[chain], first_series[chain + 1]
            due = what_is_due(cadence, moves, chain, now)
            if due == FOLLOWERS and has_moved[first:last].any():
                cadence[FOLLOWED_AT, chain] = now
            for series in range(first, last):
                is_whole = due == ALL or (due == FOLLOWERS and has_moved[series])
                has_moved[series] = has_moved[series] and due == QUOTED
                start, stop = bounds[series], bounds[series + 1]
                if is_whole:
                    for row in range(start, stop):
                        rows[count + row - start] = row
                    count += stop - start
                else:
                    count = gather(words, DIRTY, start, stop, rows, count)
        for row in rows[:count]:
            at = quoted_at[row]
            is_old = (limit_ns >= 0) & (at != NEVER) & (now - at > limit_ns)
            is_stale[row] = (is_lost[row] | is_old) if is_dirty[row] else is_stale[row]
            is_touched[row] = True
            is_dirty[row] = False
        told[0] = count
        return revision

    return compile_(choose_rows, CHOOSE_ROWS)


@exact
def floor_of(is_call: bool, strike: float, forward: float, discount: float, years: float) -> float:
    """Return a price below which the solver is sure to find no vol; see ``twin_live``."""
    gap = forward - strike
    inside = gap if is_call else -gap
    is_call_in = gap > 0.0
    small = strike if is_call_in else forward
    large = forward if is_call_in else strike
    is_tame = (discount > 0.0) & (discount < math.inf) & (years < math.inf) & (large < math.inf)
    is_tame &= (inside > 0.0) & (small > NEAR * large)
    floor = discount * inside * (1.0 - NEAR)
    floor = floor if is_tame else 0.0
    return math.inf if math.isnan(forward) | (years <= 0.0) else floor


def _prepare_rows(compile_: Compile, revision: int) -> Call:
    def prepare_rows(  # compiled calls take no keywords
        rows: Untyped, series_of: Untyped, forward: Untyped, discount: Untyped, years: Untyped,
        bid: Untyped, ask: Untyped, single: Untyped, is_mid: bool, strike: Untyped,
        is_call: Untyped, row_years: Untyped, row_forward: Untyped, row_discount: Untyped,
        row_mid: Untyped, row_price: Untyped, found: Untyped, options: Untyped,
        option_calls: Untyped, option_series: Untyped, sides: Untyped, side_calls: Untyped,
        side_series: Untyped, is_asked: Untyped, told: Untyped,
    ) -> int:  # fmt: skip
        options_count = bids = asks = 0
        half = found.size  # the asks are put here, and behind the bids at the end
        for place in range(rows.size):
            row = np.uint64(rows[place])  # unsigned: it is not looked at for being negative
            series, k, is_c, b, a = series_of[row], strike[row], is_call[row], bid[row], ask[row]
            at = np.uint64(series)
            t, f, d = years[at], forward[at], discount[at]
            row_years[row], row_forward[row], row_discount[row] = t, f, d
            mid = mid_of(b, a)
            price = mid if is_mid else price_of(single[row])
            row_mid[row], row_price[row] = mid, price
            floor = floor_of(is_c, k, f, d, t)
            found[place] = status_at(is_mid, b, a, price, f, t, floor)
            options[0, options_count], options[1, options_count] = price, k
            option_calls[options_count], option_series[options_count] = is_c, series
            options_count += found[place] == OK
            is_asked[0, place] = (b > 0.0) & (b >= floor)
            is_asked[1, place] = (a > 0.0) & (a >= floor)
            sides[0, bids], sides[1, bids] = b, k
            side_calls[bids], side_series[bids] = is_c, series
            bids += is_asked[0, place]
            sides[0, half + asks], sides[1, half + asks] = a, k
            side_calls[half + asks], side_series[half + asks] = is_c, series
            asks += is_asked[1, place]
        for place in range(asks):
            sides[0, bids + place] = sides[0, half + place]
            sides[1, bids + place] = sides[1, half + place]
            side_calls[bids + place] = side_calls[half + place]
            side_series[bids + place] = side_series[half + place]
        told[0], told[1], told[2] = options_count, bids, bids + asks
        return revision

    return compile_(prepare_rows, PREPARE_ROWS)


def _finish_rows(compile_: Compile, revision: int) -> Call:
    def finish_rows(  # compiled calls take no keywords
        rows: Untyped, found: Untyped, solved: Untyped, flag: Untyped, vols: Untyped,
        vol_flag: Untyped, status_of: Untyped, units: Untyped, is_asked: Untyped,
        is_stale: Untyped, figures: Untyped, iv_bid: Untyped, iv_ask: Untyped, status: Untyped,
        told: Untyped,
    ) -> int:  # fmt: skip
        asked, at_bid, at_ask = 0, 0, told[1]
        for place in range(rows.size):
            row, code = np.uint64(rows[place]), found[place]
            if code == OK:
                code = status_of[flag[asked]]
                for column in range(units.size):
                    figures[column, row] = solved[column, asked] * units[column]
                asked += 1
            else:
                for column in range(units.size):
                    figures[column, row] = math.nan
            status[row] = STALE if code == OK and is_stale[row] else code
            iv_bid[row] = iv_ask[row] = math.nan
            if is_asked[0, place]:
                iv_bid[row] = vols[at_bid] if vol_flag[at_bid] == flags.OK else math.nan
                at_bid += 1
            if is_asked[1, place]:
                iv_ask[row] = vols[at_ask] if vol_flag[at_ask] == flags.OK else math.nan
                at_ask += 1
        return revision

    return compile_(finish_rows, FINISH_ROWS)


def _collect_rows(compile_: Compile, revision: int) -> Call:
    def collect_rows(  # compiled calls take no keywords
        chains: Untyped, starts: Untyped, marks: Untyped, tallies: Untyped,
        chain_marks: Untyped, moves: Untyped, seqs: Untyped, seq_of_row: Untyped,
        rows: Untyped, ends: Untyped,
    ) -> int:  # fmt: skip
        count = 0
        words, is_touched = words_of(marks), marks[TOUCHED]
        for place in range(chains.size):
            chain = chains[place]
            first, before = starts[chain], count
            count = gather(words, TOUCHED, first, starts[chain + 1], rows, count)
            seqs[chain] += count > before or moves[HAS_NEW_SPOT, chain]
            for touched in range(before, count):
                is_touched[rows[touched]] = False
                seq_of_row[rows[touched]] = seqs[chain]
                rows[touched] -= first
            ends[place] = count
            chain_marks[HAS_NEWS, chain] = False
            tallies[NEWEST_EVENT, chain] = tallies[OLDEST_RECV, chain] = NO_TIME
        return revision

    return compile_(collect_rows, COLLECT_ROWS)


def live_calls(compile_: Compile, revision: int) -> LiveCalls:
    """Compile the calls, or load them from numba's cache."""
    return LiveCalls(
        take_ticks(compile_, revision),
        move_chains(compile_, revision),
        _choose_rows(compile_, revision),
        _prepare_rows(compile_, revision),
        _finish_rows(compile_, revision),
        _collect_rows(compile_, revision),
        fit_rows(compile_, revision),
    )
