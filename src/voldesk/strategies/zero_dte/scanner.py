"""Candidates of one chain: today's expiry or the nearest, held to thresholds, scored and ranked."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from voldesk.analytics.iv_rank import IvPast
from voldesk.analytics.summary import SeriesSummary
from voldesk.model.contracts import strike_text
from voldesk.strategies.base import ContractRow, Update
from voldesk.strategies.fronts import Front, front_of
from voldesk.strategies.zero_dte.history import IvStanding, standing
from voldesk.strategies.zero_dte.score import Score, Setting, score_of
from voldesk.strategies.zero_dte.settings import ScanSettings

_MONTH_DAYS: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """
    One option and what the scan found of it.

    Attributes:
        row: The option as it stood.
        spread_pct: Ask less bid, percent of the mid; NaN not known.
        misses: A sentence per threshold it does not pass; none for one that can be bought.
    """

    underlying: str
    expiry: date
    row: ContractRow
    spread_pct: float
    score: Score
    misses: tuple[str, ...]

    @property
    def is_passing(self) -> bool:
        """Say whether it passes every threshold."""
        return not self.misses

    @property
    def label(self) -> str:
        """Name it in few words: ``SPX 2026-11-20 6750 C``."""
        strike = strike_text(self.row.strike)
        return f"{self.underlying} {self.expiry} {strike} {self.row.right}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """
    What one chain offered at one instant.

    Attributes:
        now: UTC ns.
        expiry: Of the series that was looked at, None where none was.
        secs_to_settle: Of it; NaN then, as all numbers.
        is_zero_dte: It expires today, by the calendar of its market.
        atm_iv: Of it, a fraction.
        expected_move: One standard deviation to settlement, quote currency.
        candidates: Every option of it, the best first; those that pass before those that do not.
        missed: How many options each threshold kept out, by its name.
        reason: Why nothing was looked at, "" where something was.
    """

    underlying: str
    now: int
    expiry: date | None
    secs_to_settle: float
    is_zero_dte: bool
    spot: float
    last_spot: float
    atm_iv: float
    expected_move: float
    standing: IvStanding
    candidates: tuple[Candidate, ...]
    missed: Mapping[str, int]
    reason: str

    @property
    def passing(self) -> tuple[Candidate, ...]:
        """Return the candidates that pass every threshold."""
        return tuple(one for one in self.candidates if one.is_passing)


def scan(update: Update, past: IvPast, settings: ScanSettings) -> Scan:
    """
    Look at one chain.

    Args:
        update: The chain as it stands.
        past: What is known of the days before.
        settings: Valid.
    """
    front, spot = front_of(update), float(update.table.live_spot)
    if front is None:
        return unseen(
            update.underlying, "no series that has not settled", now=update.now, spot=spot
        )
    if not front.is_zero_dte and not settings.is_nearest_allowed:
        reason = f"nothing expires today, the nearest is {front.expiry}"
        return unseen(update.underlying, reason, now=update.now, spot=spot)
    summary = _summary_of(update, front)
    atm_iv = math.nan if summary is None else summary.atm_iv
    move = math.nan if summary is None else summary.expected_move.iv_sqrt_t
    found = standing(_month_iv(update), atm_iv, past, settings.history_least_days)
    around = Setting(
        spot=spot,
        last_spot=past.last_spot,
        expected_move=move,
        iv_percentile=found.percentile,
    )
    part = update.table.slice(front.series)
    rows = [update.row(place) for place in range(part.start, part.stop)]
    missed: Counter[str] = Counter()
    candidates = [
        _candidate(update.underlying, front, row, around, settings, missed) for row in rows
    ]
    return Scan(
        underlying=update.underlying,
        now=update.now,
        expiry=front.expiry,
        secs_to_settle=front.secs_to_settle,
        is_zero_dte=front.is_zero_dte,
        spot=spot,
        last_spot=past.last_spot,
        atm_iv=atm_iv,
        expected_move=move,
        standing=found,
        candidates=ranked(candidates),
        missed=dict(missed.most_common()),
        reason="",
    )


def ranked(candidates: list[Candidate]) -> tuple[Candidate, ...]:
    """Return the best first: those that pass, then by score, then the narrower spread."""

    def place(one: Candidate) -> tuple[bool, float, float, str]:
        spread = one.spread_pct if math.isfinite(one.spread_pct) else math.inf
        return not one.is_passing, -one.score.least, spread, one.row.key

    return tuple(sorted(candidates, key=place))


def _candidate(
    underlying: str,
    front: Front,
    row: ContractRow,
    around: Setting,
    settings: ScanSettings,
    missed: Counter[str],
) -> Candidate:
    score = score_of(row, around, settings.weights)
    spread_pct = 100.0 * (row.ask - row.bid) / row.mid if row.mid > 0.0 else math.nan
    misses = []
    for name, text in _misses(row, around, score, spread_pct, settings):
        missed[name] += 1
        misses.append(text)
    return Candidate(
        underlying=underlying,
        expiry=front.expiry,
        row=row,
        spread_pct=spread_pct,
        score=score,
        misses=tuple(misses),
    )


class _Threshold(NamedTuple):
    name: str
    value: float
    least: float | None
    most: float | None


def _misses(
    row: ContractRow, around: Setting, score: Score, spread_pct: float, settings: ScanSettings
) -> Iterator[tuple[str, str]]:
    """Yield the name of each threshold that is not passed, and what it came to."""
    if not row.is_sound:
        yield "quote", "no live two-sided quote with an iv"
    one = settings
    thresholds = (
        _Threshold("delta", abs(row.delta), one.min_delta, one.max_delta),
        _Threshold("gamma", row.gamma, one.min_gamma, None),
        _Threshold("vega", row.vega, one.min_vega, None),
        _Threshold("theta", row.theta, one.min_theta, None),
        _Threshold(
            "iv_percentile", around.iv_percentile, one.min_iv_percentile, one.max_iv_percentile
        ),
        _Threshold("spread_pct", spread_pct, None, one.max_spread_pct),
        _Threshold("score", score.total, one.min_score, None),
    )
    for name, value, least, most in thresholds:
        if least is None and most is None:
            continue
        if math.isnan(value):
            yield name, f"{name} is not known"
        elif least is not None and value < least:
            yield name, f"{name} is {value:.4g}, at least {least:g}"
        elif most is not None and value > most:
            yield name, f"{name} is {value:.4g}, at most {most:g}"


def _month_iv(update: Update) -> float:
    if update.summary is None:
        return math.nan
    return update.summary.underlying.term_structure.get(_MONTH_DAYS, math.nan)


def _summary_of(update: Update, front: Front) -> SeriesSummary | None:
    """Return the analytics of the series, None where they are of another listing."""
    if update.summary is None or len(update.summary.series) != len(update.table.series):
        return None
    return update.summary.series[front.series]


def unseen(underlying: str, reason: str, *, now: int = 0, spot: float = math.nan) -> Scan:
    """Return the scan of a chain that could not be looked at, and why."""
    nan = math.nan
    return Scan(
        underlying=underlying,
        now=now,
        expiry=None,
        secs_to_settle=nan,
        is_zero_dte=False,
        spot=spot,
        last_spot=nan,
        atm_iv=nan,
        expected_move=nan,
        standing=IvStanding(percentile=nan, rank=nan, measure="", iv=nan, days=0, reason=reason),
        candidates=(),
        missed={},
        reason=reason,
    )
