"""Vols and Greeks of chosen rows of live chains, in arrays that are made once."""

from typing import Final, NamedTuple

import numpy as np

from voldesk.chain.quotes import is_price, mid_of, status_of
from voldesk.chain.reprice import PUBLISHED, STATUS_OF_FLAG, capped_theta
from voldesk.chain.shared import FIGURES, SIDES, SharedColumns
from voldesk.chain.table import CodeArray, IndexArray
from voldesk.model.enums import PriceUsed, Status
from voldesk.model.quotes import BoolArray, FloatArray, IntArray
from voldesk.pricing import flags
from voldesk.pricing.greeks import GreekColumns, series_solve
from voldesk.pricing.vol import series_implied_vol

_UNITS: Final = np.array([[PUBLISHED.get(name, 1.0)] for name in FIGURES])
_OK: Final = int(Status.OK)
_STALE: Final = int(Status.STALE)


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
        columns: Each row stands on its series' own forward, discount and years.
        price: What the rows are priced from.
        is_theta_capped: See ``conventions.Profile``.
    """

    def __init__(self, columns: SharedColumns, price: PriceUsed, *, is_theta_capped: bool) -> None:
        size = len(columns.rows)
        self._shared = columns
        self._used = price
        self._is_theta_capped = is_theta_capped
        self._has_coin = bool(columns.is_coin.any())
        self._figures = tuple(columns.block)
        self._solved = np.empty(columns.block.size)
        self._asked = np.empty(columns.block.size)
        self._vol = np.empty(size)
        self._flag = np.empty(size, dtype=np.uint8)

    def price(self, rows: IntArray | slice, is_stale: BoolArray) -> None:
        """
        Value rows at the forwards there are.

        Args:
            rows: Rising, or a stretch.
            is_stale: Of every row. One that would be OK is STALE there. ``(n,)``
        """
        shared, columns = self._shared, self._shared.rows
        series = shared.series[rows]
        years, forward = shared.years[series], shared.forward[series]
        discount = shared.discount[series]
        columns.years[rows], columns.forward[rows] = years, forward
        columns.discount[rows] = discount
        if self._has_coin:
            self._count_in_currency(rows, forward)
        bid, ask = columns.bid[rows], columns.ask[rows]
        mid = mid_of(bid, ask)
        price = mid if self._used is PriceUsed.MID else self._single_price(rows)
        columns.mid[rows], columns.price[rows] = mid, price
        status = status_of(self._used, years, forward, bid, ask, price)
        options = _Options(columns.strike[rows], columns.is_call[rows], series)
        is_whole = price.size == columns.strike.size
        greeks = self._solve(is_whole, price, options, status)
        np.multiply(greeks.block, _UNITS, out=greeks.block)
        if self._is_theta_capped:
            greeks.theta[:] = capped_theta(
                greeks.theta, price, options.strike, options.is_call, years, forward, discount
            )
        if not is_whole:
            for column, values in zip(self._figures, greeks.block, strict=True):
                column[rows] = values
        columns.iv_bid[rows] = self._solve_side(bid, options)
        columns.iv_ask[rows] = self._solve_side(ask, options)
        status[(status == _OK) & is_stale[rows]] = _STALE
        columns.status[rows] = status

    def _solve(
        self, is_whole: bool, price: FloatArray, options: _Options, status: CodeArray
    ) -> GreekColumns:
        """Solve the rows that are OK, in place where they are all there is; note what fails."""
        size, shared = price.size, self._shared
        block = shared.block if is_whole else _shaped(self._solved, size)
        asked = (status == _OK).nonzero()[0]
        is_every = asked.size == size
        chosen = options if is_every else options.take(asked)
        target = block if is_every else _shaped(self._asked, asked.size)
        _, flag = series_solve(
            price if is_every else price[asked],
            *chosen,
            shared.forward,
            shared.discount,
            shared.years,
            out=(GreekColumns(target), self._flag[: asked.size]),
        )
        status[asked] = STATUS_OF_FLAG[flag]
        if not is_every:
            block[:] = np.nan
            for column, values in zip(block, target, strict=True):
                column[asked] = values
        return GreekColumns(block)

    def _solve_side(self, quote: FloatArray, options: _Options) -> FloatArray:
        """Return the vols of one side of the quotes; NaN where it, or the forward, is no price."""
        shared = self._shared
        asked = (quote > 0.0).nonzero()[0]
        is_every = asked.size == quote.size
        vol, flag = series_implied_vol(
            quote if is_every else quote[asked],
            *(options if is_every else options.take(asked)),
            shared.forward,
            shared.discount,
            shared.years,
            out=(self._vol[: asked.size], self._flag[: asked.size]),
        )
        vol[flag != flags.OK] = np.nan
        if is_every:
            return vol
        vols = np.full(quote.size, np.nan)
        vols[asked] = vol
        return vols

    def _single_price(self, rows: IntArray | slice) -> FloatArray:
        columns = self._shared.rows
        price = (columns.last if self._used is PriceUsed.LAST else columns.mark)[rows]
        return np.where(is_price(price), price, np.nan)

    def _count_in_currency(self, rows: IntArray | slice, forward: FloatArray) -> None:
        """Write premiums in coin as they came, and what they are worth at the forward."""
        columns, is_coin = self._shared.rows, self._shared.is_coin[rows]
        for side in SIDES:
            given = self._shared.sides[side][rows]
            with np.errstate(over="ignore"):
                currency = given * forward
            currency[~np.isfinite(currency)] = np.nan
            getattr(columns, f"premium_{side}")[rows] = np.where(is_coin, given, np.nan)
            getattr(columns, side)[rows] = np.where(is_coin, currency, given)


def _shaped(scratch: FloatArray, size: int) -> FloatArray:
    """Return so many columns' worth of a scratch array, contiguous."""
    return scratch[: len(FIGURES) * size].reshape(len(FIGURES), size)
