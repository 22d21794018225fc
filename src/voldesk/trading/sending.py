"""Durable orders on their way to a broker, and what that came to."""

from collections.abc import Callable, Sequence

from voldesk.model.errors import VenueUnavailable
from voldesk.model.lifecycle import Event, State
from voldesk.model.ports.broker import Broker, FamilyBroker
from voldesk.trading.ledger import OrderRecord
from voldesk.trading.line import VenueLine
from voldesk.trading.record import Record


class Sending:
    """
    Hands orders to a broker, each once.

    Args:
        broker: Open.
        record: Where it is noted.
        line: Told what may have been lost.
        is_halted: Says that nothing may go out; asked last of all, since a halt may come while
            the disk is writing.
    """

    def __init__(
        self, broker: Broker, record: Record, line: VenueLine, is_halted: Callable[[], bool]
    ) -> None:
        self._broker, self._record, self._line = broker, record, line
        self._is_halted = is_halted

    async def send(self, orders: Sequence[OrderRecord], why_not: str = "") -> None:
        """
        Send orders that wait in one call.

        Args:
            orders: Those that are denied are left alone.
            why_not: Denies all of them instead; "" for nothing against them.
        """
        waiting = [order for order in orders if order.state is State.JOURNALLED]
        if self._is_halted():
            why_not = why_not or "halted before it was sent"
        try:
            if not why_not and waiting:
                await self._hand_over(waiting)
        except VenueUnavailable as exc:
            why_not = f"not sent: {exc}"
        except BaseException:
            self._line.lose(tags_of(waiting), "sending it was interrupted")
            raise
        for order in waiting:
            await self._note(order, why_not)

    async def send_family(self, orders: Sequence[OrderRecord], why_not: str = "") -> None:
        """Send a parent and its children: in one call where the broker takes that, else in turn."""
        if why_not or isinstance(self._broker, FamilyBroker):
            await self.send(orders, why_not)
            return
        parent = orders[0]
        for order in orders:
            is_orphan = order is not parent and parent.state is State.DENIED
            await self.send([order], "its parent was not sent" if is_orphan else "")

    async def _hand_over(self, orders: Sequence[OrderRecord]) -> None:
        if len(orders) > 1:
            assert isinstance(self._broker, FamilyBroker)
            await self._broker.place_all([order.intent for order in orders])
        else:
            await self._broker.place(orders[0].intent)

    async def _note(self, order: OrderRecord, why_not: str) -> None:
        """Note that an order was handed over, or why not."""
        tag = order.intent.client_order_id
        if why_not:
            # Where the line broke while it was being sent it counts as lost already.
            event = Event.DENY if order.state is State.JOURNALLED else Event.MISS
            await self._record.write(self._record.event(tag, event, reason=why_not))
            return
        # Not written down: a durable intent counts as sent until the venue says it is not.
        if order.state is State.JOURNALLED:  # and no answer was faster
            self._record.apply(self._record.event(tag, Event.SEND))
        self._line.expect_answer(tag)


def tags_of(orders: Sequence[OrderRecord]) -> list[str]:
    """Return the ids of those that were not denied."""
    return [order.intent.client_order_id for order in orders if order.state is not State.DENIED]
