"""Families of futures: which months, when they end, what they follow."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from voldesk.model.enums import Market
from voldesk.model.sessions import is_trading_day, previous_trading_day
from voldesk.simulator.ib import hours
from voldesk.simulator.ib.hours import Hours
from voldesk.simulator.ib.product import STANDSTILL, Leader, Product
from voldesk.simulator.ib.walks import Gait

MONTH_LETTERS: Final = "FGHJKMNQUVXZ"
QUARTERLY: Final = (3, 6, 9, 12)
ALL_MONTHS: Final = tuple(range(1, 13))
GOLD_MONTHS: Final = (2, 4, 6, 8, 10, 12)

_FRIDAY: Final = 4
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FutureFamily:
    """
    All futures of one symbol.

    Attributes:
        product: What they have in common; its price is that of the underlying.
        months: Calendar months that are listed.
        count: How many of them, the nearest first.
        multiplier: Units of underlying per contract.
        under: Key of the index they are written on; empty for none.
        carry: Of the futures curve, continuous per year, a fraction.
        rule: How the last trading day is found.
    """

    product: Product
    months: tuple[int, ...]
    count: int
    multiplier: str
    under: str = ""
    carry: float = 0.03
    rule: str = "third friday"

    def last_day(self, year: int, month: int) -> date:
        """Return the last trading day of a contract month."""
        first = date(year, month, 1)
        if self.rule == "third friday":
            friday = first + timedelta(days=(_FRIDAY - first.weekday()) % 7 + 14)
            return _open_day(friday)
        if self.rule == "before the 25th":  # crude oil: three business days before, month before
            day = (first - _ONE_DAY).replace(day=25)
            return _back(_open_day(day), 3)
        if self.rule == "vix":  # 30 days before the third Friday of the next month
            following = (first + timedelta(days=31)).replace(day=1)
            friday = following + timedelta(days=(_FRIDAY - following.weekday()) % 7 + 14)
            return _open_day(friday - timedelta(days=30))
        last = (first + timedelta(days=31)).replace(day=1) - _ONE_DAY
        return _back(_open_day(last), 2)  # metals: third last business day

    def months_until(self, first: date, day: date) -> list[tuple[int, int, date]]:
        """Return those that ended on or after the first day and before the other, ascending."""
        found: list[tuple[int, int, date]] = []
        year, month = first.year, first.month
        while (year, month) <= (day.year, day.month + 1):
            last = self.last_day(year, month)
            if month in self.months and first <= last < day:
                found.append((year, month, last))
            year, month = year + month // 12, month % 12 + 1
        return found

    def months_after(self, day: date) -> list[tuple[int, int, date]]:
        """Return year, month and last trading day of those alive on a day, the nearest first."""
        found: list[tuple[int, int, date]] = []
        year, month = day.year, day.month
        while len(found) < self.count:
            if month in self.months:
                last = self.last_day(year, month)
                if last >= day:
                    found.append((year, month, last))
            year, month = year + month // 12, month % 12 + 1
        return found


def _open_day(day: date) -> date:
    return day if is_trading_day(day, Market.CME) else previous_trading_day(day, Market.CME)


def _back(day: date, count: int) -> date:
    for _ in range(count):
        day = previous_trading_day(day, Market.CME)
    return day


def _product(
    symbol: str,
    exchange: str,
    name: str,
    tick: float,
    *,
    leader: Leader | None = None,
    gait: Gait = STANDSTILL,
    volume: float,
    rule: int,
    open_hours: Hours = hours.CME,
    currency: str = "USD",
    trading_class: str = "",
) -> Product:
    return Product(
        symbol=symbol,
        sec_type="FUT",
        exchange=exchange,
        currency=currency,
        name=name,
        hours=open_hours,
        tick=tick,
        exchanges=(exchange,),
        trading_class=trading_class or symbol,
        leader=leader,
        gait=gait,
        day_volume=volume,
        trade_size=3.0,
        half_spread=0.5,
        quote_size=30.0,
        listed=date(2000, 1, 3),
        rule=rule,
        derivatives=("FOP", "BAG"),
        implied_vol=gait.vol,
    )


_SPX: Final = Leader(key="IND SPX CBOE USD")
_NDX: Final = Leader(key="IND NDX NASDAQ USD")

FAMILIES: Final = (
    FutureFamily(
        product=_product(
            "ES", "CME", "E-mini S&P 500", 0.25, leader=_SPX, volume=1_400_000, rule=67
        ),
        months=QUARTERLY,
        count=8,
        multiplier="50",
        under="IND ES CME USD",
    ),
    FutureFamily(
        product=_product(
            "MES",
            "CME",
            "Micro E-Mini S&P 500 Stock Price Index",
            0.25,
            leader=_SPX,
            volume=1_100_000,
            rule=67,
        ),
        months=QUARTERLY,
        count=5,
        multiplier="5",
        under="IND MES CME USD",
    ),
    FutureFamily(
        product=_product(
            "NQ", "CME", "E-mini NASDAQ 100", 0.25, leader=_NDX, volume=600_000, rule=67
        ),
        months=QUARTERLY,
        count=8,
        multiplier="20",
        under="IND NQ CME USD",
    ),
    FutureFamily(
        product=_product(
            "CL",
            "NYMEX",
            "Light Sweet Crude Oil",
            0.01,
            gait=Gait(62.0, 0.34, half_life=500.0),
            volume=350_000,
            rule=32,
            open_hours=hours.NYMEX,
        ),
        months=ALL_MONTHS,
        count=12,
        multiplier="1000",
        carry=-0.02,
        rule="before the 25th",
    ),
    FutureFamily(
        product=_product(
            "GC",
            "COMEX",
            "Gold",
            0.1,
            gait=Gait(4200.0, 0.18, drift=0.05),
            volume=200_000,
            rule=110,
            open_hours=hours.NYMEX,
        ),
        months=GOLD_MONTHS,
        count=9,
        multiplier="100",
        carry=0.04,
        rule="third last",
    ),
    FutureFamily(
        product=_product(
            "VIX",
            "CFE",
            "CBOE Volatility Index",
            0.05,
            leader=Leader(key="IND VIX CBOE USD"),
            volume=180_000,
            rule=66,
            trading_class="VX",
        ),
        months=ALL_MONTHS,
        count=8,
        multiplier="1000",
        under="IND VIX CBOE USD",
        carry=0.1,
        rule="vix",
    ),
    FutureFamily(
        product=_product(
            "DAX",
            "EUREX",
            "DAX 40 Index (Deutsche Aktien Xchange 40)",
            1.0,
            leader=Leader(key="IND DAX EUREX EUR"),
            volume=35_000,
            rule=3002,
            open_hours=hours.EUREX,
            currency="EUR",
            trading_class="FDAX",
        ),
        months=QUARTERLY,
        count=3,
        multiplier="25",
        under="IND DAX EUREX EUR",
    ),
)
