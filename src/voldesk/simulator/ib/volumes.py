"""How much trades in each minute, and in each second of one; whole numbers that add up."""

from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from voldesk.model.quotes import FloatArray
from voldesk.simulator.ib.candles import MINUTES_PER_DAY, SECONDS_PER_MINUTE
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.noise import stream, uniforms
from voldesk.simulator.ib.walks import u_shape

_OUTSIDE: Final = 0.02  # of the regular session's volume, per minute
_OPTION_DAY: Final = 600.0  # contracts of a busy one
_OPTION_REACH: Final = 0.25  # years whose standard deviation is where trading dies away
_COIN_LOT: Final = 0.0001


class Traded(NamedTuple):
    """Volume and number of trades of consecutive stretches, whole numbers, ``(n,)``."""

    volume: FloatArray
    trade_count: FloatArray


def minutes_traded(seed: int, instrument: Instrument, day: int, spot: float) -> Traded:
    """
    Return what trades in the 1440 minutes of a day (UTC, counted from 1970).

    Args:
        seed: Of everything random.
        instrument: Whose trades.
        day: Which day.
        spot: Of the product as the day began: options far from it trade little.
    """
    number = day * MINUTES_PER_DAY + np.arange(MINUTES_PER_DAY)
    drawn = uniforms(stream(seed, instrument.con_id, "volume"), number)
    hours = instrument.hours
    share = _profile(hours.spans(day, is_regular=False), hours.spans(day, is_regular=True))
    lot = lot_of(instrument)
    mean = _day_volume(seed, instrument, spot) * share / lot
    with np.errstate(divide="ignore"):  # nothing trades where the mean is 0
        volume = np.floor(np.log(drawn) / np.log(mean / (1.0 + mean))) * lot  # geometric
    size = 2.0 if instrument.is_option else instrument.product.trade_size
    spread = 0.7 + 0.6 * uniforms(stream(seed, instrument.con_id, "count"), number)
    count = np.minimum(np.ceil(volume / size * spread), np.ceil(volume / lot))
    return Traded(volume, count)


def seconds_traded(seed: int, instrument: Instrument, minute: int, traded: Traded) -> Traded:
    """Return what trades in each second of a minute that has traded that much, ``(1,)``."""
    number = minute * SECONDS_PER_MINUTE + np.arange(SECONDS_PER_MINUTE)
    weight = -np.log(uniforms(stream(seed, instrument.con_id, "seconds"), number))
    share = np.cumsum(weight) / weight.sum()
    share[-1] = 1.0
    units = Traded(traded.volume / lot_of(instrument), traded.trade_count)
    volume, count = (np.diff(np.floor(share * np.rint(x[0])), prepend=0.0) for x in units)
    return Traded(volume * lot_of(instrument), count)


def lot_of(instrument: Instrument) -> float:
    """Return the unit volumes are counted in."""
    return _COIN_LOT if instrument.sec_type == "CRYPTO" else 1.0


def _day_volume(seed: int, instrument: Instrument, spot: float) -> float:
    product = instrument.product
    if not instrument.is_option:
        return product.day_volume
    own = float(uniforms(stream(seed, instrument.con_id, "activity"), np.array([0]))[0])
    distance = np.log(instrument.strike / spot) / (product.implied_vol * np.sqrt(_OPTION_REACH))
    return float(_OPTION_DAY * own * own * (np.exp(-0.5 * distance * distance) + 0.005))


Spans = tuple[tuple[int, int, int, int], ...]


@lru_cache(maxsize=256)
def _profile(trading: Spans, regular: Spans) -> FloatArray:
    """Return the share of a day's volume in each minute: a U inside the regular session."""
    weight = np.zeros(MINUTES_PER_DAY)
    for start, end, begins, ends in trading:
        weight[start:end] = _OUTSIDE / (ends - begins)
    for start, end, begins, ends in regular:
        weight[start:end] = u_shape(start, end, begins, ends) / (ends - begins)
    return weight
