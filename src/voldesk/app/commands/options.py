"""Options that several commands share, and the settings they are."""

from pathlib import Path
from typing import Annotated, Any

import typer

from voldesk.model.errors import ConfigError

Config = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Settings; ./voldesk.yaml or the user's if left out."),
]
FeedNames = Annotated[
    list[str] | None,
    typer.Option(
        "--feed", metavar="NAME", help="sim, replay:PATH, ib or deribit; several by repeating."
    ),
]
Symbols = Annotated[
    str | None, typer.Option(metavar="A,B", help="Underlyings of the market, simulated or real.")
]
Seed = Annotated[int | None, typer.Option(help="Of everything random in the simulated market.")]
Speed = Annotated[
    str | None,
    typer.Option(metavar="X", help="Market seconds per second; max for a replay without pauses."),
]
Atm = Annotated[
    int | None,
    typer.Option(
        "--atm", metavar="N", min=0, help="Stream only N strikes each side of the money, in full."
    ),
]
Range = Annotated[
    float | None,
    typer.Option(
        "--range", metavar="POINTS", min=0.0, help="And those so far from it in light mode."
    ),
]
Host = Annotated[str | None, typer.Option(help="Address to listen on; 127.0.0.1 if left out.")]
Port = Annotated[
    int | None, typer.Option(min=0, max=65_535, help="8000 if left out; 0 takes a free one.")
]
NoOpen = Annotated[bool, typer.Option("--no-open", help="Do not open the browser.")]
Record = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Record every tick into this folder too.")
]
Token = Annotated[bool, typer.Option("--token", help="Ask for the token even to read.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
JsonLines = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]
Url = Annotated[
    str | None, typer.Option(metavar="URL", help="Of a voldesk that is running; found if it is.")
]
Every = Annotated[float, typer.Option(metavar="SECS", min=0.1, help="Between two looks.")]
Once = Annotated[bool, typer.Option("--once", help="Print once and end.")]
Secs = Annotated[float | None, typer.Option(min=0.0, help="End after so long.")]

Flags = dict[str, tuple[str, Any]]
"""Dotted name of a setting to the flag that gives it and its value, None where it was not given."""


def sim_flags(symbols: str | None, seed: int | None, speed: str | None) -> Flags:
    """Return the settings of the simulated market."""
    return {
        "sim.symbols": ("--symbols", None if symbols is None else split_names(symbols)),
        "sim.seed": ("--seed", seed),
        "sim.speed": ("--speed", None if speed is None else pace(speed)),
    }


def feed_flags(
    feeds: list[str] | None, symbols: str | None, seed: int | None, speed: str | None
) -> Flags:
    """Return the settings of feeds; a pace is that of whichever is chosen."""
    flags = sim_flags(symbols, seed, speed)
    given = tuple(feeds) if feeds else None
    is_replay = bool(given) and all(name.startswith("replay:") for name in given or ())
    flags["feeds"] = ("--feed", given)
    flags["replay.speed"] = flags["sim.speed"]
    if given == ("ib",):
        flags["ib.symbols"] = flags.pop("sim.symbols")
    elif given == ("deribit",):
        flags["deribit.underlyings"] = flags.pop("sim.symbols")
    if is_replay:
        del flags["sim.speed"]
    return flags


def window_flags(atm: int | None, points: float | None) -> Flags:
    """Return the settings of what is streamed around the money."""
    return {
        "subscriptions.atm_strikes": ("--atm", atm),
        "subscriptions.range_points": ("--range", points),
    }


def split_names(text: str) -> tuple[str, ...]:
    """Return the names of a list with commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def pace(text: str) -> float:
    """
    Return a speed; ``max`` is infinity.

    Raises:
        BadParameter: It is no number above 0.
    """
    try:
        speed = float("inf") if text == "max" else float(text)
    except ValueError:
        speed = 0.0
    if not speed > 0.0:
        raise typer.BadParameter(f"--speed {text}: give a number above 0, or max")
    return speed


def usage(error: ConfigError) -> typer.BadParameter:
    """Return an error of the command line for one that an option's value caused."""
    return typer.BadParameter(str(error))
