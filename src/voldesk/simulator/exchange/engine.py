"""The life of orders: accepted, held, triggered, filled, ended; one present, one writer."""

from collections.abc import Iterable
from decimal import Decimal

import numpy as np

from voldesk.model.enums import Market
from voldesk.model.orders import TimeInForce
from voldesk.model.sessions import NS_PER_SECOND, is_open
from voldesk.simulator.exchange.agenda import Agenda, Rank
from voldesk.simulator.exchange.clearing import Clearing
from voldesk.simulator.exchange.families import Families
from voldesk.simulator.exchange.hours import next_close, next_open
from voldesk.simulator.exchange.instruments import Instrument
from voldesk.simulator.exchange.matching import (
    fill_price,
    fill_quantity,
    follow,
    peg,
    reference,
)
from voldesk.simulator.exchange.orders import HeldFor, Liquidity, OrderStatus, Reason, Rejection
from voldesk.simulator.exchange.quotes import Board, Touch
from voldesk.simulator.exchange.registry import Registry
from voldesk.simulator.exchange.reports import Reports
from voldesk.simulator.exchange.scenario import Delay, Rules, Scenario
from voldesk.simulator.exchange.shapes import Pricing
from voldesk.simulator.exchange.ticket import Ticket
from voldesk.simulator.market.activity import next_change

OPENING_SECS = 60
"""How long an order for the opening has to fill."""


class Engine:
    """
    Moves tickets through their states.

    Own orders never meet: everyone trades against the market that the quotes show, and what one
    takes of a size shown the next one cannot have.

    Args:
        agenda: The present and what is due.
        board: The quotes.
        clearing: Books fills.
        registry: Knows every ticket.
        reports: Tells what happens.
        scenario: Delays and mishaps.
        rules: How clients are treated.
    """

    def __init__(
        self,
        agenda: Agenda,
        board: Board,
        clearing: Clearing,
        registry: Registry,
        reports: Reports,
        scenario: Scenario,
        rules: Rules,
    ) -> None:
        self._agenda = agenda
        self._board = board
        self._clearing = clearing
        self._registry = registry
        self._reports = reports
        self.scenario = scenario  # may be replaced at any time
        self._rules = rules
        self._rng = np.random.default_rng(scenario.seed)
        self.families = Families(self.cancel, self._shrink, self.resume)
        self._open: dict[Market, bool] = {}
        self._ending: dict[int, dict[int, Ticket]] = {}
        self._closes: dict[Market, tuple[int, int]] = {}

    # The clock

    def draw(self, delay: Delay) -> int:
        """Return a delay, ns."""
        if delay.most_ns <= delay.least_ns:
            return delay.least_ns
        return int(self._rng.integers(delay.least_ns, delay.most_ns, endpoint=True))

    def happens(self, share: float) -> bool:
        """Say whether a mishap of that share happens now."""
        return share > 0.0 and bool(self._rng.random() < share)

    def is_open(self, market: Market) -> bool:
        """Say whether a market is in session, or always open."""
        if self._rules.is_always_open:
            return True
        if market not in self._open:
            self._turn(market)
        return self._open[market]

    def _turn(self, market: Market) -> None:
        """Note whether a market is in session now, and when that changes."""
        now = self._agenda.now
        self._open[market] = is_open(now, market)
        self._agenda.at(next_change(now, market), lambda: self._turn(market))
        for ticket in self._registry.live():
            if ticket.instrument.market is market:
                self.resume(ticket)

    # Orders

    def accept(self, ticket: Ticket) -> None:
        """Take an order that has arrived into the book, or refuse it."""
        ticket.begin()
        fault = self._arrival_fault(ticket) or self.families.join(
            ticket, self._registry.parent_of(ticket)
        )
        if fault is not None:
            self.reject(ticket, fault)
            return
        self._enter(ticket)
        self._try(ticket)
        self.families.finish_pass()

    def reject(self, ticket: Ticket, rejection: Rejection) -> None:
        """End an order that was never in the book."""
        ticket.rejection = rejection
        ticket.text = rejection.text
        self._end(ticket, OrderStatus.REJECTED, "was rejected")

    def cancel(self, ticket: Ticket, why: str) -> None:
        """End an order, for a reason."""
        if ticket.is_live:
            ticket.text = why
            self._end(ticket, OrderStatus.CANCELLED, "was cancelled")

    def expire(self, ticket: Ticket, why: str) -> None:
        """End an order whose time has come."""
        if ticket.is_live:
            ticket.text = why
            self._end(ticket, OrderStatus.EXPIRED, "expired")

    def revised(self, ticket: Ticket) -> None:
        """Go on with an order that was modified."""
        self._enter(ticket)
        if not ticket.remaining:
            self._end(ticket, OrderStatus.FILLED, "was filled")
            self.families.on_fill(ticket, Decimal(0))
            return
        self._try(ticket)
        self.families.finish_pass()

    def resume(self, ticket: Ticket) -> None:
        """Look anew at what holds an order; tell if that changed, and let it trade."""
        if not ticket.is_live or ticket.status is OrderStatus.PENDING:
            return
        before = ticket.held_for
        self._hold(ticket)
        if ticket.held_for is not before:
            self._reports.order(ticket)
            self._try(ticket)

    def on_quote(self, key: str) -> None:
        """Let every order of an instrument see its new quote."""
        for ticket in self._registry.watching(key):
            self._see(ticket)
        self.families.finish_pass()

    # Inside

    def _arrival_fault(self, ticket: Ticket) -> Rejection | None:
        """Say why an order that was fine when it was sent is not now."""
        if self.happens(self.scenario.reject_share):
            return Rejection(Reason.SCENARIO, "rejected by the scenario")
        if not (self._rules.holds_when_closed or self._works_now(ticket)):
            return Rejection(Reason.SESSION_CLOSED, f"{ticket.instrument.market} is closed")
        if ticket.shape.is_pegged:
            ticket.limit_price = peg(ticket, self._board.touch(ticket.instrument))
            if ticket.limit_price is None:
                return Rejection(Reason.NO_QUOTE, f"no quote of {ticket.instrument.key}")
        return None

    def _enter(self, ticket: Ticket) -> None:
        """Set times and status of an order with new terms, tell them, and free its family."""
        released = self.families.transmit(ticket)
        self._time(ticket)
        self._hold(ticket)
        self._reports.order(ticket)
        for other in released:
            self.resume(other)

    def _works_now(self, ticket: Ticket) -> bool:
        return ticket.request.outside_hours or self.is_open(ticket.instrument.market)

    def _time(self, ticket: Ticket) -> None:
        """Note when an order begins to work and when it ends."""
        request, market = ticket.request, ticket.instrument.market
        now = self._agenda.now
        start = max(now, request.good_after or 0)
        if request.algo and not ticket.algo_until:
            ticket.algo_until = now + self.draw(self.scenario.algo_delay)
        ends: int | None = None
        opens_at, ticket.opens_at = ticket.opens_at, None
        if request.time_in_force is TimeInForce.OPG:
            ticket.opens_at = opens_at or next_open(start, market)
            ends = ticket.opens_at + OPENING_SECS * NS_PER_SECOND
        elif request.time_in_force is TimeInForce.DAY:
            ends = self._close_after(start, market)
        elif request.time_in_force is TimeInForce.GTD:
            ends = request.good_till
        ticket.closes_at = ends if ticket.shape.is_on_close else None
        for due in (request.good_after, ticket.algo_until, ticket.opens_at, ticket.closes_at):
            if due is not None and due > now:
                self._agenda.at(due, lambda: self.resume(ticket))
        self._end_at(ticket, ends)

    def _close_after(self, start: int, market: Market) -> int:
        """Return the first close after an instant; remembered, since most orders ask the same."""
        since, close = self._closes.get(market, (0, 0))
        if not since <= start < close:
            close = next_close(start, market)
            self._closes[market] = (start, close)
        return close

    def _end_at(self, ticket: Ticket, ends: int | None) -> None:
        """Note when an order's time in force ends; one action per instant, not per order."""
        if ticket.ends_at is not None:
            self._ending.get(ticket.ends_at, {}).pop(ticket.venue_order_id, None)
        ticket.ends_at = ends
        if ends is None:
            return
        if ends not in self._ending:
            self._ending[ends] = {}
            self._agenda.at(ends, lambda: self._end_day(ends), Rank.EXPIRY)
        self._ending[ends][ticket.venue_order_id] = ticket

    def _end_day(self, ends: int) -> None:
        for ticket in list(self._ending.pop(ends, {}).values()):
            self.expire(ticket, f"time in force {ticket.request.time_in_force} ended")

    def _hold(self, ticket: Ticket) -> None:
        """Set status and reason by what holds the order now."""
        is_in_session = self._works_now(ticket)
        ticket.held_for = ticket.hold_at(self._agenda.now, is_open=is_in_session)
        if ticket.wants_cancel:
            ticket.status = OrderStatus.PENDING_CANCEL
        elif ticket.held_for is None:
            ticket.status = OrderStatus.WORKING
        else:
            ticket.status = OrderStatus.HELD

    def _try(self, ticket: Ticket) -> None:
        """Let an order see the standing quote; cancel what had to fill at once."""
        self._see(ticket)
        if ticket.is_immediate and ticket.can_fill:
            self.cancel(ticket, f"not filled at once ({ticket.request.time_in_force})")

    def _see(self, ticket: Ticket) -> None:
        """Trigger an order by the quote, or fill it, unless the market stands still."""
        instrument = ticket.instrument
        if not ticket.is_live or self._board.is_stalled(instrument, self._agenda.now):
            return
        touch = self._board.touch(instrument)
        if ticket.held_for is HeldFor.TRIGGER:
            self._follow(ticket, touch)
            return
        if not ticket.can_fill:
            return
        price = fill_price(ticket, touch)
        if price is None:
            ticket.has_rested = True
            return
        is_auction = ticket.closes_at is not None
        shown = ticket.remaining if is_auction else touch.left(ticket.side)
        quantity = fill_quantity(ticket, shown)
        if quantity > 0:
            self._fill(ticket, quantity, price, is_auction=is_auction)

    def _follow(self, ticket: Ticket, touch: Touch) -> None:
        """Show a trigger its price; tell when it triggers, and the first stop of a trailing one."""
        instrument = ticket.instrument
        last = None if instrument.legs else self._board.last_price(instrument)
        had_stop = ticket.stop_price is not None
        follow(ticket, reference(ticket, touch, last))
        if ticket.is_triggered:
            self.resume(ticket)
        elif ticket.stop_price is not None and not had_stop:
            self._reports.order(ticket)

    def _fill(self, ticket: Ticket, quantity: Decimal, price: Decimal, *, is_auction: bool) -> None:
        is_maker = ticket.has_rested and not ticket.instrument.legs
        liquidity = Liquidity.ADDED if is_maker else Liquidity.REMOVED
        executions = self._clearing.fill(ticket, quantity, price, liquidity, self._agenda.now)
        if not is_auction:
            self._board.consume(ticket.instrument, ticket.side, quantity)
        ticket.filled += quantity
        ticket.paid += quantity * price
        ticket.last_price = price
        if ticket.shape.pricing is Pricing.FIRST_FILL and ticket.limit_price is None:
            ticket.limit_price = price
        is_repeated = self.happens(self.scenario.repeat_share)
        self._reports.fills(ticket, executions, is_repeated=is_repeated)
        if ticket.remaining:
            self._reports.order(ticket)
        else:
            self._end(ticket, OrderStatus.FILLED, "was filled")
        self._reports.positions(executions)
        self.families.on_fill(ticket, quantity)

    def _shrink(self, ticket: Ticket, quantity: Decimal, why: str) -> None:
        """Take a quantity off an order; nothing left is a cancel."""
        if not ticket.is_live:
            return
        if quantity >= ticket.remaining:
            self.cancel(ticket, why)
            return
        ticket.quantity -= quantity
        self._reports.order(ticket)

    def _end(self, ticket: Ticket, status: OrderStatus, why: str) -> None:
        ticket.status = status
        ticket.held_for = None
        self._end_at(ticket, None)
        self._registry.end(ticket)
        self._reports.order(ticket)
        self.families.on_end(ticket, why)

    def end_instruments(self, instruments: Iterable[Instrument]) -> None:
        """Expire every order of instruments that settle, and of combos with such a leg."""
        for instrument in instruments:
            for ticket in self._registry.watching(instrument.key):
                self.expire(ticket, f"{instrument.key} settled")
