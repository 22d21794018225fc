"""What is asked of a venue: an intent, its terms and its legs. Prices are decimal, never float."""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Self

MOST_CONTRACTS = 1_000_000
MOST_LEGS = 8
LONGEST_ID = 40  # IB takes so many characters as a reference and returns them all


class Side(StrEnum):
    """Which way an order trades."""

    BUY = "buy"
    SELL = "sell"

    @property
    def sign(self) -> int:
        """Return 1 for a purchase, -1 for a sale."""
        return 1 if self is Side.BUY else -1

    @property
    def other(self) -> "Side":
        """Return the side that closes it."""
        return Side.SELL if self is Side.BUY else Side.BUY


class OrderType(StrEnum):
    """What makes an order trade, and at which price."""

    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"  # market once the stop price trades
    STOP_LIMIT = "stop_limit"  # limit once it does
    TRAIL = "trail"  # a stop that follows the price by an amount or a percentage
    TRAIL_LIMIT = "trail_limit"
    MARKET_ON_CLOSE = "market_on_close"
    LIMIT_ON_CLOSE = "limit_on_close"


class TimeInForce(StrEnum):
    """How long an order stands."""

    DAY = "day"
    GTC = "gtc"  # until cancelled
    GTD = "gtd"  # until an instant
    IOC = "ioc"  # what can be had at once, the rest cancelled
    FOK = "fok"  # all at once or nothing
    OPG = "opg"  # at the opening


_LIMITED = frozenset(
    {
        OrderType.LIMIT,
        OrderType.STOP_LIMIT,
        OrderType.LIMIT_ON_CLOSE,
    }
)
_STOPPED = frozenset({OrderType.STOP, OrderType.STOP_LIMIT})
_TRAILING = frozenset({OrderType.TRAIL, OrderType.TRAIL_LIMIT})


@dataclass(frozen=True, slots=True)
class Leg:
    """
    One contract of an order.

    Attributes:
        key: `ids.contract_key` of an option, ``us AMZN`` of an underlying.
        ratio: Contracts per unit of the order when it buys; below 0 the leg is sold then.
    """

    key: str
    ratio: int = 1

    def __post_init__(self) -> None:
        if self.ratio == 0 or abs(self.ratio) > MOST_CONTRACTS:
            raise ValueError(
                f"ratio of {self.key} is {self.ratio}, expected 1 to {MOST_CONTRACTS} or minus that"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """
    What of an order may be changed while it works.

    Attributes:
        quantity: Contracts (of a combination: units), more than 0.
        limit_price: Worst price, quote currency per unit of underlying; a combination's may be
            negative. None where the type has none.
        stop_price: What sets a stop off.
        trail_amount: How far a trailing stop lags, quote currency; or else
        trail_pct: per cent of the price.
        good_till: UTC ns, of a GTD order.
    """

    quantity: int
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    trail_amount: Decimal | None = None
    trail_pct: Decimal | None = None
    good_till: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.quantity <= MOST_CONTRACTS:
            raise ValueError(f"quantity is {self.quantity}, expected 1 to {MOST_CONTRACTS}")
        for name in ("limit_price", "stop_price", "trail_amount", "trail_pct"):
            value = getattr(self, name)
            if value is not None and not value.is_finite():
                raise ValueError(f"{name} is {value}, expected a finite number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """
    A decision to trade, before anybody was asked.

    Attributes:
        client_order_id: Ours, unique for ever; the venue gets it as the order's tag.
        account: Whose money.
        underlying: What the limits of the gate count it under.
        legs: One, or the legs of a combination traded as one at a net price.
        terms: Quantity and prices.
        parent_id: Our id of the order that must fill first.
        oca_group: Of the orders in one group a fill takes its share off the others, and a whole
            one cancels them.
        is_adaptive: Whether the venue may work the price by its own algorithm.
        is_reducing: Whether it can only bring a position nearer to zero.
        strategy: Who decided, and ``reason`` why; both for the journal.
        made_at: When, UTC ns.

    Raises:
        ValueError: A price its type needs is missing, one it has no use for is given, or the id
            cannot be carried.
    """

    client_order_id: str
    account: str
    underlying: str
    legs: tuple[Leg, ...]
    side: Side
    order_type: OrderType
    terms: Terms
    time_in_force: TimeInForce = TimeInForce.DAY
    parent_id: str | None = None
    oca_group: str | None = None
    outside_hours: bool = False
    is_adaptive: bool = False
    is_reducing: bool = False
    strategy: str = "manual"
    reason: str = ""
    made_at: int

    def __post_init__(self) -> None:
        tag = self.client_order_id
        if not tag.isascii() or not tag.isprintable() or not 1 <= len(tag) <= LONGEST_ID:
            raise ValueError(
                f"client_order_id {tag!r}, expected 1 to {LONGEST_ID} printable ASCII characters"
            )
        if not 1 <= len(self.legs) <= MOST_LEGS:
            raise ValueError(f"{len(self.legs)} legs, expected 1 to {MOST_LEGS}")
        if len({leg.key for leg in self.legs}) != len(self.legs):
            raise ValueError(f"legs {[leg.key for leg in self.legs]} name a contract twice")
        self._check_prices()

    def _check_prices(self) -> None:
        kind, terms = self.order_type, self.terms
        self._need("limit_price", kind in _LIMITED, can_have=kind is OrderType.TRAIL_LIMIT)
        # A trailing stop may be told where to begin; without, it begins at the market.
        self._need("stop_price", kind in _STOPPED, can_have=kind in _TRAILING)
        trails = [one for one in (terms.trail_amount, terms.trail_pct) if one is not None]
        if len(trails) != (kind in _TRAILING):
            raise ValueError(
                f"{kind} has {len(trails)} of trail_amount and trail_pct,"
                f" expected {int(kind in _TRAILING)}"
            )
        if any(trail <= 0 for trail in trails):
            raise ValueError(f"{kind} trails by {trails[0]}, expected more than 0")
        self._need("good_till", self.time_in_force is TimeInForce.GTD, can_have=False)
        if not self.is_combination and terms.limit_price is not None and terms.limit_price < 0:
            raise ValueError(f"limit_price is {terms.limit_price}, expected 0 or more")

    def _need(self, name: str, must: bool, *, can_have: bool) -> None:
        value = getattr(self.terms, name)
        if must and value is None:
            raise ValueError(f"{self.order_type}, {self.time_in_force} needs {name}")
        if not must and not can_have and value is not None:
            raise ValueError(f"{self.order_type}, {self.time_in_force} has no {name}, got {value}")

    @property
    def is_combination(self) -> bool:
        """Say whether several contracts trade as one."""
        return len(self.legs) > 1

    def changed(self, **terms: int | Decimal | None) -> Self:
        """
        Return the intent with some of its terms replaced.

        Raises:
            ValueError: As for a new one.
        """
        return replace(self, terms=replace(self.terms, **terms))  # type: ignore[arg-type]  # by name


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """
    One execution.

    Attributes:
        execution_id: The venue's; the same one never counts twice.
        client_order_id: Ours; empty where the order is not.
        key: The contract that was traded.
        quantity: More than 0.
        price: Quote currency per unit of underlying.
        commission: What it cost, None until the venue says.
        ts_event: UTC ns.
    """

    execution_id: str
    client_order_id: str
    venue_order_id: str
    account: str
    key: str
    side: Side
    quantity: int
    price: Decimal
    ts_event: int
    commission: Decimal | None = None
    currency: str = "USD"
