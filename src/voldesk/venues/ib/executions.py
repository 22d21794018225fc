"""Executions and their charges as TWS tells them, as fills."""

from typing import Final

from ib_async.contract import Contract
from ib_async.objects import CommissionReport, Execution

from voldesk.model.events import Charged
from voldesk.model.orders import Fill, Side
from voldesk.venues.ib.money import decimal_of
from voldesk.venues.ib.orders import whole

_BOUGHT: Final = "BOT"
_NS_PER_SECOND: Final = 1_000_000_000


def fill_of(
    contract: Contract, execution: Execution, key: str, charge: Charged | None = None
) -> Fill | None:
    """
    Return an execution as a fill, None where nothing changed hands by it.

    A combination is told of itself and by its legs: the legs are what is held afterwards. An
    execution of nothing is one that was taken back.
    """
    price, quantity = decimal_of(execution.price), whole(execution.shares)
    if contract.secType == "BAG" or price is None or quantity == 0:
        return None
    return Fill(
        execution_id=execution.execId,
        client_order_id=execution.orderRef,
        venue_order_id=str(execution.permId),
        account=execution.acctNumber,
        key=key,
        side=Side.BUY if execution.side == _BOUGHT else Side.SELL,
        quantity=quantity,
        price=price,
        ts_event=int(execution.time.timestamp()) * _NS_PER_SECOND,
        commission=None if charge is None else charge.commission,
        currency=(contract.currency or "USD") if charge is None else charge.currency,
    )


def charge_of(report: CommissionReport, at: int) -> Charged | None:
    """Return what an execution cost, None where TWS does not know it yet."""
    commission = decimal_of(report.commission)
    if commission is None:
        return None
    return Charged(
        execution_id=report.execId,
        commission=commission,
        currency=report.currency or "USD",
        at=at,
        realised=decimal_of(report.realizedPNL),
    )


def stem_of(execution_id: str) -> str:
    """Return what the versions of one execution share: a correction counts up the last part."""
    return execution_id.rpartition(".")[0] or execution_id
