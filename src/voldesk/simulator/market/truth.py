"""What is true: the vol, forward and price of any contract, now and some way back."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from voldesk.model.listing import Listing
from voldesk.model.quotes import BoolArray, FloatArray, IntArray
from voldesk.model.sessions import NS_PER_YEAR
from voldesk.pricing.black import black_price
from voldesk.simulator.market import surface
from voldesk.simulator.market.legs import Legs
from voldesk.simulator.market.spot import State
from voldesk.simulator.market.universe import UnderlyingSpec


class Slices(NamedTuple):
    """Forward, discount and smile of series, each at its own instant and state, ``(n,)``."""

    years: FloatArray  # at least a nanosecond
    forward: FloatArray
    discount: FloatArray
    theta: FloatArray
    phi: FloatArray
    rho: FloatArray


class Terms:
    """What of the specs the truth needs, in columns by underlying."""

    def __init__(self, specs: Sequence[UnderlyingSpec]) -> None:
        self.rate = np.array([spec.rate for spec in specs])
        self.carry = np.array([spec.rate - spec.dividend_yield for spec in specs])
        self.long_vol = np.array([spec.smile.long_vol for spec in specs])
        self.reversion = np.array([spec.smile.reversion for spec in specs])
        self.eta = np.array([spec.smile.eta for spec in specs])

    def slices(self, underlying: IntArray, state: State, at: IntArray, settles: IntArray) -> Slices:
        """
        Return the slice of the surface of each series at its instant; all arguments ``(n,)``.

        A series that has settled is shown as if it were about to: who cares asks for ``years``.
        """
        years = np.maximum(settles - at, 1) / NS_PER_YEAR
        theta = surface.atm_variance(
            state.vol, self.long_vol[underlying], self.reversion[underlying], years
        )
        return Slices(
            years=years,
            forward=state.spot * np.exp(self.carry[underlying] * years),
            discount=np.exp(-self.rate[underlying] * years),
            theta=theta,
            phi=surface.curvature(theta, self.eta[underlying]),
            rho=state.rho,
        )


class History:
    """
    The states the market went through, the latest ``capacity`` of each underlying.

    Between two entries the spot, the vol and the tilt stand still: they are what the last spot
    tick said. Time to expiry does not.
    """

    def __init__(self, start: int, state: State, capacity: int) -> None:
        size = (len(state.spot), capacity)
        self._capacity = capacity
        self._count = np.ones(size[0], dtype=np.int64)
        self._ts = np.full(size, start, dtype=np.int64)
        self._columns = State(*(np.repeat(x[:, np.newaxis], capacity, axis=1) for x in state))

    def record(self, underlying: IntArray, times: IntArray, state: State) -> None:
        """
        Append states, oldest first; what no longer fits is forgotten.

        Args:
            underlying: Ascending. ``(n,)``
            times: UTC ns, ascending within each underlying. ``(n,)``
            state: At those instants. ``(n,)``
        """
        new = np.bincount(underlying, minlength=len(self._count))
        rank = np.arange(len(underlying)) - (np.cumsum(new) - new)[underlying]
        kept = rank >= new[underlying] - self._capacity
        place = underlying[kept], (self._count[underlying] + rank)[kept] % self._capacity
        self._ts[place] = times[kept]
        for column, values in zip(self._columns, state, strict=True):
            column[place] = values[kept]
        self._count += new

    def state_at(self, underlying: IntArray, at: IntArray) -> State:
        """
        Return the state of each underlying at an instant of its own.

        Args:
            underlying: Index of the spec. ``(n,)``
            at: UTC ns. ``(n,)``

        Raises:
            ValueError: An instant lies before what is kept.
        """
        place = np.empty(len(at), dtype=np.int64)
        for index in np.unique(underlying):
            mine = underlying == index
            place[mine] = self._place(int(index), at[mine])
        return State(*(column[underlying, place] for column in self._columns))

    def latest(self, underlying: int) -> tuple[int, State]:
        """Return the newest entry of an underlying and when it was made."""
        place = underlying, (self._count[underlying] - 1) % self._capacity
        return int(self._ts[place]), State(*(column[place] for column in self._columns))

    def _place(self, underlying: int, at: IntArray) -> NDArray[np.int64]:
        """Return where in the ring the last entry at or before each instant stands."""
        count = int(self._count[underlying])
        kept = min(count, self._capacity)
        order = (np.arange(kept) + count - kept) % self._capacity
        times = self._ts[underlying, order]
        found = np.searchsorted(times, at, side="right") - 1
        if len(at) and found.min() < 0:
            raise ValueError(
                f"the truth at {int(at.min())} ns is forgotten, kept from {int(times[0])} ns"
            )
        place: NDArray[np.int64] = order[found]
        return place


def vol_of(slices: Slices, strike: FloatArray) -> FloatArray:
    """Return the true vol at each strike of a slice, a fraction, ``(n,)``."""
    k = np.log(strike / slices.forward)
    variance = surface.total_variance(k, slices.theta, slices.phi, slices.rho)
    return np.sqrt(variance / slices.years)


def price_of(slices: Slices, strike: FloatArray, is_call: BoolArray) -> FloatArray:
    """Return the true price of each option, quote currency per unit of underlying, ``(n,)``."""
    stdev = vol_of(slices, strike) * np.sqrt(slices.years)
    return black_price(slices.forward, strike, stdev, slices.discount, is_call)


class Oracle:
    """Answers what is true of instruments of the listing, at instants the history reaches."""

    def __init__(self, listing: Listing, legs: Legs, terms: Terms, history: History) -> None:
        self._listing = listing
        self._legs = legs
        self._terms = terms
        self._history = history

    def vol(self, instruments: IntArray | int, at: IntArray | int) -> FloatArray:
        """
        Return the true vol of contracts, a fraction.

        Args:
            instruments: Rows of the listing; one alone is ``(1,)``. ``(n,)``
            at: UTC ns, for all or each, not after the market's present.

        Returns:
            ``(n,)``, NaN where the contract has settled or the row is an underlying.

        Raises:
            ValueError: The history does not reach back to an instant.
        """
        return self._ask(instruments, at, lambda slices, strike, _: vol_of(slices, strike))

    def forward(self, instruments: IntArray | int, at: IntArray | int) -> FloatArray:
        """Return the true forward of contracts' series; otherwise as `vol`."""
        return self._ask(instruments, at, lambda slices, _strike, _: slices.forward)

    def discount(self, instruments: IntArray | int, at: IntArray | int) -> FloatArray:
        """Return the true discount of contracts' series; otherwise as `vol`."""
        return self._ask(instruments, at, lambda slices, _strike, _: slices.discount)

    def price(self, instruments: IntArray | int, at: IntArray | int) -> FloatArray:
        """Return the true price, quote currency per unit of underlying; otherwise as `vol`."""
        return self._ask(instruments, at, price_of)

    def vol_at_delta(self, instrument: int, delta: float, at: int) -> float:
        """
        Return the true vol at a forward delta in the series of a contract; otherwise as `vol`.

        Args:
            instrument: Any contract of the series.
            delta: As in `surface.vol_at_delta`.
            at: UTC ns.
        """

        def ask(slices: Slices, _strike: FloatArray, _is_call: BoolArray) -> FloatArray:
            theta, phi, rho, years = (
                float(x[0]) for x in (slices.theta, slices.phi, slices.rho, slices.years)
            )
            return np.array([surface.vol_at_delta(delta, theta, phi, rho, years)])

        return float(self._ask(instrument, at, ask)[0])

    def _ask(
        self,
        instruments: IntArray | int,
        at: IntArray | int,
        figure: Callable[[Slices, FloatArray, BoolArray], FloatArray],
    ) -> FloatArray:
        rows = np.atleast_1d(np.asarray(instruments, dtype=np.int64))
        instants = np.broadcast_to(np.asarray(at, dtype=np.int64), rows.shape)
        answer = np.full(rows.shape, np.nan)
        legs = self._legs
        is_option = legs.leg_of[rows] >= 0
        series = legs.series[legs.leg_of[rows]]
        is_alive = is_option & (legs.settles[series] > instants)
        if is_alive.any():
            rows, instants, series = rows[is_alive], instants[is_alive], series[is_alive]
            underlying = legs.underlying_of[rows]
            state = self._history.state_at(underlying, instants)
            slices = self._terms.slices(underlying, state, instants, legs.settles[series])
            strike, is_call = self._listing.strike[rows], self._listing.is_call[rows]
            answer[is_alive] = figure(slices, strike, is_call)
        return answer
