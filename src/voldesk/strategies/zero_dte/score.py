"""
The breakout score of an option: named terms from 0 to 1, added up by weight.

It ranks what a buyer of a short-dated option looks for: the underlying already goes that way, a
move pays more than it costs to wait, the vol is not dear, and the option can be traded. It is a
rule of thumb, and no forecast: every term is shown beside the sum, so that it can be doubted.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Final

from voldesk.model.enums import Right
from voldesk.strategies.base import ContractRow
from voldesk.strategies.zero_dte.settings import ScoreWeights

_HOURS_PER_DAY: Final = 24.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """
    What the terms know beside the option itself; NaN is not known.

    Attributes:
        spot: Quote currency.
        last_spot: The last one of the day before.
        expected_move: One standard deviation of the underlying to settlement, quote currency:
            ``forward * iv at the money * sqrt(years)``.
        iv_percentile: 0 to 100.
    """

    spot: float
    last_spot: float
    expected_move: float
    iv_percentile: float


def trend(row: ContractRow, around: Setting) -> float:
    """
    Return how far the underlying has gone the option's way since the day before.

    ``(spot - last spot) / expected move`` for a call, minus that for a put: moves of the size the
    market still expects until settlement.
    """
    way = 1.0 if row.right is Right.CALL else -1.0
    return _clipped(way * _ratio(around.spot - around.last_spot, around.expected_move))


def convexity(row: ContractRow, around: Setting) -> float:
    """
    Return what curvature alone adds for one expected move, as a share of the price.

    ``gamma * expected move squared / 2 / mid``: the second term of the Taylor series of the
    option's price. At the money it is about one half, further out more.
    """
    gain = 0.5 * row.gamma * around.expected_move * around.expected_move
    return _clipped(_ratio(gain, row.mid))


def cheapness(row: ContractRow, around: Setting) -> float:  # noqa: ARG001  # all terms are called alike
    """Return ``1 - iv percentile / 100``: the vol is lower now than on that share of days."""
    return _clipped(1.0 - around.iv_percentile / 100.0)


def liquidity(row: ContractRow, around: Setting) -> float:  # noqa: ARG001  # likewise
    """Return ``1 - (ask - bid) / mid``: what is left of the price after buying and selling."""
    return _clipped(1.0 - _ratio(row.ask - row.bid, row.mid))


def activity(row: ContractRow, around: Setting) -> float:  # noqa: ARG001  # likewise
    """Return ``volume / (volume + open interest)``: how much of it is today's business."""
    return _clipped(_ratio(row.volume, row.volume + row.open_interest))


def patience(row: ContractRow, around: Setting) -> float:  # noqa: ARG001  # likewise
    """
    Return ``1 + theta / 24 / mid``: what is left of the price after an hour without a move.

    Theta is per calendar day and below 0.
    """
    return _clipped(1.0 + _ratio(row.theta / _HOURS_PER_DAY, row.mid))


Term = Callable[[ContractRow, Setting], float]

TERMS: Final[Mapping[str, Term]] = MappingProxyType(
    {
        "trend": trend,
        "convexity": convexity,
        "cheapness": cheapness,
        "liquidity": liquidity,
        "activity": activity,
        "patience": patience,
    }
)
"""Every term by the name its weight has."""


@dataclass(frozen=True, slots=True)
class Score:
    """
    The terms of one option and what they add up to.

    Attributes:
        terms: From 0 to 1 by name, NaN not known; those without a weight too.
        total: ``100 * sum(weight * term) / sum(weight)``; NaN where a term that counts is not
            known.
        least: The same with 0 for what is not known: the score is at least that.
    """

    terms: Mapping[str, float]
    total: float
    least: float


def score_of(row: ContractRow, around: Setting, weights: ScoreWeights) -> Score:
    """
    Score one option.

    Args:
        row: The option.
        around: Its underlying.
        weights: Not all 0.
    """
    terms = {name: term(row, around) for name, term in TERMS.items()}
    counted = {one.name: getattr(weights, one.name) for one in fields(weights)}
    counted = {name: weight for name, weight in counted.items() if weight > 0.0}
    known = sum(
        weight * terms[name] for name, weight in counted.items() if math.isfinite(terms[name])
    )
    least = 100.0 * known / sum(counted.values())
    is_known = all(math.isfinite(terms[name]) for name in counted)
    return Score(MappingProxyType(terms), least if is_known else math.nan, least)


def _ratio(part: float, whole: float) -> float:
    """Return a quotient, NaN where the divisor is not above 0."""
    return part / whole if whole > 0.0 else math.nan


def _clipped(value: float) -> float:
    """Return a term: nothing below 0 or above 1; NaN stays."""
    return value if math.isnan(value) else min(max(value, 0.0), 1.0)
