"""What the gateway asks of whoever trades, and what it is handed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from voldesk.model.events import Margin
from voldesk.model.orders import Intent, Terms
from voldesk.trading.gate import Verdict
from voldesk.trading.ledger import OrderRecord
from voldesk.trading.limits import GateState
from voldesk.trading.marks import Mark
from voldesk.trading.portfolio import Holdings
from voldesk.trading.views import Exposure

ORDERS, POSITIONS, RISK = "orders", "positions", "risk"
"""Topics of the bus: `OrderRecord`, `Standing` and `Risk`."""


class Mode(StrEnum):
    """Whether real money can move."""

    PAPER = "paper"
    LIVE = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """
    What would become of an order that is not sent.

    Attributes:
        added: What it adds to the Greeks of the book.
        margin: What it would bind, None where the venue does not say.
    """

    verdict: Verdict
    added: Exposure
    margin: Margin | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """
    An order and what the gate said of it.

    Attributes:
        verdict: None of an order that was decided before this process began.
    """

    order: OrderRecord
    verdict: Verdict | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """
    What is held at one moment.

    Attributes:
        at: UTC ns, as in all of these.
        equity: The account's currency; NaN not known, as ``day_pnl`` and ``equity_peak``.
        attribution: Where the profit of the day came from, None where it is not known.
    """

    at: int
    currency: str
    holdings: Holdings
    equity: float
    equity_peak: float
    day_pnl: float
    attribution: Mapping[str, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Change of value by day, vol and spot; NaN is not known."""

    at: int
    currency: str
    spot_pct: tuple[float, ...]
    vol_points: tuple[float, ...]
    days: tuple[float, ...]
    pnl: Sequence[Sequence[Sequence[float]]]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """
    How much of a limit is used.

    Attributes:
        used: NaN where it is not known.
        of: The underlying or expiry that uses most of it, "" of what concerns all.
    """

    name: str
    used: float
    limit: float
    of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """
    How trading stands.

    Attributes:
        line_reason: Why the line to the broker is down, "" while it is up.
        journal_reason: Why the journal takes nothing more, "" while it does.
        healed: Bytes of an unfinished entry that were cut off when the journal was opened.
    """

    account: str
    mode: Mode
    broker: str
    at: int
    state: GateState
    is_reconciled: bool
    differences: tuple[str, ...]
    alarms: tuple[str, ...]
    line_reason: str
    journal_reason: str
    journal_entries: int
    healed: int
    uses: tuple[Use, ...]
    open_orders: int
    unlock_phrase: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """
    What a kill has done; the gate is shut whatever failed.

    Attributes:
        is_durable: It lasts through a restart.
        flattening: Orders against what was held.
        problems: Sentences about what failed.
    """

    state: GateState
    is_durable: bool
    asked_to_cancel: int
    flattening: tuple[OrderRecord, ...]
    problems: tuple[str, ...]


class OrderDesk(Protocol):
    """
    The orders of one account.

    Every method raises `VenueUnavailable` with the reason while nothing trades here.
    """

    @property
    def account(self) -> str:
        """Name the account."""
        ...

    @property
    def mode(self) -> Mode:
        """Say whether real money can move."""
        ...

    def now(self) -> int:
        """Return the time orders are made at, UTC ns; a replay has its own."""
        ...

    def orders(self) -> Sequence[OrderRecord]:
        """Return every order, the newest first."""
        ...

    def find(self, client_order_id: str) -> OrderRecord | None:
        """Return an order, None where there is none."""
        ...

    def key_of(self, name: str) -> str:
        """
        Return the key of what a trader names.

        Raises:
            ConfigError: There is no such contract; the message says what there is.
        """
        ...

    def mark(self, key: str) -> Mark | None:
        """Return how a contract stands, None where no chain has it."""
        ...

    async def preview(self, intent: Intent) -> Preview:
        """
        Say what would become of an order.

        Raises:
            OrderDenied: Nothing can be said of one of its contracts.
        """
        ...

    async def place(self, intent: Intent, children: Sequence[Intent] = ()) -> Placed:
        """
        Send an order through the gate, with orders that wait for it; all of them or none.

        Raises:
            OrderDenied: It could not even be judged.
            StorageError: One could not be made durable; nothing was sent.
        """
        ...

    async def modify(self, client_order_id: str, terms: Terms) -> Placed:
        """
        Ask for new terms; the verdict is that on them.

        Raises:
            OrderDenied: The gate refuses them, or the order cannot be changed now.
            StorageError: That could not be made durable; nothing was sent.
        """
        ...

    async def cancel(self, client_order_id: str) -> OrderRecord:
        """
        Ask to cancel one.

        Raises:
            OrderDenied: It is over.
        """
        ...

    async def cancel_all(self) -> Stopped:
        """Ask to cancel everything, leaving the gate as it is."""
        ...

    async def kill(self, *, by: str, reason: str, is_flattening: bool) -> Stopped:
        """Shut the gate, cancel everything, and trade out of what is held if asked to."""
        ...

    async def unlock(self, *, by: str) -> None:
        """
        Let trading begin again.

        Raises:
            StorageError: That could not be made durable; the gate stays shut.
        """
        ...

    def standing(self) -> Standing:
        """Return what is held."""
        ...

    async def scenarios(
        self, spot_pct: tuple[float, ...], vol_points: tuple[float, ...], days: tuple[float, ...]
    ) -> Grid:
        """Return what moves of the market would do to what is held."""
        ...

    def risk(self) -> Risk:
        """Return how trading stands."""
        ...

    def scans(self) -> Sequence[Mapping[str, Any]]:
        """Return what the last scans found, the newest first."""
        ...


def currency_of(mark: Mark | None) -> str | None:
    """Return what a contract trades in, None where no chain has it."""
    return None if mark is None else mark.currency


def plain(value: Decimal) -> str:
    """Return an exact number without exponent or idle zeros: ``1.25``, ``100``."""
    return format(value.normalize() + 0, "f")
