"""The words of an account: who may trade what, what it holds, and what that is worth."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from voldesk.model.traded import Kind
from voldesk.simulator.exchange.orders import Rejection


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSpec:
    """
    An account as it is opened.

    Attributes:
        name: ``DU1234567`` for a paper account as IB names them.
        currency: What its summary is told in.
        cash: By currency.
        permissions: Kinds it may trade.
        is_read_only: Whether every order is refused.
        leverage: How much stock the available funds buy: 4 as IB tells it of a margin account.
        groups: Names of the advisor groups it belongs to; an order for a group is shared out.
    """

    name: str
    currency: str = "USD"
    cash: Mapping[str, Decimal] = field(default_factory=lambda: {"USD": Decimal(1_000_000)})
    permissions: frozenset[Kind] = frozenset(Kind)
    is_read_only: bool = False
    leverage: Decimal = Decimal(4)
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """
    What an account holds of an instrument, marked at the present quote.

    Attributes:
        account: Whose.
        instrument: Key.
        quantity: Below 0 where it is short; 0 once it is closed.
        average_price: Paid per unit, commissions left out; 0 of a closed one.
        average_cost: Paid per contract: with commissions, times the multiplier, as IB tells it.
        mark: Mid, else the side there is, else the last price; None where there is none at all.
        value: Quantity times mark times multiplier; 0 without a mark.
        unrealized_pnl: Against the average cost; None without a mark.
        realized_pnl: Since the account was opened, commissions of closed parts included.
        daily_pnl: Since the beginning of the day; None without a mark.
        realized_today: Realised since the beginning of the day.
    """

    account: str
    instrument: str
    quantity: Decimal
    average_price: Decimal
    average_cost: Decimal
    mark: Decimal | None
    value: Decimal
    unrealized_pnl: Decimal | None
    realized_pnl: Decimal
    daily_pnl: Decimal | None
    realized_today: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """
    What is required and what there is, in the account's currency.

    Attributes:
        initial: Needed to open the positions.
        maintenance: Needed to keep them.
        equity_with_loan: Cash, stocks, coins and gains of futures; options do not count.
    """

    initial: Decimal
    maintenance: Decimal
    equity_with_loan: Decimal

    @property
    def available(self) -> Decimal:
        """Return what is left to open positions with."""
        return self.equity_with_loan - self.initial

    @property
    def excess(self) -> Decimal:
        """Return what is left before positions would have to be closed."""
        return self.equity_with_loan - self.maintenance


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSummary:
    """
    An account at an instant; money in its own currency where ``cash`` does not say otherwise.

    Attributes:
        account: Name.
        currency: Its own.
        ts: UTC ns.
        cash: By currency.
        total_cash: Of all currencies.
        stock_value: Of stocks, coins and other things paid for in full.
        option_value: Of options, below 0 where more is owed than owned.
        future_pnl: Gains of open futures.
        net_liquidation: What would be left if everything were closed at its mark.
        gross_position_value: Sum of the sizes of all values.
        margin: Required and left.
        buying_power: What could be bought of stocks.
        daily_pnl: Since the beginning of the day.
        unrealized_pnl: Of open positions.
        realized_pnl: Since the beginning of the day.
        accrued_commission: Commissions since the account was opened.
    """

    account: str
    currency: str
    ts: int
    cash: Mapping[str, Decimal]
    total_cash: Decimal
    stock_value: Decimal
    option_value: Decimal
    future_pnl: Decimal
    net_liquidation: Decimal
    gross_position_value: Decimal
    margin: Margin
    buying_power: Decimal
    daily_pnl: Decimal
    unrealized_pnl: Decimal
    realized_pnl: Decimal
    accrued_commission: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """
    What an order would do to an account, had it filled whole at its price; nothing was sent.

    Attributes:
        before: Now.
        after: Then.
        commission: Of the whole order.
        currency: Of the commission.
        rejection: Why the order would be refused, None where it would not.
    """

    before: Margin
    after: Margin
    commission: Decimal
    currency: str
    rejection: Rejection | None = None

    @property
    def change(self) -> Margin:
        """Return after minus before."""
        return Margin(
            initial=self.after.initial - self.before.initial,
            maintenance=self.after.maintenance - self.before.maintenance,
            equity_with_loan=self.after.equity_with_loan - self.before.equity_with_loan,
        )
