"""The account against the start of its day: what is held, what it made, what would move it."""

import asyncio
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

import structlog

from voldesk.gateways.order_desk import Grid, Standing
from voldesk.model.clock import Clock
from voldesk.model.errors import StorageError
from voldesk.trading.attribution import NAMES, Moment, attribute
from voldesk.trading.carry import Carries
from voldesk.trading.day import Day, DayMoney, write_day
from voldesk.trading.desk import Desk
from voldesk.trading.ledger import Ledger
from voldesk.trading.marks import Marks
from voldesk.trading.portfolio import Portfolio, PortfolioSettings, valued
from voldesk.trading.positions import executions, positions_of
from voldesk.trading.scenarios import Axes, scenario_grid

FILE_NAME: Final = "day.json"
_KEEP_SECS: Final = 5.0

log = structlog.get_logger(__name__)


class MarketNow(Marks, Carries, Protocol):
    """How contracts stand, and what their prices are made of."""


class AccountDay:
    """
    Shows the account to its owner, and keeps how its day began.

    Where the profit of the day came from is told from the first moment on at which everything
    held then had a quote: what was before that nobody saw.

    Args:
        market: How contracts stand.
        money: The account's equity and its day.
        settings: What sums are made in.
        clock: Tells the time of the market.
        path: Of the file that keeps the day through restarts.
    """

    def __init__(
        self,
        market: MarketNow,
        money: DayMoney,
        settings: PortfolioSettings,
        clock: Clock,
        path: Path,
    ) -> None:
        self._market, self._money, self._settings, self._clock = market, money, settings, clock
        self._portfolio = Portfolio(market, settings)
        self._path = path
        self._before: Moment | None = None
        self._held: dict[str, int] = {}
        self._known: frozenset[str] = frozenset()

    def standing(self, desk: Desk, at: int) -> Standing:
        """Return what is held and what it is worth."""
        day, equity = self._money.look(), self._money.equity()
        return Standing(
            at=at,
            currency=self._settings.currency,
            holdings=self._portfolio.holdings(desk.ledger, self._since(desk.ledger)),
            equity=equity,
            equity_peak=day.peak,
            day_pnl=equity - day.first,
            attribution=self._attribution(desk.ledger),
        )

    def trades(self, desk: Desk) -> float:
        """Return how many orders opened or enlarged a position today."""
        return len(positions_of(desk.ledger, self._since(desk.ledger)).openers)

    def scenarios(
        self,
        desk: Desk,
        at: int,
        spot_pct: tuple[float, ...],
        vol_points: tuple[float, ...],
        days: tuple[float, ...],
    ) -> Grid:
        """Return what moves of the market would do."""
        axes = Axes(
            spot_moves=tuple(one / 100 for one in spot_pct),
            vol_moves=tuple(one / 100 for one in vol_points),
            days=days,
        )
        rows = self._portfolio.holdings(desk.ledger).rows
        found = scenario_grid(rows, self._market, axes, self._settings)
        return Grid(
            at=at,
            currency=self._settings.currency,
            spot_pct=spot_pct,
            vol_points=vol_points,
            days=days,
            pnl=found.total.transpose(2, 1, 0).tolist(),
            unknown=found.unknown,
        )

    async def keep(self) -> None:
        """Write the day down whenever it has changed, until cancelled."""
        kept: Day | None = None
        while True:
            day = self._money.look()
            if day != kept and math.isfinite(day.first):
                try:
                    await asyncio.to_thread(write_day, self._path, day)
                    kept = day
                except StorageError as exc:
                    log.warning("day_not_kept", why=str(exc))
            await asyncio.sleep(_KEEP_SECS)

    def _since(self, ledger: Ledger) -> int:
        """Return the first execution of today, UTC ns, the present where there is none."""
        times = [fill.ts_event for fill in executions(ledger)]
        return min(filter(self._money.is_today, times), default=self._clock.now())

    def _attribution(self, ledger: Ledger) -> Mapping[str, float] | None:
        """Return where the profit came from, None before there is anything to compare with."""
        now = self._clock.now()
        if self._before is None or not self._money.is_today(self._before.at):
            self._begin(ledger, now)
        if self._before is None:
            return None
        fills = [one for one in executions(ledger) if one.execution_id not in self._known]
        keys = {*self._held, *(fill.key for fill in fills)}
        after = Moment.of(now, keys, self._market, self._market)
        parts = attribute(self._before, after, self._held, fills, self._settings).parts
        return {name: float(getattr(parts, name)) for name in NAMES}

    def _begin(self, ledger: Ledger, now: int) -> None:
        """Take the present as the moment to compare with, if all that is held has a quote."""
        held = ledger.positions
        moment = Moment.of(now, held, self._market, self._market)
        marks = [moment.marks.get(key) for key in held]
        if all(mark is not None and math.isfinite(valued(mark).mid) for mark in marks):
            self._before, self._held = moment, held
            self._known = frozenset(fill.execution_id for fill in executions(ledger))
