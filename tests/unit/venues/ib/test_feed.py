import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ib_world import NOW, settings_for
from scripted_tws import AMZN, ScriptedTws

from voldesk.model.clock import ManualClock
from voldesk.model.enums import Market
from voldesk.model.errors import ConfigError, VenueUnavailable
from voldesk.model.ports.feed import Mode, StatedFeed
from voldesk.model.ticks import DataType, TickBatch, TickKind
from voldesk.venues.ib.feed import IbFeed
from voldesk.venues.ib.settings import ChainSettings, LineSettings, Quotes


class Reader:
    """Reads a feed in a task and keeps what it said."""

    def __init__(self, feed: IbFeed) -> None:
        self.feed = feed
        self.batches: list[TickBatch] = []
        self.has_ended = False
        self._news = asyncio.Event()

    async def run(self) -> None:
        async for batch in self.feed.batches():
            self.batches.append(batch)
            self._news.set()
        self.has_ended = True
        self._news.set()

    async def until(self, condition: Callable[[], Any], secs: float = 20.0) -> None:
        """Wait for a batch that makes it true."""
        async with asyncio.timeout(secs):
            while not condition():
                self._news.clear()
                await self._news.wait()

    def kinds(self) -> list[str]:
        return [TickKind(kind).name for batch in self.batches for kind in batch["kind"]]

    def instruments(self, kind: TickKind) -> set[int]:
        return {
            int(one) for batch in self.batches for one in batch["instrument"][batch["kind"] == kind]
        }

    @property
    def gaps(self) -> int:
        return self.kinds().count("GAP")


@asynccontextmanager
async def reading(
    tws: ScriptedTws, folder: Path, clock: ManualClock | None = None, **facts: Any
) -> AsyncIterator[Reader]:
    """Give a reader of a feed that is open, and close it afterwards."""
    settings = settings_for(tws, **{"symbols": ("AMZN",)} | facts)
    feed = IbFeed(settings, clock or ManualClock(NOW), folder=folder)
    await feed.open()
    reader = Reader(feed)
    async with asyncio.TaskGroup() as group:
        group.create_task(reader.run(), name="reader")
        try:
            yield reader
        finally:
            await feed.close()
    assert reader.has_ended


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def told(feed: IbFeed, text: str) -> None:
    """Wait for a notice: a feed has no event for it, as who asks for its state polls it."""
    async with asyncio.timeout(10.0):
        while not any(text in one.text for one in feed.state().notices):  # noqa: ASYNC110  # see above
            await asyncio.sleep(0)


SMALL = ChainSettings(width_pct=2.0, expiry_count=1)  # 230 ± 4.6: 3 strikes, 6 contracts
ALL_SMALL = 7


async def test_everything_that_fits_streams(tws: ScriptedTws, folder: Path) -> None:
    """Quotes, volume and model figures of each contract, and the spot of its underlying."""
    async with reading(tws, folder, chain=SMALL) as reader:
        options = set(range(1, ALL_SMALL))
        await reader.until(lambda: reader.instruments(TickKind.MODEL) == options)
        assert reader.instruments(TickKind.QUOTE) == options
        assert reader.instruments(TickKind.SPOT) == {0}
        state = reader.feed.state()
        assert (state.is_connected, state.data_type) == (True, "live")
        assert (state.lines_used, state.lines_limit) == (ALL_SMALL, 96)
        assert state.notices == ()
        spots = [b["last"][b["kind"] == TickKind.SPOT] for b in reader.batches]
        assert set(np.concatenate(spots).tolist()) == {AMZN.spot}
        assert all((batch["ts_recv"] == NOW).all() for batch in reader.batches)


async def test_a_feed_says_what_it_is(tws: ScriptedTws, folder: Path) -> None:
    """Name, conventions, accounts with the chosen one first, state before it is open."""
    settings = settings_for(tws, symbols=("AMZN",), account="DU0000001")
    feed = IbFeed(settings, ManualClock(NOW), folder=folder)
    assert isinstance(feed, StatedFeed)
    assert feed.state().is_connected is False
    await feed.open()
    assert feed.name == "ib"
    assert feed.accounts == ("DU0000001", "DU0000000")
    assert feed.profile("AMZN").market is Market.US
    with pytest.raises(KeyError):
        feed.profile("TSLA")
    await feed.close()
    assert feed.state().is_connected is False


async def test_an_account_of_somebody_else_is_refused(tws: ScriptedTws, folder: Path) -> None:
    """Without telling whose there are."""
    feed = IbFeed(settings_for(tws, account="U9"), ManualClock(NOW), folder=folder)
    with pytest.raises(ConfigError, match=r"none of the 2 accounts") as caught:
        await feed.open()
    assert "DU00" not in str(caught.value)


async def test_a_taken_client_id_is_the_operators_to_change(tws: ScriptedTws, folder: Path) -> None:
    """At the first connection."""
    tws.refuses_with = (326, "Unable to connect as the client id is already in use.")
    feed = IbFeed(settings_for(tws), ManualClock(NOW), folder=folder)
    with pytest.raises(ConfigError, match=r"choose another ib.client_id"):
        await feed.open()


async def test_no_tws_is_told_at_once(tws: ScriptedTws, folder: Path) -> None:
    """Opening does not wait for one."""
    feed = IbFeed(replace(settings_for(tws), port=1), ManualClock(NOW), folder=folder)
    with pytest.raises(VenueUnavailable, match=r"nobody listens"):
        await feed.open()


async def test_a_tws_that_starts_later_is_awaited(tws: ScriptedTws, folder: Path) -> None:
    """As long as the settings say, and the reason is shown meanwhile."""
    await tws.stop()
    feed = IbFeed(settings_for(tws, start_secs=20.0, chain=SMALL), ManualClock(NOW), folder=folder)
    async with asyncio.TaskGroup() as group:
        opening = group.create_task(feed.open(), name="open")
        await told(feed, "nobody listens")
        assert not opening.done()
        await tws.start()
    assert feed.state().is_connected
    await feed.close()


async def test_closing_ends_the_wait_for_a_tws(tws: ScriptedTws, folder: Path) -> None:
    """With the reason it waited for."""
    settings = replace(settings_for(tws, start_secs=float("inf")), port=1)
    feed = IbFeed(settings, ManualClock(NOW), folder=folder)
    async with asyncio.timeout(20.0), asyncio.TaskGroup() as group:
        opening = group.create_task(_failure_of(feed), name="open")
        await told(feed, "nobody listens")
        await feed.close()
    assert "nobody listens" in opening.result()


async def _failure_of(feed: IbFeed) -> str:
    with pytest.raises(VenueUnavailable) as caught:
        await feed.open()
    return str(caught.value)


async def test_the_lines_go_round(tws: ScriptedTws, folder: Path) -> None:
    """With fewer lines than contracts each has its turn, and never is one too many asked for."""
    tws.most_lines = 12
    lines = LineSettings(limit=12, spare=0, atm_strikes=1, dwell_secs=0.0, changes_per_sec=100)
    async with reading(tws, folder, chain=ChainSettings(expiry_count=1), lines=lines) as reader:
        options = set(np.flatnonzero(reader.feed.listing.is_option).tolist())
        assert len(options) > 30
        await reader.until(lambda: reader.instruments(TickKind.MODEL) == options)
        state = reader.feed.state()
        assert state.lines_limit == 12
        assert not [one for one in state.notices if one.code == 101]
        assert len(tws.live) <= 12


async def test_fewer_lines_than_thought_are_enough(tws: ScriptedTws, folder: Path) -> None:
    """TWS refuses those above its own limit (101): no more are used from then on."""
    tws.most_lines = 10
    async with reading(tws, folder, chain=ChainSettings(expiry_count=1)) as reader:
        await reader.until(lambda: reader.feed.state().lines_limit == 10)
        await reader.until(lambda: reader.feed.state().lines_used == 10)
        assert any(one.code == 101 for one in reader.feed.state().notices)


async def test_modes_are_followed(tws: ScriptedTws, folder: Path) -> None:
    """What is not wanted is given up, and asked for again when it is."""
    async with reading(tws, folder, chain=SMALL) as reader:
        await tws.until(lambda: len(tws.live) == ALL_SMALL)
        await reader.feed.want(np.arange(1, ALL_SMALL), Mode.NONE)
        await tws.until(lambda: len(tws.live) == 1)
        await reader.feed.want(np.array([1, 2]), Mode.LIGHT)
        await tws.until(lambda: len(tws.live) == 3)


async def test_a_lost_line_is_a_gap_and_everything_comes_back(
    tws: ScriptedTws, folder: Path
) -> None:
    """Each subscription there was is made again, on a connection that owes nothing to the old."""
    async with reading(tws, folder, chain=SMALL) as reader:
        await tws.until(lambda: len(tws.live) == ALL_SMALL)
        wanted = {fields[3] for fields in tws.live.values()}
        tws.cut()
        await reader.until(lambda: reader.gaps == 1)
        await tws.until(lambda: tws.connections == 2 and len(tws.live) == ALL_SMALL)
        assert {fields[3] for fields in tws.live.values()} == wanted
        assert reader.feed.state().is_connected
        texts = [one.text for one in reader.feed.state().notices]
        assert texts[0] == "the line to TWS was lost"
        assert texts[-1].endswith("every subscription is made again")


async def test_a_venue_that_is_away_is_awaited(tws: ScriptedTws, folder: Path) -> None:
    """For as long as it takes; the state says so meanwhile, and the reason once."""
    async with reading(tws, folder, chain=SMALL) as reader:
        await tws.until(lambda: len(tws.live) == ALL_SMALL)
        await tws.stop()
        await reader.until(lambda: reader.gaps == 1)
        await told(reader.feed, "nobody listens")
        assert not reader.feed.state().is_connected
        assert reader.feed.state().lines_used == 0
        await tws.start()
        await tws.until(lambda: len(tws.live) == ALL_SMALL)
        texts = [one.text for one in reader.feed.state().notices]
        assert sum("nobody listens" in text for text in texts) == 1


async def test_a_silent_tws_is_asked_and_given_up(tws: ScriptedTws, folder: Path) -> None:
    """No word, no answer to a question: a gap, and another connection."""
    async with reading(tws, folder, chain=SMALL, stall_secs=0.05, probe_secs=0.1) as reader:
        await tws.until(lambda: len(tws.live) == ALL_SMALL)
        tws.is_silent = True
        await reader.until(lambda: reader.gaps == 1)
        assert any("does not answer" in one.text for one in reader.feed.state().notices)
        tws.is_silent = False
        await tws.until(lambda: tws.connections >= 2 and len(tws.live) == ALL_SMALL)


async def test_a_quiet_tws_that_answers_is_kept(tws: ScriptedTws, folder: Path) -> None:
    """At night nothing ticks: questions are answered, and that is enough."""
    async with reading(tws, folder, chain=SMALL, stall_secs=0.02, probe_secs=5.0) as reader:
        await tws.until(lambda: len(tws.asked("49")) >= 3)
        assert reader.gaps == 0
        assert tws.connections == 1


async def test_a_venue_lost_behind_tws_is_a_gap(tws: ScriptedTws, folder: Path) -> None:
    """1100, however often it is said; 1102 brings it back without a new subscription."""
    async with reading(tws, folder, chain=SMALL) as reader:
        await tws.until(lambda: len(tws.live) == ALL_SMALL)
        for _ in range(3):
            tws.send(4, 2, -1, 1100, "Connectivity has been lost", "")
        await reader.until(lambda: reader.gaps == 1)
        assert not reader.feed.state().is_connected
        tws.send(4, 2, -1, 1102, "Restored - data maintained", "")
        tws.quote(next(iter(tws.live)), 2.0, 2.1)
        count = len(reader.batches)
        await reader.until(lambda: len(reader.batches) > count)
        assert reader.feed.state().is_connected
        assert reader.gaps == 1
        assert len(tws.asked("1")) == 1 + ALL_SMALL  # the price at first, and each line once


async def test_data_lost_behind_tws_are_asked_for_again(tws: ScriptedTws, folder: Path) -> None:
    """1101: every line anew, none cancelled that TWS has forgotten."""
    async with reading(tws, folder, chain=SMALL) as reader:
        await tws.until(lambda: len(tws.live) == ALL_SMALL)
        cancelled = len(tws.asked("2"))
        tws.live.clear()
        tws.send(4, 2, -1, 1100, "Connectivity has been lost", "")
        tws.send(4, 2, -1, 1101, "Restored - data lost", "")
        await tws.until(lambda: len(tws.live) == ALL_SMALL)
        assert len(tws.asked("2")) == cancelled
        assert tws.connections == 1
        await reader.until(lambda: reader.gaps == 1)


async def test_a_reset_port_is_another_connection(tws: ScriptedTws, folder: Path) -> None:
    """1300."""
    async with reading(tws, folder, chain=SMALL) as reader:
        await tws.until(lambda: len(tws.live) == ALL_SMALL)
        tws.send(4, 2, -1, 1300, "Socket port has been reset", "")
        await tws.until(lambda: tws.connections == 2 and len(tws.live) == ALL_SMALL)
        await reader.until(lambda: reader.gaps == 1)


async def test_the_daily_restart_is_no_error(
    tws: ScriptedTws, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """At its time a lost line is told as what it is, and nobody is warned."""
    at: dict[str, Any] = {"restart_at": "11:00", "restart_zone": "America/New_York"}
    async with reading(tws, folder, chain=SMALL, **at) as reader:
        await tws.until(lambda: len(tws.live) == ALL_SMALL)
        tws.cut()
        await reader.until(lambda: reader.gaps == 1)
        await tws.until(lambda: tws.connections == 2 and len(tws.live) == ALL_SMALL)
        assert "TWS restarts daily at 11:00" in reader.feed.state().notices[0].text
    assert not [one for one in caplog.records if one.levelname == "WARNING"]


async def test_a_contract_that_cannot_be_had_is_left_out(tws: ScriptedTws, folder: Path) -> None:
    """No definition, no permission: the others stream, and it is not asked for again."""
    codes = {"C": 200, "P": 354}
    tws.faults = lambda fields: (codes[fields[8]], "No.") if fields[7] == "230.0" else None
    async with reading(tws, folder, chain=SMALL) as reader:
        await tws.until(lambda: len(tws.live) == ALL_SMALL - 2)
        await tws.until(lambda: len(tws.asked("1")) == 1 + ALL_SMALL)
        await reader.until(lambda: len(reader.feed.state().notices) == 2)
        texts = sorted(one.text for one in reader.feed.state().notices)
        assert texts[0].startswith("AMZN  261120C00230000: No (IB 200)")
        assert texts[1].endswith("set ib.quotes to delayed")


async def test_data_of_another_session_are_tried_again_later(
    tws: ScriptedTws, folder: Path
) -> None:
    """10197 takes the line away for a while."""
    tws.faults = lambda fields: (10197, "Competing session.") if fields[7] == "230.0" else None
    async with reading(tws, folder, chain=SMALL) as reader:
        await reader.until(lambda: reader.feed.state().lines_used == ALL_SMALL - 2)
        assert reader.feed.state().notices[-1].code == 10197


async def test_a_single_line_that_broke_is_made_again(tws: ScriptedTws, folder: Path) -> None:
    """10182 of one request."""
    async with reading(tws, folder, chain=SMALL):
        await tws.until(lambda: len(tws.live) == ALL_SMALL)
        broken = next(iter(tws.live))
        contract = tws.live.pop(broken)[3]
        tws.send(4, 2, broken, 10182, "Failed to request live updates (disconnected).", "")
        await tws.until(lambda: contract in {fields[3] for fields in tws.live.values()})


@pytest.mark.parametrize(
    ("quotes", "asked", "sent", "told"),
    [
        (Quotes.LIVE, "1", "1", "live"),
        (Quotes.FROZEN, "2", "2", "frozen"),
        (Quotes.DELAYED, "3", "3", "delayed"),
        (Quotes.DELAYED_FROZEN, "4", "4", "delayed-frozen"),
        (Quotes.LIVE, "1", "3", "delayed"),
    ],
)
async def test_the_kind_of_data_is_chosen_and_marked(
    tws: ScriptedTws, folder: Path, quotes: Quotes, asked: str, sent: str, told: str
) -> None:
    """What is asked for, and what TWS says it sends."""
    tws.data_type = sent
    async with reading(tws, folder, chain=SMALL, quotes=quotes) as reader:
        await reader.until(lambda: reader.instruments(TickKind.MODEL))
        assert [fields[2] for fields in tws.asked("59")] == [asked]
        assert reader.feed.state().data_type == told
        models = [b["data_type"][b["kind"] == TickKind.MODEL] for b in reader.batches]
        assert set(np.concatenate(models).tolist()) == {DataType[told.upper().replace("-", "_")]}


async def test_messages_refused_for_haste_are_sent_again(tws: ScriptedTws, folder: Path) -> None:
    """100: what was lost with them is asked for again, more slowly."""
    refused: list[str] = []

    def fault(fields: list[str]) -> tuple[int, str] | None:
        if fields[7] == "230.0" and fields[3] not in refused:
            refused.append(fields[3])
            return (0, "")
        return None

    usual = tws._market_data

    def answer(fields: list[str]) -> None:
        if fault(fields) is None:
            usual(fields)
        else:
            tws.send(4, 2, -1, 100, "Max rate of messages per second has been exceeded", "")

    tws.answers["1"] = answer
    async with reading(tws, folder, chain=SMALL) as reader:
        await tws.until(lambda: len(tws.live) == ALL_SMALL)
        assert len(refused) == 2
        assert [one.code for one in reader.feed.state().notices] == [100]


async def test_a_hundred_resets_leave_nothing_behind(tws: ScriptedTws, folder: Path) -> None:
    """As many tasks and open files after them as before, and every subscription."""
    async with reading(tws, folder, chain=SMALL) as reader:
        await tws.until(lambda: len(tws.live) == ALL_SMALL)
        gc.collect()
        before = len(asyncio.all_tasks()), _open_files()
        for count in range(2, 102):
            tws.cut()
            await tws.until(
                lambda count=count: tws.connections == count and len(tws.live) == ALL_SMALL  # type: ignore[misc]  # bound now
            )
        await tws.until(lambda: len(tws._writers) == 1)
        gc.collect()
        after = len(asyncio.all_tasks()), _open_files()
        assert after == before
        await reader.until(lambda: reader.gaps == 100)
        assert len(reader.feed.state().notices) <= 20


async def test_closing_ends_the_batches_wherever_they_are(tws: ScriptedTws, folder: Path) -> None:
    """Also while TWS is awaited."""
    async with reading(tws, folder, chain=SMALL) as reader:
        await tws.until(lambda: tws.live)
        await tws.stop()
        await reader.until(lambda: reader.gaps == 1)
    await tws.start()
