"""Orders: the defaults are those of TWS."""

from voldesk.wire.ib.order_types import IbOrder, OrderState


def test_an_order_is_transmitted_by_default() -> None:
    """Only who says so holds an order back."""
    order = IbOrder()
    assert order.transmit
    assert order.exempt_code == -1
    assert order.limit_price is None
    assert not order.e_trade_only


def test_margins_are_unset() -> None:
    """Unknown margins are None, not 0."""
    state = OrderState()
    assert state.init_margin_after is None
    assert state.commission is None
