"""How a vendor makes its numbers, as data: one profile per vendor, measured on its own figures."""

from dataclasses import dataclass, replace

from voldesk.model.enums import (
    DiscountSource,
    Exercise,
    ForwardSource,
    Market,
    PremiumUnit,
    PriceUsed,
    YearClock,
)
from voldesk.model.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """
    One way to turn quotes into implied vols and Greeks.

    Attributes:
        price: The price the published iv comes from (bid and ask iv are always beside it).
        forward: Where a series' forward comes from; what is missing falls back, and says so.
        discount: Where a series' discount factor comes from.
        rate: Continuous rate, a fraction per year; used by ``RATE``, ``SPOT_RATE`` and
            ``ESCROWED``. None where the operator has to give one.
        clock: How valuation time and settlement instant become years.
        exercise: What the contracts are; American ones are priced as European so far.
        premium: What premiums are counted in.
        market: The market assumed where the source does not tell.
        is_theta_capped: Deribit's rule: theta is never more than the time value, and with less
            than a day left it is what the rest of the day can cost, ``theta * days_left``.
    """

    name: str
    price: PriceUsed = PriceUsed.MID
    forward: ForwardSource = ForwardSource.PARITY
    discount: DiscountSource = DiscountSource.PARITY
    rate: float | None = None
    clock: YearClock = YearClock.ACT_365
    exercise: Exercise = Exercise.EUROPEAN
    premium: PremiumUnit = PremiumUnit.CURRENCY
    market: Market = Market.US
    is_theta_capped: bool = False


PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile(name="default"),
        Profile(name="cboe", clock=YearClock.ACT_365_MINUTE),
        Profile(
            name="ib-index",
            price=PriceUsed.MARK,
            forward=ForwardSource.ESCROWED,
            discount=DiscountSource.RATE,
        ),
        Profile(
            name="ib-equity",
            price=PriceUsed.MARK,
            forward=ForwardSource.ESCROWED,
            discount=DiscountSource.RATE,
            exercise=Exercise.AMERICAN,
        ),
        Profile(name="upstox", discount=DiscountSource.RATE, rate=0.0, market=Market.INDIA),
        Profile(
            name="nse",
            price=PriceUsed.LAST,
            forward=ForwardSource.SPOT_RATE,
            discount=DiscountSource.RATE,
            rate=0.10,
            clock=YearClock.CALENDAR_DAYS,
            market=Market.INDIA,
        ),
        Profile(
            name="deribit",
            price=PriceUsed.MARK,
            forward=ForwardSource.QUOTED,
            discount=DiscountSource.RATE,
            rate=0.0,
            premium=PremiumUnit.COIN,
            market=Market.DERIBIT,
            is_theta_capped=True,
        ),
        Profile(
            name="cme",
            price=PriceUsed.LAST,
            clock=YearClock.CALENDAR_DAYS,
            market=Market.CME,
        ),
    )
}


def profile_named(name: str, *, rate: float | None = None) -> Profile:
    """
    Return the profile of that name, with the operator's rate in place of its own if one is given.

    Raises:
        ConfigError: There is no such profile.
    """
    try:
        profile = PROFILES[name]
    except KeyError:
        known = ", ".join(PROFILES)
        raise ConfigError(f"no profile named {name!r}; there are {known}") from None
    return profile if rate is None else replace(profile, rate=rate)
