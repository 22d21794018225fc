"""What clients ask for: looked at when it is sent, done when it arrives."""

from collections.abc import Callable

from voldesk.simulator.exchange.accounts import WhatIf
from voldesk.simulator.exchange.agenda import Agenda
from voldesk.simulator.exchange.checks import find_ban, find_fault
from voldesk.simulator.exchange.engine import Engine
from voldesk.simulator.exchange.events import CancelRefused, ChangeRefused, Event, OrderChanged
from voldesk.simulator.exchange.instruments import Instrument
from voldesk.simulator.exchange.ledger import Ledger
from voldesk.simulator.exchange.orders import (
    NO_MONEY,
    Order,
    OrderRequest,
    OrderStatus,
    Reason,
    Rejection,
)
from voldesk.simulator.exchange.registry import Registry
from voldesk.simulator.exchange.reports import Reports
from voldesk.simulator.exchange.risk import Risk
from voldesk.simulator.exchange.scenario import Delay, Rules
from voldesk.simulator.exchange.shapes import SHAPES
from voldesk.simulator.exchange.ticket import Ticket


class Intake:
    """
    Takes new orders, modifications and cancels, and has the engine do them when they arrive.

    Args:
        agenda: The present and what is due.
        engine: Does it.
        registry: Knows every order.
        reports: Tells what was refused.
        risk: Says what an account can pay for.
        ledger: Knows the accounts.
        listed: What can be traded, by key.
        rules: Whether margin is checked.
    """

    def __init__(
        self,
        agenda: Agenda,
        engine: Engine,
        registry: Registry,
        reports: Reports,
        risk: Risk,
        ledger: Ledger,
        listed: dict[str, Instrument],
        rules: Rules,
    ) -> None:
        self._agenda = agenda
        self._engine = engine
        self._registry = registry
        self._reports = reports
        self._risk = risk
        self._ledger = ledger
        self._listed = listed
        self._rules = rules

    def place(self, request: OrderRequest) -> int:
        """Take a new order and return its permanent id."""
        number, now = self._registry.next_id(), self._agenda.now
        fault = self._fault(request)
        instrument = self._listed.get(request.instrument)
        if fault is not None or instrument is None:
            assert fault is not None, "what is not listed is a fault"
            self._refuse(number, request, fault)
            return number
        ticket = Ticket(
            venue_order_id=number,
            request=request,
            instrument=instrument,
            quantity=request.quantity,
            placed_at=now,
            changed_at=now,
        )
        self._registry.add(ticket)
        self._after(self._engine.scenario.order_delay, lambda: self._arrive(ticket))
        return number

    def modify(self, venue_order_id: int, request: OrderRequest) -> None:
        """Put another request in an order's place, KeyError where there is none."""
        ticket = self._registry.ticket(venue_order_id)
        if ticket is None or not ticket.is_live:
            self._refuse_late(venue_order_id, ticket, ChangeRefused)
            return
        self._after(self._engine.scenario.modify_delay, lambda: self._revise(ticket, request))

    def cancel(self, venue_order_id: int) -> None:
        """Cancel an order, KeyError where there is none."""
        ticket = self._registry.ticket(venue_order_id)
        if ticket is None or not ticket.is_live:
            self._refuse_late(venue_order_id, ticket, CancelRefused)
            return
        if self._engine.scenario.cancel_delay.most_ns and not ticket.wants_cancel:
            ticket.wants_cancel = True
            if ticket.status is not OrderStatus.PENDING:
                ticket.status = OrderStatus.PENDING_CANCEL
                self._reports.order(ticket)
        self._after(self._engine.scenario.cancel_delay, lambda: self._end(ticket))

    def what_if(self, request: OrderRequest) -> WhatIf:
        """Say what an order would cost, KeyError where account or instrument are not."""
        instrument = self._listed[request.instrument]
        account = self._ledger.members(request.account)
        if not account:
            raise KeyError(request.account)
        changes = self._risk.changes(request, instrument)
        before = self._risk.margin(account[0])
        after = self._risk.margin(account[0], changes)
        return WhatIf(
            before=before,
            after=after,
            commission=sum((change.commission for change in changes), NO_MONEY),
            currency=instrument.currency,
            rejection=self._fault(request) or self._shortfall(request, instrument),
        )

    def _arrive(self, ticket: Ticket) -> None:
        if not ticket.is_live:
            return
        shortfall = None
        if not ticket.request.parent_id:  # a child closes what its parent will have opened
            shortfall = self._shortfall(ticket.request, ticket.instrument)
        if shortfall is not None:
            self._engine.reject(ticket, shortfall)
        else:
            self._engine.accept(ticket)

    def _revise(self, ticket: Ticket, request: OrderRequest) -> None:
        if not ticket.is_live:
            self._refuse_late(ticket.venue_order_id, ticket, ChangeRefused)
            return
        fault = self._change_fault(ticket, request)
        if fault is not None:
            self._tell_refused(ticket, ticket.view(), fault, ChangeRefused)
            return
        ticket.revise(request)
        if ticket.status is OrderStatus.PENDING:
            ticket.begin()
        else:
            self._engine.revised(ticket)

    def _end(self, ticket: Ticket) -> None:
        if not ticket.is_live:
            self._refuse_late(ticket.venue_order_id, ticket, CancelRefused)
        else:
            self._engine.cancel(ticket, "cancelled by the client")

    def _fault(self, request: OrderRequest) -> Rejection | None:
        """Return why a request is refused at the door."""
        instrument = self._listed.get(request.instrument)
        if instrument is None:
            return Rejection(Reason.UNKNOWN_INSTRUMENT, f"nothing listed as {request.instrument!r}")
        members = self._ledger.members(request.account)
        if not members:
            return Rejection(Reason.UNKNOWN_ACCOUNT, f"no account {request.account!r}")
        if self._registry.is_taken(request.client, request.client_order_id):
            return Rejection(
                Reason.DUPLICATE_ID, f"order id {request.client_order_id!r} was used before"
            )
        for name in members:
            ban = find_ban(request, instrument, self._ledger.accounts[name].spec)
            if ban is not None:
                return ban
        return find_fault(request, instrument, self._agenda.now)

    def _change_fault(self, ticket: Ticket, request: OrderRequest) -> Rejection | None:
        """Return why a live order cannot become that request."""
        old = ticket.request
        for name in ("account", "instrument", "side", "client", "client_order_id", "parent_id"):
            if getattr(old, name) != getattr(request, name):
                text = f"{name} of an order is for ever: {getattr(old, name)!r}"
                return Rejection(Reason.CANNOT_CHANGE, text)
        if request.oca_group != old.oca_group:
            return Rejection(
                Reason.CANNOT_CHANGE, f"group of an order is for ever: {old.oca_group!r}"
            )
        if request.order_type is not old.order_type and SHAPES[request.order_type].is_pegged:
            return Rejection(Reason.CANNOT_CHANGE, f"no order becomes {request.order_type}")
        if request.quantity < ticket.filled:
            text = f"quantity {request.quantity}, {ticket.filled} of it filled"
            return Rejection(Reason.QUANTITY, text)
        fault = find_fault(request, ticket.instrument, self._agenda.now)
        grows = request.quantity > ticket.quantity
        if fault is None and grows and not request.parent_id:
            fault = self._shortfall(request, ticket.instrument)
        return fault

    def _shortfall(self, request: OrderRequest, instrument: Instrument) -> Rejection | None:
        """Return why no account of an order can pay for it, None if it can."""
        if not self._rules.checks_margin:
            return None
        members = self._ledger.members(request.account)
        changes = [
            change._replace(quantity=change.quantity / len(members))
            for change in self._risk.changes(request, instrument)
        ]
        for name in members:
            after = self._risk.margin(name, changes)
            if after.available < 0 and after.available < self._risk.margin(name).available:
                return Rejection(
                    Reason.MARGIN,
                    f"account {name}: initial margin {after.initial:.2f}, equity with loan"
                    f" {after.equity_with_loan:.2f}",
                )
        return None

    def _after(self, delay: Delay, action: Callable[[], None]) -> None:
        """Do something after a delay drawn now; without one at once."""
        wait = self._engine.draw(delay)
        if wait:
            self._agenda.at(self._agenda.now + wait, action)
        else:
            action()

    def _refuse(self, number: int, request: OrderRequest, fault: Rejection) -> None:
        """Keep and tell a request that never became an order."""
        now = self._agenda.now
        order = Order(
            venue_order_id=number,
            request=request,
            status=OrderStatus.REJECTED,
            held_for=None,
            quantity=request.quantity,
            filled=NO_MONEY,
            average_price=NO_MONEY,
            last_price=NO_MONEY,
            commission=NO_MONEY,
            stop_price=request.stop_price,
            limit_price=request.limit_price,
            placed_at=now,
            changed_at=now,
            revision=0,
            rejection=fault,
            text=fault.text,
        )
        self._registry.refuse(order)
        self._reports.later(OrderChanged(ts=now, order=order))

    def _refuse_late(
        self,
        venue_order_id: int,
        ticket: Ticket | None,
        kind: type[ChangeRefused] | type[CancelRefused],
    ) -> None:
        order = self._registry.view(venue_order_id)
        fault = Rejection(Reason.TOO_LATE, f"order {venue_order_id} is {order.status}")
        self._tell_refused(ticket, order, fault, kind)

    def _tell_refused(
        self,
        ticket: Ticket | None,
        order: Order,
        fault: Rejection,
        kind: type[ChangeRefused] | type[CancelRefused],
    ) -> None:
        event: Event = kind(ts=self._agenda.now, order=order, rejection=fault)
        if ticket is None:
            self._reports.later(event)
        else:
            self._reports.about(ticket, event)
