"""
What a strategy is: an update in, intents or notices out.

The same class runs live, on paper and in a backtest. It opens nothing, waits for nothing and reads
no clock: whatever it may know stands in the update, and the same updates give the same answers.
Whoever runs it takes its intents through the desk, where the gate may refuse them.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Protocol

import numpy as np

from voldesk.analytics.summary import Summary
from voldesk.chain.table import ChainTable
from voldesk.model.enums import Right, Status
from voldesk.model.orders import LONGEST_ID, Intent
from voldesk.model.quotes import FloatArray, TextArray

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """
    What a strategy holds of one contract.

    Attributes:
        key: As in `model.orders.Leg`.
        quantity: Contracts, below 0 sold.
        average_price: Paid or received, quote currency per unit of underlying; None not known.
    """

    key: str
    quantity: int
    average_price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRow:
    """
    One contract as an update shows it; NaN is not known.

    Attributes:
        key: As in `model.orders.Leg`.
        symbol: As the venue names it.
        bid: Quote currency per unit of underlying, as ``ask`` and ``mid``.
        iv: A fraction; Greeks are in published units (docs/columns.md).
        is_sound: The row has an iv from a live two-sided quote.
        tick_size: Smallest price step, quote currency.
    """

    key: str
    symbol: str
    right: Right
    strike: float
    bid: float
    ask: float
    mid: float
    bid_size: float
    ask_size: float
    volume: float
    open_interest: float
    iv: float
    delta: float
    gamma: float
    vega: float
    theta: float
    is_sound: bool
    tick_size: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Update:
    """
    Everything a strategy may know at one instant of one underlying.

    Attributes:
        now: UTC ns.
        account: Whose money intents are to spend.
        table: The chain; its arrays are only valid while the strategy is called.
        keys: Key of each row's contract. ``(n,)``
        tick_size: Smallest price step of each row, NaN where unknown. ``(n,)``
        multiplier: Units of underlying per contract, NaN where unknown.
        summary: The analytics, None where there are none yet.
        positions: What this strategy holds under this underlying.
        working: Keys of contracts with an order of this strategy that may still fill.
        underlying_key: ``us AMZN``: the underlying itself as a contract.
    """

    underlying: str
    now: int
    account: str
    table: ChainTable
    keys: TextArray
    tick_size: FloatArray
    multiplier: float
    summary: Summary | None = None
    positions: tuple[Position, ...] = ()
    working: frozenset[str] = field(default_factory=frozenset)

    @property
    def underlying_key(self) -> str:
        """Return the key of the underlying itself."""
        return f"{self.table.market} {self.underlying}"

    def row(self, place: int) -> ContractRow:
        """Return the contract of one row of the table."""
        rows = self.table.rows
        return ContractRow(
            key=str(self.keys[place]),
            symbol=str(rows.symbol[place]),
            right=Right.CALL if rows.is_call[place] else Right.PUT,
            is_sound=bool(rows.status[place] == Status.OK),
            tick_size=float(self.tick_size[place]),
            **{name: float(getattr(rows, name)[place]) for name in _FLOATS},
        )

    def find(self, key: str) -> ContractRow | None:
        """Return the contract of a key, None where the chain does not have it."""
        places = np.flatnonzero(self.keys == key)
        return self.row(int(places[-1])) if places.size else None


_FLOATS: Final = (
    "strike",
    "bid",
    "ask",
    "mid",
    "bid_size",
    "ask_size",
    "volume",
    "open_interest",
    "iv",
    "delta",
    "gamma",
    "vega",
    "theta",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """
    Something a person is to know, and nothing to trade.

    Attributes:
        ts: UTC ns.
        figures: Numbers the text speaks of, by name; NaN is not known.
    """

    strategy: str
    underlying: str
    text: str
    ts: int
    figures: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


Decision = Intent | Notice


class Strategy(Protocol):
    """Decides, from updates alone."""

    @property
    def name(self) -> str:
        """Name it: stands in its intents and in the journal; unique in a process."""
        ...

    def on_update(self, update: Update) -> list[Decision]:
        """Return what is to be done now, in this order; nothing, mostly."""
        ...


def order_id(strategy: str, underlying: str, now: int, number: int) -> str:
    """
    Return an id for an order: name, underlying, instant, place among those of that instant.

    The same decisions at the same instants give the same ids, so a replay can be compared.

    Args:
        strategy: Its name; what does not fit is cut off.
        underlying: What the update was of.
        now: UTC ns, above 0.
        number: From 0.
    """
    tail = f"-{underlying}-{_base36(now)}-{number}"
    return strategy[: LONGEST_ID - len(tail)] + tail


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits or "0"


def profit_pct(position: Position, row: ContractRow) -> float:
    """
    Return what a position has made so far, percent of what it cost or brought.

    Marked where it could be closed now: at the bid of what was bought, at the ask of what was
    sold. NaN where that or the price paid is not known.
    """
    if position.average_price is None or position.average_price <= 0 or not row.is_sound:
        return math.nan
    paid = float(position.average_price)
    way_out = row.bid if position.quantity > 0 else row.ask
    return math.copysign(100.0, position.quantity) * (way_out - paid) / paid
