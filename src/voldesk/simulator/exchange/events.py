"""What the exchange tells: frozen, numbered, in the order in which it happens."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from voldesk.simulator.exchange.accounts import Position
from voldesk.simulator.exchange.orders import Execution, Order, Rejection


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChanged:
    """
    An order has a new status, quantity or price.

    A new order is told of at least twice: accepted (HELD or WORKING), then final. A rejected one
    is told of once. A fill is told as a `Filled` and the `OrderChanged` after it.
    """

    ts: int
    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRefused:
    """A modification was refused: the order goes on as it was."""

    ts: int
    order: Order
    rejection: Rejection


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRefused:
    """A cancel was refused, mostly because the order was filled before."""

    ts: int
    order: Order
    rejection: Rejection


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """An order was filled, in part or whole; or an earlier fill was corrected or taken back."""

    ts: int
    execution: Execution


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionChanged:
    """An account holds more or less of an instrument."""

    ts: int
    position: Position


class SettledAs(StrEnum):
    """What became of a position whose instrument expired, or that was exercised before."""

    WORTHLESS = "worthless"
    CASH = "cash"  # paid, or received where the quantity was short
    EXERCISED = "exercised"  # the underlying came or went at the strike
    ASSIGNED = "assigned"  # likewise, by the holder on the other side


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """
    A position ended without an order.

    Attributes:
        ts: UTC ns.
        account: Whose.
        instrument: Key of what expired.
        how: What became of it.
        quantity: Held before, below 0 where it was short.
        price: Of the underlying at settlement.
        cash: Moved by it, in the instrument's currency.
    """

    ts: int
    account: str
    instrument: str
    how: SettledAs
    quantity: Decimal
    price: Decimal
    cash: Decimal


Event = OrderChanged | ChangeRefused | CancelRefused | Filled | PositionChanged | Settled
