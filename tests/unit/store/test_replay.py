"""A recording as a feed."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from voldesk.model.clock import Clock, ManualClock, SystemClock
from voldesk.model.conventions import Profile
from voldesk.model.errors import ConfigError, StorageError
from voldesk.model.feed_state import FeedState
from voldesk.model.listing import Listing
from voldesk.model.ports.feed import Feed, Mode
from voldesk.model.ticks import ALL_INSTRUMENTS, TickBatch, TickKind
from voldesk.store.recorder import Recorder
from voldesk.store.recording import Recording
from voldesk.store.replay import ReplayFeed
from voldesk.store.schema import joined
from voldesk.store.segments import FOLDER

Make = Callable[..., TickBatch]
Record = Callable[[list[int]], Recording]
DEADLINE_SECS = 30.0
SECOND = 1_000_000_000


@pytest.fixture
def record(
    tmp_path: Path, listing: Listing, profiles: dict[str, Profile], make_ticks: Make
) -> Record:
    """Return a maker of recordings: one tick per time, in segments of five."""

    def make(times: list[int]) -> Recording:
        ticks = make_ticks(len(times))
        ticks["ts_recv"] = times
        folder = tmp_path / "day"
        with Recorder(folder, listing, profiles, flush_rows=5, segment_rows=5) as recorder:
            recorder.write(ticks)
        return Recording.open(folder)

    return make


async def _all(feed: ReplayFeed) -> list[TickBatch]:
    await feed.open()
    return [batch async for batch in feed.batches()]


def _run(feed: ReplayFeed) -> list[TickBatch]:
    return asyncio.run(asyncio.wait_for(_all(feed), DEADLINE_SECS))


def test_a_replay_fills_the_feed_port(record: Record, listing: Listing) -> None:
    """Name, listing and profiles are the recording's; an unknown underlying is told."""
    feed: Feed = ReplayFeed(record([1]), SystemClock(), None)
    assert feed.name == "replay:day"
    assert feed.listing.key.tolist() == listing.key.tolist()
    assert feed.profile("ABC").name == "default"
    with pytest.raises(ConfigError, match="has no 'XYZ'; it has ABC"):
        feed.profile("XYZ")


def test_its_line_is_there_until_it_is_closed(record: Record) -> None:
    """Its data are recorded, and no venue counts lines."""
    feed = ReplayFeed(record([1]), SystemClock(), None)
    assert feed.state() == FeedState(is_connected=True, data_type="recorded")
    asyncio.run(feed.close())
    assert not feed.state().is_connected


def test_twice_the_same_bytes(record: Record) -> None:
    """Two replays of one recording are equal to the bit, batch by batch."""
    recording = record([1, 1, 2, 5, 5, 5, 5, 9, 9, 12, 13])
    first, second = (_run(ReplayFeed(recording, SystemClock(), None)) for _ in range(2))
    assert [batch.tobytes() for batch in first] == [batch.tobytes() for batch in second]
    assert [len(batch) for batch in first] == [2, 1, 4, 2, 1, 1]
    assert joined(*first).tobytes() == joined(*recording.batches()).tobytes()


def test_steps_and_start_are_respected(record: Record) -> None:
    """A coarser step joins instants, a start leaves out what came before it."""
    recording = record([0, 4, 9, 10, 11, 25])
    feed = ReplayFeed(recording, SystemClock(), None, start=4, step_ns=10)
    assert [batch["ts_recv"].tolist() for batch in _run(feed)] == [[4, 9], [10, 11], [25]]


def test_the_recorded_time_stands_at_each_batch(record: Record) -> None:
    """Whoever values the batch reads its instant, before the first the recording's beginning."""

    async def go() -> list[tuple[int, int]]:
        assert feed.recorded.now() == 3
        return [(feed.recorded.now(), clock.now()) async for _ in feed.batches()]

    clock = ManualClock()
    feed = ReplayFeed(record([3, 3, 7, 5, 8]), clock, None)
    assert asyncio.run(go()) == [(3, 3), (7, 7), (8, 8)]


def _run_moving(feed: ReplayFeed, clock: ManualClock, step: int) -> list[tuple[list[int], int]]:
    """Return stamps and clock at each batch, the clock moved on whenever one has come."""

    async def go() -> list[tuple[list[int], int]]:
        seen: list[tuple[list[int], int]] = []
        async for batch in feed.batches():
            seen.append((batch["ts_recv"].tolist(), clock.now()))
            clock.advance(step)
        return seen

    return asyncio.run(asyncio.wait_for(go(), DEADLINE_SECS))


def test_a_clock_that_gives_the_speed_is_not_driven(record: Record) -> None:
    """With a speed the handed clock is read and never moved."""
    clock = ManualClock(5)
    feed = ReplayFeed(record([1, 2, 2]), clock, 1.0)
    assert _run_moving(feed, clock, step=1) == [([1], 5), ([2, 2], 6)]


def test_a_late_consumer_gets_every_batch(record: Record) -> None:
    """A clock that jumped past everything delays nothing and drops nothing."""
    clock = ManualClock()
    feed = ReplayFeed(record(list(range(0, 20 * SECOND, SECOND))), clock, 1.0)
    assert len(_run_moving(feed, clock, step=100 * SECOND)) == 20


def test_batches_come_when_the_clock_says(record: Record) -> None:
    """At speed 2 a recorded second takes half a second of the handed clock, and not less."""

    async def collect() -> list[tuple[int, int]]:
        return [(int(batch["ts_recv"][0]), clock.now()) async for batch in feed.batches()]

    async def go() -> list[tuple[int, int]]:
        async with asyncio.timeout(DEADLINE_SECS), asyncio.TaskGroup() as group:
            seen = group.create_task(collect(), name="collect")
            while not seen.done():
                clock.advance(SECOND // 1000)
                await asyncio.sleep(0)
        return seen.result()

    clock = ManualClock()
    feed = ReplayFeed(record([0, SECOND, SECOND, 3 * SECOND]), clock, 2.0)
    seen = asyncio.run(go())
    assert [instant for instant, _ in seen] == [0, SECOND, 3 * SECOND]
    began = seen[0][1]
    assert seen[1][1] - began >= SECOND // 2
    assert seen[2][1] - began >= 3 * SECOND // 2


def test_a_night_is_not_waited_for(record: Record) -> None:
    """Of a pause longer than the limit no more than the limit is waited, then the pace goes on."""

    async def collect() -> list[int]:
        return [clock.now() async for _ in feed.batches()]

    async def go() -> list[int]:
        async with asyncio.timeout(DEADLINE_SECS), asyncio.TaskGroup() as group:
            seen = group.create_task(collect(), name="collect")
            while not seen.done():
                clock.advance(SECOND // 1000)
                await asyncio.sleep(0)
        return seen.result()

    clock = ManualClock()
    times = [0, SECOND, 3600 * SECOND, 3601 * SECOND]
    feed = ReplayFeed(record(times), clock, 1.0, longest_pause_secs=2.0)
    first, *_, last = asyncio.run(go())
    assert 4 * SECOND <= last - first < 1800 * SECOND


def test_unwanted_instruments_are_left_out(record: Record) -> None:
    """``NONE`` silences an instrument, the last word counts, a batch of nothing is not sent."""

    async def go() -> list[int]:
        await feed.want(np.array([0, 2, 4, 1]), Mode.NONE)
        await feed.want(np.array([4]), Mode.LIGHT)
        return [int(row) async for batch in feed.batches() for row in batch["instrument"]]

    feed = ReplayFeed(record(list(range(10))), SystemClock(), None)
    assert asyncio.run(go()) == [4, 3, 4, 3]


def test_a_gap_of_all_instruments_always_passes(
    tmp_path: Path, listing: Listing, profiles: dict[str, Profile], make_ticks: Make
) -> None:
    """What says that everything is stale is wanted by whoever wants anything or nothing."""

    async def go() -> list[int]:
        await feed.want(np.arange(5), Mode.NONE)
        return [int(kind) async for batch in feed.batches() for kind in batch["kind"]]

    for first in (0, 5):
        with Recorder(tmp_path, listing, profiles) as recorder:
            recorder.write(make_ticks(5, first))
    feed = ReplayFeed(Recording.open(tmp_path), SystemClock(), None)
    assert asyncio.run(go()) == [TickKind.GAP]


def test_a_loop_begins_again_behind_a_gap(record: Record) -> None:
    """The second round has the first's stamps, after a tick that voids what was known."""

    async def go() -> list[list[int]]:
        found: list[list[int]] = []
        async for batch in feed.batches():
            found.append(batch["ts_recv"].tolist())
            if len(found) == 3:
                assert batch["kind"].tolist() == [TickKind.GAP]
                assert batch["instrument"].tolist() == [ALL_INSTRUMENTS]
                assert feed.recorded.now() == 4
            if len(found) == 5:
                await feed.close()
        return found

    feed = ReplayFeed(record([4, 4, 6]), SystemClock(), None, loop=True)
    assert asyncio.run(go()) == [[4, 4], [6], [4], [4, 4], [6]]


def test_closing_ends_a_replay_that_waits(record: Record) -> None:
    """``close`` does not wait for the next batch to be due."""

    async def go() -> int:
        count = 0
        async for _ in feed.batches():
            count += 1
            asyncio.get_running_loop().call_soon(closing.set)
        return count

    async def close() -> None:
        await closing.wait()
        await feed.close()

    async def both() -> int:
        async with asyncio.timeout(DEADLINE_SECS), asyncio.TaskGroup() as group:
            count = group.create_task(go(), name="replay")
            group.create_task(close(), name="close")
        return count.result()

    closing = asyncio.Event()
    feed = ReplayFeed(record([0, 3_600 * SECOND]), SystemClock(), 1.0)
    assert asyncio.run(both()) == 1


def test_a_consumer_may_leave(record: Record) -> None:
    """Breaking off leaves no reading thread behind that could fail unseen."""

    async def go() -> None:
        async for _ in feed.batches():
            break

    feed = ReplayFeed(record([1, 2, 3]), SystemClock(), None)
    asyncio.run(go())


def test_a_recording_that_vanishes_is_an_error(record: Record) -> None:
    """The reading thread's failure comes out of ``batches``."""
    recording = record(list(range(10)))
    for path in (recording.folder / FOLDER).iterdir():
        path.unlink()
    with pytest.raises(StorageError, match="segment 1"):
        _run(ReplayFeed(recording, SystemClock(), None))


@pytest.mark.parametrize("loop", [True, False])
def test_an_empty_recording_ends_at_once(record: Record, loop: bool) -> None:
    """Nothing to replay is an end, in a loop too."""
    assert _run(ReplayFeed(record([]), SystemClock(), 1.0, loop)) == []


@pytest.mark.parametrize(
    ("clock", "speed", "loop", "start", "error", "says"),
    [
        (SystemClock(), 0.0, False, None, ValueError, "speed 0.0"),
        (SystemClock(), -1.0, False, None, ValueError, "speed -1.0"),
        (SystemClock(), float("nan"), False, None, ValueError, "speed nan"),
        (ManualClock(), None, True, None, ValueError, "loop"),
        (SystemClock(), 1.0, True, 99, ConfigError, "ends at 2 ns"),
    ],
)
def test_what_cannot_be_replayed_is_refused(
    record: Record,
    clock: Clock,
    speed: float | None,
    loop: bool,
    start: int | None,
    error: type[Exception],
    says: str,
) -> None:
    """A speed that is none, a clock that cannot follow, a start after the end."""
    with pytest.raises(error, match=says):
        ReplayFeed(record([1, 2]), clock, speed, loop, start)
