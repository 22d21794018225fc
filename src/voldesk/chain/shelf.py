"""The live chains of one feed side by side: ticks of all of them in, all priced at once."""

from collections.abc import Mapping, Sequence

import numpy as np

from voldesk.chain.book import Cadence, ChainBook
from voldesk.chain.build import build_ordered
from voldesk.chain.intake import Intake
from voldesk.chain.live_rows import RowPricer
from voldesk.chain.shared import share
from voldesk.chain.staleness import Staleness
from voldesk.chain.table import ChainTable
from voldesk.model.conventions import Profile
from voldesk.model.enums import Market, Status
from voldesk.model.listing import Listing
from voldesk.model.quotes import BoolArray, ChainSnapshot, IntArray, QuoteColumns
from voldesk.model.ticks import TickBatch

_OK, _STALE = int(Status.OK), int(Status.STALE)


class Shelf:
    """
    Holds books whose rows are priced alike in shared columns.

    What NumPy costs per call is paid once for all underlyings instead of once for each: a batch is
    written in one pass, whichever chains it concerns, and so are the rows that it made dirty
    priced. Each book's table is a view of its stretch.

    Args:
        listing: What the feed ticks.
        profiles: Underlying: the conventions its quotes are valued by. They may differ in
            anything but the price used and whether theta is capped.
        as_of: UTC ns, where the tables stand before the first reprice.
        stale_after_secs: A row is STALE when its quote was received this long ago, and after a
            gap until it is quoted again; None for gaps alone.
        cadence: How often what no tick asks for is done.

    Attributes:
        books: In the order of the profiles.
        intake: What was ticked.
        staleness: Which rows are stale.

    Raises:
        ValueError: The profiles price rows differently, or there is none.
    """

    def __init__(
        self,
        listing: Listing,
        profiles: Mapping[str, Profile],
        *,
        as_of: int,
        stale_after_secs: float | None = None,
        cadence: Cadence | None = None,
    ) -> None:
        if len({_kind(profile) for profile in profiles.values()}) != 1:
            raise ValueError(f"the chains of {', '.join(profiles) or 'nothing'} are priced unalike")
        profile = next(iter(profiles.values()))
        self.listing = listing
        found = [
            _blank_table(listing, name, profiles[name], as_of, stale_after_secs)
            for name in profiles
        ]
        self._columns, tables = share([table for table, _ in found])
        row_of = np.full(len(listing), -1, dtype=np.intp)
        for start, (_, instrument) in zip(self._columns.starts, found, strict=False):
            row_of[instrument] = np.arange(start, start + instrument.size)
        limit_ns = None if stale_after_secs is None else round(stale_after_secs * 1e9)
        self.staleness = Staleness(len(self._columns.rows), limit_ns)
        self.intake = Intake(
            self._columns,
            tuple(profiles),
            listing,
            row_of,
            profile.price,
            self.staleness,
            limit_ns,
        )
        self._pricer = RowPricer(
            self._columns, profile.price, is_theta_capped=profile.is_theta_capped
        )
        ends = np.cumsum([len(table.series) for table in tables]).tolist()
        self.books = tuple(
            ChainBook(
                index,
                table,
                instrument,
                listing,
                self.intake,
                self.reprice,
                slice(end - len(table.series), end),
                self._columns.is_quoted,
                cadence or Cadence(),
            )
            for index, (table, (_, instrument), end) in enumerate(
                zip(tables, found, ends, strict=True)
            )
        )

    def apply(self, batch: TickBatch) -> None:
        """Write ticks into the columns; figures follow at the next reprice."""
        self.intake.apply(batch)

    def reprice(self, now: int, books: Sequence[ChainBook]) -> list[IntArray]:
        """
        Bring the figures of some books up to the ticks applied, and to an instant.

        Rows with new quotes are priced at once; rows whose forward moved, and all rows as time
        passes, when the cadence says so.

        Args:
            now: UTC ns, not before the instant of the last reprice, in general; a clock set back
                delays nothing by more than its cadence.
            books: Of this shelf, each once. Of the others nothing is priced or reported.

        Returns:
            Of each book the rows of which anything published was written, rising; copies.
        """
        if not books:
            return []
        intake = self.intake
        quoted = self._own(intake.is_dirty, books)
        self._columns.is_quoted[self._columns.series[quoted]] = True
        whole = [book.move(now) for book in books]
        aged = self.staleness.refresh(now, quoted)
        if aged.size:
            self._restate(aged)
        rows = self._with_whole(quoted, books, whole)
        if isinstance(rows, slice) or rows.size:
            self._pricer.price(rows, self.staleness.is_stale)
            intake.is_touched[rows] = True
        written = self._own(intake.is_touched, books)
        intake.is_touched[written] = intake.is_dirty[quoted] = False
        intake.forget(np.array([book.index for book in books]))
        starts, ends = (
            np.searchsorted(written, [edge(self._columns.span(book.index)) for book in books])
            for edge in (_start, _stop)
        )
        return [
            book.report(written[start:end] - self._columns.starts[book.index])
            for book, start, end in zip(books, starts.tolist(), ends.tolist(), strict=True)
        ]

    def _own(self, marks: BoolArray, books: Sequence[ChainBook]) -> IntArray:
        """Return the marked rows of some books, rising."""
        if len(books) == 1:
            where = self._columns.span(books[0].index)
            own: IntArray = np.flatnonzero(marks[where]) + where.start
            return own
        rows = np.flatnonzero(marks)
        if len(books) < len(self.books):
            is_asked = np.zeros(len(self.books), dtype=np.bool_)
            is_asked[[book.index for book in books]] = True
            rows = rows[is_asked[self._columns.chain_of_row[rows]]]
        return rows

    def _with_whole(
        self, quoted: IntArray, books: Sequence[ChainBook], whole: Sequence[BoolArray | bool]
    ) -> IntArray | slice:
        """Return the rows to price: the quoted ones, and every row of series that are whole."""
        if all(one is False for one in whole):
            return quoted
        if all(one is True for one in whole) and len(books) in {1, len(self.books)}:
            return self._columns.span(books[0].index) if len(books) == 1 else slice(None)
        chosen = np.zeros(self.intake.is_dirty.size, dtype=np.bool_)
        chosen[quoted] = True
        for book, series in zip(books, whole, strict=True):
            if series is not False:
                own = chosen[self._columns.span(book.index)]
                own |= True if series is True else series[book.table.rows.series]
        return np.flatnonzero(chosen)

    def _restate(self, rows: IntArray) -> None:
        """Exchange OK and STALE where that is all that changed."""
        status = self._columns.rows.status
        is_stale = self.staleness.is_stale[rows]
        status[rows[is_stale & (status[rows] == _OK)]] = _STALE
        status[rows[~is_stale & (status[rows] == _STALE)]] = _OK
        self.intake.is_touched[rows] = True


def open_book(
    listing: Listing,
    underlying: str,
    profile: Profile,
    *,
    as_of: int,
    stale_after_secs: float | None = None,
    cadence: Cadence | None = None,
) -> ChainBook:
    """Return the book of one underlying on a shelf of its own; arguments as of `Shelf`."""
    shelf = Shelf(
        listing,
        {underlying: profile},
        as_of=as_of,
        stale_after_secs=stale_after_secs,
        cadence=cadence,
    )
    return shelf.books[0]


def open_shelves(
    listing: Listing,
    profiles: Mapping[str, Profile],
    *,
    as_of: int,
    stale_after_secs: float | None = None,
    cadence: Cadence | None = None,
) -> tuple[Shelf, ...]:
    """Return the fewest shelves that hold a book of every underlying; arguments as of `Shelf`."""
    alike: dict[tuple[object, ...], dict[str, Profile]] = {}
    for underlying, profile in profiles.items():
        alike.setdefault(_kind(profile), {})[underlying] = profile
    return tuple(
        Shelf(listing, each, as_of=as_of, stale_after_secs=stale_after_secs, cadence=cadence)
        for each in alike.values()
    )


def _kind(profile: Profile) -> tuple[object, ...]:
    """Return what rows on one shelf have in common."""
    return profile.price, profile.is_theta_capped


def _start(span: slice) -> int:
    return int(span.start)


def _stop(span: slice) -> int:
    return int(span.stop)


def _blank_table(
    listing: Listing,
    underlying: str,
    profile: Profile,
    as_of: int,
    stale_after_secs: float | None,
) -> tuple[ChainTable, IntArray]:
    """Return a table of an underlying's contracts without a quote, and the instrument of each."""
    ours = np.flatnonzero(listing.is_option & (listing.underlying == underlying))
    quotes = QuoteColumns.build(
        symbol=listing.symbol[ours],
        root=listing.root[ours],
        expiry=listing.expiry[ours],
        is_call=listing.is_call[ours],
        strike=listing.strike[ours],
    )
    market = Market(listing.market[ours[0]]) if ours.size else profile.market
    snapshot = ChainSnapshot(underlying=underlying, source="live", market=market, quotes=quotes)
    table, order = build_ordered(snapshot, profile, as_of=as_of, stale_after_secs=stale_after_secs)
    return table, ours[order]
