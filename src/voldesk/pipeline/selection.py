"""What one subscription means in one chain: which rows, at this spot, at this instant."""

from datetime import date
from typing import Final

import numpy as np

from voldesk.chain.book import ChainBook
from voldesk.chain.window import AtmWindow, Points, Strikes
from voldesk.model.ports.feed import Mode
from voldesk.model.quotes import IntArray

Width = Strikes | Points

MODE_RANK: Final = {Mode.NONE: 0, Mode.LIGHT: 1, Mode.FULL: 2}
"""Of two modes asked for one instrument the higher one is wanted from its feed."""

_NEVER: Final = 2**63 - 1

NO_ROWS: Final[IntArray] = np.empty(0, dtype=np.int64)


class Selection:
    """
    The rows of one chain that a subscription asks for; they follow the money.

    The money is the centre asked for, else the spot, else the forward of the series. Without an
    expiry the first series that are not settled are meant, and the next ones once they are.

    Args:
        book: The chain.
        width: How far from the money; None for every row.
        expiry: Date of the series; None for the front ones, or with no width for all.
        centre: Where the window stands; None to follow.
        expiries: How many series at the front.
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
        expiries: int = 1,
    ) -> None:
        self.rows = NO_ROWS
        self._book = book
        self._width = width
        self._expiry = None if expiry is None else np.datetime64(expiry, "D")
        self._centre = centre
        self._expiries = expiries
        self._hysteresis_steps = hysteresis_steps
        self._series = NO_ROWS
        self._window: AtmWindow | None = None
        self._money = float("nan")  # followed last
        self._valid = (0, 0)  # from and until when the series chosen are the ones meant, UTC ns

    def follow(self, spot: float) -> bool:
        """Take the spot as it is now; say whether other rows are asked for than before."""
        money = spot if self._centre is None else self._centre
        start, end = self._valid
        if money == self._money and start <= self._book.table.as_of < end:
            return False  # so it is for most updates: quotes came, and the money stayed
        before, series = self.rows, self._chosen_series()
        is_same = np.array_equal(series, self._series)
        if is_same and self._width is None:
            return False
        if not is_same:
            self._series, self._window, self.rows = series, None, NO_ROWS
        width = self._width
        self.rows = self._every_row() if width is None else self._near_rows(width, money)
        return not np.array_equal(before, self.rows)

    def _chosen_series(self) -> IntArray:
        table = self._book.table
        if self._expiry is not None:
            return np.flatnonzero(table.series.expiry == self._expiry)
        if self._width is None:
            return np.arange(len(table.series))
        return np.flatnonzero(table.series.settles_at > table.as_of)[: self._expiries]

    def _every_row(self) -> IntArray:
        return np.flatnonzero(np.isin(self._book.table.rows.series, self._series))

    def _near_rows(self, width: Width, money: float) -> IntArray:
        table = self._book.table
        if self._window is None:
            self._window = AtmWindow(
                table, width, hysteresis_steps=self._hysteresis_steps, series=self._series
            )
        self._money = money
        self._valid = table.as_of, self._first_settlement()
        forwards = table.series.forward[self._series]
        change = self._window.follow(np.where(np.isfinite(money), money, forwards))
        return self._window.rows if change else self.rows

    def _first_settlement(self) -> int:
        """Return when other series will be meant: when the first of those chosen settles."""
        settles = self._book.table.series.settles_at[self._series]
        return int(settles.min()) if settles.size and self._expiry is None else _NEVER
