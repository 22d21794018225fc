"""What an underlying's own past says of its iv now; with too little of it, nothing."""

import math
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

import numpy as np

from voldesk.analytics.iv_rank import IvPast, iv_percentile, iv_rank

MONTH: Final = "30d"
"""The iv at the money of a constant 30 days: it means the same at every hour of every day."""

FRONT: Final = "front"
"""The iv at the money of the first series, compared with days when it had as long to go."""


class IvHistory(Protocol):
    """Keeps the ivs of underlyings, and gives them back."""

    def past(
        self, source: str, underlying: str, today: date, secs_to_settle: float, days: int
    ) -> IvPast:
        """
        Return what is known of the days before today.

        Args:
            source: The feed they came from: a simulated past says nothing of a real present.
            underlying: As the chain names it.
            today: Of its market.
            secs_to_settle: Of the first series now; NaN for not known.
            days: Trading days, at most.

        Raises:
            StorageError: What was kept cannot be read.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IvStanding:
    """
    Where the iv of an underlying stands among its own past.

    Attributes:
        percentile: 0 to 100, NaN where not known, as ``rank``.
        measure: `MONTH` or `FRONT`, "" where neither is known.
        iv: Of that measure now, a fraction.
        days: Earlier days it was compared with.
        reason: Why it is not known, "" where it is.
    """

    percentile: float
    rank: float
    measure: str
    iv: float
    days: int
    reason: str


def standing(month_iv: float, front_iv: float, past: IvPast, least_days: int) -> IvStanding:
    """
    Compare the iv with its own past: the 30-day one where there is enough of it, else the front's.

    Args:
        month_iv: Now, a fraction; NaN where the chain does not reach 30 days.
        front_iv: Likewise, of the first series.
        past: What is known.
        least_days: Days without which nothing is said.
    """
    lacks: list[str] = []
    for measure, iv, values in ((MONTH, month_iv, past.month), (FRONT, front_iv, past.front)):
        days = int(np.count_nonzero(np.isfinite(values)))
        percentile = iv_percentile(values, iv, least_days)
        if math.isfinite(percentile):
            return IvStanding(
                percentile=percentile,
                rank=iv_rank(values, iv, least_days),
                measure=measure,
                iv=iv,
                days=days,
                reason="",
            )
        now = "" if math.isfinite(iv) else ", none now"
        lacks.append(f"{measure} iv of {days} days{now}")
    return IvStanding(
        percentile=math.nan,
        rank=math.nan,
        measure="",
        iv=math.nan,
        days=0,
        reason=f"{'; '.join(lacks)}: {least_days} are needed",
    )
