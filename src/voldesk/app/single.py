"""One option in any direction: vol to price, or price to vol, with every Greek."""

import math
from dataclasses import dataclass
from typing import Any

import msgspec

from voldesk.app.instants import parse_date, parse_instant
from voldesk.app.render.numbers import UNKNOWN, days_left, fixed
from voldesk.chain.reprice import PUBLISHED
from voldesk.chain.schema import ROW_COLUMNS
from voldesk.model.clock import SystemClock
from voldesk.model.enums import Market, Right, Status, YearClock
from voldesk.model.errors import ConfigError
from voldesk.model.sessions import settles_at, years_between
from voldesk.pricing import flags
from voldesk.pricing.greeks import GreekColumns, bsm_greeks, bsm_solve

_STATUS_OF_FLAG = {
    flags.OK: Status.OK,
    flags.BELOW_INTRINSIC: Status.BELOW_INTRINSIC,
    flags.ABOVE_MAX: Status.ABOVE_MAX,
}
_UNITS = {column.name: column.unit for column in ROW_COLUMNS}
_SIGNIFICANT = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """
    One option and its market; exactly one of spot and forward, one of vol and price.

    Attributes:
        years: Time to settlement.
        rate: Continuous, a fraction per year.
        dividend_yield: Likewise; only beside a spot.
        vol: A fraction per square-root year.
        price: Present value, quote currency per unit of underlying.
    """

    right: Right
    strike: float
    years: float
    spot: float | None = None
    forward: float | None = None
    rate: float = 0.0
    dividend_yield: float = 0.0
    vol: float | None = None
    price: float | None = None

    def __post_init__(self) -> None:
        """
        Refuse terms that say too little, too much or the impossible.

        Raises:
            ConfigError: Naming the option, the value and what is allowed.
        """
        for one, other in (("spot", "forward"), ("vol", "price")):
            if (getattr(self, one) is None) == (getattr(self, other) is None):
                raise ConfigError(f"give either --{one} or --{other}")
        if self.forward is not None and self.dividend_yield:
            raise ConfigError("a forward holds its dividends already: leave --dividend-yield out")
        for name in ("spot", "forward", "strike", "years", "vol", "price"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value > 0.0):
                raise ConfigError(f"{name} is {value:g}, it must be a positive number")
        for name in ("rate", "dividend_yield"):
            if not math.isfinite(getattr(self, name)):
                raise ConfigError(f"{name} is {getattr(self, name):g}, it must be a number")

    @property
    def discount(self) -> float:
        """The discount factor to settlement."""
        return math.exp(-self.rate * self.years)

    @property
    def known_forward(self) -> float:
        """The forward, as given or carried from spot."""
        if self.forward is not None:
            return self.forward
        assert self.spot is not None
        return self.spot * math.exp((self.rate - self.dividend_yield) * self.years)

    @property
    def base_spot(self) -> float:
        """What the Greeks are derivatives by: the spot, or the discounted forward."""
        return self.spot if self.spot is not None else self.known_forward * self.discount


def value(terms: Terms) -> dict[str, Any]:
    """
    Return the option's figures in published units, NaN where the price has no vol.

    Returns:
        ``right strike years spot forward discount rate dividend_yield price iv``, the Greeks and
        ``status``, the word of `Status`.
    """
    greeks, flag = _solve(terms)
    figures = {name: float(getattr(greeks, name)) * unit for name, unit in PUBLISHED.items()}
    price = terms.price if terms.price is not None else float(greeks.price)
    return {
        "right": terms.right.value,
        "strike": terms.strike,
        "years": terms.years,
        "spot": terms.spot,
        "forward": terms.known_forward,
        "discount": terms.discount,
        "rate": terms.rate,
        "dividend_yield": terms.dividend_yield,
        "price": price,
        "iv": float(greeks.vol) if flag == flags.OK else math.nan,
        **(figures if flag == flags.OK else dict.fromkeys(figures, math.nan)),
        "status": _STATUS_OF_FLAG.get(flag, Status.NOT_CONVERGED).name,
    }


def _solve(terms: Terms) -> tuple[GreekColumns, int]:
    market = (terms.base_spot, terms.strike, terms.years, terms.right is Right.CALL)
    carry = (terms.rate, terms.dividend_yield)
    if terms.vol is not None:
        return bsm_greeks(terms.vol, *market, *carry), flags.OK
    assert terms.price is not None
    greeks, flag = bsm_solve(terms.price, *market, *carry)
    return greeks, int(flag)


def years_left(years: float | None, expiry: str | None, as_of: str | None, market: Market) -> float:
    """
    Return the time to settlement as given, or between now (or ``as_of``) and an expiry.

    Raises:
        ConfigError: Both or neither are given, or a date or time cannot be read.
    """
    if (years is None) == (expiry is None):
        raise ConfigError("give either --years or --expiry")
    if years is not None:
        if as_of is not None:
            raise ConfigError("--as-of goes with --expiry, not with --years")
        return years
    assert expiry is not None
    now = SystemClock().now() if as_of is None else parse_instant(as_of)
    settles = settles_at("", parse_date(expiry), market)
    left = years_between(now, settles, YearClock.ACT_365, market)
    if left <= 0.0:
        raise ConfigError(f"an option of {expiry} has settled by then: see --as-of and --market")
    return left


def as_json(figures: dict[str, Any]) -> str:
    """Return the figures as one JSON object; unknown is null."""
    return msgspec.json.encode(figures).decode()


def as_text(figures: dict[str, Any]) -> str:
    """Return the figures as lines of name, value and unit."""
    side = "call" if figures["right"] == Right.CALL else "put"
    left = f"{days_left(figures['years'])} left, {figures['years']:.6g} years"
    lines = [
        f"European {side}, strike {figures['strike']:.10g}, {left}",
        f"forward {figures['forward']:.10g}, discount {figures['discount']:.8f}",
        "",
    ]
    lines += [
        f"{name:<6} {_number(figures[name]):>14}  {_UNITS[name]}"
        for name in ("price", "iv", *PUBLISHED)
    ]
    if figures["status"] != Status.OK.name:
        lines.append(f"status {figures['status']:>14}  no vol gives this price")
    return "\n".join(lines)


def _number(number: float) -> str:
    """Write a figure with six significant digits, never as a power of ten."""
    if not math.isfinite(number):
        return UNKNOWN
    if number == 0.0:
        return "0"
    return fixed(number, max(_SIGNIFICANT - 1 - math.floor(math.log10(abs(number))), 0))
