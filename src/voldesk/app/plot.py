"""One figure of a chain: smiles, open interest by strike, net gamma over spot."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from voldesk.analytics.gex_flip import gex_profile
from voldesk.analytics.ladder import ABSENT, Ladder
from voldesk.analytics.latest import LatestRows, latest_rows
from voldesk.app.analysis import Analysis
from voldesk.app.instants import market_time
from voldesk.app.render.numbers import days_left, grouped, money
from voldesk.model.errors import ConfigError
from voldesk.model.quotes import FloatArray

CALL_COLOUR, PUT_COLOUR, MARK_COLOUR = "#0072B2", "#D55E00", "#444444"  # Okabe and Ito
_LABEL_BOX = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.0}
_MOST_SMILES = 7
_SMILE_DEVIATIONS = 4.5  # of the series, each side of the forward
_PROFILE_DEVIATIONS = 3.5  # of the farthest series drawn
_MOST_BARS = 60


def draw(analysis: Analysis, series: Sequence[int], out: Path) -> None:
    """
    Write the figure to a ``.png`` or ``.svg`` file.

    Smiles and open interest are those of the series given, the gamma curve is that of the whole
    chain, as the summary's net GEX, flip and walls are.

    Raises:
        ConfigError: The file cannot be written.
    """
    figure = Figure(figsize=(14.0, 9.0), dpi=110, layout="constrained", facecolor="white")
    grid = figure.add_gridspec(2, 2, height_ratios=[1.15, 1.0])
    rows = latest_rows(analysis.table)
    smiles = figure.add_subplot(grid[0, :])
    _draw_smiles(smiles, analysis, series)
    _draw_interest(figure.add_subplot(grid[1, 0]), analysis, rows, series)
    _draw_gamma(figure.add_subplot(grid[1, 1]), analysis, rows)
    table = analysis.table
    figure.suptitle(
        f"{table.underlying or 'unnamed underlying'}  {grouped(table.spot)}   "
        f"{market_time(table.as_of, table.market)}   profile {analysis.profile.name}",
        fontsize=13,
        fontweight="bold",
    )
    try:
        figure.savefig(out)
    except OSError as exc:
        raise ConfigError(f"cannot write {out}: {exc.strerror or exc}") from exc


def _draw_smiles(axes: Axes, analysis: Analysis, series: Sequence[int]) -> None:
    """Draw each series' out-of-the-money vols: a band from bid to ask, a point per mid."""
    alive = [index for index in series if analysis.summary.series[index].ok]
    drawn = _spread(alive, _MOST_SMILES)
    is_single = len(drawn) == 1
    colours = [CALL_COLOUR] if is_single else _shades(len(drawn))
    for index, colour in zip(drawn, colours, strict=True):
        one = analysis.summary.series[index]
        strike, iv, low, high = _smile(analysis, index)
        if not len(strike):
            continue
        x = strike if is_single else np.log(strike / one.forward)
        label = f"{one.root} {one.expiry} ({days_left(one.years)})"
        axes.fill_between(x, 100.0 * low, 100.0 * high, color=colour, alpha=0.22, linewidth=0)
        axes.plot(x, 100.0 * iv, "o-", color=colour, markersize=3, linewidth=0.9, label=label)
    at_forward = analysis.summary.series[drawn[0]].forward if is_single else 0.0
    if drawn and math.isfinite(at_forward):
        label = f"forward {grouped(at_forward)}" if is_single else "forward"
        _mark(axes, label, at_forward, 0.97, is_left=False, style="--")
    axes.set_xlabel("strike" if is_single else "log-moneyness, ln(K / F)")
    part = f", {len(drawn)} of {len(alive)} series" if len(drawn) < len(alive) else ""
    _finish(axes, f"Implied vol, % (band: bid to ask{part})")
    if drawn:
        axes.legend(frameon=False, fontsize=9)


def _spread(series: Sequence[int], most: int) -> list[int]:
    """Return at most so many series, evenly from the first to the last."""
    if len(series) <= most:
        return list(series)
    places = np.linspace(0, len(series) - 1, most).round().astype(int)
    return [series[place] for place in places.tolist()]


def _smile(analysis: Analysis, index: int) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return strike, iv, iv of bid and of ask, out of the money, where iv is known."""
    table, one = analysis.table, analysis.summary.series[index]
    part = table.slice(index)
    rows = table.rows
    ladder = Ladder.of(rows.strike[part], rows.is_call[part])
    chosen = np.where(ladder.strike < one.forward, ladder.put_row, ladder.call_row)
    reach = _SMILE_DEVIATIONS * one.atm_iv * math.sqrt(max(one.years, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        is_near = ~(np.abs(np.log(ladder.strike / one.forward)) > reach)
    at = chosen[is_near & (chosen != ABSENT)] + part.start
    at = at[np.isfinite(rows.iv[at])]
    iv = rows.iv[at]
    low = np.where(np.isfinite(rows.iv_bid[at]), rows.iv_bid[at], iv)
    high = np.where(np.isfinite(rows.iv_ask[at]), rows.iv_ask[at], iv)
    return rows.strike[at], iv, low, high


def _draw_interest(axes: Axes, analysis: Analysis, rows: LatestRows, series: Sequence[int]) -> None:
    """Draw open interest by strike, calls to the right and puts to the left."""
    is_shown = np.isin(rows.series, series) & (rows.open_interest > 0.0)
    low, high = _reach(analysis, series)
    is_shown &= (rows.strike >= low) & (rows.strike <= high)
    _finish(axes, "Open interest, contracts: puts left, calls right")
    if not is_shown.any():
        axes.text(0.5, 0.5, "no open interest", transform=axes.transAxes, ha="center")
        return
    step = _bin_width(rows.strike[is_shown])
    for colour, is_side, sign in (
        (CALL_COLOUR, rows.is_call, 1.0),
        (PUT_COLOUR, ~rows.is_call, -1.0),
    ):
        chosen = is_shown & is_side
        level = np.round(rows.strike[chosen] / step) * step
        strikes, place = np.unique(level, return_inverse=True)
        total = np.bincount(place, rows.open_interest[chosen], len(strikes))
        axes.barh(strikes, sign * total, height=0.8 * step, color=colour, alpha=0.85)
    axes.axvline(0.0, color=MARK_COLOUR, linewidth=0.6)
    for at, names in _levels(analysis, series).items():
        if low <= at <= high:
            axes.axhline(at, color=MARK_COLOUR, linewidth=0.8, linestyle=":")
            axes.annotate(
                f"{', '.join(names)} {at:,g}",
                (0.99, at),
                xycoords=("axes fraction", "data"),
                ha="right",
                va="bottom",
                fontsize=8,
                color=MARK_COLOUR,
                bbox=_LABEL_BOX,
            )
    axes.set_ylabel("strike")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{abs(x):,.0f}"))


def _levels(analysis: Analysis, series: Sequence[int]) -> dict[float, list[str]]:
    """Return the strikes worth a line: walls, and max pain where one series is drawn."""
    whole = analysis.summary.underlying
    known = [("call wall", whole.call_wall), ("put wall", whole.put_wall)]
    if len(series) == 1:
        known.append(("max pain", analysis.summary.series[series[0]].max_pain))
    levels: dict[float, list[str]] = {}
    for name, at in known:
        if math.isfinite(at):
            levels.setdefault(at, []).append(name)
    return levels


def _draw_gamma(axes: Axes, analysis: Analysis, rows: LatestRows) -> None:
    """Draw net GEX recomputed over hypothetical spots, with the present one and the flip."""
    spot = analysis.summary.spot
    profile = gex_profile(
        rows.strike,
        rows.is_call,
        rows.iv,
        rows.forward,
        rows.discount,
        rows.years,
        rows.open_interest,
        spot,
        analysis.multiplier,
    )
    unit = analysis.summary.exposures[0].unit.removeprefix("currency ")
    _finish(axes, f"Net GEX {unit}, all series, over hypothetical spot")
    if not profile.rows:
        axes.text(0.5, 0.5, "no gamma or no open interest", transform=axes.transAxes, ha="center")
        return
    axes.plot(profile.spot, profile.net_gex, color=MARK_COLOUR, linewidth=1.4)
    is_up = profile.net_gex >= 0.0
    for colour, part in ((CALL_COLOUR, is_up), (PUT_COLOUR, ~is_up)):
        axes.fill_between(
            profile.spot, profile.net_gex, where=part, interpolate=True, color=colour, alpha=0.2
        )
    axes.axhline(0.0, color=MARK_COLOUR, linewidth=0.6)
    is_flip_above = profile.flip > spot
    _mark(axes, f"spot {grouped(spot)}", spot, 0.97, is_left=is_flip_above, style="--")
    _mark(axes, f"flip {grouped(profile.flip)}", profile.flip, 0.05, is_left=False, style=":")
    axes.set_xlabel("spot")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: money(float(y))))


def _mark(axes: Axes, label: str, at: float, height: float, *, is_left: bool, style: str) -> None:
    """Draw a vertical line with its name beside it, if there is a place for it."""
    if not math.isfinite(at):
        return
    axes.axvline(at, color=MARK_COLOUR, linewidth=0.9, linestyle=style)
    axes.annotate(
        label,
        (at, height),
        xycoords=("data", "axes fraction"),
        xytext=(-5 if is_left else 5, 0),
        textcoords="offset points",
        ha="right" if is_left else "left",
        va="center",
        fontsize=9,
        color=MARK_COLOUR,
        bbox=_LABEL_BOX,
    )


def _reach(analysis: Analysis, series: Sequence[int]) -> tuple[float, float]:
    """Return the strikes worth drawing: some deviations of the farthest series around spot."""
    wide = 0.0
    for index in series:
        one = analysis.summary.series[index]
        deviation = one.atm_iv * math.sqrt(max(one.years, 0.0))
        if math.isfinite(deviation):
            wide = max(wide, _PROFILE_DEVIATIONS * deviation)
    spot = analysis.summary.spot
    if not math.isfinite(spot) or wide == 0.0:
        return -math.inf, math.inf
    return spot * math.exp(-wide), spot * math.exp(wide)


def _bin_width(strike: FloatArray) -> float:
    """Return the spacing of the strikes, or a round multiple that leaves few enough bars."""
    levels = np.unique(strike)
    if len(levels) < 2:
        return 1.0
    least = float(np.diff(levels).min())
    wanted = float(levels[-1] - levels[0]) / _MOST_BARS
    if least >= wanted:
        return least
    power = 10.0 ** math.floor(math.log10(wanted))
    return next(step * power for step in (1.0, 2.0, 2.5, 5.0, 10.0) if step * power >= wanted)


def _shades(size: int) -> list[tuple[float, float, float, float]]:
    """Return colours from near to far that stay apart in grey."""
    shades = colormaps["viridis"](np.linspace(0.0, 0.88, max(size, 1)))
    return [tuple(shade) for shade in shades[:size]]


def _finish(axes: Axes, title: str) -> None:
    axes.set_title(title, loc="left", fontsize=11)
    axes.grid(visible=True, linewidth=0.4, alpha=0.5)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
