"""Which price of a row is usable, and the status of a row that has none."""

from typing import Final

import numpy as np

from voldesk.chain.table import ChainTable, CodeArray, IndexArray
from voldesk.model.enums import PriceUsed, Status
from voldesk.model.quotes import NO_TIME, BoolArray, FloatArray, IntArray

_SIDES: Final = ("bid", "ask", "last", "mark")

# Plain numbers: against a member of an enum NumPy compares an order of magnitude slower.
_CROSSED: Final = int(Status.CROSSED)
_EXPIRED: Final = int(Status.EXPIRED)
_NO_BID: Final = int(Status.NO_BID)
_NO_FORWARD: Final = int(Status.NO_FORWARD)
_NO_PRICE: Final = int(Status.NO_PRICE)
_ONE_SIDED: Final = int(Status.ONE_SIDED)

Rows = slice | IntArray | IndexArray | BoolArray
"""Which rows of a table: all, by index or by mask."""


def is_price(values: FloatArray) -> BoolArray:
    """Tell which values are prices: finite and above zero (a zero quote is nobody's)."""
    return (values > 0.0) & np.isfinite(values)


def write_prices(table: ChainTable, chosen: Rows) -> None:
    """
    Write currency prices of premiums in coin, then ``mid`` and ``price`` of the chosen rows.

    A coin premium becomes ``premium * forward``. ``mid`` is known where both sides are and the
    bid is not above the ask; locked quotes are fine.
    """
    rows = table.rows
    is_coin = table.is_coin[chosen]
    if is_coin.any():
        for side in _SIDES:
            column = getattr(rows, side)
            with np.errstate(over="ignore"):
                currency = getattr(rows, f"premium_{side}")[chosen] * rows.forward[chosen]
            known = np.where(np.isfinite(currency), currency, np.nan)
            column[chosen] = np.where(is_coin, known, column[chosen])
    bid, ask = rows.bid[chosen], rows.ask[chosen]
    rows.mid[chosen] = mid_of(bid, ask)
    price = profile_price(table)[chosen]
    rows.price[chosen] = np.where(is_price(price), price, np.nan)


def mid_of(bid: FloatArray, ask: FloatArray) -> FloatArray:
    """Return ``(bid + ask) / 2`` where both are prices and the bid is not above the ask."""
    mid = 0.5 * bid + 0.5 * ask  # halved first: the sum of two prices may be too large
    is_two_sided = (bid > 0.0) & (bid <= ask)  # an infinite side makes the mid none
    return np.where(is_two_sided & is_price(mid), mid, np.nan)


def profile_price(table: ChainTable) -> FloatArray:
    """Return the column the profile takes its price from."""
    return {
        PriceUsed.MID: table.rows.mid,
        PriceUsed.LAST: table.rows.last,
        PriceUsed.MARK: table.rows.mark,
    }[table.profile.price]


def quote_status(table: ChainTable, chosen: Rows) -> CodeArray:
    """
    Return the status of the chosen rows as far as time, forward and quotes tell it.

    The first that applies: EXPIRED (settled, or no time left on the profile's clock), NO_FORWARD,
    then what is wrong with the price: CROSSED, NO_BID or ONE_SIDED of a mid, NO_PRICE of a single
    price. OK says that a vol can be looked for.
    """
    rows = table.rows
    return status_of(
        table.profile.price,
        rows.years[chosen],
        rows.forward[chosen],
        rows.bid[chosen],
        rows.ask[chosen],
        rows.price[chosen],
    )


def status_of(
    used: PriceUsed,
    years: FloatArray,
    forward: FloatArray,
    bid: FloatArray,
    ask: FloatArray,
    price: FloatArray,
) -> CodeArray:
    """Return what `quote_status` does, of the rows' own figures. ``(k,)`` each."""
    status = np.zeros(price.shape, dtype=np.uint8)
    lacking = np.flatnonzero(np.isnan(price))
    if lacking.size:  # whatever its prices, the last that applies is written last
        status[lacking] = _NO_PRICE
        if used is PriceUsed.MID:
            has_bid, has_ask = is_price(bid[lacking]), is_price(ask[lacking])
            status[lacking[~has_ask]] = _ONE_SIDED
            status[lacking[~has_bid]] = _NO_BID
            status[lacking[has_bid & has_ask & (bid[lacking] > ask[lacking])]] = _CROSSED
    status[np.isnan(forward)] = _NO_FORWARD
    status[years <= 0.0] = _EXPIRED
    return status


def is_stale(table: ChainTable, chosen: Rows) -> BoolArray:
    """Tell which of the chosen rows carry a time older than the table's limit."""
    stamps = table.rows.ts_event[chosen]
    if table.stale_after_secs is None:
        return np.zeros(stamps.shape, dtype=np.bool_)
    age_secs = (table.as_of - stamps) / 1e9
    is_old: BoolArray = (stamps != NO_TIME) & (age_secs > table.stale_after_secs)
    return is_old
