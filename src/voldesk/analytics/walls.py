"""Walls: the strikes where most gamma stands."""

import numpy as np

from voldesk.analytics.exposure import StrikeExposure
from voldesk.model.quotes import FloatArray


def call_wall(gex: StrikeExposure) -> float:
    """
    Return the strike with the largest gamma exposure of calls, over all series.

    The largest by size, so it does not depend on the sign convention; of equals the lowest.

    Returns:
        Quote currency; NaN where no call has gamma exposure.
    """
    return _largest(gex.strike, gex.call)


def put_wall(gex: StrikeExposure) -> float:
    """Return the strike with the largest gamma exposure of puts; see ``call_wall``."""
    return _largest(gex.strike, gex.put)


def _largest(strike: FloatArray, value: FloatArray) -> float:
    size = np.abs(value)
    if not len(size) or not size.max() > 0.0:
        return float("nan")
    return float(strike[int(np.argmax(size))])
