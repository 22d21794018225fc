"""What clients ask about prices now: quotes, computations, depth, bars and ticks as they come."""

from typing import Final

from voldesk.wire.ib.books import request
from voldesk.wire.ib.contract_types import IbContract
from voldesk.wire.ib.kinds import Double, Flag, Int, Text
from voldesk.wire.ib.layout import Literal, since
from voldesk.wire.ib.steps import ASKED, DELTA_NEUTRAL, LEGS

_DEPTH_CONTRACT: Final = tuple(
    since(149, path) if path == "contract.primary_exchange" else path for path in ASKED
)


@request(
    1,
    "req_id",
    *ASKED,
    LEGS,
    *DELTA_NEUTRAL,
    "generic_ticks",
    "is_snapshot",
    since(114, "is_regulatory_snapshot"),
    "options",
    version="11",
)
class RequestMarketData:
    """Subscribe to the quotes of a contract, or ask for them once."""

    req_id: Int
    contract: IbContract
    generic_ticks: Text = ""  # comma list
    is_snapshot: Flag = False
    is_regulatory_snapshot: Flag = False
    options: Text = ""


@request(2, version="2")
class CancelMarketData:
    """End a subscription to quotes."""

    req_id: Int


@request(59, version="1")
class RequestMarketDataType:
    """Choose 1 live, 2 frozen, 3 delayed or 4 delayed-frozen quotes from now on."""

    data_type: Int


@request(54, "req_id", *ASKED, "option_price", "under_price", Literal("0"), "options", version="3")
class CalculateImpliedVol:
    """Ask for the vol that gives a price."""

    req_id: Int
    contract: IbContract
    option_price: Double
    under_price: Double
    options: Text = ""


@request(56, version="1")
class CancelImpliedVol:
    """Withdraw the question for a vol."""

    req_id: Int


@request(55, "req_id", *ASKED, "vol", "under_price", Literal("0"), "options", version="3")
class CalculateOptionPrice:
    """Ask for the price and Greeks a vol gives."""

    req_id: Int
    contract: IbContract
    vol: Double
    under_price: Double
    options: Text = ""


@request(57, version="1")
class CancelOptionPrice:
    """Withdraw the question for a price."""

    req_id: Int


@request(
    10, "req_id", *_DEPTH_CONTRACT, "row_count", since(146, "is_smart"), "options", version="5"
)
class RequestDepth:
    """Subscribe to the depth ladder of a contract."""

    req_id: Int
    contract: IbContract
    row_count: Int
    is_smart: Flag = False
    options: Text = ""


@request(11, "req_id", since(146, "is_smart"), version="1")
class CancelDepth:
    """End a subscription to depth."""

    req_id: Int
    is_smart: Flag = False


@request(50, "req_id", *ASKED, "bar_size", "what", "use_rth", "options", version="3")
class RequestRealTimeBars:
    """Subscribe to bars of five seconds."""

    req_id: Int
    contract: IbContract
    bar_size: Int
    what: Text
    use_rth: Flag
    options: Text = ""


@request(51, version="1")
class CancelRealTimeBars:
    """End a subscription to bars of five seconds."""

    req_id: Int


@request(
    97,
    "req_id",
    *ASKED,
    "kind",
    since(140, "tick_count", "ignore_size"),
    first_version=137,
)
class RequestTickByTick:
    """Subscribe to every tick: ``Last``, ``AllLast``, ``BidAsk`` or ``MidPoint``."""

    req_id: Int
    contract: IbContract
    kind: Text
    tick_count: Int = 0
    ignore_size: Flag = False


@request(98, first_version=137)
class CancelTickByTick:
    """End a subscription to every tick."""

    req_id: Int


@request(82, first_version=112)
class RequestDepthExchanges:
    """Ask which exchanges show depth."""


@request(83, first_version=114)
class RequestSmartComponents:
    """Ask what the letters of an exchange string stand for."""

    req_id: Int
    bbo_exchange: Text


@request(12, version="1")
class RequestBulletins:
    """Subscribe to bulletins of the exchanges; the day's earlier ones too, or not."""

    all_messages: Flag


@request(13, version="1")
class CancelBulletins:
    """End the subscription to bulletins."""


@request(49, version="1")
class RequestCurrentTime:
    """Ask for the time at TWS."""


@request(14, version="1")
class SetServerLogLevel:
    """Set how much TWS logs: 1 system to 5 detail."""

    level: Int


@request(71, "client_id", "optional_capabilities", version="2")
class StartApi:
    """Begin: the first message after the handshake, and the name of the client."""

    client_id: Int
    optional_capabilities: Text = ""


@request(67, version="1")
class QueryDisplayGroups:
    """Ask for the colour groups of the windows."""

    req_id: Int


@request(68, version="1")
class SubscribeToGroup:
    """Follow the contract a colour group shows."""

    req_id: Int
    group_id: Int


@request(69, version="1")
class UpdateDisplayGroup:
    """Show another contract in a colour group."""

    req_id: Int
    contract_info: Text


@request(70, version="1")
class UnsubscribeFromGroup:
    """Stop following a colour group."""

    req_id: Int


@request(104, first_version=167)
class RequestUserInfo:
    """Ask for the white label of the user."""

    req_id: Int
