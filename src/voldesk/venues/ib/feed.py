"""Interactive Brokers as a feed: whole chains through a hundred lines, over a line that is kept."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from voldesk.model.clock import Clock
from voldesk.model.conventions import Profile, profile_named
from voldesk.model.enums import Market
from voldesk.model.errors import ConfigError, VenueUnavailable
from voldesk.model.feed_state import DataType as StateDataType
from voldesk.model.feed_state import FeedState, Notice
from voldesk.model.listing import Listing
from voldesk.model.ports.feed import Mode
from voldesk.model.quotes import IntArray
from voldesk.model.ticks import DataType, TickBatch
from voldesk.venues.ib.codes import Effect, meaning_of, sentence
from voldesk.venues.ib.discovery import Discovery
from voldesk.venues.ib.link import Link, Message
from voldesk.venues.ib.rows import TickRows
from voldesk.venues.ib.settings import IbSettings, Quotes
from voldesk.venues.ib.streams import Streams
from voldesk.venues.session import Backoff, DailyPause, retry, retry_for

_LOG: Final = logging.getLogger(__name__)
_MOST_NOTICES: Final = 20
_TURN_SECS: Final = 0.1  # between two looks at what is due
_NUMBERS: Final = {
    Quotes.LIVE: 1,
    Quotes.FROZEN: 2,
    Quotes.DELAYED: 3,
    Quotes.DELAYED_FROZEN: 4,
}
_TOLD: Final[dict[int, StateDataType]] = {
    DataType.LIVE: "live",
    DataType.FROZEN: "frozen",
    DataType.DELAYED: "delayed",
    DataType.DELAYED_FROZEN: "delayed-frozen",
}
_ID_TAKEN: Final = 326
_HIDDEN: Final = frozenset({Effect.IGNORED, Effect.OK})


class IbFeed:
    """
    TWS or Gateway as a feed: fills ``model.ports.feed.Feed`` and ``StatedFeed``.

    ``open`` connects and finds the chains. From then on the line is kept by ``batches``, in
    whose turns everything happens; no task is left behind. A line that is lost, or silent and does
    not answer a question, is a GAP; it is made again with growing pauses, and everything that
    streamed streams again. TWS having lost its venue (1100) is a GAP too; it says itself whether
    the subscriptions outlived that.

    At first every contract is wanted in full. There being more contracts than lines, see
    `LinePlan`; a mode costs a line whichever it is, so LIGHT ones go round.

    Args:
        settings: See `IbSettings`.
        clock: Stamps ``ts_recv``.
        folder: Keeps contracts found, where the settings name none.
        name: Of the feed.

    Raises:
        ConfigError: A setting is not possible.
    """

    def __init__(
        self, settings: IbSettings, clock: Clock, *, folder: Path, name: str = "ib"
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._folder = settings.chain.folder or folder
        self._name = name
        self._pause = DailyPause(settings.restart_at, settings.restart_zone, settings.restart_mins)
        self._backoff = Backoff(settings.backoff)
        self._rows = TickRows()
        self._link = Link(settings, self._rows, clock)
        self._notices: deque[Notice] = deque(maxlen=_MOST_NOTICES)
        self._listing: Listing | None = None
        self._streams: Streams | None = None
        self._accounts: tuple[str, ...] = ()
        self._is_down = False  # and it was told so
        self._is_venue_lost = False
        self._probed_at: float | None = None
        self._is_closed = False

    @property
    def name(self) -> str:
        """Name of the feed."""
        return self._name

    @property
    def listing(self) -> Listing:
        """Return what it ticks."""
        assert self._listing is not None, "listing of a feed that is not open"
        return self._listing

    @property
    def accounts(self) -> tuple[str, ...]:
        """Return the accounts of the login, the chosen one first."""
        return self._accounts

    def profile(self, underlying: str) -> Profile:
        """
        Return the default conventions with the underlying's market: mids, forwards by parity.

        Raises:
            KeyError: It does not tick that underlying.
        """
        listing = self.listing
        for name, market in zip(listing.underlying, listing.market, strict=True):
            if name == underlying:
                return replace(profile_named("default"), market=Market(market))
        raise KeyError(underlying)

    async def open(self) -> None:
        """
        Connect, find the chains, and ask for what streams first.

        Raises:
            VenueUnavailable: TWS does not answer, or not in time.
            ConfigError: The client id is taken, there is no such underlying, no permission for its
                data, or no such account.
        """
        self._is_closed = False
        try:
            await self._connect_first()
            self._accounts = self._ordered(self._link.accounts)
            settings = self._settings
            finder = Discovery(self._link, settings.chain, self._folder, self._clock)
            found = await finder.find(settings.symbols)
        except BaseException as exc:
            self._link.close()
            if self._link.refusal == _ID_TAKEN:
                raise ConfigError(str(exc)) from exc
            raise
        self._rows.take()  # prices by which the chains were found
        self._listing = found.listing
        self._streams = Streams(self._link, found, settings.lines)
        _LOG.info(
            "ib_open instruments=%d asked=%d accounts=%d",
            len(found.listing),
            finder.asked,
            len(self._accounts),
        )
        self._streams.turn(asyncio.get_running_loop().time())

    async def batches(self) -> AsyncIterator[TickBatch]:
        """Yield ticks as they come, and keep the line meanwhile; end when closed."""
        assert self._streams is not None, "batches of a feed that is not open"
        while not self._is_closed:
            self._link.news.clear()
            is_lost = self._look(self._streams)
            if len(self._rows):
                yield self._rows.take()
                continue
            if is_lost:
                await self._restore()
                continue
            try:
                async with asyncio.timeout(_TURN_SECS):
                    await self._link.news.wait()
            except TimeoutError:
                continue

    async def want(self, instruments: IntArray, mode: Mode) -> None:
        """Ask for instruments in a mode; it is acted upon within a tenth of a second."""
        assert self._streams is not None, "want of a feed that is not open"
        self._streams.want(instruments, mode)

    def holds(self, instrument: int) -> bool:
        """
        Say whether an instrument's quote holds until the next one.

        TWS tells changes alone, so what streams and was quoted stands; what waits for a line, or
        was not quoted yet since it got one, does not.
        """
        is_up = self._link.is_up and not self._is_venue_lost
        return is_up and self._streams is not None and self._streams.holds(instrument)

    async def close(self) -> None:
        """Disconnect; ``batches`` ends."""
        self._is_closed = True
        if self._streams is not None:
            self._streams.forget()
        self._link.close()
        self._link.wake()

    def state(self) -> FeedState:
        """Return the state of the line as of now; its data type is the worst of any contract's."""
        streams = self._streams
        limit = self._settings.lines.limit
        return FeedState(
            is_connected=self._link.is_up and not self._is_venue_lost,
            data_type=_TOLD[0 if streams is None else streams.worst_data_type],
            lines_used=0 if streams is None else len(streams),
            lines_limit=limit if streams is None else streams.limit,
            notices=tuple(self._notices),
        )

    async def _connect_first(self) -> None:
        """Connect; wait for a TWS that is not there as long as the settings say."""
        secs = self._settings.start_secs
        await retry_for(secs, self._connect, self._backoff, self._wait, self._on_failure)

    async def _connect(self) -> None:
        await self._link.connect()
        self._is_down = self._is_venue_lost = False
        self._probed_at = None
        self._link.choose_data(_NUMBERS[self._settings.quotes])

    def _ordered(self, accounts: tuple[str, ...]) -> tuple[str, ...]:
        """Return the accounts, the chosen one first."""
        chosen = self._settings.account
        if chosen is None:
            return accounts
        if chosen not in accounts:
            raise ConfigError(
                f"ib.account is none of the {len(accounts)} accounts of this login;"
                " TWS shows them in its title bar"
            )
        return (chosen, *(one for one in accounts if one != chosen))

    def _look(self, streams: Streams) -> bool:
        """Do what is due, without waiting; say whether the line has to be made again."""
        while self._link.messages:
            self._read(self._link.messages.popleft(), streams)
        if self._link.is_up and not self._is_stalled():
            streams.turn(asyncio.get_running_loop().time())
            return False
        if not self._is_down:
            self._lose("the line to TWS was lost", streams)
        return True

    def _is_stalled(self) -> bool:
        """Ask TWS the time when it has been silent; say whether it did not answer."""
        settings, silent_secs = self._settings, self._link.silent_secs()
        if silent_secs < settings.stall_secs:
            self._probed_at = None
            return False
        now = asyncio.get_running_loop().time()
        if self._probed_at is None:
            self._probed_at = now
            self._link.probe()
        if now - self._probed_at < settings.probe_secs:
            return False
        self._tell(0, f"TWS has been silent for {silent_secs:.1f} s and does not answer")
        self._link.close()
        return True

    def _lose(self, reason: str, streams: Streams) -> None:
        """Say that everything known may be stale, and that no line stands."""
        self._is_down = True
        self._rows.now = self._clock.now()
        self._rows.gap()
        streams.forget()
        if self._pause.covers(self._clock.now()):
            reason = f"TWS restarts daily at {self._settings.restart_at}; it is awaited"
            _LOG.info("ib_restart_awaited")
        else:
            _LOG.warning("ib_line_lost reason=%s", reason)
        self._tell(0, reason)

    async def _restore(self) -> None:
        """Connect again, however long that takes, unless closed meanwhile."""
        lost_at = asyncio.get_running_loop().time()
        if await retry(self._connect, self._backoff, self._wait, self._on_failure):
            if self._is_closed:
                self._link.close()
                return
            after_secs = asyncio.get_running_loop().time() - lost_at
            _LOG.info("ib_line_back after_secs=%.1f", after_secs)
            self._tell(0, f"TWS is back after {after_secs:.1f} s; every subscription is made again")

    async def _wait(self, secs: float) -> bool:
        """Wait, or until closed; say whether to go on."""
        end = asyncio.get_running_loop().time() + secs
        while not self._is_closed:
            left = end - asyncio.get_running_loop().time()
            if left <= 0.0:
                return True
            self._link.news.clear()
            try:
                async with asyncio.timeout(left):
                    await self._link.news.wait()
            except TimeoutError:
                return not self._is_closed
        return False

    def _on_failure(self, failure: VenueUnavailable) -> None:
        if not self._notices or self._notices[-1].text != str(failure):
            self._tell(self._link.refusal or 0, str(failure))
            _LOG.info("ib_unavailable reason=%s", failure)

    def _read(self, message: Message, streams: Streams) -> None:
        """Act on what TWS said."""
        effect = meaning_of(message.code).effect
        instrument = streams.instrument_of(message.request_id)
        now = asyncio.get_running_loop().time()
        if effect not in _HIDDEN:
            text = sentence(message.code, message.text)
            symbol = "" if instrument is None else f"{self.listing.symbol[instrument]}: "
            self._tell(message.code, symbol + text)
        if instrument is not None:
            streams.refuse(instrument, effect, now)
        elif effect is Effect.LINE_LOST and not self._is_venue_lost:
            self._is_venue_lost = True
            self._rows.gap()
        elif effect is Effect.DATA_KEPT:
            self._is_venue_lost = False
        elif effect is Effect.DATA_LOST:
            self._is_venue_lost = False
            streams.forget()
        elif effect is Effect.RECONNECT:
            self._link.close()
        elif effect is Effect.TOO_FAST and streams.check_later(now):
            self._link.slow_down()

    def _tell(self, code: int, text: str) -> None:
        """Show what was said; of several of one code in a row the last."""
        if code and self._notices and self._notices[-1].code == code:
            self._notices.pop()
        self._notices.append(Notice(code, text, self._clock.now()))
