"""
The desk: the only way from a decision to a broker.

An intent passes the gate, is made durable, and only then sent. What became of it is what the
venue says, in whatever order; where it says nothing the order is UNKNOWN until it is found by its
tag. Nothing is ever sent twice.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Protocol

import structlog

from voldesk.model.clock import Clock
from voldesk.model.errors import InvariantError, OrderDenied, StorageError, VenueUnavailable
from voldesk.model.events import Begun, Decided, Switched
from voldesk.model.lifecycle import Event, State
from voldesk.model.orders import Intent, Terms
from voldesk.model.ports.broker import Broker
from voldesk.store.journal import Journal
from voldesk.trading.gate import Check, judge
from voldesk.trading.ledger import Ledger, OrderRecord
from voldesk.trading.limits import GateState, Limits
from voldesk.trading.line import VenueLine
from voldesk.trading.margin import margin_after
from voldesk.trading.record import Record
from voldesk.trading.sending import Sending, tags_of
from voldesk.trading.settings import DeskSettings
from voldesk.trading.throttle import Throttle
from voldesk.trading.views import DeskView

log = structlog.get_logger(__name__)


class Surroundings(Protocol):
    """Shows an order's surroundings to the gate."""

    def view(self, intent: Intent, desk: "Desk") -> DeskView:
        """
        Return quotes, positions, Greeks and money as they are now.

        Raises:
            OrderDenied: There is nothing to show of one of its contracts.
        """
        ...


class Desk:
    """
    Orders of one account, from decision to fill.

    Attributes:
        state: What the gate lets through.
        limits: What it holds orders to.
        throttle: When orders went out.
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
        self.state = GateState.ACTIVE
        self.limits = limits
        self.throttle = Throttle()
        self._broker, self._around, self._settings = broker, surroundings, settings
        self._record = Record(journal, clock, publish)
        self._line = VenueLine(broker, self._record, settings)
        self._sending = Sending(
            broker, self._record, self._line, lambda: self.state is GateState.HALTED
        )
        self._asking = asyncio.Lock()
        self._deciding = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def ledger(self) -> Ledger:
        """Return all that is known of its orders."""
        return self._record.ledger

    @property
    def differences(self) -> tuple[str, ...]:
        """Say why positions do not match the venue's; until they do no order is sent."""
        return self._line.differences

    @property
    def is_reconciled(self) -> bool:
        """Say whether all was compared with the venue since the line last broke, and agreed."""
        return self._line.is_reconciled

    @property
    def line_reason(self) -> str:
        """Say why the venue is not known to agree: the line is down, or not yet compared."""
        return self._line.reason

    @property
    def account(self) -> str:
        """Name the account it trades."""
        return self._settings.account

    async def open(self) -> None:
        """
        Read the journal, connect, and compare with the venue.

        Raises:
            StorageError: The journal cannot be read or written.
            VenueUnavailable: The venue does not answer.
            ConfigError: It refuses.
        """
        for entry in self._record.read():
            if isinstance(entry, Switched):
                self.state = GateState(entry.state)
        one, now = self._settings, self._record.now()
        begun = Begun(
            account=one.account, version=one.version, config=one.config, pid=one.pid, at=now
        )
        await self._record.write(begun)
        self._line.begin()
        await self._broker.open()
        self._tasks = [
            asyncio.create_task(self._line.listen(), name="desk listens"),
            asyncio.create_task(self._line.keep_reconciled(), name="desk reconciles"),
        ]
        for task in self._tasks:
            task.add_done_callback(self._ended)
        self._line.compare()

    async def close(self) -> None:
        """Stop; orders at the venue stay as they are."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)  # `_ended` has told of failures
        await self._broker.close()
        self._record.close()

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
        known = self._known(intent)
        if known is not None:
            return known
        async with self._held(intent) as margin:
            known = self._known(intent)
            if known is not None:  # by a second click, while this one waited
                return known
            order = await self._decide(intent, margin)
            await self._sending.send([order])
            return order

    async def submit_all(self, intents: Sequence[Intent]) -> list[OrderRecord]:
        """
        Decide on a parent and its children, and send them if the gate lets all of them through.

        All are durable before the first byte leaves. Is one denied, none is sent: a parent does
        not work without what its children were to protect. The venue is asked for the margin of
        the parent alone, so a child that adds risk is denied where margin is limited.

        Args:
            intents: The parent first.

        Raises:
            OrderDenied: An id belongs to another intent.
            StorageError: One could not be made durable; none was sent.
        """
        if all(self._known(one) is None for one in intents):
            async with self._held(intents[0]) as margin:
                if all(self._known(one) is None for one in intents):  # no second click was faster
                    return await self._submitted(intents, margin)
        return [await self.submit(one) for one in intents]

    async def modify(self, client_order_id: str, terms: Terms) -> OrderRecord:
        """
        Ask the venue for new terms.

        Raises:
            OrderDenied: The gate refuses the new terms, or the order cannot be changed now.
            StorageError: The request could not be made durable; nothing was sent.
            VenueUnavailable: There is no line; nothing was sent.
        """
        changed = replace(self._order(client_order_id).intent, terms=terms)
        async with self._held(changed) as margin:
            order = self._order(client_order_id)
            reason, _ = self._judge(changed, margin)
            if reason:
                raise OrderDenied(reason)
            asked = self._record.event(client_order_id, Event.ASK_MODIFY, terms=terms)
            try:
                await self._record.write(asked)
            except InvariantError as exc:
                raise OrderDenied(str(exc)) from exc
            except StorageError:
                self._record.apply(self._record.event(client_order_id, Event.REFUSE_MODIFY))
                raise
            self.throttle.count(_loop_time())
            try:
                await self._broker.modify(changed)
            except VenueUnavailable as exc:
                if order.state is State.MODIFY_PENDING:  # else the line is known to be lost
                    reason = f"not sent: {exc}"
                    await self._record.write(
                        self._record.event(client_order_id, Event.REFUSE_MODIFY, reason=reason)
                    )
                raise
            self._line.expect_answer(client_order_id)
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
        await self._ask_cancel(client_order_id)
        return order

    async def cancel_all(self) -> None:
        """
        Ask the venue to cancel everything of the account, ours or not; always allowed.

        Raises:
            StorageError: It was asked, and that could not be written down.
            VenueUnavailable: There is no line; nothing was sent.
        """
        async with self._deciding:  # what is being sent has left
            tags = self._line.open_tags()
            await self._broker.cancel_all(self._settings.account)
        for tag in tags:
            await self._ask_cancel(tag)

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
            now = self._record.now()
            await self._record.write(Switched(state=state, by=by, reason=reason, at=now))

    def _order(self, client_order_id: str) -> OrderRecord:
        order = self.ledger.orders.get(client_order_id)
        if order is None:
            raise OrderDenied(f"there is no order {client_order_id!r}")
        return order

    def _known(self, intent: Intent) -> OrderRecord | None:
        """Return the order an intent has become already, None if it is new."""
        known = self.ledger.orders.get(intent.client_order_id)
        if known is not None and replace(known.intent, made_at=intent.made_at) != intent:
            raise OrderDenied(f"{intent.client_order_id} is the id of another order")
        return known

    @asynccontextmanager
    async def _held(self, intent: Intent) -> AsyncIterator[float | None]:
        """
        Let nobody else decide meanwhile, and yield the margin after an order that adds risk.

        The venue is asked first, one order after another, so that each answer counts the order
        before it; what reduces a position never waits for an answer. NaN was not asked, or not
        answered; None cannot be had, or is not limited.
        """
        if math.isinf(self.limits.margin_share):
            async with self._deciding:
                yield None
        elif not self._adds_risk(intent):
            async with self._deciding:
                yield math.nan
        else:
            async with self._asking:
                margin = await margin_after(self._broker, intent, self._settings.what_if_secs)
                async with self._deciding:
                    yield margin

    def _adds_risk(self, intent: Intent) -> bool:
        """Say whether the gate would let it through and it needs margin."""
        try:
            view = replace(self._around.view(intent, self), margin_after=None)
        except OrderDenied:
            return False
        verdict = judge(intent, view, self.limits)
        return verdict.is_allowed and not verdict.is_reducing

    def _judge(self, intent: Intent, margin: float | None) -> tuple[str, tuple[Check, ...]]:
        """Return why an intent is denied, "" if it is not, and what was looked at."""
        try:
            view = replace(self._around.view(intent, self), margin_after=margin)
        except OrderDenied as exc:
            return str(exc), ()
        verdict = judge(intent, view, self.limits)
        return verdict.reason, verdict.checks

    async def _submitted(
        self, intents: Sequence[Intent], margin: float | None
    ) -> list[OrderRecord]:
        orders: list[OrderRecord] = []
        reason = ""
        try:
            for intent in intents:
                order = await self._decide(intent, margin, reason)
                orders.append(order)
                if order.state is State.DENIED and not reason:
                    reason = f"{intent.client_order_id} was denied: {order.reason}"
                margin = None if margin is None else math.nan
        except BaseException:
            self._line.lose(tags_of(orders), "the decision on its family was interrupted")
            raise
        await self._sending.send_family(orders, reason)
        return orders

    async def _decide(self, intent: Intent, margin: float | None, reason: str = "") -> OrderRecord:
        """Judge an order, or deny it for a reason that is known, and make that durable."""
        checks: tuple[Check, ...] = ()
        if not reason:
            reason, checks = self._judge(intent, margin)
        entry = Decided(
            intent=intent,
            reason=reason,
            checks=tuple((check.name, check.value, check.limit) for check in checks),
            at=self._record.now(),
        )
        try:
            await self._record.write(entry)
        except StorageError:
            self.ledger.forget(intent.client_order_id)
            raise
        if not reason:
            self.throttle.count(_loop_time())
        return self.ledger.orders[intent.client_order_id]

    async def _ask_cancel(self, tag: str) -> None:
        if self._order(tag).is_final:  # the answer was faster
            return
        await self._record.write(self._record.event(tag, Event.ASK_CANCEL))
        self._line.expect_answer(tag)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Halt when a task of ours failed: a desk that does not hear must not speak."""
        if task.cancelled() or task.exception() is None:
            return
        self.state = GateState.HALTED
        self.ledger.alarms.append(f"{task.get_name()} no more: {task.exception()!r}")
        log.error("desk_failed", task=task.get_name(), exc_info=task.exception())


def _loop_time() -> float:
    return asyncio.get_running_loop().time()
