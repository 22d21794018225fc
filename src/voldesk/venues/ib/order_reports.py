"""What TWS says of orders as what a broker tells: each word once, under our id."""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Final

from ib_async.contract import Contract
from ib_async.objects import CommissionReport

from voldesk.model.clock import Clock
from voldesk.model.events import Charged, Filled, Happened, Told
from voldesk.model.lifecycle import Event
from voldesk.model.orders import Fill, Terms
from voldesk.venues.ib.executions import charge_of, fill_of, stem_of
from voldesk.venues.ib.order_book import Known, OrderBook
from voldesk.venues.ib.order_states import (
    ALIVE,
    REFUSES_STANDING,
    STATUSES,
    UNCONFIRMED,
    Bearing,
    bearing_of,
)
from voldesk.venues.ib.order_wrapper import Standing, ToldFill, ToldOrder
from voldesk.venues.ib.orders import has_terms, terms_of, whole

_OVER: Final = frozenset({Event.COMPLETE, Event.CANCEL, Event.REJECT})
_LOG: Final = logging.getLogger(__name__)
_UNDONE: Final = "~undone"


class OrderReports:
    """
    Fills `order_wrapper.OrderListener`.

    Args:
        client_id: Ours.
        key_of: Names a contract.
        clock: Stamps what is told.
        tell: Takes it.
        on_line: Takes errors that name no order: code and text.

    Attributes:
        book: Every order heard of.
        charges: What executions cost, by their ids.
        fill_count: Executions told of their own accord so far.
    """

    def __init__(
        self,
        client_id: int,
        key_of: Callable[[Contract], str],
        clock: Clock,
        tell: Callable[[Told], None],
        on_line: Callable[[int, str], None],
    ) -> None:
        self.book = OrderBook()
        self.charges: dict[str, Charged] = {}
        self.fill_count = 0
        self._client_id = client_id
        self._key_of = key_of
        self._clock = clock
        self._tell = tell
        self._on_line = on_line
        self._wholes: set[str] = set()  # executions of combinations
        self._versions: dict[str, dict[str, Fill | None]] = {}  # of each execution, by its stem

    def on_order(self, told: ToldOrder) -> None:
        """Take the terms of an order: a change of them that was asked for, or made by hand."""
        order = told.order
        known = self.book.heard(
            order.orderRef, order.account, order.clientId, order.orderId, order.permId
        )
        known.parent_id = order.parentId
        known.is_taken |= told.state.status not in UNCONFIRMED
        is_alive = told.state.status in ALIVE and not known.is_over
        if known.asked is not None and has_terms(order, known.asked):
            terms, known.asked = known.asked, None
            self._say(known, Event.MODIFY, terms=terms)
            known.terms = terms
        elif known.terms is None:
            known.terms = _terms_of(told)
        elif is_alive and known.asked is None and not has_terms(order, known.terms):
            known.terms = _terms_of(told)
            if known.terms is not None:
                self._say(known, Event.MODIFY, terms=known.terms, reason="changed at TWS")

    def on_standing(self, standing: Standing) -> None:
        """Take how far an order is."""
        known = self.book.find(standing.client_id, standing.order_id, standing.perm_id)
        if known is None:
            if not standing.perm_id:
                return
            known = self.book.heard("", "", standing.client_id, standing.order_id, standing.perm_id)
        known.is_taken |= standing.status not in UNCONFIRMED
        known.filled = max(known.filled, whole(standing.filled))
        event = STATUSES.get(standing.status)
        if event is not None:
            self._say(known, event, filled=whole(standing.filled))

    def on_execution(self, told: ToldFill) -> None:
        """Take a fill, the correction of one, or one that is taken back."""
        self.fill_count += 1
        for fill in self.fills_of([told]):
            self._tell(Filled(fill=fill, at=self._clock.now()))

    def on_charge(self, report: CommissionReport) -> None:
        """Take what a fill cost."""
        charge = charge_of(report, self._clock.now())
        if charge is None or charge.execution_id in self._wholes:
            return
        before = self.charges.get(charge.execution_id)
        if before is None or replace(before, at=charge.at) != charge:
            self.charges[charge.execution_id] = charge
            self._tell(charge)

    def on_error(self, request_id: int, code: int, text: str) -> None:
        """Take an error: of an order that we sent, or of the line."""
        known = self.book.find(self._client_id, request_id, 0)
        if known is None:
            self._on_line(code, text)
            return
        words = " ".join(text.split())
        match bearing_of(code):
            case Bearing.CANCELLED:
                self._say(known, Event.CANCEL, code=code, reason=words)
            case Bearing.CANCEL_REFUSED:
                self._say(known, Event.REFUSE_CANCEL, code=code, reason=words)
            case Bearing.REFUSED if known.asked is not None:
                known.asked = None
                self._say(known, Event.REFUSE_MODIFY, code=code, reason=words)
            case Bearing.REFUSED if not known.is_taken or code in REFUSES_STANDING:
                self._say(known, Event.REJECT, code=code, reason=words)
            case _:
                _LOG.info("ib_order_notice order=%s code=%d words=%s", known.tag, code, words)

    def refuse(self, known: Known, event: Event, reason: str) -> None:
        """Tell that something asked for cannot be."""
        self._say(known, event, reason=reason)

    def fills_of(self, executions: list[ToldFill]) -> list[Fill]:
        """
        Return executions as fills, in their order.

        A correction has the id of the one it replaces but for the last part. It comes as two: the
        old one undone, then the new one; both have ids that are the same each time they are told.
        """
        fills: list[Fill] = []
        for contract, execution in executions:
            if contract.secType == "BAG":  # its legs are told as well, and charged
                self._wholes.add(execution.execId)
                continue
            charge = self.charges.get(execution.execId)
            fill = fill_of(contract, execution, self._key_of(contract), charge)
            if fill is not None:
                fill = self._attributed(fill, execution.clientId, execution.orderId)
            versions = self._versions.setdefault(stem_of(execution.execId), {})
            versions[execution.execId] = fill
            latest = max(versions)  # the last part counts up, in two digits
            if fill is not None and execution.execId != latest:
                fills += [fill, _undone(fill)]
                continue
            fills += [
                _undone(one) for name, one in versions.items() if one is not None and name != latest
            ]
            if fill is not None:
                fills.append(fill)
        return fills

    def _attributed(self, fill: Fill, client_id: int, order_id: int) -> Fill:
        """Return a fill with our tag, where TWS left it out and the order is known."""
        if fill.client_order_id:
            return fill
        known = self.book.find(client_id, order_id, int(fill.venue_order_id))
        return fill if known is None else replace(fill, client_order_id=known.tag)

    def _say(
        self,
        known: Known,
        event: Event,
        *,
        filled: int | None = None,
        code: int | None = None,
        reason: str = "",
        terms: Terms | None = None,
    ) -> None:
        """Pass a word on, unless it is the last one again."""
        if event in _OVER:
            known.ended = event
        told = (event, filled, code, terms)
        if told == known.told:
            return
        known.told = told
        self._tell(
            Happened(
                client_order_id=known.tag,
                event=event,
                at=self._clock.now(),
                venue_order_id=known.venue_order_id,
                terms=terms,
                filled=filled,
                code=code,
                reason=reason,
            )
        )


def _undone(fill: Fill) -> Fill:
    """Return what takes a fill back."""
    return replace(
        fill,
        execution_id=f"{fill.execution_id}{_UNDONE}",
        side=fill.side.other,
        commission=None if fill.commission is None else Decimal(0),
    )


def _terms_of(told: ToldOrder) -> Terms | None:
    with suppress(ValueError):
        return terms_of(told.order, whole(told.order.totalQuantity))
    return None
