"""The connection orders go over: made, watched, and made again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from ib_async import IB

from voldesk.model.clock import Clock
from voldesk.model.errors import ConfigError, VenueRejected, VenueUnavailable
from voldesk.model.events import Line, LineChanged, Told
from voldesk.venues.ib.client import Listener
from voldesk.venues.ib.codes import Effect, meaning_of, sentence
from voldesk.venues.ib.link import Link
from voldesk.venues.ib.order_wrapper import OrderListener, OrderWrapper
from voldesk.venues.ib.rows import TickRows
from voldesk.venues.ib.settings import IbSettings
from voldesk.venues.session import Backoff, DailyPause, retry

_LOG: Final = logging.getLogger(__name__)
_TURN_SECS: Final = 0.25
_ID_TAKEN: Final = 326


class OrderLine:
    """
    Keeps one connection to TWS and says what becomes of it.

    Args:
        settings: With the client id orders are sent under.
        clock: Stamps what is told.
        tell: Takes that the line broke or came back.
        ready: Awaited after each connection, before it counts as up; what it raises as
            `VenueUnavailable` ends the attempt.
        hear: Is told everything about orders.

    Attributes:
        link: To TWS.
        is_known: Whether it is up, and what TWS has was learned.
        breaks: How often it has broken: what was begun before a break must not be sent after it.
    """

    def __init__(
        self,
        settings: IbSettings,
        clock: Clock,
        tell: Callable[[Told], None],
        ready: Callable[[], Awaitable[None]],
        hear: OrderListener,
    ) -> None:
        self.settings = replace(settings, client_id=settings.trading_client_id)
        self.link = Link(self.settings, TickRows(), clock, self._wrapped)
        self._hear = hear
        self._clock = clock
        self._tell = tell
        self._ready = ready
        self._backoff = Backoff(settings.backoff)
        self._pause = DailyPause(settings.restart_at, settings.restart_zone, settings.restart_mins)
        self._next_id = 1
        self.is_known = False
        self.breaks = 0
        self._is_venue_lost = False
        self._is_closed = False
        self._must_reconnect = False
        self._probed_at: float | None = None

    @property
    def is_ready(self) -> bool:
        """Say whether orders may be sent: it is up, and TWS has its servers."""
        return self.is_known and self.link.is_up and not self._is_venue_lost

    async def open(self) -> None:
        """
        Connect for the first time.

        Raises:
            VenueUnavailable: TWS does not answer.
            ConfigError: It refuses, or is not what the settings say.
        """
        self._is_closed = False
        try:
            await self._connect()
        except BaseException as exc:
            refusal = self.link.refusal
            self.link.close()
            if refusal == _ID_TAKEN:
                raise ConfigError(
                    f"client id {self.settings.client_id} is taken at TWS: another voldesk trades"
                    " there; stop it, or set ib.trading_client_id to one of its own"
                ) from exc
            raise

    def close(self) -> None:
        """Disconnect for good."""
        self._is_closed = True
        self.is_known = False
        self.link.close()
        self.link.wake()

    def next_id(self) -> int:
        """
        Return an order id that was never used over this line.

        Raises:
            VenueUnavailable: There is no line.
        """
        order_id = int(self.link.ib.client.getReqId())
        self._next_id = order_id + 1
        return order_id

    def used(self, order_id: int) -> None:
        """Take note of an order id that is in use: no lower one is given out any more."""
        self._next_id = max(self._next_id, order_id + 1)
        if self.link.is_up:
            self.link.ib.client.updateReqId(self._next_id)

    async def keep(self) -> None:
        """Wait for something to happen to the line, at most a moment; make it again if lost."""
        if self._is_closed:
            return
        if not self.link.is_up or self._must_reconnect or self._is_stalled():
            await self._restore()
            return
        try:
            async with asyncio.timeout(_TURN_SECS):
                await self.link.news.wait()
        except TimeoutError:
            return

    def check(self) -> None:
        """Tell that the line is lost, once, as soon as it is."""
        self.link.news.clear()
        if not self.link.is_up and self.is_known and not self._is_closed:
            self._lose("the line to TWS was lost")

    def hear_line(self, code: int, text: str) -> None:
        """Take what TWS says of the line as a whole."""
        effect = meaning_of(code).effect
        words = sentence(code, text)
        if effect is Effect.LINE_LOST:
            self._is_venue_lost = True
            self._say(Line.DOWN, words)
        elif effect in {Effect.DATA_KEPT, Effect.DATA_LOST}:
            self._is_venue_lost = False
            self._say(Line.UP if effect is Effect.DATA_KEPT else Line.RESET, words)
        elif effect is Effect.RECONNECT:
            self._must_reconnect = True
        elif effect is Effect.TOO_FAST:
            _LOG.warning("ib_orders_too_fast reason=%s", words)
            self.link.slow_down()

    async def _connect(self) -> None:
        self._is_venue_lost = self._must_reconnect = False
        self._probed_at = None
        await self.link.connect()
        self.link.ib.client.updateReqId(self._next_id)
        try:
            await self._ready()
        except VenueRejected as exc:
            raise VenueUnavailable(str(exc)) from exc
        self.is_known = True

    async def _restore(self) -> None:
        self._lose("the line to TWS is made again")
        self.link.close()
        lost_at = asyncio.get_running_loop().time()
        if await retry(self._connect, self._backoff, self._wait, self._on_failure):
            if self._is_closed:
                self.link.close()
                return
            after_secs = asyncio.get_running_loop().time() - lost_at
            self._say(Line.RESET, f"TWS is back after {after_secs:.1f} s")

    def _lose(self, reason: str) -> None:
        if not self.is_known:
            return
        self.is_known = False
        if self._pause.covers(self._clock.now()):
            reason = f"TWS restarts daily at {self.settings.restart_at}; it is awaited"
        self._say(Line.DOWN, reason)

    def _is_stalled(self) -> bool:
        """Ask TWS the time when it has been silent; say whether it did not answer."""
        settings = self.settings
        if self.link.silent_secs() < settings.stall_secs:
            self._probed_at = None
            return False
        now = asyncio.get_running_loop().time()
        if self._probed_at is None:
            self._probed_at = now
            self.link.probe()
        return now - self._probed_at >= settings.probe_secs

    async def _wait(self, secs: float) -> bool:
        """Wait, or until closed; say whether to go on."""
        end = asyncio.get_running_loop().time() + secs
        while not self._is_closed and (left := end - asyncio.get_running_loop().time()) > 0.0:
            self.link.news.clear()
            try:
                async with asyncio.timeout(left):
                    await self.link.news.wait()
            except TimeoutError:
                break
        return not self._is_closed

    def _on_failure(self, failure: VenueUnavailable) -> None:
        _LOG.info("ib_orders_unavailable reason=%s", failure)

    def _say(self, line: Line, reason: str) -> None:
        self.breaks += line is Line.DOWN
        _LOG.info("ib_order_line state=%s reason=%s", line, reason)
        self._tell(LineChanged(line=line, reason=reason, at=self._clock.now()))

    def _wrapped(self, ib: IB, rows: TickRows, ear: Listener, clock: Clock) -> OrderWrapper:
        return OrderWrapper(ib, rows, ear, clock, self._hear)
