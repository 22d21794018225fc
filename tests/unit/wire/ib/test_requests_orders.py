"""Orders as clients write them."""

from dataclasses import replace

import pytest

from voldesk.wire.ib.messages import decode_request, encode_request
from voldesk.wire.ib.requests_orders import CancelOrder, PlaceOrder, ReplaceFa
from voldesk.wire.ib.types import ComboLeg, IbContract, IbOrder, TagValue

STOCK = IbContract(con_id=3691937, symbol="AMZN", sec_type="STK", exchange="SMART")
ORDER = IbOrder(
    order_id=5,
    action="BUY",
    quantity=100.0,
    order_type="LMT",
    limit_price=230.0,
    tif="GTC",
    algo_strategy="Adaptive",
    algo_params=(TagValue("adaptivePriority", "Normal"),),
    parent_id=4,
    duration=60,
    advanced_error_override="8229",
)


def test_an_order_with_an_algorithm() -> None:
    """Parameters follow the strategy, counted."""
    payload = encode_request(PlaceOrder(STOCK, ORDER), 178)
    assert b"Adaptive\x001\x00adaptivePriority\x00Normal\x00" in payload
    assert decode_request(payload, 178) == PlaceOrder(STOCK, ORDER)


def test_an_old_client_says_less() -> None:
    """What its version does not know it does not say; what it says is read the same."""
    found = decode_request(encode_request(PlaceOrder(STOCK, ORDER), 157), 157)
    assert found.order == replace(ORDER, duration=None, advanced_error_override="")


def test_a_combination() -> None:
    """Legs, their prices and how to route them stand in the middle of the order."""
    legs = (
        ComboLeg(1, 1, "BUY", "SMART"),
        ComboLeg(2, 1, "SELL", "SMART"),
    )
    bag = IbContract(symbol="AMZN", sec_type="BAG", exchange="SMART", combo_legs=legs)
    order = replace(
        ORDER,
        order_combo_leg_prices=(1.5, None),
        smart_combo_routing_params=(TagValue("NonGuaranteed", "1"),),
    )
    assert decode_request(encode_request(PlaceOrder(bag, order), 178), 178) == (
        PlaceOrder(bag, order)
    )


@pytest.mark.parametrize(
    ("version", "payload"), [(168, b"4\x001\x005\x00"), (169, b"4\x001\x005\x00\x00")]
)
def test_cancels_gained_a_time(version: int, payload: bytes) -> None:
    """From 169 on a cancel says when it was given by hand."""
    assert encode_request(CancelOrder(5), version) == payload


@pytest.mark.parametrize(("version", "count"), [(156, 4), (157, 5)])
def test_replacements_gained_an_id(version: int, count: int) -> None:
    """From 157 on the answer can be told apart."""
    assert encode_request(ReplaceFa(1, "<x/>", 9), version).count(b"\0") == count
