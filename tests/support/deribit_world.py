"""What tests of Deribit share: a small market, a Deribit that says what it is told to, a feed."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from aiohttp import WSMsgType, web

from voldesk.bus.local import LocalBus
from voldesk.model.clock import Clock, SystemClock
from voldesk.pipeline.pump import Pump
from voldesk.simulator.deribit.server import PATH, DeribitServer, serve_deribit
from voldesk.simulator.market.market import SyntheticMarket
from voldesk.simulator.market.universe import UNIVERSE
from voldesk.venues.deribit.feed import DeribitFeed
from voldesk.venues.deribit.settings import DeribitSettings
from voldesk.venues.session import BackoffSettings
from voldesk.wire.deribit.messages import Request, read_request
from voldesk.wire.deribit.types import Instrument

NOW: Final = 1_795_190_400_000_000_000  # 2026-11-20 16:00 UTC
SECOND: Final = 10**9
MS: Final = 10**6
QUICK: Final = BackoffSettings(first_secs=0.01, most_secs=0.05)
DEADLINE_SECS: Final = 60.0

Script = Callable[[Request], Iterable[bytes]]
"""What is sent for a request, each a message."""


def small_market(now: int = NOW, *, each_side: int = 3) -> SyntheticMarket:
    """Return BTC with two expiries of few strikes, the truth of its last minutes kept."""
    spec = UNIVERSE["BTC"]
    rules = (replace(spec.expiries[0], count=1), replace(spec.expiries[1], count=1))
    few = tuple(replace(rule, strikes_each_side=each_side) for rule in rules)
    universe = {"BTC": replace(spec, expiries=few)}
    return SyntheticMarket(("BTC",), 7, now, universe=universe, history=4096)


def instrument(name: str, **facts: Any) -> Instrument:
    """Return an instrument of a name, as it would be listed."""
    root = name.split("-", maxsplit=1)[0]
    coin = root.split("_")[0]
    known: dict[str, Any] = {
        "instrument_name": name,
        "expiration_timestamp": NOW // MS,
        "base_currency": coin,
        "quote_currency": coin,
        "price_index": f"{coin.lower()}_{'usdc' if '_' in root else 'usd'}",
        "tick_size": 0.0001,
    }
    return Instrument(**known | facts)


def settings_for(port: int, **facts: Any) -> DeribitSettings:
    """Return settings for a Deribit on this machine."""
    known: dict[str, Any] = {"backoff": QUICK, "request_secs": 5.0}
    return DeribitSettings(url=f"ws://127.0.0.1:{port}{PATH}", **known | facts)


@asynccontextmanager
async def scripted_deribit(script: Script) -> AsyncIterator[int]:
    """Serve a Deribit that answers by a script, and give its port; no answer cuts the line."""

    async def serve(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            with suppress(ConnectionError):
                for data in script(read_request(message.data)):
                    if not data:
                        assert request.transport is not None
                        request.transport.abort()
                        break
                    await socket.send_frame(data, WSMsgType.TEXT)
        return socket

    app = web.Application()
    app.router.add_get(PATH, serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


@asynccontextmanager
async def simulated_deribit(
    market: SyntheticMarket | None = None, clock: Clock | None = None
) -> AsyncIterator[DeribitServer]:
    """Serve a small market, or the one given."""
    clock = clock or SystemClock()
    server = await serve_deribit(market or small_market(clock.now()), clock)
    try:
        yield server
    finally:
        await server.close()


@dataclass
class World:
    """A simulated Deribit, and a feed of it pumped into chains."""

    deribit: DeribitServer
    feed: DeribitFeed
    pump: Pump

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait for something the chains or the state show."""
        async with asyncio.timeout(DEADLINE_SECS):
            while not condition():  # noqa: ASYNC110  # a state has no event
                await asyncio.sleep(0.005)

    @property
    def is_full(self) -> bool:
        """Everything streams and the chain is there."""
        return "BTC" in self.pump.underlyings and self.feed.is_settled


@asynccontextmanager
async def world_of(market: SyntheticMarket | None = None, **facts: Any) -> AsyncIterator[World]:
    """Give a world that runs and is full."""
    clock = SystemClock()
    async with simulated_deribit(market, clock) as server:
        feed = DeribitFeed(settings_for(server.port, **facts), clock)
        pump = Pump([feed], LocalBus(), clock)
        world = World(server, feed, pump)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(pump.run(), name="pump")
            await world.until(lambda: world.is_full)
            yield world
            running.cancel()
