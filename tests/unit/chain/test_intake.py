"""Ticks reach the right columns, and nothing older overwrites what is newer."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voldesk.chain.book import ChainBook
from voldesk.chain.shelf import open_book
from voldesk.model.conventions import PROFILES
from voldesk.model.enums import Status
from voldesk.model.quotes import NO_TIME
from voldesk.model.ticks import Field, TickKind

NOON = 1_790_784_000_000_000_000
FIELDS = ("bid", "ask", "last", "bid_size", "ask_size", "volume", "open_interest", "vendor_iv")


def _book(market: Any, **facts: Any) -> ChainBook:
    return open_book(market.listing, "SPX", PROFILES["default"], as_of=NOON, **facts)


def test_each_field_reaches_its_column(market: Any) -> None:
    """A tick with every field writes every column of its row and no other row."""
    book = _book(market)
    values = {name: float(i + 1) for i, name in enumerate(FIELDS)}
    book.apply(market.ticks([7], **values))
    row = book.row_of[7]
    for name, value in values.items():
        column = getattr(book.table.rows, name)
        assert column[row] == value
        assert np.isnan(np.delete(column, row)).all()


def test_what_was_not_sent_stays_and_what_was_withdrawn_goes(market: Any) -> None:
    """An absent value says nothing; NaN that was sent says there is none now."""
    book = _book(market)
    book.apply(market.ticks([3], bid=1.0, ask=1.2))
    book.apply(market.ticks([3], bid=np.nan))
    row = book.row_of[3]
    assert np.isnan(book.table.rows.bid[row])
    assert book.table.rows.ask[row] == 1.2


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_an_infinite_figure_is_unknown(value: float, market: Any) -> None:
    """It is written as NaN, without a warning."""
    book = _book(market)
    book.apply(market.ticks([3], bid=value, volume=value))
    assert np.isnan(book.table.rows.bid[book.row_of[3]])
    assert np.isnan(book.table.rows.volume[book.row_of[3]])


def test_the_last_tick_of_a_batch_counts(market: Any) -> None:
    """Of several ticks of one row the last one that sent a field has it."""
    book = _book(market)
    batch = np.concatenate(
        [
            market.ticks([3], bid=1.0, ask=9.0),
            market.ticks([3], bid=2.0),
            market.ticks([4], bid=5.0),
            market.ticks([3], bid=3.0),
        ]
    )
    book.apply(batch)
    row = book.row_of[3]
    assert (book.table.rows.bid[row], book.table.rows.ask[row]) == (3.0, 9.0)


def test_strangers_are_passed_over(market: Any) -> None:
    """An instrument that is not in the listing, negative ones too, writes nothing."""
    book = _book(market)
    book.reprice(NOON)
    book.apply(market.ticks([len(market.listing), 2**31 - 1, -7], bid=1.0))
    assert book.tick_count == 0
    assert not book.reprice(NOON + 1).size


def test_spot_is_the_underlying_itself(market: Any) -> None:
    """Its last price is the spot; nothing that is no price is."""
    book = _book(market)
    book.apply(market.spot(101.0))
    assert book.spot == 101.0
    book.apply(market.spot(np.nan, NOON + 1))
    assert np.isnan(book.spot)
    book.apply(market.spot(102.0, NOON + 2))
    book.apply(market.spot(-1.0, NOON + 3))
    assert np.isnan(book.spot)


def test_an_older_spot_does_not_come_back(market: Any) -> None:
    """A late spot is counted and passed over; one without a spot says nothing."""
    book = _book(market)
    book.apply(market.spot(101.0, NOON))
    book.apply(market.spot(90.0, NOON - 1))
    book.apply(market.ticks([len(market.listing) - 1], NOON + 1, kind=TickKind.SPOT))
    assert book.spot == 101.0
    assert book.late_count == 1


def test_of_another_underlying_nothing_is_written(make_market: Any) -> None:
    """Options and spot of another underlying in the same listing are not ours."""
    market = make_market(underlyings=("SPX", "NDX"), roots=("SPXW", "NDXP"))
    book = _book(market)
    other = np.flatnonzero(market.listing.underlying == "NDX")
    book.apply(market.ticks(other, bid=1.0, last=5.0))
    assert book.tick_count == 0
    assert np.isnan(book.spot)


def test_kinds_keep_their_own_time(market: Any) -> None:
    """Open interest stamped yesterday is written; a trade older than the last trade is not."""
    book = _book(market)
    row = book.row_of[3]
    book.apply(market.ticks([3], NOON, bid=1.0))
    book.apply(
        market.ticks(
            [3], NOON, kind=TickKind.OPEN_INTEREST, ts_event=NOON - 10**15, open_interest=7.0
        )
    )
    book.apply(market.ticks([3], NOON, kind=TickKind.TRADE, last=2.0))
    book.apply(market.ticks([3], NOON, kind=TickKind.TRADE, ts_event=NOON - 1, last=3.0))
    rows = book.table.rows
    assert (rows.open_interest[row], rows.last[row]) == (7.0, 2.0)
    assert rows.ts_event[row] == NOON
    assert book.late_count == 1


def test_ticks_without_a_venue_time_count_in_order_of_arrival(market: Any) -> None:
    """They are never late, and leave the row's known time as it is."""
    book = _book(market)
    book.apply(market.ticks([3], NOON, bid=1.0))
    book.apply(market.ticks([3], NOON + 1, ts_event=NO_TIME, bid=2.0))
    row = book.row_of[3]
    assert book.table.rows.bid[row] == 2.0
    assert book.table.rows.ts_event[row] == NOON
    assert book.late_count == 0


def test_a_kind_of_the_future_is_read_by_its_fields(market: Any) -> None:
    """A kind this version does not know still carries what it says it carries."""
    book = _book(market)
    batch = market.ticks([3], bid=1.5)
    batch["kind"] = 250
    book.apply(batch)
    assert book.table.rows.bid[book.row_of[3]] == 1.5


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_and_any_cut_gives_the_newest_values(data: Any, market: Any) -> None:
    """Ticks of distinct venue times, shuffled and cut anywhere: the newest of each row stands."""
    count = data.draw(st.integers(1, 12))
    rows = data.draw(st.lists(st.integers(0, 4), min_size=count, max_size=count))
    order = data.draw(st.permutations(range(count)))
    cuts = sorted(data.draw(st.lists(st.integers(0, count), max_size=3)))
    ticks = [market.ticks([row], NOON + i, bid=float(i + 1)) for i, row in enumerate(rows)]
    book = _book(market)
    shuffled = np.concatenate([ticks[i] for i in order])
    for part in np.split(shuffled, cuts):
        book.apply(part)
    newest = {row: float(i + 1) for i, row in enumerate(rows)}
    for row, bid in newest.items():
        assert book.table.rows.bid[book.row_of[row]] == bid


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ticks=st.lists(
        st.tuples(
            st.integers(0, 3),
            st.integers(0, 5),
            st.integers(0, 255),
            st.floats(allow_nan=True, allow_infinity=True),
        ),
        max_size=20,
    ),
    cuts=st.lists(st.integers(0, 20), max_size=4).map(sorted),
)
def test_arrays_do_what_one_tick_after_another_would(
    ticks: list[tuple[int, int, int, float]], cuts: list[int], market: Any
) -> None:
    """Any fields in any order, cut into batches anywhere, equal a plain loop over the ticks."""
    expected: dict[tuple[int, str], float] = {}
    parts = [market.ticks([0])[:0]]
    for row, kind, bits, value in ticks:
        if kind == TickKind.GAP:
            continue
        tick = market.ticks([row], kind=TickKind(kind))
        for name in FIELDS:
            tick[name] = value
            if bits & Field[name.upper()]:
                expected[row, name] = value if np.isfinite(value) else np.nan
        tick["present"] = bits
        parts.append(tick)
    book = _book(market)
    for part in np.split(np.concatenate(parts), cuts):
        book.apply(part)
    for (row, name), value in expected.items():
        np.testing.assert_array_equal(getattr(book.table.rows, name)[book.row_of[row]], value)


def test_a_gap_counts_where_it_stands_in_the_batch(market: Any) -> None:
    """Rows quoted before it are stale, rows quoted after it are not."""
    book = _book(market)
    before, after = market.options[6:10], market.options[8:12]
    book.apply(
        np.concatenate(
            [market.fair(instruments=before), market.gap(), market.fair(instruments=after)]
        )
    )
    book.reprice(NOON)
    stale = book.table.rows.status == Status.STALE
    assert set(book.instrument[stale].tolist()) == {6, 7}
    assert not book.is_line_lost


def test_a_line_is_lost_until_any_tick(market: Any) -> None:
    """After a gap of all nothing is known of the line until something ticks, a spot too."""
    book = _book(market)
    book.apply(market.gap())
    lost = [book.is_line_lost]
    book.apply(market.spot(100.0))
    assert [*lost, book.is_line_lost] == [True, False]


def test_a_gap_of_one_instrument_is_that_rows(market: Any) -> None:
    """The others stay fresh; of a stranger or the underlying it says nothing here."""
    book = _book(market)
    book.apply(market.fair())
    for instrument in (5, len(market.listing) - 1, len(market.listing) + 3):
        book.apply(market.gap(instrument=instrument))
    book.reprice(NOON)
    assert book.instrument[book.table.rows.status == Status.STALE].tolist() == [5]
    assert book.gap_count == 1


def test_stamps_tell_the_newest_event_and_the_oldest_receipt(market: Any) -> None:
    """Of the ticks since the last reprice: how old the oldest is, how new the newest."""
    book = _book(market)
    book.apply(market.ticks([1], NOON + 5, ts_event=NOON, bid=1.0))
    book.apply(market.ticks([2], NOON + 9, ts_event=NOON + 2, bid=1.0))
    assert (book.newest_event, book.oldest_recv) == (NOON + 2, NOON + 5)
    had_news = book.has_news
    book.reprice(NOON + 10)
    assert (book.newest_event, book.oldest_recv) == (NO_TIME, NO_TIME)
    assert (had_news, book.has_news) == (True, False)
    assert book.newest_recv == NOON + 9
    assert book.tick_count == 2


def test_a_lost_line_begins_a_new_order(market: Any) -> None:
    """A recording that starts over after a gap is not late, and its times are the rows' own."""
    book = _book(market)
    book.apply(market.ticks([3], NOON, bid=1.0))
    book.apply(market.spot(100.0, NOON))
    book.apply(market.gap(NOON))
    book.apply(market.ticks([3], NOON - 1000, bid=2.0))
    book.apply(market.spot(99.0, NOON - 1000))
    row = book.row_of[3]
    assert (book.table.rows.bid[row], book.spot) == (2.0, 99.0)
    assert book.table.rows.ts_event[row] == NOON - 1000
    assert book.late_count == 0
