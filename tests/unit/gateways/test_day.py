"""The spot of the day, as it was seen."""

import math
from dataclasses import replace
from datetime import date

from gateway_world import World
from hypothesis import given
from hypothesis import strategies as st

from voldesk.analytics.update import ChainUpdate
from voldesk.gateways.day import Day, DayWatch, day_document

NOON = 1_763_620_200_000_000_000  # 2025-11-20 12:00 in Mumbai
HOUR = 3600 * 10**9


def _update(spot: float, ts: int) -> ChainUpdate:
    world = World()
    table = world.add("NIFTY", strikes=1)
    table.spot = spot
    return replace(world.chains["NIFTY"], ts_flush=ts)


def _watched(*spots: tuple[float, int]) -> Day | None:
    watch = DayWatch()
    for spot, ts in spots:
        watch.take(_update(spot, ts))
    return watch.of("NIFTY")


def test_before_the_first_spot_there_is_no_day() -> None:
    """An unknown spot is none."""
    assert _watched((math.nan, NOON)) is None
    assert day_document(None) is None


def test_the_day_opens_with_the_first_spot_seen() -> None:
    """What was before is not known; a change is counted from there."""
    day = _watched((100.0, NOON), (104.0, NOON + HOUR), (99.0, NOON + 2 * HOUR), (101.0, NOON))
    assert day is not None
    assert (day.day, day.open, day.high, day.low) == (date(2025, 11, 20), 100.0, 104.0, 99.0)
    assert math.isnan(day.previous_close)
    assert day.since == NOON


def test_the_next_day_is_counted_from_the_last_spot_of_this_one() -> None:
    """At midnight where the market is, not where the server is."""
    day = _watched((100.0, NOON), (105.0, NOON + 11 * HOUR), (103.0, NOON + 13 * HOUR))
    assert day is not None
    assert (day.day, day.previous_close) == (date(2025, 11, 21), 105.0)
    assert (day.open, day.high, day.low) == (103.0, 103.0, 103.0)


def test_a_recording_that_begins_again_knows_no_day_before() -> None:
    """Time that was set back makes a new day of the past, with nothing before it."""
    day = _watched((100.0, NOON + 24 * HOUR), (90.0, NOON))
    assert day is not None
    assert (day.day, day.open) == (date(2025, 11, 20), 90.0)
    assert math.isnan(day.previous_close)


def test_it_is_told_in_microseconds() -> None:
    """As every instant is, and unknown stays unknown."""
    day = _watched((100.0, NOON))
    told = day_document(day)
    assert told is not None
    assert (told["since_us"], told["date"]) == (NOON // 1000, date(2025, 11, 20))
    assert math.isnan(told["previous_close"])


@given(st.lists(st.floats(1.0, 1e6), min_size=1, max_size=30))
def test_the_range_holds_every_spot(spots: list[float]) -> None:
    """Whatever comes in one day lies between low and high."""
    watch = DayWatch()
    update = _update(1.0, NOON)
    for place, spot in enumerate(spots):
        update.table.spot = spot
        watch.take(replace(update, ts_flush=NOON + place))
    day = watch.of("NIFTY")
    assert day is not None
    assert (day.open, day.high, day.low) == (spots[0], max(spots), min(spots))
