"""What is kept of the life of orders, and what a broker tells: one dataclass per kind of fact."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from voldesk.model.lifecycle import Event
from voldesk.model.orders import Fill, Intent, Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """
    A process began to trade the account.

    Attributes:
        version: Of voldesk.
        config: Hash of the settings it runs with.
        at: UTC ns, as in all of these.
    """

    account: str
    version: str
    config: str
    pid: int
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """
    An intent, and what the gate said of it.

    Attributes:
        checks: Name, value and limit of each, in the order they were made; None for a value that
            was not known, or where there is no limit.
        reason: Why it was denied, "" if it was not.
    """

    intent: Intent
    reason: str
    checks: tuple[tuple[str, float | None, float | None], ...]
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """
    An order that is not ours was found at the venue.

    Attributes:
        intent: What the venue tells of it, under an id of our making.
    """

    intent: Intent
    venue_order_id: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """
    Something happened to an order.

    Attributes:
        client_order_id: Ours, of our own making too where the order is not; "" where only the
            venue's id is known.
        venue_order_id: Theirs, "" until they say.
        terms: The new ones, of a change.
        filled: Contracts filled so far as the venue counts, None if it does not say.
        reason: In words, with the venue's code where it gives one.
    """

    client_order_id: str
    event: Event
    at: int
    venue_order_id: str = ""
    terms: Terms | None = None
    filled: int | None = None
    code: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """An execution, as it was first told."""

    fill: Fill
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged:
    """What an execution cost, where that is told later than the execution."""

    execution_id: str
    commission: Decimal
    currency: str
    at: int
    realised: Decimal | None = None  # profit by the venue's count


@dataclass(frozen=True, slots=True, kw_only=True)
class Switched:
    """The gate was set to another state: ``active``, ``reduce_only``, ``halted``."""

    state: str
    by: str
    reason: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Contracts per key that were held before the journal's first execution, or beside it."""

    base: dict[str, int]
    at: int


Entry = Begun | Decided | Adopted | Happened | Filled | Charged | Switched | Counted
"""What the journal keeps."""


class Line(StrEnum):
    """The line to the venue."""

    DOWN = "down"
    UP = "up"  # and nothing was lost
    RESET = "reset"  # up again, and anything may have happened meanwhile: reconcile


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChanged:
    """The line to the venue broke or came back."""

    line: Line
    reason: str
    at: int


Told = Happened | Filled | Charged | LineChanged
"""What a broker tells of its own accord."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """
    A position as the venue has it.

    Attributes:
        quantity: Contracts, below 0 sold.
        average_price: Quote currency per unit of underlying, None if not told.
    """

    account: str
    key: str
    quantity: int
    average_price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """
    An order as the venue has it.

    Attributes:
        client_order_id: Our tag, "" where it has none of ours.
        event: What to apply so that our record agrees: `Event.WORK`, `Event.CANCEL` …
        intent: Its terms as far as the venue tells, for an order that we do not know.
    """

    client_order_id: str
    venue_order_id: str
    event: Event
    filled: int
    intent: Intent | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything a venue has of an account: what reconciliation compares with."""

    account: str
    orders: tuple[Seen, ...]
    fills: tuple[Fill, ...]
    positions: tuple[Held, ...]
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """What an order would bind, by the venue's own reckoning, in the account's currency."""

    initial_after: Decimal
    maintenance_after: Decimal
    equity_after: Decimal
    commission: Decimal | None = None
    warnings: tuple[str, ...] = field(default=())
