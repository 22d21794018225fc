"""Exposure of the dealers: what their hedging must trade as spot, vol and time move."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voldesk.model.quotes import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class ExposureConvention:
    """
    Whose position open interest is taken to be: an assumption, since nobody publishes it.

    A sign of 1 means that the party is long all open interest of that right, -1 short all of it.
    """

    name: str
    call_sign: float
    put_sign: float
    meaning: str

    def sign(self, is_call: BoolArray) -> FloatArray:
        """Return the sign of each row."""
        return np.where(is_call, self.call_sign, self.put_sign)


LONG_CALLS_SHORT_PUTS: Final = ExposureConvention(
    "long_calls_short_puts",
    1.0,
    -1.0,
    "dealers are long every call (customers overwrite) and short every put (customers hedge)",
)
SHORT_ALL: Final = ExposureConvention(
    "short_all", -1.0, -1.0, "dealers are short every option: customers buy"
)
LONG_ALL: Final = ExposureConvention(
    "long_all", 1.0, 1.0, "the holders of all open interest, dealers or not"
)
CONVENTIONS: Final = {
    convention.name: convention for convention in (LONG_CALLS_SHORT_PUTS, SHORT_ALL, LONG_ALL)
}


@dataclass(frozen=True, slots=True)
class Exposure:
    """
    One exposure: ``sign * greek * OI * multiplier * S^spot_power * scale``.

    Attributes:
        greek: The published Greek it is made of: gamma per 1 squared, delta per 1, vanna per vol
            point, charm per calendar day.
        unit: Of the exposure; currency is the quote currency.
        meaning: What a positive figure says.
    """

    name: str
    greek: str
    spot_power: int
    scale: float
    formula: str
    unit: str
    meaning: str


GEX: Final = Exposure(
    "gex",
    "gamma",
    2,
    0.01,
    "sign * gamma * OI * multiplier * S^2 * 0.01",
    "currency per 1 % move of spot",
    "the hedge sells so much into a rise of 1 %, and buys into a fall: moves are damped",
)
DEX: Final = Exposure(
    "dex",
    "delta",
    1,
    1.0,
    "sign * delta * OI * multiplier * S",
    "currency",
    "the options behave like so much underlying held; the hedge is short as much",
)
VANNA_EXPOSURE: Final = Exposure(
    "vanna",
    "vanna",
    1,
    1.0,
    "sign * vanna * OI * multiplier * S",
    "currency per vol point",
    "the hedge sells so much when vol rises by a point, and buys when it falls",
)
CHARM_EXPOSURE: Final = Exposure(
    "charm",
    "charm",
    1,
    1.0,
    "sign * charm * OI * multiplier * S",
    "currency per calendar day",
    "the hedge sells so much over the next day if nothing else moves",
)
EXPOSURES: Final = (GEX, DEX, VANNA_EXPOSURE, CHARM_EXPOSURE)


def row_exposure(
    exposure: Exposure,
    greek: FloatArray,
    open_interest: FloatArray,
    is_call: BoolArray,
    spot: float,
    multiplier: float,
    convention: ExposureConvention = LONG_CALLS_SHORT_PUTS,
) -> FloatArray:
    """
    Return an exposure of each row, by its formula, in its unit.

    Under the default convention calls count +1 and puts -1. A put's delta is negative, so net DEX
    is then never negative; ``LONG_ALL`` gives the delta of all open interest instead.

    Args:
        exposure: Which one, for instance ``GEX``.
        greek: The published Greek it names. ``(n,)``
        open_interest: Contracts, or units where the venue counts so: then the multiplier is 1.
            ``(n,)``
        is_call: ``(n,)``
        spot: Of the underlying, quote currency.
        multiplier: Units of underlying in one contract.
        convention: Whose position it is.

    Returns:
        NaN where the Greek or the open interest is unknown. ``(n,)``
    """
    with np.errstate(over="ignore", invalid="ignore"):
        unit = multiplier * np.float64(spot) ** exposure.spot_power * exposure.scale
        value = convention.sign(is_call) * greek * open_interest * unit
    return np.where(np.isfinite(value), value, np.nan)


def net(value: FloatArray) -> float:
    """Return the sum of the known rows; NaN where none is known, never 0."""
    known = value[np.isfinite(value)]
    with np.errstate(over="ignore", invalid="ignore"):
        return float(known.sum()) if len(known) else float("nan")


def left_out(value: FloatArray) -> int:
    """Return how many rows a net figure could not count."""
    return int(np.count_nonzero(~np.isfinite(value)))


def by_series(value: FloatArray, series: NDArray[np.integer], count: int) -> FloatArray:
    """
    Return the net figure of each of ``count`` series, NaN where no row is known.

    Args:
        value: Of each row. ``(n,)``
        series: Index of each row's series. ``(n,)``
        count: How many series there are.
    """
    known = np.isfinite(value)
    total = np.bincount(series[known], value[known], count)
    rows = np.bincount(series[known], minlength=count)
    return np.where(rows > 0, total, np.nan)


@dataclass(frozen=True, slots=True)
class StrikeExposure:
    """An exposure summed per strike over all series; 0 where only the other right is known."""

    strike: FloatArray  # (k,), ascending: strikes with a known row
    call: FloatArray
    put: FloatArray

    @property
    def net(self) -> FloatArray:
        """Calls plus puts, their signs being in the figures already."""
        return self.call + self.put


def by_strike(value: FloatArray, strike: FloatArray, is_call: BoolArray) -> StrikeExposure:
    """Sum an exposure over all rows of a strike, calls and puts apart; unknown rows are skipped."""
    known = np.isfinite(value) & np.isfinite(strike)
    levels, place = np.unique(strike[known], return_inverse=True)
    amount, chosen = value[known], is_call[known]
    call = np.bincount(place[chosen], amount[chosen], len(levels))
    put = np.bincount(place[~chosen], amount[~chosen], len(levels))
    return StrikeExposure(levels, call.astype(np.float64), put.astype(np.float64))  # none: int64
