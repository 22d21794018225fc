"""
Paper: the Broker port filled by a venue of our own on live quotes.

What it tells is durable before it is told, in a log of its own: a process that is killed finds
its orders, positions and money again. Requests that had not arrived by then never did, as on any
line. Stops, trails, brackets and orders on close are held by this process, so they do nothing
while it does not run; they say so when they are accepted, and in every snapshot.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import msgspec
import structlog

from voldesk.model.clock import Clock
from voldesk.model.errors import ConfigError, StorageError, VenueUnavailable
from voldesk.model.events import Line, LineChanged, Margin, Snapshot, Told
from voldesk.model.orders import Intent
from voldesk.model.sessions import NS_PER_DAY, NS_PER_SECOND
from voldesk.store.journal_log import JournalLog
from voldesk.trading.marks import Marks
from voldesk.trading.paper.account import AccountValues, values_of
from voldesk.trading.paper.book import Book
from voldesk.trading.paper.costs import Costs
from voldesk.trading.paper.outbox import Outbox, is_due
from voldesk.trading.paper.records import Executed, Record, charges_of, decoded, told_of
from voldesk.trading.paper.scribe import Scribe
from voldesk.trading.paper.settings import PaperSettings
from voldesk.trading.paper.venue import PaperVenue

LOG_NAME = "paper.log"
LOOK_SECS = 1.0
MOST_ON_THEIR_WAY = 10_000
_NS_PER_MS = 1_000_000

log = structlog.get_logger(__name__)


class _Running(NamedTuple):
    """The venue, and who writes down what it does."""

    venue: PaperVenue
    scribe: Scribe


class PaperBroker:
    """
    One paper account.

    Args:
        marks: The market it trades in.
        clock: Tells latency, expiry and the ends of sessions.
        settings: How it behaves.
        folder: Where its log lies, alone.
    """

    name = "paper"
    is_paper = True

    def __init__(self, marks: Marks, clock: Clock, settings: PaperSettings, folder: Path) -> None:
        self._marks, self._clock, self._settings, self._folder = marks, clock, settings, folder
        self._on_their_way: deque[tuple[int, Callable[[int], object]]] = deque()
        self._submit_ns = round(settings.submit_latency_ms * _NS_PER_MS)
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._fault = "it is not open"
        self._outbox = self._new_outbox()
        self._running: _Running | None = None

    @property
    def accounts(self) -> tuple[str, ...]:
        """Return the one account."""
        return (self._settings.account,)

    @property
    def unsettled(self) -> frozenset[str]:
        """Return keys of positions past their settlement whose price was not seen: `settle`."""
        return frozenset(self._now_running().venue.unsettled)

    async def open(self) -> None:
        """
        Read the account back, or begin it.

        Raises:
            StorageError: Its log cannot be read or written.
            ConfigError: Another process has it, or it is another account's.
        """
        self._outbox = self._new_outbox()
        journal = await self._opened()
        try:
            await self._restore(journal)
        except BaseException:
            journal.close()
            raise
        self._fault = ""
        self._tasks = [
            asyncio.create_task(self._keep_writing(journal), name="paper writes"),
            asyncio.create_task(self._keep_time(), name="paper keeps time"),
        ]
        for task in self._tasks:
            task.add_done_callback(self._ended)

    async def _opened(self) -> JournalLog:
        """Open the log in a thread; where that is cancelled meanwhile, close it again."""
        opening = asyncio.create_task(
            asyncio.to_thread(JournalLog.open, self._folder / LOG_NAME), name="paper opens"
        )
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            await asyncio.wait([opening])
            if opening.exception() is None:
                opening.result().close()
            raise

    async def told(self) -> AsyncIterator[Told]:
        """Yield what the venue says, in order, until closed."""
        async for told in self._outbox.told():
            yield told

    async def snapshot(self, account: str) -> Snapshot:
        """
        Return orders, executions and positions as they are on the disk.

        Raises:
            VenueUnavailable: It is not open, or its disk refuses.
        """
        self._check(account)
        self._advance()
        venue, scribe = self._now_running()
        snapshot = venue.snapshot(self._clock.now())
        await scribe.wait_for(scribe.taken)
        return snapshot

    async def place(self, intent: Intent) -> None:
        """
        Send an order.

        Raises:
            VenueUnavailable: It is not open, or too far behind; nothing was sent.
        """
        self._check(intent.account)
        self._send(lambda now: self._now_running().venue.place(intent, now))

    async def modify(self, intent: Intent) -> None:
        """Send new terms; raises as ``place``."""
        self._check(intent.account)
        self._send(lambda now: self._now_running().venue.modify(intent, now))

    async def cancel(self, client_order_id: str) -> None:
        """Ask to cancel one order; raises as ``place``."""
        self._check(self._settings.account)
        self._send(lambda now: self._now_running().venue.cancel(client_order_id, now))

    async def cancel_all(self, account: str) -> None:
        """Ask to cancel every order; raises as ``place``."""
        self._check(account)
        self._send(self._now_running().venue.cancel_all)

    async def what_if(self, intent: Intent) -> Margin | None:
        """Return what an order would bind, None where a price is not known."""
        self._check(intent.account)
        return self._now_running().venue.what_if(intent, self._clock.now())

    async def close(self) -> None:
        """Stop; what was said is durable, what was on its way is lost."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)  # `_ended` has told of failures
        self._tasks = []
        self._fault = self._fault or "it is closed"
        self._on_their_way.clear()
        self._outbox.close()
        if self._running is not None:
            scribe, self._running = self._running.scribe, None
            try:
                await asyncio.to_thread(scribe.close)
            except StorageError as exc:
                log.error("paper_venue_not_written", why=str(exc))  # noqa: TRY400  # no bug of ours

    def quotes_changed(self, underlying: str) -> None:
        """Let orders and positions of an underlying see its quotes; call it on the loop."""
        if not self._fault:
            self._advance()
            self._now_running().venue.look(self._clock.now(), underlying)

    def settle(self, key: str, spot: Decimal) -> None:
        """
        Settle a position whose price was not seen, at what somebody knows it was.

        Raises:
            ValueError: It is not held, or not due.
            VenueUnavailable: The account is not open.
        """
        self._check(self._settings.account)
        self._now_running().venue.settle(key, spot, self._clock.now())

    def values(self, currency: str) -> AccountValues:
        """
        Return the account's money in one currency, marked now.

        Raises:
            VenueUnavailable: It is not open.
        """
        return values_of(self._now_running().venue.book, self._marks, currency)

    async def _restore(self, journal: JournalLog) -> None:
        if journal.reason:
            raise StorageError(f"{journal.path} cannot be continued: {journal.reason}")
        records, book, costs = await asyncio.to_thread(_read, journal, self._settings.kept)
        if book.account and book.account != self._settings.account:
            raise ConfigError(
                f"{journal.path} is of account {book.account}, not of {self._settings.account}"
            )
        scribe = Scribe(journal, self._tell)
        venue = PaperVenue(book, costs, self._marks, self._settings, scribe.take)
        self._running = _Running(venue, scribe)
        now = self._clock.now()
        venue.begin(now)
        # A fill may have been heard of and its cost not, when the process ended in between.
        for record in records:
            if isinstance(record, Executed) and now - record.at <= NS_PER_DAY:
                self._outbox.put(charges_of(record))

    def _new_outbox(self) -> Outbox:
        one = self._settings
        return Outbox(self._clock, round(one.answer_latency_ms * _NS_PER_MS), one.most_told)

    def _now_running(self) -> _Running:
        if self._running is None:
            raise VenueUnavailable(f"paper account {self._settings.account}: {self._fault}")
        return self._running

    def _check(self, account: str) -> None:
        if account != self._settings.account:
            raise VenueUnavailable(f"paper has no account {account!r}, but {self.accounts[0]!r}")
        if self._fault:
            raise VenueUnavailable(f"paper account {account}: {self._fault}")

    def _send(self, request: Callable[[int], object]) -> None:
        if len(self._on_their_way) >= MOST_ON_THEIR_WAY or self._now_running().scribe.is_behind:
            raise VenueUnavailable("the paper venue is too far behind")
        self._on_their_way.append((self._clock.now() + self._submit_ns, request))
        self._wake.set()
        self._advance()

    def _advance(self) -> None:
        """Let arrive what is due."""
        now = self._clock.now()
        while self._on_their_way and is_due(self._on_their_way[0][0], now, self._submit_ns):
            _, request = self._on_their_way.popleft()
            request(now)

    async def _keep_writing(self, journal: JournalLog) -> None:
        """
        Write down what happens; where the disk refuses, go back to what it has and try again.

        Nothing was told of what is lost, so nobody has to take anything back.
        """
        while True:
            try:
                await self._now_running().scribe.run()
            except StorageError as exc:
                self._break(str(exc))
            if journal.reason:
                return  # nobody knows what the disk has: another process has to look
            await asyncio.sleep(LOOK_SECS)
            await self._restore(journal)
            self._fault = ""
            reason = "the paper account is read back"
            self._outbox.put([LineChanged(line=Line.RESET, reason=reason, at=self._clock.now())])

    async def _keep_time(self) -> None:
        """Let requests arrive, and orders and positions see the time, when no quotes do."""
        loop = asyncio.get_running_loop()
        next_look = loop.time()
        while True:
            secs = max(next_look - loop.time(), 0.0)
            if self._on_their_way:
                until = (self._on_their_way[0][0] - self._clock.now()) / NS_PER_SECOND
                secs = min(secs, max(until, 0.001))
            try:
                async with asyncio.timeout(secs):
                    await self._wake.wait()
            except TimeoutError:
                pass  # something may be due
            self._wake.clear()
            self._advance()
            if loop.time() >= next_look:
                next_look = loop.time() + LOOK_SECS
                if not self._fault:
                    self._now_running().venue.look(self._clock.now())

    def _tell(self, records: Sequence[Record]) -> None:
        for record in records:
            self._outbox.put(told_of(record))

    def _break(self, reason: str) -> None:
        """Take nothing more: what is believed here may not be on the disk."""
        self._fault = reason
        self._on_their_way.clear()
        log.error("paper_venue_down", why=reason)
        self._outbox.put([LineChanged(line=Line.DOWN, reason=reason, at=self._clock.now())])

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            self._break(f"{task.get_name()} no more: {task.exception()!r}")


def _read(journal: JournalLog, kept: int) -> tuple[list[Record], Book, Costs]:
    """
    Return what a log holds, and what it adds up to.

    Raises:
        StorageError: A record is whole and means nothing to this version.
    """
    records: list[Record] = []
    for number, line in journal.records():
        try:
            records.append(decoded(line))
        except (msgspec.DecodeError, KeyError, ValueError) as exc:
            raise StorageError(
                f"record {number} of {journal.path} cannot be read by this version: {exc}"
            ) from exc
    book = Book.of(records, kept)
    return records, book, Costs.of(records, book.live)
