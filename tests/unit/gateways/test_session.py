"""What clients say, understood or answered with what was wrong."""

import json
from contextlib import suppress
from typing import Any

import pytest
from gateway_world import Tray, World
from hypothesis import given
from hypothesis import strategies as st

from voldesk.gateways.hub import Hub
from voldesk.gateways.problems import ClientError
from voldesk.gateways.session import Allowance, StreamSession, Subscribe, decode_op
from voldesk.gateways.settings import GatewaySettings
from voldesk.model.clock import ManualClock

LIMIT = 2_000


def _session() -> tuple[StreamSession, Tray, Hub]:
    world = World()
    world.add("NIFTY")
    world.add("BANKNIFTY")
    hub = Hub(world.bus, world, GatewaySettings(topics=3))
    tray = Tray()
    client = hub.attach(tray)
    return StreamSession(hub, client, ManualClock(5_000_000)), tray, hub


def _say(session: StreamSession, tray: Tray, **op: Any) -> list[Any]:
    error = session.obey(decode_op(json.dumps(op), LIMIT))
    said = tray.empty()
    assert (error is not None) == any(
        isinstance(one, dict) and one["type"] == "error" for one in said
    )
    return said


async def test_a_subscription_is_confirmed_and_opened() -> None:
    """First what was understood, then layout and snapshot, with the id that was sent."""
    session, tray, _ = _session()
    said = _say(session, tray, op="subscribe", id=7, topics=["chain/NIFTY"], fields=["iv"], rate=20)
    assert [one["type"] for one in said] == ["subscribed", "layout", "snapshot"]
    assert said[0]["id"] == 7
    assert said[0]["topics"] == [
        {
            "topic": "chain/NIFTY",
            "topic_id": 1,
            "kind": "latest",
            "format": "json",
            "fields": ["iv"],
            "rate": 20.0,
        }
    ]


async def test_topics_are_given_up_by_name_or_all() -> None:
    """Unsubscribe names what was given up."""
    session, tray, _ = _session()
    _say(session, tray, op="subscribe", topics=["chain/NIFTY", "status"])
    (said,) = _say(session, tray, op="unsubscribe", topics=["status"])
    assert said == {"type": "unsubscribed", "topics": ["status"]}
    (said,) = _say(session, tray, op="unsubscribe")
    assert said["topics"] == ["chain/NIFTY"]


async def test_a_resync_is_a_new_opening() -> None:
    """Layout and snapshot come again, of one topic or all."""
    session, tray, _ = _session()
    _say(session, tray, op="subscribe", topics=["chain/NIFTY", "chain/BANKNIFTY"])
    said = _say(session, tray, op="resync", topics=["chain/NIFTY"])
    assert [one["type"] for one in said] == ["layout", "snapshot"]
    assert len(_say(session, tray, op="resync")) == 4


@pytest.mark.parametrize("op", ["unsubscribe", "resync"])
async def test_what_is_not_held_is_named(op: str) -> None:
    """The error names the topic and those that are held."""
    session, tray, _ = _session()
    (said,) = _say(session, tray, op=op, topics=["status"], id="a")
    assert said["code"] == "not_subscribed"
    assert said["message"] == "topic 'status' is not held; held are none"
    assert said["id"] == "a"


async def test_a_ping_is_answered_with_the_time() -> None:
    """Pong carries the id and the server's microseconds."""
    session, tray, _ = _session()
    assert _say(session, tray, op="ping", id="x") == [{"type": "pong", "id": "x", "ts_us": 5_000}]


async def test_what_could_be_had_before_a_limit_is_had() -> None:
    """Three topics of four are served, then the limit is named."""
    session, tray, hub = _session()
    said = _say(
        session,
        tray,
        op="subscribe",
        topics=["status", "alerts", "summary/NIFTY", "summary/BANKNIFTY"],
    )
    assert said[0]["type"] == "subscribed"
    assert len(said[0]["topics"]) == 3
    assert said[-1]["code"] == "too_many_topics"
    (client,) = hub.clients
    assert len(client.subscriptions) == 3


async def test_an_unknown_topic_changes_nothing() -> None:
    """If one of the topics does not exist none is subscribed."""
    session, tray, hub = _session()
    (said,) = _say(session, tray, op="subscribe", topics=["status", "chain/X"])
    assert said["code"] == "unknown_topic"
    (client,) = hub.clients
    assert not client.subscriptions


async def test_ratios_are_named_as_soon_as_there_are_two() -> None:
    """With a second underlying both ratios say whose they are; one alone does not."""
    session, tray, _ = _session()
    said = _say(session, tray, op="subscribe", topics=["greeks/NIFTY"])
    assert "symbol" not in said[1]["data"]
    said = _say(session, tray, op="subscribe", topics=["greeks/BANKNIFTY"])
    ratios = [one for one in said if one["type"] == "pcr_update"]
    assert {one["data"]["symbol"] for one in ratios} == {"NIFTY", "BANKNIFTY"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad_json"),
        ("{", "bad_json"),
        ("\x00", "bad_json"),
        ("[" * 1_500, "bad_message"),
        ("null", "bad_message"),
        ("[1]", "bad_message"),
        ("{}", "bad_message"),
        ('{"op":"buy"}', "bad_message"),
        ('{"op":"subscribe"}', "bad_message"),
        ('{"op":"subscribe","topics":"chain/NIFTY"}', "bad_message"),
        ('{"op":"subscribe","topics":[1]}', "bad_message"),
        ('{"op":"subscribe","topics":[],"rate":"fast"}', "bad_message"),
        ('{"op":"subscribe","topics":[],"expiry":"soon"}', "bad_message"),
        ('{"op":"ping","id":{}}', "bad_message"),
        ('{"op":"ping","id":"' + "x" * 3_000 + '"}', "message_too_long"),
        (b'{"op":"ping"}', "bad_message"),
    ],
)
def test_what_is_not_understood_is_told(text: str | bytes, code: str) -> None:
    """Every kind of nonsense has its code and never another exception."""
    with pytest.raises(ClientError) as caught:
        decode_op(text, LIMIT)
    assert caught.value.code == code


@given(st.text() | st.recursive(st.none() | st.text(), st.lists).map(json.dumps))
def test_no_text_brings_the_session_down(text: str) -> None:
    """Whatever is sent is an operation or a client error."""
    with suppress(ClientError):
        decode_op(text, LIMIT)


@given(
    st.fixed_dictionaries(
        {"op": st.sampled_from(["subscribe", "unsubscribe", "resync", "ping"])},
        optional={
            "topics": st.lists(
                st.sampled_from(["chain/NIFTY", "greeks/NIFTY", "status", "alerts", "x", ""])
            ),
            "fields": st.lists(st.sampled_from(["bid", "iv", "no"])),
            "rate": st.floats(allow_nan=False) | st.integers(),
            "format": st.sampled_from(["json", "binary", "xml"]),
        },
    )
)
async def test_any_well_formed_operation_is_answered(op: dict[str, Any]) -> None:
    """Each operation that can be read gets a reply, an error among them."""
    session, tray, _ = _session()
    try:
        decoded = decode_op(json.dumps(op), LIMIT)
    except ClientError:
        return
    session.obey(decoded)
    if op["op"] != "resync" and (not isinstance(decoded, Subscribe) or decoded.topics):
        assert tray.said


def test_an_allowance_fills_up_again() -> None:
    """Two seconds' worth at once, then as many as a second brings."""
    allowance = Allowance(5.0)
    assert [allowance.spend(100.0) for _ in range(11)] == [True] * 10 + [False]
    assert not allowance.spend(100.1)
    assert allowance.spend(100.3)
    assert [allowance.spend(1e6) for _ in range(11)].count(True) == 10
