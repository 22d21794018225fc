"""
A market that is not there: ticks of whole option chains around a truth that can be asked.

Spots tick at random instants. What they say, with the vol and tilt of that instant, is the state
of an underlying until its next tick; every quote of its chain follows from it, and those that it
changes tick at the same instant. In between contracts have events of their own: quotes of a new
size, trades at the bid or ask, news of open interest; the money is busy, the wings are quiet.

The same seed and the same calls give the same bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from voldesk.model.quotes import FloatArray, IntArray
from voldesk.model.sessions import NS_PER_SECOND, NS_PER_YEAR, local_date
from voldesk.model.ticks import Field, TickBatch, TickKind
from voldesk.simulator.market.activity import activity, next_change
from voldesk.simulator.market.board import Board, Quotes
from voldesk.simulator.market.flow import Arrivals, Flow, uniform_times
from voldesk.simulator.market.legs import Legs
from voldesk.simulator.market.listing import build_listing
from voldesk.simulator.market.quotes import NO_QUOTE, QuoteMaker, Requotes
from voldesk.simulator.market.spot import SpotPaths, State
from voldesk.simulator.market.surface import total_variance
from voldesk.simulator.market.tape import Tape
from voldesk.simulator.market.truth import History, Oracle, Terms
from voldesk.simulator.market.universe import UNIVERSE, UnderlyingSpec, specs_named

REVIEW_SECS: Final = 10
"""How often it is looked at anew which contracts are busy, and how busy the hour is."""

_ROWS_AT_ONCE = 8_192  # quoted strikes in one step: the columns stay in the cache
_ARRIVALS_AT_ONCE = 65_536


@dataclass(frozen=True, slots=True)
class UnderlyingState:
    """What an underlying's last spot tick said: it holds until the next one."""

    ts: int  # UTC ns
    spot: float
    vol: float  # instantaneous, a fraction: at-the-money vol of an expiry about to settle
    rho: float  # tilt of the smile


class _Moves(NamedTuple):
    """Spot ticks of one step, by underlying, then time, and the chains quoted anew by them."""

    ts: IntArray
    underlying: IntArray
    requotes: Requotes


class SyntheticMarket:
    """
    Several underlyings with all their options, moved forward by whoever holds it.

    Args:
        symbols: Underlyings, of the universe.
        seed: Of everything random.
        start: UTC ns; the contracts alive after it are listed.
        intensity: How often contracts have events of their own, times the usual; spots tick by
            its square root more often.
        always_open: Whether markets go on outside their sessions, at half pace.
        universe: What can be simulated.
        history: States per underlying that the truth can be asked about.

    Raises:
        ConfigError: A symbol is not in the universe, is named twice, or there is none.
    """

    def __init__(
        self,
        symbols: Sequence[str],
        seed: int,
        start: int,
        *,
        intensity: float = 1.0,
        always_open: bool = True,
        universe: Mapping[str, UnderlyingSpec] = UNIVERSE,
        history: int = 4096,
    ) -> None:
        self.specs = specs_named(symbols, universe)
        seeds = np.random.SeedSequence(seed).spawn(4)
        path, flow, spreads, self._rng = (np.random.default_rng(child) for child in seeds)
        self.listing = build_listing(self.specs, start)
        self._now = self._next_review = start
        self._intensity = intensity
        self._always_open = always_open
        self._legs = Legs.of(self.listing, self.specs)
        self._paths = SpotPaths(self.specs, start, path)
        self._state = self._paths.latest
        self._terms = Terms(self.specs)
        self._history = History(start, self._state, history)
        self.oracle = Oracle(self.listing, self._legs, self._terms, self._history)
        self._maker = QuoteMaker(self.specs, self._legs, self._terms, spreads)
        self._flow = Flow(self.specs, self._legs, flow)
        self._board = Board(self.specs, self._legs, self._flow, start)
        self._is_settled = np.zeros(len(self._legs.settles), dtype=np.bool_)
        self._days = [local_date(start, spec.market) for spec in self.specs]
        self._spot_rates = np.zeros(len(self.specs))  # per second, cumulative
        self._longest_step = 0
        self._open_books()

    @property
    def now(self) -> int:
        """The instant the market stands at, UTC ns."""
        return self._now

    @property
    def state(self) -> dict[str, UnderlyingState]:
        """The state of each underlying, by symbol."""
        found = {}
        for index, spec in enumerate(self.specs):
            ts, state = self._history.latest(index)
            figures = (float(figure) for figure in state)
            found[spec.symbol] = UnderlyingState(ts, *figures)
        return found

    def advance(self, to: int) -> TickBatch:
        """
        Move to an instant and return what ticked after the last one and not after this one.

        The ticks stand by ``ts_event``; ``ts_recv`` of all of them is ``to``. Other steps draw
        other numbers by the same laws.

        Raises:
            ValueError: The instant lies before the present one.
        """
        if to < self._now:
            raise ValueError(f"market at {self._now} ns cannot go back to {to} ns")
        tape = Tape()
        while self._now < to:
            end = min(to, self._next_review, self._now + self._longest_step)
            self._step(end, tape)
            self._now = end
            if end == self._next_review:
                self._review(tape)
        return tape.batch(to)

    def skip(self, to: int) -> None:
        """
        Move to an instant unheard, however far: open markets tick once, there, and nothing trades.

        Raises:
            ValueError: The instant lies before the present one.
        """
        if to < self._now:
            raise ValueError(f"market at {self._now} ns cannot go back to {to} ns")
        if to == self._now:
            return
        self._now = to
        tape = Tape()
        self._review(tape)
        awake = np.flatnonzero(np.diff(self._spot_rates, prepend=0.0) > 0.0)
        if len(awake):
            moves = self._move(np.full(len(awake), to), awake, tape)
            self._board.quote(tape, _moved(moves))

    def snapshot(self) -> TickBatch:
        """
        Return what a new subscriber is told: every spot, quote, last trade, volume, open interest.

        Each tick has the ``ts_event`` of the change it tells of, and they stand by it.
        """
        tape = Tape()
        stamps = np.array([state.ts for state in self.state.values()], dtype=np.int64)
        tape.add(TickKind.SPOT, stamps, self._legs.spot_row, {Field.LAST: self._state.spot.copy()})
        self._board.print_all(tape, self._maker.bid.reshape(-1), self._maker.ask.reshape(-1))
        return tape.batch(self._now)

    def true_vol(self, instruments: IntArray | int, at: IntArray | int | None = None) -> FloatArray:
        """Return the true vol of contracts, now or at other instants: see `truth.Oracle`."""
        return self.oracle.vol(instruments, self._now if at is None else at)

    def true_forward(
        self, instruments: IntArray | int, at: IntArray | int | None = None
    ) -> FloatArray:
        """Return the true forward of contracts' series, now or at other instants."""
        return self.oracle.forward(instruments, self._now if at is None else at)

    def true_price(
        self, instruments: IntArray | int, at: IntArray | int | None = None
    ) -> FloatArray:
        """Return the true price of contracts, now or at other instants."""
        return self.oracle.price(instruments, self._now if at is None else at)

    def _open_books(self) -> None:
        """Quote every chain for the first time; give it a past of trades and open interest."""
        m = len(self.specs)
        stamps = np.full(m, self._now, dtype=np.int64)
        self._maker.requote(np.arange(m), stamps, self._state)
        self._flow.fill(self._now, *self._standing())
        traded = np.flatnonzero(self._flow.volume > 0.0)
        ask = self._maker.ask.reshape(-1)[traded]
        bid = self._maker.bid.reshape(-1)[traded]
        is_buy = self._rng.random(len(traded)) < 0.5
        past = Quotes(np.full(len(traded), self._now), traded, bid, ask)
        self._board.trade(Tape(), past, is_buy)
        self._review(Tape())

    def _standing(self) -> tuple[FloatArray, FloatArray]:
        """Return how far each leg is from the money, in standard deviations, and its years."""
        legs, of = self._legs, self._legs.underlying_of_series
        at = np.full(len(legs.settles), self._now, dtype=np.int64)
        state = State(*(column[of] for column in self._state))
        slices = self._terms.slices(of, state, at, legs.settles)
        forward, theta, phi, rho = (
            column[legs.series] for column in (slices.forward, slices.theta, slices.phi, slices.rho)
        )
        k = np.log(legs.strike / forward)
        stdevs = k / np.sqrt(total_variance(k, theta, phi, rho))
        years = (legs.settles - self._now) / NS_PER_YEAR
        return stdevs, years[legs.series]

    def _review(self, tape: Tape) -> None:
        """Settle what is due, begin new days, and set the paces until the next review."""
        self._settle(tape)
        self._begin_days(tape)
        now, markets = self._now, [spec.market for spec in self.specs]
        busy = np.array([activity(now, m, always_open=self._always_open) for m in markets])
        self._flow.review(*self._standing(), busy, self._intensity)
        pace = np.array([spec.quoting.spot_ticks_per_sec for spec in self.specs])
        rates = pace * busy * np.sqrt(self._intensity)
        self._spot_rates = np.cumsum(rates)
        changes = [int(ts) for ts in self._legs.settles[self._legs.settles > now]]
        if not self._always_open:
            changes += [next_change(now, market) for market in set(markets)]
        if busy.any():
            changes.append(now + REVIEW_SECS * NS_PER_SECOND)
        self._next_review = min(changes)
        rows_per_sec = float(rates @ self._legs.count) + 1e-9
        arrivals_per_sec = self._flow.events_per_sec + 1e-9
        secs = min(_ROWS_AT_ONCE / rows_per_sec, _ARRIVALS_AT_ONCE / arrivals_per_sec)
        self._longest_step = max(int(secs * NS_PER_SECOND), 1)

    def _settle(self, tape: Tape) -> None:
        """Withdraw the quotes of series that have settled."""
        is_due = (self._legs.settles <= self._now) & ~self._is_settled
        if not is_due.any():
            return
        self._is_settled |= is_due
        leg = np.flatnonzero(is_due[self._legs.series])
        was_shown = self._maker.withdraw(leg)
        contract = (2 * leg[:, np.newaxis] + np.arange(2))[was_shown]
        none = np.full(len(contract), NO_QUOTE)
        self._board.quote(tape, Quotes(np.full(len(contract), self._now), contract, none, none))

    def _begin_days(self, tape: Tape) -> None:
        """Start volumes at 0 where a new date has begun."""
        for index, spec in enumerate(self.specs):
            day = local_date(self._now, spec.market)
            if day != self._days[index]:
                self._days[index] = day
                first, count = self._legs.first[index], self._legs.count[index]
                contract = np.arange(2 * first, 2 * (first + count))
                self._board.new_day(tape, self._now, contract)

    def _step(self, end: int, tape: Tape) -> None:
        """Draw and tell all that happens until ``end``."""
        rate = float(self._spot_rates[-1])
        count = int(self._rng.poisson(rate * (end - self._now) / NS_PER_SECOND))
        arrivals = self._flow.arrivals(self._now, end)
        leg, side = np.divmod(arrivals.contract, 2)
        bid, ask = self._maker.bid[leg, side], self._maker.ask[leg, side]
        moved: Quotes | None = None
        if count:
            ts = uniform_times(self._rng, self._now, end, count)
            drawn = self._rng.random(count) * rate
            underlying = np.searchsorted(self._spot_rates, drawn, side="right")
            moves = self._move(ts, underlying, tape)
            self._follow(arrivals, moves, bid, ask)
            moved = _moved(moves)
        if moved is not None or len(arrivals.ts):
            self._tell(arrivals, Quotes(arrivals.ts, arrivals.contract, bid, ask), moved, tape)

    def _move(self, ts: IntArray, underlying: IntArray, tape: Tape) -> _Moves:
        """Let spots tick at those instants, ascending, and all their quotes follow."""
        state = self._paths.advance(ts, underlying)
        order = np.argsort(underlying, kind="stable")
        ts, underlying = ts[order], underlying[order]
        state = State(*(column[order] for column in state))
        self._history.record(underlying, ts, state)
        for shown, column in zip(self._state, state, strict=True):
            shown[underlying] = column  # of one underlying's ticks the last one counts
        tape.add(TickKind.SPOT, ts, self._legs.spot_row[underlying], {Field.LAST: state.spot})
        return _Moves(ts, underlying, self._maker.requote(underlying, ts, state))

    def _follow(self, arrivals: Arrivals, moves: _Moves, bid: IntArray, ask: IntArray) -> None:
        """Put what is shown after spot ticks into the quotes of later arrivals, in place."""
        legs, quoted = self._legs, moves.requotes
        span = int(max(moves.ts.max(), arrivals.ts.max(initial=0))) - self._now + 1
        leg, side = np.divmod(arrivals.contract, 2)
        of = legs.underlying[leg]
        keys = moves.underlying * span + (moves.ts - self._now)
        event = np.searchsorted(keys, of * span + (arrivals.ts - self._now), side="right") - 1
        is_later = (event >= 0) & (moves.underlying[event] == of)
        counts = legs.count[moves.underlying]
        row = (np.cumsum(counts) - counts)[event] + leg - legs.first[of]
        row, side = row[is_later], side[is_later]
        bid[is_later], ask[is_later] = quoted.bid[row, side], quoted.ask[row, side]

    def _tell(self, arrivals: Arrivals, shown: Quotes, moved: Quotes | None, tape: Tape) -> None:
        """Turn the step's quotes, trades and news of open interest into ticks."""
        is_alive = shown.ask != NO_QUOTE
        is_trade = arrivals.is_trade & is_alive
        is_open_interest = arrivals.is_open_interest & is_alive
        quotes = shown.take(is_alive & ~(is_trade | is_open_interest))
        if moved is not None:
            quotes = quotes.merged(moved)
        self._board.quote(tape, quotes)
        if is_trade.any():
            is_buy = self._rng.random(len(is_trade)) < 0.5
            self._board.trade(tape, shown.take(is_trade), is_buy[is_trade])
        if is_open_interest.any():
            held = shown.take(is_open_interest)
            self._board.hold(tape, held.ts, held.contract)


def _moved(moves: _Moves) -> Quotes:
    """Return the quotes that spot ticks changed, by underlying, then time."""
    quoted = moves.requotes
    row, side = np.nonzero(quoted.moved)
    contract = 2 * quoted.leg[row] + side
    ts = moves.ts[quoted.event[row]]
    return Quotes(ts, contract, quoted.bid[row, side], quoted.ask[row, side])
