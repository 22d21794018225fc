"""``voldesk record`` and ``voldesk import``: recordings from feeds and from files."""

from pathlib import Path
from typing import Annotated

import typer

from voldesk.app.commands.options import (
    Atm,
    Config,
    FeedNames,
    Json,
    Range,
    Secs,
    Seed,
    Speed,
    Symbols,
    feed_flags,
    window_flags,
)

Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder of the recording.")]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Lean's minute zips, at any depth.")]

imports = typer.Typer(
    help="Make a recording of files.", no_args_is_help=True, rich_markup_mode=None
)


def record(
    out: Out,
    feed: FeedNames = None,
    symbols: Symbols = None,
    seed: Seed = None,
    speed: Speed = None,
    atm: Atm = None,
    points: Range = None,
    secs: Secs = None,
    config: Config = None,
    is_json: Json = False,
) -> None:
    """
    Record every tick of a feed, without serving it. Ctrl-C ends it.

    A folder that holds a recording of the same instruments is taken up where it ended.
    """
    # NumPy, Arrow and Rich load when a command runs, not when the help is printed.
    from voldesk.app.settings import load_settings
    from voldesk.app.taping import record as run

    flags = feed_flags(feed, symbols, seed, speed) | window_flags(atm, points)
    loaded = load_settings(flags, config=config)
    run(loaded, out, secs=secs, is_json=is_json)


@imports.command("lean")
def lean(folder: Folder, out: Out, is_json: Json = False) -> None:
    """Import minute bars of QuantConnect's Lean: options, indices, equities."""
    from voldesk.app.taping import import_folder

    import_folder(folder, out, is_json=is_json)


@imports.callback()
def main() -> None:
    """Make a recording of files."""
