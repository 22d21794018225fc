"""What one subscription means in one chain: which rows, at this spot, at this instant."""

from datetime import date

import numpy as np

from voldesk.chain.book import ChainBook
from voldesk.chain.window import AtmWindow, Points, Strikes
from voldesk.model.ports.feed import Mode
from voldesk.model.quotes import IntArray

Width = Strikes | Points


class Selection:
    """
    The rows of one chain that a subscription asks for; they follow the money.

    The money is the centre asked for, else the spot, else the forward of the series. Without an
    expiry the first series that is not settled is meant, and the next one once it is.

    Args:
        book: The chain.
        width: How far from the money; None for every row.
        expiry: Date of the series; None for the front one, or with no width for all.
        centre: Where the window stands; None to follow.
        hysteresis_steps: See `AtmWindow`.

    Attributes:
        rows: Rows asked for as of the last `follow`, rising.
    """

    def __init__(
        self,
        book: ChainBook,
        width: Width | None,
        *,
        expiry: date | None,
        centre: float | None,
        hysteresis_steps: float,
    ) -> None:
        self.rows: IntArray = np.empty(0, dtype=np.int64)
        self._book = book
        self._width = width
        self._expiry = None if expiry is None else np.datetime64(expiry, "D")
        self._centre = centre
        self._hysteresis_steps = hysteresis_steps
        self._series: IntArray = np.empty(0, dtype=np.int64)
        self._window: AtmWindow | None = None

    def follow(self, spot: float) -> bool:
        """Take the spot as it is now; say whether other rows are asked for than before."""
        series = self._chosen_series()
        if not np.array_equal(series, self._series):
            self._series, self._window = series, None
        rows = self._chosen_rows(spot)
        has_changed = not np.array_equal(rows, self.rows)
        self.rows = rows
        return has_changed

    def _chosen_series(self) -> IntArray:
        table = self._book.table
        if self._expiry is not None:
            return np.flatnonzero(table.series.expiry == self._expiry)
        every = np.arange(len(table.series))
        if self._width is None:
            return every
        return every[table.series.settles_at > table.as_of][:1]

    def _chosen_rows(self, spot: float) -> IntArray:
        table = self._book.table
        if self._width is None:
            return np.flatnonzero(np.isin(table.rows.series, self._series))
        if self._window is None:
            self._window = AtmWindow(
                table, self._width, hysteresis_steps=self._hysteresis_steps, series=self._series
            )
        money = spot if self._centre is None else self._centre
        forwards = table.series.forward[self._series]
        self._window.follow(np.where(np.isfinite(money), money, forwards))
        return self._window.rows


MODE_RANK = {Mode.NONE: 0, Mode.LIGHT: 1, Mode.FULL: 2}
"""Of two modes asked for one instrument the higher one is wanted from its feed."""
