"""The 0DTE trader as a strategy: tells of the best candidate, and buys it where it may."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from voldesk.analytics.iv_rank import IvPast
from voldesk.model.errors import ConfigError, OrderDenied
from voldesk.model.sessions import NS_PER_SECOND, local_date
from voldesk.strategies.base import Decision, Notice, Update
from voldesk.strategies.zero_dte.bracket import NAME, bracket
from voldesk.strategies.zero_dte.scanner import Candidate, scan
from voldesk.strategies.zero_dte.settings import ScanSettings

if TYPE_CHECKING:
    from datetime import date

_NO_PASTS: Final[Mapping[str, IvPast]] = MappingProxyType({})


class ZeroDte:
    """
    Scans each chain every so often. Fills ``Strategy``.

    It tells of a candidate once, when it becomes the best one. Where it may buy, it buys the best
    one with its target and stop while nothing is held or working under the underlying, and so
    many times a day at most.

    Args:
        settings: What it looks for, and how it buys.
        pasts: What is known of earlier days, by underlying.
        every_secs: Between two scans of one chain.
        trades_per_day: Most entries of a day, all underlyings together; 0 only tells.

    Raises:
        ConfigError: A setting is not possible.
    """

    def __init__(
        self,
        settings: ScanSettings,
        pasts: Mapping[str, IvPast] = _NO_PASTS,
        *,
        every_secs: float = 60.0,
        trades_per_day: int = 0,
    ) -> None:
        settings.require_valid()
        if not every_secs >= 0.0:
            raise ConfigError(f"0DTE scan every {every_secs} s, it must be 0 or more")
        self.name = NAME
        self._settings, self._pasts = settings, pasts
        self._every_ns = round(every_secs * NS_PER_SECOND)
        self._most_trades = trades_per_day
        self._looked_at: dict[str, int] = {}
        self._told: dict[str, str] = {}
        self._day: date | None = None
        self._trade_count = 0

    def on_update(self, update: Update) -> list[Decision]:
        """Scan, where it is time; tell of the best candidate, and buy it where it may."""
        last = self._looked_at.get(update.underlying)
        if last is not None and 0 <= update.now - last < self._every_ns:
            return []
        self._looked_at[update.underlying] = update.now
        past = self._pasts.get(update.underlying, IvPast())
        best = next(iter(scan(update, past, self._settings).passing), None)
        if best is None:
            self._told.pop(update.underlying, None)
            return []
        return [*self._tell(update, best), *self._buy(update, best)]

    def _tell(self, update: Update, best: Candidate) -> list[Decision]:
        if self._told.get(update.underlying) == best.row.key:
            return []
        self._told[update.underlying] = best.row.key
        figures = {"score": best.score.total, "score_least": best.score.least, **best.score.terms}
        return [
            Notice(
                strategy=self.name,
                underlying=update.underlying,
                text=f"{best.label} scores {best.score.least:.1f}",
                ts=update.now,
                figures=figures,
            )
        ]

    def _buy(self, update: Update, best: Candidate) -> list[Decision]:
        today = local_date(update.now, update.table.market)
        if today != self._day:
            self._day, self._trade_count = today, 0
        if update.positions or update.working or self._trade_count >= self._most_trades:
            return []
        try:
            orders = bracket(
                best,
                self._settings.contracts,
                self._settings,
                account=update.account,
                now=update.now,
            )
        except OrderDenied:  # no price to buy at: the next scan may have one
            return []
        self._trade_count += 1
        return list(orders.intents)
