"""`voldesk bench`: run the measurements behind a progress bar and print their table."""

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from voldesk.app.measure import Measured, make_book, steps, with_ratios
from voldesk.app.render.layout import Column, fit
from voldesk.app.render.numbers import UNKNOWN, count
from voldesk.app.stdout import write_data, write_text

QUICK_OPTIONS, QUICK_RUNS = 10_000, 5
FULL_OPTIONS, FULL_RUNS = 100_000, 11


def run(*, is_quick: bool, is_json: bool) -> None:
    """Measure everything and print it: a table, or one JSON object."""
    options, runs = (QUICK_OPTIONS, QUICK_RUNS) if is_quick else (FULL_OPTIONS, FULL_RUNS)
    todo = steps(make_book(options), runs)
    measured: list[Measured] = []
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), console=console, transient=True
    ) as progress:
        bar = progress.add_task("", total=len(todo), visible=console.is_terminal)
        for name, measure in todo:
            progress.update(bar, description=name)
            measured.append(measure())
            progress.advance(bar)
    results = with_ratios(measured)
    if is_json:
        document = {"machine": machine(), "runs": runs, "results": [asdict(one) for one in results]}
        write_data(msgspec.json.encode(document) + b"\n")
    else:
        write_text("\n".join(lines(results, Console().width)) + "\n")


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    return {
        "voldesk": version("voldesk"),
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "processor": platform.machine(),
        "cpus": os.cpu_count(),
    }


def lines(results: Sequence[Measured], width: int) -> list[str]:
    """Return the table, and why some could not be measured."""
    columns = [
        Column("implementation", [one.name for one in results], 0, is_left=True),
        Column("work", [one.work for one in results], 0, is_left=True),
        Column("ns per option", [_figure(one, f"{one.ns_per_option:,.1f}") for one in results], 0),
        Column("ratio", [_figure(one, f"{one.ratio:,.1f}x") for one in results], 0),
        Column("max error", [_figure(one, f"{one.max_error:.1e}") for one in results], 1),
        Column("unsolved", [_figure(one, count(one.unsolved)) for one in results], 3),
        Column("options", [_figure(one, count(one.options)) for one in results], 2),
    ]
    kept, gap = fit(columns, width)
    blank = " " * gap
    table = [blank.join(column.padded(column.header) for column in kept)]
    table += [
        blank.join(column.padded(column.cells[row]) for column in kept)
        for row in range(len(results))
    ]
    failures = [f"{one.name}, {one.work}: {one.failure}" for one in results if one.failure]
    foot = "ratio: to our fastest on one thread at the same work; max error: relative, of the vols"
    return [*(line.rstrip() for line in table), "", foot, *failures]


def _figure(one: Measured, text: str) -> str:
    return UNKNOWN if one.failure else text
