"""A TWS of a few hundred lines for tests of its client: raw frames, and faults on demand."""

import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

VERSION: Final = 178
LENGTH: Final = struct.Struct(">I")

MARKET_DATA, CANCEL_DATA, CONTRACT, TIME, DATA_TYPE, START, OPTION_PARAMS = (
    "1",
    "2",
    "9",
    "49",
    "59",
    "71",
    "78",
)


def frame(*fields: object) -> bytes:
    """Return one message."""
    body = "".join(f"{one}\0" for one in fields).encode()
    return LENGTH.pack(len(body)) + body


@dataclass
class Product:
    """An underlying and the series it has options in: class to last days and strikes."""

    symbol: str
    con_id: int
    spot: float
    sec_type: str = "STK"
    exchange: str = "SMART"
    classes: dict[str, tuple[tuple[str, ...], tuple[float, ...]]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # last day to the date in the name


AMZN: Final = Product(
    "AMZN",
    3691937,
    230.0,
    classes={
        "AMZN": (
            ("20261120", "20261127", "20261204"),
            tuple(200.0 + 2.5 * step for step in range(25)),
        ),
        "2AMZN": (("20261127",), (230.0,)),
    },
)
SPX: Final = Product(
    "SPX",
    416904,
    6700.0,
    "IND",
    "CBOE",
    classes={
        "SPX": (("20261217",), tuple(6600.0 + 25.0 * step for step in range(9))),
        "SPXW": (("20261127", "20261218"), tuple(6600.0 + 5.0 * step for step in range(41))),
    },
    names={"20261217": "20261218"},
)


class ScriptedTws:
    """
    Speaks the text protocol at version 178.

    Attributes:
        port: Where it listens.
        requests: Every message received, oldest first, as fields.
        live: Request id to contract fields, of the connection there is now.
        faults: Fields of a market-data request to the code and text it is refused with.
        is_silent: It reads and answers nothing any more.
        refuses_with: Code and text that connections are refused with.
        greeting: Sent before anything is said, by somebody who is no TWS.
        says_close_only: Underlyings have a close and no price.
        answers: What to do with requests of a kind, in place of what is done here.
    """

    def __init__(self, *products: Product) -> None:
        self.products = products or (AMZN, SPX)
        self.port = 0
        self.requests: list[list[str]] = []
        self.live: dict[str, list[str]] = {}
        self.faults: Callable[[list[str]], tuple[int, str] | None] = lambda _: None
        self.is_silent = False
        self.refuses_with: tuple[int, str] | None = None
        self.greeting: bytes | None = None
        self.says_close_only = False
        self.most_lines = 100
        self.data_type = "1"
        self.connections = 0
        self.accounts = "DU0000000,DU0000001"
        self.answers: dict[str, Callable[[list[str]], object]] = {}
        self.changed = asyncio.Condition()
        self._writer: asyncio.StreamWriter | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._ids: dict[tuple[str, ...], int] = {}

    async def start(self) -> None:
        """Listen, on the same port again after a stop."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and cut every connection."""
        assert self._server is not None
        self._server.close()
        self.cut()
        await self._server.wait_closed()
        await self.until(lambda: not self._writers)

    def cut(self) -> None:
        """Cut every connection."""
        for writer in self._writers:
            writer.transport.abort()

    def send(self, *fields: object) -> None:
        """Send a message over the newest connection."""
        assert self._writer is not None
        self._writer.write(frame(*fields))

    def quote(self, request_id: str, bid: float, ask: float) -> None:
        """Send bid, ask, volume and the model's figures."""
        self.send(1, 6, request_id, 1, bid, 10, 1)
        self.send(1, 6, request_id, 2, ask, 12, 1)
        self.send(2, 6, request_id, 8, 1234)
        self.send(21, request_id, 13, 1, 0.25, 0.5, (bid + ask) / 2, 0, 0.01, 0.2, -0.1, 230.5)

    def asked(self, number: str) -> list[list[str]]:
        """Return the requests of a kind."""
        return [one for one in self.requests if one[0] == number]

    async def until(self, condition: Callable[[], Any], secs: float = 10.0) -> None:
        """Wait for something that a request or a connection brings about."""
        async with asyncio.timeout(secs), self.changed:
            await self.changed.wait_for(lambda: bool(condition()))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            if self.greeting is not None:
                writer.write(self.greeting)
            await reader.readexactly(4)
            await self._receive(reader)
            writer.write(frame(VERSION, "20261120 10:00:00 EST"))
            self._writer, self.live = writer, {}
            while True:
                fields = await self._receive(reader)
                if not self.is_silent:
                    self.requests.append(fields)
                    self._answer(fields, writer)
                await self._tell()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()
            await self._tell()

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def _receive(self, reader: asyncio.StreamReader) -> list[str]:
        (size,) = LENGTH.unpack(await reader.readexactly(4))
        return (await reader.readexactly(size)).decode().split("\0")[:-1]

    def _answer(self, fields: list[str], writer: asyncio.StreamWriter) -> None:
        if fields[0] in self.answers:
            self.answers[fields[0]](fields)
            return
        match fields[0]:
            case "71":
                self._start(writer)
            case "9":
                self._contracts(fields)
            case "78":
                self._option_params(fields)
            case "1":
                self._market_data(fields)
            case "2":
                self.live.pop(fields[2], None)
            case "49":
                self.send(49, 1, 1795000000)

    def _start(self, writer: asyncio.StreamWriter) -> None:
        if self.refuses_with is not None:
            code, text = self.refuses_with
            self.send(4, 2, -1, code, text, "")
            writer.close()
            return
        self.connections += 1
        self.send(15, 1, self.accounts)
        self.send(9, 1, 1)
        self.send(4, 2, -1, 2104, "Market data farm connection is OK:usfarm", "")

    def _market_data(self, fields: list[str]) -> None:
        request_id = fields[2]
        fault = self.faults(fields)
        if fault is None and len(self.live) >= self.most_lines:
            fault = (101, "Max number of tickers has been reached")
        if fault is not None:
            self.send(4, 2, request_id, *fault, "")
            return
        self.live[request_id] = fields
        self.send(58, 1, request_id, self.data_type)
        product = next(one for one in self.products if one.symbol == fields[4])
        if fields[5] not in {"OPT", "FOP"}:
            self.send(1, 6, request_id, 9, product.spot - 1.0, 0, 0)
            if not self.says_close_only:
                self.send(1, 6, request_id, 4, product.spot, 0, 0)
        else:
            self.quote(request_id, 1.0, 1.1)

    def _option_params(self, fields: list[str]) -> None:
        product = next(one for one in self.products if one.symbol == fields[2])
        for exchange in ("CBOE", "SMART"):
            for name, (days, strikes) in product.classes.items():
                lists = (len(days), *days, len(strikes), *strikes)
                self.send(75, fields[1], exchange, product.con_id, name, 100, *lists)
        self.send(76, fields[1])

    def _contracts(self, fields: list[str]) -> None:
        request_id, symbol, sec_type, day = fields[2], fields[4], fields[5], fields[6]
        product = next((one for one in self.products if one.symbol == symbol), None)
        if product is None or sec_type not in {product.sec_type, "OPT"}:
            self.send(4, 2, request_id, 200, "No security definition has been found", "")
            return
        if sec_type == product.sec_type:
            self._detail(request_id, product, "", 0.0, "", symbol, symbol, product.con_id)
        else:
            name = fields[14]
            days, strikes = product.classes[name]
            for strike in strikes if day in days else ():
                for right in ("C", "P"):
                    printed = product.names.get(day, day)
                    local = f"{name:<6}{printed[2:]}{right}{round(strike * 1000):08d}"
                    key = (name, day, str(strike), right)
                    con_id = self._ids.setdefault(key, 1000 + len(self._ids))
                    self._detail(request_id, product, day, strike, right, local, name, con_id)
        self.send(52, 1, request_id)

    def _detail(
        self,
        request_id: str,
        product: Product,
        day: str,
        strike: float,
        right: str,
        local: str,
        trading_class: str,
        con_id: int,
    ) -> None:
        sec_type = "OPT" if right else product.sec_type
        exchange = "SMART" if right else product.exchange
        known = [10, request_id, product.symbol, sec_type, day, strike, right, exchange, "USD"]
        known += [local, trading_class, trading_class, con_id, 0.01, 100 if right else ""]
        known += ["LMT,MKT", exchange, 1, product.con_id if right else 0, product.symbol]
        known += ["", day[:6], "", "", "", "US/Eastern", "", "", "", 0, 0]
        known += [1, product.symbol if right else "", product.sec_type if right else "", "26", day]
        known += ["", 1, 1, 1]
        self.send(*known)


@asynccontextmanager
async def scripted_tws(*products: Product) -> AsyncIterator[ScriptedTws]:
    """Give a TWS that listens, and end it afterwards."""
    tws = ScriptedTws(*products)
    await tws.start()
    try:
        yield tws
    finally:
        await tws.stop()
