"""
The JSON document of an analysis; docs/json.md says what every field means.

JSON has no NaN: an unknown figure is null, which is how msgspec writes NaN and infinities.
"""

from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from voldesk.analytics.summary import SeriesSummary, Summary
from voldesk.app.analysis import Analysis
from voldesk.app.instants import iso_instant
from voldesk.chain.table import ChainTable, SeriesColumns
from voldesk.model.conventions import Profile
from voldesk.model.enums import Right, Status
from voldesk.model.quotes import NO_TIME, IntArray, TextArray

ROWS_PER_PART = 256
"""
Contracts encoded together. Twenty thousand at once need 40 MB, most of it new to the process and
dearer to touch than to fill: in parts, which take the same memory again, JSON takes a third less.
"""


class ContractDocument(msgspec.Struct, gc=False):
    """One contract; the fields are named as the columns of ``chain.schema``."""

    symbol: str | None
    root: str | None
    expiry: str | None
    right: str
    strike: float | None
    bid: float | None
    ask: float | None
    last: float | None
    mid: float | None
    volume: float | None
    open_interest: float | None
    iv: float | None
    iv_bid: float | None
    iv_ask: float | None
    delta: float | None
    gamma: float | None
    theta: float | None
    vega: float | None
    rho: float | None
    vanna: float | None
    volga: float | None
    charm: float | None
    status: str
    ts_event: str | None


_FIGURES = tuple(
    name
    for name in ContractDocument.__struct_fields__
    if name not in {"symbol", "root", "expiry", "right", "status", "ts_event"}
)
_WORDS = np.full(256, "", dtype=object)
_WORDS[[status.value for status in Status]] = [status.name for status in Status]


def encode(analysis: Analysis) -> bytes:
    """Return the document as JSON bytes, one line without its end."""
    return b"".join(parts(analysis))


def parts(analysis: Analysis, rows_per_part: int = ROWS_PER_PART) -> Iterator[bytes]:
    """Yield the bytes of `encode` in parts, for whoever writes them one after the other."""
    yield msgspec.json.encode(head_document(analysis))[:-1] + b',"contracts":['
    columns = _columns(analysis.table)
    encoder, written = msgspec.json.Encoder(), bytearray()
    for start in range(0, len(analysis.table.rows), rows_per_part):
        part = (column[start : start + rows_per_part].tolist() for column in columns)
        encoder.encode_into(list(map(ContractDocument, *part)), written)
        written[:1] = b"," if start else b""  # in place of the list's bracket
        yield bytes(memoryview(written)[:-1])
    yield b"]}"


def head_document(analysis: Analysis) -> dict[str, Any]:
    """Return everything but the contracts."""
    table = analysis.table
    return {
        "underlying": table.underlying or None,
        "as_of": iso_instant(table.as_of),
        "source": analysis.source,
        "profile": profile_document(analysis.profile),
        "spot": table.spot,
        "multiplier": analysis.multiplier,
        "series": [
            _series_document(one, table.series, index)
            for index, one in enumerate(analysis.summary.series)
        ],
        "summary": _summary_document(analysis.summary),
        "problems": analysis.problems,
    }


def profile_document(profile: Profile) -> dict[str, Any]:
    """Return how the numbers were made, what stands in for American exercise included."""
    return {**asdict(profile), "priced_as": "european"}


def _columns(table: ChainTable) -> list[NDArray[Any]]:
    """Return what the fields of a contract hold, one array per field."""
    rows = table.rows
    columns = {name: getattr(rows, name) for name in _FIGURES}
    expiry = np.array([_iso_date(day) for day in table.series.expiry], dtype=object)
    columns["symbol"] = _texts(rows.symbol)
    columns["root"] = _texts(table.series.root)[rows.series]
    columns["expiry"] = expiry[rows.series]
    columns["right"] = np.where(rows.is_call, Right.CALL.value, Right.PUT.value)
    columns["status"] = _WORDS[rows.status]
    columns["ts_event"] = _instants(rows.ts_event)
    return [columns[name] for name in ContractDocument.__struct_fields__]


def _series_document(one: SeriesSummary, series: SeriesColumns, index: int) -> dict[str, Any]:
    return {
        **_shallow(one),
        "root": one.root or None,
        "settles_at": _iso_or_none(one.settles_at),
        "confidence": float(series.confidence[index]),
        "reason": series.reason[index] or None,
    }


def _summary_document(summary: Summary) -> dict[str, Any]:
    """Return the figures over all series, and how exposures are counted, as data."""
    return {
        **_shallow(summary.underlying),
        "exposure_spot": summary.spot,
        "exposure_convention": asdict(summary.convention),
        "exposures": summary.exposures,
    }


def _iso_or_none(ts: int) -> str | None:
    return None if ts == NO_TIME else iso_instant(ts)


def _iso_date(day: np.datetime64) -> str | None:
    return None if np.isnat(day) else str(day)


def _shallow(struct: Any) -> dict[str, Any]:  # noqa: ANN401  # any dataclass
    """Return the fields of a struct; msgspec writes the structs inside it as they are."""
    return {spec.name: getattr(struct, spec.name) for spec in fields(struct)}


def _texts(column: TextArray) -> TextArray:
    texts = column.copy()
    texts[column == ""] = None
    return texts


def _instants(column: IntArray) -> TextArray:
    """Write instants; the few distinct ones of a file are written once."""
    distinct, place = np.unique(column, return_inverse=True)
    texts: TextArray = np.array([_iso_or_none(ts) for ts in distinct.tolist()], dtype=object)
    return texts[place]
