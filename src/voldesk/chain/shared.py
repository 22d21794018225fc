"""Columns that several live chains share: each chain a stretch of them, all priced at once."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from voldesk.chain.table import ChainTable, IndexArray, RowColumns
from voldesk.model.quotes import BoolArray, FloatArray
from voldesk.pricing.greeks import GreekColumns

FIGURES: Final = ("iv", "", *GreekColumns.names[2:])
"""Row columns in the order of the solver's; its own price is not published."""

SIDES: Final = ("bid", "ask", "last", "mark")
"""Fields that a venue may count in coin."""

_FIGURES_AT: Final = {name: place for place, name in enumerate(FIGURES) if name}


@dataclass(frozen=True, slots=True, eq=False)
class SharedColumns:
    """
    The rows of some chains, one chain after the other, and what pricing needs of their series.

    Attributes:
        rows: Of all chains; ``series`` is the index within the chain's own.
        block: Vols and Greeks, ``FIGURES`` by row: the row columns are views of it. ``(10, n)``
        sides: Bid, ask, last and mark as the venue counts them: the row columns themselves, or
            arrays of their own where some premiums are in coin. By name, ``(n,)``
        is_coin: Rows whose premium is counted in coin. ``(n,)``
        series: Index of each row's series among those of all chains. ``(n,)``
        forward: Of each series of all chains; so ``discount`` and ``years``. ``(m,)``
        is_quoted: Series of which quotes changed since their fit. ``(m,)``
        chain_of_row: ``(n,)``
        starts: Row at which each chain starts, and where the last ends. ``(chains + 1,)``
    """

    rows: RowColumns
    block: FloatArray
    sides: dict[str, FloatArray]
    is_coin: BoolArray
    series: IndexArray
    forward: FloatArray
    discount: FloatArray
    years: FloatArray
    is_quoted: BoolArray
    chain_of_row: NDArray[np.intp]
    starts: NDArray[np.intp]

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
        np.concatenate(([0], np.cumsum(each))).astype(np.intp) for each in (sizes, series_sizes)
    )
    joined: dict[str, Any] = {
        spec.name: np.concatenate([getattr(table.rows, spec.name) for table in tables])
        for spec in fields(RowColumns)
    }
    block = np.full((len(FIGURES), starts[-1]), np.nan)
    joined |= {name: block[place] for name, place in _FIGURES_AT.items()}
    chain_of_row = np.repeat(np.arange(len(tables)), sizes)
    is_coin = np.concatenate([table.is_coin for table in tables])
    has_coin = bool(is_coin.any())
    shared = SharedColumns(
        rows=RowColumns(**joined),
        block=block,
        sides={name: joined[name].copy() if has_coin else joined[name] for name in SIDES},
        is_coin=is_coin,
        series=(joined["series"] + first_series[chain_of_row]).astype(np.int32),
        forward=np.full(first_series[-1], np.nan),
        discount=np.full(first_series[-1], np.nan),
        years=np.full(first_series[-1], np.nan),
        is_quoted=np.zeros(first_series[-1], dtype=np.bool_),
        chain_of_row=chain_of_row,
        starts=starts,
    )
    views = tuple(
        _view(table, shared, shared.span(chain), _stretch(first_series, chain))
        for chain, table in enumerate(tables)
    )
    return shared, views


def _stretch(bounds: NDArray[np.intp], place: int) -> slice:
    return slice(int(bounds[place]), int(bounds[place + 1]))


def _view(table: ChainTable, shared: SharedColumns, rows: slice, series: slice) -> ChainTable:
    columns = {spec.name: getattr(shared.rows, spec.name)[rows] for spec in fields(RowColumns)}
    points = replace(
        table.points,
        forward=shared.forward[series],
        discount=shared.discount[series],
        years=shared.years[series],
    )
    return replace(table, rows=RowColumns(**columns), points=points)
