"""What a line of the price list says: everything of an instrument that is not its expiry."""

from dataclasses import dataclass
from datetime import date

from voldesk.simulator.ib.hours import Hours
from voldesk.simulator.ib.walks import Gait

STANDSTILL = Gait(100.0, 0.2)
"""The gait of what follows a leader: nobody walks it."""

IPO_UNKNOWN = date(2000, 1, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """Whose price a product follows, and times what."""

    key: str  # of a product
    factor: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionTerms:
    """
    How the options of a product are listed where the simulated market does not list them.

    Attributes:
        step: Between strikes of weekly expiries; monthly ones have twice that.
        unit: Every strike is a multiple of it, and at most 4095 times it.
        vol: At the money, a fraction.
        rho: Tilt of the smile.
        rate: Continuous, a fraction per year.
        dividend_yield: Likewise.
    """

    step: float
    vol: float
    unit: float = 0.5
    rho: float = -0.35
    rate: float = 0.04
    dividend_yield: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """
    One instrument, or one family of futures.

    Attributes:
        con_id: The venue's own where it is public knowledge; 0: made from the key.
        exchange: Its home: the primary exchange of a stock, the only one of a future or index.
        exchanges: All that list it, SMART first where it is routed.
        tick: Smallest price step.
        trading_class: Empty: the symbol.
        leader: Whose price it follows; None: a walk of its own.
        gait: Of that walk.
        market_symbol: Of the underlying in the simulated market whose spot it is.
        day_volume: Mean units traded in a day; 0: trades are not counted.
        trade_size: Mean units in a trade.
        half_spread: In ticks.
        quote_size: Mean units at the bid or ask.
        listed: First day of its history.
        rule: Id of its market rule.
        sec_ids: Identifiers by type: ISIN, CUSIP.
        derivatives: Security types it underlies, as symbol samples name them.
    """

    symbol: str
    sec_type: str
    exchange: str
    currency: str
    name: str
    hours: Hours
    tick: float
    con_id: int = 0
    exchanges: tuple[str, ...] = ()
    trading_class: str = ""
    local_symbol: str = ""
    leader: Leader | None = None
    gait: Gait = STANDSTILL
    market_symbol: str = ""
    day_volume: float = 0.0
    trade_size: float = 100.0
    half_spread: float = 1.0
    quote_size: float = 300.0
    listed: date = IPO_UNKNOWN
    rule: int = 26
    sec_ids: tuple[tuple[str, str], ...] = ()
    derivatives: tuple[str, ...] = ()
    options: OptionTerms | None = None
    option_hours: Hours | None = None
    industry: str = ""
    category: str = ""
    subcategory: str = ""
    stock_type: str = ""
    size_step: float = 1.0
    implied_vol: float = 0.2
    coupon: float = 0.0
    matures: date | None = None

    @property
    def key(self) -> str:
        """Name it among all products."""
        return f"{self.sec_type} {self.symbol} {self.exchange} {self.currency}"
