"""The published row: every analytic of a chain, per series and for the underlying."""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from voldesk.analytics.expected_move import ExpectedMove, atm_straddle, expected_move
from voldesk.analytics.exposure import (
    CHARM_EXPOSURE,
    DEX,
    EXPOSURES,
    GEX,
    LONG_CALLS_SHORT_PUTS,
    VANNA_EXPOSURE,
    Exposure,
    ExposureConvention,
    by_series,
    by_strike,
    left_out,
    net,
    row_exposure,
)
from voldesk.analytics.gex_flip import gex_flip
from voldesk.analytics.ladder import Ladder
from voldesk.analytics.latest import LatestRows, latest_rows
from voldesk.analytics.max_pain import lowest_pain, pain_of_sides
from voldesk.analytics.pcr import put_call_ratio
from voldesk.analytics.skew import net_iv, skew_of
from voldesk.analytics.smile import otm_smile
from voldesk.analytics.support_resistance import resistance, support
from voldesk.analytics.term_structure import (
    CONSTANT_DAYS,
    ForwardVariance,
    constant_maturity_iv,
    forward_variances,
    term_slope,
)
from voldesk.analytics.variance_index import MINUTES_PER_YEAR, series_variance, vol_index
from voldesk.analytics.walls import call_wall, put_wall
from voldesk.chain.table import ChainTable
from voldesk.model.enums import Status
from voldesk.model.quotes import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesSummary:
    """
    One series in numbers; NaN is unknown, vols are fractions, money is in quote currency.

    ``rr``, ``bf`` and ``skew_slope`` are defined in ``skew``, ``net_*`` in ``exposure``,
    ``model_free_vol`` in ``variance_index`` (on the series' own forward); ``net_iv25`` is the
    25-delta difference at the nearest listed strikes. ``ok`` of ``contracts`` have an iv.
    """

    root: str
    expiry: date | None
    settles_at: int
    years: float
    forward: float
    discount: float
    forward_source: str
    discount_source: str
    pairs: int
    atm_iv: float
    rr25: float
    bf25: float
    rr10: float
    bf10: float
    net_iv25: float
    skew_slope: float
    skew_slope_sqrt_years: float
    expected_move: ExpectedMove
    model_free_vol: float
    pcr_oi: float
    pcr_volume: float
    max_pain: float
    net_gex: float
    net_dex: float
    net_vanna: float
    net_charm: float
    contracts: int
    ok: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderlyingSummary:
    """
    All series of an underlying in numbers; units as in ``SeriesSummary``.

    Attributes:
        exposure_rows_left_out: Rows without a known gamma or open interest: no net figure, flip
            or wall counts them.
        term_structure: Days to maturity -> at-the-money iv. Of several roots with one expiry the
            one with most ivs speaks, here and in ``forward_variance``.
        term_slope: 90-day less 30-day iv.
        vol_index_30d: VIX-style, a fraction.
        statuses: Status name -> contracts, only those that occur.
    """

    pcr_oi: float
    pcr_volume: float
    net_gex: float
    net_dex: float
    net_vanna: float
    net_charm: float
    gex_flip: float
    call_wall: float
    put_wall: float
    exposure_rows_left_out: int
    support: tuple[float, ...]
    resistance: tuple[float, ...]
    term_structure: dict[int, float]
    term_slope: float
    forward_variance: tuple[ForwardVariance, ...]
    vol_index_30d: float
    contracts: int
    ok: int
    statuses: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """
    What a desk asks of a chain, and how it was made.

    Attributes:
        spot: The spot used for exposures: the chain's, or where that is unknown the discounted
            forward of the first series that has one.
        exposures: Formula, unit and meaning of every ``net_*`` figure.
        series: In order of settlement, as in the chain.
    """

    spot: float
    multiplier: float
    convention: ExposureConvention
    exposures: tuple[Exposure, ...]
    series: tuple[SeriesSummary, ...]
    underlying: UnderlyingSummary


def summarize(
    table: ChainTable, multiplier: float, exposure: ExposureConvention = LONG_CALLS_SHORT_PUTS
) -> Summary:
    """
    Compute every analytic of a valued chain.

    Of a panel (several rows per contract) only the latest row of each contract counts.

    Args:
        table: Valued by ``chain.reprice``.
        multiplier: Units of underlying in one contract.
        exposure: Whose position open interest is taken to be.
    """
    steps = summarize_in_steps(table, multiplier, exposure)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            summary: Summary = end.value
            return summary


def summarize_in_steps(
    table: ChainTable, multiplier: float, exposure: ExposureConvention = LONG_CALLS_SHORT_PUTS
) -> Generator[None, None, Summary]:
    """
    Do what `summarize` does, pausing after every series; the table must stay as it is meanwhile.

    Returns:
        The same summary, when the generator ends.
    """
    rows = latest_rows(table)
    spot = _exposure_spot(table)
    values = {
        kind.name: row_exposure(
            kind,
            getattr(rows, kind.greek),
            rows.open_interest,
            rows.is_call,
            spot,
            multiplier,
            exposure,
        )
        for kind in EXPOSURES
    }
    series = yield from _series_summaries(table, rows, values)
    return Summary(
        spot=spot,
        multiplier=multiplier,
        convention=exposure,
        exposures=EXPOSURES,
        series=series,
        underlying=_underlying_summary(rows, values, series, spot, multiplier, exposure),
    )


def _exposure_spot(table: ChainTable) -> float:
    """Return the chain's spot if it is not too old, or the first known discounted forward."""
    if np.isfinite(table.live_spot):
        return float(table.live_spot)
    with np.errstate(over="ignore", invalid="ignore"):
        prepaid = table.series.forward * table.series.discount
    known = np.flatnonzero(np.isfinite(prepaid))
    return float(prepaid[known[0]]) if len(known) else float("nan")


class _Sides(NamedTuple):
    """What calls and puts show at each strike of a chain, or of one series; NaN where none is."""

    strike: FloatArray
    call_iv: FloatArray
    put_iv: FloatArray
    call_price: FloatArray
    put_price: FloatArray
    call_bid: FloatArray
    call_ask: FloatArray
    put_bid: FloatArray
    put_ask: FloatArray
    call_interest: FloatArray
    put_interest: FloatArray

    def part(self, start: int, stop: int) -> "_Sides":
        """Return the strikes of one series."""
        return _Sides._make(column[start:stop] for column in self)


def _series_summaries(
    table: ChainTable, rows: LatestRows, values: dict[str, FloatArray]
) -> Generator[None, None, tuple[SeriesSummary, ...]]:
    """Return one summary per series, in the chain's order; pause after each."""
    count = len(table.series)
    nets = {name: by_series(value, rows.series, count) for name, value in values.items()}
    ladder, bounds = Ladder.of_chain(rows.strike, rows.is_call, rows.series, count)
    sides = _Sides(
        strike=ladder.strike,
        call_iv=ladder.calls(rows.iv),
        put_iv=ladder.puts(rows.iv),
        call_price=ladder.calls(rows.price),
        put_price=ladder.puts(rows.price),
        call_bid=ladder.calls(rows.bid),
        call_ask=ladder.calls(rows.ask),
        put_bid=ladder.puts(rows.bid),
        put_ask=ladder.puts(rows.ask),
        call_interest=ladder.calls(rows.open_interest),
        put_interest=ladder.puts(rows.open_interest),
    )
    summaries: list[SeriesSummary] = []
    for index, (start, stop) in enumerate(pairwise(bounds.tolist())):
        own = {name: float(value[index]) for name, value in nets.items()}
        summaries.append(_series_summary(table, rows, index, sides.part(start, stop), own))
        yield
    return tuple(summaries)


def _series_summary(
    table: ChainTable, rows: LatestRows, index: int, sides: _Sides, nets: dict[str, float]
) -> SeriesSummary:
    """Return the summary of one series; ``nets`` are its exposures by name."""
    window = rows.slice(index)
    is_call = rows.is_call[window]
    iv, open_interest = rows.iv[window], rows.open_interest[window]
    series = table.series
    years, forward = float(series.years[index]), float(series.forward[index])
    discount = float(series.discount[index])
    skew = skew_of(otm_smile(sides.strike, sides.call_iv, sides.put_iv, forward, years))
    straddle = atm_straddle(sides.strike, sides.call_price, sides.put_price, forward)
    model_free = series_variance(
        sides.strike,
        sides.call_bid,
        sides.call_ask,
        sides.put_bid,
        sides.put_ask,
        years=years,
        discount=discount,
        forward=forward,
    )
    return SeriesSummary(
        root=str(series.root[index]),
        expiry=series.expiry[index].item(),
        settles_at=int(series.settles_at[index]),
        years=years,
        forward=forward,
        discount=discount,
        forward_source=str(series.forward_source[index]),
        discount_source=str(series.discount_source[index]),
        pairs=int(series.pairs[index]),
        atm_iv=skew.atm_iv,
        rr25=skew.rr25,
        bf25=skew.bf25,
        rr10=skew.rr10,
        bf10=skew.bf10,
        net_iv25=net_iv(iv, rows.delta[window], is_call),
        skew_slope=skew.slope,
        skew_slope_sqrt_years=skew.slope_sqrt_years,
        expected_move=expected_move(straddle, forward, skew.atm_iv, years),
        model_free_vol=model_free.vol,
        pcr_oi=put_call_ratio(open_interest, is_call),
        pcr_volume=put_call_ratio(rows.volume[window], is_call),
        max_pain=lowest_pain(pain_of_sides(sides.strike, sides.call_interest, sides.put_interest)),
        net_gex=nets[GEX.name],
        net_dex=nets[DEX.name],
        net_vanna=nets[VANNA_EXPOSURE.name],
        net_charm=nets[CHARM_EXPOSURE.name],
        contracts=len(iv),
        ok=int(np.count_nonzero(np.isfinite(iv))),
    )


def _underlying_summary(
    rows: LatestRows,
    values: dict[str, FloatArray],
    series: tuple[SeriesSummary, ...],
    spot: float,
    multiplier: float,
    convention: ExposureConvention,
) -> UnderlyingSummary:
    """Return the figures over all series."""
    gex = by_strike(values[GEX.name], rows.strike, rows.is_call)
    flip = gex_flip(
        rows.strike,
        rows.is_call,
        rows.iv,
        rows.forward,
        rows.discount,
        rows.years,
        rows.open_interest,
        spot,
        multiplier,
        convention,
    )
    speaking = _one_per_expiry(series)
    years = np.array([one.years for one in speaking])
    atm = np.array([one.atm_iv for one in speaking])
    model_free = np.array([one.model_free_vol for one in speaking])
    with np.errstate(over="ignore"):
        index = vol_index(years * MINUTES_PER_YEAR, model_free * model_free)
    maturities = constant_maturity_iv(years, atm).tolist()
    statuses = np.bincount(rows.status).tolist()
    return UnderlyingSummary(
        pcr_oi=put_call_ratio(rows.open_interest, rows.is_call),
        pcr_volume=put_call_ratio(rows.volume, rows.is_call),
        net_gex=net(values[GEX.name]),
        net_dex=net(values[DEX.name]),
        net_vanna=net(values[VANNA_EXPOSURE.name]),
        net_charm=net(values[CHARM_EXPOSURE.name]),
        gex_flip=flip,
        call_wall=call_wall(gex),
        put_wall=put_wall(gex),
        exposure_rows_left_out=left_out(values[GEX.name]),
        support=support(rows.strike, rows.is_call, rows.open_interest, spot),
        resistance=resistance(rows.strike, rows.is_call, rows.open_interest, spot),
        term_structure=dict(zip(CONSTANT_DAYS, maturities, strict=True)),
        term_slope=term_slope(years, atm),
        forward_variance=forward_variances(years, atm),
        vol_index_30d=index,
        contracts=len(rows.strike),
        ok=int(np.count_nonzero(np.isfinite(rows.iv))),
        statuses={Status(code).name: count for code, count in enumerate(statuses) if count},
    )


def _one_per_expiry(series: tuple[SeriesSummary, ...]) -> list[SeriesSummary]:
    """
    Return one series per expiry date: of several roots the one with most ivs.

    An AM- and a PM-settled series of one date are hours apart; the forward variance between the
    two would be their quotes' noise divided by almost nothing.
    """
    best: dict[date | None, SeriesSummary] = {}
    for one in series:
        if one.expiry not in best or one.ok > best[one.expiry].ok:
            best[one.expiry] = one
    return list(best.values())
