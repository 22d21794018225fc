"""The JSON answers of the REST API: chains by column or by row, summaries, expiries."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import date
from enum import StrEnum
from typing import Any, Final

import numpy as np

from voldesk.analytics.update import ChainUpdate
from voldesk.gateways.day import Day, day_document
from voldesk.gateways.encode import contracts_of, encode_json, micros, series_of
from voldesk.gateways.fields import gather
from voldesk.model.enums import Status
from voldesk.model.quotes import IntArray

CHAIN_FIGURES: Final = (
    "bid",
    "ask",
    "last",
    "mid",
    "bid_size",
    "ask_size",
    "volume",
    "open_interest",
    "iv",
    "iv_bid",
    "iv_ask",
    "delta",
    "gamma",
    "theta",
    "vega",
    "rho",
    "vanna",
    "volga",
    "charm",
    "vendor_iv",
    "vendor_delta",
    "vendor_gamma",
    "vendor_vega",
    "vendor_theta",
)
"""Figures of a contract in the answer, after what it is and before its status."""

ROWS_AT_ONCE: Final = 500
"""Rows encoded without letting anybody else have the loop."""

_WORDS: Final = np.full(256, "", dtype=object)
_WORDS[[status.value for status in Status]] = [status.name for status in Status]


class Layout(StrEnum):
    """How a chain is laid out in JSON."""

    COLUMNS = "columns"
    ROWS = "rows"


def underlyings_document(
    chains: Mapping[str, ChainUpdate], day_of: Callable[[str], Day | None]
) -> list[dict[str, Any]]:
    """Return one object per underlying."""
    return [
        {
            "symbol": update.underlying,
            "feed": update.feed,
            "market": update.table.market.value,
            "spot": float(update.table.spot),
            "day": day_document(day_of(update.underlying)),
            "contracts": len(update.table.rows),
            "expiries": len(np.unique(update.table.series.expiry)),
            "seq": update.seq,
            "ts_flush_us": micros(update.ts_flush),
        }
        for update in chains.values()
    ]


def expiries_document(update: ChainUpdate) -> list[dict[str, Any]]:
    """Return one object per series, in order of settlement."""
    table = update.table
    series = series_of(table)
    sizes = np.diff(table.bounds).tolist()
    return [
        {**{name: column[place] for name, column in series.items()}, "contracts": sizes[place]}
        for place in range(len(table.series))
    ]


def snapshot_id(boot: str, update: ChainUpdate) -> str:
    """Name the run of the server and the meaning of its rows: what a ``seq`` counts within."""
    return f"{boot}-{update.layout}"


def chosen_rows(update: ChainUpdate, expiry: date | None, since: int | None) -> IntArray:
    """Return the rows of an expiry (None: all) that changed after a ``seq`` (None: all)."""
    size = len(update.table.rows)
    rows = np.arange(size) if since is None else np.asarray(update.rows_since(since))
    if expiry is None:
        return rows
    return np.asarray(rows[update.table.rows.expiry[rows] == np.datetime64(expiry, "D")])


def chain_head(update: ChainUpdate, boot: str, *, is_delta: bool) -> dict[str, Any]:
    """Return everything of a chain but its contracts."""
    table = update.table
    return {
        "underlying": update.underlying,
        "feed": update.feed,
        "kind": "delta" if is_delta else "snapshot",
        "snapshot_id": snapshot_id(boot, update),
        "seq": update.seq,
        "ts_event_us": micros(update.ts_event),
        "ts_recv_us": micros(update.ts_recv),
        "ts_flush_us": micros(update.ts_flush),
        "as_of_us": micros(table.as_of),
        "spot": float(table.spot),
        "profile": {**asdict(table.profile), "priced_as": "european"},
        "series": series_of(table),
    }


def contract_columns(update: ChainUpdate, rows: IntArray) -> dict[str, list[Any]]:
    """Return the chosen rows by column: the row, what it is, its figures, status and time."""
    columns: dict[str, list[Any]] = {"row": rows.tolist()}
    is_whole = len(rows) == len(update.table.rows)
    for name, values in contracts_of(update.table).items():
        columns[name] = values if is_whole else [values[row] for row in columns["row"]]
    for name in CHAIN_FIGURES:
        columns[name] = gather(update, name, rows).tolist()
    columns["status"] = _WORDS[update.table.rows.status[rows]].tolist()
    columns["ts_event_us"] = [micros(ts) for ts in update.table.rows.ts_event[rows].tolist()]
    return columns


def chain_pieces(
    head: dict[str, Any], columns: dict[str, list[Any]], layout: Layout
) -> Iterator[bytes]:
    """
    Yield a chain as JSON piece by piece, so that a large one can be written without a long stop.

    The columns are copies: what the loop does between two pieces does not tear the answer.
    """
    yield encode_json(head)[:-1] + b',"layout":"' + layout.encode() + b'","contracts":'
    if layout is Layout.COLUMNS:
        separator = b"{"
        for name, values in columns.items():
            yield separator + encode_json({name: values})[1:-1]
            separator = b","
        yield b"}}"
        return
    names = tuple(columns)
    size = len(columns["row"])
    separator = b"["
    for start in range(0, size, ROWS_AT_ONCE):
        parts = (column[start : start + ROWS_AT_ONCE] for column in columns.values())
        rows = [dict(zip(names, values, strict=True)) for values in zip(*parts, strict=True)]
        yield separator + encode_json(rows)[1:-1]
        separator = b","
    yield b"[]}" if not size else b"]}"


def summary_document(update: ChainUpdate, day: Day | None = None) -> dict[str, Any]:
    """Return the analytics of an update that has some."""
    summary = update.summary
    assert summary is not None
    return {
        "underlying": update.underlying,
        "seq": update.seq,
        "ts_flush_us": micros(update.ts_flush),
        "day": day_document(day),
        "data": summary,
    }
