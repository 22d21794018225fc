"""One client: what it listens to, what it has missed, what waits for it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from voldesk.gateways.frames import Message, Parcel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from voldesk.gateways.channel import Channel
    from voldesk.gateways.meter import Meter
    from voldesk.gateways.settings import GatewaySettings

STALLED: Final = 4001
"""Close code: the client has read nothing for too long."""

LAGGING: Final = 4002
"""Close code: more replies or lossless messages wait for the client than are kept."""


class Outlet(Protocol):
    """
    Where a client's bytes leave; one per connection.

    ``write`` is called only while ``is_writable``; afterwards it may be False until the bytes
    have left, when ``on_writable`` is called.
    """

    on_writable: Callable[[], None]

    @property
    def is_writable(self) -> bool:
        """Say whether bytes written now would leave at once."""
        ...

    @property
    def backlog(self) -> int:
        """Tell how much has been written and not left; falls while the client reads."""
        ...

    def write(self, parcel: Parcel) -> int:
        """Send a parcel whole; return how many bytes it was."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Say why and hang up; the client may be past hearing it."""
        ...


@dataclass(slots=True)
class _Stall:
    """Since when a client has read nothing, and how much it had to read then."""

    since: float
    backlog: int


class Outbox:
    """
    Everything the hub knows about one client.

    A client that can be written to gets what everyone gets. One that cannot falls out of step:
    of a *latest* topic it is owed a snapshot, frames in between are conflated away; replies and
    messages of *every* topics wait in a queue, and when that is full the client is closed. When
    it can be written to again `settle` sends queue and snapshots in one write.
    """

    __slots__ = (
        "_limits",
        "_meter",
        "_owed",
        "_stall",
        "_waiting",
        "_waiting_bytes",
        "is_closed",
        "is_in_step",
        "on_closed",
        "outlet",
        "subscriptions",
    )

    def __init__(self, outlet: Outlet, limits: GatewaySettings, meter: Meter) -> None:
        self.outlet = outlet
        self.subscriptions: dict[str, Channel] = {}
        self.is_closed = False
        self.is_in_step = True  # nothing is owed, nothing waits, not closed
        self.on_closed: Callable[[Outbox, str], None] = _nothing
        self._limits = limits
        self._meter = meter
        self._owed: dict[Channel, bool] = {}  # True: its opening, not just a snapshot
        self._waiting: deque[Message] = deque()
        self._waiting_bytes = 0
        self._stall: _Stall | None = None

    @property
    def can_take(self) -> bool:
        """Say whether a frame for everyone would reach this client now."""
        return self.is_in_step and self.outlet.is_writable

    @property
    def waiting(self) -> int:
        """Count the messages that wait."""
        return len(self._waiting)

    def deliver(self, parts: Iterable[tuple[Channel, Parcel]], joined: Parcel) -> None:
        """
        Send a flush, or remember what of it is owed.

        Args:
            parts: What each channel says.
            joined: All of it as one parcel.
        """
        if self.can_take:
            self._write(joined)
            return
        for channel, parcel in parts:
            if channel.is_lossless:
                self._keep(parcel.messages)
            else:
                self._meter.conflated += 1
                self._owed.setdefault(channel, False)
                self.is_in_step = False

    def reply(self, messages: Sequence[Message]) -> None:
        """Send messages that only this client gets and that must not be lost."""
        if self.can_take:
            self._write(Parcel(messages))
        else:
            self._keep(messages)

    def owe(self, channel: Channel, *, is_opening: bool) -> None:
        """Note that the client needs a snapshot of a topic, with its opening or without."""
        self._owed[channel] = is_opening or self._owed.get(channel, False)
        self.is_in_step = False

    def forgive(self, channel: Channel) -> None:
        """Forget what is owed of a topic."""
        self._owed.pop(channel, None)
        self._check_step()

    def settle(self) -> None:
        """Send all that waits and is owed, if the client can be written to."""
        if self.is_closed or self.is_in_step or not self.outlet.is_writable:
            return
        messages = list(self._waiting)
        self._waiting.clear()
        self._waiting_bytes = 0
        owed, self._owed = self._owed, {}
        for channel, is_opening in owed.items():
            messages.extend(channel.opening() if is_opening else channel.snapshot())
        self._check_step()
        if messages:
            self._write(Parcel(messages))

    def check(self, now: float) -> None:
        """Close the client if it has read nothing for as long as is allowed."""
        if self.is_closed or self.outlet.is_writable:
            self._stall = None
            return
        backlog = self.outlet.backlog
        if self._stall is None or backlog < self._stall.backlog:
            self._stall = _Stall(now, backlog)
        elif now - self._stall.since >= self._limits.stall_secs:
            self._meter.closed_stalled += 1
            self.close(STALLED, f"nothing read for {self._limits.stall_secs:g} s")

    def close(self, code: int, reason: str) -> None:
        """Hang up, once."""
        if not self.is_closed:
            self.is_closed = True
            self.is_in_step = False
            self._waiting.clear()
            self._owed.clear()
            self.outlet.close(code, reason)
            self.on_closed(self, reason)

    def _write(self, parcel: Parcel) -> None:
        self._meter.messages_sent += len(parcel.messages)
        self._meter.bytes_sent += self.outlet.write(parcel)

    def _keep(self, messages: Sequence[Message]) -> None:
        """Queue messages; a queue that overflows closes the client."""
        if self.is_closed:
            return
        self.is_in_step = False
        self._waiting.extend(messages)
        self._waiting_bytes += sum(len(message.payload) for message in messages)
        limits = self._limits
        if len(self._waiting) > limits.waiting_messages:
            self._lag(f"{len(self._waiting)} messages wait, at most {limits.waiting_messages} are")
        elif self._waiting_bytes > limits.waiting_bytes:
            self._lag(f"{self._waiting_bytes} bytes wait, at most {limits.waiting_bytes} are")

    def _lag(self, what: str) -> None:
        self._meter.closed_lagging += 1
        self.close(LAGGING, f"{what} kept for a client that reads slowly")

    def _check_step(self) -> None:
        self.is_in_step = not self._owed and not self._waiting and not self.is_closed


def _nothing(_: Outbox, __: str) -> None:
    """Nobody asked to be told."""
