"""The pump: takes what feeds tick, keeps the chains, and publishes what changed."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from time import monotonic, thread_time
from typing import Any, Final

from voldesk.bus.local import STATUS, LocalBus
from voldesk.chain.book import Cadence, ChainBook
from voldesk.chain.shelf import open_shelves
from voldesk.chain.table import ChainTable
from voldesk.model.clock import Clock
from voldesk.model.errors import VoldeskError
from voldesk.model.ports.feed import Feed
from voldesk.model.quotes import NO_TIME
from voldesk.model.ticks import TickBatch
from voldesk.pipeline.health import HealthReport, Part
from voldesk.pipeline.inlet import Inlet
from voldesk.pipeline.lane import Lane, Source, turn
from voldesk.pipeline.pace import Pace
from voldesk.pipeline.stats import PumpStats

_LOG: Final = logging.getLogger(__name__)
_NS_PER_SECOND: Final = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpSettings:
    """
    How a pump runs.

    Attributes:
        is_replay: The feeds are recordings: every batch is flushed by itself, and the time is that
            of its last tick, so that the same recording gives the same updates bit for bit.
        min_gap_secs: Least time between two flushes; a tick that comes later than that after the
            last flush leaves at once.
        max_gap_secs: The gap grows until flushes take three fifths of a core, at most to this.
        turn_secs: Without ticks, time alone moves the figures this often (not in a replay).
        summary_secs: Least time between two summaries of an underlying. After its first one they
            are made between flushes, and what the next update carries may be some ms old; in a
            replay it is always that of the update itself.
        fallback_secs: Silence of a feed after which another one that ticks the same stands in.
        quiet_secs: Silence after which an underlying is called STALE.
        status_secs: Health that has not changed is told this often.
        stale_after_secs: Age of a quote at which its row is STALE; None: after a gap alone.
        most_pending_ticks: More than this are written into columns before their flush.
        batches_per_turn: A feed that hands on so many without a pause gives others a turn.
        cadence: What the chains do that no tick asks for.
    """

    is_replay: bool = False
    min_gap_secs: float = 0.001
    max_gap_secs: float = 0.25
    turn_secs: float = 0.1
    summary_secs: float = 1.0
    fallback_secs: float = 5.0
    quiet_secs: float = 5.0
    status_secs: float = 5.0
    stale_after_secs: float | None = 120.0
    most_pending_ticks: int = 65_536
    batches_per_turn: int = 64
    cadence: Cadence = field(default_factory=Cadence)


class Pump:
    """
    Runs feeds into chains and chains onto the bus, on one event loop; the only writer of a chain.

    Topics: ``ticks/<feed>`` (every `TickBatch` as it came), ``chain/<underlying>``
    (`ChainUpdate`) and ``status`` (see `HealthReport.due`). A feed that fails or cannot be opened
    is named there; the others go on. Where several feeds tick one underlying the first in the
    list owns it and the others stand in, see `Lane`.

    Overload lowers the rate of flushes: ticks that wait are conflated in the columns.

    Args:
        feeds: In order of precedence; names are unique.
        bus: Where it publishes.
        clock: The time of everything but a replay.
        settings: See `PumpSettings`.
    """

    def __init__(
        self,
        feeds: Sequence[Feed],
        bus: LocalBus,
        clock: Clock,
        settings: PumpSettings | None = None,
    ) -> None:
        self._settings = settings or PumpSettings()
        self._bus = bus
        self._clock = clock
        self._inlets = tuple(
            Inlet(feed, rank, self._settings.most_pending_ticks) for rank, feed in enumerate(feeds)
        )
        self._lanes: dict[str, Lane] = {}
        self._report = HealthReport(
            quiet_ns=_ns(self._settings.quiet_secs), every_ns=_ns(self._settings.status_secs)
        )
        self._parts: dict[str, Part] = {}
        self._stats = PumpStats(gap_secs=self._settings.min_gap_secs)
        self._work = asyncio.Event()
        self._group: asyncio.TaskGroup | None = None
        self._streams: set[asyncio.Task[None]] = set()
        self._now = self._told_at = NO_TIME  # of the newest flush and look at health

    @property
    def feeds(self) -> tuple[Feed, ...]:
        """Return the feeds, in order of precedence."""
        return tuple(inlet.feed for inlet in self._inlets)

    @property
    def underlyings(self) -> tuple[str, ...]:
        """Name the underlyings of the feeds that are open, in order of first appearance."""
        return tuple(self._lanes)

    def table(self, underlying: str) -> ChainTable:
        """
        Return the live table of an underlying: read it on one turn of the loop, or copy it.

        Raises:
            KeyError: No feed that is open ticks it.
        """
        return self.book(underlying).table

    def book(self, underlying: str) -> ChainBook:
        """
        Return the chain that is published of an underlying: its table, keys and instruments.

        Raises:
            KeyError: No feed that is open ticks it.
        """
        return self._lanes[underlying].active.book

    def sources(self, underlying: str) -> tuple[Source, ...]:
        """Return the feeds that tick an underlying and their chains; none where nobody does."""
        lane = self._lanes.get(underlying)
        return tuple(lane.sources) if lane is not None else ()

    def stats(self) -> PumpStats:
        """Return the counters: live, the same object every time."""
        books = [source.book for inlet in self._inlets for source in inlet.sources]
        self._stats.late_ticks = sum(book.late_count for book in books)
        self._stats.gaps = sum(book.gap_count for book in books)
        self._stats.stray_ticks = sum(inlet.stray_count for inlet in self._inlets)
        return self._stats

    def health(self) -> dict[str, Any]:
        """Return what ``status`` would tell now."""
        report = HealthReport(quiet_ns=_ns(self._settings.quiet_secs), every_ns=0)
        message = report.due(self._time(), self._lanes.values(), self._inlets, self._parts)
        assert message is not None
        return message

    def tell_also(self, name: str, part: Part) -> None:
        """Have every message of ``status`` say under a name what a part returns then."""
        self._parts[name] = part

    async def run(self) -> None:
        """
        Open the feeds and pump until every one has ended or failed; cancel it to stop.

        Feeds are closed when they end and when it is cancelled.

        Raises:
            ExceptionGroup: A chain could not be valued: our mistake, nothing goes on.
        """
        async with asyncio.TaskGroup() as group:
            chores = [self._keep_flushing, self._keep_turning, self._keep_summarizing]
            live = [] if self._settings.is_replay else chores
            tasks = [group.create_task(one(), name=f"pump {one.__name__}") for one in live]
            self._group = group
            try:
                for inlet in self._inlets:
                    self._start(inlet)
                while self._streams:
                    await asyncio.wait(self._streams)
            finally:
                self._group = None
            for task in tasks:
                task.cancel()
            if not self._settings.is_replay:
                self._flush(self._clock.now())

    def restart(self, name: str) -> bool:
        """
        Open a feed again that is down, while others still run; say whether there was such a feed.

        Its rows are stale until they tick. With another listing than before it gets new chains.
        """
        running = {task.get_name() for task in self._streams}
        for inlet in self._inlets:
            if inlet.feed.name == name and _task_name(inlet) not in running and self._group:
                self._start(inlet)
                return True
        return False

    def _start(self, inlet: Inlet) -> None:
        assert self._group is not None
        task = self._group.create_task(self._stream(inlet), name=_task_name(inlet))
        self._streams.add(task)
        task.add_done_callback(self._streams.discard)

    async def _stream(self, inlet: Inlet) -> None:
        """Take what one feed ticks until it ends."""
        settings = self._settings
        async with aclosing(self._batches(inlet)) as batches:
            async for batch in batches:
                self._take(inlet, batch)
                if settings.is_replay and batch.size:
                    self._flush(int(batch["ts_recv"][-1]))
                if settings.is_replay or inlet.batches_waiting >= settings.batches_per_turn:
                    await asyncio.sleep(0)

    async def _batches(self, inlet: Inlet) -> AsyncGenerator[TickBatch, None]:
        """Yield a feed's batches from opening it to closing it; what goes wrong there ends it."""
        reason = "ended"
        try:
            await inlet.feed.open()
            self._connect(inlet)
            async for batch in inlet.feed.batches():
                yield batch
        except VoldeskError as exc:
            reason = str(exc)
            _LOG.warning("feed_down feed=%s reason=%s", inlet.feed.name, reason)
        except Exception as exc:  # noqa: BLE001  # one feed's mistake ends that feed alone
            reason = f"{type(exc).__name__}: {exc}"
            _LOG.exception("feed_failed feed=%s", inlet.feed.name)
        finally:
            inlet.deal()
            inlet.fail(reason)
            self._work.set()
            await self._close(inlet)
        self._tell_health(self._time())

    async def _close(self, inlet: Inlet) -> None:
        try:
            await inlet.feed.close()
        except Exception:  # noqa: BLE001  # it is gone in any case
            _LOG.exception("feed_close_failed feed=%s", inlet.feed.name)

    def _connect(self, inlet: Inlet) -> None:
        """Give a feed that has opened its chains."""
        feed, settings, now = inlet.feed, self._settings, self._time()
        if inlet.listing is feed.listing:
            inlet.reopen(now)
            return
        shelves = open_shelves(
            feed.listing,
            {name: feed.profile(name) for name in feed.listing.underlyings},
            as_of=now,
            stale_after_secs=settings.stale_after_secs,
            cadence=settings.cadence,
        )
        sources = [
            Source(feed, shelf, book, inlet.rank, now) for shelf in shelves for book in shelf.books
        ]
        for source in sources:
            self._lane(source.book.table.underlying).join(source)
        inlet.connect(feed.listing, sources)
        _LOG.info("feed_open feed=%s instruments=%d", feed.name, len(feed.listing))

    def _lane(self, underlying: str) -> Lane:
        """Return the lane of an underlying, a new one where there is none."""
        lane = self._lanes.get(underlying)
        if lane is None:
            settings = self._settings
            lane = self._lanes[underlying] = Lane(
                underlying,
                fallback_ns=_ns(settings.fallback_secs),
                summary_ns=_ns(settings.summary_secs),
            )
        return lane

    def _take(self, inlet: Inlet, batch: TickBatch) -> None:
        self._stats.batches += 1
        self._stats.ticks += batch.size
        inlet.take(batch)
        self._bus.publish(inlet.topic, batch)
        self._work.set()

    async def _keep_flushing(self) -> None:
        """
        Flush when there is work and the pace allows it.

        What counts is the CPU time of a flush and of what listeners have put off to the next turn
        of the loop, which is where gateways encode and send. Time on a clock would count what
        others do on this machine, and make a busy one slower still.
        """
        loop, settings = asyncio.get_running_loop(), self._settings
        pace = Pace(settings.min_gap_secs, settings.max_gap_secs)
        timer: asyncio.TimerHandle | None = None

        def ring() -> None:
            nonlocal timer
            timer = None
            self._work.set()

        while True:
            await self._work.wait()
            self._work.clear()
            now = monotonic()  # uvloop's own clock goes in whole milliseconds
            if wait_secs := pace.wait_secs(now):
                timer = timer or loop.call_later(wait_secs, ring)
                continue
            if timer is not None:
                timer.cancel()
                timer = None
            pace.begin(now)
            begun_secs = thread_time()
            self._flush(self._clock.now())
            await asyncio.sleep(0)
            pace.end(thread_time() - begun_secs)
            self._stats.gap_secs = pace.gap_secs

    async def _keep_turning(self) -> None:
        """Let time move what no tick moves, and tell health."""
        while True:
            await asyncio.sleep(self._settings.turn_secs)
            self._work.set()
            self._tell_health(self._clock.now())

    async def _keep_summarizing(self) -> None:
        """Make summaries beside the flushes, in steps: a whole one takes milliseconds."""
        while True:
            await asyncio.sleep(self._settings.turn_secs)
            for lane in list(self._lanes.values()):
                if lane.has_summary and lane.is_summary_behind:
                    for _ in lane.summarize():
                        await asyncio.sleep(self._stats.gap_secs)  # a flush comes in between

    def _flush(self, now: int) -> None:
        """Write what waits, reprice what it touched, publish what changed."""
        is_replay, turn_ns = self._settings.is_replay, _ns(self._settings.turn_secs)
        stats, clock = self._stats, self._clock
        self._now = now
        for inlet in self._inlets:
            inlet.deal()
        due = []
        for lane in self._lanes.values():
            lane.choose(now)
            if lane.has_news or not 0 <= now - lane.turned_at < turn_ns:
                due.append(lane)
        applied_at = clock.now()
        waiting = [recv for lane in due if (recv := lane.active.book.oldest_recv) != NO_TIME]
        changed = turn(due, now)
        if waiting and not is_replay:
            stats.applied.add(applied_at - min(waiting))
        if changed:
            stats.priced.add(clock.now() - applied_at)
        is_summarized = False
        for lane in changed:  # live, one first summary per flush: they take milliseconds
            may_summarize = is_replay or not (is_summarized or lane.has_summary)
            is_summarized |= self._publish(lane, may_summarize=may_summarize)
        stats.flushes += 1
        if is_replay and not 0 <= now - self._told_at < turn_ns:
            self._tell_health(now)

    def _publish(self, lane: Lane, *, may_summarize: bool) -> bool:
        """Publish what a lane's turn changed; say whether that has a summary."""
        stats, clock = self._stats, self._clock
        is_summarized = may_summarize and lane.is_summary_due()
        ts_flush = self._now if self._settings.is_replay else clock.now()
        update = lane.update(ts_flush, is_summarized=is_summarized)
        handed_at = clock.now()
        self._bus.publish(lane.topic, update)
        stats.updates += 1
        stats.rows += update.rows.size
        stats.published.add(clock.now() - handed_at)
        return is_summarized

    def _tell_health(self, now: int) -> None:
        self._told_at = now
        message = self._report.due(now, self._lanes.values(), self._inlets, self._parts)
        if message is not None:
            self._bus.publish(STATUS, message)

    def _time(self) -> int:
        return self._now if self._settings.is_replay else self._clock.now()


def _task_name(inlet: Inlet) -> str:
    return f"pump feed {inlet.feed.name}"


def _ns(secs: float) -> int:
    return round(secs * _NS_PER_SECOND)
