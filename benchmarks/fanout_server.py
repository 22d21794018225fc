"""A server for `fanout.py` to load: ours, or bare sockets; told on stdin what to do."""

import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import uvloop

from voldesk.analytics.update import ChainUpdate
from voldesk.bus.local import LocalBus
from voldesk.chain.build import build_table
from voldesk.chain.table import ChainTable
from voldesk.gateways.auth import Keys
from voldesk.gateways.encode import Stamps, binary_frame
from voldesk.gateways.fields import DEFAULT_FIELDS
from voldesk.gateways.frames import websocket_frame
from voldesk.gateways.push import tune
from voldesk.gateways.server import Gateway
from voldesk.gateways.settings import GatewaySettings
from voldesk.gateways.state import Stats
from voldesk.model.clock import SystemClock
from voldesk.model.conventions import PROFILES
from voldesk.model.enums import Market
from voldesk.model.listing import Listing
from voldesk.model.quotes import ChainSnapshot, QuoteColumns

STRIKES = 500
_BREATH_SECS = 0.003
"""Between two frames, for either server: a reader that sleeps costs its writer a wake-up."""


def chain() -> ChainTable:
    """Return 1,000 contracts with figures in every column."""
    size = 2 * STRIKES
    quotes = QuoteColumns.build(
        symbol=[f"NIFTY25NOV{20_000 + 50 * (row // 2)}{'CP'[row % 2]}E" for row in range(size)],
        root=["NIFTY"] * size,
        expiry=np.full(size, np.datetime64("2025-11-27")),
        is_call=np.arange(size) % 2 == 0,
        strike=20_000.0 + 50.0 * (np.arange(size) // 2),
    )
    snapshot = ChainSnapshot(
        underlying="NIFTY",
        source="benchmark",
        market=Market.INDIA,
        quotes=quotes,
        as_of=time.time_ns(),
        spot=24_000.0,
    )
    table = build_table(snapshot, PROFILES["upstox"])
    random = np.random.default_rng(1)
    for name in (*DEFAULT_FIELDS, "price"):
        if name != "status":
            getattr(table.rows, name)[:] = random.normal(100.0, 10.0, size)
    return table


class Process:
    """The gateway's state: one chain, published by hand."""

    def __init__(self, rows: int) -> None:
        self.bus = LocalBus()
        self.rows = np.arange(rows)
        table = chain()
        now = time.time_ns()
        self.update = ChainUpdate(
            underlying="NIFTY",
            feed="benchmark",
            seq=1,
            layout=1,
            table=table,
            rows=self.rows,
            rows_since=lambda _: self.rows,
            summary=None,
            ts_event=now,
            ts_recv=now,
            ts_flush=now,
        )

    @property
    def chains(self) -> Mapping[str, ChainUpdate]:
        """Return the one chain."""
        return {"NIFTY": self.update}

    @property
    def listings(self) -> Mapping[str, Listing]:
        """Return none."""
        return {}

    def health(self) -> Mapping[str, Any]:
        """Be well."""
        return {"status": "ok"}

    def stats(self) -> Stats:
        """Have counted nothing."""
        return Stats()

    def publish(self) -> None:
        """Publish the rows as changed now."""
        now = time.time_ns()
        self.update = replace(
            self.update, seq=self.update.seq + 1, ts_event=now, ts_recv=now, ts_flush=now
        )
        self.bus.publish("chain/NIFTY", self.update)


class Meter:
    """Adds up the CPU time of one function."""

    def __init__(self) -> None:
        self.cpu_secs = 0.0

    def around(self, work: Callable[..., None]) -> Callable[..., None]:
        """Return the function with the meter around it."""

        def metered(*given: object) -> None:
            begin = time.process_time()
            work(*given)
            self.cpu_secs += time.process_time() - begin

        return metered


class Ours:
    """The gateway as it is, from the bus to the socket."""

    def __init__(self, rows: int) -> None:
        self._process = Process(rows)
        clock = SystemClock()
        settings = GatewaySettings(port=0, clients=10_000, ping_secs=600.0)
        self.gateway = Gateway(
            self._process.bus, self._process, settings, Keys("k" * 43, clock), clock
        )
        self.writing = Meter()
        hub = self.gateway.hub
        vars(hub)["_send"] = self.writing.around(hub._send)  # noqa: SLF001  # what is measured

    async def start(self) -> int:
        """Listen; return the port."""
        self.running = asyncio.get_running_loop().create_task(self.gateway.run())
        await self.gateway.is_started.wait()
        return self.gateway.port

    @property
    def is_ready(self) -> bool:
        """Say whether a frame published now would reach every client."""
        return all(client.is_in_step and client.outlet.is_writable for client in self._clients)

    def prepare(self) -> None:
        """Know the clients, who have all come."""
        self._clients = list(self.gateway.hub.clients)

    @property
    def sent(self) -> int:
        """Count the messages written."""
        return self.gateway.hub.meter.messages_sent

    def publish(self) -> None:
        """Publish on the bus."""
        self._process.publish()


class Bare:
    """What the loop and the sockets can do: the same bytes to every transport that takes them."""

    def __init__(self, rows: int) -> None:
        process = Process(rows)
        update = process.update
        payload = binary_frame(update, 1, 1, DEFAULT_FIELDS, process.rows, Stamps.of(update))
        self.frame = websocket_frame(payload, is_text=False)
        self.clients: set[BareProtocol] = set()
        self.sent = 0
        self.writing = Meter()
        self.publish = self.writing.around(self._publish)

    async def start(self) -> int:
        """Listen; return the port."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: BareProtocol(self.clients), "127.0.0.1", 0, backlog=4096
        )
        port: int = server.sockets[0].getsockname()[1]
        return port

    @property
    def is_ready(self) -> bool:
        """Say whether a frame written now would reach every client."""
        return all(client.is_writable for client in self.clients)

    def prepare(self) -> None:
        """Know the clients already."""

    def _publish(self) -> None:
        frame, sent = self.frame, 0
        for client in self.clients:
            if client.is_writable:
                client.transport.write(frame)
                sent += 1
        self.sent += sent


class BareProtocol(asyncio.Protocol):
    """Answers one handshake and is then written to."""

    def __init__(self, clients: "set[BareProtocol]") -> None:
        self.clients = clients
        self.is_writable = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Tune the socket as ours are."""
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by name
        tune(self.transport)

    def data_received(self, data: bytes) -> None:
        """Answer a handshake."""
        if data.startswith(b"GET"):
            self.transport.write(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
            self.clients.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the client."""
        del exc
        self.clients.discard(self)

    def pause_writing(self) -> None:
        """Stop."""
        self.is_writable = False

    def resume_writing(self) -> None:
        """Go on."""
        self.is_writable = True


async def flat_out(server: Ours | Bare, secs: float) -> dict[str, float]:
    """Publish as fast as all clients take it; return messages, CPU and wall seconds."""
    loop = asyncio.get_running_loop()
    server.prepare()
    sent, cpu, begin = server.sent, time.process_time(), loop.time()
    writing = server.writing.cpu_secs
    while loop.time() - begin < secs:
        before = server.sent
        server.publish()
        await asyncio.sleep(_BREATH_SECS)
        while server.sent == before or not server.is_ready:
            await asyncio.sleep(_BREATH_SECS)
    return {
        "messages": server.sent - sent,
        "cpu_secs": time.process_time() - cpu,
        "writing_cpu_secs": server.writing.cpu_secs - writing,
        "wall_secs": loop.time() - begin,
    }


async def at_rate(server: Ours | Bare, rate: float, secs: float) -> dict[str, float]:
    """Publish at a steady rate; return how often."""
    loop = asyncio.get_running_loop()
    begin, count = loop.time(), 0
    cpu = time.process_time()
    while loop.time() - begin < secs:
        server.publish()
        count += 1
        await asyncio.sleep(max(begin + count / rate - loop.time(), 0.0))
    return {"published": count, "cpu_secs": time.process_time() - cpu, "rss_kb": rss_kb()}


def rss_kb() -> float:
    """Return the memory this process holds now."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    return pages * resource.getpagesize() / 1024


async def main() -> None:
    """Serve, and obey one command per line until stdin ends."""
    kind, rows = sys.argv[1], int(sys.argv[2])
    server: Ours | Bare = Bare(rows) if kind == "bare" else Ours(rows)
    print(json.dumps({"port": await server.start()}), flush=True)
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        name, *given = line.decode().split()
        match name:
            case "flat":
                answer = await flat_out(server, float(given[0]))
            case "rate":
                answer = await at_rate(server, float(given[0]), float(given[1]))
            case _:
                answer = {"rss_kb": rss_kb()}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {0})
    uvloop.run(main())
