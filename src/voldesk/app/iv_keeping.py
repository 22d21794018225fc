"""Keeps the ivs of a running process, a sample a minute of each underlying."""

import asyncio
import math
from pathlib import Path
from typing import Any, Final

import structlog

from voldesk.analytics.summary import SeriesSummary
from voldesk.analytics.update import ChainUpdate
from voldesk.app.feeds import Feeds
from voldesk.bus.local import LocalBus
from voldesk.model.clock import Clock
from voldesk.model.errors import StorageError
from voldesk.model.sessions import NS_PER_DAY, NS_PER_SECOND, is_open, local_date
from voldesk.store.iv_history import IvHistoryFile, IvHistorySettings, IvSample

_FILE: Final = "iv_history.sqlite"
_MONTH_DAYS: Final = 30
_SIM: Final = "sim"

log = structlog.get_logger(__name__)


def history_file(settings: IvHistorySettings, feeds: Feeds, folder: Path) -> IvHistoryFile | None:
    """
    Return where the ivs of some feeds are kept, None for nowhere.

    A recording is of a day that was. What is made here is kept where the operator named a file.

    Args:
        settings: See `IvHistorySettings`.
        feeds: What streams.
        folder: Of the user's settings.
    """
    is_made_here = all(feed.name == _SIM for feed in feeds.feeds)
    if feeds.is_replay or (is_made_here and settings.file is None):
        return None
    return IvHistoryFile(settings.file or folder / _FILE)


class IvKeeper:
    """
    Writes down the ivs of every underlying on the bus.

    A sample is taken from a summary, while the market is open; samples that wait for the disk are
    one per underlying, the newest.

    Args:
        file: Where they are kept.
        bus: Where chains are published.
        clock: The time of the feeds.
        settings: See `IvHistorySettings`.
    """

    def __init__(
        self, file: IvHistoryFile, bus: LocalBus, clock: Clock, settings: IvHistorySettings
    ) -> None:
        self._file, self._clock, self._settings = file, clock, settings
        self._taken: dict[str, int] = {}
        self._waiting: dict[str, IvSample] = {}
        self._work = asyncio.Event()
        self._listener = bus.on("chain/*", self._hear, name="iv history")

    async def run(self) -> None:
        """Write samples as they come, until cancelled; a file that refuses is told of once."""
        is_well = True
        oldest = self._clock.now() - self._settings.keep_days * NS_PER_DAY
        try:
            await asyncio.to_thread(self._file.drop_before, oldest)
        except StorageError as exc:
            is_well = _tell(exc, is_well=is_well)
        while True:
            await self._work.wait()
            self._work.clear()
            samples, self._waiting = list(self._waiting.values()), {}
            try:
                await asyncio.to_thread(self._file.append, samples)
                is_well = True
            except StorageError as exc:
                is_well = _tell(exc, is_well=is_well)

    def close(self) -> None:
        """Take no more samples."""
        self._listener()

    def _hear(self, _topic: str, update: Any) -> None:  # noqa: ANN401  # the topic's own type
        every_ns = round(self._settings.every_secs * NS_PER_SECOND)
        taken = self._taken.get(update.underlying)
        if update.summary is None or (taken is not None and update.ts_flush - taken < every_ns):
            return
        if not is_open(update.ts_flush, update.table.market):
            return
        sample = sample_of(update)
        if math.isfinite(sample.front_iv) or math.isfinite(sample.month_iv):
            self._taken[update.underlying] = update.ts_flush
            self._waiting[update.underlying] = sample
            self._work.set()


def sample_of(update: ChainUpdate) -> IvSample:
    """Return what of an update with a summary is kept."""
    assert update.summary is not None
    front = _front(update.summary.series, update.ts_flush)
    secs = math.nan
    if front is not None:
        secs = (front.settles_at - update.ts_flush) / NS_PER_SECOND
    return IvSample(
        source=update.feed,
        underlying=update.underlying,
        day=local_date(update.ts_flush, update.table.market),
        ts=update.ts_flush,
        spot=float(update.table.live_spot),
        front_iv=math.nan if front is None else front.atm_iv,
        front_secs=secs,
        month_iv=update.summary.underlying.term_structure.get(_MONTH_DAYS, math.nan),
    )


def _front(series: tuple[SeriesSummary, ...], now: int) -> SeriesSummary | None:
    """Return the first series that has not settled; of several with one date the fullest."""
    alive = [one for one in series if one.settles_at > now and one.expiry is not None]
    if not alive:
        return None
    day = min(one.expiry for one in alive if one.expiry is not None)
    return max((one for one in alive if one.expiry == day), key=lambda one: one.ok)


def _tell(error: StorageError, *, is_well: bool) -> bool:
    if is_well:
        log.warning("ivs_not_kept", reason=str(error))
    return False
