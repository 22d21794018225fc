"""``voldesk scan``: what expires today, what is worth buying of it, and buying it."""

from typing import Annotated

import typer

from voldesk.app.commands.options import Config, FeedNames, Json, Once, Seed, Speed, feed_flags

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[SYMBOL...]", help="Underlyings; scan.watchlist if left out."),
]
Broker = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="paper or ib-paper; without one nothing is bought."),
]
Yes = Annotated[bool, typer.Option("--yes", help="Buy the best without asking; on paper alone.")]
When = Annotated[
    str | None, typer.Option(metavar="WHEN", help="'every 5m', or times such as '09:35,12:00'.")
]
All = Annotated[bool, typer.Option("--all", help="Show what does not pass too, and why.")]


def scan(
    symbols: Names = None,
    feed: FeedNames = None,
    broker: Broker = None,
    yes: Yes = False,
    schedule: When = None,
    once: Once = False,
    all_: All = False,
    seed: Seed = None,
    speed: Speed = None,
    config: Config = None,
    is_json: Json = False,
) -> None:
    """
    Look for 0DTE options worth buying, ask, and place entry, target and stop.

    Looks at what expires today, or next, of each underlying; shows what passes the thresholds of
    the settings, the best first, with every term of the score.
    """
    # NumPy, Rich and the rooms load when a command runs, not when the help is printed.
    from voldesk.app.scan_session import Sitting, sit
    from voldesk.app.scan_taker import open_taker
    from voldesk.app.settings import load_settings

    flags = feed_flags(feed, None, seed, speed)
    flags["scan.schedule"] = ("--schedule", schedule)
    flags["trading.broker"] = ("--broker", broker)
    asked = Sitting(
        symbols=tuple(symbols or ()),
        broker=broker,
        is_yes=yes,
        is_json=is_json,
        is_once=once,
        has_misses=all_,
    )
    sit(load_settings(flags, config=config), asked, open_taker)
