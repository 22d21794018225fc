"""What fills cost: one meter per order and contract, by the schedule of the day."""

from collections.abc import Iterable
from decimal import Decimal

from voldesk.model.fees import Meter
from voldesk.model.fees_tables import exercise_schedule, schedule_of
from voldesk.model.orders import Side
from voldesk.model.sessions import local_date
from voldesk.trading.paper.contracts import PaperContract
from voldesk.trading.paper.records import Executed, Record


class Costs:
    """Charges fills as the venue's broker does: minimums and flat fees once per order."""

    def __init__(self) -> None:
        self._meters: dict[str, dict[str, Meter]] = {}

    @classmethod
    def of(cls, records: Iterable[Record], live: Iterable[str]) -> "Costs":
        """Return the meters of the orders that still work."""
        costs = cls()
        tags = set(live)
        for record in records:
            if isinstance(record, Executed) and record.client_order_id in tags:
                for line in record.lines:
                    fill = line.fill
                    costs.charge(
                        record.client_order_id,
                        line.contract,
                        fill.side,
                        fill.quantity,
                        fill.price,
                        line.spot,
                        fill.ts_event,
                    )
        return costs

    def charge(
        self,
        tag: str,
        contract: PaperContract,
        side: Side,
        quantity: int,
        price: Decimal,
        spot: Decimal | None,
        at: int,
    ) -> Decimal:
        """
        Return what one more fill of an order costs, in the contract's currency.

        Raises:
            ValueError: The charges of that day are not known.
        """
        meters = self._meters.setdefault(tag, {})
        if contract.key not in meters:
            meters[contract.key] = _meter(contract, at)
        return meters[contract.key].charge(contract, side, Decimal(quantity), price, spot)

    def forget(self, tag: str) -> None:
        """Let go of an order that is over."""
        self._meters.pop(tag, None)


def cost_of(
    contract: PaperContract,
    side: Side,
    quantity: int,
    price: Decimal,
    spot: Decimal | None,
    at: int,
) -> Decimal:
    """
    Return what an order costs that fills at once; raises as `Costs.charge`.

    Raises:
        ValueError: The charges of that day are not known.
    """
    return _meter(contract, at).charge(contract, side, Decimal(quantity), price, spot)


def exercise_cost(contract: PaperContract, signed: int, worth: Decimal, at: int) -> Decimal:
    """
    Return what exercising an option costs its holder; who is assigned pays nothing more.

    Raises:
        ValueError: The charges of that day are not known.
    """
    schedule = exercise_schedule(contract.market, local_date(at, contract.market))
    side = Side.BUY if signed > 0 else Side.SELL
    return Meter(schedule).charge(contract, side, Decimal(abs(signed)), worth)


def _meter(contract: PaperContract, at: int) -> Meter:
    day = local_date(at, contract.market)
    return Meter(schedule_of(contract.market, contract.kind, contract.root, day))
