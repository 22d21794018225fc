import math
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from scan_desk import Quiet, ShopVenue, opened
from strategy_world import DAY, TODAY, a_row

from voldesk.app.scan_orders import place, preview, trades_on
from voldesk.model.enums import Market
from voldesk.model.errors import OrderDenied
from voldesk.model.lifecycle import State
from voldesk.model.orders import Intent, Side
from voldesk.strategies.zero_dte.bracket import Bracket, bracket
from voldesk.strategies.zero_dte.scanner import Candidate
from voldesk.strategies.zero_dte.score import Score
from voldesk.strategies.zero_dte.settings import ScanSettings
from voldesk.trading.desk import Desk
from voldesk.trading.limits import Limits

NOW = 1_790_784_000_000_000_000
SETTINGS = ScanSettings()


def candidate(**row: Any) -> Candidate:
    return Candidate(
        underlying="SPX",
        expiry=TODAY,
        row=a_row(**row),
        spread_pct=10.0,
        score=Score({}, 61.0, 61.0),
        misses=(),
    )


def orders(quantity: int = 2, now: int = NOW, settings: ScanSettings = SETTINGS) -> Bracket:
    return bracket(candidate(), quantity, settings, account="DU1", now=now)


async def test_a_preview_says_what_it_comes_to(tmp_path: Path) -> None:
    """Cost, fees, the most that can be lost, Greeks of all contracts, the gate's word."""
    async with opened(tmp_path, ShopVenue()) as taker:
        found = preview(candidate(), orders(), 100.0, taker)
        assert (found.cost, found.fees, found.most_loss) == (420.0, Decimal("1.00"), 421.0)
        assert (found.delta, found.gamma) == (100.0, 16.0)
        assert found.vega == 20.0
        assert found.theta == pytest.approx(-96.0)
        assert found.verdict == ""
        assert taker.orders() == {}


async def test_what_is_not_known_of_an_order_is_shown_so(tmp_path: Path) -> None:
    """Unknown fees make the loss unknown; an unknown multiplier makes all of it so."""
    async with opened(tmp_path, ShopVenue(), fees=lambda _: None) as taker:
        assert math.isnan(preview(candidate(), orders(), 100.0, taker).most_loss)
        assert math.isnan(preview(candidate(), orders(), math.nan, taker).cost)


async def test_a_preview_has_the_verdict_of_the_gate(tmp_path: Path) -> None:
    """Each broken limit with its value."""
    limits = replace(Limits.none(), order_contracts=1)
    async with opened(tmp_path, ShopVenue(), limits) as taker:
        assert (
            "order_contracts is 2, at most 1" in preview(candidate(), orders(), 1.0, taker).verdict
        )


async def test_a_contract_nobody_shows_is_denied(tmp_path: Path) -> None:
    """The reason is that of the surroundings."""

    class Blind(Quiet):
        def view(self, intent: Intent, desk: Desk) -> Any:
            raise OrderDenied(f"no chain has {intent.legs[0].key} of {desk.account}")

    async with opened(tmp_path, ShopVenue(), around=Blind()) as taker:
        assert preview(candidate(), orders(), 1.0, taker).verdict.startswith("no chain has us SPXW")


async def test_entry_target_and_stop_are_placed(tmp_path: Path) -> None:
    """The entry fills, and the others work under it."""
    venue = ShopVenue()
    async with opened(tmp_path, venue) as taker:
        placed = await place(orders(), taker, 5.0)
        assert (placed.entry.state, placed.entry.filled) == (State.FILLED, 2)
        assert [one.intent.parent_id for one in placed.orders[1:]] == [venue.placed[0]] * 2
        assert placed.notes == ()
        assert len(venue.placed) == 3
        assert taker.positions() == {candidate().row.key: 2}
        assert set(taker.orders()) == set(venue.placed)
        assert (taker.account, taker.is_paper) == ("DU1", True)


async def test_a_denied_entry_places_nothing(tmp_path: Path) -> None:
    """Not even what would wait for it."""
    venue = ShopVenue()
    async with opened(tmp_path, venue, replace(Limits.none(), order_contracts=1)) as taker:
        placed = await place(orders(), taker, 5.0)
        assert [one.state for one in placed.orders] == [State.DENIED]
        assert venue.placed == []


async def test_an_entry_that_does_not_fill_is_told_of(tmp_path: Path) -> None:
    """It works on, with its way out behind it."""
    async with opened(tmp_path, ShopVenue(fills_at_once=1)) as taker:
        placed = await place(orders(), taker, 0.2)
        assert placed.notes == ("the entry is partially_filled and has filled 1 so far",)


async def test_a_refused_way_out_is_sent_by_itself(tmp_path: Path) -> None:
    """Once there is something to sell, for as much as there is."""
    venue = ShopVenue(rejects_children=True)
    async with opened(tmp_path, venue) as taker:
        placed = await place(orders(), taker, 5.0)
        again = venue.intents[3:]
        assert [one.parent_id for one in again] == [None, None]
        assert len({one.oca_group for one in again} - {None}) == 1
        assert [(one.side, one.terms.quantity) for one in again] == [(Side.SELL, 2)] * 2
        assert len({one.client_order_id for one in venue.intents}) == 5
        assert [one.state for one in placed.orders[3:]] != [State.REJECTED] * 2
        assert len(placed.notes) == 2


async def test_an_entry_without_a_way_out_is_cancelled(tmp_path: Path) -> None:
    """What has not filled and cannot be protected is taken back."""
    venue = ShopVenue(rejects_children=True, fills_at_once=0)
    async with opened(tmp_path, venue) as taker:
        placed = await place(orders(), taker, 0.2)
        assert placed.notes[0].startswith("entry cancelled: its way out was refused")
        assert placed.entry.state in {State.CANCEL_PENDING, State.CANCELLED}


async def test_trades_are_counted_by_the_day(tmp_path: Path) -> None:
    """Entries alone, of that day in the market, refused ones left out."""
    earlier = [orders().entry, orders(now=NOW + 7).entry, orders(now=NOW - DAY).entry]
    limits = replace(Limits.none(), order_contracts=2)
    refused = orders(quantity=9, now=NOW + 9).entry
    async with opened(tmp_path, ShopVenue(), limits, earlier=[*earlier, refused]) as taker:
        assert trades_on(taker.orders(), NOW + 60 * 10**9, Market.US) == 2
        assert trades_on(taker.orders(), NOW - DAY, Market.US) == 1
        assert trades_on(taker.orders(), NOW + DAY, Market.US) == 0
