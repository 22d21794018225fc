"""Executions of TWS become fills, once each and of what changed hands."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from ib_async.contract import Contract
from ib_async.objects import CommissionReport, Execution
from ib_async.util import UNSET_DOUBLE

from voldesk.model.events import Charged
from voldesk.model.orders import Side
from voldesk.venues.ib.executions import charge_of, fill_of, stem_of

CALL = Contract(secType="OPT", currency="USD")
AT = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)


def execution(**facts: Any) -> Execution:
    """Return one of two contracts bought, with changes."""
    known: dict[str, Any] = {
        "execId": "0001.01.01",
        "time": AT,
        "acctNumber": "DU1",
        "side": "BOT",
        "shares": 2.0,
        "price": 1.25,
        "permId": 77,
        "orderRef": "vd-1",
    }
    return Execution(**known | facts)


def test_a_fill() -> None:
    """All that TWS tells of it is kept, prices exact."""
    fill = fill_of(CALL, execution(), "key")
    assert fill is not None
    assert (fill.execution_id, fill.client_order_id, fill.venue_order_id) == (
        "0001.01.01",
        "vd-1",
        "77",
    )
    assert (fill.side, fill.quantity, fill.price) == (Side.BUY, 2, Decimal("1.25"))
    assert (fill.account, fill.key, fill.currency, fill.commission) == ("DU1", "key", "USD", None)
    assert fill.ts_event == int(AT.timestamp()) * 10**9
    sold = fill_of(CALL, execution(side="SLD"), "key")
    assert sold is not None
    assert sold.side is Side.SELL


def test_what_it_cost() -> None:
    """A charge that is known already comes with it."""
    charge = Charged(execution_id="0001.01.01", commission=Decimal("1.3"), currency="EUR", at=1)
    fill = fill_of(CALL, execution(), "key", charge)
    assert fill is not None
    assert (fill.commission, fill.currency) == (Decimal("1.3"), "EUR")


@pytest.mark.parametrize(
    ("contract", "facts"),
    [
        (Contract(secType="BAG"), {}),
        (CALL, {"shares": 0.0}),
        (CALL, {"price": UNSET_DOUBLE}),
    ],
)
def test_no_fill(contract: Contract, facts: dict[str, Any]) -> None:
    """A combination's own line, one taken back, and one without a price move nothing."""
    assert fill_of(contract, execution(**facts), "key") is None


def test_a_charge() -> None:
    """The commission, and the profit where TWS knows one."""
    told = charge_of(CommissionReport("x", 1.3, "USD", 20.5), 5)
    assert told == Charged(
        execution_id="x",
        commission=Decimal("1.3"),
        currency="USD",
        at=5,
        realised=Decimal("20.5"),
    )
    unknown = charge_of(CommissionReport("x", 1.3, "", UNSET_DOUBLE), 5)
    assert unknown is not None
    assert (unknown.realised, unknown.currency) == (None, "USD")
    assert charge_of(CommissionReport("x", UNSET_DOUBLE), 5) is None


def test_versions_of_an_execution() -> None:
    """They share all but the last part of their ids."""
    assert stem_of("0000e0d5.6123.01.02") == "0000e0d5.6123.01"
    assert stem_of("plain") == "plain"
