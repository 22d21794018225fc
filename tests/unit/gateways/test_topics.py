"""Names of topics, what can be wished of them, and the channels they are."""

import json
from datetime import date
from typing import Any

import pytest
from gateway_world import FIRST_EXPIRY, World
from hand_desk import HandDesk
from orders import an_intent

from voldesk.gateways.chain_channel import ChainChannel
from voldesk.gateways.channel import Channel, EveryChannel, LatestChannel
from voldesk.gateways.contract_channel import ContractChannel
from voldesk.gateways.fields import DEFAULT_FIELDS
from voldesk.gateways.problems import ClientError
from voldesk.gateways.request import Request, StreamFormat
from voldesk.gateways.settings import GatewaySettings
from voldesk.gateways.topics import (
    Sources,
    Wish,
    build_channel,
    requests_of,
    require_expiry,
    source_of,
    topics_served,
)
from voldesk.model.listing import Listing


def _world() -> World:
    world = World()
    world.add("NIFTY")
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
    return world


def test_topics_are_those_of_the_process() -> None:
    """Three per underlying, ticks per feed, and those that are always there."""
    assert topics_served(_world()) == [
        "chain/NIFTY",
        "summary/NIFTY",
        "greeks/NIFTY",
        "status",
        "alerts",
        "orders",
        "positions",
        "risk",
        "ticks/sim",
    ]


@pytest.mark.parametrize(
    ("topic", "kind", "source"),
    [
        ("chain/NIFTY", ChainChannel, "chain/NIFTY"),
        ("greeks/NIFTY", ContractChannel, "chain/NIFTY"),
        ("summary/NIFTY", LatestChannel, "chain/NIFTY"),
        ("status", LatestChannel, "status"),
        ("alerts", EveryChannel, "alerts"),
        ("orders", EveryChannel, "orders"),
        ("positions", LatestChannel, "positions"),
        ("risk", LatestChannel, "risk"),
        ("ticks/sim", EveryChannel, "ticks/sim"),
    ],
)
def test_each_topic_has_its_channel(topic: str, kind: type, source: str) -> None:
    """A topic is served by a channel of its kind, fed from its bus topic."""
    world = _world()
    (request,) = requests_of((topic,), Wish(), world, is_named=False)
    channel = build_channel(
        request, 3, Sources(state=world, settings=GatewaySettings(), summaries={})
    )
    assert type(channel) is kind
    assert source_of(topic) == source


@pytest.mark.parametrize(
    "topic", ["", "chain", "chain/", "chain/X", "ticks/x", "NIFTY", "status/bus", "greeks/nifty"]
)
def test_what_is_no_topic_is_answered_with_those_that_are(topic: str) -> None:
    """The error names the value and what there is."""
    with pytest.raises(ClientError, match="there are chain/NIFTY, summary/NIFTY") as caught:
        requests_of((topic,), Wish(), _world(), is_named=False)
    assert caught.value.code == "unknown_topic"


def test_a_long_list_of_topics_is_cut() -> None:
    """A desk with many underlyings gets an error that can be read."""
    world = World()
    for number in range(30):
        world.add(f"U{number}", strikes=1)
    with pytest.raises(ClientError, match="and 83 more"):
        requests_of(("x",), Wish(), world, is_named=False)


def test_wishes_go_where_they_have_a_meaning() -> None:
    """Fields and format belong to chains, an expiry to contracts, a rate to what is conflated."""
    wish = Wish(fields=("ask", "bid"), format="binary", rate=5.0, expiry=FIRST_EXPIRY)
    chain, greeks, status, alerts = requests_of(
        ("chain/NIFTY", "greeks/NIFTY", "status", "alerts", "chain/NIFTY"),
        wish,
        _world(),
        is_named=True,
    )
    assert chain == Request(
        topic="chain/NIFTY", fields=("bid", "ask"), format=StreamFormat.BINARY, rate=5.0
    )
    assert greeks == Request(topic="greeks/NIFTY", expiry=FIRST_EXPIRY, is_named=True)
    assert status == Request(topic="status", rate=5.0)
    assert alerts == Request(topic="alerts")


def test_nothing_wished_is_the_default() -> None:
    """Default fields, JSON, every frame."""
    (chain,) = requests_of(("chain/NIFTY",), Wish(), _world(), is_named=False)
    assert (chain.fields, chain.format, chain.rate) == (DEFAULT_FIELDS, StreamFormat.JSON, None)


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        (Wish(rate=0.0), "rate 0 per second, from 0.1 to 1000"),
        (Wish(rate=1e9), "rate 1e"),
        (Wish(rate=float("nan")), "rate nan"),
        (Wish(format="xml"), "no format 'xml'; there are json, binary"),
        (Wish(fields=("nope",)), "no field 'nope'"),
    ],
)
def test_a_wish_that_cannot_be_is_named(wish: Wish, told: str) -> None:
    """The error names the value and the limit."""
    with pytest.raises(ClientError, match=told):
        requests_of(("chain/NIFTY",), wish, _world(), is_named=False)


def test_an_expiry_that_is_not_listed_is_named() -> None:
    """The error names the expiry and those there are; None is no expiry."""
    update = _world().chains["NIFTY"]
    require_expiry(update, None)
    require_expiry(update, FIRST_EXPIRY)
    with pytest.raises(ClientError, match="no expiry 2031-01-01; there are 2025-11-27"):
        require_expiry(update, date(2031, 1, 1))


def _said(channel: object, *messages: Any) -> list[Any]:
    """Return what a channel tells: its opening, and then each of some messages of the bus."""
    assert isinstance(channel, EveryChannel | LatestChannel)
    told = list(channel.opening())
    for message in messages:
        channel.take(message)
        told += [one for _, parcel in channel.flush() for one in parcel.messages]
    return [json.loads(one.payload) for one in told]


def _trading(topic: str, desk: HandDesk | None, last: Any = None) -> Channel:
    world = _world()
    sources = Sources(
        state=world,
        settings=GatewaySettings(),
        summaries={},
        orders=desk,
        last=lambda name: last if name == topic else None,
    )
    return build_channel(Request(topic=topic), 1, sources)


def test_orders_are_told_from_those_that_are_known_on() -> None:
    """First all of them, then each whenever something happened to it."""
    desk = HandDesk()
    desk.adopt(an_intent("ext-1"))
    order = desk.find("ext-1")
    known, one = _said(_trading("orders", desk), order)
    assert (known["type"], [each["client_order_id"] for each in known["data"]]) == (
        "orders",
        ["ext-1"],
    )
    assert (one["type"], one["seq"], one["data"]["state"]) == ("order", 1, "external")


@pytest.mark.parametrize("is_there", [True, False])
def test_where_nobody_trades_no_orders_are_told(is_there: bool) -> None:
    """An empty list: the topic can be listened to all the same."""
    desk = HandDesk() if is_there else None
    if desk is not None:
        desk.is_away = True
    assert _said(_trading("orders", desk)) == [{"type": "orders", "topic": "orders", "data": []}]


def test_positions_and_risk_are_told_as_they_stand() -> None:
    """The last that was said comes at once, the next replaces it."""
    desk = HandDesk()
    first, then = _said(_trading("risk", desk, desk.risk()), desk.risk())
    assert (first["type"], first["seq"], then["seq"]) == ("risk", 1, 2)
    assert first["data"]["unlock_phrase"] == "unlock PAPER"
    (held,) = _said(_trading("positions", desk), desk.standing())
    assert (held["type"], held["data"]) == ("positions", [])
