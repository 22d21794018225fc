"""Which rows changed since a number."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voldesk.chain.changes import RowChanges

SIZE = 6
ROWS = st.lists(st.integers(0, SIZE - 1), unique=True).map(sorted)


@given(st.lists(ROWS, max_size=8), st.integers(0, 8))
def test_rows_since_a_number_are_those_marked_after_it(steps: list[list[int]], seq: int) -> None:
    """However many changes were missed, the rows are their union, rising."""
    changes = RowChanges(SIZE)
    numbers = [changes.mark(np.array(rows, dtype=np.int64)) for rows in steps]
    assert numbers == list(range(1, len(steps) + 1))
    expected = sorted(set().union(*steps[seq:]) if steps[seq:] else set())
    assert changes.since(seq).tolist() == expected


def test_counting_goes_on_from_the_larger_number() -> None:
    """A chain that takes over another's numbers never counts back."""
    changes = RowChanges(SIZE)
    changes.mark(slice(None))
    changes.continue_from(7)
    assert changes.mark(np.array([2])) == 8
    changes.continue_from(3)
    assert changes.seq == 8
    assert changes.since(7).tolist() == [2]
