"""Vols and Greeks of a chain, in the units voldesk publishes; the only place that scales them."""

from typing import Final

import numpy as np

from voldesk.chain.build import build_table
from voldesk.chain.forwards import fit_forwards
from voldesk.chain.quotes import Rows, is_price, is_stale, quote_status, write_prices
from voldesk.chain.table import ChainTable, CodeArray
from voldesk.model.conventions import Profile
from voldesk.model.enums import Status
from voldesk.model.quotes import BoolArray, ChainSnapshot, FloatArray, IntArray
from voldesk.pricing import flags
from voldesk.pricing.greeks import series_solve
from voldesk.pricing.vol import series_implied_vol

DAYS_PER_YEAR: Final = 365.0

PUBLISHED: Final = {  # Greek: its published unit in terms of the textbook derivative
    "delta": 1.0,
    "gamma": 1.0,
    "theta": 1.0 / DAYS_PER_YEAR,
    "vega": 0.01,
    "rho": 0.01,
    "vanna": 0.01,
    "volga": 0.01,
    "charm": 1.0 / DAYS_PER_YEAR,
}

# A strike that is no strike is all that can be wrong with the input by then: NOT_CONVERGED, too.
STATUS_OF_FLAG: Final = np.full(256, Status.NOT_CONVERGED, dtype=np.uint8)
STATUS_OF_FLAG[flags.OK] = Status.OK
STATUS_OF_FLAG[flags.BELOW_INTRINSIC] = Status.BELOW_INTRINSIC
STATUS_OF_FLAG[flags.ABOVE_MAX] = Status.ABOVE_MAX


def value_chain(
    snapshot: ChainSnapshot,
    profile: Profile,
    *,
    as_of: int | None = None,
    spot: float | None = None,
    dividends: float = 0.0,
    stale_after_secs: float | None = None,
) -> ChainTable:
    """
    Return the snapshot with forward, vol and Greeks by the profile's conventions.

    A row that carries its own time is valued at it, with the spot and forward it came with;
    every other row at ``as_of`` with those of the chain. No quote, however bad, raises: the row
    is NaN and its status says why.

    Args:
        snapshot: Quotes as a venue or file gave them.
        profile: The conventions; see ``model.conventions``.
        as_of: UTC ns the chain stands at, where series and staleness are measured; None for the
            snapshot's time, or else its latest row's.
        spot: For the chain, and rows that come without one.
        dividends: Present value of the dividends before expiry, quote currency.
        stale_after_secs: A row older than this is STALE: its iv stands, from an old quote.

    Raises:
        ConfigError: Nothing says when the chain was taken.
    """
    table = build_table(
        snapshot, profile, as_of=as_of, spot=spot, stale_after_secs=stale_after_secs
    )
    fit_forwards(table, dividends=dividends)
    reprice(table)
    return table


def reprice(table: ChainTable, rows: IntArray | BoolArray | None = None) -> None:
    """
    Write price, status, vols and Greeks of the chosen rows from their quotes, in place.

    Forward, discount and years are those of the rows' points. A row whose iv is unknown has no
    Greeks. STALE replaces only OK: a row without an iv keeps the reason it has none.

    Args:
        table: Its row columns are written; its points say where rows are valued.
        rows: Which rows, by index or mask; None for all.
    """
    chosen: Rows = slice(None) if rows is None else rows
    columns, points = table.rows, table.points
    point = points.of_row[chosen]
    for name in ("years", "forward", "discount"):
        getattr(columns, name)[chosen] = getattr(points, name)[point]
    write_prices(table, chosen)
    status = quote_status(table, chosen)
    index = np.arange(len(columns))[chosen]
    _solve(table, index, status)
    _solve_sides(table, index, status)
    status[(status == Status.OK) & is_stale(table, chosen)] = Status.STALE
    columns.status[chosen] = status


def _solve(table: ChainTable, index: IntArray, status: CodeArray) -> None:
    """Write iv and Greeks of the rows whose price is usable, and what the solver says of it."""
    columns, points = table.rows, table.points
    for name in ("iv", *PUBLISHED):
        getattr(columns, name)[index] = np.nan
    is_asked = status == Status.OK
    asked = index[is_asked]
    if not asked.size:
        return
    greeks, flag = series_solve(
        columns.price[asked],
        columns.strike[asked],
        columns.is_call[asked],
        points.of_row[asked],
        points.forward,
        points.discount,
        points.years,
    )
    found = STATUS_OF_FLAG[flag]
    status[is_asked] = found
    is_ok = found == Status.OK
    columns.iv[asked] = np.where(is_ok, greeks.vol, np.nan)
    for name, scale in PUBLISHED.items():
        getattr(columns, name)[asked] = np.where(is_ok, getattr(greeks, name) * scale, np.nan)
    if table.profile.is_theta_capped:
        columns.theta[asked] = capped_theta(
            columns.theta[asked],
            columns.price[asked],
            columns.strike[asked],
            columns.is_call[asked],
            columns.years[asked],
            columns.forward[asked],
            columns.discount[asked],
        )


def capped_theta(
    theta: FloatArray,
    price: FloatArray,
    strike: FloatArray,
    is_call: BoolArray,
    years: FloatArray,
    forward: FloatArray,
    discount: FloatArray,
) -> FloatArray:
    """
    Limit theta, per calendar day, to what is left to lose, Deribit's way.

    With less than a day left it is the loss until settlement, ``theta * days left``; it is never
    more than the time value, the price above intrinsic. Measured on Deribit's own figures: with
    1.94 days left an out-of-the-money call's theta was its whole price.
    """
    gap = discount * (forward - strike)
    intrinsic = np.maximum(np.where(is_call, gap, -gap), 0.0)
    with np.errstate(invalid="ignore"):
        time_value = np.maximum(price - intrinsic, 0.0)
        lost = theta * np.minimum(years * DAYS_PER_YEAR, 1.0)
        return np.clip(lost, -time_value, time_value)


def _solve_sides(table: ChainTable, index: IntArray, status: CodeArray) -> None:
    """Write the vols of bid and ask where the row has time, a forward and a side that has one."""
    columns, points = table.rows, table.points
    is_alive = (status != Status.EXPIRED) & (status != Status.NO_FORWARD)
    for side in ("bid", "ask"):
        quote, vols = getattr(columns, side), getattr(columns, f"iv_{side}")
        vols[index] = np.nan
        asked = index[is_alive & is_price(quote[index])]
        if asked.size:
            vol, flag = series_implied_vol(
                quote[asked],
                columns.strike[asked],
                columns.is_call[asked],
                points.of_row[asked],
                points.forward,
                points.discount,
                points.years,
            )
            vols[asked] = np.where(flag == flags.OK, vol, np.nan)
