"""Everything TWS has of an account, taken at one instant."""

import asyncio
from typing import Final

from ib_async.objects import ExecutionFilter, Position

from voldesk.model.clock import Clock
from voldesk.model.errors import ConfigError, VenueRejected, VenueUnavailable
from voldesk.model.events import Held, Seen, Snapshot
from voldesk.venues.ib import order_questions as questions
from voldesk.venues.ib.contract_book import ContractBook
from voldesk.venues.ib.link import Link
from voldesk.venues.ib.money import decimal_of
from voldesk.venues.ib.order_book import ADOPTED
from voldesk.venues.ib.order_reports import OrderReports
from voldesk.venues.ib.order_states import seen_event
from voldesk.venues.ib.order_wrapper import ToldOrder
from voldesk.venues.ib.orders import intent_of, whole

_TRIES: Final = 3  # when fills come while it is taken


class Snapshots:
    """
    Takes snapshots, one at a time.

    Args:
        link: Asks.
        reports: Hear the answers as well.
        contracts: Name what is held.
        clock: Stamps them.
    """

    def __init__(
        self, link: Link, reports: OrderReports, contracts: ContractBook, clock: Clock
    ) -> None:
        self._link = link
        self._reports = reports
        self._contracts = contracts
        self._clock = clock
        self._asking = asyncio.Lock()

    async def take(self, account: str) -> Snapshot:
        """
        Ask for everything; again where fills came meanwhile, so that they fit the positions.

        Raises:
            VenueUnavailable: Not all of it came in time.
        """
        secs = self._link.request_secs
        try:
            async with self._asking, asyncio.timeout(secs):
                for _ in range(_TRIES):
                    count = self._reports.fill_count
                    taken = await self._take(account)
                    if self._reports.fill_count == count:
                        break
                return taken
        except TimeoutError as exc:
            raise VenueUnavailable(f"a snapshot: not all of it came within {secs:g} s") from exc
        except (ConfigError, VenueRejected) as exc:
            raise VenueUnavailable(f"a snapshot: {exc}") from exc

    async def _take(self, account: str) -> Snapshot:
        link, mine = self._link, ExecutionFilter(acctCode=account)
        # Sent in one go, so that TWS answers all of them at one instant.
        working, completed, executions, held = await asyncio.gather(
            link.ask("open orders", questions.open_orders),
            link.ask("completed orders", questions.completed_orders),
            link.ask("executions", lambda ib: questions.executions(ib, mine)),
            link.ask("positions", questions.positions),
        )
        orders = [one for one in (*completed, *working) if one.order.account == account]
        await self._contracts.identify(
            leg.conId for one in orders for leg in one.contract.comboLegs or ()
        )
        fills = {fill.execution_id: fill for fill in self._reports.fills_of(executions)}
        return Snapshot(
            account=account,
            orders=tuple(self._seen(one) for one in orders),
            fills=tuple(fills.values()),
            positions=tuple(
                self._held(one) for one in held if one.account == account and one.position
            ),
            at=self._clock.now(),
        )

    def _seen(self, told: ToldOrder) -> Seen:
        order, state = told.order, told.state
        known = self._reports.book.find(order.clientId, order.orderId, order.permId)
        executed = decimal_of(order.filledQuantity)
        filled = 0 if executed is None else whole(executed)
        if known is not None:
            filled = max(filled, known.filled)
        perm_id = str(order.permId) if order.permId else ""
        return Seen(
            client_order_id=order.orderRef,
            venue_order_id=perm_id,
            event=seen_event(state.status, filled),
            filled=filled,
            intent=intent_of(
                order,
                told.contract,
                self._contracts.key_of,
                tag=f"{ADOPTED}{perm_id}",
                made_at=self._clock.now(),
            ),
            reason=state.completedStatus or state.warningText,
        )

    def _held(self, position: Position) -> Held:
        contract = position.contract
        cost = decimal_of(position.avgCost)
        multiplier = decimal_of(contract.multiplier) or 1
        return Held(
            account=position.account,
            key=self._contracts.key_of(contract),
            quantity=int(position.position),
            average_price=None if cost is None else cost / multiplier,
        )
