import math
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scan_desk import ShopVenue, opened
from strategy_world import TODAY, StrategyChain

from voldesk.analytics.iv_rank import IvPast
from voldesk.app.render.candidates import placed_lines, preview_lines, scan_lines
from voldesk.app.scan_orders import place, preview
from voldesk.strategies.zero_dte.bracket import bracket
from voldesk.strategies.zero_dte.scanner import Scan, scan, unseen
from voldesk.strategies.zero_dte.score import TERMS
from voldesk.strategies.zero_dte.settings import ScanSettings

SETTINGS = ScanSettings(min_gamma=None, min_vega=None, min_theta=None)
PAST = IvPast(front=np.linspace(0.1, 0.3, 40), last_spot=99.9)


@pytest.fixture
def found(make_market: Any) -> Scan:
    """SPX at 100, strikes of 0.25 that expire today."""
    strikes = [98.0 + 0.25 * step for step in range(17)]
    market = make_market(expiries=(TODAY,), strikes=strikes, half_spread=0.005)
    return scan(StrategyChain(market).update(), PAST, SETTINGS)


def text(scans: list[Scan], width: int = 120, *, has_misses: bool = False) -> list[str]:
    shown = [one for scan in scans for one in scan.candidates if one.is_passing or has_misses]
    return [str(line) for line in scan_lines(scans, shown, width, has_misses=has_misses)]


def test_a_headline_says_what_was_looked_at(found: Scan) -> None:
    """Spot, expiry, expected move, percentile with its measure, what kept how many out."""
    page = " ".join(text([found]))
    for part in (
        "SPX  spot 100.00",
        "2026-09-30 0DTE, 4.0h left",
        "iv percentile 50 (front, 40 days)",
        f"{len(found.passing)} of 34 pass; kept out by delta ",
    ):
        assert part in page, part


def test_what_was_not_looked_at_says_why(found: Scan) -> None:
    """One line; an unknown percentile has its reason too."""
    assert text([unseen("SPY", "no figures within 20 s")]) == ["SPY   no figures within 20 s"]
    unknown = replace(found, is_zero_dte=False, standing=unseen("x", "too few").standing)
    page = " ".join(text([unknown]))
    assert "nearest expiry" in page
    assert "iv percentile – (too few)" in page


@pytest.mark.parametrize("width", [80, 100, 140, 200])
def test_every_term_is_shown(found: Scan, width: int) -> None:
    """However narrow the terminal; no line is wider than it."""
    lines = text([found], width)
    assert all(len(line) <= width for line in lines)
    (head,) = [line for line in lines if "contract" in line]
    assert all(name in head for name in (*TERMS, "score"))
    first = next(line for line in lines if line.lstrip().startswith("1 "))
    assert f">={found.passing[0].score.least:.1f}" in first  # the activity is not known


def test_a_known_score_has_no_sign(found: Scan) -> None:
    """Only what is not known is a least."""
    best = found.passing[0]
    sure = replace(best, score=replace(best.score, total=best.score.least))
    lines = [str(line) for line in scan_lines([found], [sure], 120, has_misses=False)]
    assert not any(">=" in line for line in lines)


def test_what_does_not_pass_says_why(found: Scan) -> None:
    """Below its line, in its own words."""
    lines = text([found], has_misses=True)
    assert any("delta is" in line and "at least 0.2" in line for line in lines)


async def test_a_preview_and_what_became_of_it(found: Scan, tmp_path: Path) -> None:
    """The orders with their prices, the cost, the verdict; then states, fills and the position."""
    best = found.passing[0]
    orders = bracket(best, 2, SETTINGS, account="DU1", now=found.now)
    async with opened(tmp_path, ShopVenue()) as taker:
        reckoned = preview(best, orders, 100.0, taker)
        page = "\n".join(map(str, preview_lines(reckoned, "DU1", "paper")))
        assert f"{best.label}   paper DU1" in page
        assert f"buy 2 limit {orders.entry.terms.limit_price}" in page
        assert "sell 2 stop " in page
        assert "fees 1.00" in page
        assert "the gate lets it through" in page
        denied = replace(reckoned, verdict="state is 2, at most 0", fees=None, most_loss=math.nan)
        page = "\n".join(map(str, preview_lines(denied, "DU1", "paper")))
        assert "the gate denies it: state is 2" in page
        assert "fees –" in page
        placed = await place(orders, taker, 5.0)
        page = "\n".join(map(str, placed_lines(placed, taker.positions(), best.row, 100.0)))
        assert "filled, 2 filled at 1.20" in page
        assert f"position of {best.row.key}: 2" in page
        assert f"its delta {200 * best.row.delta:.2f}" in page


async def test_a_refusal_is_shown_with_its_reason(found: Scan, tmp_path: Path) -> None:
    """And so is a note; prices are exact."""
    best = found.passing[0]
    orders = bracket(best, 1, SETTINGS, account="DU1", now=found.now)
    bare = replace(orders, target=None, stop=None)
    async with opened(tmp_path, ShopVenue(fills_at_once=0)) as taker:
        placed = await place(bare, taker, 0.0)
        placed.entry.reason = "no such contract"
        placed.entry.paid = Decimal(0)
        page = "\n".join(
            map(str, placed_lines(replace(placed, notes=("look",)), {}, best.row, 100.0))
        )
    assert ": no such contract" in page
    assert "  look" in page
    assert "position of" in page
    assert "its delta" not in page
