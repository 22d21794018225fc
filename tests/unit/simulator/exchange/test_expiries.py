"""Contracts end at their instant, orders before positions."""

from dataclasses import replace
from decimal import Decimal

from trading_floor import CALL, CLOSE, INSTRUMENTS, SPREAD, STOCK, Floor, option

from voldesk.model.orders import TimeInForce
from voldesk.simulator.exchange.events import OrderChanged, Settled
from voldesk.simulator.exchange.orders import OrderStatus, OrderType


def test_an_order_on_close_comes_before_the_settlement_of_the_same_instant() -> None:
    """What is bought on the close of the expiry day is settled with the rest."""
    today = tuple(replace(i, settles_at=CLOSE) if i.key == CALL else i for i in INSTRUMENTS)
    floor = Floor(instruments=today)
    floor.quote(STOCK, 234.99, 235.01, last=235)
    floor.quote(CALL, 5.0, 5.1)
    number = floor.buy(1, order_type=OrderType.MARKET_ON_CLOSE)
    floor.exchange.advance(CLOSE)
    assert floor.order(number).status is OrderStatus.FILLED
    assert floor.held(STOCK) == 100


def test_combos_with_an_expired_leg_expire() -> None:
    """A combo order ends with its first leg; it is told before the settlement."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1)
    floor.quote(STOCK, 234.99, 235.01, last=235)
    floor.buy(1)
    number = floor.buy(1, key=SPREAD, limit_price=1, time_in_force=TimeInForce.GTC)
    floor.exchange.advance(INSTRUMENTS[2].settles_at or 0)
    assert floor.order(number).status is OrderStatus.EXPIRED
    kinds = [type(e) for e in floor.events if isinstance(e, Settled | OrderChanged)]
    assert kinds.index(Settled) == len(kinds) - 1


def test_a_contract_listed_after_its_settlement_is_never_settled() -> None:
    """It is refused by its date and nothing is due."""
    floor = Floor()
    floor.exchange.list_instrument(option("old", 200, settles_at=1))
    floor.wait(1)
    assert floor.order(floor.buy(1, key="old", limit_price=1)).status is OrderStatus.REJECTED
    assert floor.held("old") == Decimal(0)
