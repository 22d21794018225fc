"""The scan beside a process that streams: rounds on a schedule, told on the bus."""

import asyncio
from typing import Final

import structlog

from voldesk.app.scan_document import scan_document
from voldesk.app.scan_watchlist import Round, Watchlist
from voldesk.app.schedule import parse_schedule
from voldesk.bus.local import LocalBus
from voldesk.model.clock import Clock
from voldesk.model.errors import ConfigError, StorageError, VenueUnavailable
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.strategies.zero_dte.scanner import ranked
from voldesk.strategies.zero_dte.settings import ScanSettings

SCANS: Final = "scans"
"""Topic of what a round found: the object of ``voldesk scan --json``."""

log = structlog.get_logger(__name__)


class ScanRounds:
    """
    Looks at a watchlist whenever its schedule says, and publishes what it found; buys nothing.

    Args:
        watchlist: What is looked at.
        bus: Where it is told.
        settings: With a schedule.
        clock: The machine's: a schedule is a person's.

    Raises:
        ConfigError: The settings, or the schedule in them, are not possible.
    """

    def __init__(
        self, watchlist: Watchlist, bus: LocalBus, settings: ScanSettings, clock: Clock
    ) -> None:
        settings.require_valid()
        self._watchlist, self._bus, self._settings, self._clock = watchlist, bus, settings, clock
        self._schedule = parse_schedule(settings.schedule or "", settings.schedule_zone)

    async def run(self) -> None:
        """Go round until cancelled; a round that cannot be is logged, and the next one comes."""
        while True:
            now = self._clock.now()
            await asyncio.sleep((self._schedule.after(now) - now) / NS_PER_SECOND)
            found = await self._look()
            if found is None:
                continue
            pool = [one for scan in found.scans for one in scan.candidates if one.is_passing]
            shown = ranked(pool)[: self._settings.most_shown]
            self._bus.publish(SCANS, scan_document(found.scans, shown, ()))

    async def _look(self) -> Round | None:
        """Return what a look finds, None where it cannot be had now."""
        try:
            return await self._watchlist.look()
        except* (ConfigError, StorageError, VenueUnavailable) as group:
            log.warning("not_scanned", reason="; ".join(map(str, group.exceptions)))
        return None
