"""Paths that are functions of time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ib_reference import utc

from voldesk.simulator.ib.candles import MINUTES_PER_DAY
from voldesk.simulator.ib.hours import CRYPTO, US_STOCK
from voldesk.simulator.ib.walks import Gait, Walk, u_shape

STOCK = Gait(100.0, 0.2)
WALK = Walk("x", 1, STOCK, US_STOCK)
ANCHOR_DAY = utc("2026-01-02") // 86_400
days = st.integers(utc("1985-01-01") // 86_400, utc("2040-01-01") // 86_400)


def test_a_walk_stands_at_its_level_on_its_anchor() -> None:
    """At the anchor the price is the level, whatever the seed."""
    for seed in range(3):
        assert Walk("x", seed, STOCK, US_STOCK).minutes(ANCHOR_DAY).open[0] == pytest.approx(100.0)


@given(days)
@settings(max_examples=20)
def test_days_join_and_candles_are_sound(day: int) -> None:
    """A day begins where the one before ended, and no minute's range misses its ends."""
    today, tomorrow = WALK.minutes(day), WALK.minutes(day + 1)
    assert tomorrow.open[0] == pytest.approx(today.close[-1], rel=1e-12)
    assert (today.high >= np.maximum(today.open, today.close)).all()
    assert (today.low <= np.minimum(today.open, today.close)).all()


def test_the_same_walk_is_the_same_in_any_order() -> None:
    """Entering at another day first changes no price."""
    one, other = Walk("y", 2, STOCK, US_STOCK), Walk("y", 2, STOCK, US_STOCK)
    other.minutes(20_000)
    other.seconds(21_000 * MINUTES_PER_DAY)
    for mine, theirs in zip(one.minutes(20_500), other.minutes(20_500), strict=True):
        assert np.array_equal(mine, theirs)


def test_the_yearly_vol_is_that_of_the_gait() -> None:
    """Ten years of daily moves have the vol asked for, weekends next to none."""
    opens = np.log([WALK.minutes(day).open[0] for day in range(18_000, 19_000)])
    moves = np.diff(opens)
    assert np.sqrt(moves.var() * 365.0) == pytest.approx(0.2, rel=0.1)


def test_a_reverting_walk_stays_near_its_level() -> None:
    """Decades on the price is still within a few deviations of home."""
    walk = Walk("vix", 1, Gait(17.0, 0.9, half_life=25.0), US_STOCK)
    levels = [walk.minutes(day).open[0] for day in range(8_000, 24_000, 500)]
    assert min(levels) > 5.0
    assert max(levels) < 60.0


def test_seconds_fold_to_minutes() -> None:
    """What a minute was is what its seconds add up to."""
    minute = 20_500 * MINUTES_PER_DAY + 900
    seconds, whole = WALK.seconds(minute), WALK.minutes(20_500).take(slice(900, 901))
    assert seconds.high.max() == whole.high[0]
    assert seconds.low.min() == whole.low[0]
    assert WALK.close_before(minute * 60) == whole.open[0]


def test_coins_move_on_sundays() -> None:
    """What never closes moves at the weekend; stocks hardly do."""
    coin = Walk("coin", 1, Gait(100.0, 0.5), CRYPTO)
    sunday = utc("2026-06-21") // 86_400
    moved = np.log(coin.minutes(sunday).high.max() / coin.minutes(sunday).low.min())
    stock = np.log(WALK.minutes(sunday).high.max() / WALK.minutes(sunday).low.min())
    assert moved > 5.0 * stock


def test_the_session_is_a_u() -> None:
    """Ends are busier than the middle, and the mean is 1."""
    shape = u_shape(0, 390, 0, 390)
    assert shape[0] > 1.8
    assert shape[195] < 0.6
    assert shape.mean() == pytest.approx(1.0, abs=0.01)
