"""``voldesk sim --tws --deribit``: simulated venues, for clients that think they are real."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol

import typer

from voldesk.app import logs
from voldesk.app.feeds import build_sim
from voldesk.app.running import run
from voldesk.app.settings import Loaded
from voldesk.model.clock import Clock, ManualClock, SystemClock
from voldesk.model.enums import Market
from voldesk.model.errors import ConfigError

HOST: Final = "127.0.0.1"


def serve_venues(
    loaded: Loaded,
    *,
    tws: int | None = None,
    deribit: int | None = None,
    faults: int | None,
    start: int | None,
    secs: float | None,
    bars: Path | None = None,
    hold: Sequence[str] = (),
    accounts: Sequence[str] = (),
) -> None:
    """
    Serve the venues asked for until it is stopped, each on a market of its own.

    Args:
        loaded: Settings.
        tws: Port of the TWS API; 0 takes a free one, None for none.
        deribit: Port of Deribit's WebSocket, likewise; faults are asked for on it too.
        faults: Port on which faults of the TWS are asked for; None for none.
        start: UTC ns at which the market starts; None for now.
        secs: End after so long; None for when it is stopped.
        bars: A table of bars that really were: see `recorded.read_recorded`.
        hold: What the account begins with, each ``AMZN:100``.
        accounts: Names of the accounts; none for a paper account.

    Raises:
        ConfigError: The market cannot be made, a port cannot be had, a file not be read.
        FileFormatError: The table of bars is none.
    """
    logs.configure(loaded.settings.log)
    clock: Clock = SystemClock()
    begin: Clock = clock if start is None else ManualClock(start)
    ways: list[_Way] = []
    if tws is not None:
        ways.append(_tws(loaded, clock, begin, tws, faults, bars, hold, accounts))
    if deribit is not None:
        ways.append(_deribit(loaded, clock, begin, deribit))

    async def main(stop: asyncio.Event) -> None:
        servers: list[_Server] = []
        stopping = asyncio.ensure_future(stop.wait())
        try:  # a market that has failed is no venue any more: closing raises what it was
            for serve in ways:
                servers.append(await serve())  # noqa: PERF401  # if one fails, those before are closed
            ends = {stopping, *(server.pump for server in servers)}
            await asyncio.wait(ends, timeout=secs, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            for server in servers:
                await server.close()

    run(main)


class _Server(Protocol):
    """A venue that is served."""

    @property
    def pump(self) -> asyncio.Task[None]: ...
    async def close(self) -> None: ...


_Way = Callable[[], Awaitable[_Server]]
"""Serves a venue whose market is made."""


def _tws(
    loaded: Loaded,
    clock: Clock,
    begin: Clock,
    port: int,
    faults: int | None,
    bars: Path | None,
    hold: Sequence[str],
    accounts: Sequence[str],
) -> _Way:
    # They load when a venue is asked for, not when the help is printed.
    from voldesk.simulator.ib.recorded import NOTHING_RECORDED, read_recorded  # noqa: PLC0415  # as above
    from voldesk.simulator.ib.refusal import Refused  # noqa: PLC0415  # likewise
    from voldesk.simulator.ib.tws import ACCOUNTS, serve_tws  # noqa: PLC0415  # likewise

    settings = loaded.settings.sim
    holdings = dict(_holding(text) for text in hold)
    recorded = NOTHING_RECORDED if bars is None else read_recorded(_text_of(bars))
    market = build_sim(replace(settings, speed=1.0), begin).market

    async def serve() -> _Server:
        try:
            server = await serve_tws(
                market,
                clock,
                host=HOST,
                port=port,
                fault_port=faults,
                speed=settings.speed,
                seed=settings.seed,
                accounts=tuple(accounts) or ACCOUNTS,
                recorded=recorded,
                is_always_open=settings.is_always_open,
                holdings=holdings,
            )
        except Refused as refused:
            raise ConfigError(f"--hold {' '.join(hold)}: {refused.text}") from refused
        except OSError as error:
            raise ConfigError(f"{HOST} port {port}: {error.strerror}") from error
        typer.echo(f"TWS API on {HOST}:{server.port}; Ctrl-C ends it", err=True)
        if server.fault_port:
            typer.echo(f"faults on http://{HOST}:{server.fault_port}/faults", err=True)
        return server

    return serve


def _deribit(loaded: Loaded, clock: Clock, begin: Clock, port: int) -> _Way:
    from voldesk.simulator.deribit.server import PATH, serve_deribit  # noqa: PLC0415  # when asked for
    from voldesk.simulator.market.universe import UNIVERSE  # noqa: PLC0415  # likewise

    settings = loaded.settings.sim
    traded = [name for name, spec in UNIVERSE.items() if spec.market is Market.DERIBIT]
    chosen = tuple(name for name in settings.symbols or traded if name in traded)
    if not chosen:
        raise ConfigError(
            f"--deribit: {', '.join(settings.symbols)} cannot be traded there,"
            f" there is {', '.join(traded)}"
        )
    market = build_sim(replace(settings, symbols=chosen, speed=1.0), begin).market

    async def serve() -> _Server:
        try:
            server = await serve_deribit(market, clock, host=HOST, port=port, speed=settings.speed)
        except OSError as error:
            raise ConfigError(f"{HOST} port {port}: {error.strerror}") from error
        where = f"{HOST}:{server.port}"
        typer.echo(f"Deribit on ws://{where}{PATH}, faults on http://{where}/faults", err=True)
        return server

    return serve


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error


def _holding(text: str) -> tuple[str, int]:
    """Return symbol and quantity of ``AMZN:100``."""
    symbol, _, quantity = text.partition(":")
    try:
        held = int(quantity)
    except ValueError:
        held = 0
    if not symbol or not held:
        raise ConfigError(f"--hold {text}: expected a symbol and a quantity, such as AMZN:100")
    return symbol.upper(), held
