"""The board."""

import numpy as np
import pytest

from voldesk.model.ticks import Field, TickBatch, TickKind, present
from voldesk.simulator.market.board import Board, Quotes
from voldesk.simulator.market.flow import Flow
from voldesk.simulator.market.legs import Legs
from voldesk.simulator.market.listing import build_listing
from voldesk.simulator.market.tape import Tape
from voldesk.simulator.market.universe import UNIVERSE

SPECS = tuple(UNIVERSE[symbol] for symbol in ("NIFTY", "SPX"))


@pytest.fixture(scope="module")
def legs(start: int) -> Legs:
    """Return the chains of an Indian and a US underlying."""
    return Legs.of(build_listing(SPECS, start), SPECS)


@pytest.fixture
def board(legs: Legs) -> Board:
    """Return a board on which nothing has happened since instant 0."""
    return Board(SPECS, legs, Flow(SPECS, legs, np.random.default_rng(2)), 0)


def quotes(*rows: tuple[int, int, int, int]) -> Quotes:
    """Return quotes of (ts, contract, bid, ask)."""
    return Quotes(*(np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)))


def of_us(legs: Legs) -> int:
    """Return a contract of the US underlying."""
    return int(2 * legs.first[1])


def printed(board: Board, *rows: tuple[int, int, int, int]) -> TickBatch:
    """Return the ticks that quotes are printed as."""
    tape = Tape()
    board.quote(tape, quotes(*rows))
    return tape.batch(0)


def test_a_quote_is_printed_in_decimals(board: Board, legs: Legs) -> None:
    """Counts of ticks become the venue's own prices, with sizes of whole contracts."""
    (tick,) = printed(board, (5, 0, 3, 7))
    assert tick["kind"] == TickKind.QUOTE
    assert tick["instrument"] == legs.instrument[0, 0]
    assert (tick["bid"], tick["ask"]) == (0.15, 0.35)
    assert tick["bid_size"] >= 1.0
    assert tick["ask_size"] >= 1.0
    assert tick["present"] == Field.BID | Field.ASK | Field.BID_SIZE | Field.ASK_SIZE


def test_no_bid_is_printed_as_the_venue_does(board: Board, legs: Legs) -> None:
    """In India there is none, sent as NaN; in the US there is one of 0."""
    india, us = printed(board, (1, 0, 0, 1), (2, of_us(legs), 0, 1))
    assert np.isnan(india["bid"])
    assert np.isnan(india["bid_size"])
    assert (us["bid"], us["bid_size"]) == (0.0, 0.0)
    assert (us["ask"], india["ask"]) == (0.05, 0.05)
    assert present(np.array([india, us]), Field.BID).all()


def test_a_settled_contract_shows_neither_side(board: Board, legs: Legs) -> None:
    """Both sides are withdrawn, in the US too."""
    (tick,) = printed(board, (1, of_us(legs), 0, 0))
    for name in ("bid", "ask", "bid_size", "ask_size"):
        assert np.isnan(tick[name])


def test_trades_are_at_the_ask_or_the_bid(board: Board) -> None:
    """A buyer pays the ask, a seller gets the bid; without a bid there are buyers only."""
    tape = Tape()
    is_buy = np.array([True, False, False])
    board.trade(tape, quotes((1, 0, 3, 7), (2, 1, 3, 7), (3, 2, 0, 7)), is_buy)
    batch = tape.batch(0)
    assert batch["last"].tolist() == [0.35, 0.15, 0.35]
    assert np.all(batch["volume"] >= 1.0)
    assert present(batch, Field.LAST | Field.VOLUME).all()


def test_newcomers_see_the_latest_of_each_contract(board: Board, legs: Legs) -> None:
    """Quotes, trades and open interest are those last printed, with the time of the change."""
    happened = Tape()
    board.quote(happened, quotes((4, 0, 1, 2), (9, 0, 3, 7)))
    board.trade(happened, quotes((6, 0, 3, 7)), np.array([True]))
    board.hold(happened, np.array([7]), np.array([0]))
    tape = Tape()
    size = 2 * len(legs)
    bid, ask = np.full(size, 3), np.full(size, 7)
    board.print_all(tape, bid, ask)
    shown = tape.batch(0)
    mine = shown[shown["instrument"] == legs.instrument[0, 0]]
    kinds = [TickKind.QUOTE, TickKind.TRADE, TickKind.OPEN_INTEREST]
    quote, trade, held = (mine[mine["kind"] == kind] for kind in kinds)
    told = happened.batch(0)
    latest = told[told["kind"] == TickKind.QUOTE][-1]
    for name in ("ts_event", "bid", "ask", "bid_size", "ask_size"):
        assert quote[name].tolist() == [latest[name]]
    assert (trade["ts_event"].tolist(), trade["last"].tolist()) == ([6], [0.35])
    assert held["ts_event"].tolist() == [7]
    assert len(shown) == 3 * size


def test_a_contract_that_never_traded_has_a_volume_and_no_last(board: Board, legs: Legs) -> None:
    """Its volume of 0 is sent, its last price is not."""
    tape = Tape()
    size = 2 * len(legs)
    board.print_all(tape, np.full(size, 3), np.full(size, 7))
    batch = tape.batch(0)
    trades = batch[batch["kind"] == TickKind.TRADE]
    assert present(trades, Field.VOLUME).all()
    assert not present(trades, Field.LAST).any()


def test_a_new_day_is_told_to_those_that_traded(board: Board) -> None:
    """Their volume goes back to 0; the others are left alone."""
    board.trade(Tape(), quotes((1, 4, 3, 7)), np.array([True]))
    tape = Tape()
    board.new_day(tape, 10, np.arange(8))
    batch = tape.batch(0)
    assert len(batch) == 1
    assert batch["volume"].tolist() == [0.0]
    assert batch["ts_event"].tolist() == [10]
    assert not present(batch, Field.LAST).any()


def test_quotes_merge_in_order_of_time() -> None:
    """Two runs become one; at one instant the first run's come first."""
    merged = quotes((1, 0, 1, 2), (5, 1, 1, 2)).merged(quotes((3, 2, 1, 2), (5, 3, 1, 2)))
    assert merged.ts.tolist() == [1, 3, 5, 5]
    assert merged.contract.tolist() == [0, 2, 1, 3]
