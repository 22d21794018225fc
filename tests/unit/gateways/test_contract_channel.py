"""Per-contract messages: paced, bounded, none lost for good."""

from typing import Any

import numpy as np
from gateway_world import FIRST_EXPIRY, Tray, World
from hypothesis import given
from hypothesis import strategies as st

from voldesk.gateways.contract_channel import ContractChannel
from voldesk.gateways.meter import Meter
from voldesk.gateways.outbox import Outbox
from voldesk.gateways.request import Request
from voldesk.gateways.settings import GatewaySettings

LIMIT = 4


class Reader:
    """A client and the last it was told of each contract."""

    def __init__(self, channel: ContractChannel) -> None:
        self.tray = Tray()
        self.client = Outbox(self.tray, GatewaySettings(), Meter())
        self.told: dict[str, Any] = {}
        self.ratio: Any = None
        self.most = 0
        channel.join(self.client)
        self.read()

    def read(self) -> list[Any]:
        self.client.settle()
        for parcel in self.tray.parcels:
            kinds = [message.event for message in parcel.messages]
            self.most = max(self.most, kinds.count("greeks_update"))
        said = self.tray.empty()
        for one in said:
            if one["type"] == "greeks_update":
                self.told[one["data"]["instrumentKey"]] = one["data"]
            else:
                self.ratio = one["data"]
        return said


def _channel(world: World, **wish: Any) -> ContractChannel:
    request = Request(topic="greeks/NIFTY", **wish)
    channel = ContractChannel(request, 1, world.chains["NIFTY"], rate=4.0, limit=LIMIT)
    world.bus.on("chain/NIFTY", lambda _, update: channel.take(update))
    return channel


def _flush(channel: ContractChannel) -> None:
    for clients, parcel in channel.flush():
        for client in list(clients):
            client.deliver([(channel, parcel)], parcel)


def _drain(channel: ContractChannel, readers: list[Reader]) -> int:
    """Flush until there is nothing left to say; return how often."""
    for count in range(100):
        if not channel.has_news:
            return count
        _flush(channel)
        for reader in readers:
            reader.read()
    raise AssertionError("it never ends")


def _check(world: World, reader: Reader) -> None:
    rows = world.chains["NIFTY"].table.rows
    assert set(reader.told) == set(rows.symbol)
    for row, symbol in enumerate(rows.symbol):
        iv = reader.told[symbol]["iv"]
        assert iv == rows.iv[row] or (iv is None and np.isnan(rows.iv[row])), symbol


STEPS = st.lists(
    st.sampled_from(["change", "flush", "pause", "resume", "join", "new"]), max_size=30
)


@given(steps=STEPS)
def test_every_client_ends_with_every_contract(steps: list[str]) -> None:
    """Changes, pauses and late joiners in any order: at the end each knows the last of each."""
    world = World()
    world.add("NIFTY")
    channel = _channel(world)
    readers = [Reader(channel)]
    for step in steps:
        if step == "change":
            world.change("NIFTY")
        elif step == "flush":
            _flush(channel)
        elif step == "pause":
            readers[0].tray.is_writable = False
        elif step == "resume":
            readers[0].tray.is_writable = True
        elif step == "join":
            readers.append(Reader(channel))
        else:
            world.add("NIFTY", strikes=3 + len(readers) % 4)
            for reader in readers:
                reader.read()
                reader.told.clear()
        for reader in readers:
            reader.read()
    readers[0].tray.is_writable = True
    _drain(channel, readers)
    for reader in readers:
        reader.told = {
            key: value
            for key, value in reader.told.items()
            if key in set(world.chains["NIFTY"].table.rows.symbol)
        }
        _check(world, reader)
        assert reader.most <= LIMIT


def test_a_new_client_is_told_all_at_the_channels_pace() -> None:
    """Ten contracts at four a frame take three frames; the ratio comes at once."""
    world = World()
    world.add("NIFTY")
    channel = _channel(world)
    reader = Reader(channel)
    assert reader.ratio is not None
    assert not reader.told
    assert _drain(channel, [reader]) == 3
    _check(world, reader)


def test_rows_that_wait_longest_come_first() -> None:
    """Rows that change all the time do not keep the others from being told."""
    world = World()
    world.add("NIFTY")
    channel = _channel(world)
    reader = Reader(channel)
    _drain(channel, [reader])
    reader.told.clear()
    world.change("NIFTY", np.arange(10))
    for _ in range(3):
        _flush(channel)
        reader.read()
        world.change("NIFTY", np.arange(4))
    assert len(reader.told) == 10


def test_one_expiry_alone() -> None:
    """With an expiry only its contracts are told, and the ratio is theirs."""
    world = World()
    world.add("NIFTY", expiries=2)
    channel = _channel(world, expiry=FIRST_EXPIRY)
    reader = Reader(channel)
    _drain(channel, [reader])
    world.change("NIFTY", [1, 15])
    _drain(channel, [reader])
    assert {one["expiry"] for one in reader.told.values()} == {"2025-11-27"}
    rows = world.chains["NIFTY"].table.rows
    puts = rows.open_interest[:10][~rows.is_call[:10]]
    assert reader.ratio["totalPeOi"] == np.nansum(puts)


def test_a_quiet_market_says_nothing() -> None:
    """Without news no frame is due."""
    world = World()
    world.add("NIFTY")
    channel = _channel(world)
    reader = Reader(channel)
    _drain(channel, [reader])
    assert not channel.has_news
    channel.leave(reader.client)
    assert not channel.clients
