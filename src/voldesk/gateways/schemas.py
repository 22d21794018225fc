"""The shapes of the REST answers, for the OpenAPI document; the answers are encoded elsewhere."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from voldesk.model.feed_state import DataType


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str = Field(examples=["urn:voldesk:problem:unknown_underlying"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    code: str = Field(description="a stable word for programs", examples=["unknown_underlying"])
    detail: str = Field(description="the value and the limit", examples=["no underlying 'X'"])


class Day(BaseModel):
    """The spot of the trading day as it was seen here, quote currency."""

    date: str = Field(description="where the market is")
    open: float = Field(description="the first spot seen")
    high: float
    low: float
    previous_close: float | None = Field(
        description="the last spot seen on the day before; null where nobody looked"
    )
    since_us: int = Field(description="when the first spot was seen, UTC microseconds")


class Underlying(BaseModel):
    """What is served."""

    symbol: str
    feed: str
    market: str
    spot: float | None = Field(description="quote currency")
    day: Day | None = Field(description="null before the first spot")
    contracts: int
    expiries: int
    seq: int
    ts_flush_us: int | None = Field(description="UTC microseconds of the last update")


class Expiry(BaseModel):
    """One series: what its contracts share and are valued on."""

    root: str | None
    expiry: str | None
    settles_at_us: int | None
    years: float | None
    forward: float | None
    discount: float | None
    forward_source: str | None
    discount_source: str | None
    reason: str | None
    contracts: int


class SeriesColumns(BaseModel):
    """Series by column, in order of settlement; ``contracts.series`` indexes them."""

    root: list[str | None]
    expiry: list[str | None]
    settles_at_us: list[int | None]
    years: list[float | None]
    forward: list[float | None]
    discount: list[float | None]
    forward_source: list[str | None]
    discount_source: list[str | None]
    reason: list[str | None]


class Contract(BaseModel):
    """One contract: units are those of the chain's columns; an unknown figure is null."""

    row: int
    symbol: str | None
    root: str | None
    expiry: str | None
    right: Literal["C", "P"]
    strike: float | None
    series: int
    bid: float | None
    ask: float | None
    last: float | None
    mid: float | None
    bid_size: float | None
    ask_size: float | None
    volume: float | None
    open_interest: float | None
    iv: float | None = Field(description="a fraction")
    iv_bid: float | None
    iv_ask: float | None
    delta: float | None
    gamma: float | None
    theta: float | None = Field(description="per calendar day")
    vega: float | None = Field(description="per vol point")
    rho: float | None = Field(description="per 0.01 of rate")
    vanna: float | None
    volga: float | None
    charm: float | None
    vendor_iv: float | None = Field(description="as the venue has it, like the next four")
    vendor_delta: float | None
    vendor_gamma: float | None
    vendor_vega: float | None
    vendor_theta: float | None
    status: str
    ts_event_us: int | None


class ContractColumns(BaseModel):
    """Contracts by column, each as long as ``row``."""

    row: list[int]
    symbol: list[str | None]
    root: list[str | None]
    expiry: list[str | None]
    right: list[Literal["C", "P"]]
    strike: list[float | None]
    series: list[int]
    bid: list[float | None]
    ask: list[float | None]
    last: list[float | None]
    mid: list[float | None]
    bid_size: list[float | None]
    ask_size: list[float | None]
    volume: list[float | None]
    open_interest: list[float | None]
    iv: list[float | None]
    iv_bid: list[float | None]
    iv_ask: list[float | None]
    delta: list[float | None]
    gamma: list[float | None]
    theta: list[float | None]
    vega: list[float | None]
    rho: list[float | None]
    vanna: list[float | None]
    volga: list[float | None]
    charm: list[float | None]
    vendor_iv: list[float | None]
    vendor_delta: list[float | None]
    vendor_gamma: list[float | None]
    vendor_vega: list[float | None]
    vendor_theta: list[float | None]
    status: list[str]
    ts_event_us: list[int | None]


class _ChainHead(BaseModel):
    underlying: str
    feed: str
    kind: Literal["snapshot", "delta"]
    snapshot_id: str = Field(description="what a seq counts within: hand it back with since")
    seq: int
    ts_event_us: int | None
    ts_recv_us: int | None
    ts_flush_us: int | None
    as_of_us: int | None
    spot: float | None
    profile: dict[str, Any]
    series: SeriesColumns


class ChainByRows(_ChainHead):
    """A chain, one object per contract."""

    layout: Literal["rows"]
    contracts: list[Contract]


class ChainByColumns(_ChainHead):
    """A chain, one array per figure."""

    layout: Literal["columns"]
    contracts: ContractColumns


class Summary(BaseModel):
    """The analytics of an underlying; ``data`` as ``voldesk analyze --json`` has it."""

    underlying: str
    seq: int
    ts_flush_us: int | None
    day: Day | None
    data: dict[str, Any]


class UnderlyingHealth(BaseModel):
    """How one underlying's data are."""

    underlying: str
    feed: str
    state: Literal["LIVE", "DELAYED", "STALE", "CLOSED", "DOWN"]
    reason: str
    age_secs: float | None
    rows: int
    stale_rows: int
    gaps: int
    late_ticks: int


class Notice(BaseModel):
    """Something a venue said."""

    code: int
    text: str
    at_us: int


class Line(BaseModel):
    """What a feed knows of its line to the venue."""

    is_connected: bool
    data_type: DataType
    lines_used: int | None = Field(description="null: not counted")
    lines_limit: int | None = Field(description="null: no limit")
    notices: list[Notice]


class FeedHealth(BaseModel):
    """How one feed is."""

    name: str
    is_down: bool
    reason: str
    line: Line | None = Field(description="null: it knows nothing of it")


class SubscriptionHealth(BaseModel):
    """One subscription, and what it holds now."""

    underlying: str
    mode: Literal["full", "light"]
    strikes: int | None = Field(description="on each side of the money")
    points: float | None = Field(description="on each side of the money")
    expiry: str | None
    contracts: int
    strike_range: tuple[float, float] | None


class Asked(BaseModel):
    """How many instruments a feed was asked for in each mode."""

    feed: str
    full: int
    light: int


class Health(BaseModel):
    """How the process is."""

    status: Literal["ok", "degraded", "down"]
    kind: Literal["health"]
    ts_us: int
    underlyings: list[UnderlyingHealth]
    feeds: list[FeedHealth]
    subscriptions: list[SubscriptionHealth]
    asked: list[Asked]


class Readiness(BaseModel):
    """Whether there is something to serve."""

    is_ready: bool
    reason: str


class Code(BaseModel):
    """A one-time code, from the fragment of the address that was printed."""

    code: str = Field(max_length=200)


class Session(BaseModel):
    """What the page sends back, as a header, with whatever changes something."""

    header: str
    proof: str
