"""What changed since: one sequence number per row, so that a reader can have missed any number."""

import numpy as np

from voldesk.model.quotes import IntArray


class RowChanges:
    """
    When each row changed last, counted in sequence numbers.

    Attributes:
        seq: Number of the newest change, 0 before the first.
    """

    def __init__(self, size: int) -> None:
        self.seq = 0
        self._seq_of_row = np.zeros(size, dtype=np.int64)

    def mark(self, rows: IntArray | slice) -> int:
        """Note that rows changed together; return the number of this change."""
        self.seq += 1
        self._seq_of_row[rows] = self.seq
        return self.seq

    def since(self, seq: int) -> IntArray:
        """Return the rows changed after a number, rising; all that ever did for 0."""
        return np.flatnonzero(self._seq_of_row > seq)

    def continue_from(self, seq: int) -> None:
        """Count on from another's number: the next change is one more than the larger of both."""
        self.seq = max(self.seq, seq)
