"""A process for the gateway to serve: chains written by hand, and a client's view of its frames."""

import asyncio
import json
import struct
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voldesk.analytics.summary import summarize
from voldesk.analytics.update import ChainUpdate
from voldesk.bus.local import LocalBus
from voldesk.chain.build import build_table
from voldesk.chain.table import ChainTable
from voldesk.gateways.alert_desk import AlertDesk
from voldesk.gateways.auth import Keys
from voldesk.gateways.day import Day, DayWatch
from voldesk.gateways.frames import Message, Parcel
from voldesk.gateways.order_desk import OrderDesk
from voldesk.gateways.server import Gateway
from voldesk.gateways.settings import GatewaySettings
from voldesk.gateways.state import Stats
from voldesk.model.clock import SystemClock
from voldesk.model.conventions import PROFILES
from voldesk.model.enums import Market
from voldesk.model.listing import Listing
from voldesk.model.quotes import ChainSnapshot, QuoteColumns

TOKEN = "k" * 43
AS_OF = 1_763_629_200_123_456_789  # 2025-11-20 09:00:00.123456789 UTC
FIRST_EXPIRY = date(2025, 11, 27)
WRITTEN = ("bid", "ask", "last", "price", "volume", "open_interest", "iv", "delta", "gamma")
WRITTEN_TOO = ("theta", "vega", "rho", "vanna", "volga", "charm", "iv_bid", "iv_ask", "bid_size")


def make_table(underlying: str, expiries: int, strikes: int, first_strike: float) -> ChainTable:
    """Return a chain of calls and puts at whole-hundred strikes, its figures unknown."""
    ladder = first_strike + 100.0 * np.arange(strikes)
    size = 2 * strikes * expiries
    strike = np.tile(np.repeat(ladder, 2), expiries)
    is_call = np.tile([True, False], strikes * expiries)
    days = [FIRST_EXPIRY + timedelta(days=7 * week) for week in range(expiries)]
    expiry = np.repeat(np.array(days, dtype="datetime64[D]"), 2 * strikes)
    rights = np.where(is_call, "CE", "PE")
    symbol = [
        f"{underlying}{day.astype(object):%d%b%y}{price:.0f}{right}".upper()
        for day, price, right in zip(expiry, strike, rights, strict=True)
    ]
    quotes = QuoteColumns.build(
        symbol=np.array(symbol, dtype=np.object_),
        root=np.full(size, underlying, dtype=np.object_),
        expiry=expiry,
        is_call=is_call,
        strike=strike,
    )
    snapshot = ChainSnapshot(
        underlying=underlying,
        source="test",
        market=Market.INDIA,
        quotes=quotes,
        as_of=AS_OF,
        spot=first_strike + 50.0 * strikes,
    )
    return build_table(snapshot, PROFILES["upstox"])


class World:
    """Publishes chains as the pump would, and is the gateway's `State`."""

    def __init__(self, seed: int = 1) -> None:
        self.bus = LocalBus()
        self.random = np.random.default_rng(seed)
        self.latest: dict[str, ChainUpdate] = {}
        self.listing_of: dict[str, Listing] = {}
        self.health_now: dict[str, Any] = {"status": "ok"}
        self.stats_now = Stats()
        self.days = DayWatch()
        self._changed_at: dict[str, NDArray[np.int64]] = {}
        self._now = AS_OF

    @property
    def chains(self) -> Mapping[str, ChainUpdate]:
        return self.latest

    @property
    def listings(self) -> Mapping[str, Listing]:
        return self.listing_of

    def day(self, underlying: str) -> Day | None:
        return self.days.of(underlying)

    def health(self) -> Mapping[str, Any]:
        return self.health_now

    def stats(self) -> Stats:
        return self.stats_now

    def add(
        self,
        underlying: str,
        *,
        expiries: int = 1,
        strikes: int = 5,
        first_strike: float = 23_000.0,
    ) -> ChainTable:
        """Open a chain, or open it anew with other contracts; publish all of it."""
        table = make_table(underlying, expiries, strikes, first_strike)
        before = self.latest.get(underlying)
        rows = np.arange(len(table.rows))
        self._write(table, rows)
        self._changed_at[underlying] = np.zeros(len(rows), dtype=np.int64)
        layout = 1 if before is None else before.layout + 1
        self._publish(table, rows, layout)
        return table

    def change(self, underlying: str, rows: Any = None, *, has_summary: bool = False) -> None:
        """Write new figures into some rows (None: a third of them) and publish them."""
        update = self.latest[underlying]
        size = len(update.table.rows)
        if rows is None:
            rows = np.flatnonzero(self.random.random(size) < 1 / 3)
        chosen = np.asarray(rows, dtype=np.int64)
        self._write(update.table, chosen)
        self._publish(update.table, chosen, update.layout, has_summary=has_summary)

    def _write(self, table: ChainTable, rows: NDArray[np.int64]) -> None:
        columns = table.rows
        for name in (*WRITTEN, *WRITTEN_TOO):
            values = self.random.normal(size=len(rows))
            values[self.random.random(len(rows)) < 0.1] = np.nan
            getattr(columns, name)[rows] = values
        columns.status[rows] = self.random.integers(0, 11, len(rows))
        columns.ts_event[rows] = self._now - 5_000_000
        table.spot += 0.05

    def _publish(
        self,
        table: ChainTable,
        rows: NDArray[np.int64],
        layout: int,
        *,
        has_summary: bool = False,
    ) -> None:
        name = table.underlying
        before = self.latest.get(name)
        seq = 1 if before is None else before.seq + 1
        changed_at = self._changed_at[name]
        changed_at[rows] = seq
        self._now += 1_000_000
        self.latest[name] = ChainUpdate(
            underlying=name,
            feed="test",
            seq=seq,
            layout=layout,
            table=table,
            rows=rows,
            rows_since=lambda since: np.flatnonzero(changed_at > since),
            summary=summarize(table, 1.0) if has_summary else None,
            ts_event=self._now - 3_000_000,
            ts_recv=self._now - 2_000_000,
            ts_flush=self._now,
        )
        self.days.take(self.latest[name])
        self.bus.publish(f"chain/{name}", self.latest[name])


class Mirror:
    """A client's copy of a chain: what the messages say, and nothing else."""

    def __init__(self) -> None:
        self.topic_id: int | None = None
        self.seq: int | None = None
        self.contracts: dict[str, list[Any]] = {}
        self.columns: dict[str, NDArray[Any]] = {}
        self.fields: list[str] = []
        self.spot = float("nan")
        self.snapshots = 0
        self.deltas = 0

    def take(self, message: str | bytes) -> dict[str, Any]:
        """Apply one message of ``/ws/stream``; return it, a binary one as its header."""
        if isinstance(message, bytes):
            frame = decode_frame(message, self.fields)
            assert frame["topic_id"] == self.topic_id
            self._apply(frame)
            return frame
        said: dict[str, Any] = json.loads(message)
        match said["type"]:
            case "subscribed":
                (one,) = said["topics"]
                self.fields, self.topic_id = one["fields"], one["topic_id"]
            case "layout":
                self.contracts = said["contracts"]
                self.columns = {}
            case "snapshot" | "delta":
                self._apply(said)
        return said

    def _apply(self, said: dict[str, Any]) -> None:
        self.spot = said["spot"]
        values = {name: np.array(said["columns"][name], dtype=float) for name in self.fields}
        if said["type"] == "snapshot":
            self.columns = values
            self.snapshots += 1
        else:
            assert self.seq is not None
            assert said["seq"] == self.seq + 1, "a frame is missing"
            for name, column in values.items():
                self.columns[name][said["rows"]] = column
            self.deltas += 1
        self.seq = said["seq"]


def decode_frame(frame: bytes, fields: list[str]) -> dict[str, Any]:
    """Read a binary frame by docs/stream.md, with other means than it was written."""
    magic, version, kind, topic_id, width, count, seq, rows = struct.unpack_from(
        "<2sBBHBBII", frame
    )
    assert (magic, version, count) == (b"VD", 1, len(fields))
    flushed, event_age, recv_age, spot = struct.unpack_from("<qIId", frame, 16)
    ids_end = 40 + rows * width
    start = ids_end + (-ids_end) % 4
    code = {0: "", 2: "H", 4: "I"}[width]
    said: dict[str, Any] = {
        "type": ("snapshot", "delta")[kind],
        "topic_id": topic_id,
        "seq": seq,
        "ts_flush_us": flushed,
        "ts_event_us": flushed - event_age,
        "ts_recv_us": flushed - recv_age,
        "spot": spot,
        "columns": {},
    }
    if width:
        said["rows"] = list(struct.unpack_from(f"<{rows}{code}", frame, 40))
    for place, name in enumerate(fields):
        said["columns"][name] = struct.unpack_from(f"<{rows}f", frame, start + 4 * rows * place)
    assert len(frame) == start + 4 * rows * count
    return said


class Tray:
    """An outlet that keeps what is written to it, and takes no more when told so."""

    def __init__(self, *, is_writable: bool = True) -> None:
        self.on_writable: Callable[[], None] = lambda: None
        self.is_writable = is_writable
        self.backlog = 0
        self.parcels: list[Parcel] = []
        self.closed: tuple[int, str] | None = None

    def write(self, parcel: Parcel) -> int:
        assert self.is_writable, "written to while it takes nothing"
        self.parcels.append(parcel)
        return len(parcel.frame)

    def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)
        self.is_writable = False

    def open(self) -> None:
        """Take again, and say so."""
        self.is_writable = True
        self.on_writable()

    @property
    def messages(self) -> list[Message]:
        return [message for parcel in self.parcels for message in parcel.messages]

    @property
    def said(self) -> list[Any]:
        """Return the messages as a client reads them: objects, or bytes."""
        return [json.loads(one.payload) if one.is_text else one.payload for one in self.messages]

    def empty(self) -> list[Any]:
        """Return what is there and forget it."""
        said = self.said
        self.parcels.clear()
        return said


@asynccontextmanager
async def serving(
    world: World,
    alerts: AlertDesk | None = None,
    orders: OrderDesk | None = None,
    **settings: Any,
) -> AsyncIterator[Gateway]:
    """Run a real gateway on a free port for as long as the block lasts."""
    clock = SystemClock()
    given = GatewaySettings(**{"port": 0, **settings})
    gateway = Gateway(world.bus, world, given, Keys(TOKEN, clock), clock, alerts, orders)
    running = asyncio.get_running_loop().create_task(gateway.run(), name="gateway")
    started = asyncio.ensure_future(gateway.is_started.wait())
    await asyncio.wait({running, started}, return_when=asyncio.FIRST_COMPLETED)
    try:
        yield gateway
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def settle(turns: int = 5) -> None:
    """Let the loop turn, so that what was scheduled for now has happened."""
    for _ in range(turns):
        await asyncio.sleep(0)


async def until(is_so: Callable[[], bool], secs: float = 10.0) -> None:
    """Wait for a condition, with a deadline."""
    async with asyncio.timeout(secs):
        while not is_so():  # noqa: ASYNC110  # what is waited for has no event
            await asyncio.sleep(0.005)


@dataclass
class Answer:
    """What an ASGI application said to one request."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


async def ask(
    app: Any,
    path: str = "/api/v1/health",
    headers: Mapping[str, str] | list[tuple[str, str]] | None = None,
    *,
    method: str = "GET",
    kind: str = "http",
) -> Answer:
    """Put one request to an ASGI application, without a network."""
    pairs = list(headers.items() if isinstance(headers, Mapping) else headers or [])
    scope = {
        "type": kind,
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "path": path,
        "method": method,
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in pairs],
        "query_string": b"",
        "extensions": {"websocket.http.response": {}},
    }
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request" if kind == "http" else "websocket.connect"}

    async def send(message: Any) -> None:
        said.append(message)

    await app(scope, receive, send)
    start = next(one for one in said if one["type"].endswith("response.start"))
    return Answer(
        start["status"],
        {name.decode(): value.decode("latin-1") for name, value in start["headers"]},
        b"".join(one.get("body", b"") for one in said),
    )


async def hello(scope: Any, receive: Any, send: Any) -> None:
    """Answer 200 to anything, an ASGI application."""
    del receive
    kind = "websocket.http" if scope["type"] == "websocket" else "http"
    await send({"type": f"{kind}.response.start", "status": 200, "headers": []})
    await send({"type": f"{kind}.response.body", "body": b"hello"})
