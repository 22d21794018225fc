"""Option chains: those of the simulated market, and others made by the rules of the price list."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from voldesk.model.contracts import Contract
from voldesk.model.enums import Market, Right
from voldesk.model.ids import contract_key
from voldesk.model.instruments import is_am_settled
from voldesk.model.sessions import (
    NS_PER_SECOND,
    is_trading_day,
    local_date,
    previous_trading_day,
    settles_at,
)
from voldesk.simulator.ib.instruments import (
    KNOWN_OPTION_IDS,
    Instrument,
    derivative_id,
    osi_name,
    terms_of_id,
    third_friday,
)
from voldesk.simulator.ib.product import OptionTerms, Product
from voldesk.simulator.market.listing import list_series
from voldesk.simulator.market.universe import UnderlyingSpec

OPTION_EXCHANGES: Final = (
    "SMART",
    "AMEX",
    "CBOE",
    "PHLX",
    "PSE",
    "ISE",
    "BOX",
    "BATS",
    "NASDAQOM",
    "CBOE2",
    "NASDAQBX",
    "MIAX",
    "GEMINI",
    "EDGX",
    "MERCURY",
    "PEARL",
    "EMERALD",
    "MEMX",
    "IBUSOPT",
)

_WEEKS: Final = 4
_MONTHS: Final = 6
_QUARTERS_AHEAD: Final = 10
_WEEKLY_REACH: Final = (0.80, 1.20)
_MONTHLY_REACH: Final = (0.50, 1.60)


@dataclass(frozen=True, slots=True)
class Series:
    """One expiry of one trading class, and its strikes, ascending."""

    expires: date
    last_trade: date
    settles: int  # UTC seconds
    strikes: tuple[float, ...]

    @classmethod
    def of(cls, root: str, expires: date, market: Market, strikes: tuple[float, ...]) -> "Series":
        """Return a series with the days that follow from its root and expiry."""
        last = last_trading_day(root, expires, market)
        return cls(expires, last, settles_at(root, expires, market) // NS_PER_SECOND, strikes)


@dataclass(frozen=True, slots=True, eq=False)
class OptionClass:
    """
    All options of one trading class.

    Attributes:
        code: Its part in the numbers of its contracts.
        under: What they are written on.
        unit: Strikes are multiples of it.
        rows: Of the simulated market's listing, by contract key.
    """

    name: str
    code: int
    under: Instrument
    multiplier: str
    exchanges: tuple[str, ...]
    unit: float
    tick: float
    coarse_from: float | None
    rule: int
    market: Market
    series: tuple[Series, ...]
    rows: Mapping[str, int]

    def contracts(self) -> Iterator[Instrument]:
        """Yield every contract, by expiry, strike and right."""
        for series in self.series:
            for strike in series.strikes:
                for right in ("C", "P"):
                    yield self.contract(series, strike, right)

    def numbered(self, con_id: int) -> Instrument | None:
        """Return the contract with that number."""
        terms = terms_of_id(con_id)
        if terms.class_code != self.code:
            return None
        strike = terms.strike_units * self.unit
        for series in self.series:
            if terms.dates(series.expires) and strike in series.strikes:
                return self.contract(series, strike, terms.right)
        return None

    def listed(self, expires: date, strike: float, right: str) -> Instrument | None:
        """Return the contract of those terms, where it is listed."""
        for series in self.series:
            if series.expires == expires and strike in series.strikes:
                return self.contract(series, strike, right)
        return None

    def contract(self, series: Series, strike: float, right: str) -> Instrument:
        """Return one contract of a series."""
        expires = series.expires
        name = f"{self.under.product.symbol} {expires:%Y%m%d} {strike} {right}"
        number = derivative_id(self.code, expires, right, round(strike / self.unit))
        return Instrument(
            con_id=KNOWN_OPTION_IDS.get(name, number),
            product=self.under.product,
            sec_type="FOP" if self.under.sec_type == "FUT" else "OPT",
            local_symbol=_local_symbol(self, expires, right, strike),
            trading_class=self.name,
            multiplier=self.multiplier,
            under=self.under,
            expires=expires,
            last_trade=series.last_trade,
            contract_month=f"{expires:%Y%m}",
            strike=strike,
            right=right,
            row=self._row(expires, strike, right),
            settles=series.settles,
            exchanges=self.exchanges,
            tick=self.tick,
            coarse_from=self.coarse_from,
            rule=self.rule,
            strike_step=self.unit,
        )

    def _row(self, expires: date, strike: float, right: str) -> int:
        if not self.rows:
            return -1
        symbol = self.under.product.symbol
        root = self.under.product.market_symbol if self.market is Market.INDIA else self.name
        contract = Contract(symbol, root, expires, Right(right), strike, self.market)
        return self.rows.get(contract_key(contract), -1)


def last_trading_day(root: str, expires: date, market: Market) -> date:
    """Return the day TWS dates an option by: the one before for AM settlement."""
    if is_am_settled(root, market):
        return previous_trading_day(expires, market)
    return expires


def listed_series(spec: UnderlyingSpec, start: int) -> dict[str, tuple[Series, ...]]:
    """Return the series the simulated market lists of an underlying, by root."""
    found: dict[str, list[Series]] = {}
    for series in list_series(spec, start):
        made = Series.of(series.root, series.expiry, spec.market, series.strikes)
        found.setdefault(series.root, []).append(made)
    return {root: tuple(rows) for root, rows in found.items()}


def made_series(
    product: Product, terms: OptionTerms, spot: float, start: int
) -> tuple[Series, ...]:
    """
    Return a chain by rule: four Fridays, six months, quarters up to two and a half years.

    Classes that settle at the open have months and quarters only.

    Args:
        product: What the options are on.
        terms: How they are listed.
        spot: What strikes are laid around.
        start: UTC ns; what settles later is listed.
    """
    today = local_date(start, Market.US)
    months = set(_months(today))
    weeks = set() if is_am_settled(product.symbol) else set(_fridays(today))
    alive = [
        day for day in sorted(weeks | months) if settles_at(product.symbol, day, Market.US) > start
    ]
    made = []
    for day in alive:
        is_monthly = day in months
        low, high = _MONTHLY_REACH if is_monthly else _WEEKLY_REACH
        step = terms.step * (2.0 if is_monthly and terms.step < _WIDE * spot else 1.0)
        first, last = max(round(low * spot / step), 1), round(high * spot / step)
        strikes = tuple(step * n for n in range(first, last + 1))
        made.append(Series.of(product.symbol, day, Market.US, strikes))
    return tuple(made)


_WIDE: Final = 0.005
"""A step of this share of the spot or more is wide enough for every expiry."""


def _fridays(today: date) -> list[date]:
    friday = today + timedelta(days=(4 - today.weekday()) % 7)
    return [_open_day(friday + timedelta(weeks=n)) for n in range(_WEEKS + 1)]


def _months(today: date) -> list[date]:
    days, year, month = [], today.year, today.month
    for n in range(3 * _QUARTERS_AHEAD + 1):
        if n <= _MONTHS or month % 3 == 0:
            days.append(_open_day(third_friday(year, month)))
        year, month = year + month // 12, month % 12 + 1
    return [day for day in days if day >= today]


def _open_day(day: date) -> date:
    return day if is_trading_day(day, Market.US) else previous_trading_day(day, Market.US)


def _local_symbol(options: OptionClass, expires: date, right: str, strike: float) -> str:
    if options.market is Market.INDIA:
        return f"{options.name}{expires:%y%b%d}{strike:g}{right}E".upper()
    if options.market is Market.CME:
        return f"{options.under.local_symbol} {right}{strike:g}"
    return osi_name(options.name, expires, right, strike)
