"""What TWS tells about prices now: ticks, computations, depth, bars and ticks as they come."""

from typing import Final

from voldesk.wire.ib.books import answer
from voldesk.wire.ib.contract_types import DeltaNeutral
from voldesk.wire.ib.data_types import DepthExchange, SmartComponent
from voldesk.wire.ib.kinds import Double, Flag, Int, Quantity, Text
from voldesk.wire.ib.layout import Get, Literal, before, rows, since, when
from voldesk.wire.ib.steps import says

NO_VALUE: Final = -1.0
"""What an option computation says for a vol, price or dividend it does not know."""
NO_GREEK: Final = -2.0
"""What it says for a Greek it does not know."""


@answer(1, version="6")
class TickPrice:
    """A price and the size beside it; the mask: 1 can auto-execute, 2 past limit, 4 pre-open."""

    req_id: Int
    tick_type: Int
    price: Double
    size: Quantity
    mask: Int = 0


@answer(2, version="6")
class TickSize:
    """A size, a volume, an open interest."""

    req_id: Int
    tick_type: Int
    size: Quantity


@answer(
    21,
    "req_id",
    "tick_type",
    since(156, "is_price_based"),
    *("iv", "delta", "price", "pv_dividend", "gamma", "vega", "theta", "under_price"),
    version="6",
    until=155,
)
class TickOptionComputation:
    """
    A vol and its Greeks: of the bid (10), ask (11), last (12), model (13); delayed 80 to 83; 53.

    -1 and -2 are values not known: see `NO_VALUE`, `NO_GREEK`.
    """

    req_id: Int
    tick_type: Int
    iv: Double = NO_VALUE
    delta: Double = NO_GREEK
    price: Double = NO_VALUE
    pv_dividend: Double = NO_VALUE
    gamma: Double = NO_GREEK
    vega: Double = NO_GREEK
    theta: Double = NO_GREEK
    under_price: Double = NO_VALUE
    is_price_based: Int = 1


@answer(45, version="6")
class TickGeneric:
    """A number of another kind: a vol, halted."""

    req_id: Int
    tick_type: Int
    value: Double


@answer(46, version="6")
class TickString:
    """A text: time of the last trade, exchanges, time and sales."""

    req_id: Int
    tick_type: Int
    text: Text


@answer(47, version="1")
class TickEfp:
    """An exchange for physical."""

    req_id: Int
    tick_type: Int
    basis_points: Double
    formatted_basis_points: Text
    implied_future: Double
    hold_days: Int
    future_last_trade_date: Text
    dividend_impact: Double
    dividends_to_last_trade_date: Double


@answer(57, version="1")
class TickSnapshotEnd:
    """A snapshot is complete."""

    req_id: Int


@answer(58, version="1")
class MarketDataType:
    """Ticks of this subscription are 1 live, 2 frozen, 3 delayed, 4 delayed and frozen."""

    req_id: Int
    data_type: Int


@answer(81, first_version=114)
class TickReqParams:
    """Smallest price step of a subscription, its exchange map, and if snapshots are allowed."""

    req_id: Int
    min_tick: Double
    bbo_exchange: Text
    snapshot_permissions: Int


@answer(56, "req_id", "part.con_id", "part.delta", "part.price", version="1")
class DeltaNeutralValidation:
    """The underlying side of a delta-neutral request, as TWS sees it."""

    req_id: Int
    part: DeltaNeutral


@answer(12, version="1")
class DepthUpdate:
    """One change of a depth ladder."""

    req_id: Int
    position: Int
    operation: Int  # 0 insert, 1 update, 2 delete
    side: Int  # 0 ask, 1 bid
    price: Double
    size: Quantity


@answer(
    13,
    *("req_id", "position", "market_maker", "operation", "side", "price", "size"),
    since(146, "is_smart"),
    version="1",
)
class DepthUpdateL2:
    """One change of a depth ladder, with who stands there."""

    req_id: Int
    position: Int
    market_maker: Text
    operation: Int
    side: Int
    price: Double
    size: Quantity
    is_smart: Flag = False


@answer(50, version="3")
class RealTimeBar:
    """A bar of five seconds."""

    req_id: Int
    time: Int  # UTC seconds
    open: Double
    high: Double
    low: Double
    close: Double
    volume: Quantity
    wap: Double
    count: Int


def _is_trade(get: Get) -> bool:
    return get("kind") in {1, 2}


@answer(
    99,
    *("req_id", "kind", "time"),
    when(_is_trade, "price", "size", "mask", "exchange", "special_conditions"),
    when(says("kind", 3), "bid", "ask", "bid_size", "ask_size", "mask"),
    when(says("kind", 4), "price"),
    first_version=137,
)
class TickByTick:
    """
    One tick: 1 last, 2 all last, 3 bid and ask, 4 midpoint, which is its price.

    The mask of trades: 1 past limit, 2 unreported; of quotes: 1 bid past low, 2 ask past high.
    """

    req_id: Int
    kind: Int
    time: Int  # UTC seconds
    price: Double = 0.0
    size: Quantity = 0.0
    mask: Int = 0
    exchange: Text = ""
    special_conditions: Text = ""
    bid: Double = 0.0
    ask: Double = 0.0
    bid_size: Quantity = 0.0
    ask_size: Quantity = 0.0


@answer(
    80,
    rows(
        "exchanges",
        "exchange",
        "sec_type",
        since(120, "listing_exchange", "service_data_type", "agg_group"),
        before(120, Literal("0")),  # is it level 2
    ),
    first_version=112,
)
class DepthExchanges:
    """The exchanges that show depth."""

    exchanges: tuple[DepthExchange, ...]


@answer(82, first_version=114)
class SmartComponents:
    """The letters of an exchange string."""

    req_id: Int
    components: tuple[SmartComponent, ...]


@answer(91, first_version=125)
class RerouteMarketData:
    """Ask for the quotes of that contract instead."""

    req_id: Int
    con_id: Int
    exchange: Text


@answer(92, first_version=125)
class RerouteDepth:
    """Ask for the depth of that contract instead."""

    req_id: Int
    con_id: Int
    exchange: Text


@answer(84, first_version=113)
class TickNews:
    """A headline of a subscription."""

    req_id: Int
    time_ms: Int  # UTC
    provider: Text
    article_id: Text
    headline: Text
    extra_data: Text
