"""The form of a recording: its version, what it says about itself, its tables in Arrow."""

import json
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import pyarrow as pa

from voldesk.model.conventions import Profile
from voldesk.model.errors import ConfigError, StorageError
from voldesk.model.listing import Listing
from voldesk.model.quotes import IntArray
from voldesk.model.ticks import TICK_DTYPE, DataType, Field, TickBatch

SCHEMA_VERSION: Final = "1.1"
"""``major.minor``: a minor step adds columns, which older readers pass over; a major one does not
read with older readers at all."""

VERSION_KEY: Final = b"voldesk.schema"

META_NAME: Final = "meta.json"
LISTING_NAME: Final = "listing.parquet"

_LISTING_TYPES: Final = {
    "key": pa.string(),
    "symbol": pa.string(),
    "underlying": pa.string(),
    "market": pa.string(),
    "root": pa.string(),
    "expiry": pa.date32(),  # null: no option
    "is_call": pa.bool_(),
    "strike": pa.float64(),
    "is_option": pa.bool_(),
    "multiplier": pa.float64(),
    "tick_size": pa.float64(),
}

TICK_COLUMNS: Final = tuple(TICK_DTYPE.names or ())
"""Columns of a tick, named and typed as in `model.ticks.TICK_DTYPE`; NaN stays NaN, not null."""

_BIT_OF: Final = {str(field.name).lower(): field.value for field in Field}

_BITS: Final = tuple((name, _BIT_OF.get(name)) for name in TICK_COLUMNS)

_ADDED: Final = {
    "mark": np.nan,
    "forward": np.nan,
    "vendor_delta": np.nan,
    "vendor_gamma": np.nan,
    "vendor_vega": np.nan,
    "vendor_theta": np.nan,
    "data_type": DataType.LIVE.value,
}  # columns that version 1.0 did not have

SEQ: Final = "seq"
"""Column of the sorted files: a tick's place in the order of arrival, from 0, without holes."""

LOG_SCHEMA: Final = pa.schema(
    [(name, pa.from_numpy_dtype(TICK_DTYPE[name])) for name in TICK_COLUMNS]
)
"""Ticks in order of arrival."""

SORTED_SCHEMA: Final = LOG_SCHEMA.append(pa.field(SEQ, pa.int64()))
"""Ticks sorted by instrument, then ``ts_recv``, then ``seq``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """
    What a recording says about itself.

    Attributes:
        feed: The name of the feed that was recorded.
        profiles: Conventions per underlying.
        start: When the recording was begun, int64 UTC ns.
        schema: Version of the form it is written in.
        voldesk: Version of voldesk that wrote it.
    """

    feed: str
    profiles: dict[str, Profile]
    start: int
    schema: str = SCHEMA_VERSION
    voldesk: str = field(default_factory=lambda: version("voldesk"))


def meta_bytes(meta: Meta) -> bytes:
    """Return the JSON of ``meta.json``, the inverse of `meta_of`."""
    return msgspec.json.format(msgspec.json.encode(meta), indent=2) + b"\n"


def meta_of(data: bytes, where: Path) -> Meta:
    """
    Read the JSON of ``meta.json``; keys we do not know are passed over.

    Raises:
        ConfigError: The recording is of a newer major version than we read.
        StorageError: It is no such JSON; ``where`` names the file.
    """
    try:
        says = json.loads(data)
        check_version(str(says["schema"]), str(says.get("voldesk", "unknown")), where)
        return msgspec.json.decode(data, type=Meta)
    except (ValueError, KeyError, TypeError, AttributeError, msgspec.MsgspecError) as exc:
        raise StorageError(f"{where} does not describe a recording: {exc}") from exc


def check_version(schema: str, writer: str, where: Path) -> None:
    """
    Refuse what a newer major version wrote.

    Raises:
        ConfigError: The major version is above ours; both are named.
        ValueError: The version is not written ``major.minor``.
    """
    major = int(schema.partition(".")[0])
    ours = int(SCHEMA_VERSION.partition(".")[0])
    if major > ours:
        raise ConfigError(
            f"{where} is a recording of version {schema}, written by voldesk {writer}; this is"
            f" voldesk {version('voldesk')}, which reads versions up to {ours}.x: update voldesk"
        )


def listing_table(listing: Listing) -> pa.Table:
    """Return a listing as a table, its rows in order, the inverse of `listing_of`."""
    columns = [
        pa.array(getattr(listing, name), type=kind, from_pandas=name == "expiry")
        for name, kind in _LISTING_TYPES.items()
    ]
    schema = pa.schema(list(_LISTING_TYPES.items()), metadata={VERSION_KEY: SCHEMA_VERSION})
    return pa.table(columns, schema=schema)


def listing_of(table: pa.Table) -> Listing:
    """
    Return the listing a table holds; columns we do not know are passed over.

    Raises:
        ValueError: A column is missing.
    """
    columns: dict[str, Any] = {}
    for name, kind in _LISTING_TYPES.items():
        if name not in table.column_names:
            raise ValueError(f"the listing has no column {name}")
        column = table[name].combine_chunks()
        if pa.types.is_string(kind):
            columns[name] = np.array(column.to_pylist(), dtype=np.object_)
        else:
            columns[name] = column.to_numpy(zero_copy_only=False)
    return Listing.build(**columns)


def ticks_to_arrow(batch: TickBatch) -> pa.RecordBatch:
    """Return ticks as a record batch of `LOG_SCHEMA`, every bit that was sent in its place."""
    return pa.record_batch(arrow_columns(batch, slice(None)), schema=LOG_SCHEMA)


def arrow_columns(ticks: TickBatch, rows: slice | IntArray) -> list[pa.Array]:
    """
    Return the columns of chosen ticks.

    A value that none of the ticks carries is NaN in all of them: what stands there is not read.
    """
    sent = int(np.bitwise_or.reduce(ticks["present"]))
    nothing = pa.array(np.full(len(ticks["kind"][rows]), np.nan))
    return [
        pa.array(np.ascontiguousarray(ticks[name][rows])) if bit is None or bit & sent else nothing
        for name, bit in _BITS
    ]


def ticks_of_arrow(columns: pa.RecordBatch | pa.Table) -> TickBatch:
    """
    Return the ticks of a record batch or table in the order of its rows.

    A column that the version of the writer did not have yet says nothing: NaN, or live.

    Raises:
        ValueError: A column is missing that every version has.
    """
    ticks = np.zeros(columns.num_rows, dtype=TICK_DTYPE)  # as in `joined`
    names = columns.schema.names
    for name in TICK_COLUMNS:
        is_there = name in names
        ticks[name] = columns.column(name).to_numpy() if is_there else unsaid(name)
    return ticks


def unsaid(name: str) -> float:
    """
    Return what stands for a column in ticks of a version that did not have it.

    Raises:
        ValueError: Every version has it.
    """
    if name not in _ADDED:
        raise ValueError(f"the ticks have no column {name}")
    return float(_ADDED[name])


def joined(*parts: TickBatch) -> TickBatch:
    """
    Return ticks one after another in an array of their own: equal ticks are equal bytes.

    NumPy's own ways to pick or join rows leave what lies between the columns to chance.
    """
    ticks = np.zeros(sum(map(len, parts)), dtype=TICK_DTYPE)
    end = 0
    for part in parts:
        ticks[end : end + len(part)] = part
        end += len(part)
    return ticks
