"""The whole page of `voldesk analyze`: headline, series, mirrors, foot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from rich.text import Text

from voldesk.app.analysis import Analysis
from voldesk.app.instants import market_time
from voldesk.app.render.layout import clipped, flow
from voldesk.app.render.mirror import STATUS_CODES, mirror, window_of
from voldesk.app.render.numbers import UNKNOWN, count, days_left, fixed, grouped, money, percent
from voldesk.app.render.overview import overview
from voldesk.model.conventions import Profile
from voldesk.model.enums import Exercise, PremiumUnit, Status
from voldesk.model.errors import ConfigError

DEFAULT_STRIKES = 12


@dataclass(frozen=True, slots=True)
class View:
    """What of an analysis is shown."""

    expiry: date | None = None  # every series of this date
    strikes: int = DEFAULT_STRIKES  # each side of the forward, 0 for all
    is_all: bool = False  # every series, not only the nearest


def page(analysis: Analysis, view: View, width: int) -> list[Text]:
    """
    Return the page, no line wider than ``width``.

    Raises:
        ConfigError: No series has the expiry asked for.
    """
    shown = shown_series(analysis, view)
    lines = [*_headline(analysis, width), Text(), *overview(analysis, shown, width)]
    for series in shown:
        window = window_of(analysis.table, series, view.strikes)
        lines += [Text(), *_series_title(analysis, series, width)]
        lines += mirror(analysis.table, window, width)
    lines += [Text(), *_foot(analysis, width)]
    return [clipped(line, width) for line in lines]


def shown_series(analysis: Analysis, view: View) -> list[int]:
    """
    Return the series to show: those of one expiry, all, or the nearest that is still alive.

    Raises:
        ConfigError: No series has the expiry asked for.
    """
    series = analysis.table.series
    if view.expiry is not None:
        wanted = np.flatnonzero(series.expiry == np.datetime64(view.expiry, "D"))
        if not wanted.size:
            known = ", ".join(sorted({str(day) for day in series.expiry}))
            raise ConfigError(f"the file has no expiry {view.expiry}; there are {known}")
        return [int(index) for index in wanted]
    if view.is_all:
        return list(range(len(series)))
    alive = [index for index, one in enumerate(analysis.summary.series) if one.ok]
    return alive[:1] or list(range(len(series)))[:1]


def _headline(analysis: Analysis, width: int) -> list[Text]:
    table, profile = analysis.table, analysis.profile
    name = table.underlying or "unnamed underlying"
    first = [f"{name}   spot {grouped(table.spot)}", market_time(table.as_of, table.market)]
    made = [
        f"profile {profile.name}: price {profile.price}",
        f"forward {profile.forward}",
        f"discount {profile.discount}" + ("" if profile.rate is None else f" at {profile.rate:g}"),
        f"clock {profile.clock}",
        *_exceptions(profile),
        f"multiplier {analysis.multiplier:g}",
        f"{analysis.source} file",
    ]
    lines = [Text(text, style="bold") for text in flow(first, width)]
    lines += [Text(text, style="dim") for text in flow(made, width, separator=", ", indent="  ")]
    if analysis.assumed:
        told = flow(analysis.assumed, width - len("assumed: "), separator="; ")
        lines += [
            Text(("assumed: " if not index else "  ") + text, style="dim")
            for index, text in enumerate(told)
        ]
    return lines


def _exceptions(profile: Profile) -> list[str]:
    """Return what is unlike a European option paid in currency."""
    said = []
    if profile.exercise is not Exercise.EUROPEAN:
        said.append(f"{profile.exercise} exercise priced as european")
    if profile.premium is not PremiumUnit.CURRENCY:
        said.append(f"premium in {profile.premium}")
    return said


def _series_title(analysis: Analysis, index: int, width: int) -> list[Text]:
    one = analysis.summary.series[index]
    move = one.expected_move
    parts = [
        f"{one.root or analysis.table.underlying} {one.expiry or UNKNOWN}",
        f"{days_left(one.years)} left" if one.years > 0.0 else "expired",
        f"F {grouped(one.forward)} ({_source(one.forward_source, one.pairs)})",
        f"D {fixed(one.discount, 6)} ({one.discount_source})",
        f"atm iv {percent(one.atm_iv)}",
        f"rr25 {percent(one.rr25)}",
        f"bf25 {percent(one.bf25)}",
        f"expected move {_move(move.straddle_85)} (0.85 straddle)",
        f"{_move(move.straddle)} (straddle)",
        f"{_move(move.iv_sqrt_t)} (iv sqrt t)",
    ]
    first, *rest = flow(parts, width)
    return [Text(first, style="bold"), *(Text(text) for text in rest)]


def _source(word: str, pairs: int) -> str:
    return f"{word} of {pairs} pairs" if word == "parity" else word


def _move(value: float) -> str:
    if not np.isfinite(value):
        return UNKNOWN
    return f"\N{PLUS-MINUS SIGN}{grouped(value, 2 if abs(value) < 100.0 else 1)}"


def _foot(analysis: Analysis, width: int) -> list[Text]:
    one = analysis.summary.underlying
    units = {exposure.name: exposure.unit for exposure in analysis.summary.exposures}
    groups = [
        [f"PCR by OI {fixed(one.pcr_oi, 2)}", f"by volume {fixed(one.pcr_volume, 2)}"],
        [
            f"net GEX {money(one.net_gex)} {units['gex'].removeprefix('currency ')}",
            f"DEX {money(one.net_dex)}",
            f"vanna {money(one.net_vanna)} per vol point",
            f"charm {money(one.net_charm)} per day",
        ],
        [
            f"GEX flip {grouped(one.gex_flip)}",
            f"call wall {_level(one.call_wall)}",
            f"put wall {_level(one.put_wall)}",
            f"support {_levels(one.support)}",
            f"resistance {_levels(one.resistance)}",
        ],
        [
            f"30-day index {percent(one.vol_index_30d)}",
            *(
                f"atm iv at {days}d {percent(vol)}"
                for days, vol in one.term_structure.items()
                if np.isfinite(vol)
            ),
        ],
        [
            f"{count(one.ok)} of {count(one.contracts)} contracts have an iv",
            *_reasons(one.statuses),
        ],
    ]
    return [Text(text) for parts in groups for text in flow(parts, width, indent="  ")]


def _reasons(statuses: dict[str, int]) -> list[str]:
    """Return why the others have none, with the codes of the narrow column."""
    return [
        f"{STATUS_CODES[Status[name]]} {name} {count(rows)}"
        for name, rows in statuses.items()
        if name != Status.OK.name
    ]


def _level(strike: float) -> str:
    return f"{strike:,g}" if np.isfinite(strike) else UNKNOWN


def _levels(strikes: Sequence[float]) -> str:
    return ", ".join(map(_level, strikes)) or UNKNOWN
