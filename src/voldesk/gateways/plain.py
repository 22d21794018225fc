"""The plain way out: one ``await send`` per message, for servers without our protocol."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from voldesk.gateways.frames import Message, Parcel

Send = Callable[[Message], Awaitable[None]]
"""Sends one message and returns when more may follow."""


class PlainOutlet:
    """
    Hands one parcel at a time to a task that sends it; meanwhile the outlet is not writable.

    `pump` is that task's work; the connection's owner runs it.
    """

    def __init__(self, send: Send, hang_up: Callable[[int, str], Awaitable[None]]) -> None:
        self.on_writable: Callable[[], None] = _nothing
        self._send = send
        self._hang_up = hang_up
        self._parcel: Parcel | None = None
        self._sent = 0
        self._work = asyncio.Event()
        self._goodbye: tuple[int, str] | None = None

    @property
    def is_writable(self) -> bool:
        """Say whether no parcel is on its way."""
        return self._parcel is None and self._goodbye is None

    @property
    def backlog(self) -> int:
        """Messages of the parcel that have not been sent."""
        return 0 if self._parcel is None else len(self._parcel.messages) - self._sent

    def write(self, parcel: Parcel) -> int:
        """Begin to send a parcel."""
        self._parcel, self._sent = parcel, 0
        self._work.set()
        return sum(len(message.payload) for message in parcel.messages)

    def close(self, code: int, reason: str) -> None:
        """Have the task hang up; what it is sending now is given up."""
        self._goodbye = (code, reason)
        self._work.set()

    async def pump(self) -> None:
        """Send parcels until closed."""
        while self._goodbye is None:
            if self._parcel is None:
                self._work.clear()
                await self._work.wait()
                continue
            await self._until_closed(self._send(self._parcel.messages[self._sent]))
            self._sent += 1
            if self._sent == len(self._parcel.messages):
                self._parcel = None
                self._work.clear()
                self.on_writable()
        await self._hang_up(*self._goodbye)

    async def _until_closed(self, sending: Awaitable[None]) -> None:
        """Wait for a message to be sent, but not longer than we keep the client."""
        task = asyncio.ensure_future(sending)
        while not task.done() and self._goodbye is None:
            self._work.clear()
            await asyncio.wait(
                {task, closing := asyncio.ensure_future(self._work.wait())},
                return_when=asyncio.FIRST_COMPLETED,
            )
            closing.cancel()
        if task.done():
            task.result()
        else:
            task.cancel()


def _nothing() -> None:
    """Nobody asked to be told."""


Sender = Any
