"""Bars of the past, and how far back they go."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final, Self

import numpy as np
from ib_async.contract import Contract
from ib_async.objects import BarData

from voldesk.model.errors import VenueRejected
from voldesk.model.quotes import FloatArray, IntArray
from voldesk.venues.ib.link import Link

_NS_PER_SECOND: Final = 1_000_000_000
_EPOCH: Final = 2  # formatDate: UTC seconds
_HISTORY_SECS: Final = 60.0  # TWS collects long ones from a farm of their own


class Shown(StrEnum):
    """What the bars are of."""

    TRADES = "TRADES"
    MIDPOINT = "MIDPOINT"
    BID = "BID"
    ASK = "ASK"
    BID_ASK = "BID_ASK"
    HISTORICAL_VOLATILITY = "HISTORICAL_VOLATILITY"
    IMPLIED_VOLATILITY = "OPTION_IMPLIED_VOLATILITY"


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """
    Bars in columns, oldest first. ``(n,)`` each.

    Attributes:
        start: When each begins, UTC ns; of a daily bar the midnight UTC of its date.
        volume: NaN where trades are not counted, such as of quotes.
        average: Weighted by volume, NaN likewise.
        trade_count: NaN likewise.
    """

    start: IntArray
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray
    average: FloatArray
    trade_count: FloatArray

    def __len__(self) -> int:
        return len(self.start)

    @classmethod
    def of(cls, rows: Sequence[BarData]) -> Self:
        """Return TWS's bars, its -1 as NaN."""

        def column(name: str) -> FloatArray:
            return np.array([getattr(row, name) for row in rows], dtype=np.float64)

        def counted(name: str) -> FloatArray:
            values = column(name)
            values[values < 0.0] = np.nan
            return values

        return cls(
            start=np.array([_instant(row.date) for row in rows], dtype=np.int64),
            open=column("open"),
            high=column("high"),
            low=column("low"),
            close=column("close"),
            volume=counted("volume"),
            average=counted("average"),
            trade_count=counted("barCount"),
        )


async def bars(
    link: Link,
    contract: Contract,
    *,
    duration: str = "1 M",
    size: str = "1 day",
    end: datetime | None = None,
    shown: Shown = Shown.TRADES,
    is_regular_hours: bool = True,
) -> Bars:
    """
    Return the bars of a contract up to an instant.

    TWS takes some 60 questions in ten minutes for bars up to 30 seconds, and none of the same
    again within 15 seconds: it answers others with a pacing violation (162).

    Args:
        link: To TWS.
        contract: What of.
        duration: How far back: ``1 D``, ``6 M``, ``1 Y``.
        size: Of a bar: ``1 min``, ``1 hour``, ``1 day``.
        end: Of the last bar; None for now.
        shown: What the bars are of.
        is_regular_hours: Leave out what was traded outside the session.

    Raises:
        VenueUnavailable: There is no line, or no answer in time.
        ConfigError: There is no such contract, or no permission.
        VenueRejected: There are no such bars, or TWS was asked too often.
    """
    what = f"the bars of {contract.symbol or contract.conId}"
    rows = await link.ask(
        what,
        lambda ib: ib.reqHistoricalDataAsync(
            contract,
            end,
            duration,
            size,
            shown.value,
            is_regular_hours,
            formatDate=_EPOCH,
            timeout=0,
        ),
        secs=_HISTORY_SECS,
    )
    return Bars.of(rows)


async def first_date(
    link: Link,
    contract: Contract,
    *,
    shown: Shown = Shown.TRADES,
    is_regular_hours: bool = True,
) -> int:
    """
    Return the instant of the oldest data there are of a contract, UTC ns.

    Raises:
        VenueUnavailable: There is no line, or no answer in time.
        ConfigError: There is no such contract, or no permission.
        VenueRejected: There are none.
    """
    what = f"the first date of {contract.symbol or contract.conId}"
    try:
        found = await link.ask(
            what,
            lambda ib: ib.reqHeadTimeStampAsync(contract, shown.value, is_regular_hours, _EPOCH),
        )
    except ValueError as exc:
        raise VenueRejected(f"{what}: TWS answered something that is no time: {exc}") from exc
    return _instant(found)


def _instant(at: date | datetime) -> int:
    """Return UTC ns of what TWS dated; a date alone begins at midnight UTC."""
    if not isinstance(at, datetime):
        at = datetime(at.year, at.month, at.day, tzinfo=UTC)
    elif at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return math.floor(at.timestamp()) * _NS_PER_SECOND
