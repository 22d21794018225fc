"""``voldesk sim --tws``: the simulated venues, for clients that think they are the venue's own."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import typer

from voldesk.app import logs
from voldesk.app.feeds import build_sim
from voldesk.app.running import run
from voldesk.app.settings import Loaded
from voldesk.model.clock import Clock, ManualClock, SystemClock
from voldesk.model.errors import ConfigError

HOST: Final = "127.0.0.1"


def serve_venues(
    loaded: Loaded,
    *,
    tws: int,
    faults: int | None,
    start: int | None,
    secs: float | None,
    bars: Path | None = None,
    hold: Sequence[str] = (),
) -> None:
    """
    Serve the venues asked for, all on one market, until it is stopped.

    Args:
        loaded: Settings.
        tws: Port of the TWS API; 0 takes a free one.
        faults: Port on which faults are asked for; None for none.
        start: UTC ns at which the market starts; None for now.
        secs: End after so long; None for when it is stopped.
        bars: A table of bars that really were: see `recorded.read_recorded`.
        hold: What the account begins with, each ``AMZN:100``.

    Raises:
        ConfigError: The market cannot be made, a port cannot be had, a file not be read.
        FileFormatError: The table of bars is none.
    """
    # They load when a venue is asked for, not when the help is printed.
    from voldesk.simulator.ib.recorded import NOTHING_RECORDED, read_recorded  # noqa: PLC0415  # as above
    from voldesk.simulator.ib.refusal import Refused  # noqa: PLC0415  # likewise
    from voldesk.simulator.ib.tws import serve_tws  # noqa: PLC0415  # when asked for

    logs.configure(loaded.settings.log)
    settings = loaded.settings.sim
    clock: Clock = SystemClock()
    begin: Clock = clock if start is None else ManualClock(start)
    holdings = dict(_holding(text) for text in hold)
    recorded = NOTHING_RECORDED if bars is None else read_recorded(_text_of(bars))
    market = build_sim(replace(settings, speed=1.0), begin).market

    async def main(stop: asyncio.Event) -> None:
        try:
            server = await serve_tws(
                market,
                clock,
                host=HOST,
                port=tws,
                fault_port=faults,
                speed=settings.speed,
                seed=settings.seed,
                recorded=recorded,
                is_always_open=settings.is_always_open,
                holdings=holdings,
            )
        except Refused as refused:
            raise ConfigError(f"--hold {' '.join(hold)}: {refused.text}") from refused
        except OSError as error:
            raise ConfigError(f"{HOST} port {tws}: {error.strerror}") from error
        typer.echo(f"TWS API on {HOST}:{server.port}; Ctrl-C ends it", err=True)
        if server.fault_port:
            typer.echo(f"faults on http://{HOST}:{server.fault_port}/faults", err=True)
        stopping = asyncio.ensure_future(stop.wait())
        try:  # a market that has failed is no venue any more: closing raises what it was
            ends = {stopping, server.pump}
            await asyncio.wait(ends, timeout=secs, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            await server.close()

    run(main)


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
