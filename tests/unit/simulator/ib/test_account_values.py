"""Values of an account under TWS's names."""

from decimal import Decimal

from tws_client import make_world

from voldesk.simulator.ib.account_values import TAGS, ledger_of, values_of


def test_a_fresh_account() -> None:
    """All cash, nothing required."""
    summary = make_world().exchange.summary("DU1234567")
    values = {name: value for name, value, _ in values_of(summary)}
    assert values["NetLiquidation"] == values["TotalCashValue"] == "1000000.00"
    assert values["InitMarginReq"] == "0.00"
    assert Decimal(values["BuyingPower"]) > Decimal(values["NetLiquidation"])
    assert set(values) >= TAGS - {"Cushion"}


def test_the_ledger_has_a_base() -> None:
    """In all first, then currency by currency."""
    rows = ledger_of(make_world().exchange.summary("DU1234567"))
    assert rows[0] == ("Currency", "BASE", "BASE")
    assert ("CashBalance", "1000000.00", "USD") in rows
    assert {currency for _, _, currency in rows} == {"BASE", "USD"}
