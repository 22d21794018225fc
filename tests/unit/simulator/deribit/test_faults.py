from dataclasses import dataclass, field
from typing import Any

import pytest
from deribit_world import NOW, SECOND, small_market

from voldesk.model.clock import ManualClock
from voldesk.model.errors import ConfigError, WireError
from voldesk.simulator.deribit.faults import BAD_FRAMES, FAULTS, Faults
from voldesk.simulator.deribit.venue import Venue
from voldesk.wire.deribit.messages import Notification, read_message
from voldesk.wire.deribit.rows import TickRows


@dataclass
class Noted:
    """Connections that note what is done to them."""

    done: list[Any] = field(default_factory=list)

    def reset_all(self) -> int:
        """Note it."""
        self.done.append("reset")
        return 0

    def set_stalled(self, *, is_on: bool) -> None:
        """Note it."""
        self.done.append(("stalled", is_on))

    def send_all(self, data: bytes) -> None:
        """Note it."""
        self.done.append(data)

    def test_all(self) -> None:
        """Note it."""
        self.done.append("test")


@pytest.fixture
def clock() -> ManualClock:
    """Stands still until told otherwise."""
    return ManualClock(NOW)


@pytest.fixture
def sockets() -> Noted:
    """Nothing is done to them yet."""
    return Noted()


@pytest.fixture
def faults(clock: ManualClock, sockets: Noted) -> Faults:
    """Nothing is wrong yet."""
    return Faults(Venue(small_market(), clock), sockets)


def test_what_is_over_at_once(faults: Faults, sockets: Noted) -> None:
    """It is never active, and takes its parameters."""
    assert faults.begin("reset", {}) == {}
    faults.begin("heartbeat", {})
    faults.begin("bad_frame", {"count": len(BAD_FRAMES) + 1})
    assert sockets.done == ["reset", "test", *BAD_FRAMES, BAD_FRAMES[0]]
    assert faults.begin("rate_limit", {}) == {"count": 1}
    assert faults.venue.mishaps.refusals == 1
    assert faults.active == {}
    assert not faults.finish("reset")


def test_what_lasts_ends_when_it_is_told_to(
    faults: Faults, sockets: Noted, clock: ManualClock
) -> None:
    """Or begins anew, after the end of the one before."""
    faults.begin("stall", {})
    clock.advance(3600 * SECOND)
    faults.tick()
    assert faults.active == {"stall": {"secs": 0.0}}
    faults.begin("stall", {})
    assert faults.finish("stall")
    assert sockets.done == [("stalled", value) for value in (True, False, True, False)]


def test_what_lasts_ends_by_itself(faults: Faults, sockets: Noted, clock: ManualClock) -> None:
    """After so many seconds of the clock; an integer is a number of them too."""
    assert faults.begin("away", {"secs": 2}) == {"secs": 2.0}
    seen = [faults.venue.mishaps.is_away]
    for step in (2 * SECOND - 1, 1):
        clock.advance(step)
        faults.tick()
        seen.append(faults.venue.mishaps.is_away)
    assert seen == [True, True, False]
    assert sockets.done == ["reset"]


@pytest.mark.parametrize(
    ("name", "values", "says"),
    [
        ("flood", {}, "no fault 'flood'; there are reset, stall"),
        ("reset", {"secs": 1.0}, "fault reset has no 'secs'; it has none"),
        ("stall", {"mins": 1.0}, "it has secs"),
        ("stall", {"secs": "1"}, "secs is '1', expected a float of 0 or more"),
        ("stall", {"secs": -1.0}, "secs is -1.0"),
        ("stall", {"secs": float("nan")}, "secs is nan"),
        ("bad_frame", {"count": 1.0}, "count is 1.0, expected a int"),
        ("bad_frame", {"count": True}, "count is True"),
    ],
)
def test_what_cannot_be_asked_for(
    faults: Faults, sockets: Noted, name: str, values: dict[str, Any], says: str
) -> None:
    """Nothing happens, and it is said why."""
    with pytest.raises(ConfigError, match=says):
        faults.begin(name, values)
    assert sockets.done == []


@pytest.mark.parametrize("data", BAD_FRAMES)
def test_bad_frames_are_bad(data: bytes) -> None:
    """No client can read them."""

    def read() -> None:
        message = read_message(data)
        assert isinstance(message, Notification)
        TickRows().read(message)

    with pytest.raises(WireError):
        read()


def test_every_fault_says_what_it_does() -> None:
    """In a sentence."""
    assert all(fault.about.endswith(".") for fault in FAULTS.values())
