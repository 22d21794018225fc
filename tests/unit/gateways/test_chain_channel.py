"""A chain's channel: snapshot and deltas give the table back, whatever happened in between."""

from typing import Any

import numpy as np
import pytest
from gateway_world import Mirror, Tray, World
from hypothesis import given
from hypothesis import strategies as st

from voldesk.gateways.chain_channel import ChainChannel, ChangedRows
from voldesk.gateways.fields import DEFAULT_FIELDS
from voldesk.gateways.meter import Meter
from voldesk.gateways.outbox import Outbox
from voldesk.gateways.request import Request, StreamFormat
from voldesk.gateways.settings import GatewaySettings


class Reader:
    """A client of one channel and what it has understood."""

    def __init__(self, channel: ChainChannel) -> None:
        self.tray = Tray()
        self.client = Outbox(self.tray, GatewaySettings(), Meter())
        self.tray.on_writable = self.client.settle
        self.mirror = Mirror()
        self.mirror.fields = list(channel.request.fields)
        self.mirror.topic_id = channel.topic_id
        channel.join(self.client)
        self.read()

    def read(self) -> list[dict[str, Any]]:
        self.client.settle()
        messages = self.tray.messages
        self.tray.parcels.clear()
        return [
            self.mirror.take(one.payload.decode() if one.is_text else one.payload)
            for one in messages
        ]

    def check(self, world: World) -> None:
        rows = world.chains["NIFTY"].table.rows
        for name, told in self.mirror.columns.items():
            wanted = getattr(rows, name).astype(float)
            np.testing.assert_allclose(told, wanted, rtol=1e-6, equal_nan=True)


def _flush(channel: ChainChannel) -> None:
    for clients, parcel in channel.flush():
        for client in list(clients):
            client.deliver([(channel, parcel)], parcel)


def _channel(world: World, form: StreamFormat = StreamFormat.JSON) -> ChainChannel:
    request = Request(topic="chain/NIFTY", fields=DEFAULT_FIELDS, format=form)
    channel = ChainChannel(request, 9, world.chains["NIFTY"])
    world.bus.on("chain/NIFTY", lambda _, update: channel.take(update))
    return channel


STEPS = st.lists(
    st.sampled_from(["change", "flush", "pause", "resume", "join", "new"]), max_size=30
)


@pytest.mark.parametrize("form", list(StreamFormat))
@given(steps=STEPS)
def test_every_client_ends_with_the_table(form: StreamFormat, steps: list[str]) -> None:
    """Changes, pauses, late joiners and new contracts in any order: all copies equal the table."""
    world = World()
    world.add("NIFTY")
    channel = _channel(world, form)
    readers = [Reader(channel)]
    for step in [*steps, "change", "flush", "resume", "flush"]:
        if step == "change":
            world.change("NIFTY")
        elif step == "flush":
            _flush(channel)
        elif step == "pause":
            readers[0].tray.is_writable = False
        elif step == "resume":
            readers[0].tray.open()
        elif step == "join":
            readers.append(Reader(channel))
        else:
            world.add("NIFTY", strikes=3 + len(readers) % 4)
        for reader in readers:
            reader.read()
    for reader in readers:
        reader.check(world)


def test_a_delta_holds_only_what_changed() -> None:
    """Rows of two updates before one flush leave once, in order, with the stamps of both."""
    world = World()
    world.add("NIFTY")
    channel = _channel(world)
    reader = Reader(channel)
    world.change("NIFTY", [3, 7])
    first = world.chains["NIFTY"]
    world.change("NIFTY", [1, 3])
    second = world.chains["NIFTY"]
    _flush(channel)
    (delta,) = reader.read()
    assert delta["rows"] == [1, 3, 7]
    assert delta["ts_recv_us"] == first.ts_recv // 1000
    assert delta["ts_flush_us"] == second.ts_flush // 1000


def test_an_update_without_rows_says_nothing() -> None:
    """A summary alone is not a frame of the chain, and uses up no number."""
    world = World()
    world.add("NIFTY")
    channel = _channel(world)
    world.change("NIFTY", [])
    assert channel.flush() == []
    assert channel.seq == 0


def test_a_snapshot_is_made_once_for_all_who_ask() -> None:
    """Clients that resume on one turn share the bytes; the next frame makes new ones."""
    world = World()
    world.add("NIFTY")
    channel = _channel(world)
    (first,) = channel.snapshot()
    assert channel.snapshot()[0] is first
    world.change("NIFTY", [0])
    channel.flush()
    assert channel.snapshot()[0] is not first


def test_the_bus_may_reuse_its_arrays() -> None:
    """Rows are copied when taken: what the publisher does with its array later is its affair."""
    world = World()
    world.add("NIFTY")
    rows = np.array([2, 4])
    changed = ChangedRows()
    world.change("NIFTY", rows)
    changed.add(world.chains["NIFTY"])
    rows[:] = 0
    assert changed.drain().tolist() == [2, 4]
    assert changed.drain().tolist() == []


def test_a_new_layout_reaches_a_client_at_once() -> None:
    """Rows that mean other contracts come with a new layout and a snapshot, not a delta."""
    world = World()
    world.add("NIFTY")
    channel = _channel(world)
    reader = Reader(channel)
    world.add("NIFTY", strikes=2)
    _flush(channel)
    assert [one["type"] for one in reader.read()] == ["layout", "snapshot"]
    assert len(reader.mirror.contracts["strike"]) == 4
