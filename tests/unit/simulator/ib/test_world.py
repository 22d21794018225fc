"""What all clients share: one market, one time."""

import pytest
from tws_client import NOON, SECOND, Client, make_world, move

from voldesk.model.clock import ManualClock
from voldesk.simulator.ib.refusal import Refused
from voldesk.simulator.ib.tws import DESKS
from voldesk.simulator.ib.world import World
from voldesk.simulator.market.market import SyntheticMarket
from voldesk.wire.ib.answers_account import Position
from voldesk.wire.ib.requests_orders import RequestPositions


@pytest.mark.parametrize("speed", [1.0, 10.0])
def test_market_time_runs_along_with_the_clock(speed: float) -> None:
    """So many market seconds for each of the clock's."""
    market = SyntheticMarket(("AMZN",), 7, NOON)
    clock = ManualClock(5)
    world = World(market, clock, DESKS, speed=speed)
    clock.advance(2 * SECOND)
    world.step()
    assert world.now() == NOON + round(2 * speed * SECOND)
    assert world.exchange.now == world.now()
    assert world.second == world.now() // SECOND


def test_a_clock_that_ran_away() -> None:
    """After a long sleep the market is where the clock is, without all that was missed."""
    world = make_world()
    assert isinstance(world.clock, ManualClock)
    world.clock.advance(3600 * SECOND)
    world.step()
    assert world.now() == NOON + 3600 * SECOND


def test_the_exchange_sees_what_clients_see() -> None:
    """A quote of the market is a quote of the exchange."""
    world = make_world()
    move(world, 2.0)
    option = next(o for o in world.catalogue.options() if o.row >= 0)
    key = str(world.market.listing.key[option.row])
    shown, quoted = world.shop.shown(option, world.second), world.exchange.quote(key)
    assert quoted.ask is not None
    assert float(quoted.ask) == shown.ask


def test_sessions_come_and_go() -> None:
    """Who left makes room for the next of that id, and nobody else's."""
    world = make_world()
    first = Client(world, 3)
    assert set(world.sessions) == {3}
    second = Client(world, 3)
    second.session.closed()
    assert world.sessions[3] is first.session
    first.session.end()
    assert world.sessions == {}


def test_an_account_that_holds_something() -> None:
    """Shares at the start, long or short, seen by every client."""
    world = make_world()
    world.hold("AMZN", 100)
    world.hold("AAPL", -5)
    client = Client(world)
    client.ask(RequestPositions())
    assert {told.contract.symbol: told.position for told in client.of(Position)} == {
        "AMZN": 100.0,
        "AAPL": -5.0,
    }
    with pytest.raises(Refused):
        world.hold("NOPE", 1)


def test_time_as_text() -> None:
    """In UTC, with its zone."""
    assert make_world().time_text() == "20260512 16:00:00 GMT"
