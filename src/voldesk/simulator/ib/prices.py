"""The price of every instrument by time: in minutes, in seconds, and at one instant."""

from typing import Final, NamedTuple

import numpy as np

from voldesk.model.quotes import FloatArray, IntArray
from voldesk.pricing.black import black_price
from voldesk.simulator.ib.candles import (
    MINUTES_PER_DAY,
    SECONDS_PER_DAY,
    SECONDS_PER_MINUTE,
    Candles,
)
from voldesk.simulator.ib.catalogue import PRODUCTS
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.observed import Observed
from voldesk.simulator.ib.paths import Following, Path, Spliced
from voldesk.simulator.ib.product import OptionTerms, Product
from voldesk.simulator.ib.walks import Walk
from voldesk.simulator.market import surface
from voldesk.simulator.market.universe import UnderlyingSpec

SECONDS_PER_YEAR: Final = 365 * SECONDS_PER_DAY


class Smile(NamedTuple):
    """The surface of an underlying's options by minute, and what discounts them."""

    vol: FloatArray
    rho: FloatArray
    long_vol: float
    reversion: float
    eta: float
    rate: float
    carry: float


class Prices:
    """
    Tells prices, unrounded; what follows the simulated market knows the past and the present.

    Args:
        seed: Of all walks.
        observed: The simulated market's listener; None where there is none.
    """

    def __init__(self, seed: int, observed: Observed | None) -> None:
        self.observed = observed
        self._seed = seed
        self._paths: dict[str, Path] = {}
        specs = () if observed is None else observed.market.specs
        self._specs = {spec.symbol: spec for spec in specs}

    def spot(self, product: Product, second: int) -> float:
        """Return the price of a product that a second (UTC) began with."""
        minute, place = divmod(second, SECONDS_PER_MINUTE)
        return float(self.path(product).seconds(minute).open[place])

    def path(self, product: Product) -> Path:
        """Return the path of a product; of a family of futures, that of the underlying."""
        if product.key not in self._paths:
            self._paths[product.key] = self._made(product)
        return self._paths[product.key]

    def minutes(self, instrument: Instrument, day: int) -> Candles:
        """Return the minutes of a day (UTC, counted from 1970); NaN after the present."""
        first = day * MINUTES_PER_DAY
        numbers = np.arange(first, first + MINUTES_PER_DAY)
        return self._priced(instrument, self.path(instrument.product).minutes(day), numbers)

    def seconds(self, instrument: Instrument, minute: int) -> Candles:
        """Return the seconds of a minute, counted since 1970; NaN after the present."""
        return self._priced(
            instrument, self.path(instrument.product).seconds(minute), np.array([minute])
        )

    def price(self, instrument: Instrument, second: int) -> float:
        """Return the price a second (UTC) begins with; NaN after the present."""
        minute, place = divmod(second, SECONDS_PER_MINUTE)
        spot = self.path(instrument.product).seconds(minute).take(slice(place, place + 1))
        return float(self._priced(instrument, spot, np.array([minute])).open[0])

    def vol(self, instrument: Instrument, second: int) -> float:
        """Return the vol an option is priced at, a fraction."""
        minutes = np.array([second // SECONDS_PER_MINUTE])
        spot = np.array([self.spot(instrument.product, second)])
        years, forward, _ = self._terms(instrument, spot, minutes)
        return float((self._stdev(instrument, forward, years, minutes) / np.sqrt(years))[0])

    def _made(self, product: Product) -> Path:
        if product.leader is not None:
            leader, factor = PRODUCTS[product.leader.key], product.leader.factor
            return Following(self.path(leader), lambda minutes: np.full(len(minutes), factor))
        walk = Walk(product.key, self._seed, product.gait, product.hours)
        if self.observed is None or product.market_symbol not in self.observed.tracks:
            return walk
        return Spliced(walk, self.observed.tracks[product.market_symbol], product.key)

    def _priced(self, instrument: Instrument, spot: Candles, minutes: IntArray) -> Candles:
        """Return the instrument's candles where its product's are known, minute by minute."""
        if instrument.is_option:
            return self._option(instrument, spot, minutes)
        if instrument.settles:
            years = np.maximum(instrument.settles - 60 * minutes, 0) / SECONDS_PER_YEAR
            factor = np.exp(instrument.carry * years)
            return Candles(*(column * factor for column in spot))
        return spot

    def _option(self, instrument: Instrument, spot: Candles, minutes: IntArray) -> Candles:
        """
        Value an option on each price of its product.

        Within a minute its vol and time to expiry stand still, so its price rises or falls with
        the product's, and seconds fold to minutes as those of the product do.
        """
        years, forward, discount = self._terms(instrument, spot.open, minutes)
        opened = spot.open
        if len(minutes) < len(opened):  # the seconds of one minute: as the minute began
            years, forward, discount = self._terms(instrument, opened[:1], minutes)
            opened = opened[:1]
        stdev = self._stdev(instrument, forward, years, minutes)
        growth = forward / opened
        is_call = instrument.right == "C"

        def value(price: FloatArray) -> FloatArray:
            return black_price(price * growth, instrument.strike, stdev, discount, is_call)

        return spot.mapped(value)

    def _terms(
        self, instrument: Instrument, spot: FloatArray, minutes: IntArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return years (at least a minute), forward and discount at each minute."""
        left = np.maximum(instrument.settles - 60 * minutes, 60)
        years = left / SECONDS_PER_YEAR
        smile = self._smile(instrument.product, minutes)
        carry = smile.carry
        if instrument.under is not None and instrument.under.settles:  # on a future
            to_future = np.maximum(instrument.under.settles - 60 * minutes, 0) / SECONDS_PER_YEAR
            return (
                years,
                spot * np.exp(instrument.under.carry * to_future),
                np.exp(-smile.rate * years),
            )
        return years, spot * np.exp(carry * years), np.exp(-smile.rate * years)

    def _stdev(
        self, instrument: Instrument, forward: FloatArray, years: FloatArray, minutes: IntArray
    ) -> FloatArray:
        smile = self._smile(instrument.product, minutes)
        long_vol, reversion = np.array(smile.long_vol), np.array(smile.reversion)
        theta = surface.atm_variance(smile.vol, long_vol, reversion, years)
        phi = surface.curvature(theta, np.array(smile.eta))
        k = np.log(instrument.strike / forward)
        return np.sqrt(surface.total_variance(k, theta, phi, smile.rho))

    def _smile(self, product: Product, minutes: IntArray) -> Smile:
        spec = self._specs.get(product.market_symbol)
        if spec is not None:
            return self._market_smile(spec, minutes)
        terms = product.options or OptionTerms(step=1.0, vol=product.implied_vol)
        vol, rho = np.full(len(minutes), terms.vol), np.full(len(minutes), terms.rho)
        carry = terms.rate - terms.dividend_yield
        return Smile(vol, rho, 1.05 * terms.vol, 4.0, 0.85, terms.rate, carry)

    def _market_smile(self, spec: UnderlyingSpec, minutes: IntArray) -> Smile:
        assert self.observed is not None
        track = self.observed.tracks[spec.symbol]
        vol, rho = track.smile(minutes)
        is_past = minutes < track.first_minute
        vol = np.where(is_past, spec.dynamics.vol, vol)
        rho = np.where(is_past, spec.smile.rho, rho)
        shape = spec.smile
        carry = spec.rate - spec.dividend_yield
        return Smile(vol, rho, shape.long_vol, shape.reversion, shape.eta, spec.rate, carry)
