"""A snapshot of quotes into a chain table: rows in order, series, times and points."""

from itertools import pairwise
from typing import Any, Final

import numpy as np

from voldesk.chain.quotes import is_price
from voldesk.chain.table import ChainTable, IndexArray, Points, RowColumns, SeriesColumns
from voldesk.model.conventions import Profile
from voldesk.model.enums import Market, PremiumUnit
from voldesk.model.errors import ConfigError
from voldesk.model.quotes import (
    NO_TIME,
    BoolArray,
    ChainSnapshot,
    FloatArray,
    IntArray,
    QuoteColumns,
    TextArray,
)
from voldesk.model.sessions import settles_at, years_between

_LAST_INSTANT: Final = np.iinfo(np.int64).max
_FIRST_EXPIRY: Final = np.datetime64("1970-01-02", "D")
_LAST_EXPIRY: Final = np.datetime64("2261-12-31", "D")  # int64 nanoseconds reach no further

_COPIED: Final = {  # row column: quote column
    "symbol": "symbol",
    "expiry": "expiry",
    "is_call": "is_call",
    "strike": "strike",
    "bid_size": "bid_size",
    "ask_size": "ask_size",
    "volume": "volume",
    "open_interest": "open_interest",
    "ts_event": "ts_event",
    "vendor_spot": "spot",
    "vendor_forward": "forward",
    "vendor_iv": "vendor_iv",
    "vendor_delta": "vendor_delta",
    "vendor_gamma": "vendor_gamma",
    "vendor_theta": "vendor_theta",
    "vendor_vega": "vendor_vega",
    "vendor_rho": "vendor_rho",
}
_PRICES: Final = ("bid", "ask", "last", "mark")


def build_table(
    snapshot: ChainSnapshot,
    profile: Profile,
    *,
    as_of: int | None = None,
    spot: float | None = None,
    stale_after_secs: float | None = None,
) -> ChainTable:
    """
    Return the snapshot as a table with its series and times; no forward, vol or Greek yet.

    Rows are put in order of settlement, root, strike, right (call first) and time. A figure that
    is infinite is unknown. A row without a root belongs to the underlying's own.

    Args:
        snapshot: Quotes as a venue or file gave them.
        profile: The conventions the table will be valued by.
        as_of: UTC ns the chain stands at. None for the snapshot's time, or else that of its
            latest row.
        spot: None for the snapshot's spot, or else that of the latest row that came with one.
        stale_after_secs: Age beyond which a row's quote is STALE; None for no limit.

    Raises:
        ConfigError: Neither the caller, the snapshot nor a row says when it is.
    """
    return build_ordered(
        snapshot, profile, as_of=as_of, spot=spot, stale_after_secs=stale_after_secs
    )[0]


def build_ordered(
    snapshot: ChainSnapshot,
    profile: Profile,
    *,
    as_of: int | None = None,
    spot: float | None = None,
    stale_after_secs: float | None = None,
) -> tuple[ChainTable, IntArray]:
    """Return what `build_table` does, and which quote of the snapshot each of its rows is."""
    quotes = snapshot.quotes
    chain_time = _chain_time(snapshot, as_of)
    roots = quotes.root.copy()
    roots[quotes.root == ""] = snapshot.underlying
    series, series_of_row = _series(roots, quotes, snapshot.market)
    order = np.lexsort((quotes.ts_event, ~quotes.is_call, quotes.strike, series_of_row))
    rows = RowColumns.unknown(len(quotes))
    rows.root[:] = roots[order]
    rows.series[:] = series_of_row[order]
    is_coin = _is_coin(rows.root, profile)
    _copy_quotes(rows, quotes, order, is_coin)
    bounds = np.searchsorted(rows.series, np.arange(len(series) + 1)).astype(np.int64)
    chain_spot = _chain_spot(snapshot.spot if spot is None else spot, rows)
    _settle_spots(series, rows, bounds, chain_spot, is_given=spot is not None)
    points = _points(series, rows, bounds, chain_time)
    left = years_between(chain_time, series.settles_at, profile.clock, snapshot.market)
    series.years[:] = np.where(series.settles_at == NO_TIME, np.nan, left)
    settles = series.settles_at[points.series]
    left = years_between(points.valued_at, settles, profile.clock, snapshot.market)
    points.years[:] = np.where(settles == NO_TIME, np.nan, left)
    table = ChainTable(
        underlying=snapshot.underlying,
        market=snapshot.market,
        profile=profile,
        as_of=chain_time,
        spot=chain_spot,
        rows=rows,
        series=series,
        bounds=bounds,
        points=points,
        is_coin=is_coin,
        stale_after_secs=stale_after_secs,
    )
    return table, order


def _chain_time(snapshot: ChainSnapshot, as_of: int | None) -> int:
    """Return the instant the chain stands at."""
    if as_of is not None:
        return as_of
    if snapshot.as_of != NO_TIME or not len(snapshot.quotes):
        return snapshot.as_of
    latest = int(snapshot.quotes.ts_event.max())
    if latest <= NO_TIME:
        raise ConfigError(
            f"the {snapshot.source} chain of {snapshot.underlying or 'an unnamed underlying'} "
            "carries no time: say when its quotes were live, as in --as-of 2026-08-18T20:00:00Z"
        )
    return latest


def _series(
    roots: TextArray, quotes: QuoteColumns, market: Market
) -> tuple[SeriesColumns, IndexArray]:
    """Return the series in order of settlement (unknown expiries last), and that of each row."""
    names = sorted(set(roots.tolist()))
    place = {name: index for index, name in enumerate(names)}
    name_of_row = np.fromiter(map(place.__getitem__, roots), np.int64, roots.size)
    dates, date_of_row = np.unique(quotes.expiry, return_inverse=True)  # one NaT, the last
    keys, series_of_row = np.unique(date_of_row * len(names) + name_of_row, return_inverse=True)
    series = SeriesColumns.unknown(keys.size)
    series.root[:] = [names[key % len(names)] for key in keys]
    series.expiry[:] = dates[keys // len(names)] if keys.size else series.expiry
    for index, (root, expiry) in enumerate(zip(series.root, series.expiry, strict=True)):
        if _FIRST_EXPIRY <= expiry <= _LAST_EXPIRY:
            series.settles_at[index] = settles_at(root, expiry.astype(object), market)
    instant = np.where(series.settles_at == NO_TIME, _LAST_INSTANT, series.settles_at)
    order = np.lexsort((keys, instant))  # keys rise with date, then root
    for column in (series.root, series.expiry, series.settles_at):
        column[:] = column[order]
    return series, np.argsort(order)[series_of_row].astype(np.int32)


def _is_coin(roots: TextArray, profile: Profile) -> BoolArray:
    """
    Tell which rows count their premium in coin.

    Deribit names its linear options after the pair ("SOL_USDC"): "premium is in USDC", while
    inverse ones ("BTC") are settled in the coin itself.
    """
    if profile.premium is not PremiumUnit.COIN:
        return np.zeros(roots.size, dtype=np.bool_)
    return np.array(["_" not in root for root in roots], dtype=np.bool_)


def _copy_quotes(
    rows: RowColumns, quotes: QuoteColumns, order: IntArray, is_coin: BoolArray
) -> None:
    """Write the snapshot's figures into the rows; infinite ones are unknown."""
    for target, source in _COPIED.items():
        getattr(rows, target)[:] = _known(getattr(quotes, source)[order])
    for name in _PRICES:
        values = _known(getattr(quotes, name)[order])
        if is_coin.any():
            getattr(rows, f"premium_{name}")[:] = np.where(is_coin, values, np.nan)
            values[is_coin] = np.nan
        getattr(rows, name)[:] = values


def _known(values: Any) -> Any:  # noqa: ANN401  # a column of any kind
    """Make NaN of what is infinite, and no time of what is before 1970, in place."""
    if values.dtype == np.float64:
        values[np.isinf(values)] = np.nan
    elif values.dtype == np.int64:
        np.maximum(values, NO_TIME, out=values)
    return values


def middle_of(values: FloatArray) -> float:
    """Return the median; of an even number the lower of the two in the middle. NaN if any is."""
    return float(np.sort(values)[(values.size - 1) // 2]) if not np.isnan(values).any() else np.nan


def _own(given: FloatArray, otherwise: FloatArray) -> FloatArray:
    return np.where(is_price(given), given, otherwise)


def _chain_spot(spot: float, rows: RowColumns) -> float:
    """Return the spot given, or that of the latest row that came with one."""
    if 0.0 < spot < np.inf:
        return float(spot)
    own = np.flatnonzero(is_price(rows.vendor_spot))
    return float(rows.vendor_spot[own[np.argmax(rows.ts_event[own])]]) if own.size else np.nan


def _settle_spots(
    series: SeriesColumns, rows: RowColumns, bounds: IntArray, spot: float, *, is_given: bool
) -> None:
    """Write each series' spot: the caller's, else that of its latest row, else the chain's."""
    series.spot[:] = spot
    if not is_given:
        _latest(rows.vendor_spot, rows, bounds, into=series.spot)


def _latest(values: FloatArray, rows: RowColumns, bounds: IntArray, *, into: FloatArray) -> None:
    """Write the middle of the figures that came with a series' latest rows, where any did."""
    has_own = is_price(values)
    if not has_own.any():
        return
    for index, (start, stop) in enumerate(pairwise(bounds)):
        own = np.flatnonzero(has_own[start:stop]) + start
        if own.size:
            stamps = rows.ts_event[own]
            into[index] = middle_of(values[own[stamps == stamps.max()]])


def _points(series: SeriesColumns, rows: RowColumns, bounds: IntArray, as_of: int) -> Points:
    """Return the distinct (series, instant, forward, spot) of the rows, after the series' own."""
    m, n = len(series), len(rows)
    quoted = np.full(m, np.nan)
    _latest(rows.vendor_forward, rows, bounds, into=quoted)
    stamps = np.where(rows.ts_event == NO_TIME, as_of, rows.ts_event)
    own_forward = _own(rows.vendor_forward, quoted[rows.series])
    own_spot = _own(rows.vendor_spot, series.spot[rows.series])
    index = np.concatenate((np.arange(m, dtype=np.int32), rows.series))
    valued_at = np.concatenate((np.full(m, as_of, dtype=np.int64), stamps))
    forward = np.concatenate((quoted, own_forward))
    spots = np.concatenate((series.spot, own_spot))
    keys = (forward.view(np.int64), spots.view(np.int64), valued_at, index)
    order = np.lexsort(keys)  # stable: a series' own point stands before the rows that share it
    is_first = np.ones(m + n, dtype=np.bool_)
    is_first[1:] = np.logical_or.reduce([np.diff(key[order]) != 0 for key in keys])
    group = np.cumsum(is_first) - 1
    firsts = order[is_first]
    place = np.argsort(np.argsort(firsts))  # points in order of their first member
    point = np.empty(m + n, dtype=np.int32)
    point[order] = place[group]
    chosen = np.sort(firsts)
    return Points(
        of_row=point[m:],
        series=index[chosen],
        valued_at=valued_at[chosen],
        years=np.full(chosen.size, np.nan),
        spot=spots[chosen],
        quoted=forward[chosen],
        forward=np.full(chosen.size, np.nan),
        discount=np.full(chosen.size, np.nan),
    )
