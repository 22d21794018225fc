"""What changed since: one sequence number per row, so that a reader can have missed any number."""

import numpy as np

from voldesk.model.quotes import IntArray


class RowChanges:
    """
    When each row of a chain changed last, counted in sequence numbers that somebody else writes.

    Args:
        seqs: Number of the newest change of each of some chains.
        place: Of the chain among them.
        seq_of_row: Number of the newest change of each of its rows, 0 before the first. ``(n,)``
    """

    def __init__(self, seqs: IntArray, place: int, seq_of_row: IntArray) -> None:
        self._seqs = seqs
        self._place = place
        self._seq_of_row = seq_of_row

    @property
    def seq(self) -> int:
        """Return the number of the newest change, 0 before the first."""
        return int(self._seqs[self._place])

    def since(self, seq: int) -> IntArray:
        """Return the rows changed after a number, rising; all that ever did for 0."""
        return np.flatnonzero(self._seq_of_row > seq)

    def continue_from(self, seq: int) -> None:
        """Count on from another's number: the next change is one more than the larger of both."""
        self._seqs[self._place] = max(self.seq, seq)
