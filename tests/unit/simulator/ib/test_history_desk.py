"""One client's questions about the past."""

from dataclasses import replace
from typing import Any

import pytest
from tws_client import AMZN, EURUSD, Client, make_world, move

from voldesk.simulator.ib.world import World
from voldesk.wire.ib.answers_reference import (
    HeadTimestamp,
    Histogram,
    HistoricalSchedule,
    HistoricalTicks,
    HistoricalTicksBidAsk,
    HistoricalTicksLast,
    History,
    HistoryUpdate,
)
from voldesk.wire.ib.requests_reference import (
    CancelHeadTimestamp,
    CancelHistory,
    RequestHeadTimestamp,
    RequestHistogram,
    RequestHistoricalTicks,
    RequestHistory,
)

BARS = RequestHistory(5, AMZN, "", "5 mins", "1 D", use_rth=True, what="TRADES", format_date=1)


@pytest.fixture(scope="module")
def world() -> World:
    return make_world()


@pytest.fixture
def client(world: World) -> Client:
    return Client(world, client_id=len(world.sessions) + 1)


def test_bars() -> None:
    """As many as the morning had, the last one up to now."""
    client = Client(make_world())
    client.ask(BARS)
    history = client.one(History)
    assert history.req_id == 5
    assert len(history.bars) == 30
    assert all(bar.low <= bar.close <= bar.high for bar in history.bars)


def test_bars_that_are_kept_up_to_date(world: World, client: Client) -> None:
    """The bar that is being made is told once a second in which it grows; a cancel ends it."""
    client.ask(replace(BARS, keep_up_to_date=True))
    last = client.one(History).bars[-1]
    client.clear()
    move(world, 3.0)
    told = client.of(HistoryUpdate)
    assert 1 <= len(told) <= 4
    assert told[-1].bar.date >= last.date
    assert told[-1].bar.volume >= told[0].bar.volume
    client.ask(replace(BARS, keep_up_to_date=True))
    assert client.codes() == [322]
    client.ask(CancelHistory(5))
    assert client.codes() == [162]
    client.ask(CancelHistory(5))
    assert client.codes() == [366]
    client.clear()
    move(world, 2.0)
    assert client.heard == []


def test_lost_updates_are_told_of(client: Client) -> None:
    """When TWS has lost its subscriptions each is told by 10182."""
    client.ask(replace(BARS, keep_up_to_date=True))
    client.clear()
    client.session.forget()
    assert client.codes() == [10182]


def test_small_bars_are_paced(client: Client) -> None:
    """The same question within fifteen seconds is a violation; of long bars it is none."""
    small = replace(BARS, bar_size="30 secs", duration="1800 S")
    client.ask(small, replace(small, req_id=6))
    assert client.codes() == [162]
    client.ask(BARS, replace(BARS, req_id=6))
    assert client.codes() == []


def test_sessions(client: Client) -> None:
    """A schedule is told in place of bars."""
    client.ask(replace(BARS, what="SCHEDULE", bar_size="1 day", duration="5 D"))
    assert len(client.one(HistoricalSchedule).sessions) >= 4


def test_beginnings_and_histograms(client: Client) -> None:
    """Where a history begins, as text or seconds; what traded at which price."""
    asked = RequestHeadTimestamp(5, AMZN, use_rth=True, what="TRADES", format_date=1)
    client.ask(asked)
    text = client.one(HeadTimestamp).timestamp
    client.ask(replace(asked, format_date=2), CancelHeadTimestamp(5))
    assert client.one(HeadTimestamp).timestamp.isdigit()
    assert not text.isdigit()
    client.ask(RequestHistogram(5, AMZN, use_rth=True, period="1 day"))
    assert client.one(Histogram).bins


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("TRADES", HistoricalTicksLast),
        ("BID_ASK", HistoricalTicksBidAsk),
        ("MIDPOINT", HistoricalTicks),
    ],
)
def test_ticks_of_the_past(client: Client, what: str, kind: type) -> None:
    """Each kind has its own message, the oldest first."""
    client.ask(
        RequestHistoricalTicks(
            5, AMZN, "", "20260512-15:00:00", tick_count=20, what=what, use_rth=True
        )
    )
    told: Any = client.one(kind)
    assert told.is_done
    assert len(told.ticks) >= 20
    assert [tick.time for tick in told.ticks] == sorted(tick.time for tick in told.ticks)


def test_refusals(world: World, client: Client) -> None:
    """Wrong words, what is not recorded, and what is to fail."""
    client.ask(replace(BARS, bar_size="7 mins"))
    assert client.codes() == [321]
    client.ask(replace(BARS, contract=EURUSD))
    assert client.codes() == [162]
    world.mishaps.history_failures, world.mishaps.history_text = 1, "on purpose"
    client.ask(BARS)
    assert client.codes() == [162]
    client.ask(BARS)
    assert client.codes() == []
