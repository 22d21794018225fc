"""Ticks become columns: what is later stays, and what was not sent says nothing."""

from typing import Any

import numpy as np
import pytest

from voldesk.pricing import layout
from voldesk.pricing.selfcheck_live import arguments
from voldesk.pricing.twin_intake import take_ticks

NOTHING = np.empty(0, dtype=np.int64)
TOLD, STAMPS, TALLIES, QUOTES, MARKS = 4, 14, 12, 22, 18


def _given(*ticks: tuple[int, int, float], order: Any = NOTHING) -> list[Any]:
    """Return arguments for quotes of rows, each with a bid and a time, nothing known before."""
    words = np.zeros((len(ticks), layout.TICK_WORDS), dtype=np.int64)
    for tick, (instrument, event, bid) in zip(words, ticks, strict=True):
        tick[:3] = instrument | 1 << 32, event, 1000 + event
        tick[layout.VALUES : layout.VALUES + 1].view(np.float64)[:] = bid
    given = arguments("take_ticks")[0]
    for known in (given[STAMPS], given[TALLIES]):
        known[:] = 0
    return [words, order, *given[2:]]


def _bid(given: list[Any], row: int) -> float:
    return float(given[QUOTES][0, row])


def test_the_last_of_a_row_counts() -> None:
    """Two in one batch, and a later batch after both; one stamped earlier changes nothing."""
    given = _given((1, 10, 2.0), (1, 20, 3.0))
    take_ticks(*given)
    assert _bid(given, 1) == 3.0
    earlier = _given((1, 15, 4.0))[0]
    take_ticks(earlier, *given[1:])
    assert _bid(given, 1) == 3.0
    assert given[TALLIES][layout.LATE_COUNT].sum() == 1
    assert given[TALLIES][layout.TICK_COUNT].sum() == 2


def test_a_tick_without_a_time_counts_as_it_comes() -> None:
    """It is never late, and leaves the clock as it stood."""
    given = _given((1, 10, 2.0), (1, 0, 3.0))
    given[1] = np.arange(2)
    take_ticks(*given)
    assert _bid(given, 1) == 3.0
    assert given[STAMPS][0, 1] == 10


def test_an_infinite_figure_is_unknown() -> None:
    """It takes the place of what was known."""
    given = _given((1, 10, 2.0), (1, 11, np.inf))
    take_ticks(*given)
    assert np.isnan(_bid(given, 1))


@pytest.mark.parametrize("instrument", [5, 999, 0xFFFFFFFF])
def test_ticks_of_others_are_passed_over(instrument: int) -> None:
    """Of a listed one in none of the chains, of one beyond the listing, of none at all."""
    given = _given((instrument, 10, 2.0))
    take_ticks(*given)
    assert not given[MARKS].any()
    assert not given[TALLIES].any()


def test_nothing_is_written_of_what_needs_an_order_or_has_a_gap() -> None:
    """It is told which, and a gap before an order."""
    given = _given((1, 20, 2.0), (1, 10, 3.0))
    take_ticks(*given)
    assert given[TOLD][0] == layout.IS_JUMBLED
    given[0][0, layout.CODES] = layout.GAP
    take_ticks(*given)
    assert given[TOLD][0] == layout.HAS_GAP
    assert np.isnan(_bid(given, 1))
    given[0][0, layout.CODES] = 0
    given[1] = np.array([1, 0])
    take_ticks(*given)
    assert given[TOLD][0] == layout.TAKEN
    assert _bid(given, 1) == 2.0
