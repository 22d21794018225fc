"""Columns that several live chains share: each chain a stretch of them, all priced at once."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from voldesk.chain.table import ChainTable, IndexArray, RowColumns
from voldesk.model.quotes import BoolArray, FloatArray, IntArray
from voldesk.pricing.greeks import GreekColumns

FIGURES: Final = ("iv", "", *GreekColumns.names[2:])
"""Row columns in the order of the solver's; its own price is not published."""

SIDES: Final = ("bid", "ask", "last", "mark")
"""Fields that a venue may count in coin."""

QUOTES: Final = (
    *("bid", "ask", "last", "bid_size", "ask_size", "volume", "open_interest", "vendor_iv"),
    *("mark", "vendor_forward", "vendor_delta", "vendor_gamma", "vendor_vega", "vendor_theta"),
)
"""Row columns that ticks write, in the order of `model.ticks.Field`."""

_PER_SERIES: Final = ("forward", "discount", "years", "spot")

_FIGURES_AT: Final = {name: place for place, name in enumerate(FIGURES) if name}


@dataclass(frozen=True, slots=True, eq=False)
class SharedColumns:
    """
    The rows of some chains, one chain after the other, and what pricing needs of their series.

    Attributes:
        rows: Of all chains; ``series`` is the index within the chain's own.
        block: Vols and Greeks, ``FIGURES`` by row: the row columns are views of it. ``(10, n)``
        quotes: What was ticked, ``QUOTES`` by row, as the venue counts it: the row columns are
            views of it, but for bid, ask, last and mark where some premiums are in coin.
            ``(14, n)``
        sides: Bid, ask, last and mark of these. By name, ``(n,)``
        is_coin: Rows whose premium is counted in coin. ``(n,)``
        series: Index of each row's series among those of all chains. ``(n,)``
        forward: Of each series of all chains; so ``discount``, ``years``, ``spot``, ``valued_at``
            and ``settles_at``. ``(m,)``
        is_quoted: Series of which quotes changed since their fit. ``(m,)``
        chain_of_row: ``(n,)``
        starts: Row at which each chain starts, and where the last ends. ``(chains + 1,)``
        first_series: Series at which each chain starts, and the same. ``(chains + 1,)``
        bounds: Row at which each series starts, and the same. ``(m + 1,)``
    """

    rows: RowColumns
    block: FloatArray
    quotes: FloatArray
    sides: dict[str, FloatArray]
    is_coin: BoolArray
    series: IndexArray
    forward: FloatArray
    discount: FloatArray
    years: FloatArray
    spot: FloatArray
    valued_at: IntArray
    settles_at: IntArray
    is_quoted: BoolArray
    chain_of_row: NDArray[np.int64]
    starts: NDArray[np.int64]
    first_series: NDArray[np.int64]
    bounds: NDArray[np.int64]

    def span(self, chain: int) -> slice:
        """Return where the rows of a chain stand."""
        return slice(int(self.starts[chain]), int(self.starts[chain + 1]))


def share(tables: Sequence[ChainTable]) -> tuple[SharedColumns, tuple[ChainTable, ...]]:
    """
    Return the rows of tables side by side, and the tables as views of them.

    Args:
        tables: Of which each series has one point. They are not to be used any more.
    """
    sizes = [len(table.rows) for table in tables]
    series_sizes = [len(table.series) for table in tables]
    starts, first_series = (
        np.concatenate(([0], np.cumsum(each))).astype(np.int64) for each in (sizes, series_sizes)
    )
    joined: dict[str, Any] = {
        spec.name: np.concatenate([getattr(table.rows, spec.name) for table in tables])
        for spec in fields(RowColumns)
    }
    block = np.full((len(FIGURES), starts[-1]), np.nan)
    joined |= {name: block[place] for name, place in _FIGURES_AT.items()}
    chain_of_row = np.repeat(np.arange(len(tables)), sizes)
    is_coin = np.concatenate([table.is_coin for table in tables])
    quotes = np.array([joined[name] for name in QUOTES])
    in_currency = SIDES if is_coin.any() else ()
    joined |= {
        name: row for name, row in zip(QUOTES, quotes, strict=True) if name not in in_currency
    }
    shared = SharedColumns(
        rows=RowColumns(**joined),
        block=block,
        quotes=quotes,
        sides={name: quotes[QUOTES.index(name)] for name in SIDES},
        is_coin=is_coin,
        series=(joined["series"] + first_series[chain_of_row]).astype(np.int32),
        forward=np.full(first_series[-1], np.nan),
        discount=np.full(first_series[-1], np.nan),
        years=np.full(first_series[-1], np.nan),
        spot=np.full(first_series[-1], np.nan),
        valued_at=np.concatenate([table.points.valued_at for table in tables]),
        settles_at=np.concatenate([table.series.settles_at for table in tables]),
        is_quoted=np.zeros(first_series[-1], dtype=np.bool_),
        chain_of_row=chain_of_row,
        starts=starts,
        first_series=first_series,
        bounds=_bounds(tables, starts),
    )
    views = tuple(
        _view(table, shared, shared.span(chain), _stretch(first_series, chain))
        for chain, table in enumerate(tables)
    )
    return shared, views


def _bounds(tables: Sequence[ChainTable], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    parts = [table.bounds[:-1] + start for table, start in zip(tables, starts, strict=False)]
    return np.concatenate([*parts, starts[-1:]]).astype(np.int64)


def _stretch(bounds: NDArray[np.int64], place: int) -> slice:
    return slice(int(bounds[place]), int(bounds[place + 1]))


def _view(table: ChainTable, shared: SharedColumns, rows: slice, series: slice) -> ChainTable:
    columns = {spec.name: getattr(shared.rows, spec.name)[rows] for spec in fields(RowColumns)}
    figures = {name: getattr(shared, name)[series] for name in _PER_SERIES}
    points = replace(table.points, valued_at=shared.valued_at[series], **figures)
    own = replace(table.series, **figures)
    return replace(table, rows=RowColumns(**columns), series=own, points=points)
