"""What can be made to go wrong at the simulated TWS, by name; `fault_table` says what there is."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from voldesk.model.errors import ConfigError
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.simulator.ib.blotter import Blotter
from voldesk.simulator.ib.notices import Notice
from voldesk.simulator.ib.session import Session
from voldesk.simulator.ib.world import World

Values = Mapping[str, Any]
"""Parameters of one fault, by name."""


class Sockets(Protocol):
    """What faults do to connections."""

    def reset_all(self) -> int:
        """Reset every connection; return how many there were."""
        ...

    def set_stalled(self, *, is_on: bool) -> None:
        """Let nothing out of any connection, or let it go on."""
        ...

    def set_reading(self, *, is_on: bool) -> None:
        """Take nothing in from any connection, or go on."""
        ...

    def restart(self, secs: float) -> None:
        """Close every connection and the port, and listen anew after a while."""
        ...


@dataclass(frozen=True, slots=True)
class Fault:
    """
    One thing that can go wrong.

    Attributes:
        name: In the address.
        about: One sentence.
        parameters: Name and default of each; the type of the default counts.
        begin: Makes it happen.
        end: Puts it right; None for what is over at once.
    """

    name: str
    about: str
    parameters: Values
    begin: Callable[["Faults", Values], None]
    end: Callable[["Faults", Values], None] | None = None


@dataclass(slots=True, eq=False)
class Faults:
    """
    Makes faults happen and puts them right.

    Args:
        world: What they happen to.
        sockets: Likewise.
        table: What can happen, by name.
    """

    world: World
    sockets: Sockets
    table: Mapping[str, Fault]
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
        fault = self.table.get(name)
        if fault is None:
            raise ConfigError(f"no fault {name!r}; there are {', '.join(self.table)}")
        values = _checked(fault, given)
        self.finish(name)
        fault.begin(self, values)
        if fault.end is not None:
            self.active[name] = values
            secs = values.get("secs", 0.0)
            if secs > 0.0:
                self._due[name] = self.world.wall() + round(secs * NS_PER_SECOND)
        return values

    def finish(self, name: str) -> bool:
        """Put a fault right; False where it is not active."""
        values = self.active.pop(name, None)
        self._due.pop(name, None)
        if values is None:
            return False
        end = self.table[name].end
        assert end is not None, "what is over at once is never active"
        end(self, values)
        return True

    def tick(self) -> None:
        """Put right what is due."""
        wall = self.world.wall()
        for name in [name for name, due in self._due.items() if due <= wall]:
            self.finish(name)

    # What several faults do

    @property
    def blotter(self) -> Blotter:
        """Return the orders."""
        return self.world.blotter

    @property
    def sessions(self) -> tuple[Session, ...]:
        """Return the clients."""
        return tuple(self.world.sessions.values())

    def tell(self, notice: Notice) -> None:
        """Tell every client."""
        for session in self.sessions:
            session.tell(notice)


def _checked(fault: Fault, given: Values) -> Values:
    unknown = [name for name in given if name not in fault.parameters]
    if unknown:
        known = ", ".join(fault.parameters) or "none"
        raise ConfigError(f"fault {fault.name} has no {unknown[0]!r}; it has {known}")
    values = {**fault.parameters, **given}
    for name, default in fault.parameters.items():
        value = values[name]
        if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
            values[name] = value = float(value)
        is_number = not isinstance(value, float) or math.isfinite(value)
        if type(value) is not type(default) or not is_number:
            wanted = type(default).__name__
            raise ConfigError(f"{fault.name}: {name} is {value!r}, expected a {wanted}")
    return values
