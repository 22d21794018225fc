"""Meters of orders, across fills and restarts."""

from decimal import Decimal

import pytest
from orders import CALL
from paper_world import NIFTY_CALL, START, PaperFloor, a_mark, buy, utc

from voldesk.model.orders import Side
from voldesk.trading.paper.contracts import PaperContract, contract_of
from voldesk.trading.paper.costs import Costs, cost_of, exercise_cost


def _contract(key: str) -> PaperContract:
    contract = contract_of(a_mark(key))
    assert contract is not None
    return contract


def test_the_minimum_is_paid_once_per_order() -> None:
    """One contract costs a dollar, the second of the same order the rest of two."""
    costs, call = Costs(), _contract(CALL)

    def charge(tag: str) -> Decimal:
        return costs.charge(tag, call, Side.BUY, 1, Decimal(5), None, START)

    assert [charge("a"), charge("a"), charge("b")] == [
        Decimal("1.00"),
        Decimal("0.30"),
        Decimal("1.00"),
    ]
    costs.forget("a")
    assert charge("a") == Decimal("1.00")


def test_meters_come_back_with_the_records() -> None:
    """Those of the orders that still work."""
    floor = PaperFloor()
    floor.place(buy("a", 12, limit_price="1.25"), buy("b", 2, limit_price="1.25"))
    costs = Costs.of(floor.records, ["a"])
    call, price = _contract(CALL), Decimal("1.25")
    assert costs.charge("a", call, Side.BUY, 2, price, None, START) == Decimal("1.30")
    fresh = Costs.of(floor.records, [])
    assert fresh.charge("a", call, Side.BUY, 1, price, None, START) == Decimal("1.00")


def test_an_exercise_is_taxed_where_it_is() -> None:
    """In India, of the worth, and its holder."""
    nifty, worth = _contract(NIFTY_CALL), Decimal(100)
    assert exercise_cost(nifty, 1, worth, START) == Decimal("8.125")
    assert exercise_cost(nifty, -1, worth, START) == 0
    assert exercise_cost(_contract(CALL), 1, worth, START) == 0


def test_levies_that_are_not_known_are_not_zero() -> None:
    """An Indian order of 2020 has no price."""
    with pytest.raises(ValueError, match="not known"):
        cost_of(_contract(NIFTY_CALL), Side.BUY, 1, Decimal(1), None, utc("2020-01-02T06:00:00"))
