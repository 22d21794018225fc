import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from live_world import NOON
from strategy_world import DAY, LATER, TODAY, StrategyChain

from voldesk.analytics.iv_rank import IvPast
from voldesk.model.ticks import TickKind
from voldesk.strategies.zero_dte.scanner import Scan, ranked, scan, unseen
from voldesk.strategies.zero_dte.settings import ScanSettings

OPEN = ScanSettings(
    min_gamma=None,
    min_delta=None,
    max_delta=None,
    min_vega=None,
    min_theta=None,
    min_iv_percentile=None,
    max_iv_percentile=None,
    max_spread_pct=None,
)
PAST = IvPast(month=np.linspace(0.1, 0.3, 40), front=np.linspace(0.1, 0.3, 40), last_spot=99.9)


@pytest.fixture
def chain(make_market: Any) -> StrategyChain:
    """SPX at 100, strikes of 0.25 that expire today, in four hours."""
    strikes = [98.0 + 0.25 * step for step in range(17)]
    market = make_market(expiries=(TODAY, LATER), strikes=strikes, half_spread=0.005)
    made = StrategyChain(market)
    rows = market.options
    made.tick(
        market.ticks(rows, kind=TickKind.TRADE, volume=50.0),
        market.ticks(rows, kind=TickKind.OPEN_INTEREST, open_interest=150.0),
    )
    return made


def kept(found: Scan) -> list[tuple[float, str]]:
    return [(one.row.strike, one.row.right.value) for one in found.passing]


def test_everything_of_the_front_is_looked_at(chain: StrategyChain) -> None:
    """With no threshold every option with a live quote passes, of the first expiry alone."""
    found = scan(chain.update(), PAST, OPEN)
    assert found.reason == ""
    assert (found.expiry, found.is_zero_dte, len(found.candidates)) == (TODAY, True, 34)
    assert {one.expiry for one in found.candidates} == {TODAY}
    assert found.spot == 100.0
    assert found.atm_iv == pytest.approx(0.2, abs=0.02)
    assert found.expected_move == pytest.approx(100 * 0.2 * math.sqrt(4 / 24 / 365), rel=0.1)
    assert found.standing.percentile == pytest.approx(50.0, abs=10.0)


def test_the_best_comes_first(chain: StrategyChain) -> None:
    """Those that pass, by score, then those that do not."""
    found = scan(chain.update(), PAST, replace(OPEN, min_delta=0.2, max_delta=0.8))
    places = [one.is_passing for one in found.candidates]
    assert places == sorted(places, reverse=True)
    scores = [one.score.least for one in found.passing]
    assert scores == sorted(scores, reverse=True)
    assert list(ranked(list(reversed(found.candidates)))) == list(found.candidates)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("min_delta", 0.4),
        ("max_delta", 0.4),
        ("min_gamma", 0.5),
        ("min_vega", 0.003),
        ("min_theta", -0.1),
        ("max_spread_pct", 5.0),
        ("min_score", 50.0),
    ],
)
def test_a_threshold_keeps_out_what_it_says(chain: StrategyChain, name: str, value: float) -> None:
    """Some pass and some do not, each with the figure that is too small or too large."""
    changes: dict[str, Any] = {name: value}
    found = scan(chain.update(), PAST, replace(OPEN, **changes))
    misses = [one for one in found.candidates if not one.is_passing and one.row.is_sound]
    assert found.passing
    assert misses
    figure = name.removeprefix("min_").removeprefix("max_")
    for one in found.passing:
        worth = {
            "delta": abs(one.row.delta),
            "spread_pct": one.spread_pct,
            "score": one.score.total,
        }.get(figure)
        worth = getattr(one.row, figure) if worth is None else worth
        assert worth >= value if name.startswith("min_") else worth <= value
    bound = "at least" if name.startswith("min_") else "at most"
    assert all(figure in one.misses[0] and bound in one.misses[0] for one in misses)
    blamed = [one for one in found.candidates if any(figure in text for text in one.misses)]
    assert found.missed[figure] == len(blamed)


@pytest.mark.parametrize(
    ("low", "high", "is_passing"), [(30.0, 70.0, True), (70.0, 90.0, False), (0.0, 20.0, False)]
)
def test_the_percentile_is_of_the_whole_chain(
    chain: StrategyChain, low: float, high: float, is_passing: bool
) -> None:
    """About half of the days had a lower iv."""
    settings = replace(OPEN, min_iv_percentile=low, max_iv_percentile=high)
    assert bool(scan(chain.update(), PAST, settings).passing) is is_passing


def test_an_unknown_percentile_passes_no_threshold(chain: StrategyChain) -> None:
    """With a past too short nothing passes, and it is said why; with the threshold off it does."""
    found = scan(chain.update(), IvPast(), ScanSettings())
    assert found.passing == ()
    assert found.missed["iv_percentile"] == len(found.candidates)
    assert "iv_percentile is not known" in found.candidates[0].misses
    assert "20 are needed" in found.standing.reason
    assert scan(chain.update(), IvPast(), OPEN).passing


def test_a_row_without_a_live_quote_never_passes(chain: StrategyChain) -> None:
    """Whatever the thresholds; its score is not known."""
    place = chain.market.listing.strike.tolist().index(100.0)
    chain.tick(chain.market.ticks([place], bid=0.0))
    found = scan(chain.update(), PAST, OPEN)
    assert (100.0, "C") not in kept(found)
    (one,) = [
        one for one in found.candidates if (one.row.strike, one.row.right.value) == (100.0, "C")
    ]
    assert one.misses == ("no live two-sided quote with an iv",)
    assert math.isnan(one.spread_pct)
    assert math.isnan(one.score.total)


def test_the_nearest_expiry_stands_in(market: Any) -> None:
    """Where nothing expires today, unless only today is wanted."""
    update = StrategyChain(market).update()
    found = scan(update, PAST, OPEN)
    assert (found.expiry, found.is_zero_dte) == (LATER, False)
    refused = scan(update, PAST, replace(OPEN, is_nearest_allowed=False))
    assert refused.candidates == ()
    assert refused.reason == f"nothing expires today, the nearest is {LATER}"
    assert refused.spot == 100.0


def test_a_chain_that_is_over_offers_nothing(market: Any) -> None:
    """And says so."""
    found = scan(StrategyChain(market).update(now=NOON + 90 * DAY), PAST, OPEN)
    assert (found.candidates, found.reason) == ((), "no series that has not settled")


def test_without_analytics_the_move_is_unknown(chain: StrategyChain) -> None:
    """The terms that need it are NaN, and nothing else is."""
    found = scan(chain.update(summary=None), PAST, OPEN)
    assert math.isnan(found.atm_iv)
    terms = found.passing[0].score.terms
    assert math.isnan(terms["trend"])
    assert math.isnan(terms["convexity"])
    assert math.isnan(terms["cheapness"])
    assert math.isfinite(terms["liquidity"])


def test_analytics_of_another_listing_are_not_used(chain: StrategyChain, market: Any) -> None:
    """A summary of fewer series says nothing of these."""
    assert chain.last.summary is not None
    other = replace(chain.last.summary, series=chain.last.summary.series[:1])
    assert math.isnan(scan(chain.update(summary=other), PAST, OPEN).expected_move)
    assert market is not None


def test_a_candidate_has_a_name(chain: StrategyChain) -> None:
    """Underlying, expiry, strike, right."""
    found = scan(chain.update(), PAST, OPEN)
    assert "SPX 2026-09-30 100 C" in {one.label for one in found.candidates}


def test_what_was_not_seen_says_why() -> None:
    """Every number of it is unknown."""
    found = unseen("SPX", "no figures")
    assert (found.underlying, found.reason, found.candidates) == ("SPX", "no figures", ())
    assert math.isnan(found.spot)
    assert found.standing.reason == "no figures"
