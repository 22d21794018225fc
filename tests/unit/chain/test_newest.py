"""A single figure serves while it is new, and not beyond the loss of its line."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.chain.newest import LONGEST_SECS, Lapse, Newest
from voldesk.pricing.twin_intake import _Figures

SECOND = 10**9
LIMIT = 10 * SECOND
NOON = 1_790_784_000_000_000_000
ALL = slice(0, 3)


def _take(newest: Newest, place: int, value: float, at: int) -> None:
    """Take one as a batch of ticks does."""
    figures = _Figures(newest.times, newest.value, newest.is_lost)
    stamps = np.array([at], dtype=np.int64)
    figures.take(np.array([place]), np.array([value]), stamps, stamps)


@pytest.mark.parametrize(
    ("limit_ns", "longest"), [(LIMIT, LIMIT), (None, round(LONGEST_SECS * SECOND))]
)
def test_a_figure_lapses_with_age(limit_ns: int | None, longest: int) -> None:
    """At the limit it serves, past it it is old, and it serves again when it comes."""
    newest = Newest(3, limit_ns)
    _take(newest, 1, 100.0, NOON)
    assert newest.lapse(1, NOON + longest) is Lapse.NONE
    assert newest.lapse(1, NOON + longest + 1) is Lapse.OLD
    assert newest.value[1] == 100.0
    _take(newest, 1, 100.0, NOON + longest + 2)
    assert newest.lapse(1, NOON + longest + 3) is Lapse.NONE


def test_a_figure_lapses_with_its_line() -> None:
    """Lost, it does not serve however new it is; its stamps count from the start again."""
    newest = Newest(3, LIMIT)
    _take(newest, 0, 100.0, NOON)
    _take(newest, 1, 200.0, NOON)
    newest.lose(np.array([0], dtype=np.intp))
    assert [newest.lapse(place, NOON) for place in (0, 1)] == [Lapse.LOST, Lapse.NONE]
    earlier = np.array([NOON - 1, NOON - 1], dtype=np.int64)
    assert (earlier < newest.times[0, [0, 1]]).tolist() == [False, True]
    _take(newest, 0, 99.0, NOON - 1)
    assert newest.lapse(0, NOON) is Lapse.NONE


@pytest.mark.parametrize("value", [np.nan, 0.0, -1.0, np.inf])
def test_what_is_no_price_is_unknown(value: float) -> None:
    """It takes the place of the one before, and nothing stands on it."""
    newest = Newest(3, LIMIT)
    _take(newest, 2, 100.0, NOON)
    _take(newest, 2, value, NOON + 1)
    assert np.isnan(newest.value[2])
    assert newest.lapse(2, NOON + 1) is Lapse.UNKNOWN


def test_nothing_came_at_first() -> None:
    """A fresh one knows nothing, and knows that."""
    newest = Newest(3, LIMIT)
    assert newest.lapses(ALL, NOON).tolist() == [Lapse.UNKNOWN] * 3


@given(
    ages=st.lists(st.integers(0, 2 * LIMIT) | st.none(), min_size=3, max_size=3),
    lost=st.lists(st.booleans(), min_size=3, max_size=3),
)
def test_many_lapse_as_one_does(ages: list[int | None], lost: list[bool]) -> None:
    """The lapses of several figures are those of each."""
    newest = Newest(3, LIMIT)
    for place, age in enumerate(ages):
        if age is not None:
            _take(newest, place, 1.0, NOON - age)
    newest.lose(np.flatnonzero(lost))
    each = [newest.lapse(place, NOON) for place in range(3)]
    assert newest.lapses(ALL, NOON).tolist() == each


def test_each_lapse_has_its_words() -> None:
    """Why a figure does not serve names it and the limit; where it serves there is no word."""
    newest = Newest(1, LIMIT)
    assert {lapse.name: newest.why(lapse, "spot") for lapse in Lapse} == {
        "NONE": "",
        "UNKNOWN": "no spot",
        "OLD": "the spot is more than 10 s old",
        "LOST": "no spot since the line was lost",
    }
