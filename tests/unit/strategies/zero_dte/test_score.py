import math
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategy_world import a_row

from voldesk.model.enums import Right
from voldesk.strategies.zero_dte.score import TERMS, Setting, score_of
from voldesk.strategies.zero_dte.settings import ScoreWeights

AROUND = Setting(spot=101.0, last_spot=100.0, expected_move=4.0, iv_percentile=30.0)
NUMBERS = st.one_of(st.floats(-1e6, 1e6), st.just(math.nan))


def term(name: str, row: dict[str, Any] | None = None, **around: Any) -> float:
    facts = {one.name: getattr(AROUND, one.name) for one in fields(Setting)} | around
    return TERMS[name](a_row(**row or {}), Setting(**facts))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("trend", 0.25),  # one of four
        ("convexity", 0.5 * 0.08 * 16.0 / 2.0),
        ("cheapness", 0.7),
        ("liquidity", 0.9),  # 0.2 of 2
        ("activity", 0.75),  # 300 of 400
        ("patience", 0.99),  # 0.02 of 2 an hour
    ],
)
def test_each_term_is_its_formula(name: str, value: float) -> None:
    """Worked by hand."""
    assert term(name) == pytest.approx(value)


def test_the_trend_has_a_side() -> None:
    """What goes up is for calls, and nothing for puts."""
    assert term("trend", {"right": Right.PUT}) == 0.0
    assert term("trend", {"right": Right.PUT}, spot=98.0) == 0.5
    assert term("trend", spot=200.0) == 1.0


@pytest.mark.parametrize(
    ("name", "row", "around"),
    [
        ("trend", {}, {"last_spot": math.nan}),
        ("trend", {}, {"expected_move": math.nan}),
        ("trend", {}, {"expected_move": 0.0}),
        ("convexity", {"gamma": math.nan}, {}),
        ("convexity", {"mid": 0.0}, {}),
        ("cheapness", {}, {"iv_percentile": math.nan}),
        ("liquidity", {"ask": math.nan}, {}),
        ("activity", {"volume": math.nan}, {}),
        ("activity", {"volume": 0.0, "open_interest": 0.0}, {}),
        ("patience", {"theta": math.nan}, {}),
    ],
)
def test_a_term_of_the_unknown_is_unknown(
    name: str, row: dict[str, Any], around: dict[str, Any]
) -> None:
    """NaN, and so is a quotient by nothing."""
    assert math.isnan(term(name, row, **around))


def test_the_score_is_the_weighted_mean() -> None:
    """A term without a weight is shown and does not count."""
    weights = ScoreWeights(
        trend=0.0, convexity=0.0, cheapness=3.0, liquidity=1.0, activity=0.0, patience=0.0
    )
    score = score_of(a_row(volume=math.nan), AROUND, weights)
    assert score.total == score.least == pytest.approx(100.0 * (3 * 0.7 + 0.9) / 4)
    assert set(score.terms) == set(TERMS)
    assert math.isnan(score.terms["activity"])


def test_an_unknown_term_leaves_the_least() -> None:
    """The total is not known; the least counts nothing for it."""
    weights = ScoreWeights(trend=0.0, convexity=0.0, activity=0.0, patience=0.0)
    unknown = Setting(spot=1.0, last_spot=1.0, expected_move=1.0, iv_percentile=math.nan)
    score = score_of(a_row(), unknown, weights)
    assert math.isnan(score.total)
    assert score.least == pytest.approx(45.0)


@given(
    NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.sampled_from(Right)
)
def test_a_score_stays_within_a_hundred(  # the numbers are any at all
    bid: float,
    ask: float,
    mid: float,
    gamma: float,
    theta: float,
    volume: float,
    spot: float,
    move: float,
    right: Right,
) -> None:
    """Whatever the figures, each term is unknown or from 0 to 1."""
    row = a_row(bid=bid, ask=ask, mid=mid, gamma=gamma, theta=theta, volume=volume, right=right)
    around = Setting(spot=spot, last_spot=100.0, expected_move=move, iv_percentile=50.0)
    score = score_of(row, around, ScoreWeights())
    assert 0.0 <= score.least <= 100.0
    assert math.isnan(score.total) or score.total == score.least
    for value in score.terms.values():
        assert math.isnan(value) or 0.0 <= value <= 1.0


def test_every_term_has_a_weight() -> None:
    """One for each, by the same name."""
    assert [one.name for one in fields(ScoreWeights)] == list(TERMS)
