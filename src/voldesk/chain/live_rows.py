"""Vols and Greeks of chosen rows of a live table, in arrays that are made once."""

from dataclasses import fields
from typing import Any, Final

import numpy as np

from voldesk.chain.intake import SIDES
from voldesk.chain.quotes import is_price, mid_of, profile_price, status_of
from voldesk.chain.reprice import PUBLISHED, STATUS_OF_FLAG, capped_theta
from voldesk.chain.table import ChainTable, RowColumns
from voldesk.model.enums import Status
from voldesk.model.quotes import BoolArray, FloatArray, IntArray
from voldesk.pricing import flags
from voldesk.pricing.greeks import GreekColumns, series_solve
from voldesk.pricing.vol import series_implied_vol

_FIGURES: Final = ("iv", "", *GreekColumns.names[2:])  # the solver's own price is not published
_UNITS: Final = np.array([[PUBLISHED.get(name, 1.0)] for name in _FIGURES])
_VOL_SIDES: Final = ("bid", "ask")


def as_block(rows: RowColumns) -> tuple[RowColumns, FloatArray]:
    """
    Return the columns with vols and Greeks as rows of one block, in the solver's order.

    A block is scattered and filled in one pass instead of nine.
    """
    block = np.full((len(_FIGURES), len(rows)), np.nan)
    views: dict[str, Any] = {name: block[i] for i, name in enumerate(_FIGURES) if name}
    kept = {spec.name: getattr(rows, spec.name) for spec in fields(rows)}
    return RowColumns(**(kept | views)), block


class RowPricer:
    """
    Writes price, status, vols and Greeks of chosen rows as ``reprice.reprice`` does, to the bit.

    Args:
        table: Live; its row columns are those of `as_block`, each row stands on its series' point.
        block: The block.
        sides: Bid, ask and last as the venue counts them, see `Intake`.
    """

    def __init__(self, table: ChainTable, block: FloatArray, sides: dict[str, FloatArray]) -> None:
        size = len(table.rows)
        self._table = table
        self._block = block
        self._sides = sides
        self._has_coin = bool(table.is_coin.any())
        self._all = np.arange(size)
        self._solved = np.empty(block.size)
        self._quotes = np.empty(2 * size)
        self._vols = np.empty(2 * size)
        self._flag = np.empty(2 * size, dtype=np.uint8)

    def price(self, rows: IntArray | None, is_stale: BoolArray) -> None:
        """
        Value rows at the table's forwards.

        Args:
            rows: Rising; None for all.
            is_stale: Of every row of the table. A row that would be OK is STALE there. ``(n,)``
        """
        table, columns = self._table, self._table.rows
        chosen: slice | IntArray = slice(None) if rows is None else rows
        series = columns.series[chosen]
        points = table.points
        years, forward = points.years[series], points.forward[series]
        discount = points.discount[series]
        columns.years[chosen], columns.forward[chosen] = years, forward
        columns.discount[chosen] = discount
        if self._has_coin:
            self._count_in_currency(self._all if rows is None else rows, forward)
        bid, ask = columns.bid[chosen], columns.ask[chosen]
        columns.mid[chosen] = mid_of(bid, ask)
        price = profile_price(table)[chosen]
        price = np.where(is_price(price), price, np.nan)
        columns.price[chosen] = price
        strike, is_call = columns.strike[chosen], columns.is_call[chosen]
        status = status_of(table.profile.price, years, forward, bid, ask, price)
        asked = np.where(status == Status.OK, price, np.nan)  # NaN: no vol, no Greeks
        greeks, flag = self._solve(rows, asked, strike, is_call, series)
        is_asked = status == Status.OK
        status[is_asked] = STATUS_OF_FLAG[flag[is_asked]]
        np.multiply(greeks.block, _UNITS, out=greeks.block)
        if table.profile.is_theta_capped:
            greeks.theta[:] = capped_theta(
                greeks.theta, price, strike, is_call, years, forward, discount
            )
        if rows is not None:
            self._block[:, rows] = greeks.block
        self._solve_sides(chosen, (bid, ask), strike, is_call, series)
        status[(status == Status.OK) & is_stale[chosen]] = Status.STALE
        columns.status[chosen] = status

    def _solve(
        self,
        rows: IntArray | None,
        price: FloatArray,
        strike: FloatArray,
        is_call: BoolArray,
        series: Any,  # noqa: ANN401  # int32, whatever slicing makes of it
    ) -> tuple[GreekColumns, Any]:
        """Solve into the scratch, or straight into the table where every row is asked."""
        size = price.size
        block = self._block
        if rows is not None:
            block = self._solved[: len(_FIGURES) * size].reshape(len(_FIGURES), size)
        points = self._table.points
        return series_solve(
            price,
            strike,
            is_call,
            series,
            points.forward,
            points.discount,
            points.years,
            out=(GreekColumns(block), self._flag[:size]),
        )

    def _solve_sides(
        self,
        chosen: slice | IntArray,
        quotes: tuple[FloatArray, FloatArray],
        strike: FloatArray,
        is_call: BoolArray,
        series: Any,  # noqa: ANN401  # int32, whatever slicing makes of it
    ) -> None:
        """Write the vols of bid and ask, both in one call; a side that is no price has none."""
        size, points = strike.size, self._table.points
        both = self._quotes[: 2 * size]
        for side, quote in enumerate(quotes):
            np.copyto(both[side * size : (side + 1) * size], quote)
        both[~is_price(both)] = np.nan
        vol, flag = series_implied_vol(
            both,
            np.concatenate((strike, strike)),
            np.concatenate((is_call, is_call)),
            np.concatenate((series, series)),
            points.forward,
            points.discount,
            points.years,
            out=(self._vols[: 2 * size], self._flag[: 2 * size]),
        )
        vol[flag != flags.OK] = np.nan
        for side, name in enumerate(_VOL_SIDES):
            column = getattr(self._table.rows, f"iv_{name}")
            column[chosen] = vol[side * size : (side + 1) * size]

    def _count_in_currency(self, rows: IntArray, forward: FloatArray) -> None:
        """Write premiums in coin as they came, and what they are worth at the forward."""
        columns = self._table.rows
        is_coin = self._table.is_coin[rows]
        for side in SIDES:
            given = self._sides[side][rows]
            with np.errstate(over="ignore"):
                currency = given * forward
            currency[~np.isfinite(currency)] = np.nan
            getattr(columns, f"premium_{side}")[rows] = np.where(is_coin, given, np.nan)
            getattr(columns, side)[rows] = np.where(is_coin, currency, given)
