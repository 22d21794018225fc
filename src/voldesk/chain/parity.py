"""Put-call parity over a table: one fit per series, and per instant where a series has many."""

from typing import Final, NamedTuple

import numpy as np

from voldesk.chain.build import middle_of
from voldesk.chain.table import ChainTable
from voldesk.model.enums import PriceUsed
from voldesk.model.quotes import FloatArray, IntArray
from voldesk.pricing.forward import ParityFit, implied_forward_of_rows

FEWEST_PANEL_ROWS: Final = 6
"""An instant with fewer rows (three pairs) borrows the fit of its series."""


class _Anchor(NamedTuple):
    """A fit and where it stands: what is carried from there to other instants of the series."""

    instant: int
    years: float
    spot: float
    fit: ParityFit


def fit_series(
    table: ChainTable, series: int, rate: float | None
) -> tuple[ParityFit, FloatArray, FloatArray]:
    """
    Fit the forward, and without a rate the discount, of one series at each of its points.

    Rows of one instant are fitted together. Where an instant has too few, the latest row of each
    contract stands for the whole series, and its forward is carried to the other instants: by
    the ratio of spots where both are known, else as it is; its discount at the same rate.

    Args:
        table: Its quotes in currency, its points' times and spots are read.
        series: Index of the series.
        rate: Continuous rate whose discount is taken as given; None to fit the discount.

    Returns:
        The fit that speaks for the series, then forward and discount of the series' points in
        the order of ``flatnonzero(points.series == series)``, NaN where there is none.
    """
    points = table.points
    if points.series.size == len(table.series):  # every row stands at its series' own point
        years, spot = float(points.years[series]), float(points.spot[series])
        fit = _fit(table, table.slice(series), years, rate, spot)
        return fit, np.array([fit.forward]), np.array([fit.discount])
    ids = np.flatnonzero(points.series == series)
    base, *own = _anchors(table, series, rate)
    stand = [*own, base]
    place = _stand_of(points.valued_at[ids], own)
    forward, discount, years, spot = np.array(
        [(one.fit.forward, one.fit.discount, one.years, one.spot) for one in stand]
    )[place].T
    with np.errstate(all="ignore"):
        ratio = points.spot[ids] / spot
        forward = forward * np.where(np.isfinite(ratio) & (ratio > 0.0), ratio, 1.0)
        carried = np.exp(np.log(discount) * points.years[ids] / years)
        discount = np.where(points.years[ids] == years, discount, carried)
    return base.fit, forward, discount


def _stand_of(instants: IntArray, own: list[_Anchor]) -> IntArray:
    """Return which anchor each instant stands on: its own, or the series' after all of them."""
    fallback = np.full(instants.size, len(own), dtype=np.int64)
    if not own:
        return fallback
    known = np.array([anchor.instant for anchor in own], dtype=np.int64)
    place = known.searchsorted(instants).clip(max=len(own) - 1)
    return np.where(known[place] == instants, place, fallback)


def _anchors(table: ChainTable, series: int, rate: float | None) -> list[_Anchor]:
    """Return the fit that speaks for the series, then of each instant with enough rows."""
    where = table.slice(series)
    rows = np.arange(where.start, where.stop)
    stamps = table.points.valued_at[table.points.of_row[where]]
    if stamps.min() == stamps.max():
        return [_anchor(table, rows, int(stamps[0]), rate)]
    instants, of_row, counts = np.unique(stamps, return_inverse=True, return_counts=True)
    own = [
        _anchor(table, rows[of_row == index], int(instants[index]), rate)
        for index in np.flatnonzero(counts >= FEWEST_PANEL_ROWS)
    ]
    own = [anchor for anchor in own if np.isfinite(anchor.fit.forward)]
    if own and own[-1].instant == instants[-1]:
        return [own[-1], *own]
    return [_anchor(table, rows, int(instants[-1]), rate), *own]


def _anchor(table: ChainTable, rows: IntArray, instant: int, rate: float | None) -> _Anchor:
    """Fit the latest row of each contract among ``rows`` as if all stood at ``instant``."""
    points = table.points
    point = points.of_row[rows]
    if point.min() == point.max():  # a chain of one instant: every row stands at one point
        years, spot = float(points.years[point[0]]), float(points.spot[point[0]])
    else:
        years = float(points.years[point][np.argmax(points.valued_at[point])])
        spot = middle_of(points.spot[point])
    return _Anchor(instant, years, spot, _fit(table, rows, years, rate, spot))


def _fit(
    table: ChainTable, which: slice | IntArray, years: float, rate: float | None, spot: float
) -> ParityFit:
    """Fit the prices the profile uses: both sides of the quote, or its single price."""
    rows, price = table.rows, table.profile.price
    single = rows.last if price is PriceUsed.LAST else rows.mark
    bid, ask = (rows.bid, rows.ask) if price is PriceUsed.MID else (single, single)
    return implied_forward_of_rows(
        rows.strike[which],
        rows.is_call[which],
        bid[which],
        ask[which],
        years=years,
        discount=None if rate is None else float(np.exp(-rate * years)),
        spot_hint=spot,
    )
