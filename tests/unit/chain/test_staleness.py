"""Rows are stale when their quote is old, or from before a lost line."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voldesk.chain.staleness import Staleness

LIMIT = 1_000
SIZE = 4


def _quote(staleness: Staleness, rows: list[int], at: int) -> None:
    """Say that rows were quoted now, as who takes ticks does."""
    staleness.quoted_at[rows] = at
    staleness.is_lost[rows] = staleness.is_stale[rows] = False


def test_a_quote_goes_stale_after_the_limit() -> None:
    """At the limit it is fresh, past it stale, and a new quote makes it fresh again."""
    staleness = Staleness(SIZE, LIMIT)
    _quote(staleness, [0, 1], 0)
    assert staleness.refresh(LIMIT).size == 0
    assert staleness.refresh(LIMIT + LIMIT // 8).tolist() == [0, 1]
    assert staleness.is_stale.tolist() == [True, True, False, False]
    _quote(staleness, [1], 2 * LIMIT)
    staleness.refresh(2 * LIMIT)
    assert staleness.is_stale.tolist() == [True, False, False, False]


def test_a_row_never_quoted_is_not_stale() -> None:
    """Neither age nor a gap makes a stale quote of no quote."""
    staleness = Staleness(SIZE, LIMIT)
    staleness.lose(slice(None))
    staleness.refresh(10 * LIMIT)
    assert not staleness.is_stale.any()


def test_a_lost_line_makes_every_quote_stale_until_it_is_quoted() -> None:
    """A gap counts at once, without any limit, and for each row until its own next quote."""
    staleness = Staleness(SIZE, None)
    _quote(staleness, [0, 1, 2], 0)
    staleness.refresh(0)
    staleness.lose(slice(None))
    assert staleness.refresh(1).tolist() == [0, 1, 2]
    _quote(staleness, [1], 2)
    staleness.refresh(2)
    assert staleness.is_stale.tolist() == [True, False, True, False]


def test_a_single_row_can_lose_its_line() -> None:
    """A gap of one instrument leaves the others fresh."""
    staleness = Staleness(SIZE, None)
    _quote(staleness, [0, 1], 0)
    staleness.refresh(0)
    staleness.lose(np.array([1], dtype=np.intp))
    assert staleness.refresh(1).tolist() == [1]


def test_a_clock_set_back_makes_fresh_what_was_stale_too_early() -> None:
    """An hour ahead and back again: the rows are told, and are fresh."""
    staleness = Staleness(SIZE, LIMIT)
    _quote(staleness, [0], 0)
    staleness.refresh(0)
    assert staleness.refresh(100 * LIMIT).tolist() == [0]
    assert staleness.refresh(0).tolist() == [0]
    assert not staleness.is_stale.any()


@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.lists(st.integers(0, SIZE - 1), unique=True)),
        max_size=30,
    )
)
def test_stale_is_found_within_a_sixteenth_of_the_limit(
    steps: list[tuple[int, list[int]]],
) -> None:
    """Whatever ticks when: no row is called stale early, none later than the stated slack."""
    staleness, now = Staleness(SIZE, LIMIT), 0
    quoted_at = np.full(SIZE, -1)
    for pause, rows in steps:
        now += pause
        quoted_at[rows] = now
        _quote(staleness, rows, now)
        staleness.refresh(now)
        age = np.where(quoted_at >= 0, now - quoted_at, 0)
        assert not staleness.is_stale[age <= LIMIT].any()
        assert staleness.is_stale[age > LIMIT + LIMIT // 16 + 400].all()
