"""Logs, sorted files, and the way from one to the other."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voldesk.model.errors import StorageError
from voldesk.model.ticks import DataType, Field, TickBatch
from voldesk.store import segments
from voldesk.store.schema import _ADDED, SORTED_SCHEMA, joined
from voldesk.store.segments import (
    FOLDER,
    LogWriter,
    compact,
    describe,
    log_path,
    read_segment,
    remove_unfinished,
    segment_numbers,
    sorted_path,
)

Make = Callable[..., TickBatch]


def _log(folder: Path, batches: list[TickBatch], *, number: int = 1, first_seq: int = 0) -> Path:
    (folder / FOLDER).mkdir(exist_ok=True)
    path = log_path(folder, number)
    log = LogWriter(path, first_seq)
    for batch in batches:
        log.write(batch)
    log.close()
    return path


def _whole(folder: Path, number: int = 1) -> TickBatch:
    return read_segment(folder, describe(folder, number))


def test_a_log_reads_back_while_it_is_written(tmp_path: Path, make_ticks: Make) -> None:
    """A batch is readable as soon as ``write`` has returned, before the log is closed."""
    (tmp_path / FOLDER).mkdir()
    log = LogWriter(log_path(tmp_path, 1), 40)
    assert describe(tmp_path, 1).rows == 0
    log.write(make_ticks(3))
    segment = describe(tmp_path, 1)
    assert (segment.first_seq, segment.rows) == (40, 3)
    log.write(make_ticks(2, 3))
    assert read_segment(tmp_path, segment).tobytes() == joined(make_ticks(3)).tobytes()
    assert _whole(tmp_path).tobytes() == joined(make_ticks(5)).tobytes()
    log.close()


def test_a_log_is_never_written_over(tmp_path: Path, make_ticks: Make) -> None:
    """A log that is there already is an error, not a fresh start."""
    _log(tmp_path, [make_ticks(1)])
    with pytest.raises(FileExistsError):
        LogWriter(log_path(tmp_path, 1), 0)


def test_a_log_cut_anywhere_gives_its_whole_batches(tmp_path: Path, make_ticks: Make) -> None:
    """Whatever number of bytes a killed writer got out, what reads back is whole batches."""
    path = _log(tmp_path, [make_ticks(4, first) for first in range(0, 12, 4)])
    data = path.read_bytes()
    found = set()
    for size in {*range(0, len(data), 17), *range(len(data) - 40, len(data))}:
        path.write_bytes(data[:size])
        segment = describe(tmp_path, 1)
        ticks = read_segment(tmp_path, segment)
        assert ticks.tobytes() == joined(make_ticks(len(ticks))).tobytes()
        found.add(len(ticks))
    assert found == {0, 4, 8, 12}


@pytest.mark.parametrize("fill", [b"\xff", b"\x07", b"\x00"])
@pytest.mark.parametrize("place", range(16))
def test_a_log_damaged_in_the_middle_is_an_error(
    tmp_path: Path, make_ticks: Make, fill: bytes, place: int
) -> None:
    """Damage that no killed writer leaves is told, never taken for the end: the log stays."""
    path = _log(tmp_path, [make_ticks(2000, first) for first in range(0, 8000, 2000)])
    data = bytearray(path.read_bytes())
    start = len(data) * place // 20
    data[start : start + 3000] = fill * 3000
    path.write_bytes(data)
    with pytest.raises(StorageError, match="segment 1 of"):
        compact(tmp_path, 1)
    assert path.exists()


def test_a_sorted_file_is_sorted_and_reads_back_in_order(tmp_path: Path, make_ticks: Make) -> None:
    """On disk by instrument and time, out of the reader as they came."""
    _log(tmp_path, [make_ticks(500), make_ticks(700, 500)], first_seq=1_000)
    before = describe(tmp_path, 1)
    assert compact(tmp_path, 1) == before
    assert describe(tmp_path, 1) == before
    assert not log_path(tmp_path, 1).exists()
    table = pq.read_table(sorted_path(tmp_path, 1))
    order = np.lexsort((table["ts_recv"].to_numpy(), table["instrument"].to_numpy()))
    assert order.tolist() == list(range(1200))
    assert sorted(table["seq"].to_pylist()) == list(range(1_000, 2_200))
    assert _whole(tmp_path).tobytes() == joined(make_ticks(1200)).tobytes()


def test_row_groups_change_nothing(
    tmp_path: Path, make_ticks: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A segment of several row groups reads back the same."""
    monkeypatch.setattr(segments, "ROW_GROUP_ROWS", 64)
    _log(tmp_path, [make_ticks(500)])
    compact(tmp_path, 1)
    assert pq.ParquetFile(sorted_path(tmp_path, 1)).num_row_groups == 8
    assert _whole(tmp_path).tobytes() == joined(make_ticks(500)).tobytes()


@settings(max_examples=60, deadline=None)
@given(times=st.lists(st.integers(-3, 3), min_size=1, max_size=60))
def test_the_order_of_arrival_survives_any_clock(
    times: list[int], tmp_path_factory: pytest.TempPathFactory, make_ticks: Make
) -> None:
    """Ticks whose time stands still or goes back come out as they came in."""
    folder = tmp_path_factory.mktemp("clock")
    ticks = make_ticks(len(times))
    ticks["ts_recv"] = times
    _log(folder, [ticks])
    segment = compact(folder, 1)
    assert (segment.first_ts, segment.last_ts) == (min(times), max(times))
    assert _whole(folder).tobytes() == joined(ticks).tobytes()


def test_a_crash_between_sorting_and_removal_repeats_no_row(
    tmp_path: Path, make_ticks: Make
) -> None:
    """While both files are there the sorted one counts, and the next try removes the log."""
    path = _log(tmp_path, [make_ticks(50)])
    kept = path.read_bytes()
    compact(tmp_path, 1)
    path.write_bytes(kept)
    assert segment_numbers(tmp_path) == [1]
    assert len(_whole(tmp_path)) == 50
    compact(tmp_path, 1)
    assert not path.exists()
    assert len(_whole(tmp_path)) == 50


def test_a_crash_while_sorting_leaves_the_log(tmp_path: Path, make_ticks: Make) -> None:
    """An unfinished sorted file is no segment and is removed."""
    _log(tmp_path, [make_ticks(50)])
    unfinished = sorted_path(tmp_path, 1).with_name("000001.parquet.tmp")
    unfinished.write_bytes(b"PAR1 and no end")
    assert segment_numbers(tmp_path) == [1]
    assert len(_whole(tmp_path)) == 50
    remove_unfinished(tmp_path)
    assert not unfinished.exists()


def test_a_log_without_a_whole_batch_leaves_nothing(tmp_path: Path, make_ticks: Make) -> None:
    """Sorting a log that was torn in its first batch removes it."""
    path = _log(tmp_path, [make_ticks(50)])
    path.write_bytes(path.read_bytes()[:-600])
    assert compact(tmp_path, 1).rows == 0
    assert segment_numbers(tmp_path) == []


def test_a_reader_follows_a_segment_that_is_sorted_meanwhile(
    tmp_path: Path, make_ticks: Make
) -> None:
    """A segment described as a log is read from its sorted file once that replaced it."""
    _log(tmp_path, [make_ticks(50)])
    segment = describe(tmp_path, 1)
    compact(tmp_path, 1)
    assert read_segment(tmp_path, segment).tobytes() == joined(make_ticks(50)).tobytes()


def test_a_segment_that_lost_rows_is_an_error(tmp_path: Path, make_ticks: Make) -> None:
    """Fewer rows than were described are never passed off as all."""
    path = _log(tmp_path, [make_ticks(50)])
    segment = describe(tmp_path, 1)
    path.unlink()
    _log(tmp_path, [make_ticks(20)])
    with pytest.raises(StorageError, match="20 rows, 50 were there"):
        read_segment(tmp_path, segment)


def test_a_segment_that_is_gone_is_an_error(tmp_path: Path, make_ticks: Make) -> None:
    """Neither file being there names the segment."""
    path = _log(tmp_path, [make_ticks(50)])
    segment = describe(tmp_path, 1)
    path.unlink()
    with pytest.raises(StorageError, match="segment 1 of"):
        read_segment(tmp_path, segment)
    with pytest.raises(StorageError, match="segment 1 of"):
        describe(tmp_path, 1)


def test_a_damaged_sorted_file_is_an_error(tmp_path: Path, make_ticks: Make) -> None:
    """A file without its footer cannot be read."""
    _log(tmp_path, [make_ticks(50)])
    compact(tmp_path, 1)
    path = sorted_path(tmp_path, 1)
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(StorageError, match="segment 1 of"):
        describe(tmp_path, 1)


def test_a_sorted_file_with_foreign_places_is_an_error(tmp_path: Path, make_ticks: Make) -> None:
    """Rows whose ``seq`` does not belong to the segment are not put anywhere."""
    _log(tmp_path, [make_ticks(50)])
    compact(tmp_path, 1)
    path = sorted_path(tmp_path, 1)
    table = pq.read_table(path)
    at = table.column_names.index("seq")
    pq.write_table(table.set_column(at, "seq", [np.arange(50) + 9]), path)
    with pytest.raises(StorageError, match="seq 9 to 58 for 50 rows"):
        _whole(tmp_path)


def test_other_files_are_no_segments(tmp_path: Path) -> None:
    """What a user puts beside the segments is left alone."""
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "notes.parquet").touch()
    (tmp_path / FOLDER / "000001.csv").touch()
    assert segment_numbers(tmp_path) == []
    assert segment_numbers(tmp_path / "nowhere") == []


def _without_added_columns(path: Path) -> None:
    """Make a log or a sorted file what version 1.0 wrote."""
    added = set(_ADDED)
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        pq.write_table(table.drop_columns(sorted(added)), path)
        return
    with pa.OSFile(str(path), "rb") as file:
        table = pa.ipc.open_stream(file).read_all()
    old = table.drop_columns(sorted(added))
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, old.schema) as stream:
        stream.write_table(old)


def test_files_of_the_first_version_are_read(tmp_path: Path, make_ticks: Make) -> None:
    """A log and a sorted file without the columns added since give the ticks they hold."""
    for number, is_sorted in ((1, False), (2, True)):
        _log(tmp_path, [make_ticks(5)], number=number)
        if is_sorted:
            compact(tmp_path, number)
        _without_added_columns(
            (sorted_path if is_sorted else log_path)(tmp_path, number),
        )
        assert _whole(tmp_path, number).tobytes() == joined(make_ticks(5)).tobytes()


def test_a_log_of_the_first_version_is_sorted(tmp_path: Path, make_ticks: Make) -> None:
    """A recording that is taken up sorts what an older writer left, and it is whole."""
    _without_added_columns(_log(tmp_path, [make_ticks(5)]))
    compact(tmp_path, 1)
    assert pq.read_schema(sorted_path(tmp_path, 1)).names == SORTED_SCHEMA.names
    assert _whole(tmp_path).tobytes() == joined(make_ticks(5)).tobytes()


def test_every_value_survives_sorting(tmp_path: Path, make_ticks: Make) -> None:
    """Each field that was sent is there again, how live the tick was too."""
    ticks = make_ticks(50)
    for place, field in enumerate(Field):
        ticks[str(field.name).lower()][::3] = 1.0 / (place + 1.0)
    ticks["present"] |= np.uint32(sum(Field))
    ticks["data_type"] = np.arange(50) % len(DataType)
    _log(tmp_path, [ticks])
    compact(tmp_path, 1)
    assert _whole(tmp_path).tobytes() == joined(ticks).tobytes()


@pytest.mark.parametrize(("digits", "encoding"), [(2, "RLE_DICTIONARY"), (15, "BYTE_STREAM_SPLIT")])
def test_what_a_venue_computes_is_encoded_as_it_rounds(
    tmp_path: Path, make_ticks: Make, digits: int, encoding: str
) -> None:
    """Rounded figures repeat and go by a dictionary, others by their bytes; both come back."""
    ticks = make_ticks(2_000)
    ticks["vendor_delta"] = np.round(np.random.default_rng(1).random(2_000), digits)
    ticks["present"] |= np.uint32(Field.VENDOR_DELTA)
    _log(tmp_path, [ticks])
    compact(tmp_path, 1)
    group = pq.read_metadata(sorted_path(tmp_path, 1)).row_group(0)
    columns = {group.column(place).path_in_schema: place for place in range(group.num_columns)}
    assert encoding in group.column(columns["vendor_delta"]).encodings
    assert _whole(tmp_path).tobytes() == joined(ticks).tobytes()
