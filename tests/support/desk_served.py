"""A desk in memory behind a real gateway in a thread, for commands that ask over HTTP."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from gateway_world import TOKEN, World, serving
from hand_desk import HandDesk

DEADLINE_SECS = 60.0


@dataclass(frozen=True)
class DeskServed:
    """Where it answers, and the desk behind it."""

    url: str
    port: int
    desk: HandDesk
    token: str = TOKEN


@contextmanager
def desk_served(desk: HandDesk | None = None) -> Iterator[DeskServed]:
    """Serve a desk for as long as the block lasts."""
    held = desk or HandDesk()
    is_ready = threading.Event()
    found: list[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = []

    async def main() -> None:
        stop = asyncio.Event()
        async with serving(World(), orders=held) as gateway:
            found.append((asyncio.get_running_loop(), stop, gateway.port))
            is_ready.set()
            await stop.wait()

    thread = threading.Thread(target=asyncio.run, args=(main(),), name="desk served")
    thread.start()
    try:
        assert is_ready.wait(DEADLINE_SECS)
        loop, stop, port = found[0]
        yield DeskServed(f"http://127.0.0.1:{port}", port, held)
    finally:
        loop, stop, _ = found[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(DEADLINE_SECS)
        assert not thread.is_alive()
