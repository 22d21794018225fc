"""Vols and Greeks of chosen rows of live chains, in arrays that are made once."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from voldesk.chain.reprice import PUBLISHED, STATUS_OF_FLAG, capped_theta
from voldesk.chain.shared import FIGURES, SIDES, SharedColumns
from voldesk.model.enums import PriceUsed
from voldesk.model.quotes import BoolArray, FloatArray, IntArray
from voldesk.pricing import engine

_UNITS: Final = np.array([PUBLISHED.get(name, 1.0) for name in FIGURES])


class _Asked:
    """What the solver is asked of some options, and what it says."""

    def __init__(self, size: int) -> None:
        self.numbers = np.empty((2, size))  # price and strike
        self.is_call = np.empty(size, dtype=np.bool_)
        self.series = np.empty(size, dtype=np.int32)
        self.flag = np.empty(size, dtype=np.uint8)

    def first(self, count: int) -> tuple[FloatArray, FloatArray, BoolArray, NDArray[np.int32]]:
        """Return price, strike, right and series of so many options."""
        price, strike = self.numbers
        return price[:count], strike[:count], self.is_call[:count], self.series[:count]


class RowPricer:
    """
    Writes price, status, vols and Greeks of chosen rows as ``reprice.reprice`` does, to the bit.

    Args:
        columns: Each row stands on its series' own forward, discount and years.
        price: What the rows are priced from.
        is_theta_capped: See ``conventions.Profile``.
    """

    def __init__(self, columns: SharedColumns, price: PriceUsed, *, is_theta_capped: bool) -> None:
        rows = columns.rows
        size = len(rows)
        self._shared = columns
        self._is_theta_capped = is_theta_capped
        self._has_coin = bool(columns.is_coin.any())
        self._solved = np.empty(columns.block.size)
        self._options, self._sides = _Asked(size), _Asked(2 * size)
        self._vol = np.empty(2 * size)
        self._found = np.empty(size, dtype=np.uint8)
        self._is_asked = np.empty((2, size), dtype=np.bool_)
        self._told = np.zeros(4, dtype=np.int64)
        self._per_series = columns.forward, columns.discount, columns.years
        options, sides = self._options, self._sides
        self._to_prepare = (
            *(columns.series, *self._per_series, rows.bid, rows.ask),
            *(rows.last if price is PriceUsed.LAST else rows.mark, price is PriceUsed.MID),
            *(rows.strike, rows.is_call, rows.years, rows.forward, rows.discount),
            *(rows.mid, rows.price, self._found),
            *(options.numbers, options.is_call, options.series),
            *(sides.numbers, sides.is_call, sides.series, self._is_asked, self._told),
        )

    def price(self, rows: IntArray, is_stale: BoolArray) -> None:
        """
        Value rows at the forwards there are.

        Args:
            rows: Rising.
            is_stale: Of every row. One that would be OK is STALE there. ``(n,)``
        """
        columns = self._shared.rows
        if self._has_coin:
            self._count_in_currency(rows)
        live = engine.live_calls()
        live.prepare_rows(rows, *self._to_prepare)
        asked, _, sides, _ = self._told.tolist()
        solved = self._solved[: len(FIGURES) * asked].reshape(len(FIGURES), asked)
        engine.calls(asked).series_solve(
            *self._options.first(asked), *self._per_series, solved, self._options.flag[:asked]
        )
        engine.calls(sides).series_implied_vol(
            *self._sides.first(sides),
            *self._per_series,
            self._vol[:sides],
            self._sides.flag[:sides],
        )
        live.finish_rows(
            rows,
            self._found,
            solved,
            self._options.flag,
            self._vol,
            self._sides.flag,
            STATUS_OF_FLAG,
            _UNITS,
            self._is_asked,
            is_stale,
            self._shared.block,
            columns.iv_bid,
            columns.iv_ask,
            columns.status,
            self._told,
        )
        if self._is_theta_capped:
            self._cap_theta(rows)

    def _cap_theta(self, rows: IntArray) -> None:
        columns = self._shared.rows
        names = ("theta", "price", "strike", "is_call", "years", "forward", "discount")
        columns.theta[rows] = capped_theta(*(getattr(columns, name)[rows] for name in names))

    def _count_in_currency(self, rows: IntArray) -> None:
        """Write premiums in coin as they came, and what they are worth at the forward."""
        shared, columns = self._shared, self._shared.rows
        is_coin, forward = shared.is_coin[rows], shared.forward[shared.series[rows]]
        for side in SIDES:
            given = shared.sides[side][rows]
            with np.errstate(over="ignore"):
                currency = given * forward
            currency[~np.isfinite(currency)] = np.nan
            getattr(columns, f"premium_{side}")[rows] = np.where(is_coin, given, np.nan)
            getattr(columns, side)[rows] = np.where(is_coin, currency, given)
