"""What is listed, and under which names."""

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest

from voldesk.model.enums import Market
from voldesk.model.ids import contract_key, contract_of_key
from voldesk.model.instruments import parse_nse, parse_symbol
from voldesk.model.sessions import is_trading_day
from voldesk.simulator.market.listing import build_listing, list_series
from voldesk.simulator.market.universe import UNIVERSE, UnderlyingSpec

ALL = tuple(UNIVERSE.values())
SPX, NIFTY, BTC = UNIVERSE["SPX"], UNIVERSE["NIFTY"], UNIVERSE["BTC"]


def expiries(spec: UnderlyingSpec, start: int, root: str | None = None) -> list[date]:
    """Return the dates listed of a root."""
    wanted = root or spec.expiries[0].root
    return [series.expiry for series in list_series(spec, start) if series.root == wanted]


def test_rows_are_numbered_underlying_first(start: int) -> None:
    """Each underlying's own row precedes its contracts, and no key comes twice."""
    listing = build_listing(ALL, start)
    assert listing.underlyings == tuple(UNIVERSE)
    assert len(set(listing.key.tolist())) == len(listing)
    for symbol in listing.underlyings:
        rows = np.flatnonzero(listing.underlying == symbol)
        assert not listing.is_option[rows[0]]
        assert listing.is_option[rows[1:]].all()
        assert np.array_equal(rows, np.arange(rows[0], rows[-1] + 1))


def test_the_rights_of_a_strike_are_neighbours(start: int) -> None:
    """Contracts come in pairs, the call first, of one root, expiry and strike."""
    listing = build_listing(ALL, start)
    rows = np.flatnonzero(listing.is_option)
    calls, puts = rows[::2], rows[1::2]
    assert listing.is_call[calls].all()
    assert not listing.is_call[puts].any()
    for column in (listing.root, listing.expiry, listing.strike):
        assert np.array_equal(column[calls], column[puts])


def test_names_read_back_as_the_contracts_they_name(start: int) -> None:
    """Every symbol parses as its venue's, to the contract of the row's key."""
    listing = build_listing(ALL, start)
    for row in np.flatnonzero(listing.is_option)[::7]:
        market, expiry = Market(listing.market[row]), listing.expiry[row].item()
        if market is Market.INDIA:
            contract = parse_nse(listing.symbol[row], expiry=expiry)
        else:
            contract = parse_symbol(listing.symbol[row], market)
        assert contract_key(contract) == listing.key[row]
        assert contract_of_key(listing.key[row]) == contract
        assert contract.underlying == listing.underlying[row]


def test_weekly_and_monthly_indian_names_differ(start: int) -> None:
    """The month's last expiry has the monthly form, the others the weekly one."""
    listing = build_listing((NIFTY,), start)
    names = {str(name)[:10] for name in listing.symbol[listing.is_option]}
    assert {"NIFTY26915", "NIFTY26SEP"} <= names


def test_todays_expiry_is_listed_until_it_settles(utc: Callable[[str], int]) -> None:
    """A 0DTE chain is there before the close in New York and gone after it."""
    today = date(2026, 9, 15)
    assert expiries(SPX, utc("2026-09-15T19:59:59"))[0] == today
    assert expiries(SPX, utc("2026-09-15T20:00"))[0] == today + timedelta(days=1)


def test_am_and_pm_contracts_of_one_date_live_apart(utc: Callable[[str], int]) -> None:
    """On a third Friday the AM-settled root is gone after the open, the PM-settled one is not."""
    friday = date(2026, 9, 18)
    before, after = utc("2026-09-18T13:00"), utc("2026-09-18T14:00")
    assert expiries(SPX, before, "SPX")[0] == friday
    assert friday not in expiries(SPX, after, "SPX")
    assert expiries(SPX, after, "SPXW")[0] == friday


def test_a_closed_expiry_day_moves_to_the_day_before(utc: Callable[[str], int]) -> None:
    """The Tuesday of 2026-11-24 is a holiday in India, so the contracts expire on Monday."""
    assert expiries(NIFTY, utc("2026-11-20T08:00"))[0] == date(2026, 11, 23)


def test_daily_expiries_skip_closed_days_and_coins_have_none(utc: Callable[[str], int]) -> None:
    """From a Friday evening SPX goes on with Monday, BTC with Saturday."""
    friday = utc("2026-09-18T21:00")
    assert expiries(SPX, friday)[0] == date(2026, 9, 21)
    assert expiries(BTC, friday)[:2] == [date(2026, 9, 19), date(2026, 9, 20)]


def test_month_ends_are_the_venues_own(utc: Callable[[str], int]) -> None:
    """The last Friday on Deribit, the third in New York, the last Tuesday in Mumbai."""
    now = utc("2026-10-01T00:00")
    assert date(2026, 10, 30) in expiries(BTC, now)
    assert expiries(SPX, now, "SPX")[0] == date(2026, 10, 16)
    assert date(2026, 10, 27) in expiries(NIFTY, now)


@pytest.mark.parametrize("spec", ALL, ids=lambda spec: spec.symbol)
def test_expiries_are_trading_days_in_order(spec: UnderlyingSpec, start: int) -> None:
    """Series come by settlement, alive, on days the market is open."""
    series = list_series(spec, start)
    settles = [one.settles for one in series]
    assert settles == sorted(settles)
    assert settles[0] > start
    assert all(is_trading_day(one.expiry, spec.market) for one in series)


@pytest.mark.parametrize("spec", ALL, ids=lambda spec: spec.symbol)
def test_strikes_surround_the_spot(spec: UnderlyingSpec, start: int) -> None:
    """Each series has strikes above 0 on both sides of the spot, evenly spaced."""
    for series in list_series(spec, start):
        strikes = np.array(series.strikes)
        assert 0.0 < strikes[0] < spec.spot < strikes[-1]
        assert np.ptp(np.diff(strikes)) == 0.0


def test_year_ends_are_crossed(utc: Callable[[str], int]) -> None:
    """Months after December belong to the next year."""
    assert expiries(SPX, utc("2026-12-01T00:00"), "SPX")[:2] == [
        date(2026, 12, 18),
        date(2027, 1, 15),
    ]
