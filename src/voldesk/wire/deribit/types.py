"""What Deribit's messages carry, in its own words: times in ms, vols of tickers in percent."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

Millis = Annotated[int, Meta(ge=0, le=9_000_000_000_000)]
"""UTC milliseconds, until 2255: nanoseconds of a later time have no room in 64 bits."""

Figure = float | None
"""A number, or null where there is none."""

NO_PRICE = 0.0
"""What a bid, an ask or a vol is where there is none."""


class TickStep(Struct, frozen=True):
    """From which premium on the price steps are larger."""

    above_price: float
    tick_size: float


class Instrument(Struct, frozen=True, kw_only=True):
    """An instrument as ``public/get_instruments`` lists it."""

    instrument_name: str
    kind: str = "option"
    strike: Figure = None
    option_type: str | None = None  # call, put
    expiration_timestamp: Millis
    creation_timestamp: Millis = 0
    base_currency: str
    quote_currency: str
    counter_currency: str = "USD"
    settlement_currency: str | None = None
    settlement_period: str = "day"
    instrument_type: str = "reversed"  # of coin premiums; linear of those in currency
    price_index: str
    contract_size: float = 1.0
    tick_size: float
    tick_size_steps: tuple[TickStep, ...] = ()
    min_trade_amount: float = 0.1
    is_active: bool = True
    instrument_id: int = 0
    taker_commission: float = 0.0003
    maker_commission: float = 0.0003
    state: str = "open"


class Greeks(Struct, frozen=True):
    """In quote currency, whatever the premium is paid in: vega per vol point, theta per day."""

    delta: Figure = None
    gamma: Figure = None
    vega: Figure = None
    theta: Figure = None
    rho: Figure = None


class Stats(Struct, frozen=True):
    """Of the last 24 hours; null without a trade."""

    volume: Figure = None
    high: Figure = None
    low: Figure = None
    price_change: Figure = None
    volume_usd: Figure = None


class Ticker(Struct, frozen=True, kw_only=True):
    """Everything about one instrument; what only options have is null with futures."""

    instrument_name: str
    timestamp: Millis
    best_bid_price: Figure = None
    best_bid_amount: Figure = None
    best_ask_price: Figure = None
    best_ask_amount: Figure = None
    last_price: Figure = None
    mark_price: Figure = None
    mark_iv: Figure = None  # percent, as bid_iv and ask_iv
    bid_iv: Figure = None
    ask_iv: Figure = None
    open_interest: Figure = None
    underlying_price: Figure = None  # the forward of its expiry
    underlying_index: str | None = None
    index_price: Figure = None
    interest_rate: Figure = None
    min_price: Figure = None
    max_price: Figure = None
    settlement_price: Figure = None
    greeks: Greeks | None = None
    stats: Stats | None = None
    state: str = "open"


class Quote(Struct, frozen=True, kw_only=True):
    """Best bid and ask of one instrument."""

    instrument_name: str
    timestamp: Millis
    best_bid_price: Figure = None
    best_bid_amount: Figure = None
    best_ask_price: Figure = None
    best_ask_amount: Figure = None


class Mark(Struct, frozen=True, kw_only=True):
    """Mark price of one option; ``iv`` is a fraction, unlike a ticker's."""

    instrument_name: str
    timestamp: Millis
    mark_price: Figure = None
    iv: Figure = None


class IndexPrice(Struct, frozen=True, kw_only=True):
    """An index as its channel tells it."""

    index_name: str
    price: float
    timestamp: Millis


class Summary(Struct, frozen=True, kw_only=True):
    """A row of ``public/get_book_summary_by_currency``; sizes of the quotes are not in it."""

    instrument_name: str
    creation_timestamp: Millis
    bid_price: Figure = None
    ask_price: Figure = None
    mid_price: Figure = None
    last: Figure = None
    mark_price: Figure = None
    mark_iv: Figure = None  # percent
    underlying_price: Figure = None
    underlying_index: str | None = None
    open_interest: Figure = None
    volume: Figure = None
    interest_rate: Figure = None
    base_currency: str = ""
    quote_currency: str = ""


class ErrorBody(Struct, frozen=True, omit_defaults=True):
    """Why a request was refused."""

    code: int
    message: str = ""
    data: dict[str, object] | None = None


RequestId = int | str | None | UnsetType
NO_ID = UNSET
"""Of a message that is no answer."""
