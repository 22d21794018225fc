"""Chains of a watchlist, looked at together, and what they offer."""

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from voldesk.analytics.iv_rank import IvPast
from voldesk.app.feeds import Feeds
from voldesk.app.strategy_view import update_of
from voldesk.bus.local import LocalBus
from voldesk.model.errors import ConfigError, VenueUnavailable
from voldesk.model.sessions import local_date
from voldesk.pipeline.pump import Pump
from voldesk.strategies.base import Update
from voldesk.strategies.fronts import front_of
from voldesk.strategies.zero_dte.history import IvHistory
from voldesk.strategies.zero_dte.scanner import Scan, scan, unseen
from voldesk.strategies.zero_dte.settings import ScanSettings

if TYPE_CHECKING:
    from voldesk.analytics.summary import Summary

_LOOK_SECS: Final = 0.1
_STILL_SECS: Final = 1.0
_PATIENCE_SECS: Final = 3.0
_NOT_OPENED: Final = "not opened yet"  # as the pump calls a feed that is being opened


@dataclass(frozen=True, slots=True)
class Round:
    """
    One look at every underlying of a watchlist.

    Attributes:
        scans: In the order of the watchlist.
    """

    scans: tuple[Scan, ...]


OnDone = Callable[[str], None]
"""Called with the name of an underlying when it has been looked at."""


class Watchlist:
    """
    Looks at the chains of a process.

    Args:
        pump: Running, or about to.
        bus: Where it publishes.
        feeds: What streams into it.
        symbols: The underlyings.
        settings: Valid.
        history: The ivs that were kept, None for none.
    """

    def __init__(
        self,
        pump: Pump,
        bus: LocalBus,
        feeds: Feeds,
        symbols: Sequence[str],
        settings: ScanSettings,
        history: IvHistory | None,
    ) -> None:
        self.pump, self.bus, self.feeds = pump, bus, feeds
        self._symbols = tuple(symbols)
        self._settings, self._history = settings, history
        self._summaries: dict[str, tuple[int, Summary]] = {}
        self._heads: dict[str, tuple[int, str, int]] = {}  # layout, feed, ts of the newest update
        bus.on("chain/*", self._hear, name="scan")

    async def look(self, on_done: OnDone | None = None) -> Round:
        """
        Look at every chain, each as soon as it has figures, all within the deadline.

        Raises:
            ConfigError: The feed has no such underlying.
            VenueUnavailable: Every feed has given up.
            StorageError: The kept ivs cannot be read.
        """
        deadline = asyncio.get_running_loop().time() + self._settings.deadline_secs
        if self.feeds.is_replay:  # it waits for the compiled kernels, and has an end
            deadline = math.inf

        async def one(symbol: str) -> Scan:
            found = await self._look_at(symbol, deadline)
            if on_done is not None:
                on_done(symbol)
            return found

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(name), name=f"scan {name}") for name in self._symbols]
        return Round(tuple(task.result() for task in tasks))

    def update(self, symbol: str, account: str = "") -> Update:
        """
        Return a chain as it stands; valid on this turn of the loop.

        Raises:
            KeyError: It has not ticked.
        """
        layout, _, now = self._heads[symbol]
        kept = self._summaries.get(symbol)
        summary = kept[1] if kept is not None and kept[0] == layout else None
        return update_of(self.pump, symbol, now=now, account=account, summary=summary)

    async def _look_at(self, symbol: str, deadline: float) -> Scan:
        reason = await self._wait(symbol, deadline)
        if reason:
            return unseen(symbol, reason)
        update = self.update(symbol)
        past = IvPast()
        front = front_of(update)
        if self._history is not None and front is not None:
            today = local_date(update.now, update.table.market)
            feed = self._heads[symbol][1]
            past = await asyncio.to_thread(
                self._history.past,
                feed,
                symbol,
                today,
                front.secs_to_settle,
                self._settings.history_days,
            )
            update = self.update(symbol)  # the chain has gone on meanwhile
        return scan(update, past, self._settings)

    async def _wait(self, symbol: str, deadline: float) -> str:
        """
        Wait until a chain has figures; return why it has none, "" where it has.

        It has when the first series has an iv at the money, or has had quotes for a while and
        gets none, and no more rows get ivs: a feed with few lines fills a chain bit by bit.
        """
        loop = asyncio.get_running_loop()
        count, changed_at, quoted_at = 0, loop.time(), math.inf
        while True:
            self._require_listed(symbol)
            found, has_money = self._filling(symbol)
            now = loop.time()
            if found != count:
                count, changed_at = found, now
                quoted_at = min(quoted_at, now)
            is_enough = has_money or now - quoted_at >= _PATIENCE_SECS
            if is_enough and now - changed_at >= _STILL_SECS:
                return ""
            if now >= deadline or self._has_ended(symbol):
                is_over = now >= deadline
                why = f"within {self._settings.deadline_secs:g} s" if is_over else "before its end"
                return "" if count else f"no figures {why}"
            await asyncio.sleep(_LOOK_SECS)

    def _filling(self, symbol: str) -> tuple[int, bool]:
        """Return how many ivs the first series has, and whether it has one at the money."""
        if symbol not in self._heads:
            return 0, False
        update = self.update(symbol)
        front = front_of(update)
        if front is None:  # nothing will ever come of it
            return 0, True
        iv = update.table.rows.iv[update.table.slice(front.series)]
        summary = update.summary
        has_money = summary is not None and math.isfinite(summary.series[front.series].atm_iv)
        return int(np.isfinite(iv).sum()), has_money

    def _require_listed(self, symbol: str) -> None:
        known = self.pump.underlyings
        if known and symbol not in known:
            raise ConfigError(f"no underlying {symbol!r}; there are {', '.join(known)}")

    def _has_ended(self, symbol: str) -> bool:
        """
        Say whether nothing more will tick, as after a recording, and there is something to see.

        Raises:
            VenueUnavailable: Every feed has given up, and there is not.
        """
        reasons = [one["reason"] for one in self.pump.health()["feeds"] if one["is_down"]]
        if len(reasons) < len(self.pump.feeds) or _NOT_OPENED in reasons:
            return False
        if symbol not in self._heads:
            raise VenueUnavailable(reasons[-1])
        return True

    def _hear(self, _topic: str, update: Any) -> None:  # noqa: ANN401  # the topic's own type
        self._heads[update.underlying] = (update.layout, update.feed, update.ts_flush)
        if update.summary is not None:
            self._summaries[update.underlying] = (update.layout, update.summary)
