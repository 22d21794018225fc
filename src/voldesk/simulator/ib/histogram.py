"""How much traded at which price over some days."""

import re
from datetime import timedelta
from typing import Final

import numpy as np

from voldesk.simulator.ib.bars import Bars, joined
from voldesk.simulator.ib.candles import SECONDS_PER_DAY
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.refusal import invalid, no_history
from voldesk.simulator.ib.shows import Show, on_ticks
from voldesk.wire.ib.types import HistogramBin

_PERIOD: Final = re.compile(
    r"([0-9]{1,3}) ?(S|D|W|M|Y|secs?|days?|weeks?|months?|years?)\Z", re.IGNORECASE
)
_DAYS: Final = {"s": 1, "d": 1, "w": 7, "m": 31, "y": 365}
_MOST_DAYS: Final = 366


def histogram(
    bars: Bars, instrument: Instrument, period: str, now: int, *, is_regular: bool
) -> tuple[HistogramBin, ...]:
    """
    Return how much traded at each price, ascending.

    Args:
        bars: Whose minutes are counted, each at its average price.
        instrument: Of what.
        period: ``1 week``, ``3 days``, ``1 W``: calendar days back.
        now: UTC seconds.
        is_regular: Whether only regular sessions count.

    Raises:
        Refused: The period is none (321), or nothing traded in it (162).
    """
    found = _PERIOD.match(period.strip())
    if found is None:
        raise invalid(f"Histogram period [{period}] is invalid, expected for example '3 days'")
    days = min(int(found.group(1)) * _DAYS[found.group(2)[0].lower()], _MOST_DAYS)
    if not instrument.counts_trades:
        raise no_history(f"No historical market data for {instrument.product.symbol} histogram")
    show = Show.AGGTRADES if instrument.sec_type == "CRYPTO" else Show.TRADES
    first = instrument.hours.local_day(now) - timedelta(days=days - 1)
    last = instrument.hours.local_day(now) + timedelta(days=1)
    parts = []
    for session in instrument.hours.sessions(first, last, is_regular=is_regular):
        for day in range(session.start // SECONDS_PER_DAY, session.end // SECONDS_PER_DAY + 1):
            minutes = bars.minutes(instrument, show, day, now)
            parts.append(minutes.between(session.start, session.end))
    leaves = joined(parts)
    is_sound = np.isfinite(leaves.wap) & (leaves.volume > 0.0)
    price = on_ticks(instrument, leaves.wap[is_sound], np.rint)
    if not len(price):
        raise no_history(f"HMDS query returned no data: {instrument.product.symbol}")
    prices, place = np.unique(price, return_inverse=True)
    sizes = np.bincount(place, weights=leaves.volume[is_sound])
    return tuple(
        HistogramBin(float(at), float(round(size)))
        for at, size in zip(prices, sizes, strict=True)
        if round(size) > 0
    )
