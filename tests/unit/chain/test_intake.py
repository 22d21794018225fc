"""Ticks reach the right columns, and nothing older overwrites what is newer."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voldesk.chain.book import ChainBook
from voldesk.chain.shelf import open_book
from voldesk.model.conventions import PROFILES
from voldesk.model.enums import Market, PremiumUnit, Status
from voldesk.model.quotes import NO_TIME
from voldesk.model.ticks import DataType, Field, TickKind

NOON = 1_790_784_000_000_000_000
COLUMN_OF = {
    name: "vendor_forward" if name == "forward" else name
    for name in (str(field.name).lower() for field in Field)
}
FIELDS = tuple(COLUMN_OF)


def _book(market: Any, **facts: Any) -> ChainBook:
    return open_book(market.listing, "SPX", PROFILES["default"], as_of=NOON, **facts)


def test_each_field_reaches_its_column(market: Any) -> None:
    """A tick with every field writes every column of its row and no other row."""
    book = _book(market)
    values = {name: float(i + 1) for i, name in enumerate(FIELDS)}
    book.apply(market.ticks([7], **values))
    row = book.row_of[7]
    for name, value in values.items():
        column = getattr(book.table.rows, COLUMN_OF[name])
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
            st.integers(0, 2 ** len(FIELDS) - 1),
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
        np.testing.assert_array_equal(
            getattr(book.table.rows, COLUMN_OF[name])[book.row_of[row]], value
        )


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
    """The others stay fresh, the spot too; of a stranger it says nothing."""
    book = _book(market)
    book.apply(market.fair())
    book.apply(market.spot(100.0))
    for instrument in (5, len(market.listing) + 3):
        book.apply(market.gap(instrument=instrument))
    book.reprice(NOON)
    assert book.instrument[book.table.rows.status == Status.STALE].tolist() == [5]
    assert book.gap_count == 1
    assert book.table.live_spot == 100.0


def test_a_gap_of_the_underlying_is_its_spots(market: Any) -> None:
    """It makes no forward until it is ticked again; it is still shown, and the rows are fresh."""
    book = _book(market)
    book.apply(market.fair())
    book.apply(market.spot(100.0))
    book.apply(market.gap(instrument=len(market.listing) - 1))
    book.reprice(NOON)
    assert (book.table.spot, book.table.spot_lack) == (100.0, "no spot since the line was lost")
    assert not (book.table.rows.status == Status.STALE).any()
    book.apply(market.spot(99.0, NOON - 5))  # the order of venue times begins anew
    book.reprice(NOON + 1)
    assert book.table.live_spot == 99.0


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


def test_the_newest_forward_of_any_row_is_its_series(market: Any) -> None:
    """By venue time; one that came as none, or late, leaves what is known, its row apart."""
    book = _book(market)
    book.apply(market.ticks([0], NOON + 5, kind=TickKind.MODEL, forward=101.0))
    book.apply(market.ticks([1], NOON + 4, kind=TickKind.MODEL, forward=99.0))
    book.apply(market.ticks([2], NOON + 6, kind=TickKind.MODEL, forward=np.nan))
    book.apply(market.ticks([18], NOON + 6, kind=TickKind.MODEL, forward=103.0))
    book.reprice(NOON + 10)
    assert book.table.points.quoted.tolist() == [101.0, 103.0]
    assert book.table.rows.vendor_forward[:2].tolist() == [101.0, 99.0]


def test_a_forward_of_the_venue_is_lost_with_the_line(market: Any) -> None:
    """After a gap it serves nobody until one comes, and the reason is kept."""
    book = _book(market)
    book.apply(market.ticks([0, 18], forward=101.0))
    book.apply(market.gap(NOON + 1))
    book.apply(market.ticks([0], NOON - 9, forward=102.0))
    book.reprice(NOON + 2)
    np.testing.assert_array_equal(book.table.points.quoted, [102.0, np.nan])
    assert book.table.quoted_lacks == {1: "no forward of the venue since the line was lost"}


def test_a_row_tells_how_live_its_data_are(market: Any) -> None:
    """Each tick says so of its row; the book says the worst of its rows and its spot."""
    book = _book(market)
    told = [book.data_type]
    batch = market.ticks([3, 4], bid=1.0)
    batch["data_type"] = [DataType.DELAYED, DataType.LIVE]
    book.apply(batch)
    book.reprice(NOON)
    told.append(book.data_type)
    types = book.table.rows.data_type
    assert (types[book.row_of[3]], types[book.row_of[4]]) == (DataType.DELAYED, DataType.LIVE)
    book.apply(market.ticks([3], NOON + 1, bid=1.0))
    book.reprice(NOON + 1)
    told.append(book.data_type)
    assert told == [DataType.LIVE, DataType.DELAYED, DataType.LIVE]


def test_a_state_tick_changes_how_live_and_nothing_else(market: Any) -> None:
    """A row that froze says so without a value; the underlying's is the spot's."""
    book = _book(market)
    book.apply(market.ticks([3], bid=1.0))
    book.apply(market.spot(100.0))
    book.reprice(NOON)
    batch = market.ticks([3, len(market.listing) - 1], NOON + 1, kind=TickKind.STATE)
    batch["data_type"] = [DataType.FROZEN, DataType.DELAYED_FROZEN]
    row = int(book.row_of[3])
    book.apply(batch[:1])
    assert book.reprice(NOON + 2).tolist() == [row]
    seq = book.seq
    book.apply(batch[1:])
    assert book.has_news
    assert not book.reprice(NOON + 3).size
    assert book.seq == seq + 1
    assert (book.table.rows.bid[row], book.spot) == (1.0, 100.0)
    assert book.table.rows.data_type[row] == DataType.FROZEN
    assert book.data_type is DataType.DELAYED_FROZEN


def test_a_mark_is_a_price_where_the_profile_asks_for_it(market: Any) -> None:
    """Its row is priced from it as it comes; where mids count it is only shown."""
    shown = {}
    for name in ("default", "deribit"):
        profile = replace(PROFILES[name], premium=PremiumUnit.CURRENCY, market=Market.US)
        book = open_book(market.listing, "SPX", profile, as_of=NOON)
        book.apply(market.ticks([8, 9], mark=3.0, forward=100.0, vendor_delta=0.5))
        book.reprice(NOON)
        rows = book.table.rows
        shown[name] = (rows.mark[8], rows.vendor_delta[8], Status(rows.status[8]).name)
    assert shown == {"default": (3.0, 0.5, "NO_BID"), "deribit": (3.0, 0.5, "OK")}
