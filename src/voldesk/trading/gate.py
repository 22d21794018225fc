"""
The one door an order goes through.

Every check is made on every order and all of them are reported, so that a denial names each limit
it broke and the journal keeps the numbers of those that passed. A number that is not known (NaN)
breaks its limit. An order that reduces a position is spared the limits on risk, never those on
mistakes. Cancels do not come here: nothing stops them.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from voldesk.model.orders import Intent
from voldesk.trading.limits import GateState, Limits
from voldesk.trading.views import ContractView, DeskView, Exposure


@dataclass(frozen=True, slots=True)
class Check:
    """
    One limit and what the order came to.

    Attributes:
        name: As in `limits.Limits`, or a state: ``state``, ``session``, ``reconciled``.
        value: What was measured; NaN could not be.
        limit: The most that passes, or the least.
    """

    name: str
    value: float
    limit: float
    is_least: bool = False

    @property
    def has_passed(self) -> bool:
        """Say whether the value is known and within the limit."""
        return self.value >= self.limit if self.is_least else self.value <= self.limit

    def __str__(self) -> str:
        value = "not known" if math.isnan(self.value) else f"{self.value:.6g}"
        return f"{self.name} is {value}, at {'least' if self.is_least else 'most'} {self.limit:.6g}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says of an order, and everything it looked at."""

    checks: tuple[Check, ...]
    is_reducing: bool

    @property
    def is_allowed(self) -> bool:
        """Say whether every check passed."""
        return all(check.has_passed for check in self.checks)

    @property
    def reason(self) -> str:
        """Return one sentence that names each broken limit and its value, "" if none is."""
        return "; ".join(str(check) for check in self.checks if not check.has_passed)


def judge(intent: Intent, desk: DeskView, limits: Limits) -> Verdict:
    """
    Hold an order to the limits.

    Raises:
        KeyError: The view lacks a contract of the order.
    """
    contracts = [(leg.ratio, desk.contracts[leg.key]) for leg in intent.legs]
    sizes = [(intent.side.sign * ratio * intent.terms.quantity, at) for ratio, at in contracts]
    is_reducing = all(_reduces(size, contract) for size, contract in sizes)
    checks = [
        *_states(desk, is_reducing),
        *_mistakes(intent, sizes, desk, limits),
        *(() if is_reducing else _risks(sizes, desk, limits)),
    ]
    return Verdict(tuple(checks), is_reducing)


def _reduces(size: float, contract: ContractView) -> bool:
    """Say whether so many contracts, with those that working orders trade, stay within zero."""
    if size < 0:
        return contract.position - contract.selling + size >= 0
    return contract.position + contract.buying + size <= 0


def _states(desk: DeskView, is_reducing: bool) -> Iterator[Check]:
    strictness = {GateState.ACTIVE: 0, GateState.REDUCE_ONLY: 1, GateState.HALTED: 2}
    yield Check("state", strictness[desk.state], 1 if is_reducing else 0)
    yield Check("reconciled", 0 if desk.is_reconciled else 1, 0)
    yield Check("session", 0 if desk.is_session_open else 1, 0)


Sizes = Sequence[tuple[float, ContractView]]


def _mistakes(intent: Intent, sizes: Sizes, desk: DeskView, limits: Limits) -> Iterator[Check]:
    """Yield what is asked of every order: its size, its price, its pace."""
    count = sum(abs(size) for size, _ in sizes)
    notional = sum(abs(size) * at.multiplier * at.spot for size, at in sizes)
    age = max(_or_worst(at.quote_age_secs) for _, at in sizes)
    yield Check("order_contracts", count, limits.order_contracts)
    yield Check("order_notional", notional, limits.order_notional)
    yield Check("quote_age_secs", age, limits.quote_age_secs)
    yield Check("collar", _beyond(intent, desk, limits), 0.0)
    yield Check("orders_per_sec", desk.orders_last_sec + 1, limits.orders_per_sec)
    yield Check("orders_per_min", desk.orders_last_min + 1, limits.orders_per_min)
    yield Check("open_orders", desk.open_orders + 1, limits.open_orders)
    yield Check("same_order_secs", desk.secs_since_same, limits.same_order_secs, is_least=True)


def _or_worst(value: float) -> float:
    """Return the value, or one that no limit lets pass where it is not known."""
    return math.inf if math.isnan(value) else value


def _beyond(intent: Intent, desk: DeskView, limits: Limits) -> float:
    """
    Return how far the price lies beyond the collar, 0 or less within it.

    A price that is worse for us than the far quote by more than the collar was mistyped. An order
    without a limit price trades at the quotes, so they have to be there. NaN when a quote is not.
    """
    legs = [(leg.ratio, desk.contracts[leg.key]) for leg in intent.legs]
    sign = intent.side.sign
    far = sum(ratio * (at.ask if ratio * sign > 0 else at.bid) for ratio, at in legs)
    price = intent.terms.limit_price
    worse = sign * ((far if price is None else float(price)) - far)
    gross = sum(abs(ratio) * at.ask for ratio, at in legs)
    step = max((at.tick_size for _, at in legs if at.tick_size > 0), default=0.0)
    return worse - max(limits.collar_pct / 100 * gross, limits.collar_ticks * step)


def _risks(sizes: Sizes, desk: DeskView, limits: Limits) -> Iterator[Check]:
    """Yield what is asked of an order that opens or enlarges a position."""
    count = sum(abs(size) for size, _ in sizes)
    yield Check("trades_per_day", desk.trades_today + 1, limits.trades_per_day)
    held = desk.underlying_contracts + count
    yield Check("underlying_contracts", held, limits.underlying_contracts)
    yield Check("expiry_contracts", _fullest_expiry(sizes, desk), limits.expiry_contracts)
    soonest = -max(_or_worst(-at.secs_to_settle) for _, at in sizes)
    yield Check("expiry_cutoff_secs", soonest, limits.expiry_cutoff_secs, is_least=True)
    yield Check("day_loss", -desk.day_pnl, limits.day_loss)
    yield Check("drawdown", desk.equity_peak - desk.equity, limits.drawdown)
    if desk.margin_after is not None:
        share = desk.margin_after / desk.equity if desk.equity > 0 else math.inf
        yield Check("margin_share", share, limits.margin_share)
    added = Exposure()
    for size, at in sizes:
        added = added.plus(at.exposure, size)
    for scope, before in (("underlying", desk.underlying), ("book", desk.book)):
        yield from _greeks(scope, before, before.plus(added), limits)


def _fullest_expiry(sizes: Sizes, desk: DeskView) -> float:
    """Return the most contracts any expiry of the order would come to."""
    added = dict.fromkeys((at.expiry for _, at in sizes), 0.0)
    for size, at in sizes:
        added[at.expiry] += abs(size)
    return max(desk.expiry_contracts.get(expiry, 0.0) + more for expiry, more in added.items())


def _greeks(scope: str, before: Exposure, after: Exposure, limits: Limits) -> Iterator[Check]:
    """Yield one check per Greek: within its limit, or no further from zero than before."""
    for name in ("delta", "gamma", "vega", "theta"):
        now, then = abs(getattr(after, name)), abs(getattr(before, name))
        # A position beyond its limit may be traded back towards it, if not out of it at once.
        yield Check(f"{scope}_{name}", now, max(getattr(limits, f"{scope}_{name}"), then))
