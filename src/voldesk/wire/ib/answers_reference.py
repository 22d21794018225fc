"""What TWS tells about contracts, histories, scans, news and calendars."""

from typing import Final

from voldesk.wire.ib.books import answer
from voldesk.wire.ib.contract_types import ContractDetails, OptionParams, SymbolSample
from voldesk.wire.ib.data_types import (
    Bar,
    HistogramBin,
    HistoricalTick,
    HistoricalTickBidAsk,
    HistoricalTickLast,
    NewsArticle,
    NewsHeadline,
    NewsProvider,
    PriceIncrement,
    ScannerRow,
    TradingSession,
)
from voldesk.wire.ib.kinds import Flag, Int, Text
from voldesk.wire.ib.layout import Literal, Step, Versions, before, parts, rows, since
from voldesk.wire.ib.steps import trade_time

_SIZES: Final = since(164, *parts("details", "min_size size_increment suggested_size_increment"))
_MULTIPLIER: Final = Versions(("details.md_size_multiplier",), first=110, last=163)
_SEC_IDS: Final[tuple[Step, ...]] = (
    *parts("details", "ev_rule ev_multiplier"),
    rows("details.sec_ids"),
    since(121, "details.agg_group"),
)


@answer(
    10,
    before(164, Literal("8")),
    "req_id",
    *parts("details.contract", "symbol sec_type"),
    trade_time("details.contract.last_trade_date"),
    *parts("details.contract", "strike right exchange currency local_symbol"),
    "details.market_name",
    *parts("details.contract", "trading_class con_id"),
    "details.min_tick",
    _MULTIPLIER,
    "details.contract.multiplier",
    *parts("details", "order_types valid_exchanges price_magnifier under_con_id long_name"),
    "details.contract.primary_exchange",
    *parts(
        "details",
        "contract_month industry category subcategory time_zone trading_hours liquid_hours",
    ),
    *_SEC_IDS,
    since(122, *parts("details", "under_symbol under_sec_type")),
    since(126, "details.market_rule_ids"),
    since(134, "details.real_expiration_date"),
    since(152, "details.stock_type"),
    Versions(("details.suggested_size_increment",), first=163, last=163),
    _SIZES,
)
class ContractAnswer:
    """One contract that fits."""

    req_id: Int
    details: ContractDetails


@answer(
    18,
    before(164, Literal("6")),
    "req_id",
    *parts("details.contract", "symbol sec_type"),
    *parts("details", "cusip coupon"),
    trade_time("details.maturity"),
    *parts(
        "details",
        "issue_date ratings bond_type coupon_type is_convertible is_callable is_putable"
        " desc_append",
    ),
    *parts("details.contract", "exchange currency"),
    "details.market_name",
    *parts("details.contract", "trading_class con_id"),
    "details.min_tick",
    _MULTIPLIER,
    *parts(
        "details",
        "order_types valid_exchanges next_option_date next_option_type is_next_option_partial"
        " notes long_name",
    ),
    *_SEC_IDS,
    since(126, "details.market_rule_ids"),
    _SIZES,
)
class BondAnswer:
    """One bond that fits."""

    req_id: Int
    details: ContractDetails


@answer(52, version="1")
class ContractAnswerEnd:
    """All contracts that fit were told."""

    req_id: Int


@answer(
    75,
    "req_id",
    *parts("params", "exchange under_con_id trading_class multiplier"),
    rows("params.expiries"),
    rows("params.strikes"),
    first_version=104,
)
class OptionParamsAnswer:
    """Expiries and strikes of one trading class on one exchange."""

    req_id: Int
    params: OptionParams


@answer(76, first_version=104)
class OptionParamsEnd:
    """All trading classes were told."""

    req_id: Int


@answer(
    79,
    "req_id",
    rows(
        "samples",
        *parts("contract", "con_id symbol sec_type primary_exchange currency"),
        rows("derivative_sec_types"),
        since(176, *parts("contract", "description issuer_id")),
    ),
    first_version=108,
)
class SymbolSamples:
    """Contracts that match a pattern."""

    req_id: Int
    samples: tuple[SymbolSample, ...]


@answer(93, first_version=126)
class MarketRule:
    """The price steps of a rule."""

    rule_id: Int
    increments: tuple[PriceIncrement, ...]


@answer(
    17,
    before(124, Literal("3")),
    *("req_id", "start", "end"),
    rows(
        "bars",
        *("date", "open", "high", "low", "close", "volume", "wap"),
        before(124, Literal("false")),  # has gaps
        "count",
    ),
)
class History:
    """Bars of the past."""

    req_id: Int
    start: Text
    end: Text
    bars: tuple[Bar, ...]


@answer(
    90,
    "req_id",
    *parts("bar", "count date open close high low wap volume"),
    first_version=124,
)
class HistoryUpdate:
    """The latest bar of a history that is kept up to date."""

    req_id: Int
    bar: Bar


@answer(106, first_version=165)
class HistoricalSchedule:
    """The sessions of a span."""

    req_id: Int
    start: Text
    end: Text
    time_zone: Text
    sessions: tuple[TradingSession, ...]


@answer(88, first_version=118)
class HeadTimestamp:
    """Where the history of a contract begins."""

    req_id: Int
    timestamp: Text


@answer(89, first_version=119)
class Histogram:
    """How much traded at which price."""

    req_id: Int
    bins: tuple[HistogramBin, ...]


@answer(
    96,
    "req_id",
    rows("ticks", "time", Literal("0"), "price", "size"),
    "is_done",
    first_version=130,
)
class HistoricalTicks:
    """Midpoints of the past."""

    req_id: Int
    ticks: tuple[HistoricalTick, ...]
    is_done: Flag


@answer(97, first_version=130)
class HistoricalTicksBidAsk:
    """Quotes of the past."""

    req_id: Int
    ticks: tuple[HistoricalTickBidAsk, ...]
    is_done: Flag


@answer(98, first_version=130)
class HistoricalTicksLast:
    """Trades of the past."""

    req_id: Int
    ticks: tuple[HistoricalTickLast, ...]
    is_done: Flag


@answer(
    20,
    "req_id",
    rows(
        "rows",
        "rank",
        *parts(
            "details.contract",
            "con_id symbol sec_type last_trade_date strike right exchange currency local_symbol",
        ),
        "details.market_name",
        "details.contract.trading_class",
        *("distance", "benchmark", "projection", "legs"),
    ),
    version="3",
)
class ScannerData:
    """The rows of a scan."""

    req_id: Int
    rows: tuple[ScannerRow, ...]


@answer(19, version="1")
class ScannerParameters:
    """Everything scans can be made of."""

    xml: Text


@answer(51, version="1")
class Fundamentals:
    """A report on a company."""

    req_id: Int
    xml: Text


@answer(85, first_version=115)
class NewsProviders:
    """The sources of news."""

    providers: tuple[NewsProvider, ...]


@answer(83, "req_id", *parts("article", "kind text"), first_version=116)
class NewsArticleAnswer:
    """The body of an article."""

    req_id: Int
    article: NewsArticle


@answer(86, "req_id", *parts("headline", "time provider article_id headline"), first_version=117)
class HistoricalNews:
    """One headline of the past."""

    req_id: Int
    headline: NewsHeadline


@answer(87, first_version=117)
class HistoricalNewsEnd:
    """All headlines asked for were told."""

    req_id: Int
    has_more: Flag


@answer(104, first_version=161)
class WshMetaData:
    """What the calendar of corporate events holds."""

    req_id: Int
    json: Text


@answer(105, first_version=161)
class WshEventData:
    """Corporate events."""

    req_id: Int
    json: Text
