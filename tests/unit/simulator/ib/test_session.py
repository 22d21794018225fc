"""One client from its first bytes to its last, without a socket."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ib_messages import message_of
from tws_client import AMZN, Client, make_world, move

from voldesk.model.clock import ManualClock
from voldesk.simulator.ib.session import Session, State
from voldesk.simulator.ib.world import World
from voldesk.wire.ib.answers_account import CurrentTime, ManagedAccounts
from voldesk.wire.ib.answers_market import TickPrice, TickReqParams
from voldesk.wire.ib.answers_orders import NextValidId
from voldesk.wire.ib.books import REQUESTS
from voldesk.wire.ib.codec import Layout
from voldesk.wire.ib.framing import frame
from voldesk.wire.ib.handshake import hello
from voldesk.wire.ib.messages import encode_request
from voldesk.wire.ib.requests_market import RequestCurrentTime, RequestMarketData, StartApi


@pytest.fixture(scope="module")
def world() -> World:
    return make_world()


class Bytes:
    """A link that keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.is_open = True

    def send(self, data: bytes) -> None:
        self.sent.append(data)

    def close(self) -> None:
        self.is_open = False

    def abort(self) -> None:
        self.is_open = False


@pytest.mark.parametrize("version", [100, 157, 178])
def test_a_client_is_welcomed(world: World, version: int) -> None:
    """Version first, then accounts and the next order id, then that all farms are well."""
    client = Client(world, version=version)
    assert client.version == version
    assert isinstance(client.heard[0], ManagedAccounts)
    assert isinstance(client.heard[1], NextValidId)
    assert client.codes() == [2104, 2104, 2106, 2158]
    client.session.end()


def test_silence_until_start_api(world: World) -> None:
    """Between the version and START_API nothing is said: clients throw it away."""
    link = Bytes()
    session = Session(world, link)
    session.receive(hello(100, 178))
    assert len(link.sent) == 1
    assert link.sent[0].count(b"\0") >= 2
    assert session.state is State.WAITING
    session.tick(world.now())
    assert len(link.sent) == 1


def test_bytes_cut_anywhere(world: World) -> None:
    """Greeting, start and a request, one byte at a time."""
    link = Bytes()
    session = Session(world, link)
    stream = hello(100, 178) + frame(encode_request(StartApi(77), 178))
    stream += frame(encode_request(RequestCurrentTime(), 178))
    for at in range(len(stream)):
        session.receive(stream[at : at + 1])
    assert b"49\x001\x00" in link.sent[-1]
    session.end()


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n",
        hello(179, 225),
        hello(100, 178) + b"\xff\xff\xff\xff",
        hello(100, 178) + frame(encode_request(RequestCurrentTime(), 178)),
    ],
)
def test_hostile_openings_end_the_session(world: World, data: bytes) -> None:
    """A stranger, a version we do not speak, a length beyond reason, a request before the start."""
    link = Bytes()
    session = Session(world, link)
    session.receive(data)
    assert session.is_over
    assert not link.is_open
    session.receive(b"more")


def test_client_ids_are_unique(world: World) -> None:
    """A second client of the same id hears 326 and is closed; the first stays."""
    first, second = Client(world, 5), Client(world, 5)
    assert second.codes() == [326]
    assert (second.end, first.end) == ("close", None)
    first.session.end()
    third = Client(world, 5)
    assert third.end is None
    third.session.end()


def test_requests_that_mean_nothing(world: World) -> None:
    """A frame that is no request is answered by 320; the session goes on."""
    client = Client(world, 6)
    client.clear()
    client.session.receive(frame(b"999\x00") + frame(b"49\x001\x00"))
    assert client.codes() == [320]
    assert client.of(CurrentTime)
    client.session.end()


@pytest.mark.parametrize(
    "layout",
    [layout for layout in REQUESTS.by_type.values() if layout.cls is not StartApi],
    ids=lambda layout: layout.cls.__name__,
)
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_request_is_answered_or_refused(
    world: World, layout: Layout, data: st.DataObject
) -> None:
    """Whatever a well-formed request asks for, the session goes on."""
    request = data.draw(message_of(layout.cls, 178))
    client = Client(world, 9)
    client.ask(request)
    assert client.end is None
    client.session.end()


def test_too_fast(world: World) -> None:
    """The 51st message of a second is refused by 100; three such seconds end the session."""
    client = Client(world, 7)
    client.ask(*[RequestCurrentTime()] * 50)
    assert client.codes() == []
    assert isinstance(world.clock, ManualClock)
    for _ in range(3):
        client.ask(*[RequestCurrentTime()] * 60)
        assert 100 in client.codes()
        world.clock.advance(10**9)
    assert client.end == "close"


def test_paced_clients_are_held_back(world: World) -> None:
    """With +PACEAPI what comes too fast is answered later, and nothing is refused."""
    client = Client(world, 8, options="+PACEAPI")
    assert len(client.ask(*[RequestCurrentTime()] * 120)) == 50
    assert isinstance(world.clock, ManualClock)
    for count in (50, 20):
        world.clock.advance(10**9)
        client.clear()
        client.session.tick(world.now())
        assert len(client.of(CurrentTime)) == count
    assert client.end is None
    client.session.end()


def test_a_defect_ends_one_client_alone() -> None:
    """A desk that fails takes its own client with it; the others go on."""
    world = make_world()
    first, second = Client(world, 1), Client(world, 2)

    def fail(_: object) -> None:
        raise ZeroDivisionError

    first.session.guarded(fail)(None)
    assert (first.end, second.end) == ("abort", None)
    assert set(world.sessions) == {2}


def test_old_clients_hear_what_they_know() -> None:
    """A message that came after a client's version is not sent to it."""
    world = make_world()
    old, new = Client(world, 1, version=113), Client(world, 2)
    for client in (old, new):
        client.ask(RequestMarketData(1, AMZN))
    assert not old.of(TickReqParams)
    assert new.of(TickReqParams)
    assert len(old.of(TickPrice)) == len(new.of(TickPrice))


def test_slow_readers_hear_the_newest() -> None:
    """While a client reads too slowly ticks wait; then it hears how things stand, once."""
    world = make_world()
    client = Client(world)
    client.ask(RequestMarketData(1, AMZN))
    client.session.is_paused = True
    client.clear()
    move(world, 3.0)
    assert client.heard == []
    client.session.is_paused = False
    move(world, 0.3)
    told = [tick.tick_type for tick in client.of(TickPrice)]
    assert len(told) == len(set(told))
    assert told
