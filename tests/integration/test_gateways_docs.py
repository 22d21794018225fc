"""What clients are told in the docs is what they get."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from gateway_world import World, serving
from hand_desk import HandDesk
from orders import an_intent
from websockets.asyncio.client import connect

from voldesk.gateways.encode import HEADER
from voldesk.gateways.fields import DEFAULT_FIELDS
from voldesk.gateways.outbox import LAGGING, STALLED
from voldesk.gateways.session import Ping, Resync, Subscribe, Unsubscribe
from voldesk.gateways.settings import GatewaySettings
from voldesk.gateways.topics import PLAIN, topics_served
from voldesk.gateways.ws import TOO_FAST

ROOT = Path(__file__).resolve().parents[2]
GATEWAYS = sorted((ROOT / "src" / "voldesk" / "gateways").glob("*.py"))


@pytest.fixture(scope="module")
def stream() -> str:
    """Return docs/stream.md."""
    return (ROOT / "docs" / "stream.md").read_text()


@pytest.fixture(scope="module")
def messages() -> dict[str, Any]:
    """Return the messages of docs/asyncapi.yaml."""
    document = yaml.safe_load((ROOT / "docs" / "asyncapi.yaml").read_text())
    found: dict[str, Any] = document["components"]["messages"]
    return found


def test_every_error_code_is_explained(stream: str) -> None:
    """Each code that stands in the source stands in stream.md or rest.md."""
    told = stream + (ROOT / "docs" / "rest.md").read_text()
    source = "".join(path.read_text() for path in GATEWAYS)
    codes = set(re.findall(r'ClientError\(\s*"(\w+)"', source))
    assert len(codes) > 20
    assert not {code for code in codes if f"`{code}`" not in told}


def test_limits_and_codes_are_those_of_the_code(stream: str) -> None:
    """Numbers in the text are the defaults."""
    settings = GatewaySettings()
    for number in (
        f"{settings.message_bytes:,} bytes",
        f"{settings.message_bytes_hard:,} bytes",
        f"{settings.ops_per_sec:g} per second",
        f"| {settings.topics} |",
        f"| {settings.variants} |",
        f"| {settings.clients:,} |",
        f"at most {settings.waiting_messages:,}",
        f"nothing for {settings.stall_secs:g} s",
        f"at most {settings.compat_messages} contracts",
        f"{settings.compat_rate:g} times a second",
        *(f"| {code} |" for code in (STALLED, LAGGING, TOO_FAST)),
    ):
        assert number in stream, number
    assert ", ".join(DEFAULT_FIELDS) in stream


def test_topics_and_operations_are_explained(stream: str) -> None:
    """Each kind of topic and each operation stands in the text."""
    world = World()
    world.add("NIFTY")
    for topic in topics_served(world):
        assert f"`{topic}`" in stream, topic
    for op in (Subscribe, Unsubscribe, Resync, Ping):
        assert f'"op":"{op.__struct_config__.tag}"' in stream


def test_the_header_table_covers_every_byte(stream: str) -> None:
    """Offsets follow one another without a hole up to the header's size."""
    table = re.findall(r"^\| (\d+) \| (\d+) \|", stream, re.MULTILINE)
    place = 0
    for offset, size in table:
        assert int(offset) == place
        place += int(size)
    assert place == HEADER.size


async def test_what_is_sent_is_what_is_described(messages: dict[str, Any]) -> None:
    """Every message of a session has the keys that asyncapi.yaml requires, and no others."""
    world = World()
    world.add("NIFTY")
    world.change("NIFTY", has_summary=True)
    desk = HandDesk()
    desk.adopt(an_intent("ext-1"))
    async with (
        serving(world, orders=desk) as gateway,
        connect(f"ws://127.0.0.1:{gateway.port}/ws/stream") as client,
    ):
        world.change("NIFTY", has_summary=True)
        topics = ["chain/NIFTY", "summary/NIFTY", "greeks/NIFTY", *PLAIN]
        await client.send(json.dumps({"op": "subscribe", "topics": topics, "id": 1}))
        await client.send('{"op":"ping"}')
        await client.send('{"op":"nonsense"}')
        await client.send('{"op":"unsubscribe","topics":["status"]}')
        seen: set[str] = set()
        wanted = set(messages) - {"subscribe", "unsubscribe", "resync", "ping", "frame", "ticks"}
        while seen < wanted:
            world.change("NIFTY")
            world.bus.publish("alerts", {"what": "x"})
            world.bus.publish("orders", desk.find("ext-1"))
            world.bus.publish("positions", desk.standing())
            world.bus.publish("risk", desk.risk())
            said = json.loads(await client.recv())
            described = messages[said["type"]]["payload"]
            assert set(described["required"]) <= set(said) <= set(described["properties"])
            seen.add(said["type"])
