"""A whole node for `live_ticks.py` to load: feed, pump, bus, gateway; obeys lines on stdin."""

import asyncio
import gc
import json
import struct
import sys
import time
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import uvloop

from children import obey, pin
from street import flow, street
from voldesk.app.logs import LogLevel, LogSettings, configure
from voldesk.bus.local import LocalBus
from voldesk.gateways.auth import Keys
from voldesk.gateways.pump_state import PumpState
from voldesk.gateways.server import Gateway
from voldesk.gateways.settings import GatewaySettings
from voldesk.model.clock import SystemClock
from voldesk.model.conventions import PROFILES, Profile
from voldesk.model.ports.feed import Mode
from voldesk.model.quotes import IntArray
from voldesk.model.ticks import TickBatch
from voldesk.pipeline.pump import Pump, PumpSettings
from voldesk.pricing import engine
from voldesk.strategies.alerts import Alerts

UNDERLYINGS, EXPIRIES, STRIKES = 10, 5, 100
_TICKS = 1 << 18
_PULSE = struct.Struct("<qi")
"""What the pacer sends: the instant a batch was due, UTC ns, and how many ticks it has."""


class PacedTicks(asyncio.Protocol):
    """
    A feed whose batches were made beforehand; another process says when the next one is due.

    A tick counts as received when it was due, so what waits anywhere is in its age.
    """

    name = "paced"

    def __init__(self) -> None:
        self.market = street(
            underlyings=UNDERLYINGS, expiries=EXPIRIES, strikes=STRIKES, now=time.time_ns()
        )
        self.listing = self.market.listing
        self.behind: deque[tuple[int, int]] = deque()
        self._ticks = flow(self.market, _TICKS)
        self._place = 0
        self._rest = b""
        self._work = asyncio.Event()

    def profile(self, _underlying: str) -> Profile:
        """Return the default profile."""
        return PROFILES["default"]

    async def open(self) -> None:
        """Need no connection."""

    async def batches(self) -> AsyncIterator[TickBatch]:
        """Yield a quote of every contract, then as the pacer says."""
        opening = np.concatenate((self.market.spots, self.market.quotes))
        opening["ts_event"] = opening["ts_recv"] = time.time_ns()
        yield opening
        while True:
            await self._work.wait()
            self._work.clear()
            while self.behind:
                yield self._batch(*self.behind.popleft())

    async def want(self, instruments: IntArray, mode: Mode) -> None:
        """Tick everything in any case."""

    async def close(self) -> None:
        """Hold nothing."""

    def data_received(self, data: bytes) -> None:
        """Hear from the pacer."""
        data = self._rest + data
        end = len(data) // _PULSE.size * _PULSE.size
        self.behind.extend(_PULSE.iter_unpack(data[:end]))
        self._rest = data[end:]
        self._work.set()

    def _batch(self, due: int, size: int) -> TickBatch:
        if self._place + size > _TICKS:
            self._place = 0
        batch = self._ticks[self._place : self._place + size]
        self._place += size
        batch["ts_event"] = batch["ts_recv"] = due
        return batch


class Spine:
    """What a node consists of between its feeds and its clients."""

    def __init__(self, feed: PacedTicks, min_gap_secs: float) -> None:
        clock, bus = SystemClock(), LocalBus()
        self.pump = Pump((feed,), bus, clock, PumpSettings(min_gap_secs=min_gap_secs))
        self.alerts = Alerts((), bus)
        self.gateway = Gateway(
            bus, PumpState(self.pump, bus), GatewaySettings(port=0), Keys("k" * 43, clock), clock
        )

    async def run(self) -> None:
        """Run until cancelled, like `voldesk.app.node`."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.pump.run(), name="pump")
            group.create_task(self.gateway.run(), name="gateway")
            await asyncio.to_thread(engine.warm_up)
            gc.freeze()


async def main() -> None:
    """Serve, and obey one command per line until stdin ends."""
    feed = PacedTicks()
    spine = Spine(feed, float(sys.argv[1]))
    loop = asyncio.get_running_loop()
    running = loop.create_task(spine.run())
    await spine.gateway.is_started.wait()
    while not (engine.is_compiled_ready() and spine.pump.underlyings):
        await asyncio.sleep(0.01)
    server = await loop.create_server(lambda: feed, "127.0.0.1", 0)
    pump, gateway = spine.pump, spine.gateway
    hello = {"port": gateway.port, "pace_port": server.sockets[0].getsockname()[1]}
    print(json.dumps(hello), flush=True)

    def count() -> dict[str, float]:
        stats, meter = pump.stats(), gateway.hub.meter
        return {
            "cpu_secs": time.process_time(),
            "at": time.time(),
            "ticks": stats.ticks,
            "rows": stats.rows,
            "pump_flushes": stats.flushes,
            "gap_secs": stats.gap_secs,
            "behind": len(feed.behind),
            "frames": meter.encoded,
            "messages": meter.messages_sent,
            "bytes": meter.bytes_sent,
            "conflated": meter.conflated,
            "hub_flushes": meter.flushes,
            "rss_kb": _rss_kb(),
        }

    async for _command in obey():
        print(json.dumps(count()), flush=True)
    running.cancel()
    server.close()


def _rss_kb() -> float:
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * 4.0


if __name__ == "__main__":
    pin(0)
    configure(LogSettings(level=LogLevel.WARNING))
    uvloop.run(main())
