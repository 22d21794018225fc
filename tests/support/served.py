"""A gateway in a thread, serving a simulated chain, for whoever asks over real sockets."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from voldesk.app.feeds import SimSettings
from voldesk.app.node import Node, build_node, run_node
from voldesk.app.settings import Loaded, Settings
from voldesk.gateways.settings import GatewaySettings

DEADLINE_SECS = 60.0


@contextmanager
def served(*symbols: str, **gateway: object) -> Iterator[str]:
    """Give the address of a node with these simulated underlyings, each with a summary."""
    settings = Settings(
        sim=SimSettings(symbols=symbols),
        gateway=GatewaySettings(port=0, **gateway),  # type: ignore[arg-type]  # named by the test
    )
    node = build_node(Loaded(settings, {}))
    assert node.gateway is not None
    is_ready = threading.Event()
    ends: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def main() -> None:
        stop = asyncio.Event()
        ends.append((asyncio.get_running_loop(), stop))
        waiting = set(symbols)

        def hear(topic: str, update: object) -> None:
            if getattr(update, "summary", None) is not None:
                waiting.discard(topic.partition("/")[2])
            if not waiting and node_is_up.is_set():
                is_ready.set()

        node_is_up = threading.Event()

        def started(_: Node) -> None:
            node_is_up.set()
            if not waiting:
                is_ready.set()

        node.bus.on("chain/*", hear)
        await run_node(node, stop, started)

    thread = threading.Thread(target=asyncio.run, args=(main(),), name="served")
    thread.start()
    try:
        assert is_ready.wait(DEADLINE_SECS)
        yield node.gateway.url
    finally:
        loop, stop = ends[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(DEADLINE_SECS)
        assert not thread.is_alive()
