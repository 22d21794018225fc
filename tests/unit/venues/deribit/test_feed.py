import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from deribit_world import (
    NOW,
    QUICK,
    instrument,
    scripted_deribit,
    settings_for,
    simulated_deribit,
)

from voldesk.model.clock import ManualClock, SystemClock
from voldesk.model.enums import PremiumUnit
from voldesk.model.errors import ConfigError, VenueUnavailable
from voldesk.model.ports.feed import Mode, StatedFeed
from voldesk.model.ticks import TickBatch, TickKind
from voldesk.venues.deribit.feed import DeribitFeed
from voldesk.venues.deribit.settings import DeribitSettings
from voldesk.wire.deribit.messages import Request, write_answer, write_refusal
from voldesk.wire.deribit.types import ErrorBody, Summary

DEADLINE_SECS = 60.0


@dataclass
class Heard:
    """What a feed said, read by a task of its own until it ends."""

    feed: DeribitFeed
    batches: list[TickBatch] = field(default_factory=list)

    async def read(self) -> None:
        """Keep every batch."""
        async for batch in self.feed.batches():
            self.batches.append(batch)

    def count(self, kind: TickKind) -> int:
        """Return how many ticks of a kind have come."""
        return sum(int((batch["kind"] == kind).sum()) for batch in self.batches)

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait for something."""
        async with asyncio.timeout(DEADLINE_SECS):
            while not condition():  # noqa: ASYNC110  # a state has no event
                await asyncio.sleep(0.005)


async def test_a_chain_is_there_at_once_and_streams() -> None:
    """Both classes of BTC, each with a quote and a model in the first batch; the spot follows."""
    async with simulated_deribit() as server:
        settings = settings_for(server.port, currencies=("BTC", "USDC"))
        feed = DeribitFeed(settings, SystemClock())
        assert isinstance(feed, StatedFeed)
        assert not feed.state().is_connected
        await feed.open()
        listing = feed.listing
        assert listing.underlyings == ("BTC",)
        assert set(listing.root.tolist()) == {"BTC", "BTC_USDC"}
        assert feed.profile("BTC").premium is PremiumUnit.COIN
        with pytest.raises(KeyError):
            feed.profile("SPX")
        heard = Heard(feed)
        async with asyncio.TaskGroup() as group:
            group.create_task(heard.read(), name="reader")
            await heard.until(lambda: heard.batches)
            first = heard.batches[0]
            told = first[first["kind"] == TickKind.MODEL]
            options = np.flatnonzero(listing.is_option)
            assert set(told["instrument"].tolist()) == set(options.tolist())
            await heard.until(lambda: feed.is_settled and heard.count(TickKind.SPOT))
            state = feed.state()
            assert (state.is_connected, state.data_type) == (True, "live")
            assert state.lines_used == len(listing)
            await feed.want(options, Mode.NONE)
            await heard.until(lambda: feed.state().lines_used == 1 and feed.is_settled)
            await feed.close()
        assert not feed.state().is_connected
        assert (feed.malformed_count, feed.unknown_count) == (0, 0)


@pytest.mark.parametrize(
    ("fault", "values"),
    [("reset", {}), ("away", {"secs": 0.3}), ("stall", {"secs": 1.0}), ("bad_frame", {})],
)
async def test_a_lost_line_is_a_gap_and_comes_back(fault: str, values: dict[str, Any]) -> None:
    """The chain is read again, and all that streamed streams."""
    async with simulated_deribit() as server:
        settings = settings_for(server.port, stall_secs=0.3, probe_secs=0.2)
        feed = DeribitFeed(settings, SystemClock())
        await feed.open()
        heard = Heard(feed)
        async with asyncio.TaskGroup() as group:
            group.create_task(heard.read(), name="reader")
            await heard.until(lambda: feed.is_settled and heard.batches)
            before = feed.state().lines_used
            server.faults.begin(fault, values)
            await heard.until(lambda: heard.count(TickKind.GAP))
            heard.batches.clear()
            await heard.until(lambda: feed.is_settled and heard.batches)
            assert feed.state().lines_used == before
            assert feed.state().is_connected
            await heard.until(lambda: heard.count(TickKind.MODEL) >= len(feed.listing) - 1)
            texts = [notice.text for notice in feed.state().notices]
            assert any("is back after" in text for text in texts)
            await feed.close()


async def test_it_may_be_closed_while_deribit_is_away() -> None:
    """The wait for it ends at once."""
    slow = type(QUICK)(first_secs=DEADLINE_SECS, most_secs=DEADLINE_SECS, jitter=0.0)
    async with simulated_deribit() as server:
        feed = DeribitFeed(settings_for(server.port, backoff=slow), SystemClock())
        await feed.open()
        heard = Heard(feed)
        async with asyncio.timeout(DEADLINE_SECS / 2), asyncio.TaskGroup() as group:
            group.create_task(heard.read(), name="reader")
            server.faults.begin("away", {})
            await heard.until(lambda: any("503" in one.text for one in feed.state().notices))
            await feed.close()


async def test_nobody_there_at_the_start() -> None:
    """It is awaited as long as the settings say, and the reason is that of the last attempt."""
    async with scripted_deribit(lambda _: ()) as port:
        pass
    feed = DeribitFeed(settings_for(port, start_secs=0.1), ManualClock(NOW))
    with pytest.raises(VenueUnavailable, match="no WebSocket"):
        await feed.open()
    assert len(feed.state().notices) == 1


async def test_a_currency_that_is_not_there() -> None:
    """The operator is told which settings to look at."""
    async with simulated_deribit() as server:
        feed = DeribitFeed(settings_for(server.port, underlyings=("ETH",)), SystemClock())
        with pytest.raises(ConfigError, match="no option of ETH"):
            await feed.open()


def test_settings_that_cannot_be() -> None:
    """Before anything is opened."""
    with pytest.raises(ConfigError, match=r"deribit\.url"):
        DeribitFeed(DeribitSettings(url="http://x"), ManualClock(NOW))


@pytest.mark.parametrize("wrong", ["instruments", "refused"])
async def test_a_deribit_that_makes_no_sense(wrong: str) -> None:
    """It is as good as none."""

    def script(request: Request) -> Iterable[bytes]:
        if wrong == "refused":
            return [write_refusal(request.id, ErrorBody(-32601, "Method not found"))]
        return [write_answer(request.id, {"no": "list"})]

    async with scripted_deribit(script) as port:
        feed = DeribitFeed(settings_for(port), SystemClock())
        with pytest.raises(VenueUnavailable, match="answered what it should not"):
            await feed.open()


async def test_a_line_lost_while_the_chain_is_read() -> None:
    """Another attempt is made; what came before is no harm."""
    calls: list[str] = []
    name = "BTC-27NOV26-90000-C"

    def script(request: Request) -> Iterable[bytes]:
        calls.append(request.method)
        match request.method:
            case "public/get_instruments":
                return [write_answer(request.id, [instrument(name)])]
            case "public/subscribe":
                return [write_answer(request.id, request.params["channels"])]
            case "public/get_book_summary_by_currency":
                if calls.count(request.method) == 1:
                    return [b""]
                row = Summary(instrument_name=name, creation_timestamp=1, mark_price=0.1)
                return [write_answer(request.id, [row])]
            case _:
                return [write_answer(request.id, "ok")]

    async with scripted_deribit(script) as port:
        feed = DeribitFeed(settings_for(port, start_secs=DEADLINE_SECS), SystemClock())
        await feed.open()
        assert calls.count("public/get_instruments") == 1
        assert calls.count("public/subscribe") == 2
        await feed.close()
