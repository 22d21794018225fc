"""Channels whose messages say all, and channels of which none may be lost."""

import json
from typing import Any

import pytest
from gateway_world import Tray

from voldesk.gateways.channel import Channel, EveryChannel, LatestChannel
from voldesk.gateways.frames import Message
from voldesk.gateways.meter import Meter
from voldesk.gateways.outbox import Outbox
from voldesk.gateways.request import Request
from voldesk.gateways.settings import GatewaySettings

REQUEST = Request(topic="status", rate=4.0)


def _encode(value: Any, seq: int) -> Message:
    return Message("said", json.dumps([value, seq]).encode())


def _client() -> Outbox:
    return Outbox(Tray(), GatewaySettings(), Meter())


def _flushed(channel: Channel) -> list[Any]:
    return [
        json.loads(message.payload) for _, parcel in channel.flush() for message in parcel.messages
    ]


def test_the_newest_replaces_those_before_it() -> None:
    """Three pieces of news before a flush are one message."""
    channel = LatestChannel(REQUEST, 1, _encode)
    for value in "abc":
        channel.take(value)
    had_news = channel.has_news
    assert _flushed(channel) == [["c", 1]]
    assert (had_news, channel.has_news) == (True, False)
    channel.take("d")
    assert _flushed(channel) == [["d", 2]]


def test_what_was_known_before_is_the_first_snapshot() -> None:
    """A client that comes in a quiet time is told the present state."""
    channel = LatestChannel(REQUEST, 1, _encode, first="now")
    assert [json.loads(one.payload) for one in channel.opening()] == [["now", 1]]
    assert LatestChannel(REQUEST, 1, _encode).opening() == ()


def test_what_says_nothing_is_passed_over() -> None:
    """News that does not concern the topic neither is told nor hides what is to be told."""
    channel = LatestChannel(REQUEST, 1, _encode, says_something=bool)
    channel.take("a")
    channel.take("")
    assert _flushed(channel) == [["a", 1]]
    channel.take("")
    assert not channel.has_news


def test_the_rate_is_a_gap() -> None:
    """Four a second are a quarter of a second apart; no rate is no gap."""
    assert LatestChannel(REQUEST, 1, _encode).min_gap == 0.25
    assert EveryChannel(Request(topic="alerts"), 1, _encode).min_gap == 0.0


def test_every_message_is_told_in_order() -> None:
    """All news since the last flush leaves, numbered without a hole."""
    channel = EveryChannel(Request(topic="alerts"), 1, _encode)
    for value in "abc":
        channel.take(value)
    assert _flushed(channel) == [["a", 1], ["b", 2], ["c", 3]]
    channel.take("d")
    assert _flushed(channel) == [["d", 4]]
    assert channel.flush() == []
    assert channel.is_lossless


def test_a_lossless_topic_opens_with_its_description() -> None:
    """What explains the messages comes first; the past is not told again."""
    channel = EveryChannel(Request(topic="ticks/sim"), 1, _encode, lambda: (Message("l", b"1"),))
    channel.take("before")
    assert [one.event for one in channel.opening()] == ["l"]
    assert channel.snapshot() == ()


def test_joining_owes_and_leaving_forgives() -> None:
    """A client that joins needs the opening, one that leaves needs nothing."""
    channel = LatestChannel(REQUEST, 1, _encode, first="x")
    client = _client()
    channel.join(client)
    joined = client.is_in_step, client in channel.clients
    channel.leave(client)
    left = client.is_in_step, client in channel.clients
    assert (joined, left) == ((False, True), (True, False))


@pytest.mark.parametrize("method", ["flush", "snapshot"])
def test_a_bare_channel_says_nothing(method: str) -> None:
    """What a channel says is up to its kind."""
    with pytest.raises(NotImplementedError):
        getattr(Channel(REQUEST, 1, None), method)()
    with pytest.raises(NotImplementedError):
        Channel(REQUEST, 1, None).take("x")
