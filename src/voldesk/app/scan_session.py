"""A sitting with ``voldesk scan``: rounds on a schedule, a question, and what is bought."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from voldesk.app import logs
from voldesk.app.logs import LogLevel
from voldesk.app.render.candidates import placed_lines, preview_lines, scan_lines
from voldesk.app.running import run
from voldesk.app.scan_document import scan_document
from voldesk.app.scan_orders import OrderTaker, Placed, place, preview, trades_on
from voldesk.app.scan_questions import choose, confirm
from voldesk.app.scan_watchlist import Round, Watchlist
from voldesk.app.scanning import open_watchlist
from voldesk.app.schedule import Schedule, parse_schedule
from voldesk.app.stdout import write_data, write_text
from voldesk.model.clock import Clock, SystemClock
from voldesk.model.errors import ConfigError, OrderDenied
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.strategies.zero_dte.bracket import bracket
from voldesk.strategies.zero_dte.scanner import Candidate, ranked

if TYPE_CHECKING:
    from voldesk.app.settings import Loaded

_T = TypeVar("_T")

OpenTaker = Callable[["Loaded", Watchlist, str], AbstractAsyncContextManager[OrderTaker]]
"""Opens where orders go: settings, the chains they are judged by, the name of a broker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """
    What the operator asked for.

    Attributes:
        symbols: Looked at; empty for the watchlist of the settings.
        broker: Where orders go; None only looks.
        is_yes: Buy the best without asking; on paper alone.
        is_json: One JSON object per round; nothing is asked.
        is_once: One round, whatever the settings say of a schedule.
        has_misses: Show what does not pass as well, and why.
    """

    symbols: tuple[str, ...] = ()
    broker: str | None = None
    is_yes: bool = False
    is_json: bool = False
    is_once: bool = False
    has_misses: bool = False


def sit(loaded: "Loaded", asked: Sitting, open_taker: OpenTaker) -> None:
    """
    Scan, show, ask and buy, as often as the schedule says, until stopped.

    Args:
        loaded: Settings.
        asked: See `Sitting`.
        open_taker: Opens the broker.

    Raises:
        ConfigError: Something asked for is not possible.
        VenueUnavailable: The feed or the broker does not answer.
        StorageError: What is kept cannot be read or written.
    """
    settings = loaded.settings.scan
    settings.require_valid()
    symbols = tuple(dict.fromkeys(asked.symbols or settings.watchlist))
    if not symbols:
        raise ConfigError("there is nothing to scan: name underlyings, or set scan.watchlist")
    if asked.is_yes and asked.broker is None:
        raise ConfigError("--yes buys, and needs a --broker")
    schedule = None
    if settings.schedule is not None and not asked.is_once:
        schedule = parse_schedule(settings.schedule, settings.schedule_zone)
    # What a feed lacks stands in the page.
    logs.configure(replace(loaded.settings.log, level=LogLevel.ERROR))

    async def main(stop: asyncio.Event) -> None:
        async with AsyncExitStack() as stack:
            watchlist = await stack.enter_async_context(open_watchlist(loaded, symbols))
            taker = None
            if asked.broker is not None:
                opening = open_taker(loaded, watchlist, asked.broker)
                taker = await stack.enter_async_context(opening)
                _require_paper(asked, taker)
            session = _Session(loaded, asked, watchlist, taker, stop)
            await session.run(symbols, schedule, SystemClock())

    run(main)


def _require_paper(asked: Sitting, taker: OrderTaker) -> None:
    if asked.is_yes and not taker.is_paper:
        raise ConfigError(f"--yes trades on paper alone, and {asked.broker} is no paper account")


class _Session:
    """The rounds of one sitting."""

    def __init__(
        self,
        loaded: "Loaded",
        asked: Sitting,
        watchlist: Watchlist,
        taker: OrderTaker | None,
        stop: asyncio.Event,
    ) -> None:
        self._settings = loaded.settings.scan
        self._most_trades = loaded.settings.trading.max_trades_per_day
        self._asked, self._watchlist, self._taker, self._stop = asked, watchlist, taker, stop
        self._talk = Console(stderr=True, highlight=False)
        self._page = Console(highlight=False, soft_wrap=True)

    async def run(self, symbols: Sequence[str], schedule: Schedule | None, clock: Clock) -> None:
        """Scan at once, then whenever the schedule says."""
        while True:
            await self._round(symbols)
            if schedule is None or self._stop.is_set():
                return
            wait_secs = (schedule.after(clock.now()) - clock.now()) / NS_PER_SECOND
            if await self._is_over(wait_secs):
                return

    async def _round(self, symbols: Sequence[str]) -> None:
        found = await self._look(symbols)
        pool = [one for scan in found.scans for one in scan.candidates]
        best = [one for one in ranked(pool) if one.is_passing or self._asked.has_misses]
        shown = best[: self._settings.most_shown]
        if self._asked.is_json:
            placed = await self._buy(shown)
            write_data(msgspec.json.encode(scan_document(found.scans, shown, placed)) + b"\n")
            return
        lines = scan_lines(found.scans, shown, self._page.width, has_misses=self._asked.has_misses)
        with self._page.capture() as captured:  # a broken pipe is ours to answer
            for line in lines:
                self._page.print(line)
        write_text(captured.get())
        await self._buy(shown)

    async def _look(self, symbols: Sequence[str]) -> Round:
        """Look at every chain, with a bar where there is a terminal to show it."""
        if not self._talk.is_terminal or self._asked.is_json:
            return await self._watchlist.look()
        columns = (
            TextColumn("scanning"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
        )
        with Progress(*columns, console=self._talk, transient=True) as progress:
            bar = progress.add_task("", total=len(symbols))

            def tell(symbol: str) -> None:
                progress.update(bar, advance=1, description=symbol)

            return await self._watchlist.look(tell)

    async def _buy(self, shown: Sequence[Candidate]) -> list[Placed]:
        """Ask what is to be bought, or take the best, and place it."""
        taker, passing = self._taker, [one for one in shown if one.is_passing]
        if taker is None or not passing or (self._asked.is_json and not self._asked.is_yes):
            return []
        if self._trades_left(passing[0], taker) <= 0:
            self._talk.print(f"no more trades today: the limit is {self._most_trades}")
            return []
        if self._asked.is_yes:
            return await self._place(passing[0], self._settings.contracts, taker)
        chosen = await self._ask(lambda: choose(passing, self._settings.contracts, self._talk))
        if chosen is None:
            return []
        return await self._place(*chosen, taker)

    async def _place(self, candidate: Candidate, quantity: int, taker: OrderTaker) -> list[Placed]:
        update = self._watchlist.update(candidate.underlying, taker.account)
        row = update.find(candidate.row.key)
        if row is None:
            self._talk.print(f"{candidate.label} is not listed any more")
            return []
        now = replace(candidate, row=row)  # as it stands: a question may have taken minutes
        try:
            orders = bracket(now, quantity, self._settings, account=taker.account, now=update.now)
        except OrderDenied as exc:
            self._talk.print(str(exc), style="bold red")
            return []
        found = preview(now, orders, update.multiplier, taker)
        if not self._asked.is_json:
            for line in preview_lines(found, taker.account, self._asked.broker or ""):
                self._talk.print(line)
        if not self._asked.is_yes and (
            found.verdict or not await self._ask(lambda: confirm(self._talk))
        ):
            return []
        placed = await place(orders, taker, self._settings.fill_secs)
        if not self._asked.is_json:
            update = self._watchlist.update(candidate.underlying, taker.account)
            at = update.find(row.key) or row  # as it stands now: a fill takes seconds
            for line in placed_lines(placed, taker.positions(), at, update.multiplier):
                self._talk.print(line)
        return [placed]

    async def _ask(self, question: Callable[[], _T]) -> _T | None:
        """Ask in a thread that never keeps the process alive; None where it is to end."""
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[_T] = loop.create_future()

        def tell(answer: _T) -> None:
            if not answered.done():
                answered.set_result(answer)

        def work() -> None:
            answer = question()
            with suppress(RuntimeError):  # the loop has gone, and nobody waits
                loop.call_soon_threadsafe(tell, answer)

        threading.Thread(target=work, name="voldesk-question", daemon=True).start()
        stopping = asyncio.create_task(self._stop.wait(), name="stop of a question")
        ends: set[asyncio.Future[Any]] = {answered, stopping}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        return answered.result() if answered.done() else None

    def _trades_left(self, candidate: Candidate, taker: OrderTaker) -> float:
        """Return how many may still be bought today, by the calendar of the candidate's market."""
        update = self._watchlist.update(candidate.underlying)
        return self._most_trades - trades_on(taker.orders(), update.now, update.table.market)

    async def _is_over(self, secs: float) -> bool:
        try:
            async with asyncio.timeout(max(secs, 0.0)):
                await self._stop.wait()
        except TimeoutError:
            return False
        return True
