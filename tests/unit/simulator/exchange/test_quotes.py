"""The board shows what ticks said, on the tick, less what was taken."""

from decimal import Decimal

import hypothesis.strategies as st
import numpy as np
from hypothesis import given
from trading_floor import CALL, FAR_CALL, INDEX, INSTRUMENTS, SPREAD, START, STOCK

from voldesk.model.orders import Side
from voldesk.model.ticks import Field, TickBatch, TickKind, empty_batch
from voldesk.simulator.exchange.quotes import Board, Quote, group_of, ticks_of

_LISTED = {instrument.key: instrument for instrument in INSTRUMENTS}
_KINDS = (TickKind.QUOTE, TickKind.TRADE, TickKind.OPEN_INTEREST, TickKind.SPOT, TickKind.MODEL)
numbers = st.one_of(st.just(float("nan")), st.integers(1, 200).map(lambda n: n / 20))


@st.composite
def batches(draw: st.DrawFn) -> TickBatch:
    """Draw ticks of a few instruments, each field sent or not."""
    rows = draw(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(_KINDS)), max_size=12))
    batch = empty_batch(len(rows))
    for index, (row, kind) in enumerate(rows):
        batch["instrument"][index], batch["kind"][index] = row, kind
        batch["ts_event"][index] = START + index
        for name in ("bid", "ask", "bid_size", "ask_size", "last"):
            is_needed = kind is TickKind.SPOT and name == "last"
            if is_needed or (kind is not TickKind.SPOT and draw(st.booleans())):
                batch[name][index] = 5.0 if is_needed else draw(numbers)
                batch["present"][index] |= Field[name.upper()]
    return batch


@given(batches())
def test_one_by_one_is_the_same_as_all_at_once(batch: TickBatch) -> None:
    """Both ways of taking ticks leave the same board."""
    at_once, singly = (Board(INSTRUMENTS, None) for _ in range(2))
    at_once.take(batch)
    for tick in ticks_of(batch):
        singly.take_one(tick)
    for name in ("bid", "ask", "bid_size", "ask_size", "last"):
        np.testing.assert_array_equal(getattr(at_once, name), getattr(singly, name))
    for instrument in INSTRUMENTS[:4]:
        assert at_once.quote(instrument) == singly.quote(instrument)


def _board(stale_after_secs: float | None = None) -> Board:
    board = Board(INSTRUMENTS, stale_after_secs)
    five, six, size = Decimal(5), Decimal(6), Decimal(9)
    board.put(CALL, Quote(five, six, size, size), START)
    board.put(FAR_CALL, Quote(Decimal(2), Decimal(3), Decimal(4), Decimal(5)), START)
    return board


def test_prices_are_on_the_tick() -> None:
    """Float noise of a price goes; a bid of nothing is none."""
    board = Board(INSTRUMENTS, None)
    batch = empty_batch(1)
    batch["instrument"] = 2
    for name, value in {"bid": 0.0, "ask": 0.15000000000000002, "ask_size": 3.0}.items():
        batch[name] = value
        batch["present"][0] |= Field[name.upper()]
    board.take(batch)
    quote = board.quote(_LISTED[CALL])
    assert quote.bid is None
    assert quote.bid_size is None
    assert str(quote.ask) == "0.15"
    assert quote.ask_size == 3


def test_what_is_taken_comes_back_with_a_quote_and_not_with_a_trade() -> None:
    """Sizes are shown anew by quotes only."""
    board = _board()
    board.consume(_LISTED[CALL], Side.BUY, Decimal(4))
    assert board.touch(_LISTED[CALL]).left(Side.BUY) == 5
    assert board.touch(_LISTED[CALL]).left(Side.SELL) == 9
    trade = empty_batch(1)
    trade["instrument"], trade["kind"], trade["last"] = 2, TickKind.TRADE, 5.5
    trade["present"] = Field.LAST
    board.take(trade)
    assert board.touch(_LISTED[CALL]).left(Side.BUY) == 5
    assert board.last_price(_LISTED[CALL]) == Decimal("5.5")
    board.put(CALL, Quote(Decimal(5), Decimal(6), Decimal(9), Decimal(9)), START)
    assert board.touch(_LISTED[CALL]).left(Side.BUY) == 9


def test_a_combo_shows_what_its_legs_make() -> None:
    """Buying takes the ask of what is long and the bid of what is short; selling the others."""
    board = _board()
    touch = board.touch(_LISTED[SPREAD])
    assert touch.bid == 2
    assert touch.ask == 4
    assert touch.bid_left == 5
    assert touch.ask_left == 4
    assert board.mark(_LISTED[SPREAD]) == 3
    board.consume(_LISTED[SPREAD], Side.BUY, Decimal(3))
    assert board.touch(_LISTED[CALL]).ask_left == 6
    assert board.touch(_LISTED[FAR_CALL]).bid_left == 1
    board.put(FAR_CALL, Quote(None, Decimal(3), None, Decimal(5)), START)
    assert board.touch(_LISTED[SPREAD]).ask is None


def test_the_mark_is_the_best_there_is() -> None:
    """Mid, else the side there is, else the last price; of an index the last price."""
    board = _board()
    call = _LISTED[CALL]
    assert board.mark(call) == Decimal("5.5")
    board.put(CALL, Quote(None, Decimal(6), None, Decimal(1)), START)
    assert board.mark(call) == 6
    board.put(CALL, Quote(Decimal(5), None, Decimal(1), None, Decimal(4)), START)
    assert board.mark(call) == 5
    board.put(CALL, Quote(), START)
    assert board.mark(call) == 4
    assert board.mark(_LISTED[INDEX]) is None
    board.put(INDEX, Quote(last=Decimal(6800)), START)
    assert board.mark(_LISTED[INDEX]) == 6800


def test_options_know_their_underlyings_mark() -> None:
    """Nothing else has one, nor an option whose underlying is not listed."""
    board = _board()
    board.put(STOCK, Quote(Decimal(229), Decimal(231)), START)
    assert board.spot(_LISTED[CALL]) == 230
    assert board.spot(_LISTED[STOCK]) is None
    lonely = Board([_LISTED[CALL]], None)
    assert lonely.spot(_LISTED[CALL]) is None


def test_age_counts_per_underlying() -> None:
    """A tick of anything on an underlying shows that its market is alive."""
    board = _board(stale_after_secs=1.0)
    call = _LISTED[CALL]
    assert group_of(call) == STOCK
    assert not board.is_stalled(call, START + 10**9)
    assert board.is_stalled(call, START + 10**9 + 1)
    board.put(STOCK, Quote(Decimal(229), Decimal(231)), START + 10**9)
    assert not board.is_stalled(call, START + 10**9 + 1)
    board.cut(0)
    assert board.is_stalled(_LISTED[SPREAD], START + 10**9 + 1)
    board.stale_after(None)
    board.put(CALL, Quote(Decimal(5)), START)
    assert not board.is_stalled(call, START + 10**12)


def test_a_stall_can_be_of_one_or_all() -> None:
    """Underlyings are stalled by key, everything by None."""
    board = _board()
    board.stall(STOCK)
    assert board.is_stalled(_LISTED[CALL], START)
    board.resume(None)
    assert not board.is_stalled(_LISTED[CALL], START)
    board.stall(None)
    assert board.is_stalled(_LISTED[CALL], START)
