"""``voldesk record`` and ``voldesk import``: into a recording, with progress on stderr."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from voldesk.app import logs
from voldesk.app.feeds import build_feeds
from voldesk.app.recording import record_feed
from voldesk.app.running import run
from voldesk.app.settings import Loaded
from voldesk.app.stdout import write_text
from voldesk.model.clock import SystemClock
from voldesk.model.errors import ConfigError

_TELL_SECS: Final = 1.0
_CLOSING_SECS: Final = 60.0  # the last segment is sorted, then it is over


def record(loaded: Loaded, out: Path, *, secs: float | None, is_json: bool) -> None:
    """
    Record everything the feed ticks, until it ends or is stopped.

    Args:
        loaded: Settings; the feed is one.
        out: Folder of the recording, new or to be taken up.
        secs: End after so long; None for when it is stopped.
        is_json: Print one JSON object at the end.

    Raises:
        ConfigError: Several feeds, or the folder holds something else.
        StorageError: The disk refuses.
    """
    logs.configure(loaded.settings.log)
    feeds = build_feeds(loaded.settings, SystemClock()).feeds
    if len(feeds) != 1:
        raise ConfigError(f"{len(feeds)} feeds are named, a recording is of one")
    counted = [0]

    async def main(stop: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        if secs is not None:
            loop.call_later(secs, stop.set)
        typer.echo(f"recording {feeds[0].name} into {out}; Ctrl-C ends it", err=True)
        counted[0] = await record_feed(feeds[0], out, stop, _teller(loop))

    run(main, shutdown_secs=_CLOSING_SECS)
    if is_json:
        write_text(json.dumps({"out": str(out), "ticks": counted[0]}) + "\n")
    else:
        write_text(f"{counted[0]} ticks in {out}\n")


def _teller(loop: asyncio.AbstractEventLoop) -> Callable[[int, int], None]:
    """Return what tells progress once a second, over the same line where that is a terminal."""
    console = Console(stderr=True, highlight=False)
    told_at, told = loop.time(), 0

    def tell(taken: int, flushed: int) -> None:
        nonlocal told_at, told
        now = loop.time()
        if now - told_at < _TELL_SECS:
            return
        rate = (taken - told) / (now - told_at)
        end = "\r" if console.is_terminal else "\n"
        console.print(f"{taken:,} ticks, {rate:,.0f} per s, {flushed:,} on disk", end=end)
        told_at, told = now, taken

    return tell


def import_folder(folder: Path, out: Path, *, is_json: bool) -> None:
    """
    Record every Lean minute bar below a folder, and print how many of each kind there were.

    Args:
        folder: Of Lean's minute zips.
        out: The recording; must not be there yet.
        is_json: Print one JSON object.

    Raises:
        ConfigError: There is nothing to import, or the recording is there already.
        WireError: A zip is damaged.
        StorageError: The disk refuses.
    """
    from voldesk.store.lean_import import import_lean  # noqa: PLC0415  # pyarrow takes 100 ms

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)

        def tell(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total, description=name)

        report = import_lean(folder, out, progress=tell)
    for name in report.skipped:
        typer.echo(f"warning: {name} holds no minute bars", err=True)
    for name in report.passed_over:
        typer.echo(f"warning: {name} is not of its zip's day, left out", err=True)
    if is_json:
        document = {
            "out": str(out),
            "ticks": report.ticks,
            "counts": report.counts,
            "contracts": report.contracts,
            "underlyings": report.underlyings,
            "days": [day.isoformat() for day in report.days],
            "zips": report.zips,
        }
        write_text(json.dumps(document) + "\n")
        return
    days = ", ".join(day.isoformat() for day in report.days)
    lines = [f"{', '.join(report.underlyings)}: {report.contracts} contracts, {days}"]
    lines += [f"{count:>10,} {kind}" for kind, count in report.counts.items()]
    lines.append(f"{report.ticks:>10,} ticks in {out}")
    write_text("\n".join(lines) + "\n")
