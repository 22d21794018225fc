"""The exchange's own record of an order, which changes where `orders.Order` does not."""

from dataclasses import dataclass, field
from decimal import Decimal

from voldesk.model.fees import Meter
from voldesk.model.orders import Side, TimeInForce
from voldesk.simulator.exchange.instruments import Instrument
from voldesk.simulator.exchange.orders import (
    Execution,
    HeldFor,
    Order,
    OrderRequest,
    OrderStatus,
    Rejection,
)
from voldesk.simulator.exchange.shapes import SHAPES, Shape, Trigger

_NOTHING = Decimal(0)


@dataclass(slots=True, eq=False)
class Line:
    """What an order has filled for one account in one instrument."""

    meter: Meter
    quantity: Decimal = _NOTHING
    paid: Decimal = _NOTHING


@dataclass(slots=True, eq=False, kw_only=True)
class Ticket:
    """
    One order's state.

    Attributes:
        limit_price: In force: asked for, or made by trigger, quote or first fill.
        stop_price: In force.
        paid: Sum of price times quantity of its fills.
        is_transmitted: Whether it, or a later member of its family, was.
        is_triggered: Whether it needs no trigger, or had it.
        has_rested: Whether it has been in the book unfilled: others come to its price since.
        parent: The order it waits for.
        is_waiting: For the parent.
        children: Orders that wait for it, or did.
        algo_until: UTC ns; its algorithm works from then on.
        opens_at: Of OPG, UTC ns.
        closes_at: Of an order on close, UTC ns.
        ends_at: When its time in force ends, UTC ns; None for never.
        wants_cancel: A cancel is on its way.
        told_until: No event of it but fills is told before, UTC ns; so that they keep their order.
        fills_told_until: Likewise of its fills.
        lines: What was filled and charged, by account and instrument.
    """

    venue_order_id: int
    request: OrderRequest
    instrument: Instrument
    quantity: Decimal
    placed_at: int
    changed_at: int
    status: OrderStatus = OrderStatus.PENDING
    held_for: HeldFor | None = None
    filled: Decimal = _NOTHING
    paid: Decimal = _NOTHING
    last_price: Decimal = _NOTHING
    commission: Decimal = _NOTHING
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    revision: int = 0
    rejection: Rejection | None = None
    text: str = ""
    is_transmitted: bool = True
    is_triggered: bool = False
    has_rested: bool = False
    parent: "Ticket | None" = None
    is_waiting: bool = False
    children: "list[Ticket]" = field(default_factory=list)
    algo_until: int = 0
    opens_at: int | None = None
    closes_at: int | None = None
    ends_at: int | None = None
    wants_cancel: bool = False
    told_until: int = 0
    fills_told_until: int = 0
    lines: dict[tuple[str, str], Line] = field(default_factory=dict)

    @property
    def shape(self) -> Shape:
        """Return what its type consists of."""
        return SHAPES[self.request.order_type]

    @property
    def side(self) -> Side:
        """Return whose order it is."""
        return self.request.side

    @property
    def remaining(self) -> Decimal:
        """Return what could still fill."""
        return self.quantity - self.filled

    @property
    def is_live(self) -> bool:
        """Say whether it is not final."""
        return not self.status.is_final

    @property
    def can_fill(self) -> bool:
        """Say whether it is in the book."""
        return self.is_live and self.status is not OrderStatus.PENDING and self.held_for is None

    def begin(self) -> None:
        """Take the prices of the request it was placed with."""
        self.limit_price = self.request.limit_price if self.shape.needs_limit else None
        self.stop_price = self.request.stop_price
        self.is_triggered = self.shape.trigger is Trigger.NONE

    def revise(self, request: OrderRequest) -> None:
        """
        Take the terms of a modified request.

        A trigger that was not touched stays as it is: triggered, or trailed. A limit that the
        market made stays too, unless the type changed.
        """
        old, self.request = self.request, request
        self.quantity = request.quantity
        self.has_rested = False
        self.revision += 1
        is_same_type = old.order_type is request.order_type
        if not is_same_type or old.stop_price != request.stop_price:
            self.stop_price = request.stop_price
            self.is_triggered = self.shape.trigger is Trigger.NONE
        if self.shape.needs_limit:
            self.limit_price = request.limit_price
        elif not is_same_type:
            self.limit_price = None

    def hold_at(self, now: int, *, is_open: bool) -> HeldFor | None:
        """Return what it waits for at an instant, None if it works."""
        return next((reason for reason, holds in self._holds(now, is_open=is_open) if holds), None)

    def _holds(self, now: int, *, is_open: bool) -> tuple[tuple[HeldFor, bool], ...]:
        """Return every reason to wait, the first that holds counts."""
        is_in_session = is_open or self.closes_at is not None
        return (
            (HeldFor.TRANSMIT, not self.is_transmitted),
            (HeldFor.PARENT, self.is_waiting),
            (HeldFor.GOOD_AFTER, now < (self.request.good_after or 0)),
            (HeldFor.ALGO, now < self.algo_until),
            (HeldFor.OPENING, now < (self.opens_at or 0)),
            (HeldFor.CLOSING, now < (self.closes_at or 0)),
            (HeldFor.SESSION, not is_in_session),
            (HeldFor.TRIGGER, not self.is_triggered),
        )

    @property
    def is_immediate(self) -> bool:
        """Say whether what does not fill at once is cancelled."""
        return self.request.time_in_force in {TimeInForce.IOC, TimeInForce.FOK}

    @property
    def is_whole_only(self) -> bool:
        """Say whether it fills whole or not at all."""
        return self.request.all_or_none or self.request.time_in_force is TimeInForce.FOK

    def correct(self, old: Execution, new: Execution) -> None:
        """Put an execution's correction in its place; what remains to fill stays as it was."""
        if new.combo:
            return  # a leg's: the combo's own price stays
        self.filled += new.quantity - old.quantity
        self.quantity += new.quantity - old.quantity
        self.paid += new.quantity * new.price - old.quantity * old.price

    def view(self) -> Order:
        """Return the order as it stands."""
        return Order(
            venue_order_id=self.venue_order_id,
            request=self.request,
            status=self.status,
            held_for=self.held_for,
            quantity=self.quantity,
            filled=self.filled,
            average_price=self.paid / self.filled if self.filled else _NOTHING,
            last_price=self.last_price,
            commission=self.commission,
            stop_price=self.stop_price,
            limit_price=self.limit_price,
            placed_at=self.placed_at,
            changed_at=self.changed_at,
            revision=self.revision,
            rejection=self.rejection,
            text=self.text,
        )
