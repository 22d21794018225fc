"""Forwards of live chains carried to an instant, in NumPy: chain by chain, its series at once."""

import math

import numpy as np

from voldesk.pricing.layout import (
    HAS_NEW_SPOT,
    IS_ASKED,
    LOST,
    NEVER,
    NO_TIME,
    NS_PER_YEAR,
    OLD,
    SERVES,
    UNKNOWN,
)
from voldesk.pricing.mills import FloatArray
from voldesk.pricing.twin_hard import BoolArray
from voldesk.pricing.twin_intake import CodeArray, IntArray


def move_chains(
    chains: IntArray,
    first_series: IntArray,
    now: int,
    step_ns: int,
    refit_ns: int,
    spot_times: IntArray,
    spot_value: FloatArray,
    spot_lost: BoolArray,
    spot_type: CodeArray,
    limit_ns: int,
    known_spot: FloatArray,
    known_type: CodeArray,
    known_lapse: CodeArray,
    moved_spot: FloatArray,
    moved_at: IntArray,
    moves: BoolArray,
    is_odd: BoolArray,
    settles_at: IntArray,
    is_alive: BoolArray,
    is_quoted: BoolArray,
    due_at: IntArray,
    stand: FloatArray,
    growth: FloatArray,
    is_on_quoted: BoolArray,
    has_moved: BoolArray,
    valued_at: IntArray,
    spots: FloatArray,
    years: FloatArray,
    forward: FloatArray,
    discount: FloatArray,
) -> None:
    """
    Carry the forwards of chains along with spot and time, where nothing else is to be done.

    Of a chain whose sources are to be chosen anew, a series of which is to be fitted, or that is
    odd, nothing is written but that it is asked for. Within a step of time and at the same spot
    nothing is to be done.

    - ``step_ns``: Time goes in steps of this much.
    - ``refit_ns``: 0 where a series is fitted at every move.
    - ``spot_times``: This and what follows: the newest spots as ``twin_intake`` keeps them.
    - ``limit_ns``: Age beyond which a spot serves no more.
    - ``known_spot``: The spots of the move before, and how live they were; become those of now.
    - ``known_lapse``: Why each did not serve.
    - ``moved_spot``: Spot that served when each was moved last, and when that was.
    - ``moves``: Become whether a chain is asked for, and whether its spot is another. ``(3, c)``
    - ``is_odd``: Chains that are always asked for.
    - ``is_alive``: Series that had time left then. ``(m,)``
    - ``is_quoted``: Series whose quotes changed since their fit; ``due_at``: when the next is due.
    - ``stand``: Forward, discount, years and spot as they were chosen. ``(4, m)``
    - ``growth``: Of the forward against spot, per year. ``(m,)``
    - ``is_on_quoted``: Series whose forward is the venue's.
    - ``has_moved``: Those whose forward went with spot become so.
    - ``valued_at``: This and what follows is written. ``(m,)``
    """
    for chain in chains.tolist():
        value = float(spot_value[chain])
        is_other_type = spot_type[chain] != known_type[chain]
        moves[HAS_NEW_SPOT, chain] = not _is_same(value, known_spot[chain]) or is_other_type
        known_spot[chain], known_type[chain] = value, spot_type[chain]
        age_ns = now - int(spot_times[1, chain])
        lapse = _lapse(value, bool(spot_lost[chain]), is_old=age_ns > limit_ns)
        live = value if lapse == SERVES else math.nan
        before, then = float(moved_spot[chain]), int(moved_at[chain])
        is_asked = bool(is_odd[chain]) or lapse != known_lapse[chain] or then == NEVER
        moves[IS_ASKED, chain] = is_asked
        if is_asked or (_is_same(live, before) and 0 <= now - then < step_ns):
            continue
        own = slice(first_series[chain], first_series[chain + 1])
        left = np.where(settles_at[own] == NO_TIME, np.nan, (settles_at[own] - now) / NS_PER_YEAR)
        has_years = left > 0.0
        if (
            refit_ns == 0
            or now < then
            or math.isfinite(live) != math.isfinite(before)
            or (has_years != is_alive[own]).any()
            or (has_years & is_quoted[own] & (due_at[own] <= now)).any()
        ):
            moves[IS_ASKED, chain] = True
            continue
        valued_at[own], spots[own], years[own] = now, live, left
        with np.errstate(all="ignore"):
            forward[own], discount[own] = carried(stand[:, own], live, left, growth[own])
        if math.isfinite(live) and live != before:
            has_moved[own] |= ~is_on_quoted[own]
        moved_spot[chain], moved_at[chain] = live, now


def carried(
    stand: FloatArray, spot: float, years: FloatArray, growth: FloatArray | float
) -> tuple[FloatArray, FloatArray]:
    """
    Return forward and discount of series at a spot and the years left now.

    The forward goes with spot (the ratio of the two stands) and with time by its growth, the
    discount with time at the same rate. NumPy's warnings are the caller's to silence.
    """
    forward, discount, then, spot_then = stand
    ratio = spot / spot_then
    ratio = np.where(np.isfinite(ratio) & (ratio > 0.0), ratio, 1.0)
    grown: FloatArray = forward * ratio * np.exp(growth * (years - then))
    return grown, np.exp(np.log(discount) * years / then)


def _lapse(value: float, is_lost: bool, *, is_old: bool) -> int:
    if math.isnan(value):
        return UNKNOWN
    if is_lost:
        return LOST
    return OLD if is_old else SERVES


def _is_same(one: float, other: float) -> bool:
    """Say whether two figures are the same one, or both unknown."""
    return one == other or (math.isnan(one) and math.isnan(other))
