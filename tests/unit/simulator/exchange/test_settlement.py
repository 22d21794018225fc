"""Positions end at the underlying's last price."""

from decimal import Decimal

import pytest
from trading_floor import (
    CALL,
    EXPIRY,
    FUTURE,
    INDEX,
    INDEX_CALL,
    PUT,
    STOCK,
    Floor,
)

from voldesk.model.enums import Market
from voldesk.model.traded import Kind
from voldesk.simulator.exchange.events import PositionChanged, Settled, SettledAs
from voldesk.simulator.exchange.instruments import Instrument


def _settled(key: str, quantity: int, spot: float) -> tuple[Floor, Settled]:
    """Trade, let the underlying go to its last price, and settle."""
    floor = Floor()
    floor.quote(STOCK, 229.99, 230.01, last=230)
    floor.quote(INDEX, None, None, last=6800)
    for option in (CALL, PUT, INDEX_CALL):
        floor.quote(option, 5.0, 5.0, size=100)
    floor.quote(FUTURE, 6800, 6800, size=100)
    if quantity > 0:
        floor.buy(quantity, key=key)
    else:
        floor.sell(-quantity, key=key)
    for underlying in (STOCK, INDEX):
        floor.quote(underlying, None, None, last=spot)
    floor.exchange.advance(EXPIRY)
    (settled,) = (event for event in floor.events if isinstance(event, Settled))
    return floor, settled


@pytest.mark.parametrize(
    ("key", "quantity", "spot", "how", "shares"),
    [
        (CALL, 2, 240, SettledAs.EXERCISED, 200),
        (CALL, -2, 240, SettledAs.ASSIGNED, -200),
        (CALL, 2, 230, SettledAs.WORTHLESS, 0),
        (PUT, 2, 220, SettledAs.EXERCISED, -200),
        (PUT, -2, 220, SettledAs.ASSIGNED, 200),
        (PUT, -2, 230.01, SettledAs.WORTHLESS, 0),
    ],
)
def test_stock_options_deliver_at_the_strike(
    key: str, quantity: int, spot: float, how: SettledAs, shares: int
) -> None:
    """In the money the stock changes hands, otherwise nothing does."""
    floor, settled = _settled(key, quantity, spot)
    assert settled.how is how
    assert settled.quantity == quantity
    assert settled.cash == -shares * 230
    assert floor.held(key) == 0
    assert floor.held(STOCK) == shares


def test_index_options_pay_cash() -> None:
    """The holder gets what it is in the money, the account's worth is what it should be."""
    floor, settled = _settled(INDEX_CALL, 3, 6825.5)
    assert settled.how is SettledAs.CASH
    assert settled.cash == Decimal("25.5") * 300
    summary = floor.exchange.summary("DU1")
    spent = 3 * 500 + summary.accrued_commission
    assert summary.total_cash == 1_000_000 - spent + settled.cash
    assert summary.net_liquidation == summary.total_cash


def test_futures_pay_their_last_gain() -> None:
    """Against the underlying's last price."""
    floor, settled = _settled(FUTURE, -1, 6790)
    assert settled.how is SettledAs.CASH
    assert settled.price == 6790
    assert floor.exchange.position("DU1", FUTURE).realized_pnl == 500 - Decimal("0.85")


def test_positions_are_told_after_a_settlement() -> None:
    """Both the option's and the underlying's."""
    floor, settled = _settled(CALL, 1, 240)
    after = floor.events[floor.events.index(settled) + 1 :]
    told = [
        (e.position.instrument, e.position.quantity)
        for e in after
        if isinstance(e, PositionChanged)
    ]
    assert told == [(CALL, Decimal(0)), (STOCK, Decimal(100))]


def test_value_is_kept_by_exercise() -> None:
    """An option in the money is worth as much the moment after as its intrinsic value before."""
    floor = Floor()
    floor.quote(STOCK, 239.99, 240.01, last=240)
    floor.quote(CALL, 10.0, 10.0, size=10)
    floor.buy(1)
    before = floor.exchange.summary("DU1").net_liquidation
    assert floor.exchange.exercise("DU1", CALL, Decimal(1)) is None
    assert floor.exchange.summary("DU1").net_liquidation == before


@pytest.mark.parametrize("quantity", [2, 0])
def test_only_what_is_held_is_exercised(quantity: int) -> None:
    """More than held, or nothing, is refused."""
    floor = Floor()
    floor.quote(CALL, 10.0, 10.0)
    floor.buy(1)
    assert floor.exchange.exercise("DU1", CALL, Decimal(quantity)) is not None
    assert floor.exchange.assign("DU1", CALL, Decimal(1)) is not None
    with pytest.raises(KeyError):
        floor.exchange.exercise("DU9", CALL, Decimal(1))


def test_a_contract_without_a_listed_underlying_settles_by_its_own_mark() -> None:
    """A future on nothing that is listed is paid its last mid."""
    lonely = Instrument(
        key="alone", kind=Kind.FUTURE, market=Market.CME, settles_at=EXPIRY, is_cash_settled=True
    )
    floor = Floor(instruments=(lonely,))
    floor.quote("alone", 10.0, 10.0)
    floor.buy(1, key="alone")
    floor.quote("alone", 12.0, 14.0)
    floor.exchange.advance(EXPIRY)
    (settled,) = (event for event in floor.events if isinstance(event, Settled))
    assert settled.price == 13
