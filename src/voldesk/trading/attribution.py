"""
Why the day's profit is what it is: its parts by Greek, fees and trades, and what they leave.

What was held is explained by the Greeks it had at the first moment and how spot, vol, time and
rate moved since; what was traded in between by its price against the last mark. All is marked at
the mid, since no Greek explains a spread. Parts are rounded to a millionth of the currency and the
rest is what they leave, so they add up to the total exactly.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from voldesk.model.orders import Fill
from voldesk.model.sessions import NS_PER_DAY
from voldesk.trading.carry import Carries, Carry
from voldesk.trading.marks import Mark, Marks
from voldesk.trading.portfolio import PortfolioSettings, valued
from voldesk.trading.positions import NOT_KNOWN

_STEP: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Moment:
    """The market at an instant (``at``, UTC ns), as far as positions need it."""

    at: int
    marks: Mapping[str, Mark]
    carries: Mapping[str, Carry]

    @classmethod
    def of(cls, at: int, keys: Iterable[str], marks: Marks, carries: Carries) -> "Moment":
        """Return the market as it stands now for some contracts."""
        names = tuple(keys)
        shown = {key: marks.mark(key) for key in names}
        series = {key: carries.carry(key) for key in names}
        return cls(
            at,
            {key: mark for key, mark in shown.items() if mark is not None},
            {key: carry for key, carry in series.items() if carry is not None},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """
    A profit and what it is made of, in the account's currency; NaN is not known.

    Attributes:
        delta: First order in spot, and ``gamma`` second.
        vega: First order in iv, ``theta`` in calendar time, ``rho`` in the series' rate.
        fees: Commissions, below 0 paid.
        trades: Of what was traded in between, from its price to the last mark.
        rest: What the others leave: higher orders, moves of carry, quotes off their model.
    """

    delta: Decimal = Decimal(0)
    gamma: Decimal = Decimal(0)
    vega: Decimal = Decimal(0)
    theta: Decimal = Decimal(0)
    rho: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)
    trades: Decimal = Decimal(0)
    rest: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        """Return the profit."""
        return sum((getattr(self, name) for name in NAMES), Decimal(0))


NAMES = tuple(one.name for one in fields(Parts))


@dataclass(frozen=True, slots=True)
class Attribution:
    """
    The parts, of everything and of each contract.

    Attributes:
        total: The profit of everything; it may be known where some of its parts are not.
        unknown: For each part that is not known, the contracts it is not known of.
    """

    parts: Parts
    total: Decimal
    by_key: Mapping[str, Parts]
    unknown: Mapping[str, tuple[str, ...]]


def attribute(
    before: Moment,
    after: Moment,
    held: Mapping[str, int],
    fills: Iterable[Fill],
    settings: PortfolioSettings,
) -> Attribution:
    """
    Explain the profit between two moments.

    Args:
        before: The market at the first, and
        after: at the last.
        held: Contracts per key at the first, below 0 sold.
        fills: Executions in between.
        settings: The account's currency and rates, those of the last moment for all of it.
    """
    traded: dict[str, list[Fill]] = {}
    for fill in fills:
        traded.setdefault(fill.key, []).append(fill)
    by_key: dict[str, Parts] = {}
    total = Decimal(0)
    for key in sorted({key for key, count in held.items() if count} | traded.keys()):
        by_key[key], profit = _one(
            key, before, after, held.get(key, 0), traded.get(key, []), settings
        )
        total += profit
    parts = Parts(
        **{name: sum((getattr(one, name) for one in by_key.values()), Decimal(0)) for name in NAMES}
    )
    unknown = {
        name: tuple(key for key, one in by_key.items() if getattr(one, name).is_nan())
        for name in NAMES
        if getattr(parts, name).is_nan()
    }
    return Attribution(parts, total, MappingProxyType(by_key), MappingProxyType(unknown))


def _one(
    key: str,
    before: Moment,
    after: Moment,
    count: int,
    fills: list[Fill],
    settings: PortfolioSettings,
) -> tuple[Parts, Decimal]:
    """Return the parts of one contract and its profit."""
    first, last = before.marks.get(key), after.marks.get(key)
    per_point = NOT_KNOWN
    if last is not None:
        per_point = _exact(last.multiplier) * settings.rate(last.currency)
    fees, trades = Decimal(0), Decimal(0)
    for fill in fills:
        fees -= (NOT_KNOWN if fill.commission is None else fill.commission) * settings.rate(
            fill.currency
        )
        points = (_price(last) - fill.price) * fill.side.sign * fill.quantity
        trades += points * per_point
    fees, trades = _rounded(fees), _rounded(trades)
    if not count:
        return Parts(fees=fees, trades=trades), fees + trades
    moved = _rounded((_price(last) - _price(first)) * count * per_point)
    greeks = _explained(key, before, after, count * float(per_point))
    rest = moved - sum(greeks.values(), Decimal(0))
    return Parts(**greeks, fees=fees, trades=trades, rest=rest), moved + fees + trades


def _explained(key: str, before: Moment, after: Moment, units: float) -> dict[str, Decimal]:
    """Return what the Greeks of the first moment explain of so many units' move."""
    first, last = before.marks.get(key), after.marks.get(key)
    if first is None or last is None:
        return dict.fromkeys(("delta", "gamma", "vega", "theta", "rho"), NOT_KNOWN)
    spot = last.spot - first.spot
    days = (after.at - before.at) / NS_PER_DAY
    parts = {
        "delta": first.delta * spot,
        "gamma": 0.5 * first.gamma * spot * spot,
        "theta": first.theta * days,
        "vega": 0.0,
        "rho": 0.0,
    }
    if first.right is not None:
        carry, later = before.carries.get(key), after.carries.get(key)
        rate = math.nan if carry is None or later is None else later.rate - carry.rate
        parts["vega"] = first.vega * (last.iv - first.iv) * 100
        parts["rho"] = first.rho * rate * 100
    return {name: _rounded(_exact(units * part)) for name, part in parts.items()}


def _price(mark: Mark | None) -> Decimal:
    return NOT_KNOWN if mark is None else _exact(valued(mark).mid)


def _exact(value: float) -> Decimal:
    """Return the decimal that a float prints as, NaN where it is not finite."""
    return Decimal(repr(value)) if math.isfinite(value) else NOT_KNOWN


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_STEP)
