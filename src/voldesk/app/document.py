"""
The JSON document of an analysis; docs/json.md says what every field means.

JSON has no NaN: an unknown figure is null, which is how msgspec writes NaN and infinities.
"""

from dataclasses import asdict
from typing import Any

import msgspec
import numpy as np

from voldesk.analytics.summary import SeriesSummary, Summary
from voldesk.app.analysis import Analysis
from voldesk.app.instants import iso_instant
from voldesk.chain.table import ChainTable, SeriesColumns
from voldesk.model.conventions import Profile
from voldesk.model.enums import Right, Status
from voldesk.model.quotes import NO_TIME, IntArray, TextArray


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
    return msgspec.json.encode(document(analysis))


def document(analysis: Analysis) -> dict[str, Any]:
    """Return the document as msgspec encodes it; figures that are unknown are still NaN."""
    return {**head_document(analysis), "contracts": contract_documents(analysis.table)}


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


def contract_documents(table: ChainTable) -> list[ContractDocument]:
    """Return one document per row, in the table's order; made by column, not by row."""
    rows = table.rows
    expiry = np.array([_iso_date(day) for day in table.series.expiry], dtype=object)
    columns = {name: getattr(rows, name).tolist() for name in _FIGURES}
    columns["symbol"] = _texts(rows.symbol)
    columns["root"] = _texts(rows.root)
    columns["expiry"] = expiry[rows.series].tolist()
    columns["right"] = np.where(rows.is_call, Right.CALL.value, Right.PUT.value).tolist()
    columns["status"] = _WORDS[rows.status].tolist()
    columns["ts_event"] = _instants(rows.ts_event)
    return list(
        map(ContractDocument, *(columns[name] for name in ContractDocument.__struct_fields__))
    )


def _series_document(one: SeriesSummary, series: SeriesColumns, index: int) -> dict[str, Any]:
    known = asdict(one)
    return {
        **known,
        "root": one.root or None,
        "settles_at": _iso_or_none(one.settles_at),
        "confidence": float(series.confidence[index]),
        "reason": series.reason[index] or None,
    }


def _summary_document(summary: Summary) -> dict[str, Any]:
    """Return the figures over all series, and how exposures are counted, as data."""
    return {
        **asdict(summary.underlying),
        "exposure_spot": summary.spot,
        "exposure_convention": asdict(summary.convention),
        "exposures": [asdict(exposure) for exposure in summary.exposures],
    }


def _iso_or_none(ts: int) -> str | None:
    return None if ts == NO_TIME else iso_instant(ts)


def _iso_date(day: np.datetime64) -> str | None:
    return None if np.isnat(day) else str(day)


def _texts(column: TextArray) -> list[str | None]:
    texts = column.tolist()
    return texts if all(texts) else [text or None for text in texts]


def _instants(column: IntArray) -> list[str | None]:
    """Write instants; the few distinct ones of a file are written once."""
    distinct, place = np.unique(column, return_inverse=True)
    texts = np.array([_iso_or_none(ts) for ts in distinct.tolist()], dtype=object)
    written: list[str | None] = texts[place].tolist()
    return written
