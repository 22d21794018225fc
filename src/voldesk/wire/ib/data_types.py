"""Bars, ticks, rows and lists of the TWS API. Times are UTC seconds or the text TWS sends."""

from dataclasses import dataclass

from voldesk.wire.ib.contract_types import ContractDetails
from voldesk.wire.ib.kinds import (
    Count,
    Double,
    Flag,
    Int,
    OptionalDouble,
    OptionalInt,
    Quantity,
    Text,
    UnsetInt,
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a history; volume, wap and count are -1 where trades are not counted."""

    date: Text  # YYYYMMDD, "YYYYMMDD HH:MM:SS TZ", or UTC seconds: as format_date asks
    open: Double
    high: Double
    low: Double
    close: Double
    volume: Quantity
    wap: Double
    count: Int


@dataclass(frozen=True, slots=True)
class TradingSession:
    """One session of a historical schedule: three dates as text, ``YYYYMMDD-HH:MM:SS``."""

    start: Text
    end: Text
    ref_date: Text  # YYYYMMDD


@dataclass(frozen=True, slots=True)
class HistoricalTick:
    """A midpoint at an instant."""

    time: Int  # UTC seconds
    price: Double
    size: Quantity


@dataclass(frozen=True, slots=True)
class HistoricalTickBidAsk:
    """A quote at an instant; the mask: 1 ask past high, 2 bid past low."""

    time: Int
    mask: Int
    bid: Double
    ask: Double
    bid_size: Quantity
    ask_size: Quantity


@dataclass(frozen=True, slots=True)
class HistoricalTickLast:
    """A trade at an instant; the mask: 1 past limit, 2 unreported."""

    time: Int
    mask: Int
    price: Double
    size: Quantity
    exchange: Text
    special_conditions: Text


@dataclass(frozen=True, slots=True)
class ScannerRow:
    """One row of a scan: of the details only contract and market name are sent."""

    rank: Int  # from 0
    details: ContractDetails
    distance: Text = ""
    benchmark: Text = ""
    projection: Text = ""
    legs: Text = ""


@dataclass(frozen=True, slots=True)
class ScannerSubscription:
    """What a scan asks for; None and empty filter nothing."""

    row_count: Int = -1
    instrument: Text = ""
    location: Text = ""
    scan_code: Text = ""
    above_price: OptionalDouble = None
    below_price: OptionalDouble = None
    above_volume: OptionalInt = None
    market_cap_above: OptionalDouble = None
    market_cap_below: OptionalDouble = None
    moody_rating_above: Text = ""
    moody_rating_below: Text = ""
    sp_rating_above: Text = ""
    sp_rating_below: Text = ""
    maturity_above: Text = ""
    maturity_below: Text = ""
    coupon_above: OptionalDouble = None
    coupon_below: OptionalDouble = None
    exclude_convertible: Flag = False
    option_volume_above: OptionalInt = None
    setting_pairs: Text = ""
    stock_type: Text = ""


@dataclass(frozen=True, slots=True)
class HistogramBin:
    """How much traded at a price."""

    price: Double
    size: Count


@dataclass(frozen=True, slots=True)
class PriceIncrement:
    """From this price on, prices move in such steps."""

    low_edge: Double
    increment: Double


@dataclass(frozen=True, slots=True)
class NewsProvider:
    """One source of news."""

    code: Text
    name: Text


@dataclass(frozen=True, slots=True)
class NewsHeadline:
    """One headline of the past; its time is ``YYYY-MM-DD HH:MM:SS.0`` UTC."""

    time: Text
    provider: Text
    article_id: Text
    headline: Text


@dataclass(frozen=True, slots=True)
class NewsArticle:
    """The body of an article: type 0 is text or HTML, 1 is binary as base64."""

    kind: Int
    text: Text


@dataclass(frozen=True, slots=True)
class DepthExchange:
    """An exchange that shows depth, and of what."""

    exchange: Text
    sec_type: Text
    listing_exchange: Text = ""
    service_data_type: Text = "Deep"
    agg_group: UnsetInt = None


@dataclass(frozen=True, slots=True)
class SmartComponent:
    """One letter of the exchange strings (ticks 32, 33, 84) and whom it stands for."""

    bit: Int
    exchange: Text
    letter: Text


@dataclass(frozen=True, slots=True)
class DepthRow:
    """One change of a depth ladder."""

    position: Int
    operation: Int  # 0 insert, 1 update, 2 delete
    side: Int  # 0 ask, 1 bid
    price: Double
    size: Quantity
    market_maker: Text = ""
