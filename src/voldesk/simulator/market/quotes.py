"""
What market makers show: two sides around the true price, on the venue's ticks.

A quote follows from the state of the market alone, and is centred on the half tick nearest to the
true price: the mid is never further off than a quarter of a tick, so it carries the true vol as
well as the tick allows. The spread is rounded outwards: the true price lies inside it.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from voldesk.model.quotes import BoolArray, FloatArray, IntArray
from voldesk.pricing.black import black_price
from voldesk.simulator.market import surface
from voldesk.simulator.market.legs import Legs, ranges
from voldesk.simulator.market.spot import State
from voldesk.simulator.market.truth import Slices, Terms
from voldesk.simulator.market.universe import UnderlyingSpec

NO_QUOTE: Final = 0
"""In counts of ticks: nobody shows that side."""

_SPREAD_SD = 0.25  # of the log of a contract's own share of the usual spread
_WING = 0.15  # a spread in vol grows by that per squared standard deviation from the money
_LAST_DAYS = 60.0  # per year: spreads in vol widen by half as expiry comes this near
_INV_SQRT_2PI = 0.3989422804014327


class Requotes(NamedTuple):
    """
    The quotes of whole chains after each of some events, in counts of ticks, 0 for no quote.

    Attributes:
        event: Which event the row follows. ``(r,)``
        leg: Which leg. ``(r,)``
        bid: Of call and put. ``(r, 2)``
        ask: Likewise. ``(r, 2)``
        moved: Which of them differ from what was shown before the event. ``(r, 2)``
    """

    event: IntArray
    leg: IntArray
    bid: IntArray
    ask: IntArray
    moved: BoolArray


class QuoteMaker:
    """Makes every quote of the market and knows what is shown, ``bid`` and ``ask``, ``(n, 2)``."""

    def __init__(
        self, specs: Sequence[UnderlyingSpec], legs: Legs, terms: Terms, rng: np.random.Generator
    ) -> None:
        quoting = [spec.quoting for spec in specs]
        of = legs.underlying
        self._legs = legs
        self._terms = terms
        self._log_strike = np.log(legs.strike)
        self._per_unit = ticks_per_unit(specs)[of][:, np.newaxis]
        coarse = [np.inf if q.coarse_from is None else q.coarse_from / q.tick for q in quoting]
        self._coarse = np.array(coarse)[of][:, np.newaxis]
        self._has_coarse = bool(np.isfinite(self._coarse).any())
        own = np.exp(_SPREAD_SD * rng.standard_normal((len(legs), 2)))
        self._half_vol = np.array([q.half_spread_vol for q in quoting])[of][:, np.newaxis] * own
        self._half_delta = np.array([q.half_spread_delta for q in quoting])[of][:, np.newaxis] * own
        self.bid: IntArray = np.full((len(legs), 2), NO_QUOTE, dtype=np.int64)
        self.ask: IntArray = self.bid.copy()

    def requote(self, underlying: IntArray, times: IntArray, state: State) -> Requotes:
        """
        Quote the chain of each event's underlying anew; the last quotes become what is shown.

        Args:
            underlying: Ascending. ``(e,)``
            times: UTC ns, ascending within each underlying. ``(e,)``
            state: Of the underlying after the event. ``(e,)``
        """
        legs = self._legs
        counts = legs.count[underlying]
        leg = ranges(legs.first[underlying], counts)
        event = np.repeat(np.arange(len(underlying)), counts)
        slices, row = self._slices(underlying, times, state)
        row = np.repeat(row, counts) + legs.series[leg]
        bid, ask = self._quotes(leg, Slices(*(column[row] for column in slices)))
        is_first = np.diff(underlying, prepend=-1) != 0  # of the underlying's events
        rows = np.arange(len(leg))
        before = np.where(is_first[event], leg, len(legs) + rows - counts[event])
        moved = np.concatenate((self.bid, bid))[before] != bid
        moved |= np.concatenate((self.ask, ask))[before] != ask
        self.bid[leg], self.ask[leg] = bid, ask  # of one leg's rows the last one counts
        return Requotes(event, leg, bid, ask, moved)

    def withdraw(self, leg: IntArray) -> BoolArray:
        """Take all quotes of some legs away, ``(l,)``; return which there were, ``(l, 2)``."""
        was_shown: BoolArray = self.ask[leg] != NO_QUOTE
        self.bid[leg] = self.ask[leg] = NO_QUOTE
        return was_shown

    def _slices(
        self, underlying: IntArray, times: IntArray, state: State
    ) -> tuple[Slices, IntArray]:
        """Return a slice per event and series, and what to add to a series to find its own."""
        legs = self._legs
        counts = legs.series_count[underlying]
        series = ranges(legs.first_series[underlying], counts)
        event = np.repeat(np.arange(len(underlying)), counts)
        at, settles = times[event], legs.settles[series]
        slices = self._terms.slices(
            underlying[event], State(*(column[event] for column in state)), at, settles
        )
        years = np.where(settles > at, slices.years, np.nan)  # no quotes once it has settled
        return slices._replace(years=years), np.cumsum(counts) - counts - legs.first_series[
            underlying
        ]

    def _quotes(self, leg: IntArray, slices: Slices) -> tuple[IntArray, IntArray]:
        """Return bid and ask of each row, counts of ticks, ``(r, 2)``."""
        strike = self._legs.strike[leg]
        k = self._log_strike[leg] - np.log(slices.forward)
        variance = surface.total_variance(k, slices.theta, slices.phi, slices.rho)
        is_call = strike >= slices.forward
        out_of_money = black_price(
            slices.forward, strike, np.sqrt(variance), slices.discount, is_call
        )
        gap = slices.discount * (slices.forward - strike)
        price = out_of_money[:, np.newaxis] + np.maximum(np.stack((gap, -gap), axis=1), 0.0)
        half = self._half_spread(leg, slices, k * k / variance, is_call)
        is_alive = np.isfinite(slices.years)[:, np.newaxis]
        return self._on_ticks(leg, np.where(is_alive, price, 0.0), half, is_alive)

    def _half_spread(
        self, leg: IntArray, slices: Slices, squared: FloatArray, is_call: BoolArray
    ) -> FloatArray:
        """Return half of the spread asked for: vol risk, and the hedge of what is in the money."""
        bell = np.exp(-0.5 * squared)
        years = np.nan_to_num(slices.years)
        vega = slices.discount * slices.forward * np.sqrt(years) * (_INV_SQRT_2PI * bell)
        vega *= (1.0 + _WING * squared) * (1.0 + 0.5 * np.exp(-_LAST_DAYS * years))
        delta = 0.5 * bell * slices.forward
        other = slices.forward - delta
        deltas = np.stack(
            (np.where(is_call, delta, other), np.where(is_call, other, delta)), axis=1
        )
        half: FloatArray = self._half_vol[leg] * vega[:, np.newaxis]
        half += self._half_delta[leg] * deltas
        return half

    def _on_ticks(
        self, leg: IntArray, price: FloatArray, half: FloatArray, is_alive: BoolArray
    ) -> tuple[IntArray, IntArray]:
        """Return the narrowest quote on ticks that is centred best and holds price and spread."""
        per_unit = self._per_unit[leg]
        ticks, wanted = price * per_unit, half * per_unit
        step = np.ones(1, dtype=np.int64)
        if self._has_coarse:
            step = np.where(ticks + wanted + 2.0 >= self._coarse[leg], 2, 1)
        centre = np.rint(2.0 * ticks / step).astype(np.int64)  # in half steps
        width = np.ceil(2.0 * wanted / step + 0.5).astype(np.int64)  # likewise
        width += (centre + width) & 1  # both sides on whole steps
        bid = np.where(is_alive, np.maximum((centre - width) // 2, 0) * step, NO_QUOTE)
        ask = np.where(is_alive, (centre + width) // 2 * step, NO_QUOTE)
        return bid, ask


def ticks_per_unit(specs: Sequence[UnderlyingSpec]) -> FloatArray:
    """
    Return the counts of ticks that make one unit of price, by underlying, ``(m,)``.

    A price is a count divided by it: 3 / 20 is the 0.15 a venue prints, 3 * 0.05 is not.
    """
    return np.array([1.0 / spec.quoting.tick for spec in specs]).round(9)
