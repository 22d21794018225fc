"""``voldesk journal``: the SQL copy of the journal, brought up to date, shown, exported, pruned."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import msgspec
from rich.console import Console
from rich.table import Table

from voldesk.app.instants import iso_instant, parse_date, parse_instant
from voldesk.app.settings import config_folder
from voldesk.app.stdout import write_text
from voldesk.app.trading_settings import TradingSettings
from voldesk.model.clock import Clock
from voldesk.model.contracts import strike_text
from voldesk.model.errors import ConfigError, WireError
from voldesk.model.ids import contract_of_key
from voldesk.store.journal import LOG_NAME
from voldesk.store.trades.database import (
    checked_url,
    database_url,
    migrate,
    newest,
    reading,
    writing,
)
from voldesk.store.trades.export import Range, export_trades
from voldesk.store.trades.overview import Overview, overview
from voldesk.store.trades.projector import account_of, catch_up
from voldesk.store.trades.retention import NS_PER_DAY, prune

JOURNALS: Final = "journal"
"""Folder beside the user's settings, where each account's journal has a folder of its name."""


@dataclass(frozen=True, slots=True)
class Place:
    """
    Where a journal and its SQL copy are.

    Attributes:
        log: None where the journal is on another machine, or not begun.
    """

    log: Path | None
    url: str


def place_of(trading: TradingSettings, folder: Path | None, url: str | None) -> Place:
    """
    Find the journal and the database.

    Args:
        trading: Settings, which say where both are if nobody else does.
        folder: Of the journal; else the only one below the user's settings.
        url: Of the database; else the SQLite file beside the journal.

    Raises:
        ConfigError: There is no journal and no URL, there are several journals, or the URL is
            none.
    """
    folder, url = folder or trading.folder, url or trading.database.url
    if url is not None:
        checked_url(url)
    if folder is not None:
        if not (folder / LOG_NAME).is_file():
            raise ConfigError(f"{folder} holds no journal: it has no {LOG_NAME}")
        found = [folder / LOG_NAME]
    else:
        found = sorted((config_folder() / JOURNALS).glob(f"*/{LOG_NAME}"))
    if len(found) > 1:
        raise ConfigError(f"{len(found)} journals below {config_folder()}: name one with --folder")
    if not found and url is None:
        raise ConfigError(f"no journal below {config_folder()}: give --folder or --url")
    log = found[0] if found else None
    return Place(log, database_url(url, log.parent if log is not None else Path()))


def range_of(since: str | None, until: str | None) -> Range:
    """
    Return a range of dates (UTC midnights) or instants.

    Raises:
        ConfigError: One is neither.
    """
    return Range(since=_instant(since), until=_instant(until))


def _instant(text: str | None) -> int | None:
    if text is None:
        return None
    if "T" in text or " " in text:
        return parse_instant(text)
    return parse_instant(f"{parse_date(text)}T00:00:00Z")


def bring_up_to_date(place: Place) -> None:
    """
    Project what the journal has and the database has not, where the journal is here.

    A process that trades may be doing the same: neither does twice what the other did.

    Raises:
        StorageError: It cannot be done.
    """
    if place.log is None:
        return
    catch_up(place.log, account_of(place.log), place.url)


def export(place: Place, path: Path, when: Range, *, is_json: bool) -> None:
    """
    Write the trade log to a file.

    Raises:
        ConfigError: The file cannot be written, or is to be neither CSV nor Parquet.
        StorageError: The database or the journal refuses.
    """
    bring_up_to_date(place)
    count = export_trades(place.url, path, when)
    if is_json:
        _print_json({"path": str(path), "trades": count})
    else:
        write_text(f"{count} trades in {path}\n")


def bring_to_version(place: Place, *, is_json: bool) -> None:
    """
    Make the tables, or change them to this version.

    Raises:
        StorageError: The database refuses, or is of a newer version.
    """
    with writing(place.url) as engine:
        migrate(engine)
    if is_json:
        _print_json({"url": place.url, "version": newest()})
    else:
        write_text(f"{place.url} has the tables of version {newest()}\n")


def drop_old(place: Place, days: int, clock: Clock, *, is_json: bool) -> None:
    """
    Drop rows of what has been over for so many days.

    Raises:
        ConfigError: The journal, which could give them again, is not here.
        StorageError: It is not whole, or the database refuses.
    """
    if place.log is None:
        raise ConfigError("prune needs the journal: a row is dropped where it can be made again")
    bring_up_to_date(place)
    before = clock.now() - days * NS_PER_DAY
    with writing(place.url) as engine:
        gone = prune(engine, place.log, account_of(place.log), before)
    if is_json:
        _print_json({"dropped": dict(gone)})
    else:
        rows = ", ".join(f"{count} of {name}" for name, count in gone.items())
        write_text(f"dropped {rows or 'nothing'}\n")


def show(place: Place, most: int, *, is_json: bool) -> None:
    """
    Print how the database stands, and its newest orders and trades.

    Raises:
        StorageError: The database or the journal refuses.
    """
    bring_up_to_date(place)
    with reading(place.url) as connection:
        found = overview(connection, most)
    if is_json:
        _print_json(
            {"journal": None if place.log is None else str(place.log), "url": place.url}
            | {name: _plain(getattr(found, name)) for name in found.__dataclass_fields__}
        )
        return
    _print(place, found)


def _print(place: Place, found: Overview) -> None:
    console = Console(highlight=False, soft_wrap=True)
    rows = ", ".join(f"{count} {name}" for name, count in found.counts.items() if count)
    console.print(f"journal   {place.log or 'not on this machine'}", markup=False)
    console.print(f"database  {place.url}", markup=False)
    for account, entries in found.entries.items():
        console.print(f"account   {account}: {entries} entries", markup=False)
    for run in found.runs:
        console.print(f"run       voldesk {run['version']}, since {_at(run['at'])}", markup=False)
    for switch in found.switches:
        why = f"{switch['state']} by {switch['by']}: {switch['reason']}"
        console.print(f"gate      {why}, {_at(switch['at'])}", markup=False)
    console.print(f"rows      {rows or 'none'}", markup=False)
    _table(console, "positions", found.positions, ("key", "quantity", "base"))
    _table(
        console,
        "orders",
        found.orders,
        ("client_order_id", "state", "side", "quantity", "filled", "limit_price", "changed_at"),
    )
    _table(
        console,
        "trades",
        found.trades,
        ("key", "side", "largest", "paid", "received", "points", "opened_at", "closed_at"),
    )


def _table(console: Console, title: str, rows: tuple[Any, ...], columns: tuple[str, ...]) -> None:
    if not rows:
        return
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for name in columns:
        table.add_column(name)
    for row in rows:
        table.add_row(*(_cell(name, row[name]) for name in columns))
    console.print(table)


def _cell(name: str, value: Any) -> str:  # noqa: ANN401  # any column's type
    if value is None:
        return "–"
    if name.endswith("_at"):
        return _at(value)
    if name == "key":
        return _contract(value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _contract(key: str) -> str:
    """Return a contract as one says it; a key that is no option's stays."""
    try:
        contract = contract_of_key(key)
    except WireError:
        return key
    return f"{contract.root} {contract.expiry} {strike_text(contract.strike)} {contract.right}"


def _at(ts: int) -> str:
    return f"{datetime.fromtimestamp(ts // 10**9, UTC):%Y-%m-%d %H:%M:%S}Z"


def _plain(value: Any) -> Any:  # noqa: ANN401  # rows, counts
    """Return rows with money as text and instants in ISO 8601."""
    if not isinstance(value, tuple):
        return dict(value)
    return [{name: _json_value(name, one) for name, one in row.items()} for row in value]


def _json_value(name: str, value: Any) -> Any:  # noqa: ANN401  # any column's type
    if value is not None and (name == "at" or name.endswith("_at")):
        return iso_instant(value)
    return format(value, "f") if isinstance(value, Decimal) else value


def _print_json(document: dict[str, Any]) -> None:
    write_text(msgspec.json.encode(document).decode() + "\n")
