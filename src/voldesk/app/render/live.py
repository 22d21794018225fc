"""A chain that moves, as one page: headline, one expiry in numbers, its mirror."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.text import Text

from voldesk.app.instants import market_time
from voldesk.app.render.layout import Column, clipped, fit, flow
from voldesk.app.render.mirror import mirror, window_of
from voldesk.app.render.numbers import (
    UNKNOWN,
    days_left,
    fixed,
    grouped,
    percent,
    price_decimals,
)
from voldesk.app.skew import NetIv, Wing
from voldesk.chain.table import ChainTable

_NAN = float("nan")


def live_page(
    table: ChainTable, summary: dict[str, Any] | None, feed: str, strikes: int, width: int
) -> list[Text]:
    """
    Return the page of the expiry whose rows the table holds, no line wider than ``width``.

    Args:
        table: With the rows of one expiry, one series or several.
        summary: The analytics as the API gives them; None where there are none yet.
        feed: Where the chain comes from.
        strikes: Shown on each side of the forward, 0 for all.
        width: Of the terminal.
    """
    parts = [
        f"{table.underlying}   spot {grouped(table.spot)}",
        market_time(table.as_of, table.market),
        f"feed {feed}",
        f"profile {table.profile.name}",
    ]
    first, *rest = flow(parts, width)
    lines = [Text(first, style="bold"), *(Text(text) for text in rest)]
    for series in np.unique(table.rows.series).tolist():
        lines += [Text(), *_title(table, series, summary, width)]
        lines += mirror(table, window_of(table, series, strikes), width)
    return [clipped(line, width) for line in lines]


def _title(
    table: ChainTable, series: int, summary: dict[str, Any] | None, width: int
) -> list[Text]:
    """Return what the series says in numbers; the analytics are those of the last summary."""
    columns = table.series
    found = summary["data"]["series"] if summary is not None else []
    one: dict[str, Any] = found[series] if series < len(found) else {}

    def known(name: str) -> float:
        value = one.get(name)
        return _NAN if value is None else float(value)

    years = float(columns.years[series])
    move = one.get("expected_move", {}).get("straddle_85")
    parts = [
        f"{columns.root[series]} {columns.expiry[series]}",
        f"{days_left(years)} left" if years > 0.0 else "expired",
        f"F {grouped(float(columns.forward[series]))} ({columns.forward_source[series]})",
        f"atm iv {percent(known('atm_iv'))}",
        f"rr25 {percent(known('rr25'))}",
        f"bf25 {percent(known('bf25'))}",
        f"expected move {UNKNOWN if move is None else f'±{grouped(float(move))}'}",
        f"PCR by OI {fixed(known('pcr_oi'), 2)}",
        f"max pain {fixed(known('max_pain'), price_decimals([known('max_pain')]))}",
    ]
    first, *rest = flow(parts, width)
    return [Text(first, style="bold"), *(Text(text) for text in rest)]


def skew_lines(found: Sequence[NetIv], width: int) -> list[Text]:
    """Return the table of net ivs, one underlying per line."""
    calls, puts = [one.call for one in found], [one.put for one in found]
    columns = [
        Column("underlying", [one.underlying for one in found], 0, is_left=True),
        Column("spot", [grouped(one.spot) for one in found], 2),
        Column("expiry", [UNKNOWN if one.expiry is None else one.expiry for one in found], 1),
        *_wing_columns("call", calls),
        *_wing_columns("put", puts),
        Column("net iv", [percent(one.net_iv) for one in found], 0, style="bold"),
        Column("rr", [percent(one.risk_reversal) for one in found], 2),
    ]
    chosen, gap = fit(columns, width)
    blank = " " * gap
    titles = blank.join(column.padded(column.header) for column in chosen)
    lines = [Text(titles, style="dim underline")]
    for row in range(len(found)):
        text = blank.join(column.padded(column.cells[row]) for column in chosen)
        lines.append(Text(text))
    return [clipped(line, width) for line in lines]


def _wing_columns(right: str, wings: Sequence[Wing | None]) -> list[Column]:
    def cells(name: str, decimals: int, scale: float = 1.0) -> list[str]:
        values = [_NAN if wing is None else scale * getattr(wing, name) for wing in wings]
        return [fixed(value, decimals) for value in values]

    decimals = price_decimals([wing.strike for wing in wings if wing is not None])
    symbols = [UNKNOWN if wing is None else wing.symbol for wing in wings]
    return [
        Column(f"{right} contract", symbols, 4, is_left=True),
        Column(right, cells("strike", decimals), 1),
        Column("delta", cells("delta", 3), 3),
        Column("iv%", cells("iv", 2, 100.0), 2),
    ]
