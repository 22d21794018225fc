"""The rows the analytics look at: the latest of each contract, vols only where trusted."""

from dataclasses import dataclass

import numpy as np

from voldesk.chain.table import ChainTable, CodeArray, IndexArray
from voldesk.model.enums import Status
from voldesk.model.quotes import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestRows:
    """
    The columns of a chain the analytics read, one row per contract, contiguous per series.

    ``price``, ``iv`` and the Greeks are NaN unless the row's status is OK, ``bid`` and ``ask``
    where the quote is crossed or stale. ``bounds[s]`` is the first row of series ``s``,
    ``bounds[s + 1]`` that after its last.
    """

    bounds: IntArray
    series: IndexArray
    strike: FloatArray
    is_call: BoolArray
    bid: FloatArray
    ask: FloatArray
    price: FloatArray
    volume: FloatArray
    open_interest: FloatArray
    years: FloatArray
    forward: FloatArray
    discount: FloatArray
    iv: FloatArray
    delta: FloatArray
    gamma: FloatArray
    vanna: FloatArray
    charm: FloatArray
    status: CodeArray

    def slice(self, series: int) -> slice:
        """Return where the rows of a series stand."""
        return slice(int(self.bounds[series]), int(self.bounds[series + 1]))


def latest_rows(table: ChainTable) -> LatestRows:
    """
    Take the last row of each contract.

    A chain's rows are ordered by series, strike, right and time, so a contract's rows stand
    together and the last of them is the latest.
    """
    rows = table.rows
    is_last = np.ones(len(rows), dtype=np.bool_)
    is_last[:-1] = (
        (rows.series[1:] != rows.series[:-1])
        | (rows.strike[1:] != rows.strike[:-1])
        | (rows.is_call[1:] != rows.is_call[:-1])
    )
    chosen = slice(None) if is_last.all() else np.flatnonzero(is_last)
    series, status = rows.series[chosen], rows.status[chosen]
    is_ok = status == Status.OK
    is_quoted = (status != Status.CROSSED) & (status != Status.STALE)

    def trusted(column: FloatArray) -> FloatArray:
        return np.where(is_ok, column[chosen], np.nan)

    def quoted(column: FloatArray) -> FloatArray:
        return np.where(is_quoted, column[chosen], np.nan)

    return LatestRows(
        bounds=np.searchsorted(series, np.arange(len(table.series) + 1)),
        series=series,
        strike=rows.strike[chosen],
        is_call=rows.is_call[chosen],
        bid=quoted(rows.bid),
        ask=quoted(rows.ask),
        price=trusted(rows.price),
        volume=rows.volume[chosen],
        open_interest=rows.open_interest[chosen],
        years=rows.years[chosen],
        forward=rows.forward[chosen],
        discount=rows.discount[chosen],
        iv=trusted(rows.iv),
        delta=trusted(rows.delta),
        gamma=trusted(rows.gamma),
        vanna=trusted(rows.vanna),
        charm=trusted(rows.charm),
        status=status,
    )
