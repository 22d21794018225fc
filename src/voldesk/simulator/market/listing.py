"""Which contracts the synthetic market lists at an instant, under the names of their venues."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from voldesk.model.enums import Market, Right
from voldesk.model.expiries_india import monthly_expiry
from voldesk.model.ids import contract_key
from voldesk.model.instruments import Contract, deribit_symbol, nse_symbol, occ_symbol
from voldesk.model.listing import Listing
from voldesk.model.sessions import (
    is_trading_day,
    local_date,
    next_trading_day,
    previous_trading_day,
    settles_at,
)
from voldesk.simulator.market.universe import Cycle, ExpiryRule, UnderlyingSpec

_FRIDAY = 4
_WEEK = timedelta(days=7)
_ONE_DAY = timedelta(days=1)
_NO_DAY = np.datetime64("NaT", "D")


@dataclass(frozen=True, slots=True)
class Series:
    """One expiry of one root: when it settles and the strikes it is listed at."""

    root: str
    expiry: date
    settles: int  # UTC ns
    strikes: tuple[float, ...]  # ascending


def list_series(spec: UnderlyingSpec, start: int) -> tuple[Series, ...]:
    """
    Return the series of an underlying that are alive after an instant (UTC ns), by settlement.

    Today's expiry is among them until it settles, whatever the hour.
    """
    found: dict[tuple[str, date], Series] = {}
    for rule in spec.expiries:
        for expiry in _expiries(rule, spec.market, start):
            series = Series(
                rule.root,
                expiry,
                settles_at(rule.root, expiry, spec.market),
                _strikes(rule, spec.spot),
            )
            found.setdefault((rule.root, expiry), series)
    return tuple(sorted(found.values(), key=lambda series: (series.settles, series.root)))


def build_listing(specs: Sequence[UnderlyingSpec], start: int) -> Listing:
    """
    Return the instruments of those underlyings: each one's own row, then its contracts.

    Contracts of an underlying stand by settlement, then strike, the call before the put: the two
    rights of a strike are neighbours.
    """
    columns: dict[str, list[Any]] = {name: [] for name in Listing.__slots__}
    for spec in specs:
        _append_underlying(columns, spec)
        for series in list_series(spec, start):
            for strike in series.strikes:
                for right in (Right.CALL, Right.PUT):
                    _append_contract(columns, spec, series, strike, right)
    return Listing.build(**columns)


def _append_underlying(columns: dict[str, list[Any]], spec: UnderlyingSpec) -> None:
    row = {
        "key": f"{spec.market} {spec.symbol}",
        "symbol": spec.symbol,
        "underlying": spec.symbol,
        "market": spec.market,
        "root": spec.symbol,
        "expiry": _NO_DAY,
        "is_call": False,
        "strike": np.nan,
        "is_option": False,
        "multiplier": 1.0,
        "tick_size": spec.spot_tick,
    }
    for name, value in row.items():
        columns[name].append(value)


def _append_contract(
    columns: dict[str, list[Any]],
    spec: UnderlyingSpec,
    series: Series,
    strike: float,
    right: Right,
) -> None:
    contract = Contract(spec.symbol, series.root, series.expiry, right, strike, spec.market)
    row = {
        "key": contract_key(contract),
        "symbol": _symbol(contract),
        "underlying": spec.symbol,
        "market": spec.market,
        "root": series.root,
        "expiry": np.datetime64(series.expiry, "D"),
        "is_call": right is Right.CALL,
        "strike": strike,
        "is_option": True,
        "multiplier": spec.multiplier,
        "tick_size": spec.quoting.tick,
    }
    for name, value in row.items():
        columns[name].append(value)


def _symbol(contract: Contract) -> str:
    """Return the contract's name as its venue prints it."""
    if contract.market is Market.INDIA:
        day = contract.expiry
        monthly = monthly_expiry(contract.root, day.year, day.month)
        return nse_symbol(contract, is_weekly=day != monthly)
    if contract.market is Market.DERIBIT:
        return deribit_symbol(contract)
    return occ_symbol(contract)


def _strikes(rule: ExpiryRule, spot: float) -> tuple[float, ...]:
    step = rule.strike_step
    middle = round(spot / step)
    reach = range(middle - rule.strikes_each_side, middle + rule.strikes_each_side + 1)
    return tuple(float(n * step) for n in reach if n > 0)


def _expiries(rule: ExpiryRule, market: Market, start: int) -> list[date]:
    """Return the nearest dates of a rule that settle after the instant."""
    days: list[date] = []
    for day in _candidates(rule, market, local_date(start, market)):
        if settles_at(rule.root, day, market) > start and day not in days:
            days.append(day)
            if len(days) == rule.count:
                break
    return days


def _candidates(rule: ExpiryRule, market: Market, today: date) -> Iterator[date]:
    """Yield the dates of a cycle from about today on, ascending, without end."""
    if rule.cycle is Cycle.DAILY:
        day = today - _ONE_DAY
        while True:
            day = next_trading_day(day, market)
            yield day
    if rule.cycle is Cycle.WEEKLY:
        day = today + timedelta(days=(rule.weekday - today.weekday()) % 7) - _WEEK
        while True:
            yield _open_day(day, market)
            day += _WEEK
    year, month = today.year, today.month
    while True:
        yield _monthly(rule.root, year, month, market)
        year, month = year + month // 12, month % 12 + 1


def _monthly(root: str, year: int, month: int, market: Market) -> date:
    """
    Return the day a month's contracts expire.

    The exchanges' rules: NSE's by `expiries_india`; the third Friday in the US; the last Friday on
    Deribit.
    """
    if market is Market.INDIA:
        return monthly_expiry(root, year, month)
    first = date(year, month, 1)
    friday = first + timedelta(days=(_FRIDAY - first.weekday()) % 7)
    if market is Market.DERIBIT:
        while (friday + _WEEK).month == month:
            friday += _WEEK
        return friday
    return _open_day(friday + 2 * _WEEK, market)


def _open_day(day: date, market: Market) -> date:
    """Return the day, or the trading day before it where it is closed."""
    return day if is_trading_day(day, market) else previous_trading_day(day, market)
