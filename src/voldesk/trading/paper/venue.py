"""
The paper venue itself: orders in, records out, nothing else.

It is a function of the marks it is shown and the times it is told, without clock, disk or loop;
`broker.PaperBroker` is the way to it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from voldesk.model.events import Happened, Held, Margin, Seen, Snapshot
from voldesk.model.lifecycle import Event
from voldesk.model.orders import Intent, Terms
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.trading.marks import Mark, Marks
from voldesk.trading.paper import checks, conditions, families, funds, matching, settlement
from voldesk.trading.paper.book import Book
from voldesk.trading.paper.clearing import line_of
from voldesk.trading.paper.contracts import exact, price_grid
from voldesk.trading.paper.costs import Costs
from voldesk.trading.paper.records import Executed, Opened, Placed, Record
from voldesk.trading.paper.settings import PaperSettings
from voldesk.trading.paper.ticket import ON_CLOSE, Ticket


class PaperVenue:
    """
    One account at a venue that fills on the quotes shown.

    Args:
        book: What was known before.
        costs: The meters of its live orders.
        marks: The market.
        settings: How it behaves.
        write: Takes each record, in order, once it is in the book.

    Attributes:
        unsettled: Keys of positions past their settlement whose price is not known.
    """

    def __init__(
        self,
        book: Book,
        costs: Costs,
        marks: Marks,
        settings: PaperSettings,
        write: Callable[[Record], object],
    ) -> None:
        self.book = book
        self.unsettled: set[str] = set()
        self._costs, self._marks, self._settings, self._write = costs, marks, settings, write
        self._displays = matching.Displays()
        self._spots = settlement.Spots(marks, settings.settle_within_secs)
        self._closing_ns = round(settings.closing_secs * NS_PER_SECOND)

    def begin(self, now: int) -> None:
        """Open the account if it is new."""
        if not self.book.account:
            one = self._settings
            self._emit(Opened(account=one.account, cash=dict(one.cash), at=now))

    def place(self, intent: Intent, now: int) -> None:
        """Take an order in, refuse it, or fill it; one that was placed before is not looked at."""
        if self.book.find(intent.client_order_id) is not None:
            return
        marks = [self._marks.mark(leg.key) for leg in intent.legs]
        contracts = checks.contracts_of(marks)
        reason = (
            checks.refusal(intent, marks, contracts, list(self.book.cash), now)
            or families.refusal(self.book, intent)
            or funds.refusal(self.book, self._marks, intent, contracts, now)
        )
        order_id = self.book.next_order_id()
        self._emit(Placed(intent=intent, venue_order_id=order_id, contracts=contracts, at=now))
        ticket = self.book.live[intent.client_order_id]
        if reason:
            self._end(ticket, Event.REJECT, reason, now)
            return
        waits_for = self._waits_for(ticket)
        self._say(ticket, Event.ACCEPT if waits_for else Event.WORK, now, waits_for)
        self._work(ticket, now)

    def modify(self, intent: Intent, now: int) -> None:
        """Give an order new terms, or say why not."""
        tag, terms = intent.client_order_id, intent.terms
        ticket = self.book.live.get(tag)
        if ticket is None:
            self._refuse(tag, Event.REFUSE_MODIFY, now)
            return
        reason = self._change_fault(ticket, terms, now)
        if reason:
            self._say(ticket, Event.REFUSE_MODIFY, now, reason)
            return
        self._say(ticket, Event.MODIFY, now, terms=terms)
        self._work(ticket, now)

    def cancel(self, tag: str, now: int) -> None:
        """Cancel an order, or say why not."""
        ticket = self.book.live.get(tag)
        if ticket is None:
            self._refuse(tag, Event.REFUSE_CANCEL, now)
        else:
            self._end(ticket, Event.CANCEL, "cancelled as asked", now)

    def cancel_all(self, now: int) -> None:
        """Cancel everything, children first so that no end of a parent sets one free."""
        for ticket in reversed(list(self.book.live.values())):
            self._end(ticket, Event.CANCEL, "cancelled with all others", now)

    def look(self, now: int, underlying: str | None = None) -> None:
        """Let orders and positions of one underlying (None: of all) see time and quotes."""
        for ticket in list(self.book.live.values()):
            if underlying in {None, ticket.intent.underlying} and ticket.is_live:
                self._work(ticket, now)
        for key, holding in list(self.book.holdings.items()):
            if underlying in {None, holding.contract.symbol}:
                self._settle(key, now, is_fresh=underlying is not None)

    def settle(self, key: str, spot: Decimal, now: int) -> None:
        """
        Settle a position at a price somebody tells.

        Raises:
            ValueError: It is not held, or not due.
        """
        holding = self.book.holdings.get(key)
        if holding is None or (holding.contract.settles_at or now + 1) > now:
            raise ValueError(f"{key} is not held, or not due to settle")
        self._emit(settlement.settled(self.book, key, spot, now))
        self.unsettled.discard(key)

    def snapshot(self, now: int) -> Snapshot:
        """Return everything as it stands."""
        book = self.book
        return Snapshot(
            account=book.account,
            orders=tuple(
                Seen(
                    client_order_id=one.tag,
                    venue_order_id=one.venue_order_id,
                    event=one.event,
                    filled=one.filled,
                    intent=one.intent,
                    reason=one.reason,
                )
                for one in (*book.ended.values(), *book.live.values())
            ),
            fills=tuple(book.fills),
            positions=tuple(
                Held(
                    account=book.account,
                    key=key,
                    quantity=holding.quantity,
                    average_price=holding.average_price,
                )
                for key, holding in book.holdings.items()
            ),
            at=now,
        )

    def what_if(self, intent: Intent, now: int) -> Margin | None:
        """Return what an order would bind, None where it cannot be told."""
        marks = [self._marks.mark(leg.key) for leg in intent.legs]
        contracts = checks.contracts_of(marks)
        reason = checks.refusal(intent, marks, contracts, list(self.book.cash), now)
        if len(contracts) < len(intent.legs):
            return None
        return funds.margin(self.book, self._marks, intent, contracts, now, (reason,))

    def _change_fault(self, ticket: Ticket, terms: Terms, now: int) -> str:
        """Say why an order cannot have new terms, "" if it can."""
        left = terms.quantity - ticket.filled
        if left <= 0:
            return f"{ticket.filled} have filled, {terms.quantity} cannot be asked for any more"
        try:
            changed = replace(ticket.intent, terms=replace(terms, quantity=left))
        except ValueError as exc:
            return str(exc)
        marks = [self._marks.mark(leg.key) for leg in changed.legs]
        shown = [mark for mark in marks if mark is not None]
        return checks.grid_fault(terms, shown) or funds.refusal(
            self.book, self._marks, changed, ticket.contracts, now
        )

    def _work(self, ticket: Ticket, now: int) -> None:
        """Let an order end, trigger or trade, as far as it goes now."""
        marks = [self._marks.mark(leg.key) for leg in ticket.intent.legs]
        is_open = all(mark is None or mark.is_session_open for mark in marks)
        over = conditions.end_of(ticket, now, is_open=is_open)
        if over:
            self._end(ticket, Event.EXPIRE, over, now)
            return
        shown = [mark for mark in marks if mark is not None and mark.is_session_open]
        if families.is_waiting(self.book, ticket) or self._awaits_close(ticket, now):
            return
        reason = "a contract is not shown" if len(shown) < len(marks) else ""
        if not reason:
            reason = self._try(ticket, shown, now)
        is_at_once = ticket.intent.time_in_force in conditions.AT_ONCE
        if is_at_once and ticket.is_live and not ticket.awaits_trigger:
            self._end(ticket, Event.CANCEL, f"not to be had at once: {reason}", now)

    def _try(self, ticket: Ticket, marks: Sequence[Mark], now: int) -> str:
        """Trigger an order and fill what can be had; say why it did not fill whole."""
        stale_secs = self._settings.stale_secs
        touch = matching.touch_of(ticket, marks, self._displays, stale_secs)
        if isinstance(touch, str):
            return touch
        if ticket.awaits_trigger:
            moved = conditions.follow(ticket, touch.net, price_grid(marks), now)
            if moved is not None:
                self._emit(moved)
            if ticket.awaits_trigger:
                return "its stop was not reached"
        if ticket.event is Event.ACCEPT:
            self._say(ticket, Event.WORK, now)
        if matching.is_away(ticket, touch):
            ticket.has_rested = True
            return f"the market is {touch.net}"
        units = matching.units_of(ticket, touch)
        if units:
            self._fill(ticket, marks, units, matching.prices_of(ticket, touch), now)
        return f"{touch.units} were shown"

    def _fill(
        self,
        ticket: Ticket,
        marks: Sequence[Mark],
        units: int,
        prices: Sequence[Decimal],
        now: int,
    ) -> None:
        book = self.book
        ids = book.next_execution_ids(len(marks))
        lines = []
        for (contract, ratio, side), mark, price, name in zip(
            ticket.legs, marks, prices, ids, strict=True
        ):
            count, spot = units * ratio, exact(mark.spot)
            fee = self._costs.charge(ticket.tag, contract, side, count, price, spot, now)
            self._displays.take(mark, side, count)
            line = line_of(
                book,
                contract,
                tag=ticket.tag,
                venue_order_id=ticket.venue_order_id,
                execution_id=name,
                side=side,
                quantity=count,
                price=price,
                fee=fee,
                spot=spot,
                at=now,
            )
            lines.append(line)
        self._emit(Executed(client_order_id=ticket.tag, units=units, lines=tuple(lines), at=now))
        self._apply(families.after_fill(book, ticket, units), now)
        if not ticket.is_live:
            self._release(ticket, now)

    def _settle(self, key: str, now: int, *, is_fresh: bool) -> None:
        contract = self.book.holdings[key].contract
        if contract.settles_at is None:
            return
        if now < contract.settles_at:
            self._spots.watch(contract, now)
            return
        spot = self._spots.at_settlement(contract, now, is_fresh=is_fresh)
        if spot is None:
            self.unsettled.add(key)
        else:
            self.settle(key, spot, now)

    def _waits_for(self, ticket: Ticket) -> str:
        """Say what an order waits for before it works, "" for nothing."""
        if families.is_waiting(self.book, ticket):
            return f"waits for its parent {ticket.intent.parent_id}; {conditions.OUR_SIDE}"
        if ticket.awaits_trigger:
            return f"waits for its stop; {conditions.OUR_SIDE}"
        if ticket.intent.order_type in ON_CLOSE:
            return f"waits for the close; {conditions.OUR_SIDE}"
        marks = [self._marks.mark(leg.key) for leg in ticket.intent.legs]
        is_open = all(mark is not None and mark.is_session_open for mark in marks)
        return "" if is_open else "waits for the session"

    def _awaits_close(self, ticket: Ticket, now: int) -> bool:
        return conditions.awaits_close(ticket, now, self._closing_ns)

    def _end(self, ticket: Ticket, event: Event, reason: str, now: int) -> None:
        self._say(ticket, event, now, reason)
        self._release(ticket, now)

    def _release(self, ticket: Ticket, now: int) -> None:
        """Let the end of an order act on its children."""
        self._costs.forget(ticket.tag)
        self._apply(families.after_end(self.book, ticket), now)
        for child in families.children(self.book, ticket.tag):
            self._work(child, now)

    def _apply(self, effects: Sequence[families.Effect], now: int) -> None:
        for ticket, quantity, reason in effects:
            if not ticket.is_live:
                continue
            if quantity is None:
                self._end(ticket, Event.CANCEL, reason, now)
            else:
                terms = ticket.intent.changed(quantity=quantity).terms
                self._say(ticket, Event.MODIFY, now, reason, terms)

    def _say(
        self, ticket: Ticket, event: Event, now: int, reason: str = "", terms: Terms | None = None
    ) -> None:
        self._emit(
            Happened(
                client_order_id=ticket.tag,
                event=event,
                at=now,
                venue_order_id=ticket.venue_order_id,
                terms=terms,
                filled=ticket.filled,
                reason=reason,
            )
        )

    def _refuse(self, tag: str, event: Event, now: int) -> None:
        """Say of an order that does not work that nothing can be changed of it."""
        known = self.book.ended.get(tag)
        reason = "there is no such order" if known is None else f"it has ended ({known.event})"
        self._emit(Happened(client_order_id=tag, event=event, at=now, reason=reason))

    def _emit(self, record: Record) -> None:
        self.book.apply(record)
        self._write(record)
