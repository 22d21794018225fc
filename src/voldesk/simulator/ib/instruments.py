"""Instruments under the numbers and names that TWS gives them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from voldesk.simulator.ib.hours import Hours
from voldesk.simulator.ib.noise import stream
from voldesk.simulator.ib.product import Product

_FIRST_OWN_ID: Final = 16_000_000
_OWN_IDS: Final = 16_000_000
_DAYS: Final = 4096
_STRIKES: Final = 4096
_DAY_ZERO: Final = date(2020, 1, 1)
_LAST_CLASS: Final = 62

KNOWN_OPTION_IDS: Final = {"SPY 20281215 750.0 C": 843630132}
"""Numbers of options that are public knowledge."""


@dataclass(frozen=True, slots=True, eq=False)
class Instrument:
    """
    One thing that can be asked about.

    Attributes:
        product: What it is, or what it is an option on or a future of.
        sec_type: Its own: ``OPT`` where the product is a stock.
        under: Instrument it is written on; None where it is none of the list.
        expires: The real expiration date.
        last_trade: Last trading day, as TWS dates contracts: the day before for AM settlement.
        strike: 0 where there is none.
        right: ``C``, ``P`` or empty.
        row: Of the simulated market's listing; -1 where it does not list it.
        settles: UTC seconds; 0 for what does not expire.
    """

    con_id: int
    product: Product
    sec_type: str
    local_symbol: str
    trading_class: str
    multiplier: str = ""
    under: "Instrument | None" = None
    expires: date | None = None
    last_trade: date | None = None
    contract_month: str = ""
    strike: float = 0.0
    right: str = ""
    row: int = -1
    settles: int = 0
    exchanges: tuple[str, ...] = ()
    tick: float = 0.01
    coarse_from: float | None = None
    rule: int = 26
    carry: float = 0.0
    strike_step: float = 0.0

    @property
    def is_option(self) -> bool:
        """Say whether it has a right."""
        return bool(self.right)

    @property
    def home(self) -> str:
        """The exchange it is asked for by default: SMART where orders are routed."""
        return self.exchanges[0]

    @property
    def hours(self) -> Hours:
        """When it trades."""
        if self.is_option and self.product.option_hours is not None:
            return self.product.option_hours
        return self.product.hours

    @property
    def counts_trades(self) -> bool:
        """Say whether it has volumes: indices and currencies have none."""
        return self.is_option or self.product.day_volume > 0.0


def product_id(product: Product) -> int:
    """Return the number of a product: the venue's own, or one made from its key."""
    if product.con_id:
        return product.con_id
    return _FIRST_OWN_ID + stream("product", product.key) % _OWN_IDS


def derivative_id(class_code: int, expires: date, right: str, strike_units: int) -> int:
    """
    Return the number of an option or future: its terms packed into 31 bits, so no two share one.

    Args:
        class_code: Of the trading class, from 1 to 62.
        expires: The real expiration date; numbers repeat after eleven years.
        right: ``C``, ``P`` or empty.
        strike_units: The strike in steps of its class, below 4096; 0 for a future.

    Raises:
        ValueError: A part does not fit.
    """
    if not (1 <= class_code <= _LAST_CLASS and 0 <= strike_units < _STRIKES):
        raise ValueError(f"class {class_code} or strike of {strike_units} steps has no number")
    days = (expires - _DAY_ZERO).days % _DAYS
    is_put = int(right == "P")
    return ((class_code * _DAYS + days) * 2 + is_put) * _STRIKES + strike_units


class IdTerms(NamedTuple):
    """What a number made by `derivative_id` says."""

    class_code: int
    days: int
    right: str  # of a future too: C
    strike_units: int

    def dates(self, expires: date) -> bool:
        """Say whether that is the expiration date meant."""
        return (expires - _DAY_ZERO).days % _DAYS == self.days


def terms_of_id(con_id: int) -> IdTerms:
    """Return what a number says, the inverse of `derivative_id`."""
    rest, strike_units = divmod(con_id, _STRIKES)
    rest, is_put = divmod(rest, 2)
    class_code, days = divmod(rest, _DAYS)
    return IdTerms(class_code, days, "P" if is_put else "C", strike_units)


def osi_name(root: str, expires: date, right: str, strike: float) -> str:
    """Return the local symbol of a US option: ``SPXW  251017C06700000``."""
    return f"{root:<6}{expires:%y%m%d}{right}{round(strike * 1000):08d}"


def third_friday(year: int, month: int) -> date:
    """Return the third Friday of a month."""
    first = date(year, month, 1)
    return first + timedelta(days=(4 - first.weekday()) % 7 + 14)
