import asyncio
from pathlib import Path
from typing import Any

import pytest
from live_world import NOON, SECOND, HandFeed

from voldesk.app.recording import BATCHES_WAITING, Tape, record_feed
from voldesk.bus.local import LocalBus
from voldesk.model.errors import ConfigError, VenueUnavailable
from voldesk.model.ports.feed import Mode
from voldesk.store.recording import Recording


def spots(market: Any, count: int) -> list[Any]:
    return [market.spot(100.0 + place, NOON + place * SECOND) for place in range(count)]


def recorded(folder: Path) -> list[float]:
    return [float(one) for batch in Recording.open(folder).batches() for one in batch["last"]]


async def tape_and_publish(tape: Tape, bus: LocalBus, batches: list[Any]) -> None:
    """Publish, give the tape its turn, and end it as a node does: while it opens its folder."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(tape.run(), name="tape")
        for batch in batches:
            bus.publish("ticks/hand", batch)
            await asyncio.sleep(0)
        task.cancel()


def test_a_tape_records_what_the_bus_carries(tmp_path: Path, market: Any) -> None:
    """What came before the folder was open, and what waits when it ends, is recorded."""
    bus = LocalBus()
    tape = Tape(HandFeed(market.listing), tmp_path / "day", bus)
    asyncio.run(tape_and_publish(tape, bus, spots(market, 5)))
    assert recorded(tmp_path / "day") == [100.0, 101.0, 102.0, 103.0, 104.0]


def test_a_tape_whose_folder_cannot_be_had_ends_the_process(tmp_path: Path, market: Any) -> None:
    """Nobody believes for a day that something is recorded."""
    bus = LocalBus()
    (tmp_path / "file").write_text("")
    tape = Tape(HandFeed(market.listing), tmp_path / "file", bus)
    bus.publish("ticks/hand", spots(market, 1)[0])
    with pytest.raises(Exception, match="file"):
        asyncio.run(asyncio.wait_for(tape.run(), 30.0))


def test_a_tape_that_falls_behind_says_so(tmp_path: Path, market: Any) -> None:
    """The recording ends with a message on ``alerts``; nothing else does."""
    bus = LocalBus()
    heard: list[Any] = []
    bus.on("alerts", lambda _, message: heard.append(message))
    tape = Tape(HandFeed(market.listing), tmp_path / "day", bus)
    for batch in spots(market, 1) * (BATCHES_WAITING + 1):
        bus.publish("ticks/hand", batch)
    asyncio.run(asyncio.wait_for(tape.run(), 60.0))
    (message,) = heard
    assert message["kind"] == "recording_stopped"
    assert "behind" in message["text"]
    assert len(recorded(tmp_path / "day")) == BATCHES_WAITING


def test_a_feed_is_recorded_to_its_end(tmp_path: Path, market: Any) -> None:
    """Everything is wanted in full; progress counts what was taken."""
    feed = HandFeed(market.listing, spots(market, 3))
    progress: list[int] = []

    async def go() -> int:
        return await record_feed(
            feed, tmp_path / "day", asyncio.Event(), lambda taken, _: progress.append(taken)
        )

    assert asyncio.run(go()) == 3
    assert recorded(tmp_path / "day") == [100.0, 101.0, 102.0]
    assert feed.wanted == [(len(market.listing), Mode.FULL)]
    assert progress == [1, 2, 3]
    assert not feed.is_open


def test_a_recording_is_stopped_by_its_event(tmp_path: Path, market: Any) -> None:
    """A feed without an end is closed, and what it ticked is there."""
    feed = HandFeed(market.listing, spots(market, 2), is_endless=True)

    async def go() -> int:
        stop = asyncio.Event()

        def progress(taken: int, _flushed: int) -> None:
            if taken == 2:
                stop.set()

        return await asyncio.wait_for(record_feed(feed, tmp_path / "day", stop, progress), 30.0)

    assert asyncio.run(go()) == 2
    assert recorded(tmp_path / "day") == [100.0, 101.0]


def test_what_cannot_be_recorded_is_told(tmp_path: Path, market: Any) -> None:
    """A feed that does not open, a folder that holds something else."""
    away = HandFeed(market.listing, error=VenueUnavailable("asleep"))
    with pytest.raises(VenueUnavailable, match="asleep"):
        asyncio.run(record_feed(away, tmp_path / "day", asyncio.Event()))
    folder = tmp_path / "other"
    asyncio.run(record_feed(HandFeed(market.listing), folder, asyncio.Event()))
    longer = market.listing
    shorter = type(longer)(
        **{name: getattr(longer, name)[::-1].copy() for name in longer.__dataclass_fields__}
    )
    with pytest.raises(ConfigError, match="record into a new folder"):
        asyncio.run(record_feed(HandFeed(shorter), folder, asyncio.Event()))
