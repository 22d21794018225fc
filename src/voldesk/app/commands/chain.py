"""``voldesk chain`` and ``voldesk skew``: live views in the terminal."""

from typing import Annotated

import typer

from voldesk.app.commands.options import (
    Config,
    Every,
    FeedNames,
    JsonLines,
    Once,
    Seed,
    Speed,
    Url,
    feed_flags,
    usage,
)
from voldesk.model.errors import ConfigError

Symbol = Annotated[str, typer.Argument(metavar="SYMBOL", help="An underlying, such as NIFTY.")]
Names = Annotated[
    list[str], typer.Argument(metavar="SYMBOL...", help="Underlyings, such as AMZN TSLA MSFT.")
]
Expiry = Annotated[
    str | None, typer.Option(metavar="DATE", help="The first that has not settled if left out.")
]
SkewExpiry = Annotated[
    str | None, typer.Option(metavar="DATE", help="The first with a day left if left out.")
]
Strikes = Annotated[
    int, typer.Option(metavar="N", min=0, help="Strikes shown each side of the money; 0 is all.")
]
Delta = Annotated[
    float, typer.Option(min=0.01, max=0.99, help="Of the call, and minus that of the put.")
]


def chain(
    symbol: Symbol,
    url: Url = None,
    feed: FeedNames = None,
    expiry: Expiry = None,
    strikes: Strikes = 12,
    every: Every = 1.0,
    once: Once = False,
    seed: Seed = None,
    speed: Speed = None,
    config: Config = None,
    is_json: JsonLines = False,
) -> None:
    """
    Show a chain as it moves: calls left, puts right.

    Looks at a voldesk that is running (--url, or the configured port); without one, and with
    --feed, it runs feeds of its own.
    """
    # NumPy, Rich and the rooms load when a command runs, not when the help is printed.
    from voldesk.app.instants import parse_date
    from voldesk.app.settings import load_settings
    from voldesk.app.watching import Look, watch_chain

    try:
        day = None if expiry is None else parse_date(expiry)
    except ConfigError as exc:
        raise usage(exc) from exc
    loaded = load_settings(feed_flags(feed, None, seed, speed), config=config)
    look = Look(every_secs=every, is_once=once, is_json=is_json)
    watch_chain(loaded, url, symbol, day, strikes, look)


def skew(
    symbols: Names,
    delta: Delta = 0.25,
    expiry: SkewExpiry = None,
    url: Url = None,
    feed: FeedNames = None,
    every: Every = 5.0,
    once: Once = False,
    seed: Seed = None,
    speed: Speed = None,
    config: Config = None,
    is_json: JsonLines = False,
) -> None:
    """
    Show the net iv of underlyings: 25-delta call less 25-delta put, contracts chosen anew.

    Where it looks is as of voldesk chain.
    """
    from voldesk.app.instants import parse_date
    from voldesk.app.settings import load_settings
    from voldesk.app.watching import Look, watch_skew

    try:
        day = None if expiry is None else parse_date(expiry)
    except ConfigError as exc:
        raise usage(exc) from exc
    loaded = load_settings(feed_flags(feed, None, seed, speed), config=config)
    look = Look(every_secs=every, is_once=once, is_json=is_json)
    watch_skew(loaded, url, symbols, day, delta, look)
