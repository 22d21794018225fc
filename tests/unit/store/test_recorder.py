"""The recorder: nothing taken is lost, and what stops it is told."""

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voldesk.model.clock import ManualClock
from voldesk.model.conventions import Profile
from voldesk.model.errors import ConfigError, StorageError
from voldesk.model.listing import Listing
from voldesk.model.ticks import ALL_INSTRUMENTS, TickBatch, TickKind, empty_batch
from voldesk.store.recorder import Recorder
from voldesk.store.recording import Recording
from voldesk.store.schema import joined
from voldesk.store.segments import FOLDER, segment_numbers

Make = Callable[..., TickBatch]
Open = Callable[..., Recorder]
DEADLINE_SECS = 30.0
HOURLY = 3600.0


@pytest.fixture(scope="session")
def opened(listing: Listing, profiles: dict[str, Profile]) -> Open:
    """Return a maker of recorders that flush only when told to."""

    def make(folder: Path, **changes: object) -> Recorder:
        given: dict[str, object] = {
            "flush_secs": HOURLY,
            "segment_secs": HOURLY,
            "clock": ManualClock(17),
            **changes,
        }
        return Recorder(folder, listing, profiles, feed="sim", **given)  # type: ignore[arg-type]  # by name

    return make


def _read(folder: Path) -> TickBatch:
    return joined(*Recording.open(folder).batches())


def _until_flushed(recorder: Recorder, count: int) -> None:
    end = time.monotonic() + DEADLINE_SECS
    while recorder.flushed < count:
        assert time.monotonic() < end
        threading.Event().wait(0.002)


def test_what_was_written_reads_back(tmp_path: Path, opened: Open, make_ticks: Make) -> None:
    """Ticks, listing, profiles, feed and start come back; batches of any size, none too."""
    with opened(tmp_path) as recorder:
        for first, count in ((0, 1), (1, 0), (1, 12_345), (12_346, 7)):
            recorder.write(make_ticks(count, first))
    recording = Recording.open(tmp_path)
    assert (recording.feed, recording.meta.start, recording.count) == ("sim", 17, 12_353)
    assert list(recording.profiles) == ["ABC"]
    assert _read(tmp_path).tobytes() == joined(make_ticks(12_353)).tobytes()
    assert [path.suffix for path in (tmp_path / FOLDER).iterdir()] == [".parquet"]


def test_flushed_ticks_are_readable_at_once(tmp_path: Path, opened: Open, make_ticks: Make) -> None:
    """Another reader sees every tick as soon as ``flush`` has returned."""
    with opened(tmp_path) as recorder:
        recorder.write(make_ticks(10))
        assert (recorder.waiting, recorder.flushed) == (10, 0)
        recorder.flush()
        assert (recorder.waiting, recorder.flushed) == (0, 10)
        assert Recording.open(tmp_path).count == 10
        recorder.flush()


def test_full_batches_are_written_without_being_asked(
    tmp_path: Path, opened: Open, make_ticks: Make
) -> None:
    """As soon as ``flush_rows`` wait they are written."""
    with opened(tmp_path, flush_rows=100) as recorder:
        recorder.write(make_ticks(99))
        recorder.write(make_ticks(1, 99))
        _until_flushed(recorder, 100)


def test_a_single_tick_is_written_in_time(tmp_path: Path, opened: Open, make_ticks: Make) -> None:
    """The flush interval writes what waits, however little, again and again."""
    with opened(tmp_path, flush_secs=0.001) as recorder:
        for first in range(3):
            recorder.write(make_ticks(1, first))
            _until_flushed(recorder, first + 1)


def test_the_callers_array_may_be_reused(tmp_path: Path, opened: Open, make_ticks: Make) -> None:
    """What was handed over is a copy."""
    with opened(tmp_path) as recorder:
        batch = make_ticks(5)
        recorder.write(batch)
        batch["volume"] = -1.0
    assert _read(tmp_path)["volume"].tolist() == [0, 1, 2, 3, 4]


def test_a_segment_ends_by_size(tmp_path: Path, opened: Open, make_ticks: Make) -> None:
    """A log that has its rows is closed and sorted."""
    with opened(tmp_path, flush_rows=10, segment_rows=25) as recorder:
        recorder.write(make_ticks(95))
    assert segment_numbers(tmp_path) == [1, 2, 3, 4]
    assert _read(tmp_path).tobytes() == joined(make_ticks(95)).tobytes()


def test_a_segment_ends_by_age(tmp_path: Path, opened: Open, make_ticks: Make) -> None:
    """The handed clock tells when a log is old; the tick that finds it so still belongs to it."""
    clock = ManualClock(17)
    with opened(tmp_path, segment_secs=300.0, clock=clock) as recorder:
        for first in range(4):
            recorder.write(make_ticks(1, first))
            recorder.flush()
            clock.advance(200_000_000_000)
    assert segment_numbers(tmp_path) == [1, 2]
    assert _read(tmp_path)["volume"].tolist() == [0, 1, 2, 3]


@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(
        st.one_of(
            st.integers(0, 40),
            st.sampled_from(["flush", "rotate", "reopen"]),
        ),
        max_size=25,
    )
)
def test_any_sequence_of_steps_keeps_every_tick_in_order(
    steps: list[int | str],
    opened: Open,
    make_ticks: Make,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Write, flush, rotate, reopen in any order: the same ticks come out, a GAP per reopening."""
    folder = tmp_path_factory.mktemp("steps")
    expected: list[TickBatch] = []
    written = 0
    recorder = opened(folder, flush_rows=8, segment_rows=30)
    for step in steps:
        if isinstance(step, int):
            expected.append(make_ticks(step, written))
            recorder.write(expected[-1])
            written += step
        elif step == "reopen":
            recorder.close()
            recorder = opened(folder, flush_rows=8, segment_rows=30)
            if sum(map(len, expected)):
                expected.append(_gap(17))
        else:
            getattr(recorder, step)()
            assert _read(folder).tobytes() == joined(*expected).tobytes()
    recorder.close()
    assert _read(folder).tobytes() == joined(*expected).tobytes()


def _gap(now: int) -> TickBatch:
    gap = empty_batch(1)
    gap["instrument"], gap["kind"] = ALL_INSTRUMENTS, TickKind.GAP
    gap["ts_event"] = gap["ts_recv"] = now
    return gap


def test_what_is_no_tick_of_the_listing_is_refused(
    tmp_path: Path, opened: Open, make_ticks: Make
) -> None:
    """Nothing of the batch is recorded, and recording goes on."""
    with opened(tmp_path) as recorder:
        for instrument in (5, -2):
            batch = make_ticks(3)
            batch["instrument"][1] = instrument
            with pytest.raises(ValueError, match="the listing has 0 to 4"):
                recorder.write(batch)
        with pytest.raises(ValueError, match="expected TICK_DTYPE"):
            recorder.write(np.zeros(3, dtype=[("instrument", np.int32)]))
        recorder.write(_gap(1))
        recorder.write(make_ticks(1))
    assert len(_read(tmp_path)) == 2


def test_a_disk_that_falls_behind_stops_the_recording(
    tmp_path: Path, opened: Open, make_ticks: Make
) -> None:
    """More than may wait is refused as a whole, told again each time, and what waited is kept."""
    recorder = opened(tmp_path, flush_rows=1000, waiting_rows=100)
    recorder.write(make_ticks(80))
    with pytest.raises(StorageError, match="at most 100 may wait") as first:
        recorder.write(make_ticks(101, 80))
    assert recorder.failure is first.value
    steps: tuple[Callable[[], None], ...] = (
        lambda: recorder.write(make_ticks(1)),
        recorder.flush,
        recorder.rotate,
    )
    for step in steps:
        with pytest.raises(StorageError, match="at most 100 may wait"):
            step()
    with pytest.raises(StorageError, match="at most 100 may wait"):
        recorder.close()
    assert _read(tmp_path).tobytes() == joined(make_ticks(80)).tobytes()


def test_a_patient_writer_waits_for_the_disk(
    tmp_path: Path, opened: Open, make_ticks: Make
) -> None:
    """With ``wait`` any number of ticks goes through a small buffer."""
    with opened(tmp_path, flush_rows=10, waiting_rows=25) as recorder:
        recorder.write(make_ticks(1_000), wait=True)
    assert _read(tmp_path).tobytes() == joined(make_ticks(1_000)).tobytes()


def test_a_disk_that_refuses_stops_the_recording(
    tmp_path: Path, opened: Open, make_ticks: Make
) -> None:
    """An error of the system is kept with its cause and raised from every later call."""
    recorder = opened(tmp_path)
    shutil.rmtree(tmp_path / FOLDER)
    recorder.write(make_ticks(5))
    with pytest.raises(StorageError, match="No such file"):
        recorder.flush()
    assert recorder.failure is not None
    assert isinstance(recorder.failure.__cause__, OSError)
    with pytest.raises(StorageError, match="stopped"):
        recorder.write(make_ticks(1))
    with pytest.raises(StorageError, match="stopped"):
        recorder.close()


def test_a_segment_that_cannot_be_sorted_stops_the_recording(
    tmp_path: Path, opened: Open, make_ticks: Make
) -> None:
    """A failure of the sorting thread is told like any other."""
    recorder = opened(tmp_path)
    recorder.write(make_ticks(5))
    recorder.flush()
    for path in (tmp_path / FOLDER).iterdir():
        path.unlink()
    with pytest.raises(StorageError, match="segment 1"):
        recorder.close()
    assert isinstance(recorder.failure, StorageError)


def test_a_closed_recorder_takes_nothing(tmp_path: Path, opened: Open, make_ticks: Make) -> None:
    """Writing after closing is an error, closing again is none."""
    recorder = opened(tmp_path)
    recorder.close()
    recorder.close()
    steps: tuple[Callable[[], None], ...] = (
        lambda: recorder.write(make_ticks(1)),
        recorder.flush,
        recorder.rotate,
    )
    for step in steps:
        with pytest.raises(StorageError, match="is closed"):
            step()
    assert Recording.open(tmp_path).count == 0


def test_a_folder_has_one_recorder(tmp_path: Path, opened: Open) -> None:
    """A second recorder is refused until the first is closed."""
    with (
        opened(tmp_path),
        pytest.raises(ConfigError, match=r"the recording in .* is held by process"),
    ):
        opened(tmp_path)
    opened(tmp_path).close()


def test_a_reader_may_look_while_segments_are_sorted(
    tmp_path: Path, opened: Open, make_ticks: Make
) -> None:
    """Opened at any moment, a recording is a beginning of what was written, never with a hole."""
    with opened(tmp_path, flush_rows=50, segment_rows=200) as recorder:
        for first in range(0, 3_000, 100):
            recorder.write(make_ticks(100, first))
            recorder.flush()
            ticks = _read(tmp_path)
            assert len(ticks) == first + 100
            assert np.array_equal(ticks["volume"], np.arange(first + 100))
