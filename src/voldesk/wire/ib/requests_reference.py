"""What clients ask about contracts, histories, scans, news and calendars."""

from typing import Final

from voldesk.wire.ib.books import request
from voldesk.wire.ib.contract_types import IbContract
from voldesk.wire.ib.data_types import ScannerSubscription
from voldesk.wire.ib.kinds import Flag, Int, OptionalInt, Text
from voldesk.wire.ib.layout import Literal, before, parts, since
from voldesk.wire.ib.steps import ASKED, LEGS

_ASKED_OLD: Final = (*ASKED, "contract.include_expired")


@request(
    9,
    "req_id",
    *_ASKED_OLD,
    "contract.sec_id_type",
    "contract.sec_id",
    since(176, "contract.issuer_id"),
    version="8",
)
class RequestContractDetails:
    """Ask for every contract that fits a description."""

    req_id: Int
    contract: IbContract


@request(78, first_version=104)
class RequestOptionParams:
    """Ask for the expiries and strikes of all options of an underlying."""

    req_id: Int
    symbol: Text
    fut_fop_exchange: Text
    sec_type: Text
    con_id: Int


@request(81, first_version=108)
class RequestMatchingSymbols:
    """Ask for contracts whose symbol or name begins so."""

    req_id: Int
    pattern: Text


@request(91, first_version=126)
class RequestMarketRule:
    """Ask for the price steps of a rule."""

    rule_id: Int


@request(
    20,
    before(124, Literal("6")),
    "req_id",
    *_ASKED_OLD,
    *("end", "bar_size", "duration", "use_rth", "what", "format_date"),
    LEGS,
    since(124, "keep_up_to_date"),
    "options",
)
class RequestHistory:
    """Ask for bars that end at an instant, and for those to come."""

    req_id: Int
    contract: IbContract
    end: Text
    bar_size: Text
    duration: Text
    use_rth: Flag
    what: Text
    format_date: Int
    keep_up_to_date: Flag = False
    options: Text = ""


@request(25, version="1")
class CancelHistory:
    """Withdraw a question for bars, or end its updates."""

    req_id: Int


@request(87, "req_id", *_ASKED_OLD, "use_rth", "what", "format_date", first_version=118)
class RequestHeadTimestamp:
    """Ask where the history of a contract begins."""

    req_id: Int
    contract: IbContract
    use_rth: Flag
    what: Text
    format_date: Int


@request(90, first_version=123)
class CancelHeadTimestamp:
    """Withdraw the question where a history begins."""

    req_id: Int


@request(88, "req_id", *_ASKED_OLD, "use_rth", "period", first_version=119)
class RequestHistogram:
    """Ask how much traded at which price over a period: ``1 day``."""

    req_id: Int
    contract: IbContract
    use_rth: Flag
    period: Text


@request(89, first_version=119)
class CancelHistogram:
    """Withdraw the question for a histogram."""

    req_id: Int


@request(
    96,
    "req_id",
    *_ASKED_OLD,
    *("start", "end", "tick_count", "what", "use_rth", "ignore_size", "options"),
    first_version=130,
)
class RequestHistoricalTicks:
    """Ask for ticks of the past: from a start on, or up to an end."""

    req_id: Int
    contract: IbContract
    start: Text
    end: Text
    tick_count: Int
    what: Text
    use_rth: Flag
    ignore_size: Flag = False
    options: Text = ""


@request(
    22,
    before(143, Literal("4")),
    "req_id",
    *parts(
        "scan",
        "row_count instrument location scan_code above_price below_price above_volume"
        " market_cap_above market_cap_below moody_rating_above moody_rating_below sp_rating_above"
        " sp_rating_below maturity_above maturity_below coupon_above coupon_below"
        " exclude_convertible option_volume_above setting_pairs stock_type",
    ),
    since(143, "filter_options"),
    "options",
)
class RequestScan:
    """Subscribe to a scan of the market."""

    req_id: Int
    scan: ScannerSubscription
    filter_options: Text = ""  # tag=value;
    options: Text = ""


@request(23, version="1")
class CancelScan:
    """End a scan."""

    req_id: Int


@request(24, version="1")
class RequestScannerParameters:
    """Ask for everything scans can be made of, as XML."""


@request(
    52,
    "req_id",
    *parts("contract", "con_id symbol sec_type exchange primary_exchange currency local_symbol"),
    "report_type",
    Literal("0"),
    "options",
    version="2",
)
class RequestFundamentals:
    """Ask for a report on a company."""

    req_id: Int
    contract: IbContract
    report_type: Text
    options: Text = ""


@request(53, version="1")
class CancelFundamentals:
    """Withdraw the question for a report."""

    req_id: Int


@request(84, "req_id", "provider", "article_id", since(128, "options"), first_version=116)
class RequestNewsArticle:
    """Ask for the body of an article."""

    req_id: Int
    provider: Text
    article_id: Text
    options: Text = ""


@request(85, first_version=115)
class RequestNewsProviders:
    """Ask for the sources of news."""


@request(
    86,
    *("req_id", "con_id", "providers", "start", "end", "result_count"),
    since(128, "options"),
    first_version=117,
)
class RequestHistoricalNews:
    """Ask for headlines of the past."""

    req_id: Int
    con_id: Int
    providers: Text  # codes joined by +
    start: Text
    end: Text
    result_count: Int
    options: Text = ""


@request(100, first_version=161)
class RequestWshMetaData:
    """Ask for what the calendar of corporate events holds."""

    req_id: Int


@request(101, first_version=161)
class CancelWshMetaData:
    """Withdraw the question for the calendar's contents."""

    req_id: Int


@request(
    102,
    "req_id",
    "con_id",
    since(171, "filter", "fill_watchlist", "fill_portfolio", "fill_competitors"),
    since(173, "start_date", "end_date", "total_limit"),
    first_version=161,
)
class RequestWshEventData:
    """Ask for corporate events of a contract or of a filter."""

    req_id: Int
    con_id: OptionalInt
    filter: Text = ""
    fill_watchlist: Flag = False
    fill_portfolio: Flag = False
    fill_competitors: Flag = False
    start_date: Text = ""
    end_date: Text = ""
    total_limit: OptionalInt = None


@request(103, first_version=161)
class CancelWshEventData:
    """Withdraw the question for corporate events."""

    req_id: Int
