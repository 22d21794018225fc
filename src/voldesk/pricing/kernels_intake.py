"""
Ticks into columns, compiled; the twin is ``twin_intake``, where the arrays are explained.

Nothing here is arithmetic that may be rearranged, and the twin's results are met to the bit.
"""

import math

from numba import njit, types

from voldesk.pricing.kernels_bits import Function, Untyped, float_of
from voldesk.pricing.kernels_signatures import Compile
from voldesk.pricing.layout import (
    CODES,
    EVENT,
    FIELDS,
    FIRST_SPOT,
    FORWARD,
    GAP,
    HAS_FORWARDS,
    HAS_GAP,
    HAS_NEWS,
    IS_JUMBLED,
    IS_LINE_LOST,
    KINDS,
    LAST,
    LATE_COUNT,
    NAMES,
    NEWEST_EVENT,
    NEWEST_RECV,
    NO_TIME,
    OLDEST_RECV,
    OUTCOME,
    RECEIVED,
    TAKEN,
    TICK_COUNT,
    VALUES,
)
from voldesk.pricing.twin_calls import Call

INTS = types.Array(types.int64, 1, "C")
FLOATS = types.Array(types.float64, 1, "C")
MARKS = types.Array(types.boolean, 1, "C")
CODE_COLUMN = types.Array(types.uint8, 1, "C")
INDICES = types.Array(types.int32, 1, "C")
INT_BLOCK = types.Array(types.int64, 2, "C")
FLOAT_BLOCK = types.Array(types.float64, 2, "C")
MARK_BLOCK = types.Array(types.boolean, 2, "C")
_WORDS = types.Array(types.int64, 2, "C", readonly=True)

TAKE_TICKS = (
    *(_WORDS, INTS, INTS, types.int64, INTS),
    *(INT_BLOCK, FLOATS, MARKS, CODE_COLUMN),
    *(INT_BLOCK, FLOATS, MARKS),
    *(INT_BLOCK, MARK_BLOCK),
    *(INT_BLOCK, INTS, INTS, MARKS, MARK_BLOCK, CODE_COLUMN, INTS, INDICES, FLOAT_BLOCK, MARKS),
)


def exact(function: Function) -> Function:
    """Compile a function whose arithmetic is kept as written."""
    compile_: Untyped = njit(error_model="numpy", nogil=True)
    compiled: Function = compile_(function)
    return compiled


@exact
def look_through(words: Untyped) -> int:
    """Say whether ticks can be taken as they stand."""
    outcome = TAKEN
    before = words[0, EVENT]
    for tick in range(words.shape[0]):
        if words[tick, CODES] & 0xFF == GAP:
            return HAS_GAP
        stamp = words[tick, EVENT]
        if stamp < before:
            outcome = IS_JUMBLED
        before = stamp
    return outcome


@exact
def place_at(words: Untyped, tick: int, place_of: Untyped) -> int:
    """Return where the instrument of a tick stands; one beyond the end has the last place."""
    place: int = place_of[min(words[tick, NAMES] & 0xFFFFFFFF, place_of.size - 1)]
    return place


@exact
def note(tallies: Untyped, marks: Untyped, chain: int, event: int, received: int) -> None:
    """Keep when a chain ticked."""
    tallies[NEWEST_RECV, chain] = received
    tallies[NEWEST_EVENT, chain] = max(tallies[NEWEST_EVENT, chain], event)
    if tallies[OLDEST_RECV, chain] == NO_TIME:
        tallies[OLDEST_RECV, chain] = received
    tallies[TICK_COUNT, chain] += 1
    marks[IS_LINE_LOST, chain] = False
    marks[HAS_NEWS, chain] = True


@exact
def keep(
    times: Untyped,
    value: Untyped,
    is_lost: Untyped,
    place: int,
    figure: float,
    event: int,
    received: int,
) -> None:
    """Write the newest of a figure, as ``chain.newest.Newest.take`` does."""
    value[place] = figure if 0.0 < figure < math.inf else math.nan
    times[1, place] = received
    times[0, place] = max(times[0, place], event)
    is_lost[place] = False


@exact
def is_late(event: int, known: int) -> bool:
    """Say whether the venue stamped a tick before the one that is known."""
    return event < known and event != NO_TIME


@exact
def known(value: float) -> float:
    """Return a value sent, NaN where it is infinite."""
    return value + (value - value)


@exact
def take_spots(
    words: Untyped,
    order: Untyped,
    place_of: Untyped,
    times: Untyped,
    value: Untyped,
    is_lost: Untyped,
    spot_type: Untyped,
    tallies: Untyped,
    marks: Untyped,
) -> None:
    """Take the ticks of spots."""
    for step in range(words.shape[0] if order.size == 0 else order.size):
        tick = step if order.size == 0 else order[step]
        place = place_at(words, tick, place_of)
        if place > FIRST_SPOT:
            continue
        chain, event = FIRST_SPOT - place, words[tick, EVENT]
        if is_late(event, times[0, chain]):
            tallies[LATE_COUNT, chain] += 1
            continue
        data_type = (words[tick, CODES] >> 8) & 0xFF
        if spot_type[chain] != data_type:
            marks[HAS_NEWS, chain] = True
            spot_type[chain] = data_type
        if (words[tick, NAMES] >> 32) & (1 << LAST):
            figure, received = float_of(words[tick, VALUES + LAST]), words[tick, RECEIVED]
            keep(times, value, is_lost, chain, figure, event, received)
            note(tallies, marks, chain, event, received)


@exact
def write_fields(words: Untyped, tick: int, row: int, quotes: Untyped) -> int:
    """Write what a tick says of a row; return the fields that were sent."""
    present: int = (words[tick, NAMES] >> 32) & 0xFFFFFFFF
    for field in range(FIELDS):
        if present & (1 << field):
            quotes[field, row] = known(float_of(words[tick, VALUES + field]))
    return present


def take_ticks(compile_: Compile, revision: int) -> Call:
    """Compile ``twin_intake.take_ticks``."""

    def take_ticks(  # compiled calls take no keywords
        words: Untyped, order: Untyped, place_of: Untyped, price_bits: int, told: Untyped,
        spot_times: Untyped, spot_value: Untyped, spot_lost: Untyped, spot_type: Untyped,
        fwd_times: Untyped, fwd_value: Untyped, fwd_lost: Untyped, tallies: Untyped,
        chain_marks: Untyped, stamps: Untyped, ts_event: Untyped, quoted_at: Untyped,
        row_lost: Untyped, row_marks: Untyped, data_type: Untyped, chain_of: Untyped,
        series_of: Untyped, quotes: Untyped, is_quoted: Untyped,
    ) -> int:  # fmt: skip
        told[OUTCOME] = TAKEN if order.size else look_through(words)
        if told[OUTCOME] != TAKEN:
            return revision
        take_spots(
            words, order, place_of, spot_times, spot_value, spot_lost, spot_type, tallies,
            chain_marks,
        )  # fmt: skip
        for step in range(words.shape[0] if order.size == 0 else order.size):
            tick = step if order.size == 0 else order[step]
            row = place_at(words, tick, place_of)
            if row < 0:
                continue
            chain, event, received = chain_of[row], words[tick, EVENT], words[tick, RECEIVED]
            kind = min(words[tick, CODES] & 0xFF, KINDS - 1)
            if is_late(event, stamps[kind, row]):
                tallies[LATE_COUNT, chain] += 1
                continue
            stamps[kind, row] = max(stamps[kind, row], event)
            stamps[KINDS, row] = max(stamps[KINDS, row], event)
            ts_event[row] = stamps[KINDS, row]
            present = write_fields(words, tick, row, quotes)
            series, figure = series_of[row], quotes[FORWARD, row]
            says_forward = (present & (1 << FORWARD) != 0) & (figure > 0.0)
            if says_forward & (not is_late(event, fwd_times[0, series])):
                keep(fwd_times, fwd_value, fwd_lost, series, figure, event, received)
                told[HAS_FORWARDS] = True
            data_type[row] = (words[tick, CODES] >> 8) & 0xFF
            row_marks[0, row] = True
            if present & price_bits:
                row_marks[1, row] = is_quoted[series] = True
                quoted_at[row] = received
                row_lost[row] = False
            note(tallies, chain_marks, chain, event, received)
        return revision

    return compile_(take_ticks, TAKE_TICKS)
