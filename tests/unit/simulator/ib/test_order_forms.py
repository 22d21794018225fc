"""Orders of TWS in the exchange's words."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from voldesk.model.orders import Side, TimeInForce
from voldesk.simulator.exchange.orders import (
    OcaType,
    OrderRequest,
    OrderType,
    Reason,
    TriggerMethod,
)
from voldesk.simulator.ib.order_forms import code_of, request_of, time_text
from voldesk.simulator.ib.refusal import Refused
from voldesk.wire.ib.types import IbOrder

NOW = 1_778_601_600_000_000_000  # 2026-05-12 16:00 UTC
LIMIT = IbOrder(
    order_id=5, action="BUY", quantity=10.0, order_type="LMT", limit_price=230.05, tif="GTC"
)


def asked(order: IbOrder) -> OrderRequest:
    return request_of(order, "us AMZN", "DU1", 7, NOW, "US/Eastern")


def test_a_limit_order() -> None:
    """Numbers are exact decimals, ids are the client's."""
    request = asked(LIMIT)
    assert (request.side, request.quantity, request.limit_price) == (
        Side.BUY,
        Decimal(10),
        Decimal("230.05"),
    )
    assert (request.client, request.client_order_id) == ("7", "5")
    assert request.time_in_force is TimeInForce.GTC
    assert request.stop_price is None


@pytest.mark.parametrize(
    ("given", "kind", "expected"),
    [
        ({"order_type": "MKT"}, OrderType.MARKET, {"limit_price": None}),
        ({"order_type": "STP", "aux_price": 220.0}, OrderType.STOP, {"stop_price": Decimal(220)}),
        (
            {"order_type": "STP LMT", "aux_price": 220.0},
            OrderType.STOP_LIMIT,
            {"stop_price": Decimal(220), "limit_price": Decimal("230.05")},
        ),
        (
            {"order_type": "TRAIL", "aux_price": 1.5},
            OrderType.TRAIL,
            {"trail_amount": Decimal("1.5")},
        ),
        (
            {"order_type": "TRAIL", "trailing_percent": 5.0, "trail_stop_price": 220.0},
            OrderType.TRAIL,
            {"trail_percent": Decimal(5), "trail_amount": None, "stop_price": Decimal(220)},
        ),
        (
            {"order_type": "TRAIL LIMIT", "aux_price": 1.0, "trail_stop_price": 231.0},
            OrderType.TRAIL_LIMIT,
            {"limit_offset": Decimal("0.95")},
        ),
        ({"order_type": "MIT", "aux_price": 220.0}, OrderType.MARKET_IF_TOUCHED, {}),
        ({"order_type": "REL", "aux_price": 0.05, "limit_price": 0.0}, OrderType.RELATIVE,
         {"offset": Decimal("0.05"), "limit_price": None}),
        ({"order_type": "MIDPRICE"}, OrderType.PEGGED_TO_MID, {}),
        ({"order_type": "PEGMKT"}, OrderType.PEGGED_TO_MARKET, {}),
    ],
)  # fmt: skip
def test_order_types(given: dict[str, Any], kind: OrderType, expected: dict[str, Any]) -> None:
    """Each type finds its prices where TWS puts them."""
    request = asked(replace(LIMIT, **given))
    assert request.order_type is kind
    for name, value in expected.items():
        assert getattr(request, name) == value, name


def test_families_groups_and_triggers() -> None:
    """Parents, groups and trigger methods keep their numbers."""
    request = asked(
        replace(LIMIT, parent_id=4, oca_group="g", oca_type=1, trigger_method=8, transmit=False)
    )
    assert (request.parent_id, request.oca_group, request.transmit) == ("4", "g", False)
    assert request.oca_type is OcaType.CANCEL
    assert request.trigger_method is TriggerMethod.MID


def test_instants() -> None:
    """Times are read in the contract's zone; GTD alone has an end."""
    request = asked(replace(LIMIT, tif="GTD", good_till_date="20260512 15:00:00"))
    assert request.good_till == NOW + 3 * 3600 * 10**9
    assert asked(replace(LIMIT, good_till_date="20260512 15:00:00")).good_till is None


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"order_type": "PEG BENCH"}, 387),
        ({"algo_strategy": "Nonsense"}, 442),
        ({"action": "HOLD"}, 321),
        ({"tif": "NEVER"}, 321),
        ({"tif": "GTD", "good_till_date": "tomorrow"}, 10314),
    ],
)
def test_refusals(given: dict[str, Any], code: int) -> None:
    """What is not taken is refused with TWS's code."""
    with pytest.raises(Refused) as refused:
        asked(replace(LIMIT, **given))
    assert refused.value.code == code


def test_codes_and_times() -> None:
    """Refusals that have no number of their own are 201."""
    assert (code_of(Reason.PRICE_INCREMENT), code_of(Reason.MARGIN)) == (110, 201)
    assert time_text(NOW) == "20260512 16:00:00 UTC"
