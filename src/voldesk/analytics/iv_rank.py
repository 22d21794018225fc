"""Where an implied vol stands among its own past: percentile and rank, unknown with too little."""

import math
from dataclasses import dataclass, field

import numpy as np

from voldesk.model.quotes import FloatArray


def _nothing() -> FloatArray:
    return np.empty(0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IvPast:
    """
    What is known of earlier trading days of one underlying, the newest first.

    Attributes:
        month: The last 30-day iv at the money of each day, fractions.
        front: Of each day, the iv at the money of the first series when it had as long to go as
            the first one has now; days without such an instant are left out.
        last_spot: The last one of the day before, quote currency; NaN where there is none.
    """

    month: FloatArray = field(default_factory=_nothing)
    front: FloatArray = field(default_factory=_nothing)
    last_spot: float = math.nan


def iv_percentile(past: FloatArray, iv: float, least_count: int) -> float:
    """
    Return the share of past values that lie below, in percent.

    Args:
        past: One value per day, fractions; NaN is no value. ``(n,)``
        iv: Now, a fraction.
        least_count: Past values without which there is no answer.

    Returns:
        0 to 100; NaN where the present is unknown or the past too short.
    """
    known = _known(past, iv, least_count)
    return math.nan if known is None else 100.0 * float(np.count_nonzero(known < iv)) / known.size


def iv_rank(past: FloatArray, iv: float, least_count: int) -> float:
    """
    Return the place between the lowest and the highest value, in percent.

    The present counts among them, so a new low is 0 and a new high is 100.

    Args:
        past: One value per day, fractions; NaN is no value. ``(n,)``
        iv: Now, a fraction.
        least_count: Past values without which there is no answer.

    Returns:
        0 to 100; NaN as of `iv_percentile`, and where all values are one.
    """
    known = _known(past, iv, least_count)
    if known is None:
        return math.nan
    low, high = min(float(known.min()), iv), max(float(known.max()), iv)
    return 100.0 * ((iv - low) / (high - low)) if high > low else math.nan


def _known(past: FloatArray, iv: float, least_count: int) -> FloatArray | None:
    """Return the past values there are, None where they say nothing of the present."""
    known = past[np.isfinite(past)]
    return known if math.isfinite(iv) and known.size >= max(least_count, 1) else None
