"""``voldesk kill`` and ``voldesk unlock``: stop all trading, and let it begin again."""

from typing import Annotated

import typer

from voldesk.app.commands.options import Config, Json, Url

Flatten = Annotated[bool, typer.Option("--flatten", help="Trade out of what is held too.")]
Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help="For the journal.")]
Phrase = Annotated[
    str | None, typer.Option(metavar="TEXT", help="What is typed; asked for if left out.")
]


def kill(
    flatten: Flatten = False,
    reason: Why = "",
    url: Url = None,
    config: Config = None,
    is_json: Json = False,
) -> None:
    """
    Stop all trading at once: no order leaves, every one is cancelled.

    It lasts through restarts, until voldesk unlock. Where no voldesk answers a file is written
    that stops the next one.
    """
    from voldesk.app import stopping
    from voldesk.app.settings import load_settings

    loaded = load_settings(config=config)
    stopping.kill(loaded, url, is_flattening=flatten, reason=reason, is_json=is_json)


def unlock(
    phrase: Phrase = None, url: Url = None, config: Config = None, is_json: Json = False
) -> None:
    """Let a voldesk that was stopped trade again, once somebody has typed a phrase."""
    from voldesk.app import stopping
    from voldesk.app.settings import load_settings

    stopping.unlock(load_settings(config=config), url, phrase=phrase, is_json=is_json)
