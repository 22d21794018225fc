"""
What each entry of the journal changes in the tables.

The states are those of `model.lifecycle`. An entry that cannot follow what is known is kept with
an alarm and changes no order; an execution counts whatever is known, since money moved.
"""

from decimal import Decimal
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import and_

from voldesk.model.errors import InvariantError, StorageError
from voldesk.model.events import (
    Adopted,
    Begun,
    Charged,
    Counted,
    Decided,
    Entry,
    Filled,
    Happened,
    Switched,
)
from voldesk.model.lifecycle import FINAL, Event, State, next_state
from voldesk.model.orders import Fill, Intent, Terms
from voldesk.store.trades.book import Book, Row
from voldesk.store.trades.rounds import take_count, take_fill
from voldesk.store.trades.schema import (
    CHARGES,
    CHECKS,
    DECISIONS,
    EVENTS,
    FILLS,
    INTENTS,
    LEGS,
    ORDERS,
    RUNS,
    SWITCHES,
    TRADES,
    VENUE_IDS,
)

_TERMS = ("quantity", "limit_price", "stop_price", "trail_amount", "trail_pct", "good_till")


def take(book: Book, number: int, entry: Entry) -> None:
    """
    Change the rows that an entry changes.

    Raises:
        StorageError: It is of another account.
    """
    match entry:
        case Begun():
            _begin(book, number, entry)
        case Decided():
            _decide(book, number, entry)
        case Adopted():
            _adopt(book, number, entry)
        case Happened():
            _happen(book, number, entry)
        case Filled():
            _fill(book, number, entry)
        case Charged():
            _charge(book, number, entry)
        case Switched():
            book.add(
                SWITCHES,
                entry=number,
                state=entry.state,
                by=entry.by,
                reason=entry.reason,
                at=entry.at,
            )
        case Counted():
            take_count(book, entry.base, number, entry.at)


def _begin(book: Book, number: int, entry: Begun) -> None:
    if entry.account != book.account:
        raise StorageError(
            f"entry {number} of the journal is of another account than the one projected"
        )
    book.add(
        RUNS, entry=number, version=entry.version, config=entry.config, pid=entry.pid, at=entry.at
    )


def _decide(book: Book, number: int, entry: Decided) -> None:
    intent, tag = entry.intent, entry.intent.client_order_id
    _put_intent(book, number, intent, entry.at, is_external=False)
    book.add(
        DECISIONS,
        entry=number,
        client_order_id=tag,
        is_allowed=not entry.reason,
        reason=entry.reason,
        at=entry.at,
    )
    for place, (name, value, limit) in enumerate(entry.checks):
        book.add(CHECKS, entry=number, place=place, name=name, value=value, bound=limit)
    event = Event.DENY if entry.reason else Event.JOURNAL
    if book.get(ORDERS, tag) is not None:
        _put_event(book, number, event, entry.at, tag=tag, alarm="the id was used before")
        return
    order = _put_order(book, number, intent, State.INTENT, entry.at)
    order["state"] = next_state(State.INTENT, event).value
    order["reason"] = entry.reason
    _put_event(book, number, event, entry.at, order=order, reason=entry.reason)


def _adopt(book: Book, number: int, entry: Adopted) -> None:
    _put_intent(book, number, entry.intent, entry.at, is_external=True)
    order = _put_order(book, number, entry.intent, State.EXTERNAL, entry.at)
    _name(book, order, entry.venue_order_id)
    alarms = []
    strays = and_(FILLS.c.client_order_id.is_(None), FILLS.c.venue_order_id == entry.venue_order_id)
    for fill in sorted(book.find(FILLS, strays), key=itemgetter("entry")):
        fill["client_order_id"] = order["client_order_id"]
        trade = book.get(TRADES, fill["key"], fill["entry"])
        if trade is not None:
            trade["client_order_id"] = order["client_order_id"]
            trade["strategy"] = order["strategy"]
        _, alarm = _attach(book, order, fill, entry.at)
        alarms.append(alarm)
    alarm = "; ".join(filter(None, alarms))
    _put_event(book, number, Event.JOURNAL, entry.at, order=order, alarm=alarm)


def _happen(book: Book, number: int, entry: Happened) -> None:
    order = _find(book, entry.client_order_id, entry.venue_order_id)
    told: dict[str, Any] = {
        "venue_order_id": entry.venue_order_id,
        "terms": None if entry.terms is None else _json(entry.terms),
        "filled": entry.filled,
        "code": entry.code,
        "reason": entry.reason,
    }
    if order is None:
        _put_event(book, number, entry.event, entry.at, alarm="no such order is known", **told)
        return
    filled = max(order["filled"], entry.filled or 0)
    try:
        state = next_state(State(order["state"]), entry.event, filled=filled)
    except InvariantError as exc:
        _put_event(book, number, entry.event, entry.at, order=order, alarm=str(exc), **told)
        return
    order |= {
        "state": state.value,
        "filled": filled,
        "reason": entry.reason or order["reason"],
        "changed_at": entry.at,
        "last_entry": number,
    }
    if entry.venue_order_id:
        _name(book, order, entry.venue_order_id)
    _change_terms(order, entry)
    _put_event(book, number, entry.event, entry.at, order=order, **told)


def _change_terms(order: Row, entry: Happened) -> None:
    if entry.event is Event.ASK_MODIFY and entry.terms is not None:
        order["asked"] = _json(entry.terms)
    elif entry.event is Event.MODIFY:
        asked = order["asked"]
        terms = entry.terms or (asked and msgspec.json.decode(asked, type=Terms))
        if terms:
            order |= {name: getattr(terms, name) for name in _TERMS}
        order["asked"] = None
    elif entry.event is Event.REFUSE_MODIFY or State(order["state"]) in FINAL:
        order["asked"] = None


def _fill(book: Book, number: int, entry: Filled) -> None:
    fill = entry.fill
    if book.get(FILLS, fill.execution_id) is not None:
        _put_event(book, number, Event.FILL, entry.at, alarm=f"{fill.execution_id} was told before")
        return
    order = _find(book, fill.client_order_id, fill.venue_order_id)
    row = _put_fill(book, number, fill, entry.at, order)
    take_fill(book, fill, number, order)
    event, alarm = (
        (Event.FILL, "no such order is known")
        if order is None
        else _attach(book, order, row, entry.at)
    )
    if order is not None:
        order["last_entry"] = number
    _put_event(
        book,
        number,
        event,
        entry.at,
        order=order,
        alarm=alarm,
        venue_order_id=fill.venue_order_id,
        filled=None if order is None else order["filled"],
    )


def _attach(book: Book, order: Row, fill: Row, at: int) -> tuple[Event, str]:
    """Count an execution for its order; return what it was to it, and what is wrong with that."""
    tag, count = order["client_order_id"], order["leg_count"]
    legs = [leg for place in range(count) if (leg := book.get(LEGS, tag, place)) is not None]
    ratio = next((leg["ratio"] for leg in legs if leg["key"] == fill["key"]), 1)
    # An execution against its order undoes one: the venue busted a trade.
    sign = 1 if (fill["side"] == order["side"]) == (ratio > 0) else -1
    signed = sign * fill["quantity"]
    for leg in legs:
        if leg["key"] == fill["key"]:
            leg["filled"] += signed
    units = min(leg["filled"] // abs(leg["ratio"]) for leg in legs)
    state = State(order["state"])
    is_told = units <= order["filled"] and state in FINAL
    filled, asked = max(order["filled"], units), order["quantity"]
    event = Event.COMPLETE if filled >= asked else Event.FILL
    order |= {
        "filled": filled,
        "paid": order["paid"] + fill["price"] * signed,
        "changed_at": at,
    }
    if units > asked:
        return event, f"{units} filled, {asked} asked"
    if is_told:
        return event, ""
    try:
        order["state"] = next_state(state, event, filled=filled).value
    except InvariantError as exc:
        return event, str(exc)
    return event, ""


def _charge(book: Book, number: int, entry: Charged) -> None:
    book.put(
        CHARGES,
        execution_id=entry.execution_id,
        entry=number,
        commission=entry.commission,
        currency=entry.currency,
        venue_realised=entry.realised,
        at=entry.at,
    )
    fill = book.get(FILLS, entry.execution_id)
    if fill is not None:
        fill["commission"], fill["currency"] = entry.commission, entry.currency
        fill["venue_realised"] = entry.realised


def _find(book: Book, tag: str, venue_order_id: str) -> Row | None:
    """Return the order of our tag, or else of the venue's id."""
    order = book.get(ORDERS, tag) if tag else None
    if order is None and venue_order_id:
        named = book.get(VENUE_IDS, venue_order_id)
        order = None if named is None else book.get(ORDERS, named["client_order_id"])
    return order


def _name(book: Book, order: Row, venue_order_id: str) -> None:
    order["venue_order_id"] = venue_order_id
    book.put(VENUE_IDS, venue_order_id=venue_order_id, client_order_id=order["client_order_id"])


def _put_intent(book: Book, number: int, intent: Intent, at: int, *, is_external: bool) -> None:
    same = (
        *("client_order_id", "underlying", "parent_id", "oca_group", "outside_hours"),
        *("is_adaptive", "is_reducing", "strategy", "reason", "made_at"),
    )
    book.add(
        INTENTS,
        entry=number,
        at=at,
        is_external=is_external,
        side=intent.side.value,
        order_type=intent.order_type.value,
        time_in_force=intent.time_in_force.value,
        **{name: getattr(intent, name) for name in same},
        **{name: getattr(intent.terms, name) for name in _TERMS},
    )


def _put_order(book: Book, number: int, intent: Intent, state: State, at: int) -> Row:
    for place, leg in enumerate(intent.legs):
        book.put(
            LEGS,
            client_order_id=intent.client_order_id,
            place=place,
            key=leg.key,
            ratio=leg.ratio,
            filled=0,
        )
    return book.put(
        ORDERS,
        client_order_id=intent.client_order_id,
        entry=number,
        last_entry=number,
        venue_order_id="",
        state=state.value,
        underlying=intent.underlying,
        side=intent.side.value,
        order_type=intent.order_type.value,
        strategy=intent.strategy,
        leg_count=len(intent.legs),
        filled=0,
        paid=Decimal(0),
        reason="",
        changed_at=at,
        **{name: getattr(intent.terms, name) for name in _TERMS},
    )


def _put_fill(book: Book, number: int, fill: Fill, at: int, order: Row | None) -> Row:
    charge = None if fill.commission is not None else book.get(CHARGES, fill.execution_id)
    return book.put(
        FILLS,
        execution_id=fill.execution_id,
        entry=number,
        client_order_id=None if order is None else order["client_order_id"],
        venue_order_id=fill.venue_order_id,
        key=fill.key,
        side=fill.side.value,
        quantity=fill.quantity,
        price=fill.price,
        commission=fill.commission if charge is None else charge["commission"],
        currency=fill.currency if charge is None else charge["currency"],
        venue_realised=None if charge is None else charge["venue_realised"],
        ts_event=fill.ts_event,
        at=at,
    )


def _put_event(
    book: Book,
    number: int,
    event: Event,
    at: int,
    *,
    order: Row | None = None,
    tag: str | None = None,
    alarm: str = "",
    **told: Any,  # noqa: ANN401  # columns of what the venue told
) -> None:
    known = None if order is None else order["client_order_id"]
    columns = {"venue_order_id": "", "reason": ""} | told
    book.add(
        EVENTS,
        entry=number,
        client_order_id=known or tag,
        event=event.value,
        state=None if order is None else order["state"],
        alarm=alarm,
        at=at,
        **columns,
    )


def _json(terms: Terms) -> str:
    return msgspec.json.encode(terms).decode()
