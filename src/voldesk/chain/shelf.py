"""The live chains of one feed side by side: ticks of all of them in, all priced at once."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from voldesk.chain.book import Cadence, ChainBook
from voldesk.chain.build import build_ordered
from voldesk.chain.changes import RowChanges
from voldesk.chain.intake import Intake
from voldesk.chain.live_forwards import Standing
from voldesk.chain.live_rows import RowPricer
from voldesk.chain.shared import share
from voldesk.chain.staleness import Staleness
from voldesk.chain.table import ChainTable
from voldesk.model.conventions import Profile
from voldesk.model.enums import Market, Status
from voldesk.model.listing import Listing
from voldesk.model.quotes import ChainSnapshot, IntArray, QuoteColumns
from voldesk.model.ticks import TickBatch
from voldesk.pricing import engine, layout
from voldesk.pricing.twin_live import LiveCalls

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
        row_of = np.full(len(listing), -1, dtype=np.int64)
        for start, (_, instrument) in zip(self._columns.starts, found, strict=False):
            row_of[instrument] = np.arange(start, start + instrument.size)
        limit_ns = None if stale_after_secs is None else round(stale_after_secs * 1e9)
        self.staleness = Staleness(len(self._columns.rows), limit_ns)
        for chain, table in enumerate(tables):
            table.quoted_at = self.staleness.quoted_at[self._columns.span(chain)]
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
        self._every = np.arange(len(tables))
        self._seqs = np.zeros(len(tables), dtype=np.int64)
        self._seq_of_row = np.zeros(len(self._columns.rows), dtype=np.int64)
        self._standing = Standing(self._columns.forward.size, len(tables))
        self._to_move = self._moving(cadence or Cadence())
        self._rows = np.empty(len(self._columns.rows), dtype=np.int64)
        self._told = np.zeros(4, dtype=np.int64)
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
                self._standing,
                RowChanges(self._seqs, index, self._seq_of_row[self._columns.span(index)]),
                cadence or Cadence(),
            )
            for index, (table, (_, instrument), end) in enumerate(
                zip(tables, found, ends, strict=True)
            )
        )

    def _moving(self, cadence: Cadence) -> tuple[object, ...]:
        """Return what `move_chains` is handed at every reprice alike."""
        columns, spots, standing = self._columns, self.intake.spots, self._standing
        return (
            *(round(cadence.step_secs * 1e9), round(cadence.forward_refit_secs * 1e9)),
            *(spots.times, spots.value, spots.is_lost, self.intake.spot_type, spots.limit_ns),
            *(standing.known_spot, standing.known_type, standing.known_lapse),
            *(standing.spot, standing.moved_at, standing.moves, standing.is_odd),
            *(columns.settles_at, standing.is_alive, columns.is_quoted, standing.due_at),
            *(standing.chosen, standing.growth, standing.is_on_quoted, standing.has_moved),
            *(columns.valued_at, columns.spot, columns.years, columns.forward, columns.discount),
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
        intake, columns, staleness = self.intake, self._columns, self.staleness
        chains = self._every if len(books) == len(self.books) else _places(books)
        live = engine.live_calls()
        self._move(now, books, chains, live)
        live.choose_rows(
            chains,
            columns.first_series,
            columns.bounds,
            self._standing.cadence,
            self._standing.moves,
            self._standing.has_moved,
            intake.row_marks,
            staleness.quoted_at,
            staleness.is_lost,
            staleness.is_stale,
            -1 if staleness.limit_ns is None else staleness.limit_ns,
            now,
            self._rows,
            self._told,
        )
        rows = self._rows[: int(self._told[0])]
        aged = staleness.refresh(now)
        if aged.size:
            self._restate(aged)
        if rows.size:
            self._pricer.price(rows, staleness.is_stale)
        ends = np.empty(chains.size, dtype=np.int64)
        live.collect_rows(
            chains,
            columns.starts,
            intake.row_marks,
            intake.tallies,
            intake.chain_marks,
            self._standing.moves,
            self._seqs,
            self._seq_of_row,
            self._rows,
            ends,
        )
        stops = [0, *ends.tolist()]
        written = self._rows[: stops[-1]].copy()
        parts = {
            chain: written[start:stop]
            for chain, (start, stop) in zip(chains.tolist(), pairwise(stops), strict=True)
        }
        return [parts[book.index] for book in books]

    def _move(
        self, now: int, books: Sequence[ChainBook], chains: IntArray, live: LiveCalls
    ) -> None:
        """Bring spots and forwards to an instant."""
        intake = self.intake
        if intake.has_forwards:  # what the venue says of them is for each book to judge
            self._standing.is_odd[:] = True
        live.move_chains(chains, self._columns.first_series, now, *self._to_move)
        spots, types = intake.spots.value.tolist(), intake.spot_type.tolist()
        is_asked = self._standing.moves[layout.IS_ASKED].tolist()
        for book in books:
            index, table = book.index, book.table
            table.as_of, table.spot, table.spot_type = now, spots[index], types[index]
            if is_asked[index]:
                book.move(now)

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


def _places(books: Sequence[ChainBook]) -> IntArray:
    """Return where books stand on their shelf, rising."""
    return np.array(sorted(book.index for book in books), dtype=np.int64)


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
