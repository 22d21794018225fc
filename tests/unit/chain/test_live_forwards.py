"""Forwards of a live chain: fitted when due, carried with spot and time in between."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from voldesk.chain.live_forwards import LiveForwards
from voldesk.chain.shelf import open_book
from voldesk.chain.table import ChainTable
from voldesk.model.conventions import PROFILES, Profile
from voldesk.model.enums import DiscountSource, ForwardSource

NOON = 1_790_784_000_000_000_000
SECOND = 10**9
DAY = 86_400 * SECOND
DEFAULT = PROFILES["default"]
QUOTED = replace(DEFAULT, forward=ForwardSource.QUOTED, discount=DiscountSource.RATE, rate=0.04)

RELATIVE_FIT = 1e-4  # quotes are a cent wide on either side
RELATIVE = 1e-12


def _table(market: Any, spot: float = 100.0, profile: Profile = DEFAULT) -> ChainTable:
    """Return a table with quotes, nothing fitted yet."""
    book = open_book(market.listing, "SPX", profile, as_of=NOON)
    book.apply(market.fair(spot))
    book.table.spot = spot
    return book.table


def _quote(table: ChainTable, market: Any, spot: float, at: int) -> None:
    """Write new quotes into the table, as a feed would."""
    batch = market.fair(spot, at)  # one tick per row, in another order
    book = open_book(market.listing, "SPX", table.profile, as_of=NOON)
    rows = book.row_of[batch["instrument"]]
    table.rows.bid[rows], table.rows.ask[rows] = batch["bid"], batch["ask"]


def _forwards(table: ChainTable, **facts: int) -> LiveForwards:
    given: dict[str, Any] = {"refit_ns": SECOND, "refits_per_move": 99, "step_ns": 0} | facts
    size = len(table.series)
    is_quoted = np.ones(size, dtype=np.bool_)
    return LiveForwards(table, is_quoted=is_quoted, phases=np.zeros(size), **given)


def _quoted(forwards: LiveForwards, *series: int) -> None:
    """Say that quotes of series changed."""
    forwards._is_quoted[list(series)] = True


def _forward(spot: Any, table: ChainTable, rate: float = 0.04) -> Any:
    return spot * np.exp(rate * table.series.years)


def test_the_first_move_fits_every_series(market: Any) -> None:
    """Forward, discount and their source are those of the quotes, and all series moved."""
    table = _table(market)
    assert _forwards(table).move(NOON).all()
    assert table.series.forward == pytest.approx(_forward(100.0, table), rel=RELATIVE_FIT)
    assert table.series.forward_source.tolist() == ["parity", "parity"]
    assert (table.series.pairs > 0).all()
    np.testing.assert_array_equal(table.points.forward, table.series.forward)
    np.testing.assert_array_equal(table.points.years, table.series.years)


def test_between_fits_the_forward_goes_with_spot(market: Any) -> None:
    """Two percent of spot are two percent of forward; the discount does not care."""
    table = _table(market)
    forwards = _forwards(table)
    forwards.move(NOON)
    forward, discount = table.series.forward.copy(), table.series.discount.copy()
    table.spot = 102.0
    assert forwards.move(NOON).all()
    assert table.series.forward == pytest.approx(1.02 * forward, rel=RELATIVE)
    assert table.series.discount == pytest.approx(discount, rel=RELATIVE)


def test_between_fits_the_discount_goes_with_time(market: Any) -> None:
    """At half the years the rate is the same; the forward of parity stands."""
    table = _table(market)
    forwards = _forwards(table)
    forwards.move(NOON)
    forward = table.series.forward.copy()
    rate = -np.log(table.series.discount) / table.series.years
    later = NOON + 15 * DAY
    assert not forwards.move(later).any()
    assert -np.log(table.series.discount) / table.series.years == pytest.approx(rate, rel=1e-9)
    assert table.series.forward == pytest.approx(forward, rel=RELATIVE)


def test_a_forward_of_spot_and_rate_grows_as_before(market: Any) -> None:
    """Between fits it stays spot times growth at the years left, spot moved or not."""
    profile = replace(
        DEFAULT, forward=ForwardSource.SPOT_RATE, discount=DiscountSource.RATE, rate=0.1
    )
    table = _table(market, profile=profile)
    forwards = _forwards(table)
    forwards.move(NOON)
    table.spot = 103.0
    forwards.move(NOON + 10 * DAY)
    assert table.series.forward == pytest.approx(_forward(103.0, table, 0.1), rel=1e-9)
    assert table.series.discount == pytest.approx(np.exp(-0.1 * table.series.years), rel=1e-9)


def test_a_series_without_pairs_is_carried_by_the_others(market: Any) -> None:
    """Its forward is spot at their carry, and goes on with spot and time."""
    table = _table(market)
    last = table.slice(1)
    table.rows.bid[last] = np.nan
    forwards = _forwards(table)
    forwards.move(NOON)
    assert table.series.forward_source.tolist() == ["parity", "carry"]
    table.spot = 105.0
    forwards.move(NOON + DAY)
    assert table.series.forward[1] == pytest.approx(_forward(105.0, table)[1], rel=1e-3)


def test_only_series_that_were_quoted_are_fitted_again(market: Any) -> None:
    """New quotes everywhere, one series told of: the other keeps its forward."""
    table = _table(market)
    forwards = _forwards(table)
    forwards.move(NOON)
    _quote(table, market, 110.0, NOON)
    _quoted(forwards, 1)
    moved = forwards.move(NOON + SECOND)
    assert moved.tolist() == [False, True]
    expected = _forward(np.array([100.0, 110.0]), table)
    assert table.series.forward == pytest.approx(expected, rel=RELATIVE_FIT)


def test_a_fit_is_not_replaced_before_its_time(market: Any) -> None:
    """A nanosecond before the refit time nothing, then the fit of all quotes since."""
    table = _table(market)
    forwards = _forwards(table)
    forwards.move(NOON)
    _quote(table, market, 110.0, NOON)
    _quoted(forwards, 0, 1)
    assert not forwards.move(NOON + SECOND - 1).any()
    assert forwards.move(NOON + SECOND).all()


def test_few_series_are_fitted_at_once_and_none_waits_for_long(make_market: Any) -> None:
    """One per move while they are merely due, all of them when twice the time has passed."""
    expiries = tuple(date(2026, 10, 30) + timedelta(days=7 * i) for i in range(4))
    market = make_market(expiries=expiries)
    table = _table(market)
    forwards = _forwards(table, refits_per_move=1)
    assert forwards.move(NOON).all()  # none was fitted ever: none waits
    _quote(table, market, 101.0, NOON)
    _quoted(forwards, 0, 1, 2, 3)
    counts = [int(forwards.move(NOON + SECOND + i).sum()) for i in range(5)]
    assert sum(counts) >= 4
    assert counts[0] < 4 or counts[1] == 0
    _quote(table, market, 102.0, NOON)
    _quoted(forwards, 0, 1, 2, 3)
    assert forwards.move(NOON + 4 * SECOND).all()
    assert table.series.forward == pytest.approx(_forward(102.0, table), rel=RELATIVE_FIT)


def test_a_series_that_settles_has_no_forward(market: Any) -> None:
    """From its settlement on it is unknown, and says settled; it counts as moved once."""
    table = _table(market)
    forwards = _forwards(table)
    forwards.move(NOON)
    now = int(table.series.settles_at[0])
    assert forwards.move(now)[0]
    assert np.isnan(table.series.forward[0])
    assert np.isnan(table.series.discount[0])
    assert "settled" in table.series.reason[0]
    assert not forwards.move(now + 1)[0]


def test_a_spot_that_comes_or_goes_chooses_the_sources_anew(market: Any) -> None:
    """A forward of spot and rate appears with the first spot and falls back without one."""
    profile = replace(
        DEFAULT, forward=ForwardSource.SPOT_RATE, discount=DiscountSource.RATE, rate=0.0
    )
    table = _table(market, profile=profile)
    table.spot = np.nan
    forwards = _forwards(table)
    forwards.move(NOON)
    assert table.series.forward_source.tolist() == ["parity", "parity"]
    table.spot = 100.0
    forwards.move(NOON + 1)
    assert table.series.forward_source.tolist() == ["spot_rate", "spot_rate"]
    table.spot = np.nan
    forwards.move(NOON + 2)
    assert table.series.forward_source.tolist() == ["parity", "parity"]


def test_time_goes_in_steps(market: Any) -> None:
    """Within a step a move changes nothing, unless the spot is another."""
    table = _table(market)
    forwards = _forwards(table, step_ns=1000)
    forwards.move(NOON)
    years = table.series.years.copy()
    forwards.move(NOON + 999)
    np.testing.assert_array_equal(table.series.years, years)
    forwards.move(NOON + 1000)
    assert (table.series.years < years).all()
    table.spot = 101.0
    assert forwards.move(NOON + 1001).all()


def test_quotes_that_vanish_take_the_fit_along(market: Any) -> None:
    """A refit without any pair left has no parity forward, and its pairs and confidence go."""
    table = _table(market)
    table.spot = np.nan
    forwards = _forwards(table)
    forwards.move(NOON)
    table.rows.bid[:] = np.nan
    _quoted(forwards, 0, 1)
    forwards.move(NOON + SECOND)
    assert np.isnan(table.series.forward).all()
    assert table.series.pairs.tolist() == [0, 0]
    assert np.isnan(table.series.confidence).all()


def test_without_a_quote_there_is_nothing_to_fit(market: Any) -> None:
    """Until a series is quoted its forward is unknown, or what spot tells."""
    table = _table(market)
    never = np.zeros(2, dtype=np.bool_)
    forwards = LiveForwards(
        table, is_quoted=never, refit_ns=1, phases=np.zeros(2), refits_per_move=9, step_ns=0
    )
    forwards.move(NOON)
    assert np.isnan(table.series.forward).all()


def _quote_forwards(forwards: LiveForwards, *values: float) -> None:
    forwards.quote(np.array(values))


def test_a_venues_forward_is_taken_as_it_came(market: Any) -> None:
    """Where the profile asks for it nothing is fitted, and a moved spot does not move it."""
    table = _table(market, profile=QUOTED)
    forwards = _forwards(table)
    _quote_forwards(forwards, 101.0, 102.0)
    assert forwards.move(NOON).all()
    assert table.series.forward_source.tolist() == ["quoted", "quoted"]
    assert table.series.pairs.tolist() == [0, 0]
    table.spot = 150.0
    assert not forwards.move(NOON + 1).any()
    assert table.series.forward.tolist() == [101.0, 102.0]


def test_a_venues_newer_forward_moves_its_own_series(market: Any) -> None:
    """At once, within a step of time too; the other series stands."""
    table = _table(market, profile=QUOTED)
    forwards = _forwards(table, step_ns=SECOND)
    _quote_forwards(forwards, 101.0, 102.0)
    forwards.move(NOON)
    _quote_forwards(forwards, 101.0, 103.0)
    assert forwards.move(NOON + 1).tolist() == [False, True]
    assert table.series.forward.tolist() == [101.0, 103.0]
    np.testing.assert_array_equal(table.points.forward, table.series.forward)


def test_a_venues_forward_that_lapses_gives_way_to_parity(market: Any) -> None:
    """The series is fitted there and then, with the reason, and takes the next one again."""
    table = _table(market, profile=QUOTED)
    forwards = _forwards(table)
    _quote_forwards(forwards, 101.0, 102.0)
    forwards.move(NOON)
    table.quoted_lacks = {0: "the forward of the venue is more than 9 s old"}
    _quote_forwards(forwards, np.nan, 102.0)
    assert forwards.move(NOON + 1)[0]
    assert table.series.forward_source.tolist() == ["parity", "quoted"]
    assert table.series.forward[0] == pytest.approx(_forward(100.0, table)[0], rel=RELATIVE_FIT)
    assert table.series.reason[0].startswith("quoted: the forward of the venue is more than 9 s")
    _quote_forwards(forwards, 105.0, 102.0)
    assert forwards.move(NOON + 2).tolist() == [True, False]
    assert table.series.forward.tolist() == [105.0, 102.0]


def test_a_spot_that_lapses_makes_no_forward(market: Any) -> None:
    """The series it carried has none and says why; those of parity are fitted there and then."""
    table = _table(market)
    table.rows.bid[table.slice(1)] = np.nan
    forwards = _forwards(table)
    forwards.move(NOON)
    table.spot = 150.0
    forwards.move(NOON + 1)
    table.spot_lack = "the spot is more than 9 s old"
    forwards.move(NOON + 2)
    assert table.series.forward[0] == pytest.approx(_forward(100.0, table)[0], rel=RELATIVE_FIT)
    assert np.isnan(table.series.forward[1])
    assert table.series.forward_source.tolist() == ["parity", "none"]
    assert "carry: the spot is more than 9 s old" in table.series.reason[1]
    assert np.isnan(table.series.spot).all()
    table.spot_lack = ""
    forwards.move(NOON + 3)
    assert table.series.forward_source.tolist() == ["parity", "carry"]
