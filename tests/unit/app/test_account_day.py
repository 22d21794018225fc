"""The account against the start of its day."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from math import isnan, nan
from pathlib import Path
from typing import Any

import pytest
from desk_room import a_room
from gateway_world import until
from hand_desk import CALL, PUT, HandMarks, a_mark
from orders import an_intent
from venue import MemoryVenue

from voldesk.app.account_day import FILE_NAME, AccountDay
from voldesk.model.clock import ManualClock
from voldesk.model.enums import Market
from voldesk.model.orders import Leg
from voldesk.trading.carry import Carry
from voldesk.trading.day import DayMoney, read_day
from voldesk.trading.desk import Desk
from voldesk.trading.portfolio import PortfolioSettings

NOON = 1_768_582_800_000_000_000  # 2026-01-16, noon in New York
DAY = 86_400_000_000_000


class Market_(HandMarks):  # noqa: N801  # the word is taken
    """Marks and carries as a test sets them."""

    def carry(self, key: str) -> Carry | None:
        """Return one of every option that is shown."""
        return Carry(forward=198.0, discount=1.0, years=0.1) if key in self.by_key else None


class Account:
    """An account, its market and its desk in the hand of a test."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk = desk
        self.market = Market_(a_mark(CALL), a_mark(PUT))
        self.equity = 1_000.0
        self.clock = ManualClock(NOON)
        self.path = folder / FILE_NAME
        money = DayMoney(lambda: self.equity, self.clock, Market.US)
        self.day = AccountDay(self.market, money, PortfolioSettings(), self.clock, self.path)

    def standing(self) -> Any:
        return self.day.standing(self.desk, self.clock.now())

    def move(self, **changes: Any) -> None:
        """Have the call stand otherwise."""
        self.market.by_key[CALL] = replace(self.market.by_key[CALL], **changes)


@asynccontextmanager
async def an_account(folder: Path, **held: int) -> AsyncIterator[Account]:
    keys = {"call": CALL, "put": PUT, "gone": "us AMZN 20251219 000000200000000 C"}
    venue = MemoryVenue(positions={keys[name]: count for name, count in held.items()})
    async with a_room(folder, venue) as room:
        await room.opens()
        yield Account(room.inner, folder)


async def test_the_day_is_told_from_its_first_equity(tmp_path: Path) -> None:
    """Profit against the first, and the highest since; a new date begins anew."""
    async with an_account(tmp_path, call=2) as account:
        first = account.standing()
        account.equity = 1_100.0
        account.standing()
        account.equity = 1_050.0
        later = account.standing()
        account.clock.advance(DAY)
        tomorrow = account.standing()
    assert (first.day_pnl, first.equity_peak, first.currency) == (0.0, 1_000.0, "USD")
    assert (later.day_pnl, later.equity_peak, later.equity) == (50.0, 1_100.0, 1_050.0)
    assert (tomorrow.day_pnl, tomorrow.equity_peak) == (0.0, 1_050.0)
    assert [row.quantity for row in later.holdings.rows] == [2]


async def test_a_profit_is_explained_from_the_first_quotes_on(tmp_path: Path) -> None:
    """By the Greeks of that moment; what they leave is the rest."""
    async with an_account(tmp_path, call=2) as account:
        account.move(bid=nan)
        assert account.standing().attribution is None
        account.move(bid=1.2)
        assert account.standing().attribution["delta"] == 0.0
        account.move(spot=199.0, bid=1.7, ask=1.75)
        parts = account.standing().attribution
    assert parts["delta"] == pytest.approx(200 * 0.45)
    assert parts["gamma"] == pytest.approx(200 * 0.5 * 0.02)
    assert sum(parts.values()) == pytest.approx(200 * 0.5)


async def test_what_is_traded_meanwhile_is_told_apart(tmp_path: Path) -> None:
    """Against the last mark; trades of before that moment are not counted again."""
    async with a_room(tmp_path) as room:
        await room.opens()
        account = Account(room.inner, tmp_path)
        order = (
            await room.desk.place(an_intent("vd-1", legs=(Leg(CALL),), underlying="AMZN"))
        ).order
        await until(lambda: "vd-1" in room.venue.orders)
        assert account.standing().attribution["trades"] == 0.0
        room.venue.fill("vd-1", 1)
        await until(lambda: order.filled == 1)
        parts = account.standing().attribution
        other = Account(room.inner, tmp_path)
        assert other.standing().attribution["trades"] == 0.0
    assert parts["trades"] == pytest.approx(100 * (1.225 - 1.2))


async def test_what_no_chain_shows_is_not_known(tmp_path: Path) -> None:
    """Nor is where the profit came from."""
    async with an_account(tmp_path, gone=1) as account:
        found = account.standing()
        grid = account.day.scenarios(account.desk, 1, (0.0,), (0.0,), (0.0,))
    assert isnan(found.holdings.total.figures.value)
    assert found.attribution is None
    assert grid.unknown == ("us AMZN 20251219 000000200000000 C",)


async def test_trades_are_those_of_today(tmp_path: Path) -> None:
    """An order that opened a position counts once; tomorrow it does not."""
    async with a_room(tmp_path) as room:
        await room.opens()
        account = Account(room.inner, tmp_path)
        account.clock = ManualClock(0)
        account.day._clock = account.clock
        account.day._money._clock = account.clock
        order = (
            await room.desk.place(an_intent("vd-1", legs=(Leg(CALL),), underlying="AMZN"))
        ).order
        await until(lambda: "vd-1" in room.venue.orders)
        room.venue.fill("vd-1", 1)
        room.venue.fill("vd-1", 1)
        await until(lambda: order.filled == 2)
        assert account.day.trades(room.inner) == 1
        account.clock.advance(2 * DAY)
        assert account.day.trades(room.inner) == 0


async def test_moves_of_the_market_are_a_grid_by_day_vol_and_spot(tmp_path: Path) -> None:
    """Percent, points and days as they were asked for."""
    async with an_account(tmp_path, call=1) as account:
        found = account.day.scenarios(account.desk, 7, (-10.0, 0.0, 10.0), (0.0, 5.0), (0.0,))
    (now,) = found.pnl
    (plain, higher) = now
    assert plain[0] < plain[1] == pytest.approx(0.0, abs=1e-9)
    assert plain[2] > 0
    assert higher[1] > plain[1]
    assert (found.at, found.unknown) == (7, ())


async def test_the_day_is_kept_for_the_next_process(tmp_path: Path) -> None:
    """Written when it changes; a disk that refuses is no reason to stop."""
    async with an_account(tmp_path) as account:
        account.equity = nan
        keeping = asyncio.create_task(account.day.keep())
        await asyncio.sleep(0)
        assert not account.path.exists()
        keeping.cancel()
        account.equity = 1_000.0
        keeping = asyncio.create_task(account.day.keep())
        await until(account.path.is_file)
        day = await asyncio.to_thread(read_day, account.path)
        keeping.cancel()
        assert day is not None
        assert (day.first, day.peak) == (1_000.0, 1_000.0)
        account.day._path = tmp_path / "journal" / "orders.log" / "day.json"
        keeping = asyncio.create_task(account.day.keep())
        await asyncio.sleep(0.02)
        assert not keeping.done()
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
