"""Positions by average cost."""

from decimal import Decimal

import hypothesis.strategies as st
from hypothesis import given
from paper_world import a_mark

from voldesk.trading.paper.contracts import contract_of
from voldesk.trading.paper.holdings import Holding


def _holding() -> Holding:
    contract = contract_of(a_mark())
    assert contract is not None
    return Holding(contract)


def test_a_part_that_is_closed_realises_its_share() -> None:
    """Two bought at 1 and 2, one sold at 3: half the cost and half the fees."""
    holding = _holding()
    assert holding.trade(1, Decimal(1), Decimal("0.6")) is None
    assert holding.trade(1, Decimal(2), Decimal("0.4")) is None
    assert holding.average_price == Decimal("1.5")
    assert holding.trade(-1, Decimal(3), Decimal("0.3")) == Decimal("149.2")
    assert (holding.quantity, holding.paid, holding.fees) == (1, Decimal("1.5"), Decimal("0.5"))


def test_a_trade_may_turn_a_position_over() -> None:
    """What closes is realised with its share of the fee; the rest is opened."""
    holding = _holding()
    holding.trade(2, Decimal(1), Decimal(0))
    assert holding.trade(-5, Decimal(2), Decimal(5)) == Decimal(198)
    assert (holding.quantity, holding.paid, holding.fees) == (-3, Decimal(-6), Decimal(3))
    assert holding.trade(3, Decimal(1), Decimal(0)) == Decimal(297)
    assert holding.quantity == holding.paid == holding.fees == 0
    assert holding.average_price is None


trades = st.lists(
    st.tuples(st.integers(-9, 9).filter(bool), st.integers(0, 500), st.integers(0, 300)),
    max_size=12,
)


@given(trades, st.integers(0, 500))
def test_profit_is_money_that_came_in(found: list[tuple[int, int, int]], close: int) -> None:
    """Whatever the order of trades, realised and open profit are the cash and the worth."""
    holding, cash, realised = _holding(), Decimal(0), Decimal(0)
    for signed, cents, fee_cents in found:
        price, fee = Decimal(cents) / 100, Decimal(fee_cents) / 100
        realised += holding.trade(signed, price, fee) or 0
        cash -= signed * price * 100 + fee
    worth = holding.quantity * Decimal(close)
    unrealised = worth - holding.paid * 100 - holding.fees
    assert abs(cash + worth - realised - unrealised) < Decimal("1e-15")
