"""The hub: one flush per turn, one write per client, limits, slow clients."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest
from gateway_world import Mirror, Tray, World, settle, until

from voldesk.gateways.frames import Message
from voldesk.gateways.hub import Hub
from voldesk.gateways.outbox import STALLED, Outbox
from voldesk.gateways.problems import ClientError
from voldesk.gateways.request import Request, StreamFormat
from voldesk.gateways.settings import GatewaySettings
from voldesk.model.listing import Listing
from voldesk.model.ticks import empty_batch

CHAIN = Request(topic="chain/NIFTY", fields=("bid", "iv"))


def _hub(world: World, **settings: int) -> Hub:
    if not world.chains:
        world.add("NIFTY")
    hub = Hub(world.bus, world, GatewaySettings(**settings))  # type: ignore[arg-type]  # by name
    hub.open()
    return hub


def _client(hub: Hub, *requests: Request) -> tuple[Outbox, Tray]:
    tray = Tray()
    client = hub.attach(tray)
    for request in requests:
        hub.subscribe(client, request)
    client.settle()
    return client, tray


async def test_news_of_one_turn_is_one_frame() -> None:
    """Three updates before the loop turns leave as one delta, the same bytes for all."""
    world = World()
    hub = _hub(world)
    trays = [_client(hub, CHAIN)[1] for _ in range(3)]
    for tray in trays:
        tray.parcels.clear()
    for rows in ([0], [1], [2]):
        world.change("NIFTY", rows)
    await settle()
    parcels = {id(one) for tray in trays for one in tray.parcels}
    assert len(parcels) == 1
    assert trays[0].said[0]["rows"] == [0, 1, 2]
    assert hub.meter.encoded == 1


async def test_several_topics_are_one_write() -> None:
    """A client of two chains gets both deltas in one parcel; equal sets share the joint bytes."""
    world = World()
    world.add("NIFTY")
    world.add("BANKNIFTY")
    hub = _hub(world)
    other = replace(CHAIN, topic="chain/BANKNIFTY")
    trays = [_client(hub, CHAIN, other)[1] for _ in range(2)]
    alone = _client(hub, other)[1]
    for tray in (*trays, alone):
        tray.parcels.clear()
    world.change("NIFTY")
    world.change("BANKNIFTY")
    await settle()
    assert [one["topic"] for one in trays[0].said] == ["chain/NIFTY", "chain/BANKNIFTY"]
    assert len(trays[0].parcels) == 1
    assert trays[0].parcels[0] is trays[1].parcels[0]
    assert [one["topic"] for one in alone.said] == ["chain/BANKNIFTY"]


async def test_a_rate_holds_frames_back() -> None:
    """At ten a second what comes at once after a frame waits and is then told together."""
    world = World()
    hub = _hub(world)
    _, tray = _client(hub, replace(CHAIN, rate=10.0))
    tray.parcels.clear()
    world.change("NIFTY", [0])
    await settle()
    assert [one["rows"] for one in tray.empty()] == [[0]]
    world.change("NIFTY", [1])
    world.change("NIFTY", [4])
    await settle()
    assert not tray.parcels
    await until(lambda: bool(tray.parcels))
    assert [one["rows"] for one in tray.said] == [[1, 4]]


async def test_a_slow_client_is_conflated_and_others_are_not() -> None:
    """The stalled one gets a snapshot on resume, the others every frame."""
    world = World()
    hub = _hub(world)
    (slow, slow_tray), (_, quick_tray) = _client(hub, CHAIN), _client(hub, CHAIN)
    mirrors = [Mirror(), Mirror()]
    for mirror, tray in zip(mirrors, (slow_tray, quick_tray), strict=True):
        mirror.fields = ["bid", "iv"]
        for message in tray.messages:
            mirror.take(message.payload.decode())
        tray.parcels.clear()
    slow_tray.is_writable = False
    for _ in range(5):
        world.change("NIFTY")
        await settle()
    assert len(quick_tray.parcels) == 5
    assert not slow_tray.parcels
    slow_tray.open()
    world.change("NIFTY", [3])
    await settle()
    assert [one["type"] for one in slow_tray.said] == ["snapshot", "delta"]
    for mirror, tray in zip(mirrors, (slow_tray, quick_tray), strict=True):
        for message in tray.messages:
            mirror.take(message.payload.decode())
    for name in ("bid", "iv"):
        wanted = getattr(world.chains["NIFTY"].table.rows, name)
        for mirror in mirrors:
            np.testing.assert_array_equal(mirror.columns[name], wanted)
    assert hub.meter.conflated == 5
    assert slow.is_in_step


async def test_a_stalled_client_is_sent_away() -> None:
    """The watch closes it with a reason and forgets it; its channel ends with it."""
    world = World()
    hub = _hub(world, stall_secs=10)
    client, tray = _client(hub, CHAIN)
    tray.is_writable = False
    hub.check(100.0)
    hub.check(110.0)
    assert tray.closed == (STALLED, "nothing read for 10 s")
    assert not hub.clients
    assert client.is_closed
    world.change("NIFTY")
    await settle()


async def test_a_later_wish_replaces_the_earlier() -> None:
    """One topic is held once: other fields come in place of the first ones."""
    world = World()
    hub = _hub(world)
    client, tray = _client(hub, CHAIN)
    hub.subscribe(client, replace(CHAIN, fields=("ask",)))
    client.settle()
    tray.parcels.clear()
    world.change("NIFTY", [0])
    await settle()
    assert [list(one["columns"]) for one in tray.said] == [["ask"]]
    assert len(client.subscriptions) == 1


async def test_the_same_wish_again_is_a_resync() -> None:
    """Asked twice, a topic opens twice and is told once."""
    world = World()
    hub = _hub(world)
    client, tray = _client(hub, CHAIN)
    hub.subscribe(client, CHAIN)
    client.settle()
    assert [one["type"] for one in tray.said] == ["layout", "snapshot"] * 2
    tray.parcels.clear()
    world.change("NIFTY", [0])
    await settle()
    assert len(tray.said) == 1


async def test_what_is_given_up_is_not_told() -> None:
    """After unsubscribe no frame comes; giving up what is not held is nothing."""
    world = World()
    hub = _hub(world)
    client, tray = _client(hub, CHAIN)
    tray.parcels.clear()
    world.change("NIFTY", [0])
    assert hub.unsubscribe(client, "chain/NIFTY")
    assert not hub.unsubscribe(client, "chain/NIFTY")
    await settle()
    assert not tray.parcels


@pytest.mark.parametrize(
    ("limit", "code"), [("clients", "too_many_clients"), ("topics", "too_many_topics")]
)
async def test_limits_are_named(limit: str, code: str) -> None:
    """One more client or topic than allowed is refused, naming both numbers."""
    world = World()
    hub = _hub(world, **{limit: 1})

    client, _ = _client(hub, CHAIN)

    def one_more() -> None:
        hub.subscribe(client, Request(topic="status"))
        hub.attach(Tray())

    with pytest.raises(ClientError, match=r"1 .* at most 1") as caught:
        one_more()
    assert caught.value.code == code


async def test_variants_of_a_topic_are_bounded() -> None:
    """Each combination costs an encoding, so there is a limit; those in use are free."""
    world = World()
    hub = _hub(world, variants=2)
    for rate in (1.0, 2.0, 2.0, 1.0):
        _client(hub, replace(CHAIN, rate=rate))
    with pytest.raises(ClientError, match="2 combinations"):
        _client(hub, replace(CHAIN, format=StreamFormat.BINARY))


async def test_ticks_are_heard_only_while_somebody_listens() -> None:
    """The first client of a feed's ticks opens the listener, the last one closes it."""
    world = World()
    world.listing_of["sim"] = Listing.build(
        key=[],
        symbol=[],
        underlying=[],
        market=[],
        root=[],
        expiry=[],
        is_call=[],
        strike=[],
        is_option=[],
    )
    hub = _hub(world)
    assert not world.bus.has_listener("ticks/sim")
    client, tray = _client(hub, Request(topic="ticks/sim"))
    assert world.bus.has_listener("ticks/sim")
    for _ in range(3):
        world.bus.publish("ticks/sim", empty_batch(1))
    await settle()
    assert [one["type"] for one in tray.said] == ["layout", "ticks", "ticks", "ticks"]
    assert [one["seq"] for one in tray.said[1:]] == [1, 2, 3]
    hub.detach(client)
    assert not world.bus.has_listener("ticks/sim")


async def test_alerts_and_status_reach_their_listeners() -> None:
    """What is published on the bus is told under its type."""
    world = World()
    hub = _hub(world)
    _, tray = _client(hub, Request(topic="alerts"), Request(topic="status"))
    assert tray.empty() == [{"type": "status_update", "data": {"status": "ok"}}]
    world.bus.publish("alerts", {"what": "delta above 0.3"})
    world.bus.publish("status", {"status": "degraded"})
    await settle()
    assert [one["type"] for one in tray.said] == ["alert", "status_update"]
    assert tray.said[0]["data"] == {"what": "delta above 0.3"}
    assert tray.said[1]["data"] == {"status": "degraded"}


async def test_a_summary_is_kept_for_who_comes_later() -> None:
    """An update without a summary neither tells nor hides the last one."""
    world = World()
    hub = _hub(world)
    world.change("NIFTY", has_summary=True)
    world.change("NIFTY")
    _, tray = _client(hub, Request(topic="summary/NIFTY"))
    (told,) = tray.empty()
    assert told["data"]["underlying"]["contracts"] == 10
    world.change("NIFTY", has_summary=True)
    world.change("NIFTY")
    await settle()
    (told,) = tray.said
    assert told["seq"] == 2


async def test_after_a_long_flush_the_hub_rests() -> None:
    """What comes while it rests is conflated into one frame."""
    world = World()
    hub = _hub(world)

    class Heavy(Tray):
        def write(self, parcel: object) -> int:
            del parcel
            end = asyncio.get_running_loop().time() + 0.2
            while asyncio.get_running_loop().time() < end:
                pass
            self.parcels.append(None)  # type: ignore[arg-type]  # that it came is all
            return 0

    tray = Heavy()
    client = hub.attach(tray)
    hub.subscribe(client, CHAIN)
    client.settle()
    world.change("NIFTY", [0])
    await settle()
    tray.parcels.clear()
    for _ in range(5):
        world.change("NIFTY", [1])
        await settle(2)
    assert not tray.parcels
    await until(lambda: bool(tray.parcels))
    assert len(tray.parcels) == 1


async def test_running_checks_clients_and_stopping_sends_them_away() -> None:
    """While it runs stalled clients go; when it ends all go, told that the server stops."""
    world = World()
    world.add("NIFTY")
    hub = Hub(world.bus, world, GatewaySettings(stall_secs=0.0))
    task = asyncio.get_running_loop().create_task(hub.run())
    await settle()
    (_, stalled), (_, well) = _client(hub, CHAIN), _client(hub, CHAIN)
    stalled.is_writable = False
    await until(lambda: stalled.closed is not None)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert well.closed == (1012, "the server stops")
    assert not world.bus.has_listener("chain/NIFTY")


async def test_a_hub_that_is_cut_off_says_so() -> None:
    """A failure while news is taken ends the hub's task: no client is left with old data."""
    world = World()
    world.add("NIFTY")
    hub = Hub(world.bus, world, GatewaySettings())
    task = asyncio.get_running_loop().create_task(hub.run())
    await settle()
    world.bus.publish("chain/NIFTY", "no update")
    with pytest.raises(ExceptionGroup) as caught:
        await task
    assert caught.group_contains(AttributeError)


async def test_a_reply_does_not_overtake_the_stream() -> None:
    """What is written to a client stays in the order it was said."""
    world = World()
    hub = _hub(world)
    client, tray = _client(hub, CHAIN)
    tray.parcels.clear()
    world.change("NIFTY", [0])
    await settle()
    client.reply([Message("pong", b'{"type":"pong"}')])
    assert [one["type"] for one in tray.said] == ["delta", "pong"]
