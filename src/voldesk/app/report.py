"""Give an analysis the form the command line asks for: table, JSON, Parquet, figure."""

from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import typer

from voldesk.app.analysis import Analysis, AnalyzeOptions, analyze
from voldesk.app.render.page import View, page, shown_series
from voldesk.app.stdout import write_data, write_text
from voldesk.model.errors import ConfigError

FIGURE_KINDS = (".png", ".svg")
PLOT_EXTRA = "pip install 'voldesk[plot]'"

_PROBLEMS_SHOWN = 5
_SERIES_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the flags ask for; the table is printed if neither JSON nor Parquet is."""

    view: View
    is_json: bool = False
    parquet: Path | None = None
    plot: Path | None = None

    def __post_init__(self) -> None:
        """
        Refuse a figure whose kind its name does not say.

        Raises:
            ConfigError: Naming the file and what is allowed.
        """
        if self.plot is not None and self.plot.suffix.lower() not in FIGURE_KINDS:
            raise ConfigError(f"--plot {self.plot}: end the name with {' or '.join(FIGURE_KINDS)}")


def report(path: Path, options: AnalyzeOptions, asked: Asked) -> None:
    """Analyze the file and write what is asked for; notices go to stderr."""
    analysis = analyze(path, options)
    for notice in notices(analysis):
        typer.echo(notice, err=True)
    if asked.plot is not None:
        plot(analysis, asked.view, asked.plot)
    if asked.parquet is not None:
        from voldesk.app.parquet import write_parquet  # noqa: PLC0415  # 70 ms of pyarrow

        write_parquet(analysis, asked.parquet)
        typer.echo(f"wrote {len(analysis.table.rows)} contracts to {asked.parquet}", err=True)
    if asked.is_json:
        from voldesk.app.document import parts  # noqa: PLC0415  # when it is printed

        for part in parts(analysis):
            write_data(part)
        write_data(b"\n")
    elif asked.parquet is None:
        print_page(analysis, asked.view)


def plot(analysis: Analysis, view: View, out: Path) -> None:
    """
    Draw the series of one expiry if the view names it, else every series.

    Raises:
        ConfigError: matplotlib is not installed, or the file cannot be written.
    """
    try:
        from voldesk.app.plot import draw  # noqa: PLC0415  # matplotlib is an extra
    except ModuleNotFoundError as exc:
        raise ConfigError(f"--plot needs matplotlib ({exc}): {PLOT_EXTRA}") from exc

    drawn = view if view.expiry else replace(view, is_all=True)
    draw(analysis, shown_series(analysis, drawn), out)
    typer.echo(f"wrote {out}", err=True)


def print_page(analysis: Analysis, view: View) -> None:
    """Print the table at the terminal's width; without colour where it goes to a file."""
    from rich.console import Console  # noqa: PLC0415  # 50 ms only the table needs

    console = Console(highlight=False, soft_wrap=True)
    with console.capture() as captured:  # Rich would answer a broken pipe in its own way
        for line in page(analysis, view, console.width):
            console.print(line)
    write_text(captured.get())


def notices(analysis: Analysis) -> list[str]:
    """Return what a reader of the numbers should know, one line each."""
    lines: list[str] = []
    if analysis.problems:
        shown = analysis.problems[:_PROBLEMS_SHOWN]
        told = "; ".join(f"line {problem.line}: {problem.reason}" for problem in shown)
        more = len(analysis.problems) - len(shown)
        rest = f"; and {more} more (--json lists all)" if more else ""
        lines.append(f"warning: rows left out: {told}{rest}")
    by_reason: defaultdict[str, list[str]] = defaultdict(list)
    series = analysis.table.series
    for root, expiry, reason in zip(series.root, series.expiry, series.reason, strict=True):
        if reason:
            by_reason[reason].append(f"{root} {expiry}".strip())
    for reason, names in by_reason.items():
        named = ", ".join(names[:_SERIES_NAMED])
        others = len(names) - _SERIES_NAMED
        rest = f" and {others} more" if others > 0 else ""
        lines.append(f"warning: {named}{rest}: {reason}")
    return lines
