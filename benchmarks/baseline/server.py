"""
The design of many dashboards, built plainly, for `live_ticks.py` to compare with.

Per tick one scalar implied vol and five scalar Greeks, one JSON message per contract, and a
sequential broadcast that awaits every client in turn: FastAPI, py_vollib or mibian. It is given
its ticks without a venue in between, encodes each message once for all clients, sends no put-call
ratio and keeps no history: what is measured is the design, not its loose ends.
"""

import asyncio
import io
import json
import os
import sys
import time
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import numpy as np
import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from children import obey, pin
from street import RATE, Street, flow, street
from voldesk.model.ticks import TickKind

GREEKS = ("delta", "gamma", "theta", "vega", "rho")
_TICKS = 1 << 16

Calculator = Callable[[float, float, float, float, str], tuple[float, ...]]
"""Price, spot, strike, years, right ("c" or "p") -> iv, delta, gamma, theta, vega, rho."""


def py_vollib() -> Calculator:
    """Return iv and Greeks by py_vollib, as its documentation shows."""
    from py_vollib.black_scholes.greeks import analytical  # noqa: PLC0415  # one of the two
    from py_vollib.black_scholes.implied_volatility import (  # noqa: PLC0415  # likewise
        implied_volatility,
    )

    functions = [getattr(analytical, name) for name in GREEKS]

    def calculate(
        price: float, spot: float, strike: float, years: float, right: str
    ) -> tuple[float, ...]:
        vol = implied_volatility(price, spot, strike, years, RATE, right)
        return vol, *(one(right, spot, strike, years, RATE, vol) for one in functions)

    return calculate


def mibian() -> Calculator:
    """Return iv and Greeks by mibian, which counts in percent and days."""
    from mibian import BS  # noqa: PLC0415  # one of the two

    def calculate(
        price: float, spot: float, strike: float, years: float, right: str
    ) -> tuple[float, ...]:
        terms = [spot, strike, 100.0 * RATE, 365.0 * years]
        side = "call" if right == "c" else "put"
        vol = BS(terms, **{f"{side}Price": price}).impliedVolatility
        found = BS(terms, volatility=vol)
        return (
            vol,
            getattr(found, f"{side}Delta"),
            found.gamma,
            getattr(found, f"{side}Theta"),
            found.vega,
            getattr(found, f"{side}Rho"),
        )

    return calculate


class Manager:
    """Holds the connections and sends to all of them, one after the other."""

    def __init__(self) -> None:
        self.connections: list[WebSocket] = []

    async def serve(self, websocket: WebSocket) -> None:
        """Keep one client until it leaves."""
        await websocket.accept()
        self.connections.append(websocket)
        try:
            while True:
                await websocket.receive_text()
        except WebSocketDisconnect:
            self.connections.remove(websocket)

    async def broadcast(self, message: str) -> None:
        """Send to every client."""
        for connection in list(self.connections):
            await connection.send_text(message)


class Desk:
    """Values each tick and broadcasts it."""

    def __init__(self, calculate: Calculator) -> None:
        self.manager = Manager()
        self.ticks = self.failures = 0
        self._calculate = calculate
        self._market = street(underlyings=10, expiries=5, strikes=100, now=time.time_ns())
        self._spots = dict.fromkeys(self._market.listing.underlyings, 100.0)

    async def run(self) -> None:
        """Take ticks as fast as they can be handled, the next when the last one is sent."""
        while True:
            for tick in ticks_of(self._market):
                self.ticks += 1
                if "spot" in tick:
                    self._spots[tick["underlying"]] = tick["spot"]
                else:
                    await self.manager.broadcast(json.dumps(self.message(tick)))
                await asyncio.sleep(0)  # each tick is a callback of its own

    def message(self, tick: dict[str, object]) -> dict[str, object]:
        """Return a tick as the update of its contract; None what cannot be solved."""
        price, strike, years = (float(tick[name]) for name in ("price", "strike", "years"))
        right = "c" if tick["is_call"] else "p"
        spot = self._spots[str(tick["underlying"])]
        figures: tuple[float | None, ...]
        try:
            figures = self._calculate(price, spot, strike, years, right)
        except Exception:
            self.failures += 1
            figures = (None,) * 6
        return {
            "type": "greeks_update",
            "data": {
                "instrumentKey": tick["key"],
                "symbol": tick["symbol"],
                "strike": strike,
                "type": "CE" if right == "c" else "PE",
                "expiry": tick["expiry"],
                "price": price,
                "oi": 0,
                "iv": figures[0],
                "greeks": dict(zip(GREEKS, figures[1:], strict=True)),
                "timestamp": datetime.now(UTC).isoformat(),
            },
        }


def ticks_of(market: Street) -> Iterator[dict[str, object]]:
    """Yield the ticks that the other server gets, as the dicts that an SDK hands on."""
    listing, batch = market.listing, flow(market, _TICKS)
    for at, kind, last, bid, ask in zip(
        *(batch[name].tolist() for name in ("instrument", "kind", "last", "bid", "ask")),
        strict=True,
    ):
        if kind == TickKind.SPOT:
            yield {"underlying": listing.underlying[at], "spot": last}
            continue
        yield {
            "key": listing.key[at],
            "symbol": listing.symbol[at],
            "underlying": listing.underlying[at],
            "expiry": str(listing.expiry[at]),
            "strike": listing.strike[at],
            "is_call": bool(listing.is_call[at]),
            "years": market.years[at],
            "price": (bid + ask) / 2.0,
        }


def build_app(desk: Desk) -> FastAPI:
    """Return the application: one endpoint, and the desk at work from the first client on."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        obeying = asyncio.create_task(commands(desk))
        yield
        obeying.cancel()

    app = FastAPI(lifespan=lifespan)
    app.add_api_websocket_route("/ws/greeks", desk.manager.serve)
    return app


async def commands(desk: Desk) -> None:
    """Obey: ``begin`` starts the ticks, any other line asks for the counters."""
    running = None
    async for words in obey():
        if words[0] == "begin":
            running = asyncio.create_task(desk.run())
        assert running is None or not running.done(), running.result()
        counters = {
            "ticks": desk.ticks,
            "failures": desk.failures,
            "clients": len(desk.manager.connections),
            "cpu_secs": time.process_time(),
            "at": time.time(),
        }
        say(counters)
    os._exit(0)  # whoever asked is gone


def say(answer: dict[str, object]) -> None:
    """Write a line where py_vollib, which prints empty ones, does not."""
    assert sys.__stdout__ is not None
    sys.__stdout__.write(f"{json.dumps(answer)}\n")
    sys.__stdout__.flush()


def main() -> None:
    """Serve on a free port and say which."""
    calculate = {"py_vollib": py_vollib, "mibian": mibian}[sys.argv[1]]()
    sys.stdout = io.StringIO()
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    config = uvicorn.Config(build_app(Desk(calculate)), port=0, log_level="error", access_log=False)
    sock = config.bind_socket()
    say({"port": sock.getsockname()[1]})
    uvicorn.Server(config).run([sock])


if __name__ == "__main__":
    pin(0)
    main()
