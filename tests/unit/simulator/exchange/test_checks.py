"""Requests that cannot be orders are refused with the reason that fits."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from trading_floor import CALL, INDEX, INSTRUMENTS, SPREAD, START, Floor

from voldesk.model.orders import Side, TimeInForce
from voldesk.model.traded import Kind
from voldesk.simulator.exchange.accounts import AccountSpec
from voldesk.simulator.exchange.checks import find_ban, find_fault
from voldesk.simulator.exchange.instruments import Instrument
from voldesk.simulator.exchange.orders import OrderType, Reason

_LISTED = {instrument.key: instrument for instrument in INSTRUMENTS}


def _reason(key: str = CALL, instrument: Instrument | None = None, **terms: Any) -> Reason | None:
    terms.setdefault("quantity", 2)
    quantity = terms.pop("quantity")
    request = Floor().request(Side.BUY, quantity, key, **terms)
    fault = find_fault(request, instrument or _LISTED[key], START)
    return None if fault is None else fault.reason


@pytest.mark.parametrize("kind", OrderType)
def test_a_whole_request_of_every_type_has_no_fault(kind: OrderType) -> None:
    """Each type passes with the prices it needs."""
    trails = kind in {OrderType.TRAIL, OrderType.TRAIL_LIMIT}
    fault = _reason(
        order_type=kind,
        limit_price=5,
        stop_price=5,
        trail_amount=0.5 if trails else None,
        limit_offset=0 if trails else None,
    )
    assert fault is None


@pytest.mark.parametrize("quantity", ["0", "-1", "NaN", "Infinity", "1.5"])
def test_quantities_are_whole_lots_above_zero(quantity: str) -> None:
    """Zero, negative, odd and impossible quantities are refused."""
    assert _reason(quantity=quantity, limit_price=5) is Reason.QUANTITY


def test_a_freeze_quantity_is_the_most_one_order_asks_for() -> None:
    """One above it is refused."""
    frozen = replace(_LISTED[CALL], max_quantity=Decimal(10))
    assert _reason(instrument=frozen, quantity=10, limit_price=5) is None
    assert _reason(instrument=frozen, quantity=11, limit_price=5) is Reason.QUANTITY


@pytest.mark.parametrize("name", ["min_quantity", "display_size"])
def test_parts_of_the_quantity_are_no_larger(name: str) -> None:
    """A minimum or display above the quantity is refused."""
    terms: dict[str, Any] = {name: Decimal(3)}
    assert _reason(limit_price=5, **terms) is Reason.QUANTITY


@pytest.mark.parametrize("price", [5.01, 0, -5])
def test_prices_are_on_the_tick_and_above_zero(price: float) -> None:
    """Others are refused, for limits and stops alike."""
    assert _reason(limit_price=price) is Reason.PRICE_INCREMENT
    assert _reason(stop_price=price, order_type=OrderType.STOP) is Reason.PRICE_INCREMENT


@pytest.mark.parametrize(
    ("price", "reason"),
    [(4, Reason.PRICE_BAND), (5, None), (6, None), (7, Reason.PRICE_BAND), (0, Reason.PRICE_BAND)],
)
def test_prices_are_inside_the_band_of_the_day(price: float, reason: Reason | None) -> None:
    """Where an instrument has a price band its ends are allowed, nothing beyond."""
    banded = replace(_LISTED[CALL], lowest_price=Decimal(5), highest_price=Decimal(6))
    assert _reason(instrument=banded, limit_price=price) is reason


def test_a_combo_may_have_a_net_price_of_zero_or_below() -> None:
    """A credit is a negative price."""
    assert _reason(key=SPREAD, limit_price=-1.5) is None
    assert _reason(key=SPREAD, limit_price=0) is None


@pytest.mark.parametrize(
    "terms",
    [
        {"order_type": OrderType.LIMIT},
        {"order_type": OrderType.STOP},
        {"order_type": OrderType.STOP_LIMIT, "limit_price": 5},
        {"order_type": OrderType.TRAIL},
        {"order_type": OrderType.TRAIL, "trail_amount": 1, "trail_percent": 1},
        {"order_type": OrderType.TRAIL, "trail_percent": 0},
        {"order_type": OrderType.TRAIL_LIMIT, "trail_amount": 1},
    ],
)
def test_prices_a_type_needs_must_be_there(terms: dict[str, Any]) -> None:
    """What is missing is named as missing."""
    assert _reason(**terms) is Reason.PRICE_MISSING


@pytest.mark.parametrize(
    "terms",
    [
        {"time_in_force": TimeInForce.GTD},
        {"time_in_force": TimeInForce.GTD, "good_till": START},
        {"time_in_force": TimeInForce.GTD, "good_till": START + 5, "good_after": START + 5},
        {"order_type": OrderType.MARKET_ON_CLOSE, "time_in_force": TimeInForce.GTC},
    ],
)
def test_times_must_make_sense(terms: dict[str, Any]) -> None:
    """An order that is over before it begins, or has no end where it needs one, is refused."""
    terms.setdefault("limit_price", 5)
    terms.setdefault("order_type", OrderType.LIMIT)
    assert _reason(**terms) is Reason.TIME


def test_indices_and_settled_contracts_do_not_trade() -> None:
    """Both are refused, whatever is asked."""
    assert _reason(key=INDEX) is Reason.NOT_TRADABLE
    settled = replace(_LISTED[CALL], settles_at=START)
    assert _reason(instrument=settled, limit_price=5) is Reason.EXPIRED_INSTRUMENT


def test_accounts_trade_what_they_may() -> None:
    """A read-only account trades nothing, another only the kinds it has permission for."""
    request = Floor().request(Side.BUY, 1)
    call = _LISTED[CALL]
    assert find_ban(request, call, AccountSpec(name="DU1")) is None
    read_only = find_ban(request, call, AccountSpec(name="DU1", is_read_only=True))
    stocks = AccountSpec(name="DU1", permissions=frozenset({Kind.STOCK}))
    banned = find_ban(request, call, stocks)
    assert read_only is not None
    assert read_only.reason is Reason.READ_ONLY
    assert banned is not None
    assert banned.reason is Reason.NO_PERMISSION
