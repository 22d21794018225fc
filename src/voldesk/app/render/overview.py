"""One line per series: where its forward is, what its vol and its open interest say."""

from collections.abc import Sequence

from rich.text import Text

from voldesk.analytics.summary import SeriesSummary
from voldesk.app.analysis import Analysis
from voldesk.app.render.layout import Column, fit
from voldesk.app.render.numbers import UNKNOWN, days_left, fixed, percent, price_decimals


def overview(analysis: Analysis, shown: Sequence[int], width: int) -> list[Text]:
    """Return the table of series; those shown below in full are bold."""
    series = analysis.summary.series
    columns, gap = fit(_columns(series, analysis.table.underlying), width)
    blank = " " * gap
    titles = blank.join(column.padded(column.header) for column in columns)
    lines = [Text(titles, style="dim underline")]
    for index in range(len(series)):
        text = blank.join(column.padded(column.cells[index]) for column in columns)
        lines.append(Text(text, style="bold" if index in shown else ""))
    return lines


def _columns(series: Sequence[SeriesSummary], underlying: str) -> list[Column]:
    days = [one.expiry for one in series]
    pain = price_decimals(one.max_pain for one in series)
    return [
        Column("series", [one.root or underlying for one in series], 0, is_left=True),
        Column("expiry", [UNKNOWN if day is None else day.isoformat() for day in days], 0),
        Column("", [UNKNOWN if day is None else f"{day:%a}" for day in days], 5, is_left=True),
        Column("left", [days_left(one.years) for one in series], 0),
        Column("forward", [fixed(one.forward, 2) for one in series], 1),
        Column("from", [one.forward_source for one in series], 7, is_left=True),
        Column("atm iv", [percent(one.atm_iv) for one in series], 1),
        Column("rr25", [percent(one.rr25) for one in series], 2),
        Column("bf25", [percent(one.bf25) for one in series], 2),
        Column("rr10", [percent(one.rr10) for one in series], 9),
        Column("bf10", [percent(one.bf10) for one in series], 9),
        Column("move", [fixed(one.expected_move.straddle_85, 1) for one in series], 3),
        Column("pcr oi", [fixed(one.pcr_oi, 2) for one in series], 4),
        Column("pcr vol", [fixed(one.pcr_volume, 2) for one in series], 8),
        Column("max pain", [fixed(one.max_pain, pain) for one in series], 6),
        Column("ok", [f"{one.ok}/{one.contracts}" for one in series], 3),
    ]
