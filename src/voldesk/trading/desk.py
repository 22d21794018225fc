"""
The desk: the only way from a decision to a broker.

An intent passes the gate, is made durable, and only then sent. What became of it is what the
venue says, in whatever order; where it says nothing the order is UNKNOWN until it is found by its
tag. Nothing is ever sent twice.
"""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Protocol

import structlog

from voldesk.model.clock import Clock
from voldesk.model.errors import InvariantError, OrderDenied, StorageError, VenueUnavailable
from voldesk.model.events import (
    Begun,
    Charged,
    Decided,
    Entry,
    Filled,
    Happened,
    Line,
    LineChanged,
    Switched,
)
from voldesk.model.lifecycle import Event, State
from voldesk.model.orders import Intent, Terms
from voldesk.model.ports.broker import Broker
from voldesk.store.journal import Journal
from voldesk.trading.gate import Verdict, judge
from voldesk.trading.ledger import Ledger, OrderRecord
from voldesk.trading.limits import GateState, Limits
from voldesk.trading.reconcile import compare
from voldesk.trading.settings import DeskSettings
from voldesk.trading.throttle import Throttle
from voldesk.trading.views import DeskView

log = structlog.get_logger(__name__)


class Surroundings(Protocol):
    """Shows an order's surroundings to the gate."""

    def view(self, intent: Intent, desk: "Desk") -> DeskView:
        """Return quotes, positions, Greeks and money as they are now."""
        ...


class Desk:
    """
    Orders of one account, from decision to fill.

    Attributes:
        ledger: All that is known of them.
        state: What the gate lets through.
        differences: Why positions do not match the venue's; nothing that adds risk is sent until
            they do.
        is_reconciled: Whether the venue's orders, executions and positions were compared since
            the line last broke, and agreed.
    """

    def __init__(
        self,
        broker: Broker,
        journal: Journal,
        surroundings: Surroundings,
        limits: Limits,
        clock: Clock,
        settings: DeskSettings,
        publish: Callable[[OrderRecord], object] | None = None,
    ) -> None:
        self.ledger = Ledger()
        self.state = GateState.ACTIVE
        self.differences: tuple[str, ...] = ()
        self.is_reconciled = False
        self.limits = limits
        self.throttle = Throttle()
        self._broker, self._journal, self._around = broker, journal, surroundings
        self._clock, self._settings, self._publish = clock, settings, publish
        self._disk = ThreadPoolExecutor(1, "journal")
        self._deciding = asyncio.Lock()
        self._lost_at: dict[str, float] = {}
        self._wants_reconcile = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """
        Read the journal, connect, and compare with the venue.

        Raises:
            StorageError: The journal cannot be read or written.
            VenueUnavailable: The venue does not answer.
            ConfigError: It refuses.
        """
        for entry in self._journal.entries():
            self.ledger.apply(entry)
            if isinstance(entry, Switched):
                self.state = GateState(entry.state)
        one = self._settings
        begun = Begun(
            account=one.account, version=one.version, config=one.config, pid=one.pid, at=self._now()
        )
        await self._record(begun)
        self._lose(self._open_tags(), "the process began")
        await self._broker.open()
        self._tasks = [
            asyncio.create_task(self._listen(), name="desk listens"),
            asyncio.create_task(self._keep_reconciled(), name="desk reconciles"),
        ]
        for task in self._tasks:
            task.add_done_callback(self._ended)
        self._wants_reconcile.set()

    async def close(self) -> None:
        """Stop; orders at the venue stay as they are."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)  # `_ended` has told of failures
        await self._broker.close()
        self._disk.shutdown()
        self._journal.close()

    async def submit(self, intent: Intent) -> OrderRecord:
        """
        Decide on an intent, and send it if the gate lets it through.

        The same intent again gives the same order.

        Returns:
            The order: DENIED with its reason, SENT, or UNKNOWN.

        Raises:
            OrderDenied: The id belongs to another intent.
            StorageError: It could not be made durable; nothing was sent.
        """
        async with self._deciding:
            known = self.ledger.orders.get(intent.client_order_id)
            if known is not None:
                if replace(known.intent, made_at=intent.made_at) != intent:
                    raise OrderDenied(f"{intent.client_order_id} is the id of another order")
                return known
            verdict = judge(intent, self._around.view(intent, self), self.limits)
            order = await self._decide(intent, verdict)
            if order.state is State.JOURNALLED:
                await self._send(order)
            return order

    async def modify(self, client_order_id: str, terms: Terms) -> OrderRecord:
        """
        Ask the venue for new terms.

        Raises:
            OrderDenied: The gate refuses the new terms, or the order cannot be changed now.
            StorageError: The request could not be made durable; nothing was sent.
            VenueUnavailable: There is no line; nothing was sent.
        """
        async with self._deciding:
            order = self._order(client_order_id)
            changed = replace(order.intent, terms=terms)
            verdict = judge(changed, self._around.view(changed, self), self.limits)
            if not verdict.is_allowed:
                raise OrderDenied(verdict.reason)
            asked = self._event(client_order_id, Event.ASK_MODIFY, terms=terms)
            try:
                await self._record(asked)
            except InvariantError as exc:
                raise OrderDenied(str(exc)) from exc
            except StorageError:
                self._apply(self._event(client_order_id, Event.REFUSE_MODIFY))
                raise
            self.throttle.count(self._loop_time())
            await self._broker.modify(changed)
            self._expect_answer(client_order_id)
            return order

    async def cancel(self, client_order_id: str) -> OrderRecord:
        """
        Ask the venue to cancel; always allowed, and sent before it is written down.

        Raises:
            OrderDenied: There is no such order, or it is over.
            VenueUnavailable: There is no line; nothing was sent.
        """
        order = self._order(client_order_id)
        if order.state is State.JOURNALLED:  # it is being sent; the cancel must not overtake it
            async with self._deciding:
                pass
        if order.is_final:
            raise OrderDenied(f"order {client_order_id} is {order.state} already")
        await self._broker.cancel(client_order_id)
        await self._record(self._event(client_order_id, Event.ASK_CANCEL))
        self._expect_answer(client_order_id)
        return order

    async def switch(self, state: GateState, *, by: str, reason: str) -> None:
        """
        Set what the gate lets through; halting cancels everything.

        The gate is shut before anything else is done, whatever the disk or the venue do.

        Raises:
            StorageError: The state could not be made durable; it holds for this process.
            VenueUnavailable: Halted, and the cancels could not be sent.
        """
        self.state = state
        try:
            if state is GateState.HALTED:
                await self._broker.cancel_all(self._settings.account)
        finally:  # with the line down it is halted all the same, and after a restart too
            await self._record(Switched(state=state, by=by, reason=reason, at=self._now()))

    def _order(self, client_order_id: str) -> OrderRecord:
        order = self.ledger.orders.get(client_order_id)
        if order is None:
            raise OrderDenied(f"there is no order {client_order_id!r}")
        return order

    async def _decide(self, intent: Intent, verdict: Verdict) -> OrderRecord:
        entry = Decided(
            intent=intent,
            reason=verdict.reason,
            checks=tuple((check.name, check.value, check.limit) for check in verdict.checks),
            at=self._now(),
        )
        try:
            await self._record(entry)
        except StorageError:
            self.ledger.forget(intent.client_order_id)
            raise
        return self.ledger.orders[intent.client_order_id]

    async def _send(self, order: OrderRecord) -> None:
        """Hand a durable order to the broker, unless a halt came while the disk was writing."""
        tag = order.intent.client_order_id
        if self.state is GateState.HALTED:
            await self._record(self._event(tag, Event.DENY, reason="halted before it was sent"))
            return
        self.throttle.count(self._loop_time())
        try:
            await self._broker.place(order.intent)
        except VenueUnavailable as exc:
            await self._record(self._event(tag, Event.DENY, reason=f"not sent: {exc}"))
            return
        except BaseException:
            self._lose([tag], "sending it was interrupted")
            raise
        # Not written down: a durable intent counts as sent until the venue says it is not.
        if order.state is State.JOURNALLED:  # and no answer was faster
            self._apply(self._event(tag, Event.SEND))
        self._expect_answer(tag)

    async def _listen(self) -> None:
        async for told in self._broker.told():
            if isinstance(told, LineChanged):
                self._hear_line(told)
            else:
                await self._hear(told)

    def _hear_line(self, told: LineChanged) -> None:
        self.is_reconciled = False
        if told.line is Line.DOWN:
            self._wants_reconcile.clear()
            self._lose(self._open_tags(), told.reason)
        else:
            self._wants_reconcile.set()

    async def _hear(self, told: Happened | Filled | Charged) -> None:
        if not self.ledger.is_new(told):
            return
        if isinstance(told, Happened):
            order = self.ledger.find(
                client_order_id=told.client_order_id, venue_order_id=told.venue_order_id
            )
            if order is None:
                self._wants_reconcile.set()  # somebody else's: adopted with all its terms
                return
        await self._believe(told)
        if isinstance(told, Filled) and self.ledger.strays:
            self._wants_reconcile.set()

    async def _believe(self, entry: Entry) -> None:
        """Take what the venue says; what cannot be is an alarm, what cannot be written holds."""
        try:
            await self._record(entry)
        except InvariantError as exc:
            self.ledger.alarms.append(str(exc))
            log.warning("venue_said_what_cannot_be", why=str(exc))
        except StorageError:
            log.exception("the journal refuses: nothing more is sent")

    async def _keep_reconciled(self) -> None:
        """Compare with the venue whenever something may have been missed, until it agrees."""
        while True:
            await self._wants_reconcile.wait()
            self._wants_reconcile.clear()
            try:
                # Not wait_for, which in Python 3.11 can lose the cancellation that ends us.
                async with asyncio.timeout(self._settings.snapshot_secs):
                    await self._reconcile()
            except (VenueUnavailable, StorageError, TimeoutError) as exc:
                log.warning("not reconciled", why=str(exc) or "no answer in time")
                self.is_reconciled = False
            if not self.is_reconciled or self._lost_at:
                asyncio.get_running_loop().call_later(
                    self._settings.retry_secs, self._wants_reconcile.set
                )

    async def _reconcile(self) -> None:
        now = self._loop_time()
        settled = [
            tag for tag, lost in self._lost_at.items() if now - lost >= self._settings.settle_secs
        ]
        snapshot = await self._broker.snapshot(self._settings.account)
        found = compare(self.ledger, snapshot, missing=settled)
        for entry in found.entries:
            await self._believe(entry)
        self._lost_at = {
            tag: lost
            for tag, lost in self._lost_at.items()
            if self.ledger.orders[tag].state is State.UNKNOWN
        }
        self.differences = found.differences
        self.is_reconciled = not found.differences and not self._lost_at

    def _open_tags(self) -> list[str]:
        return [order.intent.client_order_id for order in self.ledger.open_orders]

    def _lose(self, tags: Iterable[str], reason: str) -> None:
        """Count orders as UNKNOWN, in memory alone: a process that begins does the same."""
        self.is_reconciled = False
        for tag in tags:
            self._lost_at.setdefault(tag, self._loop_time())
            self._apply(self._event(tag, Event.LOSE, reason=reason))

    def _expect_answer(self, tag: str) -> None:
        asyncio.get_running_loop().call_later(self._settings.answer_secs, self._overdue, tag)

    def _overdue(self, tag: str) -> None:
        waiting = {State.SENT, State.CANCEL_PENDING, State.MODIFY_PENDING}
        if self.ledger.orders[tag].state in waiting:
            self._lose([tag], f"no answer for {self._settings.answer_secs} s")
            self._wants_reconcile.set()

    async def _record(self, entry: Entry) -> None:
        """
        Apply an entry and make it durable.

        It is applied first, on this turn of the loop, so that what cannot follow is never written
        and the journal has the order of the ledger; one thread writes, in the order of the calls.

        Raises:
            InvariantError: It cannot follow what is known; nothing was applied or written.
            StorageError: It is not durable; it stays applied.
        """
        self._apply(entry)
        writing = asyncio.get_running_loop().run_in_executor(self._disk, self._journal.write, entry)
        await asyncio.shield(writing)

    def _apply(self, entry: Entry) -> None:
        order = self.ledger.apply(entry)
        if order is not None and self._publish is not None:
            self._publish(order)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Halt when a task of ours failed: a desk that does not hear must not speak."""
        if task.cancelled() or task.exception() is None:
            return
        self.state = GateState.HALTED
        self.ledger.alarms.append(f"{task.get_name()} no more: {task.exception()!r}")
        log.error("desk_failed", task=task.get_name(), exc_info=task.exception())

    def _event(
        self, tag: str, event: Event, *, terms: Terms | None = None, reason: str = ""
    ) -> Happened:
        return Happened(
            client_order_id=tag, event=event, at=self._now(), terms=terms, reason=reason
        )

    def _now(self) -> int:
        return self._clock.now()

    @staticmethod
    def _loop_time() -> float:
        return asyncio.get_running_loop().time()
