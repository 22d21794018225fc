"""The shapes of the answers about orders, for the OpenAPI document."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from voldesk.gateways.order_cost import Loss
from voldesk.gateways.order_desk import Mode
from voldesk.gateways.schemas import Problem
from voldesk.model.enums import Right
from voldesk.model.lifecycle import State
from voldesk.model.orders import OrderType, Side, TimeInForce
from voldesk.trading.limits import GateState

_Money = Annotated[str | None, Field(description="a decimal number; null is not known")]
_Figure = float | None


class TermsDocument(BaseModel):
    """What of an order may be changed while it works."""

    quantity: int
    limit_price: _Money
    stop_price: _Money
    trail_amount: _Money
    trail_pct: _Money
    good_till_us: int | None


class LegDocument(BaseModel):
    """One contract of an order."""

    key: str
    contract: str
    ratio: int
    side: Side


class FillDocument(BaseModel):
    """One execution."""

    execution_id: str
    key: str
    side: Side
    quantity: int
    price: str
    commission: _Money
    currency: str
    ts_event_us: int


class OrderDocument(TermsDocument):
    """One order as it stands."""

    client_order_id: str
    venue_order_id: str | None
    account: str
    mode: Mode
    underlying: str
    contract: str
    legs: list[LegDocument]
    side: Side
    order_type: OrderType
    time_in_force: TimeInForce
    filled: int
    remaining: int
    asked: TermsDocument | None = Field(description="terms asked for and not confirmed")
    outside_hours: bool
    is_adaptive: bool
    is_reducing: bool
    parent_id: str | None
    oca_group: str | None
    state: State
    is_open: bool
    is_final: bool
    reason: str
    average_price: _Money
    commission: _Money
    currency: str | None
    fills: list[FillDocument]
    strategy: str
    why: str
    made_at_us: int
    changed_at_us: int


class CheckDocument(BaseModel):
    """One limit and what the order came to."""

    name: str
    value: _Figure = Field(description="null is not known, and has not passed")
    limit: _Figure = Field(description="null is none")
    is_least: bool
    has_passed: bool


class DeniedProblem(Problem):
    """An order that the gate denied."""

    client_order_id: str | None
    checks: list[CheckDocument]


class AddedDocument(BaseModel):
    """Greeks in money that an order adds."""

    dollar_delta: _Figure
    gamma: _Figure
    vega: _Figure
    theta: _Figure


class MarginDocument(BaseModel):
    """What an order would bind, by the venue's own reckoning."""

    initial_after: str
    maintenance_after: str
    equity_after: str
    commission: _Money
    warnings: list[str]


class QuoteDocument(BaseModel):
    """How a contract of an order stands."""

    key: str
    contract: str
    bid: _Figure
    ask: _Figure
    bid_size: _Figure
    ask_size: _Figure
    quote_age_secs: _Figure
    spot: _Figure
    multiplier: _Figure
    tick_size: _Figure


class PreviewDocument(BaseModel):
    """What would become of an order."""

    is_allowed: bool
    is_reducing: bool
    reason: str
    checks: list[CheckDocument]
    mode: Mode
    account: str
    contract: str
    sentence: str
    price: _Money
    cost: _Money
    currency: str | None
    risk: Loss
    max_loss: _Money
    greeks: AddedDocument
    margin: MarginDocument | None
    quotes: list[QuoteDocument]


class CancelledDocument(BaseModel):
    """How many orders were asked to be cancelled."""

    asked: int
    problems: list[str]


class FiguresDocument(BaseModel):
    """Worth and risk in the account's currency."""

    value: _Money
    value_mid: _Money
    unrealised: _Money
    unrealised_mid: _Money
    realised: _Money
    fees: _Money
    pnl: _Money
    pnl_mid: _Money
    delta: _Figure
    dollar_delta: _Figure
    gamma: _Figure
    vega: _Figure
    theta: _Figure
    rho: _Figure
    beta_delta: _Figure


class PositionDocument(BaseModel):
    """One position and how it stands."""

    key: str
    contract: str
    underlying: str
    expiry: date | None
    right: Right | None
    strike: _Figure
    quantity: int
    average_price: _Money
    multiplier: _Figure
    currency: str | None
    bid: _Figure
    ask: _Figure
    spot: _Figure
    quote_age_secs: _Figure
    iv: _Figure
    figures: FiguresDocument


class UnderlyingTotal(BaseModel):
    """A sum over the positions of an underlying."""

    underlying: str
    figures: FiguresDocument


class ExpiryTotal(UnderlyingTotal):
    """A sum over the positions of one expiry."""

    expiry: date | None


class PortfolioDocument(BaseModel):
    """The account as it stands."""

    account: str
    mode: Mode
    currency: str
    ts_us: int
    equity: _Money
    equity_peak: _Money
    day_pnl: _Money
    figures: FiguresDocument
    by_underlying: list[UnderlyingTotal]
    by_expiry: list[ExpiryTotal]
    attribution: dict[str, str | None] | None
    unknown: dict[str, list[str]]


class ScenariosDocument(BaseModel):
    """Change of value by day, vol and spot."""

    currency: str
    ts_us: int
    spot_pct: list[float]
    vol_points: list[float]
    days: list[float]
    pnl: list[list[list[float | None]]]
    unknown: list[str]


class LineDocument(BaseModel):
    """The line to the broker."""

    is_up: bool
    reason: str


class JournalDocument(BaseModel):
    """The journal."""

    is_writable: bool
    reason: str
    entries: int
    healed_bytes: int


class LimitDocument(BaseModel):
    """One limit and how much of it is used."""

    name: str
    used: _Figure
    limit: _Figure
    share: _Figure
    of: str | None


class RiskDocument(BaseModel):
    """How trading stands."""

    account: str
    mode: Mode
    broker: str
    ts_us: int
    state: GateState
    is_reconciled: bool
    differences: list[str]
    alarms: list[str]
    line: LineDocument
    journal: JournalDocument
    limits: list[LimitDocument]
    open_orders: int
    unlock_phrase: str


class StoppedDocument(BaseModel):
    """What a kill has done."""

    state: Literal["halted", "reduce_only", "active"]
    is_durable: bool
    asked_to_cancel: int
    flattening: list[OrderDocument]
    problems: list[str]
