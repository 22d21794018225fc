"""``voldesk sim``: the synthetic market by itself, and how it goes."""

import asyncio
import json
from collections import Counter
from typing import Any, Final

import numpy as np
import typer

from voldesk.app import logs
from voldesk.app.feeds import build_sim
from voldesk.app.render.numbers import grouped, percent
from voldesk.app.running import run
from voldesk.app.settings import Loaded
from voldesk.app.stdout import write_text
from voldesk.model.clock import SystemClock

_NS_PER_US: Final = 1_000
_LINE: Final = "{symbol:<12}{spot:>14}{vol:>8}{ticks:>12}"


def simulate(loaded: Loaded, *, every_secs: float, secs: float | None, is_json: bool) -> None:
    """
    Run the market and print the state of each underlying every few seconds.

    Args:
        loaded: Settings.
        every_secs: Between two prints.
        secs: End after so long; None for when it is stopped.
        is_json: One JSON object per underlying and line.

    Raises:
        ConfigError: The market cannot be made.
    """
    logs.configure(loaded.settings.log)
    feed, _, market = build_sim(loaded.settings.sim, SystemClock())
    of = market.listing.underlying
    typer.echo(
        f"{len(of)} instruments of {', '.join(market.listing.underlyings)},"
        f" seed {loaded.settings.sim.seed}; Ctrl-C ends it",
        err=True,
    )

    async def main(stop: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        began = told = loop.time()
        ticks: Counter[str] = Counter()
        await feed.open()
        async for batch in feed.batches():
            names, counts = np.unique(of[batch["instrument"]].astype(str), return_counts=True)
            ticks.update(dict(zip(names.tolist(), counts.tolist(), strict=True)))
            now = loop.time()
            is_over = stop.is_set() or (secs is not None and now - began >= secs)
            if now - told >= every_secs or is_over:
                _tell(_states(market, ticks, max(now - told, 1e-9)), is_json=is_json)
                ticks.clear()
                told = now
            if is_over:
                await feed.close()

    run(main)


def _states(market: Any, ticks: Counter[str], secs: float) -> list[dict[str, Any]]:  # noqa: ANN401  # the market, which only app.feeds imports
    """Return one object per underlying."""
    return [
        {
            "ts_us": state.ts // _NS_PER_US,
            "underlying": symbol,
            "spot": state.spot,
            "vol": state.vol,
            "ticks_per_sec": round(ticks[symbol] / secs, 1),
        }
        for symbol, state in market.state.items()
    ]


def _tell(states: list[dict[str, Any]], *, is_json: bool) -> None:
    if is_json:
        write_text("".join(json.dumps(state) + "\n" for state in states))
        return
    total = sum(state["ticks_per_sec"] for state in states)
    lines = [_LINE.format(symbol="underlying", spot="spot", vol="vol", ticks="ticks/s")]
    lines += [
        _LINE.format(
            symbol=state["underlying"],
            spot=grouped(state["spot"]),
            vol=percent(state["vol"]),
            ticks=f"{state['ticks_per_sec']:,.0f}",
        )
        for state in states
    ]
    lines.append(_LINE.format(symbol="all", spot="", vol="", ticks=f"{total:,.0f}"))
    write_text("\n".join(lines) + "\n\n")
