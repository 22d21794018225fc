"""
Spreads chosen by delta: verticals, straddles, strangles, iron condors, each one order.

A spread is what is bought: a leg sold in it has a ratio below 0, and a spread that brings money
in is bought at a price below 0.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

import numpy as np

from voldesk.analytics.skew import nearest_delta
from voldesk.model.enums import Right
from voldesk.model.errors import ConfigError
from voldesk.model.orders import Intent, Leg, OrderType, Side, Terms
from voldesk.model.sessions import local_date
from voldesk.strategies.base import ContractRow, Decision, Update, order_id
from voldesk.strategies.fronts import front_of
from voldesk.strategies.prices import to_step


@dataclass(frozen=True, slots=True)
class SpreadLeg:
    """One contract of a spread, and how many of it: below 0 sold."""

    row: ContractRow
    ratio: int


@dataclass(frozen=True, slots=True)
class Spread:
    """Contracts that are traded as one, all of one expiry."""

    name: str
    legs: tuple[SpreadLeg, ...]

    @property
    def mid(self) -> float:
        """Return what one costs between the quotes, below 0 where it brings money in."""
        return sum(leg.ratio * leg.row.mid for leg in self.legs)

    @property
    def natural(self) -> float:
        """Return what one costs at the quotes: the ask of what is bought, the bid of the rest."""
        return sum(leg.ratio * (leg.row.ask if leg.ratio > 0 else leg.row.bid) for leg in self.legs)

    @property
    def most_loss(self) -> float:
        """
        Return the most one can lose until expiry when it is bought at `natural`, per unit.

        Infinite where a sold call is not covered. The payoff is straight between strikes, so its
        lowest value lies at a strike, at nothing or far up.
        """
        calls = sum(leg.ratio for leg in self.legs if leg.row.right is Right.CALL)
        if calls < 0:
            return math.inf
        levels = [0.0, *(leg.row.strike for leg in self.legs)]
        return self.natural - min(_payoff(self.legs, level) for level in levels)


def _payoff(legs: Sequence[SpreadLeg], level: float) -> float:
    """Return what one is worth at expiry with the underlying at a level."""
    return sum(
        leg.ratio
        * max(
            level - leg.row.strike if leg.row.right is Right.CALL else leg.row.strike - level, 0.0
        )
        for leg in legs
    )


def vertical(update: Update, right: Right, bought: float, sold: float) -> Spread | None:
    """
    Return a vertical: one option bought and one further out or in sold, both of one right.

    Args:
        update: The chain.
        right: Call or put.
        bought: Size of the delta of the one bought, above 0 and below 1.
        sold: Likewise of the one sold.

    Returns:
        None where the chain has no two such contracts with live quotes.
    """
    sign = 1.0 if right is Right.CALL else -1.0
    return _spread("vertical", update, ((sign * bought, 1), (sign * sold, -1)))


def straddle(update: Update, *, is_bought: bool = True) -> Spread | None:
    """Return the call and the put of the strike nearest to the forward, both bought or sold."""
    front = front_of(update)
    if front is None:
        return None
    part = update.table.slice(front.series)
    forward = float(update.table.series.forward[front.series])
    away = np.abs(update.table.rows.strike[part] - forward)
    if not np.isfinite(away).any():
        return None
    places = part.start + np.flatnonzero(away == np.nanmin(away))
    ratio = 1 if is_bought else -1
    legs = [SpreadLeg(update.row(int(place)), ratio) for place in places]
    return _sound("straddle", legs, count=2)


def strangle(update: Update, delta: float, *, is_bought: bool = True) -> Spread | None:
    """Return a call and a put of one size of delta, both bought or sold."""
    ratio = 1 if is_bought else -1
    return _spread("strangle", update, ((delta, ratio), (-delta, ratio)))


def iron_condor(update: Update, sold: float, bought: float) -> Spread | None:
    """
    Return a strangle sold and one further out bought, which limits what it can lose.

    Args:
        update: The chain.
        sold: Size of the deltas sold.
        bought: Of those bought, smaller.
    """
    wanted = ((sold, -1), (bought, 1), (-sold, -1), (-bought, 1))
    return _spread("iron condor", update, wanted)


def _spread(name: str, update: Update, wanted: Sequence[tuple[float, int]]) -> Spread | None:
    """Return the contracts of the front nearest to some deltas, puts below 0."""
    front = front_of(update)
    if front is None:
        return None
    part = update.table.slice(front.series)
    rows = update.table.rows
    legs = []
    for delta, ratio in wanted:
        place = nearest_delta(rows.delta[part], rows.is_call[part], delta)
        if place is None:
            return None
        legs.append(SpreadLeg(update.row(part.start + place), ratio))
    return _sound(name, legs, count=len(wanted))


def _sound(name: str, legs: Sequence[SpreadLeg], *, count: int) -> Spread | None:
    """Return the spread if its contracts are as many as wanted and all have live quotes."""
    keys = {leg.row.key for leg in legs}
    is_sound = len(keys) == count and all(leg.row.is_sound for leg in legs)
    return Spread(name, tuple(legs)) if is_sound else None


def spread_intent(
    update: Update, spread: Spread, quantity: int, strategy: str, *, concession: float = 0.5
) -> Intent | None:
    """
    Return the order that buys a spread, None where no price is known.

    Args:
        update: The chain it was chosen from.
        spread: What is bought.
        quantity: How many.
        strategy: Who decides.
        concession: 0 bids the mid, 1 what it costs at the quotes.
    """
    wanted = spread.mid + concession * (spread.natural - spread.mid)
    ticks = [leg.row.tick_size for leg in spread.legs]
    price = _net_price(wanted, max(ticks), update)
    if price is None:
        return None
    return Intent(
        client_order_id=order_id(strategy, update.underlying, update.now, 0),
        account=update.account,
        underlying=update.underlying,
        legs=tuple(Leg(leg.row.key, leg.ratio) for leg in spread.legs),
        side=Side.BUY,
        order_type=OrderType.LIMIT,
        terms=Terms(quantity=quantity, limit_price=price),
        strategy=strategy,
        reason=f"{spread.name} at {price}",
        made_at=update.now,
    )


def _net_price(wanted: float, tick_size: float, update: Update) -> Decimal | None:
    """Return the price that trades nearest above; a net price goes in fine steps everywhere."""
    if not math.isfinite(wanted):
        return None
    size = to_step(abs(wanted), tick_size, update.table.market, up=wanted > 0)
    return None if size is None else size.copy_sign(Decimal(repr(wanted)))


class SpreadKind(StrEnum):
    """What `DailySpread` buys."""

    BULL_CALL = "bull call"  # bought at 50, sold at 25 delta
    BEAR_PUT = "bear put"
    STRADDLE = "straddle"
    STRANGLE = "strangle"  # 25 delta
    IRON_CONDOR = "iron condor"  # sold at 20, bought at 10 delta


Maker = Callable[[Update], Spread | None]

_MAKERS: Final[dict[SpreadKind, Maker]] = {
    SpreadKind.BULL_CALL: lambda update: vertical(update, Right.CALL, 0.50, 0.25),
    SpreadKind.BEAR_PUT: lambda update: vertical(update, Right.PUT, 0.50, 0.25),
    SpreadKind.STRADDLE: straddle,
    SpreadKind.STRANGLE: lambda update: strangle(update, 0.25),
    SpreadKind.IRON_CONDOR: lambda update: iron_condor(update, 0.20, 0.10),
}


class DailySpread:
    """
    Buys one spread a day of the first expiry, once all its contracts have live quotes.

    Fills ``Strategy``.

    Args:
        kind: What is bought.
        quantity: How many, 1 or more.

    Raises:
        ConfigError: The quantity is not possible.
    """

    def __init__(self, kind: SpreadKind, quantity: int = 1) -> None:
        if quantity < 1:
            raise ConfigError(f"quantity of {kind} is {quantity}, it must be 1 or more")
        self.name = f"daily {kind}"
        self._make, self._quantity = _MAKERS[kind], quantity
        self._bought_on: dict[str, object] = {}

    def on_update(self, update: Update) -> list[Decision]:
        """Buy, where nothing was bought today and nothing is held or working."""
        today = local_date(update.now, update.table.market)
        is_busy = bool(update.positions or update.working)
        if is_busy or self._bought_on.get(update.underlying) == today:
            return []
        spread = self._make(update)
        if spread is None:
            return []
        intent = spread_intent(update, spread, self._quantity, self.name)
        if intent is None:
            return []
        self._bought_on[update.underlying] = today
        return [intent]
