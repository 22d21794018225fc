"""
What the venue says, and what its silence means.

An order without an answer is UNKNOWN and looked up by its tag; after every break of the line, and
whenever something may have been missed, all that the venue has is compared with all that we know,
until it agrees.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

import structlog

from voldesk.model.errors import InvariantError, StorageError, VenueUnavailable
from voldesk.model.events import Charged, Entry, Filled, Happened, Line, LineChanged
from voldesk.model.lifecycle import State
from voldesk.model.ports.broker import Broker
from voldesk.trading.reconcile import compare
from voldesk.trading.record import Record
from voldesk.trading.settings import DeskSettings

NOT_COMPARED: Final = "the venue has not been compared with yet"

log = structlog.get_logger(__name__)


class VenueLine:
    """
    The line to one venue.

    Attributes:
        differences: Why positions do not match the venue's.
        is_reconciled: Whether the venue's orders, executions and positions were compared since
            the line last broke, and agreed.
        reason: Why it is not, "" while it is.
    """

    def __init__(self, broker: Broker, record: Record, settings: DeskSettings) -> None:
        self.differences: tuple[str, ...] = ()
        self.is_reconciled = False
        self.reason = NOT_COMPARED
        self._broker, self._record, self._settings = broker, record, settings
        self._ledger = record.ledger
        self._lost_at: dict[str, float] = {}
        self._wants_reconcile = asyncio.Event()
        self._is_down = False

    def begin(self) -> None:
        """Count what a process before this one left open as UNKNOWN."""
        self.lose(self.open_tags(), "the process began")

    def compare(self) -> None:
        """Ask for a comparison with the venue."""
        self._wants_reconcile.set()

    async def listen(self) -> None:
        """Take in what the venue tells until the line is closed."""
        async for told in self._broker.told():
            if isinstance(told, LineChanged):
                self._hear_line(told)
            else:
                await self._hear(told)

    async def keep_reconciled(self) -> None:
        """Compare with the venue now and then and when something may be missed, until it agrees."""
        while True:
            with suppress(TimeoutError):  # a venue need not tell of orders that are not ours
                async with asyncio.timeout(self._settings.compare_secs):
                    await self._wants_reconcile.wait()
            self._wants_reconcile.clear()
            if self._is_down:
                continue
            try:
                # Not wait_for, which in Python 3.11 can lose the cancellation that ends us.
                async with asyncio.timeout(self._settings.snapshot_secs):
                    await self._reconcile()
            except (VenueUnavailable, StorageError, TimeoutError) as exc:
                self.reason = str(exc) or "the venue did not answer the comparison in time"
                log.warning("not reconciled", why=self.reason)
                self.is_reconciled = False
            if not self.is_reconciled or self._lost_at:
                asyncio.get_running_loop().call_later(
                    self._settings.retry_secs, self._wants_reconcile.set
                )

    def open_tags(self) -> list[str]:
        """Return our ids of orders that may be filled at the venue."""
        return [order.intent.client_order_id for order in self._ledger.open_orders]

    def lose(self, tags: Iterable[str], reason: str) -> None:
        """Count orders as UNKNOWN."""
        self.is_reconciled, self.reason = False, reason
        for tag in tags:
            self._lost_at.setdefault(tag, _loop_time())
            self._record.lose(tag, reason)

    def expect_answer(self, tag: str) -> None:
        """Count an order as UNKNOWN if the venue says nothing of it in time."""
        asyncio.get_running_loop().call_later(self._settings.answer_secs, self._overdue, tag)

    def _overdue(self, tag: str) -> None:
        waiting = {State.SENT, State.CANCEL_PENDING, State.MODIFY_PENDING}
        if self._ledger.orders[tag].state in waiting:
            self.lose([tag], f"no answer for {self._settings.answer_secs} s")
            self._wants_reconcile.set()

    def _hear_line(self, told: LineChanged) -> None:
        self.is_reconciled, self.reason = False, told.reason or NOT_COMPARED
        self._is_down = told.line is Line.DOWN
        if self._is_down:
            self._wants_reconcile.clear()
            self.lose(self.open_tags(), told.reason)
        else:
            self._wants_reconcile.set()

    async def _hear(self, told: Happened | Filled | Charged) -> None:
        if not self._ledger.is_new(told):
            return
        if isinstance(told, Filled) and told.fill.account != self._settings.account:
            return  # a login may have several accounts
        if isinstance(told, Happened):
            order = self._ledger.find(
                client_order_id=told.client_order_id, venue_order_id=told.venue_order_id
            )
            if order is None:
                self._wants_reconcile.set()  # somebody else's: adopted with all its terms
                return
        await self._believe(told)
        if isinstance(told, Filled) and told.fill in self._ledger.strays:
            self._wants_reconcile.set()

    async def _believe(self, entry: Entry) -> None:
        """Take what the venue says; what cannot be is an alarm, what cannot be written holds."""
        try:
            await self._record.write(entry)
        except InvariantError as exc:
            self._ledger.alarms.append(str(exc))
            log.warning("venue_said_what_cannot_be", why=str(exc))
        except StorageError:
            log.exception("the journal refuses: nothing more is sent")

    async def _reconcile(self) -> None:
        now = _loop_time()
        settled = [
            tag for tag, lost in self._lost_at.items() if now - lost >= self._settings.settle_secs
        ]
        snapshot = await self._broker.snapshot(self._settings.account)
        found = compare(self._ledger, snapshot, missing=settled)
        for entry in found.entries:
            await self._believe(entry)
        self._lost_at = {
            tag: lost
            for tag, lost in self._lost_at.items()
            if self._ledger.orders[tag].state is State.UNKNOWN
        }
        self.differences = found.differences
        self.is_reconciled = not found.differences and not self._lost_at
        self.reason = "; ".join(found.differences)
        if self._lost_at:
            self.reason = f"{len(self._lost_at)} orders without an answer are looked for"


def _loop_time() -> float:
    return asyncio.get_running_loop().time()
