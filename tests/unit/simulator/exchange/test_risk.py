"""What an account is worth, and what an order would do to it."""

from decimal import Decimal

import pytest
from trading_floor import CALL, FAR_CALL, FUTURE, PAIR, SPREAD, STOCK, Floor

from voldesk.model.orders import Side
from voldesk.simulator.exchange.accounts import AccountSpec
from voldesk.simulator.exchange.orders import OrderType


def _floor(**spec: object) -> Floor:
    accounts = (AccountSpec(name="DU1", **spec),)  # type: ignore[arg-type]  # by name
    floor = Floor(accounts=accounts)
    floor.quote(STOCK, 229.99, 230.01, size=1000)
    floor.quote(CALL, 5.0, 5.2, size=1000)
    floor.quote(FAR_CALL, 2.0, 2.2, size=1000)
    floor.quote(FUTURE, 6800, 6800.5, size=1000)
    floor.quote(PAIR, 1.15995, 1.16005, size=10**7)
    return floor


def test_the_parts_of_an_account_make_its_whole() -> None:
    """Net liquidation is cash, stocks, options and gains of futures; options are no equity."""
    floor = _floor()
    floor.buy(100, key=STOCK)
    floor.buy(10)
    floor.buy(2, key=FUTURE)
    floor.quote(FUTURE, 6810, 6810.5)
    summary = floor.exchange.summary("DU1")
    assert summary.stock_value == 23_000
    assert summary.option_value == 5_100
    assert summary.future_pnl == Decimal("9.75") * 2 * 50
    parts = (summary.total_cash, summary.stock_value, summary.option_value, summary.future_pnl)
    assert summary.net_liquidation == sum(parts)
    assert summary.margin.equity_with_loan == summary.net_liquidation - summary.option_value
    assert summary.daily_pnl == summary.net_liquidation - 1_000_000
    assert summary.unrealized_pnl == summary.daily_pnl
    assert summary.gross_position_value == 23_000 + 5_100 + Decimal("6810.25") * 100
    assert summary.buying_power == summary.margin.available * 4


def test_buying_power_is_the_accounts_leverage() -> None:
    """A cash account buys for what it has, and a broke one for nothing."""
    floor = _floor(leverage=Decimal(1), cash={"USD": Decimal(500)})
    assert floor.exchange.summary("DU1").buying_power == 500
    owing = _floor(cash={"USD": Decimal(-500)})
    assert owing.exchange.summary("DU1").buying_power == 0


def test_currencies_are_cash_and_nothing_else() -> None:
    """Bought euros are counted once."""
    floor = _floor()
    floor.buy(10_000, key=PAIR)
    summary = floor.exchange.summary("DU1")
    assert summary.stock_value == 0
    assert set(summary.cash) == {"USD", "EUR"}
    assert summary.net_liquidation == summary.total_cash


def test_an_account_is_told_in_its_own_currency() -> None:
    """A dollar option of a euro account requires its margin in euros."""
    dollars, euros = _floor(), _floor(currency="EUR", cash={"EUR": Decimal(1_000_000)})
    for floor in (dollars, euros):
        floor.sell(1)
    in_dollars = dollars.exchange.summary("DU1").margin.initial
    in_euros = euros.exchange.summary("DU1").margin.initial
    assert abs(in_euros - in_dollars / Decimal("1.16")) < Decimal("1e-9")


@pytest.mark.parametrize(
    ("side", "quantity", "terms"),
    [
        (Side.BUY, 3, {}),
        (Side.SELL, 3, {}),
        (Side.BUY, 100, {"key": STOCK}),
        (Side.SELL, 100, {"key": STOCK}),
        (Side.BUY, 2, {"key": FUTURE}),
        (Side.SELL, 2, {"limit_price": 4.0}),
        (Side.BUY, 2, {"limit_price": 5.2}),
    ],
)
def test_what_if_foretells_what_a_fill_does(
    side: Side, quantity: int, terms: dict[str, object]
) -> None:
    """An order that fills at once leaves the margin that was foretold."""
    floor = _floor()
    request = floor.request(side, quantity, **terms)  # type: ignore[arg-type]  # by name
    answer = floor.exchange.what_if(request)
    assert floor.exchange.place(request) == 1
    assert floor.order(1).commission == answer.commission
    assert floor.exchange.summary("DU1").margin == answer.after


def test_what_if_of_a_combo_covers_its_legs() -> None:
    """A credit spread requires the distance of its strikes."""
    floor = _floor()
    answer = floor.exchange.what_if(floor.request(Side.SELL, 2, SPREAD))
    assert answer.after.initial == 2_000
    assert answer.commission > 0


def test_an_order_without_a_price_is_judged_by_what_there_is() -> None:
    """By its stop, else by the mark where the other side is missing."""
    floor = _floor()
    stop = floor.request(Side.BUY, 1, order_type=OrderType.STOP, stop_price=7)
    assert floor.exchange.what_if(stop).change.equity_with_loan == -700 - Decimal("1.00")
    floor.quote(CALL, 5.0, None)
    market = floor.request(Side.BUY, 1)
    assert floor.exchange.what_if(market).change.equity_with_loan == -500 - Decimal("1.00")
