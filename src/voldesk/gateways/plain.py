"""The plain way out: ``await send`` in a task of its own, for servers without our protocol."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from voldesk.gateways.frames import Message, Parcel

Send = Callable[[Sequence[Message]], Awaitable[None]]
"""Sends messages in order; returns when more may follow."""


class PlainOutlet:
    """
    Hands one parcel at a time to a task that sends it; meanwhile the outlet is not writable.

    The connection's owner runs `pump` in a task, waits for ``is_closed`` and then hangs up with
    ``goodbye``.
    """

    def __init__(self, send: Send) -> None:
        self.on_writable: Callable[[], None] = _nothing
        self.goodbye: tuple[int, str] | None = None
        self.is_closed = asyncio.Event()
        self._send = send
        self._parcel: Parcel | None = None
        self._work = asyncio.Event()

    @property
    def is_writable(self) -> bool:
        """Say whether no parcel is on its way."""
        return self._parcel is None and self.goodbye is None

    @property
    def backlog(self) -> int:
        """Messages that have not been sent."""
        return 0 if self._parcel is None else len(self._parcel.messages)

    def write(self, parcel: Parcel) -> int:
        """Begin to send a parcel."""
        self._parcel = parcel
        self._work.set()
        return sum(len(message.payload) for message in parcel.messages)

    def close(self, code: int, reason: str) -> None:
        """Have the owner hang up; what is being sent is given up."""
        self.goodbye = (code, reason)
        self.is_closed.set()

    async def pump(self) -> None:
        """Send parcels until cancelled."""
        while True:
            await self._work.wait()
            self._work.clear()
            if self._parcel is not None:
                await self._send(self._parcel.messages)
                self._parcel = None
                self.on_writable()


def _nothing() -> None:
    """Nobody asked to be told."""
