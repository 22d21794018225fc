"""Which rows changed since a number."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voldesk.chain.changes import RowChanges

SIZE = 6
ROWS = st.lists(st.integers(0, SIZE - 1), unique=True).map(sorted)


class _Chain:
    """Changes, and who writes the numbers."""

    def __init__(self) -> None:
        self.seqs, self.seq_of_row = np.zeros(2, dtype=np.int64), np.zeros(SIZE, dtype=np.int64)
        self.changes = RowChanges(self.seqs, 1, self.seq_of_row)

    def mark(self, rows: list[int]) -> int:
        self.seqs[1] += 1
        self.seq_of_row[rows] = self.seqs[1]
        return self.changes.seq


@given(st.lists(ROWS, max_size=8), st.integers(0, 8))
def test_rows_since_a_number_are_those_marked_after_it(steps: list[list[int]], seq: int) -> None:
    """However many changes were missed, the rows are their union, rising."""
    chain = _Chain()
    numbers = [chain.mark(rows) for rows in steps]
    assert numbers == list(range(1, len(steps) + 1))
    expected = sorted(set().union(*steps[seq:]) if steps[seq:] else set())
    assert chain.changes.since(seq).tolist() == expected


def test_counting_goes_on_from_the_larger_number() -> None:
    """A chain that takes over another's numbers never counts back."""
    chain = _Chain()
    changes = chain.changes
    chain.mark(list(range(SIZE)))
    changes.continue_from(7)
    assert chain.mark([2]) == 8
    changes.continue_from(3)
    assert changes.seq == 8
    assert changes.since(7).tolist() == [2]
