"""``voldesk analyze``: one chain file to implied vols, Greeks and desk analytics."""

from pathlib import Path
from typing import Annotated

import typer

from voldesk.model.errors import ConfigError

File = Annotated[Path, typer.Argument(metavar="FILE", help="A chain file, gzip allowed.")]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="NAME",
        help="cboe, upstox, nse, deribit, yahoo or csv; recognised if left out.",
    ),
]
ProfileName = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="NAME",
        help="How numbers are made: default, cboe, ib-index, ib-equity, upstox, nse, deribit "
        "or cme; that of the format's vendor if left out.",
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(metavar="ISO", help="Valuation time with its offset, 2025-10-01T16:15-04:00."),
]
Spot = Annotated[float | None, typer.Option(help="Spot, in place of the file's.")]
Rate = Annotated[float | None, typer.Option(help="Continuous rate per year: 0.05 is 5 %.")]
Dividends = Annotated[
    float, typer.Option(metavar="PV", help="Present value of dividends before expiry.")
]
Multiplier = Annotated[
    float | None,
    typer.Option(help="Units of underlying per contract; 100 in the US, else 1, if left out."),
]
Underlying = Annotated[
    str | None, typer.Option(metavar="SYMBOL", help="For a file that names none, or several.")
]
Expiry = Annotated[
    str | None,
    typer.Option(metavar="DATE", help="Show this expiry; also for a file that carries none."),
]
StaleAfter = Annotated[
    float | None,
    typer.Option(metavar="SECS", help="Mark a quote that is older than this as STALE."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object (docs/json.md).")]
Parquet = Annotated[
    Path | None, typer.Option(metavar="OUT", help="Write the contracts to a Parquet file.")
]
Plot = Annotated[
    Path | None,
    typer.Option(metavar="OUT", help="Draw smiles, open interest and gamma to a .png or .svg."),
]
Strikes = Annotated[
    int, typer.Option(metavar="N", min=0, help="Strikes shown each side of the money; 0 is all.")
]
All = Annotated[bool, typer.Option("--all", help="Show every series, not only the nearest.")]


def analyze(
    file: File,
    format_: Format = None,
    profile: ProfileName = None,
    as_of: AsOf = None,
    spot: Spot = None,
    rate: Rate = None,
    dividends: Dividends = 0.0,
    multiplier: Multiplier = None,
    underlying: Underlying = None,
    expiry: Expiry = None,
    stale_after: StaleAfter = None,
    is_json: Json = False,
    parquet: Parquet = None,
    plot: Plot = None,
    strikes: Strikes = 12,
    is_all: All = False,
) -> None:
    """
    Value every contract of a chain file.

    Prints a table; with --json one JSON object. Warnings go to stderr.
    """
    # NumPy, Arrow and Rich load when a command runs, not when the help is printed.
    from voldesk.app import instants, report
    from voldesk.app.analysis import AnalyzeOptions
    from voldesk.app.render.page import View

    try:
        day = None if expiry is None else instants.parse_date(expiry)
        options = AnalyzeOptions(
            format=format_,
            profile=profile,
            as_of=None if as_of is None else instants.parse_instant(as_of),
            spot=spot,
            rate=rate,
            dividends=dividends,
            multiplier=multiplier,
            underlying=underlying,
            expiry=day,
            stale_after_secs=stale_after,
        )
        view = View(expiry=day, strikes=strikes, is_all=is_all)
        asked = report.Asked(view=view, is_json=is_json, parquet=parquet, plot=plot)
    except ConfigError as exc:
        raise typer.BadParameter(str(exc)) from exc
    report.report(file, options, asked)
