"""The synthetic market as a feed: nothing above can tell it from a venue."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final

import numpy as np

from voldesk.model.clock import Clock, ManualClock
from voldesk.model.conventions import Profile, profile_named
from voldesk.model.feed_state import FeedState
from voldesk.model.listing import Listing
from voldesk.model.ports.feed import Mode
from voldesk.model.quotes import BoolArray, IntArray
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.model.ticks import ALL_INSTRUMENTS, TickBatch, TickKind, empty_batch
from voldesk.simulator.market.market import SyntheticMarket

# Which kinds of tick each mode lets through, by TickKind; a gap concerns everybody.
_MODES: Final = tuple(Mode)
_LETS_THROUGH: Final = np.zeros((len(_MODES), len(TickKind)), dtype=np.bool_)
_LETS_THROUGH[_MODES.index(Mode.FULL)] = True
_LETS_THROUGH[_MODES.index(Mode.LIGHT)] = True
_LETS_THROUGH[_MODES.index(Mode.LIGHT), (TickKind.QUOTE, TickKind.MODEL)] = False
_FULL: Final = _MODES.index(Mode.FULL)

LOST_AFTER_SECS: Final = 30
"""A feed that is later than this tells a gap instead of all that it missed."""


class SyntheticFeed:
    """
    Ticks of a `SyntheticMarket`, step by step: fills ``model.ports.feed.Feed``.

    On a real clock the market runs along with it, ``speed`` times as fast, one batch a step; who
    takes batches more slowly gets larger ones, none waits. On a ``ManualClock`` nothing sleeps:
    each step moves the clock. The first batch is a snapshot, as is what follows a gap or a wider
    mode (of the instruments concerned). A feed that finds itself far behind the clock says so by a
    gap and goes on from the present. ``ts_event`` is market time, ``ts_recv`` the clock's: they
    run apart where the market did not start at the clock's present, or ``speed`` is not 1.

    Args:
        market: Moved by this feed alone from ``open`` on.
        clock: Stamps ``ts_recv``.
        step_secs: Between batches, on the clock.
        speed: Market seconds per second of the clock.
        until: Market time at which the feed ends, UTC ns; None for never.
        name: Of the feed.

    Raises:
        ValueError: ``step_secs`` or ``speed`` is not above 0.
    """

    def __init__(
        self,
        market: SyntheticMarket,
        clock: Clock,
        *,
        step_secs: float = 0.05,
        speed: float = 1.0,
        until: int | None = None,
        name: str = "sim",
    ) -> None:
        if not (step_secs > 0.0 and speed > 0.0):
            raise ValueError(f"step_secs {step_secs} and speed {speed}: both must be above 0")
        self.market = market
        self._clock = clock
        self._step_ns = max(round(step_secs * NS_PER_SECOND), 1)
        self._speed = speed
        self._until = until
        self._name = name
        self._mode = np.full(len(market.listing), _FULL, dtype=np.int8)
        self._is_all_full = True
        self._to_tell = np.ones(len(market.listing), dtype=np.bool_)  # in the next snapshot
        self._opened: tuple[int, int] | None = None  # clock and market, at the start
        self._next_step = 0  # when it is due, on the clock
        self._told = 0  # when the market was last moved, on the clock
        self._gap_ns = 0
        self._closed = asyncio.Event()

    @property
    def name(self) -> str:
        """Name of the feed."""
        return self._name

    @property
    def listing(self) -> Listing:
        """Return the market's instruments."""
        return self.market.listing

    def profile(self, underlying: str) -> Profile:
        """
        Return the default conventions with the underlying's market: mids, forwards by parity.

        Raises:
            KeyError: The market has no such underlying.
        """
        markets = {spec.symbol: spec.market for spec in self.market.specs}
        return replace(profile_named("default"), market=markets[underlying])

    async def open(self) -> None:
        """Tie the market's time to the clock's."""
        self._opened = self._clock.now(), self.market.now
        self._next_step = self._told = self._opened[0]

    async def batches(self) -> AsyncIterator[TickBatch]:
        """Yield a snapshot, then what ticks in each step; a step without ticks is left out."""
        assert self._opened is not None, "batches of a feed that is not open"
        while not self._closed.is_set():
            if self._gap_ns or self._is_lost():
                yield self._stamped(_gap(self.market.now))
                await self._pass(self._take_gap())
                self.market.skip(self._market_time())
                self._to_tell[:] = True
                continue
            batch = self._next_batch()
            if len(batch):
                yield self._stamped(batch)
            if self._until is not None and self.market.now >= self._until:
                return
            await self._pass(self._step_ns)

    def state(self) -> FeedState:
        """Return the state of its line: there while it is open, its data made here."""
        is_open = self._opened is not None and not self._closed.is_set()
        return FeedState(is_connected=is_open, data_type="simulated")

    async def want(self, instruments: IntArray, mode: Mode) -> None:
        """Hear instruments in a mode; who hears more than before is told how things stand."""
        asked = _MODES.index(mode)
        rows = np.asarray(instruments)
        self._to_tell[rows[self._mode[rows] > asked]] = True  # modes stand cheapest last
        self._mode[rows] = asked
        self._is_all_full = bool((self._mode == _FULL).all())

    async def close(self) -> None:
        """End ``batches``, also while it waits for its next step."""
        self._closed.set()

    def inject_gap(self, secs: float) -> None:
        """Lose the line before the next batch, for that long on the clock: for tests."""
        self._gap_ns += round(secs * NS_PER_SECOND)

    def _is_lost(self) -> bool:
        """Say whether the clock ran away from the feed: a machine that slept, a stuck listener."""
        limit = max(LOST_AFTER_SECS * NS_PER_SECOND, 2 * self._step_ns)
        return self._clock.now() - self._told > limit

    def _take_gap(self) -> int:
        gap, self._gap_ns = self._gap_ns, 0
        return gap

    def _next_batch(self) -> TickBatch:
        """Return what ticked since the last batch, with a snapshot of who waits for one."""
        ticks = self.market.advance(self._market_time())
        if not self._to_tell.any():
            return self._heard(ticks)
        snapshot = self.market.snapshot()
        told = self._to_tell[snapshot["instrument"]]
        ticks = ticks[~self._to_tell[ticks["instrument"]]]  # the snapshot is newer
        self._to_tell[:] = False
        return self._heard(np.concatenate((snapshot[told], ticks)))

    def _heard(self, batch: TickBatch) -> TickBatch:
        """Return the ticks that the modes let through."""
        if self._is_all_full:
            return batch
        heard: BoolArray = _LETS_THROUGH[self._mode[batch["instrument"]], batch["kind"]]
        return batch[heard]

    def _stamped(self, batch: TickBatch) -> TickBatch:
        batch["ts_recv"] = self._clock.now()
        return batch

    def _market_time(self) -> int:
        """Return where the market should stand by the clock, to move it there; never back."""
        assert self._opened is not None
        clock_start, market_start = self._opened
        self._told = self._clock.now()
        elapsed = (self._told - clock_start) * self._speed
        due = market_start + round(elapsed)
        if self._until is not None:
            due = min(due, self._until)
        return max(due, self.market.now)

    async def _pass(self, wait_ns: int) -> None:
        """Let time pass, that long from when the last step was due, or until the feed closes."""
        now = self._clock.now()
        wait_ns = min(max(self._next_step + wait_ns - now, 0), wait_ns)  # a clock may step back
        self._next_step = now + wait_ns
        if isinstance(self._clock, ManualClock):
            self._clock.advance(wait_ns)
            wait_ns = 0
        if wait_ns == 0:
            await asyncio.sleep(0)  # the loop's other tasks have their turn
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_ns / NS_PER_SECOND):
                await self._closed.wait()


def _gap(ts: int) -> TickBatch:
    """Return the tick that says that everything heard before may be stale."""
    batch = empty_batch(1)
    batch["instrument"] = ALL_INSTRUMENTS
    batch["kind"] = TickKind.GAP
    batch["ts_event"] = ts
    return batch
