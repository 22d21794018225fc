"""
Positions as their executions make them: first in, first out, in exact decimals.

What is sold closes what was bought first, so that realised profit is a sum of differences of
prices and no average is ever rounded. Contracts held before the first execution known (the
ledger's base) come first of all, at a price nobody told: what closes them realises NaN.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Final
from weakref import WeakKeyDictionary

from voldesk.model.orders import Fill
from voldesk.trading.ledger import Ledger

NOT_KNOWN: Final = Decimal("NaN")
NO_FEES: Final[Mapping[str, Decimal]] = MappingProxyType({})
BASE: Final = "base"
"""What opened a position that was there before the first execution known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """
    What is held of one contract, or was.

    Attributes:
        quantity: Contracts, below 0 sold, 0 closed.
        average_price: What the contracts still held cost in the mean, quote currency per unit of
            underlying; NaN not known, None of a closed position.
        realised: Sum of price differences × contracts closed, before the multiplier.
        fees: Commissions by currency; NaN while one was not told.
        opened_by: Execution that took it away from zero the last time.
    """

    key: str
    quantity: int
    average_price: Decimal | None
    realised: Decimal = Decimal(0)
    fees: Mapping[str, Decimal] = field(default_factory=lambda: NO_FEES)
    opened_by: str = BASE


@dataclass(frozen=True, slots=True)
class Positions:
    """
    All positions of an account.

    Attributes:
        by_key: Those closed are among them.
        openers: Our ids of orders that opened or enlarged a position, "" for strangers'.
    """

    by_key: Mapping[str, Position]
    openers: frozenset[str]


@dataclass(slots=True)
class _Lots:
    """Lots of one contract, the oldest first, all bought or all sold."""

    lots: deque[tuple[int, Decimal]] = field(default_factory=deque)
    quantity: int = 0
    realised: Decimal = Decimal(0)
    fees: dict[str, Decimal] = field(default_factory=dict)
    opened_by: str = BASE

    def add(self, signed: int, price: Decimal, execution_id: str) -> None:
        if self.quantity == 0:
            self.opened_by = execution_id
        self.lots.append((signed, price))
        self.quantity += signed

    def close(self, signed: int, price: Decimal) -> tuple[int, Decimal]:
        """Close what is held with so many, and return those left over and what was realised."""
        realised = Decimal(0)
        while signed and self.lots and (self.lots[0][0] > 0) != (signed > 0):
            held, paid = self.lots.popleft()
            count = min(abs(held), abs(signed)) * (1 if held > 0 else -1)
            realised += (price - paid) * count
            self.quantity -= count
            signed += count
            if held != count:
                self.lots.appendleft((held - count, paid))
        return signed, realised

    def position(self, key: str) -> Position:
        average = None
        if self.quantity:
            average = sum((count * paid for count, paid in self.lots), Decimal(0)) / self.quantity
        return Position(
            key=key,
            quantity=self.quantity,
            average_price=average,
            realised=self.realised,
            fees=MappingProxyType(self.fees),
            opened_by=self.opened_by,
        )


class Executions(list[Fill]):
    """
    The executions of a ledger, never changed once they are sorted.

    Attributes:
        folds: What was made of them already, by instant and base.
    """

    def __init__(self, version: int, fills: Sequence[Fill]) -> None:
        super().__init__(fills)
        self.version = version
        self.folds: dict[int, tuple[Mapping[str, int], Positions]] = {}


_SORTED: Final[WeakKeyDictionary[Ledger, Executions]] = WeakKeyDictionary()
_MOST_FOLDS: Final = 4


def executions(ledger: Ledger) -> Executions:
    """Return all executions, the oldest first; of one instant by the venue's id."""
    known = _SORTED.get(ledger)
    if known is None or known.version != ledger.version:
        fills = sorted(
            ledger.executions.values(), key=lambda fill: (fill.ts_event, fill.execution_id)
        )
        known = _SORTED[ledger] = Executions(ledger.version, fills)
    return known


def positions_of(ledger: Ledger, since: int = 0) -> Positions:
    """
    Return what the account holds and what it has realised.

    Args:
        ledger: Base positions, executions and their commissions.
        since: UTC ns from which on profit is realised, fees are counted and orders are openers;
            what was held by then keeps the price it was opened at.
    """
    return fold(ledger.base or {}, executions(ledger), since)


def fold(base: Mapping[str, int], fills: Sequence[Fill], since: int = 0) -> Positions:
    """
    Return what executions, the oldest first, make of contracts held before them.

    Of a ledger's own it is made once: the gate asks for it with every order, and it changes with
    an execution.
    """
    if not isinstance(fills, Executions):
        return _folded(base, fills, since)
    known = fills.folds.get(since)
    if known is None or known[0] != base:
        while len(fills.folds) >= _MOST_FOLDS:
            del fills.folds[next(iter(fills.folds))]
        known = fills.folds[since] = base, _folded(base, fills, since)
    return known[1]


def _folded(base: Mapping[str, int], fills: Sequence[Fill], since: int) -> Positions:
    held: dict[str, _Lots] = {}
    openers: set[str] = set()
    for key, count in base.items():
        if count:
            held.setdefault(key, _Lots()).add(count, NOT_KNOWN, BASE)
    for fill in fills:
        one = held.setdefault(fill.key, _Lots())
        left, realised = one.close(fill.side.sign * fill.quantity, fill.price)
        if left:
            one.add(left, fill.price, fill.execution_id)
        if fill.ts_event >= since:
            one.realised += realised
            fee = NOT_KNOWN if fill.commission is None else fill.commission
            one.fees[fill.currency] = one.fees.get(fill.currency, Decimal(0)) + fee
            if left:
                openers.add(fill.client_order_id)
    by_key = {key: one.position(key) for key, one in held.items()}
    return Positions(MappingProxyType(by_key), frozenset(openers))
