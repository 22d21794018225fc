"""``voldesk alerts``: the rules of the settings."""

import typer

from voldesk.app.commands.options import (
    Config,
    FeedNames,
    JsonLines,
    Secs,
    Seed,
    Speed,
    Symbols,
    feed_flags,
)

alerts = typer.Typer(
    help="Rules that tell when a figure crosses a level.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@alerts.callback()
def main() -> None:
    """Look at rules that tell when a figure crosses a level."""


@alerts.command("list")
def list_(config: Config = None, is_json: JsonLines = False) -> None:
    """Print every rule of the settings."""
    from voldesk.app.alarms import list_rules
    from voldesk.app.settings import load_settings

    list_rules(load_settings(config=config), is_json=is_json)


@alerts.command("test")
def try_(
    feed: FeedNames = None,
    symbols: Symbols = None,
    seed: Seed = None,
    speed: Speed = None,
    secs: Secs = None,
    config: Config = None,
    is_json: JsonLines = False,
) -> None:
    """Run feeds, a replay at --speed max for one, and print what the rules tell."""
    from voldesk.app.alarms import try_rules
    from voldesk.app.settings import load_settings

    loaded = load_settings(feed_flags(feed, symbols, seed, speed), config=config)
    try_rules(loaded, secs=secs, is_json=is_json)
