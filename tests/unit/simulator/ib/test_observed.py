"""What the listener keeps of the simulated market."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from ib_reference import make_reference

from voldesk.model.ticks import Field
from voldesk.simulator.ib.candles import SECONDS_PER_MINUTE
from voldesk.simulator.ib.observed import KEPT_SECS, SpotTrack

FIRST = 1_000_000 * SECONDS_PER_MINUTE


def test_the_latest_quotes_are_those_of_a_snapshot() -> None:
    """After any ticks the columns hold what the market tells a newcomer."""
    books = make_reference("SPX")
    books.advance(20)
    batch = books.market.snapshot()
    for field in (Field.BID, Field.ASK, Field.BID_SIZE, Field.LAST, Field.VOLUME):
        rows = batch[batch["present"] & np.uint32(field) != 0]
        seen = books.observed.latest[field][rows["instrument"]]
        assert np.array_equal(seen, rows[str(field.name).lower()], equal_nan=True)


def test_tracks_hold_the_spot_and_its_smile() -> None:
    """The end of a track is the market's state."""
    books = make_reference("SPX")
    books.advance(70)
    state, track = books.market.state["SPX"], books.observed.tracks["SPX"]
    assert track.last == state.spot
    vol, rho = track.smile(np.array([books.now // SECONDS_PER_MINUTE]))
    assert np.isfinite(vol).all()
    assert np.isfinite(rho).all()
    assert track.now == books.now


def test_trades_set_the_days_range_and_size() -> None:
    """A contract that traded has a range that holds its last price, and a last size."""
    books = make_reference("SPX")
    books.advance(30)
    seen = books.observed
    traded = np.flatnonzero(np.isfinite(seen.latest[Field.LAST]) & np.isfinite(seen.day_open))
    assert len(traded)
    last = seen.latest[Field.LAST][traded]
    assert (seen.day_low[traded] <= last).all()
    assert (seen.day_high[traded] >= last).all()
    assert (seen.last_size[traded] >= 1.0).all()


steps = st.lists(st.tuples(st.integers(0, 200), st.floats(50.0, 150.0)), min_size=1, max_size=40)


@given(steps)
def test_seconds_of_a_track_fold_to_its_minutes(ticks: list[tuple[int, float]]) -> None:
    """Whatever ticks and pauses come, every minute is what its seconds add up to."""
    track = SpotTrack(FIRST, 100.0, 0.2, -0.5)
    second = FIRST
    for gap, price in ticks:
        second += gap
        track.see(second, price, 0.2, -0.5)
    for minute in range(FIRST // 60, second // 60 + 1):
        seconds, whole = track.seconds(minute), track.minutes(minute, 1)
        known = np.isfinite(seconds.close)
        assert seconds.open[0] == whole.open[0]
        assert seconds.high[known].max() == whole.high[0]
        assert seconds.low[known].min() == whole.low[0]
        assert seconds.close[known][-1] == whole.close[0]


def test_old_seconds_are_forgotten_and_old_minutes_kept() -> None:
    """After more than is kept, the first minute is there and its seconds are not."""
    track = SpotTrack(FIRST, 100.0, 0.2, -0.5)
    track.see(FIRST + 5, 101.0, 0.2, -0.5)
    track.reach(FIRST + KEPT_SECS + 3_600)
    assert track.minutes(FIRST // 60, 1).high[0] == 101.0
    assert not track.has_seconds(FIRST // 60)
    assert track.has_seconds((FIRST + KEPT_SECS) // 60)


def test_a_track_knows_nothing_outside_itself() -> None:
    """Before its beginning and after its present minutes are NaN."""
    track = SpotTrack(FIRST, 100.0, 0.2, -0.5)
    around = track.minutes(FIRST // 60 - 1, 3).close
    assert np.isnan(around[0])
    assert around[1] == 100.0
    assert np.isnan(around[2])
