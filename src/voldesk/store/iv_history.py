"""
The ivs of underlyings as they were, minute by minute, for percentiles of later days.

SQLite rather than Parquet: a row comes every minute and has to be durable at once, one process
writes while others read, and a question touches one underlying. A year of minutes of ten
underlyings is some 60 MB.
"""

import math
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from voldesk.analytics.iv_rank import IvPast
from voldesk.model.errors import StorageError

_VERSION: Final = 1
_WAIT_SECS: Final = 5.0
_NEAR_SECS: Final = 900.0
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS samples (
    source TEXT NOT NULL,
    underlying TEXT NOT NULL,
    ts INTEGER NOT NULL,
    day TEXT NOT NULL,
    spot REAL,
    front_iv REAL,
    front_secs REAL,
    month_iv REAL,
    PRIMARY KEY (source, underlying, ts)
) WITHOUT ROWID
"""

# SQLite takes the other columns of such a query from the row that has the MAX or the MIN.
_MONTH: Final = """
SELECT month_iv, MAX(ts) FROM samples
WHERE source = ? AND underlying = ? AND day < ? AND month_iv IS NOT NULL
GROUP BY day ORDER BY day DESC LIMIT ?
"""
_FRONT: Final = """
SELECT front_iv, MIN(ABS(front_secs - ?)) AS away FROM samples
WHERE source = ? AND underlying = ? AND day < ? AND front_iv IS NOT NULL
GROUP BY day HAVING away <= ? ORDER BY day DESC LIMIT ?
"""
_SPOT: Final = """
SELECT spot FROM samples WHERE source = ? AND underlying = ? AND day < ? AND spot IS NOT NULL
ORDER BY ts DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class IvHistorySettings:
    """
    What is kept of ivs.

    Attributes:
        file: Where; None: ``iv_history.sqlite`` beside the user's settings, and nothing of a
            simulated market.
        is_kept: A process that streams chains keeps their ivs.
        every_secs: Between two samples of an underlying.
        keep_days: Samples older than this are dropped.
    """

    file: Path | None = None
    is_kept: bool = True
    every_secs: float = 60.0
    keep_days: int = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class IvSample:
    """
    One underlying at one instant; NaN is not known.

    Attributes:
        source: Name of the feed.
        day: By the calendar of its market.
        ts: UTC ns.
        front_iv: At the money of the first series, a fraction.
        front_secs: Until that settles.
        month_iv: At the money of a constant 30 days.
    """

    source: str
    underlying: str
    day: date
    ts: int
    spot: float
    front_iv: float
    front_secs: float
    month_iv: float


class IvHistoryFile:
    """
    Samples in one file, which several processes may have open.

    Its calls wait for a disk: make them from a thread.

    Args:
        path: The file; made, with its folder, by the first sample.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, samples: Sequence[IvSample]) -> None:
        """
        Make samples durable; of one instant the last one counts.

        Raises:
            StorageError: They are not.
        """
        with self._open(is_made=True) as file:
            file.executemany(
                "INSERT OR REPLACE INTO samples VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        one.source,
                        one.underlying,
                        one.ts,
                        one.day.isoformat(),
                        _or_null(one.spot),
                        _or_null(one.front_iv),
                        _or_null(one.front_secs),
                        _or_null(one.month_iv),
                    )
                    for one in samples
                ],
            )

    def drop_before(self, ts: int) -> int:
        """
        Drop what is older than an instant, UTC ns, and return how many samples that were.

        Raises:
            StorageError: The file refuses.
        """
        if not self.path.exists():
            return 0
        with self._open(is_made=True) as file:
            return file.execute("DELETE FROM samples WHERE ts < ?", (ts,)).rowcount

    def past(
        self, source: str, underlying: str, today: date, secs_to_settle: float, days: int
    ) -> IvPast:
        """
        Return what is known of the days before today; nothing where there is no file.

        An instant of an earlier day counts as having as long to go within a quarter of an hour.

        Args:
            source: Name of the feed.
            underlying: As the chain names it.
            today: Of its market; what is kept of it does not count.
            secs_to_settle: Of the first series now, NaN for not known.
            days: At most.

        Raises:
            StorageError: The file cannot be read.
        """
        if not self.path.exists():
            return IvPast()
        whose = (source, underlying, today.isoformat())
        with self._open(is_made=False) as file:
            month = file.execute(_MONTH, (*whose, days)).fetchall()
            front = []
            if math.isfinite(secs_to_settle):
                front = file.execute(_FRONT, (secs_to_settle, *whose, _NEAR_SECS, days)).fetchall()
            spot = file.execute(_SPOT, whose).fetchone()
        return IvPast(
            month=np.array([row[0] for row in month], dtype=np.float64),
            front=np.array([row[0] for row in front], dtype=np.float64),
            last_spot=math.nan if spot is None else float(spot[0]),
        )

    @contextmanager
    def _open(self, *, is_made: bool) -> Iterator[sqlite3.Connection]:
        """Give the file for one transaction, of this version's form."""
        try:
            if is_made:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=_WAIT_SECS)) as file, file:
                self._require_version(file)
                if is_made:
                    file.execute(_SCHEMA)
                    file.execute(f"PRAGMA user_version = {_VERSION}")
                yield file
        except (OSError, sqlite3.Error) as exc:
            raise StorageError(f"iv history {self.path}: {exc}") from exc

    def _require_version(self, file: sqlite3.Connection) -> None:
        (version,) = file.execute("PRAGMA user_version").fetchone()
        if version not in {0, _VERSION}:
            raise StorageError(
                f"iv history {self.path} has version {version}, this voldesk reads {_VERSION}"
            )


def _or_null(value: float) -> float | None:
    return value if math.isfinite(value) else None
