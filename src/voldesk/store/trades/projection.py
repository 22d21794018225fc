"""
The projection of a journal that is being written: a task beside the desk, never in its way.

It works in a thread of its own and touches nothing of the desk's but the count of durable
entries. A database that is down, slow or hung delays rows and nothing else: they are in the
journal, and follow when it is back.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from voldesk.model.clock import Clock
from voldesk.model.errors import VoldeskError
from voldesk.store.trades.database import database_url, open_database, told
from voldesk.store.trades.projector import Projector
from voldesk.store.trades.retention import NS_PER_DAY, prune
from voldesk.store.trades.settings import TradesSettings
from voldesk.store.trades.tail import Tail

log = structlog.get_logger(__name__)

CLOSE_SECS: Final = 5.0
"""How long the end waits for a database to finish; one that hangs is left behind."""

ANSWER_NS: Final = 10 * 10**9
"""A database that is at one transaction for longer counts as one that is down."""


class ProjectionState(StrEnum):
    """How the projection stands."""

    STOPPED = "stopped"
    FOLLOWING = "following"
    WAITING = "waiting"  # for a database that is down; it is tried again
    FAILED = "failed"  # and a person has to act


@dataclass(frozen=True, slots=True)
class ProjectionReport:
    """
    How the projection stands.

    Attributes:
        entries: How many the database has, None until it told.
        lag: How many durable entries it has not yet, None while that is not known.
        reason: Why it waits or failed, "" if it does neither.
    """

    state: ProjectionState
    entries: int | None
    lag: int | None
    reason: str


class Projection:
    """
    Follows the journal of one account into SQL.

    Args:
        path: The journal's log.
        account: Whose it is.
        durable: Says how many entries the disk has: ``lambda: len(journal)``. Called from
            another thread.
        settings: Where to and how patiently.
        clock: For retention, and to notice a database that hangs.

    Raises:
        ConfigError: The URL of the database is none, or its driver is not installed.
    """

    def __init__(
        self,
        path: Path,
        account: str,
        durable: Callable[[], int],
        settings: TradesSettings,
        clock: Clock,
    ) -> None:
        self._path, self._account, self._durable = path, account, durable
        self._settings, self._clock = settings, clock
        self._engine = open_database(database_url(settings.url, path.parent))
        self._state, self._reason = ProjectionState.STOPPED, ""
        self._entries: int | None = None
        self._busy_since: int | None = None
        self._pruned_at: int | None = None
        self._news = threading.Event()
        self._ending = threading.Event()

    @property
    def report(self) -> ProjectionReport:
        """Return how it stands now."""
        state, reason, since = self._state, self._reason, self._busy_since
        busy_ns = 0 if since is None else self._clock.now() - since
        if state is ProjectionState.FOLLOWING and busy_ns > ANSWER_NS:
            state = ProjectionState.WAITING
            reason = f"the database has not answered for {busy_ns // 10**9} s"
        entries = self._entries
        lag = None if entries is None else max(self._durable() - entries, 0)
        return ProjectionReport(state, entries, lag, reason)

    def wake(self) -> None:
        """Say that the journal grew; without it the projection looks every ``poll_secs``."""
        self._news.set()

    async def run(self) -> None:
        """
        Follow until cancelled, or until a person has to act, which `report` says.

        No error leaves it: a desk goes on without its database.
        """
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        self._ending.clear()

        def work() -> None:
            try:
                self._follow()
            finally:
                with suppress(RuntimeError):  # the loop is closed: it was left behind
                    loop.call_soon_threadsafe(ended.set)

        # A daemon, since a thread that waits for a hung database must not keep the process alive.
        threading.Thread(target=work, name="projection", daemon=True).start()
        try:
            await ended.wait()
        finally:
            self._ending.set()
            self._news.set()
            try:
                async with asyncio.timeout(CLOSE_SECS):
                    await ended.wait()
            except TimeoutError:
                log.warning("projection_left_behind", why="the database does not answer")

    def _follow(self) -> None:
        """Step until the end; the body of the thread."""
        try:
            with Tail(self._path) as tail:
                self._keep_stepping(tail)
            self._change(ProjectionState.STOPPED, "")
        except VoldeskError as exc:
            self._change(ProjectionState.FAILED, str(exc))
        except Exception as exc:
            log.exception("projection_failed")
            self._change(ProjectionState.FAILED, repr(exc))
        finally:
            self._busy_since = None
            self._engine.dispose()

    def _keep_stepping(self, tail: Tail) -> None:
        one = self._settings
        projector = Projector(self._engine, tail, self._account)
        pause_secs = one.retry_secs
        while not self._ending.is_set():
            try:
                self._work_through(projector)
            except (SQLAlchemyError, OSError) as exc:
                self._engine.dispose()
                why = told(exc) if isinstance(exc, SQLAlchemyError) else str(exc)
                self._change(ProjectionState.WAITING, why)
                self._busy_since = None
                self._ending.wait(pause_secs)
                pause_secs = min(2 * pause_secs, one.retry_most_secs)
            else:
                pause_secs = one.retry_secs
                self._news.wait(one.poll_secs)
                self._news.clear()

    def _work_through(self, projector: Projector) -> None:
        """Project everything that is durable, then drop what is too old."""
        while projector.is_behind(self._durable()) and not self._ending.is_set():
            self._busy_since = self._clock.now()
            projector.step(self._settings.batch_entries, self._durable())
            self._entries = projector.entries
            self._busy_since = None
            self._change(ProjectionState.FOLLOWING, "")
        days, now = self._settings.retention_days, self._clock.now()
        if days is None or self._ending.is_set():
            return
        if self._pruned_at is None or now - self._pruned_at >= NS_PER_DAY:
            self._busy_since = now
            prune(self._engine, self._path, self._account, now - days * NS_PER_DAY)
            self._busy_since = None
            self._pruned_at = now

    def _change(self, state: ProjectionState, reason: str) -> None:
        if (state, reason) == (self._state, self._reason):
            return
        self._state, self._reason = state, reason
        if state is ProjectionState.WAITING:
            log.warning("projection_waits", why=reason)
        elif state is ProjectionState.FAILED:
            log.error("projection_failed", why=reason)
        else:
            log.info("projection", state=state.value, entries=self._entries)
