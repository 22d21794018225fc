"""
The calls on live columns that every implementation offers, served by NumPy.

They turn a handful of short passes over ticks and rows, each a call into NumPy, into one call.
Rows stand chain by chain and in a chain series by series: series s are rows ``bounds[s]`` to
``bounds[s + 1]``, chain c series ``first_series[c]`` to ``first_series[c + 1]`` and rows
``starts[c]`` to ``starts[c + 1]``. Marks, tallies and status codes: ``layout``.
"""

from typing import Final, NamedTuple

import numpy as np

from voldesk.pricing import flags
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
from voldesk.pricing.mills import FloatArray
from voldesk.pricing.twin_calls import Call
from voldesk.pricing.twin_fit import fit_rows
from voldesk.pricing.twin_hard import BoolArray, FlagArray
from voldesk.pricing.twin_intake import CodeArray, IndexArray, IntArray, take_ticks
from voldesk.pricing.twin_moves import move_chains

NEAR: Final = 1e-9
"""Relative: at a price so near intrinsic, or a strike so far from the forward, rounding counts."""


class LiveCalls(NamedTuple):
    """The calls of one implementation."""

    take_ticks: Call
    move_chains: Call
    choose_rows: Call
    prepare_rows: Call
    finish_rows: Call
    collect_rows: Call
    fit_rows: Call


def choose_rows(
    chains: IntArray,
    first_series: IntArray,
    bounds: IntArray,
    cadence: IntArray,
    moves: BoolArray,
    has_moved: BoolArray,
    marks: BoolArray,
    quoted_at: IntArray,
    is_lost: BoolArray,
    is_stale: BoolArray,
    limit_ns: int,
    now: int,
    rows: IntArray,
    told: IntArray,
) -> None:
    """
    Write which rows of some chains to price: the dirty ones, and those of whole series.

    They are touched and not dirty afterwards, and a dirty one is as stale as its quote. A series
    is whole where its forward has moved and the chain's time to follow has come, every series of
    a chain where its time to decay has.

    - ``chains``: Rising.
    - ``cadence``: When each chain follows and decays, and did. ``(6, c)``
    - ``moves``: Whether all rows of a chain are due in any case. ``(3, c)``
    - ``has_moved``: Series whose forward moved and whose rows have not followed. ``(m,)``
    - ``quoted_at``: When each row was quoted, UTC ns. ``(n,)``
    - ``limit_ns``: Age beyond which a quote is stale; below 0 for none.
    - ``rows``: Is written from its beginning, rising. ``(n,)``
    - ``told``: Its first place becomes how many there are.
    """
    is_ours = np.zeros(quoted_at.size, dtype=np.bool_)
    is_whole = is_ours.copy()
    for chain in chains.tolist():
        due = _what_is_due(cadence, moves, chain, now)
        own = slice(first_series[chain], first_series[chain + 1])
        if due == FOLLOWERS and has_moved[own].any():
            cadence[FOLLOWED_AT, chain] = now
        for series in range(own.start, own.stop):
            where = slice(bounds[series], bounds[series + 1])
            is_ours[where] = True
            is_whole[where] = due == ALL or (due == FOLLOWERS and has_moved[series])
        if due != QUOTED:
            has_moved[own] = False
    dirty = np.flatnonzero(marks[DIRTY, : is_ours.size] & is_ours)
    is_whole[dirty] = True
    chosen = np.flatnonzero(is_whole)
    at = quoted_at[dirty]
    is_old = (now - at > limit_ns) & (at != NEVER) & (limit_ns >= 0)
    is_stale[dirty] = is_old | is_lost[dirty]
    marks[TOUCHED, chosen] = True
    marks[DIRTY, dirty] = False
    rows[: chosen.size] = chosen
    told[0] = chosen.size


def _what_is_due(cadence: IntArray, moves: BoolArray, chain: int, now: int) -> int:
    """Say which rows of a chain to price beside the dirty ones."""
    for at in (FOLLOWED_AT, DECAYED_AT):  # the clock may have been set back
        cadence[at, chain] = min(cadence[at, chain], now)
    if moves[IS_WHOLE_DUE, chain] or _has_begun(cadence[DECAY_EVERY:, chain], now):
        moves[IS_WHOLE_DUE, chain] = False
        cadence[FOLLOWED_AT, chain] = cadence[DECAYED_AT, chain] = now
        return ALL
    return FOLLOWERS if _has_begun(cadence[FOLLOW_EVERY:, chain], now) else QUOTED


def _has_begun(stretches: IntArray, now: int) -> bool:
    """Say whether a stretch has begun since the last one; of no length, always."""
    every, phase, since = stretches[:3].tolist()
    is_new: bool = every == 0 or (now - phase) // every > (since - phase) // every
    return is_new


def prepare_rows(
    rows: IntArray,
    series_of: IndexArray,
    forward: FloatArray,
    discount: FloatArray,
    years: FloatArray,
    bid: FloatArray,
    ask: FloatArray,
    single: FloatArray,
    is_mid: bool,
    strike: FloatArray,
    is_call: BoolArray,
    row_years: FloatArray,
    row_forward: FloatArray,
    row_discount: FloatArray,
    row_mid: FloatArray,
    row_price: FloatArray,
    found: CodeArray,
    options: FloatArray,
    option_calls: BoolArray,
    option_series: IndexArray,
    sides: FloatArray,
    side_calls: BoolArray,
    side_series: IndexArray,
    is_asked: BoolArray,
    told: IntArray,
) -> None:
    """
    Write what rows are priced from, and side by side what the solver is to be asked.

    - ``rows``: ``(k,)``
    - ``single``: Price of each row where it is not the mid. ``(n,)``
    - ``row_years``: This and the next four are columns of all rows. ``(n,)``
    - ``found``: Becomes the status of each of ``rows`` as far as its quotes tell it.
    - ``options``: Becomes price and strike of the rows that are OK; with their right and series.
    - ``sides``: The same of the bids that may have a vol, then of the asks.
    - ``is_asked``: Becomes which of ``rows`` have their bid, and their ask, among these. ``(2, n)``
    - ``told``: Becomes how many options there are, how many bids, and how many sides.
    """
    series = series_of[rows]
    t, f = years[series], forward[series]
    row_years[rows], row_forward[rows], row_discount[rows] = t, f, discount[series]
    bids, asks = bid[rows], ask[rows]
    mid = 0.5 * bids + 0.5 * asks  # halved first: the sum of two prices may be too large
    mid = np.where((bids > 0.0) & (bids <= asks) & _is_price(mid), mid, np.nan)
    price = mid if is_mid else np.where(_is_price(single[rows]), single[rows], np.nan)
    row_mid[rows], row_price[rows] = mid, price

    status = np.where(np.isnan(price), NO_PRICE, OK).astype(np.uint8)
    if is_mid:  # of what applies, the last is written last
        lacks, has_bid, has_ask = np.isnan(price), _is_price(bids), _is_price(asks)
        status[lacks & ~has_ask] = ONE_SIDED
        status[lacks & ~has_bid] = NO_BID
        status[lacks & has_bid & has_ask & (bids > asks)] = CROSSED
    status[np.isnan(f)] = NO_FORWARD
    status[t <= 0.0] = EXPIRED
    calls, strikes = is_call[rows], strike[rows]
    floor = _floor(calls, strikes, f, discount[series], t)
    status[(status == OK) & (price < floor)] = flags.BELOW_INTRINSIC
    found[: rows.size] = status

    at = np.flatnonzero(status == OK)
    told[0] = at.size
    options[0, : at.size], options[1, : at.size] = price[at], strikes[at]
    option_calls[: at.size], option_series[: at.size] = calls[at], series[at]
    first = 0
    for side, quotes in enumerate((bids, asks)):
        is_asked[side, : rows.size] = (quotes > 0.0) & (quotes >= floor)
        at = np.flatnonzero(is_asked[side, : rows.size])
        last = first + at.size
        sides[0, first:last], sides[1, first:last] = quotes[at], strikes[at]
        side_calls[first:last], side_series[first:last] = calls[at], series[at]
        first = told[1 + side] = last


def _floor(
    is_call: BoolArray,
    strike: FloatArray,
    forward: FloatArray,
    discount: FloatArray,
    years: FloatArray,
) -> FloatArray:
    """
    Return prices below which the solver is sure to find no vol: what it need not be asked.

    Quotes of options deep in the money lie below intrinsic often, and the solver says so row by
    row, at ten times what it needs for a vol. Near intrinsic, and on odd inputs, it decides.
    """
    inside = np.where(is_call, forward - strike, strike - forward)
    small, large = np.minimum(forward, strike), np.maximum(forward, strike)
    is_tame = (discount > 0.0) & (discount < np.inf) & (years < np.inf) & (large < np.inf)
    is_tame &= (inside > 0.0) & (small > NEAR * large)
    floor = np.where(is_tame, discount * inside * (1.0 - NEAR), 0.0)
    return np.where(np.isnan(forward) | (years <= 0.0), np.inf, floor)


def _is_price(values: FloatArray) -> BoolArray:
    return (values > 0.0) & (values < np.inf)


def finish_rows(
    rows: IntArray,
    found: CodeArray,
    solved: FloatArray,
    flag: FlagArray,
    vols: FloatArray,
    vol_flag: FlagArray,
    status_of: CodeArray,
    units: FloatArray,
    is_asked: BoolArray,
    is_stale: BoolArray,
    figures: FloatArray,
    iv_bid: FloatArray,
    iv_ask: FloatArray,
    status: CodeArray,
    told: IntArray,
) -> None:
    """
    Write figures, vols of the sides and status of rows from what the solver said.

    - ``rows``: As ``prepare_rows`` had them; so ``found``, ``is_asked`` and ``told``.
    - ``solved``: Columns of the options. ``(10, at least told[0])``
    - ``flag``: Of each option; so ``vols`` and ``vol_flag`` of each side.
    - ``status_of``: Status by flag of the solver. ``(256,)``
    - ``units``: What each column is multiplied by. ``(10,)``
    - ``figures``: The columns of all rows. ``(10, n)``
    """
    size, (asked, bids, sides) = rows.size, told[:3].tolist()
    codes = found[:size].copy()
    at = np.flatnonzero(codes == OK)
    figures[:, rows] = np.nan
    figures[:, rows[at]] = solved[:, :asked] * units[:, None]
    codes[at] = status_of[flag[:asked]]
    status[rows] = np.where((codes == OK) & is_stale[rows], STALE, codes)
    iv_bid[rows] = iv_ask[rows] = np.nan
    known = np.where(vol_flag[:sides] == flags.OK, vols[:sides], np.nan)
    iv_bid[rows[is_asked[0, :size]]] = known[:bids]
    iv_ask[rows[is_asked[1, :size]]] = known[bids:]


def collect_rows(
    chains: IntArray,
    starts: IntArray,
    marks: BoolArray,
    tallies: IntArray,
    chain_marks: BoolArray,
    moves: BoolArray,
    seqs: IntArray,
    seq_of_row: IntArray,
    rows: IntArray,
    ends: IntArray,
) -> None:
    """
    Write the touched rows of some chains, one chain after the other, and begin a new stretch.

    - ``moves``: Whether the spot of a chain is another. ``(3, c)``
    - ``seqs``: The number of each chain's newest change: one more where there are rows, or the spot
      is another. ``(c,)``
    - ``seq_of_row``: The number each of its rows changed with. ``(n,)``
    - ``rows``: Is written from its beginning; rows are counted from the first of their chain.
    - ``ends``: Becomes where the rows of each of ``chains`` end.
    """
    count = 0
    for place, chain in enumerate(chains.tolist()):
        touched = marks[TOUCHED, starts[chain] : starts[chain + 1]]
        own = np.flatnonzero(touched)
        touched[own] = False
        seqs[chain] += bool(own.size) or bool(moves[HAS_NEW_SPOT, chain])
        seq_of_row[starts[chain] + own] = seqs[chain]
        rows[count : count + own.size] = own
        count += own.size
        ends[place] = count
    chain_marks[HAS_NEWS, chains] = False
    tallies[NEWEST_EVENT, chains] = tallies[OLDEST_RECV, chains] = NO_TIME


LIVE_TWIN = LiveCalls(
    take_ticks, move_chains, choose_rows, prepare_rows, finish_rows, collect_rows, fit_rows
)
