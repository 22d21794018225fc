"""``voldesk sim``: the simulated market by itself, or the simulated venues on it."""

from pathlib import Path
from typing import Annotated

import typer

from voldesk.app.commands.options import (
    Config,
    Every,
    JsonLines,
    Secs,
    Seed,
    Speed,
    Symbols,
    sim_flags,
)

Tws = Annotated[
    int | None,
    typer.Option(metavar="PORT", min=0, max=65_535, help="Serve the TWS API there; 7497 is paper."),
]
Deribit = Annotated[
    int | None,
    typer.Option(metavar="PORT", min=0, max=65_535, help="Serve Deribit's WebSocket there."),
]
Faults = Annotated[
    int | None,
    typer.Option(metavar="PORT", min=0, max=65_535, help="Take faults there, as HTTP POST."),
]
Bars = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Bars that really were, to be told in place of made ones."),
]
Hold = Annotated[
    list[str] | None,
    typer.Option(metavar="SYMBOL:N", help="Shares the account begins with; several by repeating."),
]
Accounts = Annotated[
    list[str] | None,
    typer.Option(
        "--account", metavar="NAME", help="Of the TWS; U… holds real money. Several by repeating."
    ),
]
Start = Annotated[
    str | None,
    typer.Option("--clock", metavar="TIME", help="When the market starts; now if left out."),
]


def sim(
    symbols: Symbols = None,
    seed: Seed = None,
    speed: Speed = None,
    tws: Tws = None,
    deribit: Deribit = None,
    faults: Faults = None,
    bars: Bars = None,
    hold: Hold = None,
    account: Accounts = None,
    clock: Start = None,
    every: Every = 1.0,
    secs: Secs = None,
    config: Config = None,
    is_json: JsonLines = False,
) -> None:
    """Run the simulated market alone, or serve it by the protocols of venues."""
    # NumPy and the simulator load when a command runs, not when the help is printed.
    from voldesk.app.instants import parse_instant
    from voldesk.app.settings import load_settings
    from voldesk.app.simulation import simulate
    from voldesk.app.simulators import serve_venues

    loaded = load_settings(sim_flags(symbols, seed, speed), config=config)
    if tws is None and deribit is None:
        simulate(loaded, every_secs=every, secs=secs, is_json=is_json)
        return
    start = None if clock is None else parse_instant(clock)
    serve_venues(
        loaded,
        tws=tws,
        deribit=deribit,
        faults=faults,
        start=start,
        secs=secs,
        bars=bars,
        hold=hold or (),
        accounts=account or (),
    )
