"""
Forwards of live chains carried to an instant, compiled; the twin is ``twin_moves``.

Exponential and logarithm are those of the C library and not NumPy's: figures made of them may
differ from the twin's in the last place.
"""

import math

from numba import types

from voldesk.pricing.kernels_bits import Untyped
from voldesk.pricing.kernels_intake import (
    CODE_COLUMN,
    FLOAT_BLOCK,
    FLOATS,
    INT_BLOCK,
    INTS,
    MARK_BLOCK,
    MARKS,
    exact,
)
from voldesk.pricing.kernels_signatures import Compile
from voldesk.pricing.layout import (
    HAS_NEW_SPOT,
    IS_ASKED,
    LOST,
    NEVER,
    NO_TIME,
    NS_PER_YEAR,
    OLD,
    SERVES,
    STAND_DISCOUNT,
    STAND_FORWARD,
    STAND_SPOT,
    STAND_YEARS,
    UNKNOWN,
)
from voldesk.pricing.twin_calls import Call

MOVE_CHAINS = (
    *(INTS, INTS, types.int64, types.int64, types.int64),
    *(INT_BLOCK, FLOATS, MARKS, CODE_COLUMN, types.int64),
    *(FLOATS, CODE_COLUMN, CODE_COLUMN, FLOATS, INTS, MARK_BLOCK, MARKS),
    *(INTS, MARKS, MARKS, INTS, FLOAT_BLOCK, FLOATS, MARKS, MARKS),
    *(INTS, FLOATS, FLOATS, FLOATS, FLOATS),
)


@exact
def is_same(one: float, other: float) -> bool:
    """Say whether two figures are the same one, or both unknown."""
    return one == other or (math.isnan(one) and math.isnan(other))


@exact
def lapse_of(value: float, is_lost: bool, received: int, limit_ns: int, now: int) -> int:
    """Return why a figure may not be stood on."""
    if math.isnan(value):
        return UNKNOWN
    if is_lost:
        return LOST
    return OLD if now - received > limit_ns else SERVES


@exact
def years_left(settles_at: int, now: int) -> float:
    """Return the years to an instant, NaN where it is not known."""
    return math.nan if settles_at == NO_TIME else (settles_at - now) / NS_PER_YEAR


@exact
def is_others_to_move(
    first: int,
    last: int,
    now: int,
    settles_at: Untyped,
    is_alive: Untyped,
    is_quoted: Untyped,
    due_at: Untyped,
) -> bool:
    """Say whether a series is to be fitted, or was settled since."""
    for series in range(first, last):
        has_years = years_left(settles_at[series], now) > 0.0
        if has_years != is_alive[series]:
            return True
        if has_years and is_quoted[series] and due_at[series] <= now:
            return True
    return False


@exact
def carry(
    series: int,
    spot: float,
    years: float,
    stand: Untyped,
    growth: Untyped,
    forward: Untyped,
    discount: Untyped,
) -> None:
    """Write the forward with spot and time, the discount with time."""
    ratio = spot / stand[STAND_SPOT, series]
    if not 0.0 < ratio < math.inf:
        ratio = 1.0
    grown = math.exp(growth[series] * (years - stand[STAND_YEARS, series]))
    forward[series] = stand[STAND_FORWARD, series] * ratio * grown
    log = math.log(stand[STAND_DISCOUNT, series])
    discount[series] = math.exp(log * years / stand[STAND_YEARS, series])


def move_chains(compile_: Compile, revision: int) -> Call:
    """Compile ``twin_moves.move_chains``."""

    def move_chains(  # compiled calls take no keywords
        chains: Untyped, first_series: Untyped, now: int, step_ns: int, refit_ns: int,
        spot_times: Untyped, spot_value: Untyped, spot_lost: Untyped, spot_type: Untyped,
        limit_ns: int, known_spot: Untyped, known_type: Untyped, known_lapse: Untyped,
        moved_spot: Untyped, moved_at: Untyped, moves: Untyped, is_odd: Untyped,
        settles_at: Untyped, is_alive: Untyped, is_quoted: Untyped, due_at: Untyped,
        stand: Untyped, growth: Untyped, is_on_quoted: Untyped, has_moved: Untyped,
        valued_at: Untyped, spots: Untyped, years: Untyped, forward: Untyped, discount: Untyped,
    ) -> int:  # fmt: skip
        for chain in chains:
            value, first, last = spot_value[chain], first_series[chain], first_series[chain + 1]
            is_other_type = spot_type[chain] != known_type[chain]
            moves[HAS_NEW_SPOT, chain] = not is_same(value, known_spot[chain]) or is_other_type
            known_spot[chain], known_type[chain] = value, spot_type[chain]
            lapse = lapse_of(value, spot_lost[chain], spot_times[1, chain], limit_ns, now)
            live = value if lapse == SERVES else math.nan
            before = moved_spot[chain]
            is_odd_move = is_odd[chain] or lapse != known_lapse[chain] or moved_at[chain] == NEVER
            moves[IS_ASKED, chain] = is_odd_move
            if is_odd_move:
                continue
            if is_same(live, before) and 0 <= now - moved_at[chain] < step_ns:
                continue
            is_theirs = refit_ns == 0 or now < moved_at[chain]
            is_theirs |= math.isfinite(live) != math.isfinite(before)
            if is_theirs or is_others_to_move(
                first, last, now, settles_at, is_alive, is_quoted, due_at
            ):
                moves[IS_ASKED, chain] = True
                continue
            is_moved = math.isfinite(live) and live != before
            for series in range(first, last):
                years[series] = years_left(settles_at[series], now)
                valued_at[series], spots[series] = now, live
                carry(series, live, years[series], stand, growth, forward, discount)
                has_moved[series] |= is_moved and not is_on_quoted[series]
            moved_spot[chain], moved_at[chain] = live, now
        return revision

    return compile_(move_chains, MOVE_CHAINS)
