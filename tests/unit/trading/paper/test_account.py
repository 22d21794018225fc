"""What positions are marked at, and what the account is worth."""

from decimal import Decimal

import pytest
from orders import CALL, PUT
from paper_world import STOCK, UNKNOWN, PaperFloor, a_mark, buy, sell

from voldesk.trading.marks import Mark
from voldesk.trading.paper.account import price_of, values_of


@pytest.mark.parametrize(
    ("mark", "is_long", "price"),
    [
        (a_mark(), True, "1.225"),
        (a_mark(bid=UNKNOWN), True, "0"),
        (a_mark(bid=UNKNOWN), False, "1.25"),
        (a_mark(ask=UNKNOWN), True, "1.2"),
        (a_mark(ask=UNKNOWN), False, None),
        (a_mark(ask=UNKNOWN, last=1.3), False, "1.3"),
        (a_mark(bid=1.5), True, "1.5"),
        (a_mark(STOCK, 230.0, 230.5), True, "230.25"),
        (a_mark(STOCK, UNKNOWN, UNKNOWN, last=231.0), True, "231"),
        (a_mark(STOCK, UNKNOWN, UNKNOWN, spot=232.0), False, "232"),
        (a_mark(STOCK, UNKNOWN, UNKNOWN), True, None),
        (None, True, None),
    ],
)
def test_what_a_position_is_marked_at(mark: Mark | None, is_long: bool, price: str | None) -> None:
    """The mid, else what it is worth at least, else nothing that anybody knows."""
    assert price_of(mark, is_long=is_long) == (None if price is None else Decimal(price))


def test_the_account_is_worth_its_cash_and_positions() -> None:
    """A call bought and a put sold, marked at their mids."""
    floor = PaperFloor()
    floor.place(buy("b", 2), sell("s", 1, PUT))
    values = values_of(floor.book, floor.shown, "USD")
    cash = 1_000_000 - Decimal(250) - Decimal("1.30") + 120 - 1
    assert values.cash == cash
    assert values.equity == cash + Decimal("122.5")
    assert values.unrealised == Decimal("-9.80")
    assert values.realised == 0
    assert values.commissions == Decimal("2.30")
    assert values.initial == values.maintenance == Decimal("134122.5")


def test_money_of_another_currency_is_another_account() -> None:
    """Nothing is converted."""
    floor = PaperFloor()
    floor.place(buy("b"))
    rupees = values_of(floor.book, floor.shown, "INR")
    assert rupees.cash == rupees.equity == 1_000_000
    assert rupees.initial == 0
    assert values_of(floor.book, floor.shown, "EUR").cash == 0


def test_a_position_without_a_price_makes_the_whole_unknown() -> None:
    """Not a smaller number."""
    floor = PaperFloor()
    floor.place(buy("b"))
    del floor.shown.marks[CALL]
    values = values_of(floor.book, floor.shown, "USD")
    assert values.equity is values.unrealised is values.initial is values.maintenance is None


def test_stocks_count_at_their_worth() -> None:
    """Half of a stock is bound to buy it, a quarter to keep it."""
    floor = PaperFloor(a_mark(STOCK, 230.0, 230.0, ask_size=100.0))
    floor.place(buy("b", 100, STOCK))
    values = values_of(floor.book, floor.shown, "USD")
    assert values.equity == 1_000_000 - 1
    assert values.initial == 11500
    assert values.maintenance == 5750
