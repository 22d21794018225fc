"""One reader over logs and sorted files."""

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voldesk.model.clock import ManualClock
from voldesk.model.conventions import Profile
from voldesk.model.errors import ConfigError
from voldesk.model.listing import Listing
from voldesk.model.ticks import TickBatch
from voldesk.store import recording as module
from voldesk.store.recorder import Recorder
from voldesk.store.recording import Recording
from voldesk.store.schema import joined

Make = Callable[..., TickBatch]
Record = Callable[[Path, TickBatch], Recording]


@pytest.fixture(scope="session")
def record(listing: Listing, profiles: dict[str, Profile]) -> Record:
    """Return a maker of recordings in segments of ten ticks."""

    def make(folder: Path, ticks: TickBatch) -> Recording:
        with Recorder(
            folder, listing, profiles, flush_rows=5, segment_rows=10, clock=ManualClock()
        ) as recorder:
            recorder.write(ticks)
        return Recording.open(folder)

    return make


def _timed(make_ticks: Make, times: list[int]) -> TickBatch:
    ticks = make_ticks(len(times))
    ticks["ts_recv"] = times
    return ticks


def _places(batches: Iterable[TickBatch]) -> list[list[int]]:
    return [batch["volume"].astype(int).tolist() for batch in batches]


def test_count_and_span_cover_all_segments(
    tmp_path: Path, record: Record, make_ticks: Make
) -> None:
    """They are those of the ticks, over as many files as there are."""
    times = [5, 5, 6, 7, 9, 9, 9, 9, 10, 12, 13, 20, 21]
    recording = record(tmp_path, _timed(make_ticks, times))
    assert (recording.count, recording.span) == (13, (5, 21))


def test_an_empty_recording_has_no_span(tmp_path: Path, record: Record, make_ticks: Make) -> None:
    """Nothing recorded is no ticks, not an error."""
    recording = record(tmp_path, make_ticks(0))
    assert (recording.count, recording.span) == (0, None)
    assert list(recording.batches()) == []
    assert list(recording.batches(every_ns=1)) == []


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(st.integers(-2, 6), min_size=1, max_size=45),
    every=st.integers(1, 9),
    edges=st.tuples(st.integers(-5, 120), st.integers(-5, 120)),
    chunk=st.integers(1, 12),
)
def test_batches_are_steps_of_the_ticks_wanted(
    steps: list[int],
    every: int,
    edges: tuple[int, int],
    chunk: int,
    record: Record,
    make_ticks: Make,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Cut by any step and edges, over any chunks: each tick once, in order, in its step."""
    times = np.cumsum(steps)
    recording = record(
        tmp_path_factory.mktemp("steps"), _timed(make_ticks, [int(time) for time in times])
    )
    start, end = edges
    wanted = [place for place, time in enumerate(times) if start <= time < end]
    reached = np.maximum.accumulate(times[wanted]) // every if wanted else np.array([])
    expected: list[list[int]] = []
    for at, place in enumerate(wanted):
        if at and reached[at] == reached[at - 1]:
            expected[-1].append(place)
        else:
            expected.append([place])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CHUNK_ROWS", chunk)
        assert _places(recording.batches(start, end, every)) == expected
        chunks = _places(recording.batches(start, end))
    assert [place for batch in chunks for place in batch] == wanted
    assert all(1 <= len(batch) <= chunk for batch in chunks)


def test_one_batch_per_instant(tmp_path: Path, record: Record, make_ticks: Make) -> None:
    """A step of one nanosecond parts what has different times, over the border of a segment."""
    times = [1, 1, 2] + [7] * 9 + [8]
    recording = record(tmp_path, _timed(make_ticks, times))
    assert [len(batch) for batch in recording.batches(every_ns=1)] == [2, 1, 9, 1]


def test_two_readings_are_the_same_bytes(tmp_path: Path, record: Record, make_ticks: Make) -> None:
    """Whichever way the ticks are cut, joined they are equal to the bit."""
    recording = record(tmp_path, make_ticks(95))
    once = joined(*recording.batches()).tobytes()
    assert joined(*recording.batches(every_ns=3_000)).tobytes() == once
    assert b"".join(batch.tobytes() for batch in recording.batches(every_ns=1)) == once


def test_a_step_of_nothing_is_refused(tmp_path: Path, record: Record, make_ticks: Make) -> None:
    """The step given is in the message."""
    with pytest.raises(ValueError, match="a step of 0 ns"):
        record(tmp_path, make_ticks(1)).batches(every_ns=0)


def test_a_folder_without_a_recording_is_told(tmp_path: Path) -> None:
    """Opening anything else is the operator's mistake."""
    with pytest.raises(ConfigError, match="is no recording"):
        Recording.open(tmp_path)
