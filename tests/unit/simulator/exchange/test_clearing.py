"""Fills become executions and positions, of every account and leg."""

from decimal import Decimal

import pytest
from trading_floor import CALL, FAR_CALL, SPREAD, Floor

from voldesk.model.orders import Side
from voldesk.simulator.exchange.accounts import AccountSpec
from voldesk.simulator.exchange.orders import ExecutionKind, OrderStatus


def test_a_combo_fill_has_a_line_of_its_own_and_one_per_leg() -> None:
    """The legs trade at their touches, which sum to the net price; positions are of the legs."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.2)
    floor.quote(FAR_CALL, 2.0, 2.1)
    number = floor.buy(3, key=SPREAD, limit_price=3.2)
    assert floor.order(number).status is OrderStatus.FILLED
    line, near, far = floor.fills(number)
    assert line.instrument == SPREAD
    assert line.price == Decimal("3.2")
    assert line.combo == ""
    assert near.instrument == CALL
    assert near.side is Side.BUY
    assert near.price == Decimal("5.2")
    assert far.instrument == FAR_CALL
    assert far.side is Side.SELL
    assert far.price == Decimal("2.0")
    assert near.combo == far.combo == SPREAD
    assert line.commission == 0
    assert floor.held(CALL) == 3
    assert floor.held(FAR_CALL) == -3
    assert floor.held(SPREAD) == 0
    assert floor.order(number).commission == near.commission + far.commission


def test_ids_count_up_and_carry_the_session() -> None:
    """Ids are session, number and two parts for corrections."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1)
    first, second = floor.buy(1), floor.buy(1)
    ids = [floor.fills(number)[0].execution_id for number in (first, second)]
    assert ids == ["0000c0de.00000001.01.01", "0000c0de.00000002.01.01"]


def test_cumulative_and_average_run_along_an_order() -> None:
    """Each execution says what its order had filled with it, and at what average."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1, size=1)
    number = floor.buy(2)
    floor.quote(CALL, 5.0, 5.3, size=1)
    first, second = floor.fills(number)
    assert first.cumulative == 1
    assert first.average_price == Decimal("5.1")
    assert second.cumulative == 2
    assert second.average_price == Decimal("5.2")


def test_realised_gains_are_told_with_the_fill_that_closes() -> None:
    """An opening fill realises nothing; a closing one the difference less both commissions."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1)
    opened = floor.fills(floor.buy(1))[0]
    floor.quote(CALL, 6.0, 6.1)
    closed = floor.fills(floor.sell(1))[0]
    assert opened.realized_pnl is None
    assert closed.realized_pnl == 90 - opened.commission - closed.commission


def test_turns_are_kept_between_fills_of_a_group() -> None:
    """Fills of one lot each go to the accounts in turn."""
    pair = tuple(AccountSpec(name=f"DU{n}", groups=("Both",)) for n in (1, 2))
    floor = Floor(accounts=pair)
    number = floor.buy(3, account="Both", limit_price=5.1)
    for _ in range(3):
        floor.quote(CALL, 5.0, 5.1, size=1)
    assert [e.account for e in floor.fills(number)] == ["DU1", "DU2", "DU1"]


def test_corrections_of_corrections_count_up() -> None:
    """Each version of an execution has the next last part; any version's id finds it."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1)
    number = floor.buy(2)
    first = floor.fills(number)[0].execution_id
    floor.exchange.correct(first, Decimal("5.0"))
    floor.exchange.correct(first, Decimal("4.9"), Decimal(1))
    log = floor.exchange.executions()
    assert [e.execution_id[-2:] for e in log] == ["01", "02", "03"]
    assert [e.number for e in log] == [1, 1, 1]
    assert log[-1].kind is ExecutionKind.CORRECTION
    assert log[-1].quantity == 1
    assert log[-1].cumulative == 1
    assert log[-1].average_price == Decimal("4.9")
    assert floor.held() == 1
    assert floor.order(number).filled == 1


def test_a_combos_own_line_cannot_be_corrected() -> None:
    """There is no position behind it; its legs can, and the combo's order stays as it is."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.2)
    floor.quote(FAR_CALL, 2.0, 2.1)
    number = floor.buy(1, key=SPREAD, limit_price=3.2)
    line, near, _ = floor.fills(number)
    with pytest.raises(KeyError):
        floor.exchange.bust(line.execution_id)
    floor.exchange.bust(near.execution_id)
    assert floor.held(CALL) == 0
    assert floor.order(number).filled == 1
