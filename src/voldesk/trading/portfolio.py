"""
What the account holds, is worth and risks: per position, underlying, expiry and in total.

Every figure is in the account's currency. Longs are marked at the bid and shorts at the ask, what
they would fetch now; beside it stands the mid. A figure that is not known of one position is not
known of any sum it belongs to, and the sum names the positions.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import TypeVar

from voldesk.model.errors import WireError
from voldesk.model.ids import contract_of_key
from voldesk.trading.ledger import Ledger
from voldesk.trading.marks import Mark, Marks
from voldesk.trading.positions import NOT_KNOWN, Position, positions_of
from voldesk.trading.views import Exposure


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioSettings:
    """
    What sums are made in.

    Attributes:
        currency: The account's.
        rates: Units of it per unit of another currency; what has no rate is not known.
        reference: Key of the underlying that deltas are weighted to, "" for none.
        betas: Of other underlyings to it, by name: ``{"AAPL": 1.2}``.
    """

    currency: str = "USD"
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    reference: str = ""
    betas: Mapping[str, float] = field(default_factory=dict)

    def rate(self, currency: str) -> Decimal:
        """Return units of the account's currency per unit of another, NaN not known."""
        return Decimal(1) if currency == self.currency else self.rates.get(currency, NOT_KNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """
    Worth and risk in the account's currency; NaN is not known.

    Attributes:
        value: At bid and ask, below 0 what buying back would cost; ``value_mid`` at the mid.
        unrealised: Value less what it cost, as marked; ``unrealised_mid`` likewise.
        realised: Of what was closed, first in, first out, before fees.
        fees: Commissions, above 0 paid.
        delta: Units of the underlying; NaN of a sum over several underlyings.
        dollar_delta: Delta × spot.
        gamma: Change of dollar delta per 1 % of spot.
        vega: Per vol point, as ``rho`` per 0.01 of rate and ``theta`` per calendar day.
        beta_delta: Dollar delta weighted by beta, in units of the reference underlying.
    """

    value: float = 0.0
    value_mid: float = 0.0
    unrealised: float = 0.0
    unrealised_mid: float = 0.0
    realised: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)
    delta: float = 0.0
    dollar_delta: float = 0.0
    gamma: float = 0.0
    vega: float = 0.0
    theta: float = 0.0
    rho: float = 0.0
    beta_delta: float = 0.0

    @property
    def pnl(self) -> float:
        """Return realised and unrealised less fees, marked at bid and ask."""
        return self.unrealised + float(self.realised - self.fees)

    @property
    def pnl_mid(self) -> float:
        """Return the same marked at the mid."""
        return self.unrealised_mid + float(self.realised - self.fees)


_Name = TypeVar("_Name")
NAMES = tuple(one.name for one in fields(Figures))
_MARKED = tuple(name for name in NAMES if name not in {"realised", "fees"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One position; ``mark`` is None where no chain shows the contract."""

    key: str
    underlying: str
    expiry: date | None
    quantity: int
    average_price: Decimal | None
    mark: Mark | None
    figures: Figures


@dataclass(frozen=True, slots=True)
class Total:
    """
    A sum over positions.

    Attributes:
        unknown: For each figure that is not known, the keys of the positions it is not known of.
    """

    figures: Figures
    unknown: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Holdings:
    """The portfolio at one moment; ``by_expiry`` has None for underlyings themselves."""

    rows: tuple[Row, ...]
    by_underlying: Mapping[str, Total]
    by_expiry: Mapping[tuple[str, date | None], Total]
    total: Total


@dataclass(frozen=True, slots=True)
class _Facts:
    """What stays true of a contract after it has left the chains."""

    multiplier: float
    currency: str


@lru_cache(maxsize=16_384)  # keys are parsed with every order, the same ones all day
def terms_of(key: str) -> tuple[str, date | None]:
    """Return a key's underlying and expiry; an underlying itself has no expiry."""
    try:
        contract = contract_of_key(key)
    except WireError:
        return key.partition(" ")[2] or key, None
    return contract.underlying, contract.expiry


class Portfolio:
    """
    Holds a ledger's positions against the market.

    It remembers multiplier and currency of contracts it has seen, so that what an expired one
    realised stays known while the process lives.
    """

    def __init__(self, marks: Marks, settings: PortfolioSettings) -> None:
        self._marks, self._settings = marks, settings
        self._facts: dict[str, _Facts] = {}

    def holdings(self, ledger: Ledger, since: int = 0) -> Holdings:
        """Return all positions and their sums; ``since`` as in `positions.positions_of`."""
        found = positions_of(ledger, since).by_key
        reference = self._marks.mark(self._settings.reference)
        rows = [self._row(one, reference) for one in found.values()]
        rows.sort(key=lambda row: row.key)
        return Holdings(
            tuple(rows),
            _grouped(rows, lambda row: row.underlying),
            _grouped(rows, lambda row: (row.underlying, row.expiry)),
            total_of(rows),
        )

    def _row(self, position: Position, reference: Mark | None) -> Row:
        mark = self._marks.mark(position.key)
        if mark is not None:
            self._facts[position.key] = _Facts(mark.multiplier, mark.currency)
            underlying, expiry = mark.underlying, mark.expiry
        else:
            underlying, expiry = terms_of(position.key)
        return Row(
            key=position.key,
            underlying=underlying,
            expiry=expiry,
            quantity=position.quantity,
            average_price=position.average_price,
            mark=mark,
            figures=self._figures(position, mark, reference),
        )

    def _figures(self, position: Position, mark: Mark | None, reference: Mark | None) -> Figures:
        facts = self._facts.get(position.key, _Facts(math.nan, ""))
        per_point = Decimal(repr(facts.multiplier)) * self._settings.rate(facts.currency)
        closed = Figures(
            realised=position.realised * per_point if position.realised else Decimal(0),
            fees=sum(
                (fee * self._settings.rate(currency) for currency, fee in position.fees.items()),
                Decimal(0),
            ),
        )
        if position.quantity == 0:
            return closed
        if mark is None:
            nothing = dict.fromkeys(_MARKED, math.nan)
            return replace(closed, **nothing)  # type: ignore[arg-type]  # by name
        units = position.quantity * float(per_point)
        average = math.nan if position.average_price is None else float(position.average_price)
        worth = valued(mark)
        out, middle = closing_price(worth, position.quantity), worth.mid
        greeks = risk(mark, units)
        return replace(
            closed,
            value=units * out,
            value_mid=units * middle,
            unrealised=units * (out - average),
            unrealised_mid=units * (middle - average),
            delta=position.quantity * mark.multiplier * mark.delta,
            dollar_delta=greeks.delta,
            gamma=greeks.gamma,
            vega=greeks.vega,
            theta=greeks.theta,
            rho=units * mark.rho,
            beta_delta=greeks.delta * self._beta(mark, reference),
        )

    def _beta(self, mark: Mark, reference: Mark | None) -> float:
        """Return units of the reference per dollar of delta, NaN where a beta is not given."""
        if reference is None:
            return math.nan
        itself = 1.0 if mark.underlying == reference.underlying else math.nan
        spot = reference.spot * float(self._settings.rate(reference.currency))
        return self._settings.betas.get(mark.underlying, itself) / spot if spot > 0 else math.nan


def closing_price(mark: Mark, quantity: float) -> float:
    """Return what closing trades at: the bid of what is held, the ask of what was sold."""
    return mark.bid if quantity > 0 else mark.ask


def valued(mark: Mark) -> Mark:
    """
    Return a mark to value a position by.

    An underlying of which no feed tells a quote is worth its last price; nothing may trade there.
    """
    if mark.right is None and math.isnan(mark.bid) and math.isnan(mark.ask):
        return replace(mark, bid=mark.last, ask=mark.last)
    return mark


def risk(mark: Mark, units: float) -> Exposure:
    """Return the Greeks in money of so many units of underlying (contracts × multiplier)."""
    return Exposure(
        delta=units * mark.delta * mark.spot,
        gamma=units * mark.gamma * mark.spot * mark.spot * 0.01,
        vega=units * mark.vega,
        theta=units * mark.theta,
    )


def total_of(rows: Sequence[Row]) -> Total:
    """Return the sum of positions, and what of it is not known because of which."""
    sums: dict[str, float | Decimal] = {}
    unknown: dict[str, tuple[str, ...]] = {}
    for name in NAMES:
        values = [getattr(row.figures, name) for row in rows]
        missing = tuple(
            row.key for row, value in zip(rows, values, strict=True) if math.isnan(value)
        )
        if missing:
            unknown[name] = missing
        sums[name] = sum(values, getattr(Figures(), name))
    if len({row.underlying for row in rows}) > 1:
        sums["delta"] = math.nan
        unknown.pop("delta", None)
    return Total(Figures(**sums), MappingProxyType(unknown))  # type: ignore[arg-type]  # by name


def _grouped(rows: Iterable[Row], name: Callable[[Row], _Name]) -> Mapping[_Name, Total]:
    groups: dict[_Name, list[Row]] = {}
    for row in rows:
        groups.setdefault(name(row), []).append(row)
    return MappingProxyType({name: total_of(group) for name, group in groups.items()})
