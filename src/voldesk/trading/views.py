"""What the gate is shown: the state of the desk as numbers, NaN where one is not known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import msgspec

from voldesk.trading.limits import GateState


class Exposure(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """
    Net Greeks in money; see `limits.Limits` for the units.

    One is made for every position of every order's view: a compiled struct, six times as fast.
    """

    delta: float = 0.0
    gamma: float = 0.0
    vega: float = 0.0
    theta: float = 0.0

    def plus(self, other: "Exposure", times: float = 1.0) -> "Exposure":
        """Return the sum with so many of another."""
        return Exposure(
            delta=self.delta + times * other.delta,
            gamma=self.gamma + times * other.gamma,
            vega=self.vega + times * other.vega,
            theta=self.theta + times * other.theta,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractView:
    """
    One contract as the chain shows it now.

    Attributes:
        expiry: None of an underlying itself.
        multiplier: Units of underlying per contract.
        spot: Price of the underlying.
        bid: Quote currency per unit; NaN there is none.
        ask: Likewise.
        quote_age_secs: Since both were last confirmed.
        tick_size: Smallest price step.
        exposure: Of one contract bought.
        position: Contracts held, below 0 sold.
        selling: Contracts that working orders would sell, and
        buying: buy.
        secs_to_settle: inf of an underlying itself.
    """

    key: str
    expiry: date | None
    multiplier: float
    spot: float
    bid: float
    ask: float
    quote_age_secs: float
    tick_size: float
    exposure: Exposure
    position: float
    selling: float = 0.0
    buying: float = 0.0
    secs_to_settle: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskView:
    """
    The account as it stands, working orders included.

    Attributes:
        contracts: Of each leg of the order in question.
        underlying_contracts: Held and working under its underlying.
        expiry_contracts: The same per expiry.
        underlying: Net Greeks under its underlying.
        book: Net Greeks of everything.
        secs_since_same: Since an order of the same legs, side and terms was let through, inf never.
        orders_last_sec: Sent within the last second, and
        orders_last_min: within the last minute.
        day_pnl: Realised and unrealised since the start of the day, marked at bid and ask.
        equity: Of the account now, and
        equity_peak: its highest of the day.
        margin_after: What would be bound after this order; None where the venue has no what-if.
        is_session_open: Whether the market trades now.
        is_reconciled: Whether the venue's orders, fills and positions are known to match ours.
    """

    state: GateState
    contracts: Mapping[str, ContractView]
    underlying_contracts: float
    expiry_contracts: Mapping[date | None, float]
    underlying: Exposure
    book: Exposure
    open_orders: int
    trades_today: int
    secs_since_same: float
    orders_last_sec: int
    orders_last_min: int
    day_pnl: float
    equity: float
    equity_peak: float
    margin_after: float | None
    is_session_open: bool
    is_reconciled: bool
