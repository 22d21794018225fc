"""
What an account must keep to hold its positions: a simple rule, stated whole.

- Options held long are paid for: nothing more is required, and they do not count as equity.
- An option sold requires its premium (the mark) plus the larger of ``option_share`` of the
  underlying less what it is out of the money, and ``option_floor`` of the underlying (a put: of the
  strike). It requires at most the loss between the strikes where a long option of the same right,
  at least as long-lived, stands behind it; nothing where a sold call is covered by stock, or where
  the long option's strike is the better one.
- Stocks and coins require a share of their value, futures of their notional. Currencies require
  nothing: they are cash.

This is Regulation T as IB and Cboe describe it for strategy-based margin, simplified: a strangle
requires both sides, and covers are paired greedily.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple

from voldesk.model.enums import Market
from voldesk.model.traded import Kind, Traded

_NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginRates:
    """Shares of value that are required."""

    long_initial: Decimal = Decimal("0.50")
    long_maintenance: Decimal = Decimal("0.25")
    short_initial: Decimal = Decimal("0.50")
    short_maintenance: Decimal = Decimal("0.30")
    option_share: Decimal = Decimal("0.20")
    option_floor: Decimal = Decimal("0.10")
    future_initial: Decimal = Decimal("0.10")
    future_maintenance: Decimal = Decimal("0.08")
    coin: Decimal = Decimal(1)


RATES_BY_MARKET: Final[Mapping[Market, MarginRates]] = MappingProxyType(
    {
        Market.US: MarginRates(),
        Market.CME: MarginRates(),
        Market.INDIA: MarginRates(
            long_initial=Decimal(1),
            long_maintenance=Decimal(1),
            short_initial=Decimal(1),
            short_maintenance=Decimal(1),
            option_share=Decimal("0.15"),
            option_floor=Decimal("0.10"),
            future_initial=Decimal("0.15"),
            future_maintenance=Decimal("0.12"),
        ),
        Market.DERIBIT: MarginRates(
            option_share=Decimal("0.15"),
            option_floor=Decimal("0.10"),
            future_initial=Decimal("0.02"),
            future_maintenance=Decimal("0.01"),
        ),
    }
)


class Held(NamedTuple):
    """A holding as margin sees it: prices in one currency, 0 where there is none."""

    instrument: Traded
    quantity: Decimal
    mark: Decimal
    spot: Decimal  # of an option's underlying; where it is 0 the strike counts


class Required(NamedTuple):
    """Initial and maintenance requirement, in one currency."""

    initial: Decimal
    maintenance: Decimal


@dataclass(slots=True)
class _Lot:
    """Options of one contract, counted in units of the underlying."""

    held: Held
    units: Decimal


def required(holdings: Iterable[Held]) -> Required:
    """Return what positions require together."""
    initial = maintenance = _NOTHING
    options: dict[tuple[str, bool], list[_Lot]] = {}
    shares: dict[str, Decimal] = {}
    for held in holdings:
        instrument = held.instrument
        units = held.quantity * instrument.multiplier
        if not units:
            continue
        if instrument.kind is Kind.OPTION:
            lots = options.setdefault((instrument.underlying, instrument.is_call), [])
            lots.append(_Lot(held, units))
            continue
        if instrument.kind is Kind.STOCK or instrument.kind is Kind.CRYPTO:
            shares[instrument.key] = units
        rates = _outright_rates(instrument, is_long=units > 0)
        value = abs(units) * held.mark
        initial += value * rates.initial
        maintenance += value * rates.maintenance
    for (underlying, is_call), lots in options.items():
        covered = max(shares.get(underlying, _NOTHING), _NOTHING) if is_call else _NOTHING
        short = _options_required(lots, covered)
        initial += short
        maintenance += short
    return Required(initial, maintenance)


def _outright_rates(instrument: Traded, *, is_long: bool) -> Required:
    rates = RATES_BY_MARKET[instrument.market]
    match instrument.kind:
        case Kind.STOCK if is_long:
            return Required(rates.long_initial, rates.long_maintenance)
        case Kind.STOCK:
            return Required(rates.short_initial, rates.short_maintenance)
        case Kind.FUTURE:
            return Required(rates.future_initial, rates.future_maintenance)
        case Kind.CRYPTO:
            return Required(rates.coin, rates.coin)
        case _:
            return Required(_NOTHING, _NOTHING)


def _options_required(lots: list[_Lot], covered: Decimal) -> Decimal:
    """Return what the options of one underlying and right require, stock units covering first."""
    shorts = [lot for lot in lots if lot.units < 0]
    if not shorts:
        return _NOTHING
    longs = sorted((lot for lot in lots if lot.units > 0), key=_coverage)
    total = _NOTHING
    for naked, lot in sorted(((_naked(lot.held), lot) for lot in shorts), key=_by_naked):
        open_units = -lot.units
        by_stock = min(open_units, covered)
        covered -= by_stock
        open_units -= by_stock
        for cover in longs:
            if not open_units:
                break
            if cover.units and _outlives(cover, lot):
                part = min(open_units, cover.units)
                total += part * min(_loss(lot, cover), naked)
                cover.units -= part
                open_units -= part
        total += open_units * naked
    return total


def _by_naked(pair: tuple[Decimal, _Lot]) -> Decimal:
    """Sort the dearest first."""
    return -pair[0]


def _coverage(lot: _Lot) -> Decimal:
    """Sort the long options that cover best first: calls of low, puts of high strikes."""
    strike = lot.held.instrument.strike or _NOTHING
    return strike if lot.held.instrument.is_call else -strike


def _outlives(cover: _Lot, short: _Lot) -> bool:
    return (cover.held.instrument.settles_at or 0) >= (short.held.instrument.settles_at or 0)


def _loss(short: _Lot, cover: _Lot) -> Decimal:
    """Return what one unit of a spread can lose between its strikes."""
    return max(_coverage(cover) - _coverage(short), _NOTHING)


def _naked(held: Held) -> Decimal:
    """Return what one unit of an option sold alone requires."""
    instrument = held.instrument
    rates = RATES_BY_MARKET[instrument.market]
    strike = instrument.strike or _NOTHING
    spot = held.spot or strike
    away = strike - spot if instrument.is_call else spot - strike
    floor = rates.option_floor * (spot if instrument.is_call else strike)
    return held.mark + max(rates.option_share * spot - max(away, _NOTHING), floor)
