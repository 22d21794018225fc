"""What can be simulated, as data: venues, contracts, dynamics, smiles and quotes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from voldesk.model.enums import Market
from voldesk.model.errors import ConfigError

_TUESDAY, _FRIDAY = 1, 4


class Cycle(StrEnum):
    """How often a class of contracts expires."""

    DAILY = "daily"  # every trading day
    WEEKLY = "weekly"  # one weekday, or the trading day before a closed one
    MONTHLY = "monthly"  # the venue's day of the month


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryRule:
    """
    Which expiries of one root are listed, and at which strikes.

    Attributes:
        root: The class they trade in, which tells how they settle.
        cycle: How often one expires.
        count: How many, the nearest first.
        strike_step: Quote currency.
        strikes_each_side: Below and above the strike nearest to the spot.
        weekday: Of a weekly one, Monday is 0.
    """

    root: str
    cycle: Cycle
    count: int
    strike_step: float
    strikes_each_side: int
    weekday: int = _FRIDAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Dynamics:
    """
    How the spot moves: log-normal steps, a mean-reverting log vol, rare jumps, shared shocks.

    Attributes:
        vol: The vol it starts from and reverts to, a fraction.
        log_vol_sd: Standard deviation of the log of vol around that, in the long run.
        reversion: Of the log vol, per year.
        leverage: Correlation of shocks to vol with shocks to the spot.
        skew_sd: Standard deviation of the wobble of the smile's rho, in units of its atanh.
        jumps_per_year: Mean number.
        jump_mean: Of the log of a jump.
        jump_sd: Likewise.
        world: Share (a correlation) of the spot's shocks that every underlying has.
        home: Share that those of its market have.
    """

    vol: float
    log_vol_sd: float = 0.35
    reversion: float = 25.0
    leverage: float = -0.6
    skew_sd: float = 0.10
    jumps_per_year: float = 250.0
    jump_mean: float = -0.0005
    jump_sd: float = 0.002
    world: float = 0.5
    home: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Smile:
    """
    The shape of the true surface; see ``surface``.

    Attributes:
        long_vol: Vol of the far end of the term structure, a fraction.
        reversion: How fast the term structure gets there, per year.
        rho: Tilt, between -1 and 1: below 0 where puts are dearer.
        eta: Width, above 0 and at most 1.
    """

    long_vol: float
    reversion: float = 4.0
    rho: float = -0.4
    eta: float = 0.85


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoting:
    """
    How the venue's options are quoted and traded.

    Attributes:
        tick: Smallest price step, quote currency.
        coarse_from: Price from which the step is twice that; None for nowhere.
        half_spread_vol: Half of a spread at the money in vol, a fraction.
        half_spread_delta: What hedging adds to it, a fraction of the spot per 1 of delta.
        size: Mean contracts at the bid or ask.
        open_interest: Mean contracts.
        has_zero_bids: Whether "nobody bids" is shown as a bid of 0, as in the US; elsewhere there
            is no bid (NaN).
        is_oi_live: Whether open interest changes during the day; in the US it does overnight.
        spot_ticks_per_sec: Of the underlying itself.
        events_per_sec: Quotes of new size and trades, per contract, mean over the chain.
    """

    tick: float
    coarse_from: float | None = None
    half_spread_vol: float = 0.002
    half_spread_delta: float = 0.00003
    size: float = 20.0
    open_interest: float = 2_000.0
    has_zero_bids: bool = False
    is_oi_live: bool = True
    spot_ticks_per_sec: float = 2.0
    events_per_sec: float = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderlyingSpec:
    """
    One underlying and its options, all European, so that the truth is a Black price.

    Attributes:
        symbol: As its venue names it.
        market: Whose calendar and settlement instants apply.
        spot: What the simulation starts from, quote currency.
        spot_tick: Smallest step of the spot.
        multiplier: Units of underlying per contract.
        rate: Continuous, a fraction per year.
        dividend_yield: Likewise; of a coin, minus the basis of its futures.
        expiries: Which contracts are listed; of one root and date the first rule counts.
    """

    symbol: str
    market: Market
    spot: float
    spot_tick: float
    multiplier: float
    rate: float
    dividend_yield: float = 0.0
    expiries: tuple[ExpiryRule, ...]
    dynamics: Dynamics
    smile: Smile
    quoting: Quoting


def _stock(
    symbol: str,
    *,
    spot: float,
    vol: float,
    strike_step: float,
    rho: float,
    dividend_yield: float = 0.0,
) -> UnderlyingSpec:
    """Return a US stock: penny ticks, four Fridays and three third Fridays."""
    return UnderlyingSpec(
        symbol=symbol,
        market=Market.US,
        spot=spot,
        spot_tick=0.01,
        multiplier=100.0,
        rate=0.04,
        dividend_yield=dividend_yield,
        expiries=(
            ExpiryRule(
                root=symbol,
                cycle=Cycle.WEEKLY,
                count=4,
                strike_step=strike_step,
                strikes_each_side=24,
            ),
            ExpiryRule(
                root=symbol,
                cycle=Cycle.MONTHLY,
                count=4,
                strike_step=2 * strike_step,
                strikes_each_side=24,
            ),
        ),
        dynamics=Dynamics(vol=vol, leverage=-0.4, world=0.5, home=0.4, jump_sd=0.004),
        smile=Smile(long_vol=0.9 * vol, rho=rho, eta=0.8),
        quoting=Quoting(
            tick=0.01,
            half_spread_vol=0.003,
            half_spread_delta=0.0001,
            size=40.0,
            open_interest=1_500.0,
            has_zero_bids=True,
            is_oi_live=False,
            spot_ticks_per_sec=3.0,
        ),
    )


_NIFTY = UnderlyingSpec(
    symbol="NIFTY",
    market=Market.INDIA,
    spot=26_000.0,
    spot_tick=0.05,
    multiplier=65.0,
    rate=0.06,
    dividend_yield=0.012,
    expiries=(
        ExpiryRule(
            root="NIFTY",
            cycle=Cycle.WEEKLY,
            weekday=_TUESDAY,
            count=4,
            strike_step=50.0,
            strikes_each_side=30,
        ),
        ExpiryRule(
            root="NIFTY", cycle=Cycle.MONTHLY, count=3, strike_step=100.0, strikes_each_side=30
        ),
    ),
    dynamics=Dynamics(vol=0.125, world=0.4, home=0.75),
    smile=Smile(long_vol=0.145, rho=-0.35, eta=0.85),
    quoting=Quoting(tick=0.05, half_spread_vol=0.0012, size=12.0, open_interest=25_000.0),
)

_BANKNIFTY = UnderlyingSpec(
    symbol="BANKNIFTY",
    market=Market.INDIA,
    spot=58_500.0,
    spot_tick=0.05,
    multiplier=30.0,
    rate=0.06,
    dividend_yield=0.009,
    expiries=(
        ExpiryRule(
            root="BANKNIFTY",
            cycle=Cycle.MONTHLY,
            count=3,
            strike_step=100.0,
            strikes_each_side=60,
        ),
    ),
    dynamics=Dynamics(vol=0.14, world=0.4, home=0.75),
    smile=Smile(long_vol=0.16, rho=-0.30, eta=0.85),
    quoting=Quoting(tick=0.05, half_spread_vol=0.0018, size=10.0, open_interest=8_000.0),
)

_SPX = UnderlyingSpec(
    symbol="SPX",
    market=Market.US,
    spot=6_800.0,
    spot_tick=0.01,
    multiplier=100.0,
    rate=0.04,
    dividend_yield=0.012,
    expiries=(
        ExpiryRule(root="SPXW", cycle=Cycle.DAILY, count=5, strike_step=5.0, strikes_each_side=48),
        ExpiryRule(
            root="SPXW", cycle=Cycle.WEEKLY, count=4, strike_step=10.0, strikes_each_side=50
        ),
        ExpiryRule(
            root="SPX", cycle=Cycle.MONTHLY, count=4, strike_step=25.0, strikes_each_side=36
        ),
    ),
    dynamics=Dynamics(vol=0.13, leverage=-0.75, world=0.7, home=0.5),
    smile=Smile(long_vol=0.165, rho=-0.55, eta=0.9),
    quoting=Quoting(
        tick=0.05,
        coarse_from=3.0,
        half_spread_vol=0.0008,
        half_spread_delta=0.00001,
        size=60.0,
        open_interest=3_000.0,
        has_zero_bids=True,
        is_oi_live=False,
        spot_ticks_per_sec=4.0,
    ),
)

_BTC = UnderlyingSpec(
    symbol="BTC",
    market=Market.DERIBIT,
    spot=95_000.0,
    spot_tick=0.01,
    multiplier=1.0,
    rate=0.0,
    dividend_yield=-0.06,
    expiries=(
        ExpiryRule(
            root="BTC_USDC", cycle=Cycle.DAILY, count=3, strike_step=500.0, strikes_each_side=16
        ),
        ExpiryRule(
            root="BTC_USDC", cycle=Cycle.WEEKLY, count=4, strike_step=1_000.0, strikes_each_side=20
        ),
        ExpiryRule(
            root="BTC_USDC", cycle=Cycle.MONTHLY, count=4, strike_step=2_500.0, strikes_each_side=20
        ),
    ),
    dynamics=Dynamics(vol=0.42, leverage=-0.2, world=0.3, home=0.0, jump_sd=0.006),
    smile=Smile(long_vol=0.48, rho=-0.10, eta=0.8),
    quoting=Quoting(
        tick=2.5,
        half_spread_vol=0.006,
        half_spread_delta=0.0001,
        size=8.0,
        open_interest=600.0,
        spot_ticks_per_sec=4.0,
    ),
)

UNIVERSE: Final[Mapping[str, UnderlyingSpec]] = MappingProxyType(
    {
        spec.symbol: spec
        for spec in (
            _NIFTY,
            _BANKNIFTY,
            _SPX,
            _stock("AMZN", spot=230.0, vol=0.30, strike_step=2.5, rho=-0.25),
            _stock("TSLA", spot=430.0, vol=0.50, strike_step=5.0, rho=-0.15),
            _stock("MSFT", spot=500.0, vol=0.22, strike_step=5.0, rho=-0.30, dividend_yield=0.007),
            _BTC,
        )
    }
)
"""
The underlyings of the demo, by symbol: like their namesakes, at prices of late 2025.

BTC's options are the linear ``BTC_USDC`` class, premiums in currency: those of ``BTC`` are paid in
coin and valued on a forward that comes with every quote, which a tick has no column for.
"""


def specs_named(
    symbols: Sequence[str], universe: Mapping[str, UnderlyingSpec] = UNIVERSE
) -> tuple[UnderlyingSpec, ...]:
    """
    Return the specs of those symbols, in that order.

    Raises:
        ConfigError: A symbol is unknown or named twice, or there is none.
    """
    unknown = [symbol for symbol in symbols if symbol not in universe]
    if unknown:
        raise ConfigError(
            f"nothing to simulate {', '.join(unknown)} by; there are {', '.join(universe)}"
        )
    if len(set(symbols)) != len(symbols) or not symbols:
        raise ConfigError(f"symbols {', '.join(symbols) or '(none)'}: each once, and one at least")
    return tuple(universe[symbol] for symbol in symbols)
