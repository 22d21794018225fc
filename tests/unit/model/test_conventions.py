"""Profiles: one per vendor."""

import dataclasses
import math

import pytest

from voldesk.model.conventions import PROFILES, Profile, profile_named
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


def test_there_is_a_profile_per_vendor_measured() -> None:
    """Every row of the measured conventions has its profile, and the default comes first."""
    assert list(PROFILES) == [
        "default",
        "cboe",
        "ib-index",
        "ib-equity",
        "upstox",
        "nse",
        "deribit",
        "cme",
    ]


def test_a_profile_is_found_by_its_own_name() -> None:
    """The key of a profile is the name it prints."""
    assert all(profile_named(name) is PROFILES[name] for name in PROFILES)
    assert all(profile.name == name for name, profile in PROFILES.items())


def test_the_default_is_mid_parity_and_seconds() -> None:
    """Without a vendor the price is mid, forward and discount come from parity, seconds count."""
    assert PROFILES["default"] == Profile(
        name="default",
        price=PriceUsed.MID,
        forward=ForwardSource.PARITY,
        discount=DiscountSource.PARITY,
        rate=None,
        clock=YearClock.ACT_365,
        exercise=Exercise.EUROPEAN,
        premium=PremiumUnit.CURRENCY,
        market=Market.US,
        is_theta_capped=False,
    )


def test_nse_values_whole_days_at_ten_percent_on_last_prices() -> None:
    """The NSE site's own figures come from LTP, spot at 10 % and calendar days."""
    nse = PROFILES["nse"]
    assert (nse.price, nse.forward, nse.rate, nse.clock, nse.market) == (
        PriceUsed.LAST,
        ForwardSource.SPOT_RATE,
        0.10,
        YearClock.CALENDAR_DAYS,
        Market.INDIA,
    )


def test_deribit_premiums_are_in_coin_on_a_quoted_forward() -> None:
    """Deribit quotes coin, gives the forward, and caps theta within the last day."""
    deribit = PROFILES["deribit"]
    assert deribit.premium is PremiumUnit.COIN
    assert deribit.forward is ForwardSource.QUOTED
    assert deribit.rate == 0.0
    assert deribit.is_theta_capped


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
def test_given_rates_are_sane_fractions(profile: Profile) -> None:
    """A profile's own rate is a fraction per year, not a percentage."""
    assert profile.rate is None or (math.isfinite(profile.rate) and 0.0 <= profile.rate < 0.25)


def test_the_operators_rate_replaces_the_profiles() -> None:
    """A rate given by the operator changes that and nothing else."""
    ours = profile_named("nse", rate=0.065)
    assert ours.rate == 0.065
    assert dataclasses.replace(ours, rate=0.10) == PROFILES["nse"]


def test_a_rate_of_zero_is_a_rate() -> None:
    """Zero given by the operator is not mistaken for no rate."""
    assert profile_named("nse", rate=0.0).rate == 0.0


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    """A wrong profile name is the operator's to mend, so the error lists what there is."""
    with pytest.raises(ConfigError, match=r"no profile named 'cbeo'; there are default, cboe, ib"):
        profile_named("cbeo")
