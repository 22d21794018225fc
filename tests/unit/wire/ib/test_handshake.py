"""The first bytes of a connection, both sides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.model.errors import WireError
from voldesk.wire.ib.framing import Deframer, frame
from voldesk.wire.ib.handshake import (
    Greeting,
    Hello,
    Welcome,
    agreed_version,
    hello,
    read_hello,
    read_welcome,
    welcome,
)


def test_documented_bytes() -> None:
    """The greeting is API, a NUL and one frame of versions."""
    assert hello(100, 178) == b"API\0\x00\x00\x00\x09v100..178"


@pytest.mark.parametrize(
    ("said", "version"),
    [
        (Hello(100, 157), 157),
        (Hello(157, 176), 176),
        (Hello(100, 225), 178),
        (Hello(100, 158), 157),
        (Hello(100, 100), 100),
    ],
)
def test_newest_common_version(said: Hello, version: int) -> None:
    """Clients of any age get the newest version both speak, never 158."""
    assert agreed_version(said) == version


@pytest.mark.parametrize("said", [Hello(179, 225), Hello(158, 158), Hello(38, 66)])
def test_no_common_version(said: Hello) -> None:
    """A client we share no version with is refused."""
    with pytest.raises(WireError, match="client speaks"):
        agreed_version(said)


@given(st.binary(max_size=20), st.integers(0, 40))
def test_greeting_cut_anywhere(rest: bytes, cut: int) -> None:
    """What follows the greeting in the same read is handed on untouched."""
    stream = hello(100, 178, "+PACEAPI") + rest
    greeting = Greeting()
    first = greeting.receive(stream[:cut])
    said, after = first or greeting.receive(stream[cut:]) or (None, b"")
    assert said == Hello(100, 178, "+PACEAPI")
    assert after + (stream[cut:] if first else b"") == rest


def test_pacing_is_an_option() -> None:
    """A client that asks TWS to pace says +PACEAPI."""
    assert Hello(100, 178, "+PACEAPI").paces
    assert not Hello(100, 178).paces


@given(st.binary(max_size=200))
def test_hostile_greetings(data: bytes) -> None:
    """Anything else as first bytes raises WireError or waits."""
    try:
        Greeting().receive(data)
    except WireError:
        return


@pytest.mark.parametrize("payload", [b"", b"v", b"v1..2..3", b"100..178", b"v9999999", b"vx..y"])
def test_no_versions(payload: bytes) -> None:
    """A greeting without versions is refused."""
    with pytest.raises(WireError, match="greeting"):
        read_hello(payload)


def test_single_version() -> None:
    """A client may name one version alone."""
    assert read_hello(b"v157") == Hello(157, 157)


def test_welcome_round_trip() -> None:
    """TWS answers one frame of exactly two fields."""
    (payload,) = Deframer().receive(welcome(178, "20260512 12:00:00 EST"))
    assert payload.count(b"\0") == 2
    assert read_welcome(payload) == Welcome(178, "20260512 12:00:00 EST")


@pytest.mark.parametrize("payload", [b"178\0", b"x\0now\0", b"178\0now\0more\0", b"178"])
def test_no_welcome(payload: bytes) -> None:
    """Another first frame is none of a TWS."""
    with pytest.raises(WireError):
        read_welcome(payload)


def test_a_long_greeting_is_refused() -> None:
    """A greeting frame is short: a long one is no greeting."""
    with pytest.raises(WireError, match="at most 512"):
        Greeting().receive(b"API\0" + frame(bytes(513)))
