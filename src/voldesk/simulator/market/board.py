"""The board: turns what happens to contracts into ticks, and shows the latest to newcomers."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from voldesk.model.quotes import BoolArray, FloatArray, IntArray
from voldesk.model.ticks import Field, TickKind
from voldesk.simulator.market.flow import Flow
from voldesk.simulator.market.legs import Legs
from voldesk.simulator.market.quotes import NO_QUOTE, ticks_per_unit
from voldesk.simulator.market.tape import Tape
from voldesk.simulator.market.universe import UnderlyingSpec


class Quotes(NamedTuple):
    """What contracts show at instants, counts of ticks, 0 for no quote; all ``(n,)``."""

    ts: IntArray  # UTC ns
    contract: IntArray
    bid: IntArray
    ask: IntArray

    def take(self, rows: BoolArray) -> "Quotes":
        """Return the chosen ones."""
        return Quotes(*(column[rows] for column in self))

    def merged(self, others: "Quotes") -> "Quotes":
        """Return both in order of time."""
        order = np.argsort(np.concatenate((self.ts, others.ts)), kind="stable")
        columns = zip(self, others, strict=True)
        return Quotes(*(np.concatenate(pair)[order] for pair in columns))


class Board:
    """
    What each contract shows; a contract is ``2 * leg + side``.

    Bids and asks come as counts of ticks. A bid that nobody makes is printed as the venue does it:
    0 of size 0, or none (NaN). A contract that has settled has neither side.
    """

    def __init__(self, specs: Sequence[UnderlyingSpec], legs: Legs, flow: Flow, start: int) -> None:
        of = legs.underlying.repeat(2)
        self._flow = flow
        self._row = legs.instrument.reshape(-1)
        self._per_unit = ticks_per_unit(specs)[of]
        has_zero_bids = np.array([spec.quoting.has_zero_bids for spec in specs])
        self._no_bid = np.where(has_zero_bids, 0.0, np.nan)[of]
        self._sizes = flow.sizes(np.arange(len(of)))
        self._quoted_ts = np.full(len(of), start, dtype=np.int64)

    def quote(self, tape: Tape, quotes: Quotes) -> None:
        """Show quotes of new sizes, in order of time."""
        sizes = self._flow.sizes(quotes.contract)
        self._sizes[:, quotes.contract] = sizes  # of one contract's quotes the last one counts
        self._quoted_ts[quotes.contract] = quotes.ts
        self._print_quotes(tape, quotes, sizes)

    def trade(self, tape: Tape, quotes: Quotes, is_buy: BoolArray) -> None:
        """Let contracts trade in order of time: at the ask, or at the bid where there is one."""
        ts, contract, bid, ask = quotes
        price = np.where(is_buy | (bid == NO_QUOTE), ask, bid) / self._per_unit[contract]
        volume = self._flow.trade(ts, contract, price)
        values = {Field.LAST: price, Field.VOLUME: volume}
        tape.add(TickKind.TRADE, ts, self._row[contract], values)

    def hold(self, tape: Tape, ts: IntArray, contract: IntArray) -> None:
        """Let the open interest of contracts change, in order of time."""
        values = {Field.OPEN_INTEREST: self._flow.hold(ts, contract)}
        tape.add(TickKind.OPEN_INTEREST, ts, self._row[contract], values)

    def new_day(self, tape: Tape, ts: int, contract: IntArray) -> None:
        """Start the day's volume of contracts at 0."""
        fresh = self._flow.new_day(contract)
        self._flow.traded_ts[fresh] = ts
        stamps = np.full(len(fresh), ts, dtype=np.int64)
        values = {Field.VOLUME: np.zeros(len(fresh))}
        tape.add(TickKind.TRADE, stamps, self._row[fresh], values)

    def print_all(self, tape: Tape, bid: IntArray, ask: IntArray) -> None:
        """Print what every contract shows now, stamped with when it last changed."""
        flow, contract = self._flow, np.arange(len(self._row))
        self._print_quotes(tape, Quotes(self._quoted_ts, contract, bid, ask), self._sizes)
        traded = np.flatnonzero(np.isfinite(flow.last))
        values = {Field.LAST: flow.last[traded], Field.VOLUME: flow.volume[traded]}
        tape.add(TickKind.TRADE, flow.traded_ts[traded], self._row[traded], values)
        never = np.flatnonzero(np.isnan(flow.last))
        values = {Field.VOLUME: flow.volume[never]}
        tape.add(TickKind.TRADE, flow.traded_ts[never], self._row[never], values)
        values = {Field.OPEN_INTEREST: flow.open_interest}
        tape.add(TickKind.OPEN_INTEREST, flow.held_ts, self._row, values)

    def _print_quotes(self, tape: Tape, quotes: Quotes, sizes: FloatArray) -> None:
        ts, contract, bid, ask = quotes
        per_unit = self._per_unit[contract]
        has_bid, has_ask = bid != NO_QUOTE, ask != NO_QUOTE
        no_bid = np.where(has_ask, self._no_bid[contract], np.nan)
        values = {
            Field.BID: np.where(has_bid, bid / per_unit, no_bid),
            Field.ASK: np.where(has_ask, ask / per_unit, np.nan),
            Field.BID_SIZE: np.where(has_bid, sizes[0], no_bid),
            Field.ASK_SIZE: np.where(has_ask, sizes[1], np.nan),
        }
        tape.add(TickKind.QUOTE, ts, self._row[contract], values)
