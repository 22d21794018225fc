"""Five-second bars, every tick, depth."""

from collections import defaultdict
from itertools import pairwise

import pytest
from tws_client import AMZN, EURUSD, SPX, Client, make_world, move

from voldesk.simulator.ib.world import World
from voldesk.wire.ib.answers_market import (
    DepthExchanges,
    DepthUpdate,
    DepthUpdateL2,
    RealTimeBar,
    TickByTick,
)
from voldesk.wire.ib.answers_reference import HistoricalTicksBidAsk, HistoricalTicksLast
from voldesk.wire.ib.requests_market import (
    CancelDepth,
    CancelRealTimeBars,
    CancelTickByTick,
    RequestDepth,
    RequestDepthExchanges,
    RequestRealTimeBars,
    RequestTickByTick,
)


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def client(world: World) -> Client:
    return Client(world)


def test_bars_of_five_seconds(world: World, client: Client) -> None:
    """One each five seconds, told when it is over."""
    client.ask(RequestRealTimeBars(5, AMZN, 5, "TRADES", use_rth=True))
    move(world, 21.0)
    times = [bar.time for bar in client.of(RealTimeBar)]
    assert len(times) == 4
    assert [after - before for before, after in pairwise(times)] == [5, 5, 5]
    assert all(bar.low <= bar.wap <= bar.high for bar in client.of(RealTimeBar))
    client.ask(CancelRealTimeBars(5))
    client.clear()
    move(world, 6.0)
    assert client.heard == []


def test_every_trade(world: World, client: Client) -> None:
    """Past ones first where they are asked for, then those of each second as it passes."""
    client.ask(RequestTickByTick(5, AMZN, "Last", tick_count=10))
    assert len(client.one(HistoricalTicksLast).ticks) >= 10
    client.clear()
    move(world, 5.0)
    told = client.of(TickByTick)
    assert told
    assert {tick.kind for tick in told} == {1}
    assert all(tick.price > 0.0 and tick.size > 0.0 for tick in told)
    client.ask(CancelTickByTick(5))
    assert client.codes() == []


def test_every_quote_and_midpoint(world: World, client: Client) -> None:
    """Bid and ask of a currency pair, and the middle."""
    client.ask(
        RequestTickByTick(5, EURUSD, "BidAsk", tick_count=2),
        RequestTickByTick(6, EURUSD, "MidPoint", tick_count=2),
    )
    assert client.of(HistoricalTicksBidAsk)
    client.clear()
    move(world, 5.0)
    by_kind = defaultdict(list)
    for tick in client.of(TickByTick):
        by_kind[tick.kind].append(tick)
    assert all(tick.bid < tick.ask for tick in by_kind[3])
    assert set(by_kind) == {3, 4}


def test_a_ladder_can_be_rebuilt(world: World, client: Client) -> None:
    """Applied one after the other, changes give bids that fall and asks that rise."""
    client.ask(RequestDepth(5, EURUSD, 5))
    move(world, 5.0)
    sides: dict[int, dict[int, float]] = {0: {}, 1: {}}
    for row in client.of(DepthUpdate):
        if row.operation == 2:
            del sides[row.side][row.position]
        else:
            assert (row.position in sides[row.side]) == (row.operation == 1)
            sides[row.side][row.position] = row.price
    asks = [sides[0][place] for place in sorted(sides[0])]
    bids = [sides[1][place] for place in sorted(sides[1])]
    assert len(asks) == len(bids) == 5
    assert asks == sorted(asks)
    assert bids == sorted(bids, reverse=True)
    assert bids[0] < asks[0]


def test_smart_depth_names_exchanges(client: Client) -> None:
    """A smart ladder says who stands where."""
    client.ask(RequestDepth(5, AMZN, 5, is_smart=True))
    assert all(row.market_maker and row.is_smart for row in client.of(DepthUpdateL2))
    client.ask(CancelDepth(5, is_smart=True), CancelDepth(5, is_smart=True))
    assert client.codes() == [310]
    client.ask(RequestDepthExchanges())
    assert client.one(DepthExchanges).exchanges


def test_refusals(client: Client) -> None:
    """Twice the same id, unknown ids, what has no ticks or depth, one ladder too many."""
    client.ask(RequestRealTimeBars(5, AMZN, 5, "TRADES", use_rth=True))
    client.ask(RequestRealTimeBars(5, AMZN, 5, "TRADES", use_rth=True))
    assert client.codes() == [102]
    client.ask(CancelRealTimeBars(9), CancelTickByTick(9))
    assert client.codes() == [300, 300]
    client.ask(RequestTickByTick(5, SPX, "BidAsk"), RequestDepth(5, SPX, 5))
    assert client.codes() == [10189, 10092]
    client.ask(*(RequestDepth(10 + n, EURUSD, 1) for n in range(6)))
    assert client.codes() == [309]
    client.ask(RequestDepth(10, EURUSD, 1), RequestTickByTick(5, AMZN, "Nonsense"))
    assert client.codes() == [102, 321]


def test_lost_streams(world: World, client: Client) -> None:
    """When TWS has lost its subscriptions nothing more comes."""
    client.ask(RequestTickByTick(5, AMZN, "AllLast"))
    client.session.forget()
    client.clear()
    move(world, 3.0)
    assert client.heard == []
