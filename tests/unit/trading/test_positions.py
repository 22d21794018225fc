"""Positions: first in, first out, exact, and unknown where a price was never told."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orders import CALL, a_fill, an_intent

from voldesk.model.events import Counted, Decided, Filled
from voldesk.model.orders import Fill, Side
from voldesk.trading.ledger import Ledger
from voldesk.trading.positions import BASE, executions, fold, positions_of


def traded(*sizes: tuple[int, str], fee: str | None = "1") -> list[Fill]:
    """Return executions of signed sizes at prices, one after another."""
    return [
        a_fill(
            f"x{at}",
            quantity=abs(size),
            side=Side.BUY if size > 0 else Side.SELL,
            price=Decimal(price),
            ts_event=at,
            commission=None if fee is None else Decimal(fee),
        )
        for at, (size, price) in enumerate(sizes)
    ]


@pytest.mark.parametrize(
    ("sizes", "quantity", "average", "realised"),
    [
        ([(2, "1.00"), (1, "1.30")], 3, "1.10", "0"),
        ([(2, "1.00"), (2, "2.00"), (-3, "3.00")], 1, "2.00", "5.00"),
        ([(-2, "5.00"), (1, "4.00")], -1, "5.00", "1.00"),
        ([(1, "1.00"), (-3, "2.00")], -2, "2.00", "1.00"),
        ([(1, "1.00"), (-1, "0.50")], 0, None, "-0.50"),
    ],
)
def test_the_oldest_is_closed_first(
    sizes: list[tuple[int, str]], quantity: int, average: str | None, realised: str
) -> None:
    """What is held, what it cost and what was made of the rest, long, short and turned over."""
    one = fold({}, traded(*sizes)).by_key[CALL]
    assert (one.quantity, one.realised) == (quantity, Decimal(realised))
    assert one.average_price == (None if average is None else Decimal(average))
    assert one.fees == {"USD": len(sizes)}


def test_what_was_held_before_has_no_price() -> None:
    """Closing it realises an unknown sum; what is opened after it has a price again."""
    one = fold({CALL: 2}, traded((-1, "2.00"))).by_key[CALL]
    assert (one.quantity, one.opened_by) == (1, BASE)
    assert one.realised.is_nan()
    assert one.average_price is not None
    assert one.average_price.is_nan()
    turned = fold({CALL: 1, "gone": 0}, traded((-2, "2.00")))
    assert turned.by_key[CALL].average_price == 2
    assert turned.by_key[CALL].opened_by == "x0"
    assert set(turned.by_key) == {CALL}


def test_a_day_counts_from_its_beginning() -> None:
    """Profit, fees and openers are those since; the price it was opened at is of any time."""
    fills = traded((1, "1.00"), (1, "2.00"), (-1, "5.00"))
    later = fold({}, fills, since=2).by_key[CALL]
    assert later.realised == 4
    assert later.fees["USD"] == 1
    assert later.average_price == 2
    assert fold({}, fills, since=2).openers == frozenset()
    assert fold({}, fills).openers == {"vd-1"}


def test_a_commission_not_told_is_not_known() -> None:
    """A fee that is still to come makes the sum NaN."""
    assert fold({}, traded((1, "1"), fee=None)).by_key[CALL].fees["USD"].is_nan()


def test_a_ledger_s_executions_are_taken_by_time() -> None:
    """Strays count, base contracts come first, and what was told late is put in its place."""
    ledger = Ledger()
    ledger.apply(Decided(intent=an_intent(), reason="", checks=(), at=1))
    ledger.apply(Counted(base={CALL: 1}, at=1))
    first, second, third = traded((1, "1.00"), (-1, "2.00"), (-1, "4.00"))
    for fill in (third, first, second):
        ledger.apply(Filled(fill=fill, at=2))
    one = positions_of(ledger).by_key[CALL]
    assert one.quantity == 0
    assert one.realised.is_nan()


@given(st.lists(st.tuples(st.integers(-4, 4).filter(bool), st.integers(1, 500)), max_size=20))
def test_money_is_neither_made_nor_lost(sizes: list[tuple[int, int]]) -> None:
    """What was realised and what is still tied up is what was paid, to the last digit."""
    fills = traded(*((size, f"{cents / 100:.2f}") for size, cents in sizes))
    one = fold({}, fills).by_key.get(CALL)
    spent = sum((fill.price * fill.side.sign * fill.quantity for fill in fills), Decimal(0))
    if one is None:
        assert not fills
        return
    held = sum(fill.side.sign * fill.quantity for fill in fills)
    tied = (one.average_price or Decimal(0)) * held
    assert one.quantity == held
    assert abs(tied - one.realised - spent) < Decimal("1e-20")


def test_what_is_made_of_executions_is_made_once() -> None:
    """Until there is another one, or the base is another one; few instants are kept."""
    ledger = Ledger.of([Filled(fill=a_fill("a"), at=1)])
    fills = executions(ledger)
    assert executions(ledger) is fills
    first = fold({}, fills, 0)
    assert fold({}, fills, 0) is first
    assert fold({CALL: 1}, fills, 0).by_key[CALL].quantity == 2
    for since in range(1, 9):
        fold({}, fills, since)
    assert len(fills.folds) == 4
    ledger.apply(Filled(fill=a_fill("b"), at=1))
    assert [fill.execution_id for fill in executions(ledger)] == ["a", "b"]
    assert positions_of(ledger).by_key[CALL].quantity == 2
