"""``voldesk journal``: the trade log in SQL."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voldesk.app.commands.options import Config, Json

if TYPE_CHECKING:
    from voldesk.app.trade_log import Place

Folder = Annotated[
    Path | None, typer.Option("--folder", metavar="DIR", help="Of the journal; found if left out.")
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--url", metavar="URL", help="postgresql://… or sqlite:///…; the file beside the journal."
    ),
]
Out = Annotated[Path, typer.Argument(metavar="PATH", help="Ends with .csv or .parquet.")]
Since = Annotated[
    str | None, typer.Option(metavar="ISO", help="Trades closed from this date or instant on.")
]
Until = Annotated[
    str | None, typer.Option(metavar="ISO", help="Trades closed before this date or instant.")
]
Days = Annotated[int, typer.Option("--older-than-days", min=1, help="What was over before.")]
Most = Annotated[int, typer.Option("--most", min=0, help="Orders and trades shown.")]

journal = typer.Typer(
    help="The journal's copy in SQL: show, export, prune.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@journal.callback()
def main() -> None:
    """Look after the journal's copy in SQL."""


def _place(config: Path | None, folder: Path | None, url: str | None) -> "Place":
    from voldesk.app.settings import load_settings
    from voldesk.app.trade_log import place_of

    return place_of(load_settings(config=config).settings.trading, folder, url)


@journal.command("show")
def show(
    folder: Folder = None,
    url: DatabaseUrl = None,
    config: Config = None,
    most: Most = 20,
    is_json: Json = False,
) -> None:
    """Print how far the copy is, positions, and the newest orders and trades."""
    from voldesk.app import trade_log

    trade_log.show(_place(config, folder, url), most, is_json=is_json)


@journal.command("export")
def export(
    out: Out,
    since: Since = None,
    until: Until = None,
    folder: Folder = None,
    url: DatabaseUrl = None,
    config: Config = None,
    is_json: Json = False,
) -> None:
    """Write the trade log, a row per round trip; those still open too, without --until."""
    from voldesk.app import trade_log

    when = trade_log.range_of(since, until)
    trade_log.export(_place(config, folder, url), out, when, is_json=is_json)


@journal.command("prune")
def prune(
    days: Days,
    folder: Folder = None,
    url: DatabaseUrl = None,
    config: Config = None,
    is_json: Json = False,
) -> None:
    """Drop rows of what has long been over; the journal itself keeps everything."""
    from voldesk.app import trade_log
    from voldesk.model.clock import SystemClock

    place = _place(config, folder, url)
    trade_log.drop_old(place, days, SystemClock(), is_json=is_json)


@journal.command("migrate")
def migrate(
    folder: Folder = None, url: DatabaseUrl = None, config: Config = None, is_json: Json = False
) -> None:
    """Make the tables, or bring them to this version."""
    from voldesk.app import trade_log

    trade_log.bring_to_version(_place(config, folder, url), is_json=is_json)
