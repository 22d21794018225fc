"""What can be made to go wrong at the simulated Deribit, by name."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Protocol

from voldesk.model.errors import ConfigError
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.simulator.deribit.venue import Venue
from voldesk.wire.deribit.messages import write_notification

Values = Mapping[str, Any]
"""Parameters of one fault, by name."""

BAD_FRAMES: Final = (
    b'{"jsonrpc":"2.0","method":"subscription","params":{"channel":"ticker.BTC',
    b"\xff\xfe not JSON at all",
    b'{"jsonrpc":"2.0","method":"subscription"}',
    write_notification("ticker.BTC-1JAN30-1-C.100ms", {"timestamp": "soon"}),
)
"""Cut short, no text, without its parts, and of wrong types."""


class Sockets(Protocol):
    """What faults do to connections."""

    def reset_all(self) -> int:
        """Reset every connection; return how many there were."""
        ...

    def set_stalled(self, *, is_on: bool) -> None:
        """Let nothing out of any connection, or let it go on."""
        ...

    def send_all(self, data: bytes) -> None:
        """Send bytes to every client."""
        ...

    def test_all(self) -> None:
        """Ask every client whether it is there."""
        ...


@dataclass(frozen=True, slots=True)
class Fault:
    """
    One thing that can go wrong.

    Attributes:
        about: One sentence.
        parameters: Name and default of each; the type of the default counts.
        begin: Makes it happen.
        end: Puts it right; None for what is over at once.
    """

    about: str
    parameters: Values
    begin: Callable[["Faults", Values], object]
    end: Callable[["Faults"], object] | None = None


@dataclass(slots=True, eq=False)
class Faults:
    """
    Makes faults happen and puts them right.

    Args:
        venue: What they happen to.
        sockets: Likewise.
    """

    venue: Venue
    sockets: Sockets
    active: dict[str, Values] = field(default_factory=dict)
    _due: dict[str, int] = field(default_factory=dict)

    def begin(self, name: str, given: Values) -> Values:
        """
        Make a fault happen; where it lasts, it ends after ``secs``, or when it is told to (0).

        Returns:
            Its parameters.

        Raises:
            ConfigError: There is no such fault or parameter, or a value of another type.
        """
        fault = FAULTS.get(name)
        if fault is None:
            raise ConfigError(f"no fault {name!r}; there are {', '.join(FAULTS)}")
        values = _checked(name, fault, given)
        self.finish(name)
        fault.begin(self, values)
        if fault.end is not None:
            self.active[name] = values
            if values["secs"] > 0.0:
                self._due[name] = self.venue.clock.now() + round(values["secs"] * NS_PER_SECOND)
        return values

    def finish(self, name: str) -> bool:
        """Put a fault right; False where it is not active."""
        self._due.pop(name, None)
        if self.active.pop(name, None) is None:
            return False
        end = FAULTS[name].end
        assert end is not None, "what is over at once is never active"
        end(self)
        return True

    def tick(self) -> None:
        """Put right what is due."""
        now = self.venue.clock.now()
        for name in [name for name, due in self._due.items() if due <= now]:
            self.finish(name)


def _checked(name: str, fault: Fault, given: Values) -> Values:
    unknown = [key for key in given if key not in fault.parameters]
    if unknown:
        known = ", ".join(fault.parameters) or "none"
        raise ConfigError(f"fault {name} has no {unknown[0]!r}; it has {known}")
    values = {**fault.parameters, **given}
    for key, default in fault.parameters.items():
        value = values[key]
        if isinstance(default, float) and type(value) is int:
            values[key] = value = float(value)
        if type(value) is not type(default) or value < 0 or not math.isfinite(value):
            wanted = type(default).__name__
            raise ConfigError(f"{name}: {key} is {value!r}, expected a {wanted} of 0 or more")
    return values


def _send_bad_frames(faults: Faults, values: Values) -> None:
    for number in range(values["count"]):
        faults.sockets.send_all(BAD_FRAMES[number % len(BAD_FRAMES)])


def _refuse(faults: Faults, values: Values) -> None:
    faults.venue.mishaps.refusals = values["count"]


def _go_away(faults: Faults, _: Values) -> None:
    faults.venue.mishaps.is_away = True
    faults.sockets.reset_all()


def _come_back(faults: Faults) -> None:
    faults.venue.mishaps.is_away = False


FAULTS: Final[Mapping[str, Fault]] = MappingProxyType(
    {
        "reset": Fault(
            "Resets every connection.", {}, lambda faults, _: faults.sockets.reset_all()
        ),
        "stall": Fault(
            "Lets nothing out; the connections stay.",
            {"secs": 0.0},
            lambda faults, _: faults.sockets.set_stalled(is_on=True),
            lambda faults: faults.sockets.set_stalled(is_on=False),
        ),
        "away": Fault("Cuts everybody off and admits nobody.", {"secs": 0.0}, _go_away, _come_back),
        "bad_frame": Fault(
            "Sends every client what is no message.", {"count": 4}, _send_bad_frames
        ),
        "heartbeat": Fault(
            "Asks every client whether it is there; who does not answer is cut off.",
            {},
            lambda faults, _: faults.sockets.test_all(),
        ),
        "rate_limit": Fault(
            "Refuses so many of the next requests with 10028.", {"count": 1}, _refuse
        ),
    }
)
"""What can go wrong, by name."""
