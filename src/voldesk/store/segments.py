"""The files of a recording's ticks: a log while they come, a sorted file once it is complete."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from voldesk.model.errors import StorageError
from voldesk.model.quotes import FloatArray, IntArray
from voldesk.model.ticks import TICK_DTYPE, TickBatch
from voldesk.store.atomic import TEMPORARY, write_whole
from voldesk.store.schema import (
    LOG_SCHEMA,
    SCHEMA_VERSION,
    SEQ,
    SORTED_SCHEMA,
    TICK_COLUMNS,
    VERSION_KEY,
    arrow_columns,
    ticks_of_arrow,
    ticks_to_arrow,
    unsaid,
)

LOG_SUFFIX: Final = ".arrows"
SORTED_SUFFIX: Final = ".parquet"
FOLDER: Final = "ticks"

_FIRST_SEQ: Final = b"first_seq"
_FIRST_TS: Final = b"first_ts"
_LAST_TS: Final = b"last_ts"

# A log lives for minutes, so it is packed for speed: LZ4 takes half of zstd's time for 1.7 times
# its bytes. It is compressed by the thread that writes it, which leaves pyarrow's pool alone.
_LOG_OPTIONS: Final = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)

_MARKER: Final = b"\xff" * 4
_MOST_METADATA: Final = 65_536  # bytes; ours are a few thousand

ROW_GROUP_ROWS: Final = 262_144

# Prices and sizes sit on ticks and repeat along one instrument: a dictionary stores them in
# 0.7 of the bytes of byte-stream-split floats (measured on a real chain and on a random walk).
_DICTIONARY: Final = [
    "present",
    "kind",
    "data_type",
    "bid",
    "ask",
    "last",
    "bid_size",
    "ask_size",
    "volume",
    "open_interest",
]
_ENCODING: Final = {
    "instrument": "DELTA_BINARY_PACKED",
    "ts_event": "DELTA_BINARY_PACKED",
    "ts_recv": "DELTA_BINARY_PACKED",
    SEQ: "DELTA_BINARY_PACKED",
}

# What a venue computes sits on a grid where it rounds (Deribit) and on none where it does not
# (Interactive Brokers): the wrong one of the two encodings takes 1.4 times the bytes.
_COMPUTED: Final = (
    "mark",
    "vendor_iv",
    "forward",
    "vendor_delta",
    "vendor_gamma",
    "vendor_vega",
    "vendor_theta",
)
_SAMPLED_ROWS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Segment:
    """
    A stretch of ticks in order of arrival.

    Attributes:
        number: Its place among the segments, from 1.
        first_seq: Place of its first tick in the recording.
        rows: How many ticks it has.
        first_ts: The smallest ``ts_recv``.
        last_ts: The largest.
    """

    number: int
    first_seq: int
    rows: int
    first_ts: int
    last_ts: int


class LogWriter:
    """The log being written. Every batch handed to `write` is with the system when it returns."""

    def __init__(self, path: Path, first_seq: int) -> None:
        """
        Begin a log.

        Raises:
            OSError: The file is there already, or cannot be made.
        """
        path.touch(exist_ok=False)
        self._file = pa.OSFile(str(path), "wb")
        schema = LOG_SCHEMA.with_metadata({VERSION_KEY: SCHEMA_VERSION, _FIRST_SEQ: str(first_seq)})
        self._stream = pa.ipc.new_stream(self._file, schema, options=_LOG_OPTIONS)
        self.rows = 0

    def write(self, batch: TickBatch) -> None:
        """
        Append ticks.

        Raises:
            OSError: The disk is full or gone; the log may end in the middle of this batch.
        """
        self._stream.write_batch(ticks_to_arrow(batch))
        self.rows += len(batch)

    def close(self) -> None:
        """Finish the log; OSError as for `write`."""
        try:
            self._stream.close()
        finally:
            self._file.close()


def log_path(folder: Path, number: int) -> Path:
    """Return where the log of a segment lies in a recording's folder."""
    return folder / FOLDER / f"{number:06d}{LOG_SUFFIX}"


def sorted_path(folder: Path, number: int) -> Path:
    """Return where the sorted file of a segment lies in a recording's folder."""
    return folder / FOLDER / f"{number:06d}{SORTED_SUFFIX}"


def segment_numbers(folder: Path) -> list[int]:
    """Return the numbers of a recording's segments, ascending, each once."""
    found = {
        int(path.stem)
        for path in (folder / FOLDER).glob("*")
        if path.suffix in {LOG_SUFFIX, SORTED_SUFFIX} and path.stem.isdigit()
    }
    return sorted(found)


def remove_unfinished(folder: Path) -> None:
    """Remove what a writer that died was about to make; its log still has the ticks."""
    for path in (folder / FOLDER).glob("*" + TEMPORARY):
        path.unlink()


def describe(folder: Path, number: int) -> Segment:
    """
    Return what a segment holds: of a log, its whole batches.

    Raises:
        StorageError: The file cannot be read.
    """
    path = sorted_path(folder, number)
    try:
        if path.exists():
            return _describe_sorted(path, number)
        try:
            return _describe_log(log_path(folder, number), number)
        except FileNotFoundError:  # it was sorted in the meantime
            return _describe_sorted(path, number)
    except (OSError, pa.ArrowException, KeyError, ValueError) as exc:
        raise StorageError(f"segment {number} of {folder} cannot be read: {exc}") from exc


def read_segment(folder: Path, segment: Segment) -> TickBatch:
    """
    Return a segment's ticks in order of arrival; of one that has grown since, those described.

    Raises:
        StorageError: The file cannot be read, or holds other ticks than described.
    """
    path = sorted_path(folder, segment.number)
    try:
        if path.exists():
            ticks = _read_sorted(path, segment)
        else:
            try:
                ticks = _read_log(log_path(folder, segment.number), segment.rows)
            except FileNotFoundError:  # it was sorted in the meantime
                ticks = _read_sorted(path, segment)
    except (OSError, pa.ArrowException, KeyError, ValueError) as exc:
        raise StorageError(f"segment {segment.number} of {folder} cannot be read: {exc}") from exc
    if len(ticks) < segment.rows:
        raise StorageError(
            f"segment {segment.number} of {folder} has {len(ticks)} rows, {segment.rows} were there"
        )
    return ticks[: segment.rows]


def compact(folder: Path, number: int) -> Segment:
    """
    Turn a segment's log into its sorted file, and only then remove the log.

    Safe to repeat wherever it was interrupted: while both files are there the sorted one counts.
    A log without a whole batch is removed and leaves nothing.

    Raises:
        OSError: The disk refuses; the log stays.
        StorageError: The log, or the sorted file that is already there, cannot be read.
    """
    path, log = sorted_path(folder, number), log_path(folder, number)
    if not path.exists():
        segment = describe(folder, number)
        if segment.rows:
            ticks = read_segment(folder, segment)
            write_whole(path, lambda unfinished: _write_sorted(unfinished, ticks, segment))
    else:
        segment = describe(folder, number)
    log.unlink(missing_ok=True)
    return segment


def _open_log(path: Path) -> tuple[int, Iterator[pa.RecordBatch]]:
    """Return the place of a log's first tick, and its whole batches."""
    file = pa.OSFile(str(path), "rb")
    end = file.size()
    try:
        stream = pa.ipc.open_stream(file)
    except pa.ArrowInvalid:
        if not _is_torn(file, 0, end):
            raise
        return 0, iter(())  # the writer died before the schema was out
    return int(stream.schema.metadata[_FIRST_SEQ]), _whole_batches(stream, file, end)


def _whole_batches(
    stream: pa.ipc.RecordBatchStreamReader, file: pa.OSFile, end: int
) -> Iterator[pa.RecordBatch]:
    """Yield batches up to one that was not written out: a killed writer leaves that."""
    while True:
        start = file.tell()
        try:
            batch = stream.read_next_batch()
        except StopIteration:
            if file.tell() < end and file.read().strip(b"\0"):
                raise ValueError(f"the log ends at byte {start} and {end} are there") from None
            return
        except (pa.ArrowInvalid, OSError):
            if not _is_torn(file, start, end):
                raise
            return
        yield batch


def _is_torn(file: pa.OSFile, start: int, end: int) -> bool:
    """
    Say whether a message that cannot be read was cut off by the end of the file.

    Otherwise it is damage, after which whole batches may follow.

    Source: Arrow columnar format, "Encapsulated message format": a marker of four bytes 0xFF,
    then the size of the metadata, int32.
    """
    if file.tell() < end:
        return False
    file.seek(start)
    marker, size = file.read(4), file.read(4)
    is_message = marker == _MARKER[: len(marker)]
    return is_message and (len(size) < 4 or int.from_bytes(size, "little") < _MOST_METADATA)


def _describe_log(path: Path, number: int) -> Segment:
    first_seq, batches = _open_log(path)
    rows, first, last = 0, np.iinfo(np.int64).max, np.iinfo(np.int64).min
    for batch in batches:
        times = batch.column("ts_recv").to_numpy()
        rows += len(times)
        first, last = min(first, times.min()), max(last, times.max())
    return Segment(number, first_seq, rows, int(first), int(last))


def _read_log(path: Path, rows: int) -> TickBatch:
    """Return the first ticks of a log, fewer if it has no more."""
    ticks = np.zeros(rows, dtype=TICK_DTYPE)
    count = 0
    for batch in _open_log(path)[1]:
        part = ticks_of_arrow(batch)[: rows - count]
        ticks[count : count + len(part)] = part
        count += len(part)
        if count == rows:
            break
    return ticks[:count]


def _write_sorted(path: Path, ticks: TickBatch, segment: Segment) -> None:
    """Write ticks sorted by instrument, time and arrival, one row group at a time."""
    order = np.lexsort((ticks["ts_recv"], ticks["instrument"]))
    schema = SORTED_SCHEMA.with_metadata(
        {
            VERSION_KEY: SCHEMA_VERSION,
            _FIRST_SEQ: str(segment.first_seq),
            _FIRST_TS: str(segment.first_ts),
            _LAST_TS: str(segment.last_ts),
        }
    )
    gridded = [name for name in _COMPUTED if _is_gridded(ticks[name][order[:_SAMPLED_ROWS]])]
    loose = dict.fromkeys(set(_COMPUTED) - set(gridded), "BYTE_STREAM_SPLIT")
    with pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        compression_level=3,
        use_dictionary=[*_DICTIONARY, *gridded],
        column_encoding=_ENCODING | loose,
        write_page_index=True,
    ) as writer:
        for start in range(0, len(order), ROW_GROUP_ROWS):
            writer.write_batch(
                _sorted_rows(ticks, order[start : start + ROW_GROUP_ROWS], segment, schema)
            )


def _is_gridded(sample: FloatArray) -> bool:
    """Say whether values repeat: the first ones, of which neighbours are of one instrument."""
    return 2 * np.unique(sample).size <= sample.size


def _sorted_rows(
    ticks: TickBatch, rows: IntArray, segment: Segment, schema: pa.Schema
) -> pa.RecordBatch:
    columns = [*arrow_columns(ticks, rows), pa.array(rows + segment.first_seq)]
    return pa.record_batch(columns, schema=schema)


def _describe_sorted(path: Path, number: int) -> Segment:
    with pq.ParquetFile(path) as file:
        says = file.schema_arrow.metadata
        return Segment(
            number,
            int(says[_FIRST_SEQ]),
            file.metadata.num_rows,
            int(says[_FIRST_TS]),
            int(says[_LAST_TS]),
        )


def _read_sorted(path: Path, segment: Segment) -> TickBatch:
    """Put each tick back to where it arrived: its ``seq`` is its place, no sorting is needed."""
    with pq.ParquetFile(path) as file:
        place = _column(file, SEQ) - segment.first_seq
        ticks = np.zeros(file.metadata.num_rows, dtype=TICK_DTYPE)
        if len(place) and (place.min() < 0 or place.max() >= len(place)):
            raise ValueError(f"{SEQ} {place.min()} to {place.max()} for {len(place)} rows")
        names = file.schema_arrow.names
        for name in TICK_COLUMNS:
            ticks[name][place] = _column(file, name) if name in names else unsaid(name)
    return ticks


def _column(file: pq.ParquetFile, name: str) -> IntArray:
    column: IntArray = file.read(columns=[name]).column(0).to_numpy()
    return column
