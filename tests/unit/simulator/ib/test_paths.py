"""Paths that are spliced and paths that follow."""

import numpy as np
import pytest
from ib_reference import START, make_reference

from voldesk.simulator.ib.candles import MINUTES_PER_DAY, SECONDS_PER_DAY
from voldesk.simulator.ib.hours import US_INDEX
from voldesk.simulator.ib.observed import SpotTrack
from voldesk.simulator.ib.paths import Following, Spliced
from voldesk.simulator.ib.walks import Gait, Walk

WALK = Walk("x", 1, Gait(100.0, 0.2), US_INDEX)
DAY = START // SECONDS_PER_DAY


def spliced() -> Spliced:
    """Return a walk with a track of two ticks."""
    track = SpotTrack(START, 250.0, 0.2, -0.5)
    track.see(START + 70, 251.0, 0.2, -0.5)
    return Spliced(WALK, track, "x")


def test_the_past_ends_where_the_track_begins() -> None:
    """The last minute of the walk closes at the track's first price."""
    path = spliced()
    minutes = path.minutes(DAY)
    first = START // 60 - DAY * MINUTES_PER_DAY
    assert minutes.close[first - 1] == pytest.approx(250.0, rel=1e-9)
    assert minutes.open[first] == 250.0
    assert minutes.close[first + 1] == 251.0
    assert np.isnan(minutes.close[first + 2])


def test_days_before_and_after_are_the_walks_and_the_tracks() -> None:
    """The day before is the walk scaled, the day after is unknown."""
    path = spliced()
    ratio = path.minutes(DAY - 1).close / WALK.minutes(DAY - 1).close
    assert np.ptp(ratio) < 1e-9
    assert np.isnan(path.minutes(DAY + 1).close).all()


def test_seconds_agree_with_minutes_on_both_sides() -> None:
    """A minute before and one after the splice fold from their seconds."""
    path = spliced()
    for minute in (START // 60 - 1, START // 60):
        seconds = path.seconds(minute)
        whole = path.minutes(DAY).take(
            slice(minute % MINUTES_PER_DAY, minute % MINUTES_PER_DAY + 1)
        )
        assert np.nanmax(seconds.high) == whole.high[0]
        assert seconds.open[0] == whole.open[0]


def test_seconds_no_longer_kept_are_cut_from_their_minute() -> None:
    """Seven hours later the first minute still folds from seconds."""
    track = SpotTrack(START, 250.0, 0.2, -0.5)
    track.see(START + 20, 252.0, 0.2, -0.5)
    track.reach(START + 7 * 3_600)
    seconds = Spliced(WALK, track, "x").seconds(START // 60)
    assert seconds.high.max() == 252.0
    assert seconds.open[0] == 250.0


def test_a_follower_is_its_leader_times_a_factor() -> None:
    """Minutes and seconds alike, by the factor of their minute."""
    path = Following(WALK, lambda minutes: np.full(len(minutes), 0.1))
    assert np.allclose(path.minutes(DAY).low, 0.1 * WALK.minutes(DAY).low)
    assert np.allclose(path.seconds(START // 60).close, 0.1 * WALK.seconds(START // 60).close)


def test_the_fund_follows_the_simulated_index() -> None:
    """SPY is a tenth of SPX, also after the market has moved."""
    books = make_reference("SPX")
    books.advance(30)
    spx = books.catalogue.product("IND SPX CBOE USD")
    spy = books.catalogue.product("STK SPY ARCA USD")
    second = books.now - 1
    assert books.prices.price(spy, second) == pytest.approx(0.1 * books.prices.price(spx, second))
