"""A live chain has the figures a snapshot of its quotes would have, and knows what changed."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voldesk.chain.book import EXACT, Cadence, ChainBook
from voldesk.chain.reprice import value_chain
from voldesk.chain.shelf import open_book
from voldesk.chain.table import ChainTable
from voldesk.model.conventions import PROFILES
from voldesk.model.enums import ForwardSource, Market, Status
from voldesk.model.quotes import ChainSnapshot, QuoteColumns
from voldesk.model.ticks import TickKind

NOON = 1_790_784_000_000_000_000
SECOND = 10**9
DAY = 86_400 * SECOND
DEFAULT = PROFILES["default"]
RELATIVE = 1e-12  # a compiled loop may take the rows of a batch in another order
CLOCKS = tuple(replace(DEFAULT, clock=profile.clock) for profile in PROFILES.values())
LIVE_PROFILES = {
    "default": DEFAULT,
    "upstox": PROFILES["upstox"],
    "nse": PROFILES["nse"],
    "escrowed": replace(DEFAULT, forward=ForwardSource.ESCROWED, rate=0.04),
    "deribit": PROFILES["deribit"],
}


def _book(market: Any, profile: Any = DEFAULT, **facts: Any) -> ChainBook:
    return open_book(market.listing, "SPX", profile, as_of=NOON, **facts)


def _shelf(book: ChainBook) -> Any:
    return book._reprice.__self__  # type: ignore[attr-defined]  # a bound method has one


def _sides(book: ChainBook) -> Any:
    """Return the quotes as the venue counts them."""
    return _shelf(book)._columns.sides


def _reprice_rows(book: ChainBook, rows: Any) -> None:
    shelf = _shelf(book)
    shelf._pricer.price(rows, shelf.staleness.is_stale)


def _snapshot(book: ChainBook, market: Any, now: int) -> ChainSnapshot:
    """Return what a file written at that instant would hold: the quotes, no time of their own."""
    rows, sides = book.table.rows, _sides(book)
    kept = "symbol root expiry is_call strike open_interest volume bid_size ask_size vendor_iv"
    quotes = QuoteColumns.build(
        **{name: getattr(rows, name) for name in kept.split()},
        **{name: sides[name] for name in ("bid", "ask", "last", "mark")},
        forward=book.table.points.quoted[rows.series],
    )
    return ChainSnapshot(
        underlying="SPX",
        source="test",
        market=Market(market.listing.market[0]),
        quotes=quotes,
        as_of=now,
        spot=book.table.live_spot,
    )


def _assert_same(live: ChainTable, fresh: ChainTable) -> None:
    status = fresh.rows.status.copy()
    is_stale = live.rows.status == Status.STALE
    assert (status[is_stale] == Status.OK).all()
    for columns, expected in ((live.rows, fresh.rows), (live.series, fresh.series)):
        for spec in fields(expected):
            if spec.name in {"ts_event", "status", "vendor_forward", "reason"}:
                continue
            mine, other = getattr(columns, spec.name), getattr(expected, spec.name)
            if mine.dtype == np.float64:
                np.testing.assert_allclose(mine, other, rtol=RELATIVE, err_msg=spec.name)
            else:
                np.testing.assert_array_equal(mine, other, err_msg=spec.name)
    np.testing.assert_array_equal(live.rows.status[~is_stale], status[~is_stale])


def _steps() -> Any:
    price = st.floats(0.01, 40.0) | st.sampled_from([np.nan, 0.0, -1.0, np.inf, 1e308])
    quote = st.tuples(st.just("quote"), st.integers(0, 35), price, price)
    trade = st.tuples(st.just("trade"), st.integers(0, 35), price, price)
    spot = st.tuples(st.just("spot"), st.just(0), st.floats(80.0, 120.0) | st.just(np.nan), price)
    mark = st.tuples(st.just("mark"), st.integers(0, 35), price, price)
    fair = st.tuples(st.just("fair"), st.just(0), st.floats(95.0, 105.0), price)
    gap = st.tuples(st.just("gap"), st.just(0), price, price)
    pause = st.sampled_from([0, SECOND, 60 * SECOND, 3600 * SECOND, 20 * DAY])
    return st.lists(
        st.tuples(quote | trade | spot | mark | fair | gap, pause), min_size=1, max_size=10
    )


def _batch(step: tuple[str, int, float, float], market: Any, now: int) -> Any:
    word, row, one, other = step
    if word == "quote":
        return market.ticks([row], now, bid=one, ask=other)
    if word == "trade":
        return market.ticks([row], now, kind=TickKind.TRADE, last=one, volume=3.0)
    if word == "mark":
        return market.ticks([row], now, kind=TickKind.MODEL, mark=one, forward=90.0 + other)
    if word == "spot":
        return market.spot(one, now)
    return market.gap(now) if word == "gap" else market.fair(one, now)


@pytest.mark.parametrize("name", sorted(LIVE_PROFILES))
@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=_steps())
def test_figures_are_those_of_a_snapshot_of_the_same_quotes(
    steps: Any, name: str, make_market: Any
) -> None:
    """After any sequence of ticks, with everything done at every reprice: value_chain's figures."""
    where = Market.DERIBIT if name == "deribit" else Market.US
    market, profile = make_market(market=where), LIVE_PROFILES[name]
    book, now = _book(market, profile, cadence=EXACT), NOON
    book.apply(market.fair())
    for step, pause in steps:
        now += pause
        book.apply(_batch(step, market, now))
        book.reprice(now)
        fresh = value_chain(_snapshot(book, market, now), profile, as_of=now)
        _assert_same(book.table, fresh)


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=_steps())
def test_with_a_cadence_each_row_still_is_what_its_own_forward_makes_it(
    steps: Any, market: Any
) -> None:
    """Rows priced now or before: value_chain with the row's own forward and years says the same."""
    book, now = _book(market, cadence=Cadence(forward_refit_secs=30.0, decay_secs=60.0)), NOON
    book.apply(market.fair())
    for step, pause in steps:
        now += pause
        book.apply(_batch(step, market, now))
        book.reprice(now)
    rows = book.table.rows
    before = {name: getattr(rows, name).copy() for name in ("iv", "delta", "theta", "iv_bid")}
    points = book.table.points
    for series in range(len(book.table.series)):
        where = book.table.slice(series)
        columns = (rows.forward[where], rows.discount[where], rows.years[where])
        stands = {tuple(one) for one in zip(*columns, strict=True)}
        for forward, discount, years in stands:
            points.forward[series], points.discount[series] = forward, discount
            points.years[series] = years
            mine = np.flatnonzero(
                (rows.series == series)
                & ((rows.forward == forward) | (np.isnan(rows.forward) & np.isnan(forward)))
                & (rows.years == years)
            )
            _reprice_rows(book, mine)
            for column, values in before.items():
                np.testing.assert_allclose(
                    getattr(rows, column)[mine], values[mine], rtol=RELATIVE, err_msg=column
                )


def test_only_what_ticked_is_repriced_and_reported(market: Any) -> None:
    """One quote moves: one row changes, the sequence goes on by one, the others keep their bits."""
    book = _book(market)
    book.apply(market.fair())
    book.apply(market.spot(100.0))
    assert book.reprice(NOON).size == len(book.table.rows)
    before, seq = np.nan_to_num(book.table.rows.iv), book.seq
    book.apply(market.ticks([8], NOON + 1, bid=10.5, ask=10.6))
    changed = book.reprice(NOON + 1)
    assert book.instrument[changed].tolist() == [8]
    assert book.seq == seq + 1
    assert book.changed_since(seq).tolist() == changed.tolist()
    after = np.nan_to_num(book.table.rows.iv)
    assert np.flatnonzero(after != before).tolist() == changed.tolist()


def test_nothing_new_changes_nothing(market: Any) -> None:
    """A reprice without ticks before any cadence is due writes no row and keeps the sequence."""
    book = _book(market)
    book.apply(market.fair())
    book.reprice(NOON)
    seq = book.seq
    assert not book.reprice(NOON + 1).size
    assert book.seq == seq


def test_a_trade_is_published_without_a_new_vol(market: Any) -> None:
    """Volume of a row priced from its mid: reported as changed, its figures untouched."""
    book = _book(market)
    book.apply(market.fair())
    book.reprice(NOON)
    before = book.table.rows.iv.copy()
    book.apply(market.ticks([4], NOON + 1, kind=TickKind.TRADE, last=1.0, volume=9.0))
    changed = book.reprice(NOON + 1)
    assert book.instrument[changed].tolist() == [4]
    np.testing.assert_array_equal(book.table.rows.iv, before)


def test_the_chain_follows_spot_at_its_cadence(market: Any) -> None:
    """A moved spot takes forwards along at once, rows without a new quote a little later."""
    book = _book(market, cadence=Cadence(follow_secs=0.1))
    book.apply(market.fair())
    book.apply(market.spot(100.0))
    book.reprice(NOON)
    forward, iv = book.table.series.forward.copy(), book.table.rows.iv.copy()
    book.apply(market.spot(101.0, NOON + 1))
    seq = book.seq
    assert not book.reprice(NOON + 1).size
    assert book.seq == seq + 1  # the spot itself is published
    assert book.table.series.forward == pytest.approx(forward * 1.01, rel=1e-9)
    np.testing.assert_array_equal(book.table.rows.iv, iv)
    changed = book.reprice(NOON + SECOND // 10)
    assert changed.size == len(book.table.rows)
    assert (book.table.rows.iv != iv).mean() > 0.5


def test_a_row_with_a_new_quote_is_priced_at_the_newest_forward(market: Any) -> None:
    """While the others wait, its forward column already is the moved one."""
    book = _book(market, cadence=Cadence(follow_secs=10.0))
    book.apply(market.fair())
    book.apply(market.spot(100.0))
    book.reprice(NOON)
    book.apply(market.spot(101.0, NOON + 1))
    book.apply(market.ticks([0], NOON + 1, bid=21.3, ask=21.4))
    changed = book.reprice(NOON + 1)
    assert book.instrument[changed].tolist() == [0]
    rows = book.table.rows
    assert rows.forward[changed[0]] == book.table.series.forward[0]
    assert rows.forward[changed[0]] > rows.forward[book.row_of[2]] * 1.009


def test_forwards_are_fitted_anew_once_in_each_stretch_of_time(market: Any) -> None:
    """Quotes that imply another forward change it once a second, and not two series at once."""
    book = _book(market, cadence=Cadence(forward_refit_secs=1.0))
    book.apply(market.fair(100.0))
    book.reprice(NOON)
    forwards = [book.table.series.forward.copy()]
    for step in range(1, 41):
        now = NOON + step * SECOND // 10
        book.apply(market.fair(100.0 + step, now))
        book.reprice(now)
        forwards.append(book.table.series.forward.copy())
    has_jumped = np.diff(forwards, axis=0) > 1.0
    assert has_jumped.sum(axis=0).tolist() == [4, 4]
    assert not has_jumped.all(axis=1).any()
    assert forwards[-1] == pytest.approx(forwards[0] * 1.4, rel=0.1)


def test_time_decays_every_row_at_its_cadence(market: Any) -> None:
    """Without a tick years shrink for all rows once in each stretch of the decay time."""
    book = _book(market, cadence=Cadence(decay_secs=5.0))
    book.apply(market.fair())
    book.reprice(NOON)
    years = book.table.rows.years.copy()
    written = [book.reprice(NOON + step * SECOND).size for step in range(1, 11)]
    assert sorted(written) == [0] * 8 + [len(book.table.rows)] * 2
    assert (book.table.rows.years < years).all()


def test_a_series_that_settles_takes_its_figures_along(market: Any) -> None:
    """Past its settlement a series is EXPIRED without a tick, the other goes on."""
    book = _book(market)
    book.apply(market.fair())
    book.reprice(NOON)
    now = int(book.table.series.settles_at[0])
    book.reprice(now)
    rows = book.table.rows
    first = book.table.slice(0)
    assert (rows.status[first] == Status.EXPIRED).all()
    assert np.isnan(rows.iv[first]).all()
    assert np.isfinite(rows.iv[book.table.slice(1)]).any()


def test_stale_rows_keep_their_vol_under_a_word(market: Any) -> None:
    """A gap makes OK rows STALE at once, one by one they come back with their next quote."""
    book = _book(market)
    book.apply(market.fair())
    book.reprice(NOON)
    ok = book.table.rows.status == Status.OK
    book.apply(market.gap(NOON + 1))
    changed = book.reprice(NOON + 1)
    rows = book.table.rows
    assert (rows.status[ok] == Status.STALE).all()
    assert np.isfinite(rows.iv[ok]).all()
    assert set(np.flatnonzero(ok).tolist()) <= set(changed.tolist())
    book.apply(market.fair(at=NOON + 2, instruments=[8]))
    book.reprice(NOON + 2)
    assert np.flatnonzero(rows.status == Status.OK).tolist() == [book.row_of[8]]


def test_old_quotes_go_stale_by_the_time_they_were_received(market: Any) -> None:
    """Past the limit STALE, whatever the venue's clock says; a fresh quote is OK again."""
    book = _book(market, stale_after_secs=10.0)
    batch = market.fair()
    batch["ts_event"] = NOON - 3600 * SECOND  # a venue whose clock is an hour late
    book.apply(batch)
    book.reprice(NOON)
    rows = book.table.rows
    ok = rows.status == Status.OK
    assert ok.any()
    book.reprice(NOON + 11 * SECOND)
    assert (rows.status[ok] == Status.STALE).all()


def test_a_trade_does_not_freshen_a_stale_quote(market: Any) -> None:
    """After a gap a trade of a row says nothing of its bid and ask: it stays STALE."""
    book = _book(market)
    book.apply(market.fair())
    book.apply(market.gap())
    book.apply(market.ticks([8], NOON + 1, kind=TickKind.TRADE, last=1.0))
    book.reprice(NOON + 1)
    assert book.table.rows.status[book.row_of[8]] == Status.STALE


def test_the_same_ticks_and_instants_give_the_same_bits(market: Any) -> None:
    """Two books fed alike, with the usual cadence, never differ in a bit."""
    books = [_book(market, stale_after_secs=3.0) for _ in range(2)]
    rng = np.random.default_rng(1)
    for step in range(60):
        now = NOON + step * SECOND // 4
        rows = rng.choice(market.options, 6, replace=False)
        spot = 100.0 + np.sin(step / 9.0)
        reported = []
        for book in books:
            book.apply(market.fair(spot, now, rows))
            book.apply(market.spot(spot, now))
            reported.append(book.reprice(now).tolist())
        assert reported[0] == reported[1]
    for spec in fields(books[0].table.rows):
        one, other = (getattr(book.table.rows, spec.name) for book in books)
        np.testing.assert_array_equal(one, other)


def test_a_clock_set_back_delays_nothing_for_longer_than_its_cadence(market: Any) -> None:
    """An hour back: within the refit and decay times from there, both happen."""
    book = _book(market)
    book.apply(market.fair(100.0))
    book.reprice(NOON)
    back = NOON - 3600 * SECOND
    book.apply(market.fair(110.0, back))  # older by the venue's time: passed over
    batch = market.fair(110.0, back)
    batch["ts_event"] = NOON + 1
    book.apply(batch)
    book.reprice(back)
    assert book.reprice(back + 6 * SECOND).size == len(book.table.rows)
    assert book.table.series.forward[0] == pytest.approx(110.0, rel=1e-2)


def test_counting_goes_on_from_another_book(market: Any) -> None:
    """A book that takes over numbers on, and reports every row first."""
    book = _book(market)
    book.apply(market.fair())
    book.reprice(NOON)
    book.continue_from(41)
    assert book.reprice(NOON + 1).size == len(book.table.rows)
    assert book.seq == 42
    assert book.changed_since(41).size == len(book.table.rows)


def test_an_underlying_without_options_is_a_chain_without_rows(make_market: Any) -> None:
    """Its spot is followed, and nothing fails."""
    market = make_market(expiries=())
    book = _book(market)
    book.apply(market.spot(100.0))
    assert not book.reprice(NOON).size
    assert book.table.spot == 100.0
    assert np.isnan(book.multiplier)


def test_premiums_in_coin_are_worth_what_the_forward_says(make_market: Any) -> None:
    """Coin quotes are published as they came and in currency at the forward, spot without rate."""
    market = make_market(market=Market.DERIBIT)
    profile = replace(PROFILES["deribit"], price=DEFAULT.price)
    book = _book(market, profile)
    book.apply(market.spot(100.0))
    book.apply(market.ticks([8, 9], bid=0.03, ask=0.031))
    book.reprice(NOON)
    row = book.row_of[8]
    rows = book.table.rows
    assert rows.premium_bid[row] == 0.03
    assert rows.bid[row] == pytest.approx(3.0)
    assert rows.forward[row] == 100.0
    assert rows.status[row] == Status.OK
