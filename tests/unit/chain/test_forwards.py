"""Every series has the forward its profile asks for, or says what stands in and why."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from voldesk.chain.build import build_table
from voldesk.chain.forwards import fit_forwards
from voldesk.chain.table import ChainTable
from voldesk.model.conventions import PROFILES, Profile
from voldesk.model.enums import DiscountSource, ForwardSource, Market

NOON = 1_790_784_000_000_000_000
STRIKES = np.arange(80.0, 121.0, 2.0)
DATES = (date(2026, 10, 30), date(2026, 11, 20), date(2026, 12, 31))
RATE = 0.04

RELATIVE_FORWARD = 2e-6

Quotes = Callable[..., dict[str, Any]]
Snapshot = Callable[..., Any]

DEFAULT = PROFILES["default"]


def _fitted(snapshot: Any, profile: Profile, *, dividends: float = 0.0, **given: Any) -> ChainTable:
    table = build_table(snapshot, profile, **given)
    fit_forwards(table, dividends=dividends)
    return table


def _puts(columns: dict[str, Any]) -> dict[str, Any]:
    return {name: np.asarray(values)[1::2] for name, values in columns.items()}


def test_parity_is_told_with_its_evidence(quotes: Quotes, snapshot: Snapshot) -> None:
    """A parity forward comes with pairs, a confidence, a residual and nothing to explain."""
    series = _fitted(snapshot(quotes(strikes=STRIKES, expiry=date(2027, 9, 30))), DEFAULT).series
    assert series.forward_source[0] == series.discount_source[0] == "parity"
    assert series.forward[0] == pytest.approx(100.5, rel=RELATIVE_FORWARD)
    assert series.pairs[0] > 5
    assert 0.5 < series.confidence[0] <= 1.0
    assert series.residual[0] >= 0.0
    assert series.reason[0] == ""


def test_a_rate_profile_discounts_by_its_rate(quotes: Quotes, snapshot: Snapshot) -> None:
    """``RATE`` takes the discount from the rate; parity still tells the forward."""
    table = _fitted(snapshot(quotes(strikes=STRIKES, rate=0.0)), PROFILES["upstox"])
    assert table.series.discount[0] == 1.0
    assert table.series.discount_source[0] == "rate"
    assert table.series.forward_source[0] == "parity"
    assert table.series.forward[0] == pytest.approx(100.5, rel=RELATIVE_FORWARD)


def test_a_quoted_forward_belongs_to_its_row(quotes: Quotes, snapshot: Snapshot) -> None:
    """``QUOTED`` values each row on the forward it came with, the series on their median."""
    columns = quotes(market=Market.DERIBIT) | {
        "forward": np.repeat([100.0, 100.2, 100.4, 100.6, 101.0], 2)
    }
    table = _fitted(snapshot(columns, market=Market.DERIBIT), PROFILES["deribit"])
    assert table.series.forward_source[0] == "quoted"
    assert table.series.forward[0] == 100.4
    np.testing.assert_array_equal(table.points.forward[table.points.of_row], columns["forward"])


@pytest.mark.parametrize(
    ("source", "dividends", "word", "forward"),
    [
        (ForwardSource.SPOT_RATE, 0.0, "spot_rate", 100.0),
        (ForwardSource.ESCROWED, 0.0, "escrowed", 100.0),
        (ForwardSource.ESCROWED, 2.0, "escrowed", 98.0),
        (ForwardSource.SPOT_RATE, 2.0, "escrowed", 98.0),
    ],
)
def test_spot_grows_at_the_rate(
    source: ForwardSource,
    dividends: float,
    word: str,
    forward: float,
    quotes: Quotes,
    snapshot: Snapshot,
) -> None:
    """Spot less escrowed dividends grows at the rate, and the discount undoes that exactly."""
    profile = replace(DEFAULT, forward=source, discount=DiscountSource.RATE, rate=0.05)
    table = _fitted(snapshot(quotes(), spot=100.0), profile, dividends=dividends)
    assert table.series.forward_source[0] == word
    assert table.series.forward[0] * table.series.discount[0] == pytest.approx(forward, rel=1e-14)
    assert table.series.reason[0] == ""


@pytest.mark.parametrize(
    ("facts", "rate", "reason"),
    [
        ({}, 0.05, "escrowed: no spot; forward: parity"),
        ({"spot": 100.0}, None, "escrowed: no rate given; forward: parity"),
        ({}, None, "escrowed: no spot, no rate given; forward: parity"),
    ],
)
def test_escrowed_without_spot_or_rate_falls_back_to_parity(
    facts: dict[str, float],
    rate: float | None,
    reason: str,
    quotes: Quotes,
    snapshot: Snapshot,
) -> None:
    """What the profile lacks is named, and parity stands in."""
    profile = replace(PROFILES["ib-index"], rate=rate)
    columns = quotes(strikes=STRIKES, rate=0.05, expiry=date(2027, 9, 30))
    series = _fitted(snapshot(columns, **facts), profile).series
    assert series.forward_source[0] == "parity"
    assert series.forward[0] == pytest.approx(100.5, rel=RELATIVE_FORWARD)
    assert series.reason[0].startswith(reason)


def test_without_pairs_a_quoted_forward_stands_in(quotes: Quotes, snapshot: Snapshot) -> None:
    """Puts alone are valued on the forward they came with, and the series says so."""
    columns = _puts(quotes()) | {"forward": np.full(5, 100.5)}
    series = _fitted(snapshot(columns), DEFAULT).series
    assert series.forward_source[0] == "quoted"
    assert series.forward[0] == 100.5
    assert series.discount_source[0] == "zero_rate"
    assert series.reason[0] == ("parity: no two-sided pairs; forward: quoted; discount: zero_rate")


def test_without_pairs_spot_and_rate_stand_in(quotes: Quotes, snapshot: Snapshot) -> None:
    """Puts alone are valued on spot and the operator's rate where no forward is quoted."""
    series = _fitted(snapshot(_puts(quotes()), spot=100.0), replace(DEFAULT, rate=RATE)).series
    assert series.forward_source[0] == "spot_rate"
    assert series.forward[0] == pytest.approx(100.0 * np.exp(RATE * series.years[0]), rel=1e-14)
    assert series.discount_source[0] == "rate"


def test_without_pairs_the_other_series_lend_their_carry(
    quotes: Quotes, snapshot: Snapshot
) -> None:
    """Between two series with the same carry, a third without pairs gets the same."""
    spot, carry = 100.0, 0.03
    whole = snapshot(*(quotes(expiry=day) for day in DATES))
    years = build_table(whole, DEFAULT).series.years
    columns = [
        quotes(
            strikes=STRIKES,
            expiry=day,
            forward=spot * np.exp(carry * t),
            rate=RATE,
            half_spread=1e-4,
        )
        for day, t in zip(DATES, years, strict=True)
    ]
    columns[1] = _puts(columns[1])
    profile = replace(DEFAULT, discount=DiscountSource.PARITY)
    series = _fitted(snapshot(*columns, spot=spot), profile).series
    assert series.forward_source.tolist() == ["parity", "carry", "parity"]
    assert series.discount_source[1] == "carry"
    assert np.log(series.forward[1] / spot) / years[1] == pytest.approx(carry, rel=1e-3)
    assert -np.log(series.discount[1]) / years[1] == pytest.approx(RATE, rel=0.1)


def test_hours_to_expiry_lend_no_carry_to_months(quotes: Quotes, snapshot: Snapshot) -> None:
    """A series of today says nothing about what a month carries."""
    near = np.arange(99.5, 101.6, 0.25)
    today = quotes(strikes=near, expiry=date(2026, 9, 30), half_spread=1e-4)
    series = _fitted(snapshot(today, _puts(quotes()), spot=100.0), DEFAULT).series
    assert series.forward_source.tolist() == ["parity", "none"]
    assert "carry: no other series tells it" in series.reason[1]


def test_nothing_known_is_no_forward(quotes: Quotes, snapshot: Snapshot) -> None:
    """Puts without spot or rate have neither forward nor discount, and every way is named."""
    series = _fitted(snapshot(_puts(quotes())), DEFAULT).series
    assert series.forward_source[0] == series.discount_source[0] == "none"
    assert np.isnan(series.forward[0])
    assert np.isnan(series.discount[0])
    assert series.reason[0] == (
        "parity: no two-sided pairs; quoted: no forward came with the rows; "
        "spot_rate: no spot, no rate given; carry: no spot; no forward"
    )


def test_coin_premiums_have_no_parity(quotes: Quotes, snapshot: Snapshot) -> None:
    """Premiums in coin are no prices before a forward counts them; spot and rate can."""
    columns = quotes(root="BTC", market=Market.DERIBIT)
    lost = _fitted(snapshot(columns, market=Market.DERIBIT), PROFILES["deribit"]).series
    assert lost.forward_source[0] == "none"
    assert "premiums in coin need a forward" in lost.reason[0]
    found = _fitted(
        snapshot(columns, market=Market.DERIBIT, spot=100.0), PROFILES["deribit"]
    ).series
    assert found.forward_source[0] == "spot_rate"
    assert found.forward[0] == 100.0


def test_a_settled_series_has_no_forward(quotes: Quotes, snapshot: Snapshot) -> None:
    """Once settled, neither forward nor discount; the reason is the time."""
    series = _fitted(snapshot(quotes(expiry=date(2026, 9, 29)), spot=100.0), DEFAULT).series
    assert np.isnan(series.forward[0])
    assert series.forward_source[0] == "none"
    assert series.reason[0] == "settled: no time is left at the chain's as_of"


def test_an_unknown_expiry_has_no_forward(quotes: Quotes, snapshot: Snapshot) -> None:
    """Without an expiry nothing can be said, and that is the reason."""
    columns = quotes() | {"expiry": [np.datetime64("NaT", "D")] * 10}
    series = _fitted(snapshot(columns, spot=100.0), DEFAULT).series
    assert series.reason[0] == "the expiry is not known"
    assert np.isnan(series.forward[0])


@pytest.mark.parametrize("rate", [1e308, -1e308, np.nan, np.inf])
def test_an_absurd_rate_gives_no_forward_and_no_noise(
    rate: float, quotes: Quotes, snapshot: Snapshot
) -> None:
    """A rate no market has makes a series unknown; nothing raises or warns."""
    profile = replace(PROFILES["nse"], rate=rate)
    series = _fitted(snapshot(quotes(), spot=100.0), profile).series
    assert np.isnan(series.forward[0])
    assert series.forward_source[0] == "none"


def test_one_strike_at_a_known_rate_is_enough(quotes: Quotes, snapshot: Snapshot) -> None:
    """A single pair tells the forward once the discount is given, and nothing before."""
    columns = quotes(strikes=[100.0])
    assert np.isnan(_fitted(snapshot(columns), DEFAULT).series.forward[0])
    series = _fitted(snapshot(columns), replace(DEFAULT, rate=RATE)).series
    assert series.forward[0] == pytest.approx(100.5, rel=RELATIVE_FORWARD)
    assert series.forward_source[0] == "parity"
    assert series.discount_source[0] == "rate"


def test_one_pair_is_enough_on_the_last_day(quotes: Quotes, snapshot: Snapshot) -> None:
    """Hours bear hardly any interest: no rate is needed, and the series says so."""
    one = quotes(strikes=(100.0,), expiry=date(2026, 9, 30), forward=100.5)
    series = _fitted(snapshot(one, spot=90.0), DEFAULT).series
    assert series.forward[0] == pytest.approx(100.5, rel=RELATIVE_FORWARD)
    assert (series.discount[0], series.discount_source[0]) == (1.0, "zero_rate")
    assert (series.forward_source[0], series.reason[0]) == ("parity", "discount: zero_rate")
    month = quotes(strikes=(100.0,), forward=100.5)
    assert _fitted(snapshot(month, spot=90.0), DEFAULT).series.forward_source[0] == "none"


def test_a_spot_that_lapsed_is_named(quotes: Quotes, snapshot: Snapshot) -> None:
    """A chain that has a spot, too old to be used, says that and not that there is none."""
    table = build_table(snapshot(_puts(quotes()), spot=100.0), replace(DEFAULT, rate=0.04))
    table.points.spot[:] = table.series.spot[:] = np.nan
    table.spot_lack = "the spot is more than 120 s old"
    fit_forwards(table)
    assert "spot_rate: the spot is more than 120 s old" in table.series.reason[0]
    assert "carry: the spot is more than 120 s old" in table.series.reason[0]
