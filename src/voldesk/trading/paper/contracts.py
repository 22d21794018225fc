"""Contracts as the paper venue trades them: the durable part of what a mark says."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from voldesk.model.enums import Market, Right
from voldesk.model.traded import Kind, underlying_kind
from voldesk.trading.marks import Mark

_FINEST_DIGITS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperContract:
    """
    What of a contract must be known after its chain is gone.

    Attributes:
        key: As in `orders.Leg`.
        root: The class it trades in; the symbol of an underlying itself.
        underlying: Key of what it is written on, "" of an underlying itself.
        settles_at: UTC ns, None of what never does.
    """

    key: str
    root: str
    kind: Kind
    market: Market
    currency: str
    multiplier: Decimal
    underlying: str = ""
    strike: Decimal | None = None
    is_call: bool = False
    settles_at: int | None = None

    @property
    def symbol(self) -> str:
        """Return the symbol of its underlying, or its own."""
        return (self.underlying or self.key).partition(" ")[2]


def contract_of(mark: Mark) -> PaperContract | None:
    """Return the contract a mark shows, None where its terms are not all known."""
    market_name, _, rest = mark.key.partition(" ")
    multiplier = exact(mark.multiplier)
    if market_name not in {market.value for market in Market} or not rest or not multiplier:
        return None
    market = Market(market_name)
    if mark.right is None:
        return PaperContract(
            key=mark.key,
            root=rest,
            kind=underlying_kind(mark.underlying, market),
            market=market,
            currency=mark.currency,
            multiplier=multiplier,
        )
    strike = exact(mark.strike)
    if strike is None or mark.settles_at is None:
        return None
    return PaperContract(
        key=mark.key,
        root=rest.partition(" ")[0],
        kind=Kind.OPTION,
        market=market,
        currency=mark.currency,
        multiplier=multiplier,
        underlying=f"{market} {mark.underlying}",
        strike=strike,
        is_call=mark.right is Right.CALL,
        settles_at=mark.settles_at,
    )


def stock_of(option: PaperContract) -> PaperContract | None:
    """Return what exercising an option moves, None where it is paid in cash."""
    if underlying_kind(option.symbol, option.market) is not Kind.STOCK:
        return None
    return PaperContract(
        key=option.underlying,
        root=option.symbol,
        kind=Kind.STOCK,
        market=option.market,
        currency=option.currency,
        multiplier=Decimal(1),
    )


def exact(number: float) -> Decimal | None:
    """
    Return the decimal number a float stands for, None where it is not finite.

    No price is finer than a billionth; what a float has beyond is an error of its arithmetic.
    """
    if not math.isfinite(number):
        return None
    return Decimal(repr(round(float(number), _FINEST_DIGITS)).removesuffix(".0"))


def price_grid(marks: Iterable[Mark]) -> Decimal | None:
    """Return the price step of an order, its finest leg's; None where one is not known."""
    steps = [exact(mark.tick_size) for mark in marks]
    known = [step for step in steps if step]
    return min(known) if len(known) == len(steps) else None


def on_tick(price: Decimal, tick: Decimal | None) -> Decimal:
    """Return the nearest price on a grid; the price itself where the grid is not known."""
    if not tick:
        return price
    return (price / tick).quantize(Decimal(1), ROUND_HALF_EVEN) * tick
