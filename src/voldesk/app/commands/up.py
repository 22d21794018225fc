"""``voldesk up``, ``demo`` and ``replay``: everything in one process, with the page."""

from pathlib import Path
from typing import Annotated

import typer

from voldesk.app.commands.options import (
    Atm,
    Config,
    FeedNames,
    Flags,
    Host,
    Json,
    NoOpen,
    Port,
    Range,
    Record,
    Seed,
    Speed,
    Symbols,
    Token,
    feed_flags,
    window_flags,
)

DEMO_SYMBOLS = "NIFTY,BANKNIFTY,SPX,AMZN,TSLA,MSFT,BTC"

Recording = Annotated[Path, typer.Argument(metavar="REC", help="A folder with a recording.")]


def up(
    feed: FeedNames = None,
    config: Config = None,
    host: Host = None,
    port: Port = None,
    no_open: NoOpen = False,
    record: Record = None,
    symbols: Symbols = None,
    seed: Seed = None,
    speed: Speed = None,
    atm: Atm = None,
    points: Range = None,
    token: Token = False,
    is_json: Json = False,
) -> None:
    """
    Stream chains with Greeks: feeds, engine, API and page in one process.

    Prints the address. Ctrl-C ends it.
    """
    flags = feed_flags(feed, symbols, seed, speed)
    flags |= gateway_flags(host, port, no_open=no_open, is_token_needed=token)
    flags |= window_flags(atm, points)
    flags["record.folder"] = ("--record", record)
    _serve(flags, config, is_json=is_json)


def demo(
    port: Port = None,
    no_open: NoOpen = False,
    symbols: Symbols = DEMO_SYMBOLS,
    seed: Seed = None,
    speed: Speed = None,
    is_json: Json = False,
) -> None:
    """
    Show the page on a simulated market: no account, no key, day and night.

    Takes a free port where the usual one is taken.
    """
    flags = feed_flags(["sim"], symbols, seed, speed)
    flags |= gateway_flags(None, port, no_open=no_open, is_token_needed=False)
    _serve(flags, None, is_json=is_json, may_move=port is None)


def replay(
    recording: Recording,
    speed: Speed = None,
    config: Config = None,
    host: Host = None,
    port: Port = None,
    no_open: NoOpen = False,
    is_json: Json = False,
) -> None:
    """Play a recording as if its day were today: up --feed replay:REC."""
    flags = feed_flags([f"replay:{recording}"], None, None, speed)
    flags |= gateway_flags(host, port, no_open=no_open, is_token_needed=False)
    _serve(flags, config, is_json=is_json)


def gateway_flags(
    host: str | None, port: int | None, *, no_open: bool, is_token_needed: bool
) -> Flags:
    """Return the settings of the server."""
    return {
        "gateway.host": ("--host", host),
        "gateway.port": ("--port", port),
        "gateway.is_token_needed": ("--token", is_token_needed or None),
        "is_browser_opened": ("--no-open", False if no_open else None),
    }


def _serve(flags: Flags, config: Path | None, *, is_json: bool, may_move: bool = False) -> None:
    # NumPy, FastAPI and the rooms load when a command runs, not when the help is printed.
    from voldesk.app.serving import serve
    from voldesk.app.settings import load_settings

    serve(load_settings(flags, config=config), is_json=is_json, may_move=may_move)
