"""
When a position is to be closed by itself: stops, profit targets, trails, time and delta.

`wanted` is pure: the same plans, positions, orders and quotes want the same exits. An exit's id is
made of the plan, of what opened the position and of how often closing it was tried, so asking
again never makes a second order. What cannot be judged because a number is not known is said.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from voldesk.model.lifecycle import State
from voldesk.model.orders import Intent, Leg, OrderType, Side, Terms
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.trading.ledger import OrderRecord
from voldesk.trading.marks import Mark, Marks
from voldesk.trading.portfolio import closing_price, terms_of
from voldesk.trading.positions import Position

_TAG_DIGITS: Final = 14  # short enough for venues that carry 20 characters


class Trigger(StrEnum):
    """What sets an exit off; each has one level."""

    STOP_PRICE = "stop_price"  # what closing trades at: down to it if held, up to it if sold
    STOP_PCT = "stop_pct"  # a loss of so many per cent of the premium
    STOP_MONEY = "stop_money"  # a loss of so much, quote currency, of the whole position
    TARGET_PRICE = "target_price"
    TARGET_PCT = "target_pct"
    TARGET_MONEY = "target_money"
    TRAIL_PRICE = "trail_price"  # so far back from the best price since the plan was watched
    TRAIL_PCT = "trail_pct"  # per cent of the best price
    BEFORE_EXPIRY_SECS = "before_expiry_secs"
    DELTA = "delta"  # of one contract, whatever its sign, per 1 of underlying


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason to close; ``level`` is above 0, in the trigger's unit."""

    trigger: Trigger
    level: float

    def __post_init__(self) -> None:
        if not self.level > 0 or math.isinf(self.level):
            raise ValueError(f"{self.trigger} is {self.level}, expected a number above 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitPlan:
    """
    How one position is to be closed.

    Attributes:
        name: Part of the orders' ids; one per account.
        rules: The first that holds closes all of it.
        through_ticks: How far beyond the quote its limit price may trade.
        retry_secs: How soon after a try that ended unfilled another is made.
    """

    name: str
    account: str
    key: str
    rules: tuple[Rule, ...]
    through_ticks: int = 2
    retry_secs: float = 5.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    What the plans come to now.

    Attributes:
        intents: Orders that close positions, to be submitted.
        notices: Sentences about rules that cannot be judged.
        best: Best closing price per plan and opening so far, for the next time.
    """

    intents: tuple[Intent, ...]
    notices: tuple[str, ...]
    best: Mapping[str, float]


NOTHING_SEEN: Final[Mapping[str, float]] = MappingProxyType({})


def wanted(
    plans: Iterable[ExitPlan],
    positions: Mapping[str, Position],
    orders: Mapping[str, OrderRecord],
    marks: Marks,
    now: int,
    best: Mapping[str, float] = NOTHING_SEEN,
) -> Wanted:
    """
    Return the orders that close what is to be closed.

    Args:
        plans: One or more per position.
        positions: By key; a plan without a position rests.
        orders: All there are by our id: a plan whose order works is left alone.
        marks: How contracts stand.
        now: UTC ns.
        best: `Wanted.best` of the last time.
    """
    intents: list[Intent] = []
    notices: list[str] = []
    seen: dict[str, float] = {}
    closing: set[str] = set()
    for plan in plans:
        position = positions.get(plan.key)
        if position is None or position.quantity == 0:
            continue
        mark = marks.mark(plan.key)
        if mark is None:
            notices.append(f"{plan.name}: no chain shows {plan.key}")
            continue
        stem = _stem(plan, position)
        peak = _better(best.get(stem, math.nan), closing_price(mark, position.quantity), position)
        seen[stem] = peak
        reason, unknown = _reason(plan, position, mark, peak, now)
        notices += [f"{plan.name}: {one}" for one in unknown]
        if not reason or plan.key in closing:
            continue
        closing.add(plan.key)
        tag = _free_tag(stem, plan, orders, now)
        if tag is None:
            continue
        price = _price(plan, position, mark)
        if price is None:
            notices.append(f"{plan.name}: {reason}, and there is no quote to close at")
            continue
        intents.append(_intent(plan, position, tag, price, reason, now))
    return Wanted(tuple(intents), tuple(notices), MappingProxyType(seen))


def _reason(
    plan: ExitPlan, position: Position, mark: Mark, peak: float, now: int
) -> tuple[str, list[str]]:
    """Return which rule holds, "" if none does, and which cannot be judged."""
    unknown = []
    for rule in plan.rules:
        value = _excess(rule, position, mark, peak, now)
        if math.isnan(value):
            unknown.append(f"{rule.trigger} of {plan.key} cannot be judged")
        elif value >= 0:
            return f"{rule.trigger} {rule.level:g} of {plan.name}", unknown
    return "", unknown


def _excess(rule: Rule, position: Position, mark: Mark, peak: float, now: int) -> float:
    """Return how far a rule is exceeded, in its own unit; below 0 it does not hold yet."""
    level, sign = rule.level, 1 if position.quantity > 0 else -1
    price = closing_price(mark, position.quantity)
    average = math.nan if position.average_price is None else float(position.average_price)
    gain = sign * (price - average)
    worth = abs(position.quantity) * mark.multiplier
    pct = 100 * gain / average if average > 0 else math.nan
    settles = math.nan if mark.settles_at is None else float(mark.settles_at - now)
    return {
        Trigger.STOP_PRICE: sign * (level - price),
        Trigger.STOP_PCT: -pct - level,
        Trigger.STOP_MONEY: -gain * worth - level,
        Trigger.TARGET_PRICE: sign * (price - level),
        Trigger.TARGET_PCT: pct - level,
        Trigger.TARGET_MONEY: gain * worth - level,
        Trigger.TRAIL_PRICE: sign * (peak - price) - level,
        Trigger.TRAIL_PCT: sign * (peak - price) - level / 100 * peak,
        Trigger.BEFORE_EXPIRY_SECS: level - settles / NS_PER_SECOND,
        Trigger.DELTA: abs(mark.delta) - level,
    }[rule.trigger]


def _better(before: float, price: float, position: Position) -> float:
    """Return the better of two closing prices; one that is not known is left out."""
    if math.isnan(before) or math.isnan(price):
        return price if math.isnan(before) else before
    return max(before, price) if position.quantity > 0 else min(before, price)


def _stem(plan: ExitPlan, position: Position) -> str:
    """Return what the ids of one position's exits by one plan begin with."""
    text = f"{plan.account}|{plan.name}|{plan.key}|{position.opened_by}"
    return "x" + hashlib.sha256(text.encode()).hexdigest()[:_TAG_DIGITS]


def _free_tag(stem: str, plan: ExitPlan, orders: Mapping[str, OrderRecord], now: int) -> str | None:
    """Return the id of the next try, None while the last one works or has only just ended."""
    attempt = 0
    while (order := orders.get(f"{stem}-{attempt}")) is not None:
        waited = (now - order.changed_at) / NS_PER_SECOND
        # A filled one has left contracts open that came later; the others were not enough.
        if not order.is_final or (order.state is not State.FILLED and waited < plan.retry_secs):
            return None
        attempt += 1
    return f"{stem}-{attempt}"


def _price(plan: ExitPlan, position: Position, mark: Mark) -> Decimal | None:
    """Return the limit price a few ticks beyond the quote, None where there is none."""
    quote = closing_price(mark, position.quantity)
    if not (math.isfinite(quote) and mark.tick_size > 0):
        return None
    tick, is_sale = Decimal(repr(mark.tick_size)), position.quantity > 0
    through = plan.through_ticks * tick * (-1 if is_sale else 1)
    rounding = ROUND_FLOOR if is_sale else ROUND_CEILING
    steps = ((Decimal(repr(quote)) + through) / tick).to_integral_value(rounding)
    return max(steps * tick, tick)


def _intent(
    plan: ExitPlan, position: Position, tag: str, price: Decimal, reason: str, now: int
) -> Intent:
    return Intent(
        client_order_id=tag,
        account=plan.account,
        underlying=terms_of(plan.key)[0],
        legs=(Leg(plan.key),),
        side=Side.SELL if position.quantity > 0 else Side.BUY,
        order_type=OrderType.LIMIT,
        terms=Terms(quantity=abs(position.quantity), limit_price=price),
        is_reducing=True,
        strategy="exits",
        reason=reason,
        made_at=now,
    )
