"""Chains as bytes: binary frames and columnar JSON; docs/stream.md is the contract."""

import struct
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Any, Final

import msgspec
import numpy as np

from voldesk.analytics.update import ChainUpdate
from voldesk.chain.table import ChainTable
from voldesk.gateways.fields import gather, gather_into
from voldesk.model.listing import Listing
from voldesk.model.quotes import NO_TIME, DateArray, IntArray, TextArray
from voldesk.model.ticks import DataType, Field, TickBatch, TickKind

MAGIC: Final = b"VD"
VERSION: Final = 1
HEADER: Final = struct.Struct("<2sBBHBBIIqIId")
"""Magic, version, kind, topic id, bytes per row id, fields, seq, rows, base time, ages, spot."""

MAX_SHORT_ID: Final = 0xFFFF
AGE_UNKNOWN: Final = 0xFFFF_FFFF
_NS_PER_US: Final = 1000


class FrameKind(IntEnum):
    """What a binary frame holds."""

    SNAPSHOT = 0  # every row, in order, without row ids
    DELTA = 1  # the rows that changed


@dataclass(frozen=True, slots=True)
class Stamps:
    """When the ticks in a frame happened, came, and left; UTC ns, ``NO_TIME`` where unknown."""

    ts_event: int  # newest
    ts_recv: int  # oldest: the age of a frame is that of its oldest tick
    ts_flush: int

    @classmethod
    def of(cls, update: ChainUpdate) -> "Stamps":
        """Return the stamps of one update."""
        return cls(update.ts_event, update.ts_recv, update.ts_flush)

    def after(self, earlier: "Stamps") -> "Stamps":
        """Return the stamps of two updates that leave as one, self being the later."""
        received = [ts for ts in (earlier.ts_recv, self.ts_recv) if ts != NO_TIME]
        return Stamps(
            max(earlier.ts_event, self.ts_event), min(received, default=NO_TIME), self.ts_flush
        )


def encode_json(document: object) -> bytes:
    """Return a document as JSON; NaN and infinities become null."""
    return msgspec.json.encode(document, enc_hook=_plain)


def _plain(value: object) -> object:
    """Turn NumPy's scalars and arrays, which a message may hold, into what JSON knows."""
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else str(value)
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    return str(value)


def binary_frame(
    update: ChainUpdate,
    topic_id: int,
    seq: int,
    fields: tuple[str, ...],
    rows: IntArray | None,
    stamps: Stamps,
) -> bytes:
    """
    Return a frame: header, row ids padded to four bytes, then one float32 column per field.

    The update's table is read as it stands; ``rows`` are those of a delta, None makes a snapshot.
    """
    total = len(update.table.rows)
    count = total if rows is None else len(rows)
    width = 0 if rows is None else (2 if total <= MAX_SHORT_ID else 4)
    start = HEADER.size + (count * width + 3) // 4 * 4
    frame = bytearray(start + 4 * count * len(fields))
    HEADER.pack_into(
        frame,
        0,
        MAGIC,
        VERSION,
        FrameKind.SNAPSHOT if rows is None else FrameKind.DELTA,
        topic_id,
        width,
        len(fields),
        seq & 0xFFFF_FFFF,
        count,
        stamps.ts_flush // _NS_PER_US,
        _age_us(stamps.ts_event, stamps.ts_flush),
        _age_us(stamps.ts_recv, stamps.ts_flush),
        update.table.spot,
    )
    if rows is not None:
        ids = np.frombuffer(frame, f"<u{width}", count, HEADER.size)
        ids[:] = rows
    columns = np.frombuffer(frame, "<f4", offset=start).reshape(len(fields), count)
    gather_into(columns, update, fields, rows)
    return bytes(frame)


def columns_json(
    update: ChainUpdate,
    topic: str,
    seq: int,
    fields: tuple[str, ...],
    rows: IntArray | None,
    stamps: Stamps,
) -> bytes:
    """Return the same as `binary_frame` in JSON: one array per field, unknown null."""
    document: dict[str, Any] = {
        "type": "snapshot" if rows is None else "delta",
        "topic": topic,
        "seq": seq,
        "ts_event_us": micros(stamps.ts_event),
        "ts_recv_us": micros(stamps.ts_recv),
        "ts_flush_us": micros(stamps.ts_flush),
        "spot": float(update.table.spot),
        "row_count": len(update.table.rows),
    }
    if rows is not None:
        document["rows"] = rows.tolist()
    document["columns"] = {name: gather(update, name, rows).tolist() for name in fields}
    return encode_json(document)


def layout_json(update: ChainUpdate, topic: str, topic_id: int) -> bytes:
    """Return which contract each row is, and how the figures are made."""
    table = update.table
    return encode_json(
        {
            "type": "layout",
            "topic": topic,
            "topic_id": topic_id,
            "layout": update.layout,
            "underlying": update.underlying,
            "feed": update.feed,
            "market": table.market.value,
            "profile": {**asdict(table.profile), "priced_as": "european"},
            "row_count": len(table.rows),
            "contracts": contracts_of(table),
            "series": series_of(table),
        }
    )


def contracts_of(table: ChainTable) -> dict[str, list[Any]]:
    """Return what the rows are, by column: symbol, root, expiry, right, strike, series."""
    rows = table.rows
    expiry = np.array(_dates(table.series.expiry), dtype=object)
    return {
        "symbol": texts(rows.symbol),
        "root": texts(rows.root),
        "expiry": expiry[rows.series].tolist(),
        "right": np.where(rows.is_call, "C", "P").tolist(),
        "strike": rows.strike.tolist(),
        "series": rows.series.tolist(),
    }


def series_of(table: ChainTable) -> dict[str, list[Any]]:
    """Return the series by column: what they are and what their rows are valued on."""
    series = table.series
    return {
        "root": texts(series.root),
        "expiry": _dates(series.expiry),
        "settles_at_us": [micros(ts) for ts in series.settles_at.tolist()],
        "years": series.years.tolist(),
        "forward": series.forward.tolist(),
        "discount": series.discount.tolist(),
        "forward_source": texts(series.forward_source),
        "discount_source": texts(series.discount_source),
        "reason": texts(series.reason),
    }


def listing_json(listing: Listing, topic: str) -> bytes:
    """Return what the instrument numbers of a feed's ticks mean."""
    return encode_json(
        {
            "type": "layout",
            "topic": topic,
            "instruments": {
                "key": texts(listing.key),
                "symbol": texts(listing.symbol),
                "underlying": texts(listing.underlying),
            },
        }
    )


def ticks_json(batch: TickBatch, topic: str, seq: int) -> bytes:
    """Return a batch of ticks by column; a value that was not sent is absent from ``present``."""
    kinds = [kind.name.lower() for kind in TickKind]
    data_types = [one.name.lower().replace("_", "-") for one in DataType]  # as feeds name them
    return encode_json(
        {
            "type": "ticks",
            "topic": topic,
            "seq": seq,
            "columns": {
                "instrument": batch["instrument"].tolist(),
                "kind": [kinds[code] for code in batch["kind"].tolist()],
                "data_type": [data_types[code] for code in batch["data_type"].tolist()],
                "present": batch["present"].tolist(),
                "ts_event_us": [micros(ts) for ts in batch["ts_event"].tolist()],
                "ts_recv_us": [micros(ts) for ts in batch["ts_recv"].tolist()],
                **{name: batch[name].tolist() for name in TICK_VALUES},
            },
        }
    )


TICK_VALUES: Final = tuple(field.name.lower() for field in Field if field.name is not None)


def micros(ts: int) -> int | None:
    """Return UTC nanoseconds as whole microseconds, ``NO_TIME`` as None."""
    return None if ts == NO_TIME else ts // _NS_PER_US


def texts(column: TextArray) -> list[str | None]:
    """Return a text column, unknown as None."""
    return [text or None for text in column.tolist()]


def _dates(column: DateArray) -> list[str | None]:
    return [None if np.isnat(day) else str(day) for day in column]


def _age_us(ts: int, flushed: int) -> int:
    """Return the age of an instant at the flush, 0 if it lies ahead, as a frame can hold it."""
    if ts == NO_TIME:
        return AGE_UNKNOWN
    return min(max((flushed - ts) // _NS_PER_US, 0), AGE_UNKNOWN - 1)
