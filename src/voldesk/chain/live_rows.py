"""Vols and Greeks of chosen rows of a live table, in arrays that are made once."""

from dataclasses import fields
from typing import Any, Final, NamedTuple

import numpy as np

from voldesk.chain.intake import SIDES
from voldesk.chain.quotes import is_price, mid_of, profile_price, status_of
from voldesk.chain.reprice import PUBLISHED, STATUS_OF_FLAG, capped_theta
from voldesk.chain.table import ChainTable, CodeArray, IndexArray, RowColumns
from voldesk.model.enums import PriceUsed, Status
from voldesk.model.quotes import BoolArray, FloatArray, IntArray
from voldesk.pricing import flags
from voldesk.pricing.greeks import GreekColumns, series_solve
from voldesk.pricing.vol import series_implied_vol

_FIGURES: Final = ("iv", "", *GreekColumns.names[2:])  # the solver's own price is not published
_UNITS: Final = np.array([[PUBLISHED.get(name, 1.0)] for name in _FIGURES])
_OK: Final = int(Status.OK)
_STALE: Final = int(Status.STALE)


def as_block(rows: RowColumns) -> tuple[RowColumns, FloatArray]:
    """
    Return the columns with vols and Greeks as rows of one block, in the solver's order.

    The solver can then fill the whole chain in place.
    """
    block = np.full((len(_FIGURES), len(rows)), np.nan)
    views: dict[str, Any] = {name: block[i] for i, name in enumerate(_FIGURES) if name}
    kept = {spec.name: getattr(rows, spec.name) for spec in fields(rows)}
    return RowColumns(**(kept | views)), block


class _Options(NamedTuple):
    """What the solver has to know of each row beside its price."""

    strike: FloatArray
    is_call: BoolArray
    series: IndexArray

    def take(self, rows: IntArray) -> "_Options":
        return _Options(self.strike[rows], self.is_call[rows], self.series[rows])


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
        self._is_mid = table.profile.price is PriceUsed.MID
        self._columns = tuple(block)
        self._all = np.arange(size)
        self._solved = np.empty(block.size)
        self._asked = np.empty(block.size)
        self._vol = np.empty(size)
        self._flag = np.empty(size, dtype=np.uint8)

    def price(self, rows: IntArray | None, is_stale: BoolArray) -> None:
        """
        Value rows at the table's forwards.

        Args:
            rows: Rising; None for all.
            is_stale: Of every row of the table. A row that would be OK is STALE there. ``(n,)``
        """
        table, columns, points = self._table, self._table.rows, self._table.points
        chosen: slice | IntArray = slice(None) if rows is None else rows
        series = columns.series[chosen]
        years, forward = points.years[series], points.forward[series]
        discount = points.discount[series]
        columns.years[chosen], columns.forward[chosen] = years, forward
        columns.discount[chosen] = discount
        if self._has_coin:
            self._count_in_currency(self._all if rows is None else rows, forward)
        bid, ask = columns.bid[chosen], columns.ask[chosen]
        mid = mid_of(bid, ask)
        price = mid if self._is_mid else self._single_price(chosen)
        columns.mid[chosen], columns.price[chosen] = mid, price
        status = status_of(table.profile.price, years, forward, bid, ask, price)
        options = _Options(columns.strike[chosen], columns.is_call[chosen], series)
        greeks = self._solve(rows is None, price, options, status)
        np.multiply(greeks.block, _UNITS, out=greeks.block)
        if table.profile.is_theta_capped:
            greeks.theta[:] = capped_theta(
                greeks.theta, price, options.strike, options.is_call, years, forward, discount
            )
        if rows is not None:
            for column, values in zip(self._columns, greeks.block, strict=True):
                column[rows] = values
        columns.iv_bid[chosen] = self._solve_side(bid, options)
        columns.iv_ask[chosen] = self._solve_side(ask, options)
        status[(status == _OK) & is_stale[chosen]] = _STALE
        columns.status[chosen] = status

    def _solve(
        self, is_whole: bool, price: FloatArray, options: "_Options", status: CodeArray
    ) -> GreekColumns:
        """Solve the rows that are OK, into the table where they are all of it; note what fails."""
        size, points = price.size, self._table.points
        block = self._block if is_whole else _shaped(self._solved, size)
        asked = np.flatnonzero(status == _OK)
        is_every = asked.size == size
        chosen = options if is_every else options.take(asked)
        target = block if is_every else _shaped(self._asked, asked.size)
        _, flag = series_solve(
            price if is_every else price[asked],
            *chosen,
            points.forward,
            points.discount,
            points.years,
            out=(GreekColumns(target), self._flag[: asked.size]),
        )
        status[asked] = STATUS_OF_FLAG[flag]
        if not is_every:
            block[:] = np.nan
            for column, values in zip(block, target, strict=True):
                column[asked] = values
        return GreekColumns(block)

    def _single_price(self, chosen: slice | IntArray) -> FloatArray:
        price = profile_price(self._table)[chosen]
        return np.where(is_price(price), price, np.nan)

    def _solve_side(self, quote: FloatArray, options: "_Options") -> FloatArray:
        """Return the vols of one side of the quotes; NaN where it, or the forward, is no price."""
        points = self._table.points
        asked = np.flatnonzero(quote > 0.0)
        is_every = asked.size == quote.size
        vol, flag = series_implied_vol(
            quote if is_every else quote[asked],
            *(options if is_every else options.take(asked)),
            points.forward,
            points.discount,
            points.years,
            out=(self._vol[: asked.size], self._flag[: asked.size]),
        )
        vol[flag != flags.OK] = np.nan
        if is_every:
            return vol
        vols = np.full(quote.size, np.nan)
        vols[asked] = vol
        return vols

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


def _shaped(scratch: FloatArray, size: int) -> FloatArray:
    """Return so many columns' worth of a scratch array, contiguous."""
    return scratch[: len(_FIGURES) * size].reshape(len(_FIGURES), size)
