"""Bills of the venues' published examples, and of orders filled in pieces."""

from decimal import Decimal
from itertools import pairwise

import hypothesis.strategies as st
import pytest
from hypothesis import given
from trading_floor import CALL, COIN, FUTURE, INSTRUMENTS, PAIR, STOCK

from voldesk.model.enums import Market
from voldesk.model.fees import Meter
from voldesk.model.fees_tables import SCHEDULES
from voldesk.model.orders import Side
from voldesk.model.traded import Kind
from voldesk.simulator.exchange.instruments import Instrument

_LISTED = {instrument.key: instrument for instrument in INSTRUMENTS}


def _bill(
    instrument: Instrument,
    side: Side,
    quantity: str,
    price: str,
    market: Market = Market.US,
    spot: str | None = None,
) -> Decimal:
    meter = Meter(SCHEDULES[market, instrument.kind])
    underlying = None if spot is None else Decimal(spot)
    return meter.charge(instrument, side, Decimal(quantity), Decimal(price), underlying)


@pytest.mark.parametrize(
    ("key", "quantity", "price", "fee"),
    [
        (CALL, "1", "5", "1.00"),  # the minimum
        (CALL, "10", "5", "6.50"),
        (CALL, "10", "0.05", "5.00"),
        (CALL, "100", "0.04", "25.00"),
        (STOCK, "100", "25", "1.00"),
        (STOCK, "1000", "25", "5.00"),
        (STOCK, "1000", "0.25", "2.50"),  # 1 % of the value
        (FUTURE, "2", "6800", "1.70"),
        (PAIR, "20000", "1.16", "2.00"),
        (PAIR, "1000000", "1.16", "23.20"),
    ],
)
def test_ib_bills(key: str, quantity: str, price: str, fee: str) -> None:
    """Per unit, with minimum and maximum."""
    assert _bill(_LISTED[key], Side.BUY, quantity, price) == Decimal(fee)


def test_coins_cost_a_share_of_their_value() -> None:
    """18 basis points, at least 1.75, at most one percent."""
    assert _bill(_LISTED[COIN], Side.BUY, "1", "50000") == 90
    assert _bill(_LISTED[COIN], Side.BUY, "0.002", "100000") == Decimal("1.75")
    assert _bill(_LISTED[COIN], Side.BUY, "0.001", "50000") == Decimal("0.50")


def test_an_indian_option_bill_has_every_levy_on_its_side() -> None:
    """65 NIFTY options at 100: only the seller pays transaction tax, only the buyer stamp duty."""
    nifty = Instrument(
        key="n", kind=Kind.OPTION, market=Market.INDIA, currency="INR", lot=Decimal(65)
    )
    value = Decimal(6500)
    taxed = 20 + value * (Decimal("0.0003503") + Decimal("0.000001") + Decimal("0.000005"))
    common = taxed * Decimal("1.18")
    bought = _bill(nifty, Side.BUY, "65", "100", Market.INDIA)
    sold = _bill(nifty, Side.SELL, "65", "100", Market.INDIA)
    assert bought == (common + value * Decimal("0.00003")).quantize(Decimal("0.000001"))
    assert sold == (common + value * Decimal("0.0015")).quantize(Decimal("0.000001"))


def test_a_deribit_option_costs_a_share_of_the_underlying_capped_by_its_premium() -> None:
    """3 basis points of the underlying, at most 12.5 percent of the premium."""
    option = Instrument(key="b", kind=Kind.OPTION, market=Market.DERIBIT, currency="USDC")
    assert _bill(option, Side.BUY, "1", "1000", Market.DERIBIT, "100000") == 30
    assert _bill(option, Side.BUY, "1", "100", Market.DERIBIT, "100000") == Decimal("12.5")


@given(
    st.sampled_from(sorted(SCHEDULES)),
    st.lists(st.tuples(st.integers(1, 50), st.integers(20, 400)), min_size=1, max_size=6),
    st.sampled_from(Side),
)
def test_pieces_cost_what_the_whole_order_does(
    kind: tuple[Market, Kind], fills: list[tuple[int, int]], side: Side
) -> None:
    """Whatever pieces an order of one price fills in, its bill is that of one fill."""
    instrument = Instrument(key="x", kind=kind[1], market=kind[0])
    price = Decimal(fills[0][1])
    pieces, whole = Meter(SCHEDULES[kind]), Meter(SCHEDULES[kind])
    paid = [pieces.charge(instrument, side, Decimal(q), price, price) for q, _ in fills]
    total = Decimal(sum(q for q, _ in fills))
    assert sum(paid) == whole.charge(instrument, side, total, price, price)


@given(st.lists(st.integers(1, 300), min_size=2, max_size=8))
def test_a_flat_fee_is_charged_once(quantities: list[int]) -> None:
    """An Indian order pays its brokerage with the first fill only."""
    future = Instrument(key="f", kind=Kind.FUTURE, market=Market.INDIA, currency="INR")
    meter = Meter(SCHEDULES[Market.INDIA, Kind.FUTURE])
    fees = [meter.charge(future, Side.BUY, Decimal(q), Decimal(1)) for q in quantities]
    assert fees[0] >= Decimal("23.6")
    assert all(fee < 1 for _, fee in pairwise(fees))
