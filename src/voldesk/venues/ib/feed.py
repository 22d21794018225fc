"""Interactive Brokers as a feed: whole chains through a hundred lines, over a line that is kept."""

import asyncio
import logging
import math
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

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
from voldesk.venues.ib.lines import LinePlan
from voldesk.venues.ib.link import Link, Message
from voldesk.venues.ib.rows import Line, TickRows
from voldesk.venues.ib.settings import IbSettings, Quotes
from voldesk.venues.session import Backoff, DailyPause, retry

if TYPE_CHECKING:
    from ib_async.contract import Contract

_LOG: Final = logging.getLogger(__name__)
_MOST_NOTICES: Final = 20
_TURN_SECS: Final = 0.1  # between two looks at who should have a line
_CHECK_SECS: Final = 2.0  # after a message was refused for coming too fast: what was lost with it
_ELSEWHERE_SECS: Final = 30.0  # a contract whose data another session has is tried again
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

    ``open`` connects once and finds the chains. From then on the line is kept by ``batches``, in
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
        self._contracts: tuple[Contract, ...] = ()
        self._plan: LinePlan | None = None
        self._lines: dict[int, Line] = {}  # by instrument
        self._requests: dict[int, int] = {}  # request id by instrument
        self._instruments: dict[int, int] = {}  # and back
        self._accounts: tuple[str, ...] = ()
        self._is_down = False  # and it was told so
        self._is_venue_lost = False
        self._probed_at: float | None = None
        self._turned_at = -math.inf
        self._check_at = math.inf  # when lines are looked at that TWS has not answered
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
            await self._connect()
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
        self._listing, self._contracts = found.listing, found.contracts
        self._plan = LinePlan(found.listing, settings.lines)
        for instrument, price in found.prices.items():
            self._plan.follow({str(found.listing.underlying[instrument]): price})
        _LOG.info(
            "ib_open instruments=%d asked=%d accounts=%d",
            len(found.listing),
            finder.asked,
            len(self._accounts),
        )
        self._turn()

    async def batches(self) -> AsyncIterator[TickBatch]:
        """Yield ticks as they come, and keep the line meanwhile; end when closed."""
        assert self._plan is not None, "batches of a feed that is not open"
        while not self._is_closed:
            self._link.news.clear()
            is_lost = self._look()
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
        assert self._plan is not None, "want of a feed that is not open"
        self._plan.want(instruments, mode)

    async def close(self) -> None:
        """Disconnect; ``batches`` ends."""
        self._is_closed = True
        self._forget_lines()
        self._link.close()
        self._link.wake()

    def state(self) -> FeedState:
        """Return the state of the line as of now; its data type is the worst of any contract's."""
        plan = self._plan
        worst = max((self._lines[one].data_type for one in self._requests), default=0)
        return FeedState(
            is_connected=self._link.is_up and not self._is_venue_lost,
            data_type=_TOLD[worst],
            lines_used=len(self._requests),
            lines_limit=self._settings.lines.limit if plan is None else plan.limit,
            notices=tuple(self._notices),
        )

    async def _connect(self) -> None:
        await self._link.connect()
        self._is_down = self._is_venue_lost = False
        self._probed_at = None
        self._turned_at = -math.inf
        self._check_at = math.inf
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

    def _look(self) -> bool:
        """Do what is due, without waiting; say whether the line has to be made again."""
        while self._link.messages:
            self._read(self._link.messages.popleft())
        if self._link.is_up and not self._is_stalled():
            self._turn()
            return False
        if not self._is_down:
            self._lose("the line to TWS was lost")
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

    def _lose(self, reason: str) -> None:
        """Say that everything known may be stale, and that no line stands."""
        self._is_down = True
        self._rows.now = self._clock.now()
        self._rows.gap()
        self._forget_lines()
        if self._pause.covers(self._clock.now()):
            reason = f"TWS restarts daily at {self._settings.restart_at}; it is awaited"
            _LOG.info("ib_restart_awaited")
        else:
            _LOG.warning("ib_line_lost reason=%s", reason)
        self._tell(0, reason)

    def _forget_lines(self) -> None:
        self._requests.clear()
        self._instruments.clear()
        if self._plan is not None:
            self._plan.restart()

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

    def _turn(self) -> None:
        """Give and take lines as the plan says; not while earlier requests wait to be sent."""
        now = asyncio.get_running_loop().time()
        plan = self._plan
        assert plan is not None
        if now - self._turned_at < _TURN_SECS or self._link.is_sending:
            return
        self._turned_at = now
        plan.follow(
            {
                str(self.listing.underlying[one]): line.spot
                for one, line in self._lines.items()
                if not line.is_option
            }
        )
        if now >= self._check_at:
            self._check_at = math.inf
            for instrument in [one for one in self._requests if not self._lines[one].is_heard]:
                self._stop(instrument)
                plan.lose([instrument])
        change = plan.due(now, lambda one: self._lines[one].is_complete)
        for instrument in change.stop:
            self._stop(instrument)
        for instrument in change.start:
            self._start(instrument)

    def _start(self, instrument: int) -> None:
        listing = self.listing
        line = self._lines[instrument] = Line(
            instrument,
            is_option=bool(listing.is_option[instrument]),
            is_call=bool(listing.is_call[instrument]),
            is_on_future=self._contracts[instrument].secType == "FOP",
        )
        request_id = self._link.subscribe(self._contracts[instrument], line)
        self._requests[instrument] = request_id
        self._instruments[request_id] = instrument

    def _stop(self, instrument: int, *, is_told: bool = True) -> None:
        request_id = self._requests.pop(instrument)
        del self._instruments[request_id]
        self._link.unsubscribe(request_id, is_told=is_told)

    def _read(self, message: Message) -> None:
        """Act on what TWS said."""
        effect = meaning_of(message.code).effect
        instrument = self._instruments.get(message.request_id)
        if effect not in _HIDDEN:
            text = sentence(message.code, message.text)
            symbol = "" if instrument is None else f"{self.listing.symbol[instrument]}: "
            self._tell(message.code, symbol + text)
        if instrument is not None:
            self._read_refusal(instrument, effect)
        elif effect is Effect.LINE_LOST and not self._is_venue_lost:
            self._is_venue_lost = True
            self._rows.gap()
        elif effect is Effect.DATA_KEPT:
            self._is_venue_lost = False
        elif effect is Effect.DATA_LOST:
            self._is_venue_lost = False
            for request_id in self._instruments:
                self._link.unsubscribe(request_id, is_told=False)
            self._forget_lines()
        elif effect is Effect.RECONNECT:
            self._link.close()
        elif effect is Effect.TOO_FAST:
            now = asyncio.get_running_loop().time()
            if self._check_at == math.inf:  # once for a burst of them
                self._link.slow_down()
            self._check_at = now + _CHECK_SECS

    def _read_refusal(self, instrument: int, effect: Effect) -> None:
        """Take a line away that TWS does not serve, for as long as that may be so."""
        plan = self._plan
        assert plan is not None
        now = asyncio.get_running_loop().time()
        match effect:
            case Effect.NO_CONTRACT | Effect.NO_PERMISSION:
                plan.rest(instrument, math.inf)
            case Effect.BUSY_ELSEWHERE:
                plan.rest(instrument, now + _ELSEWHERE_SECS)
            case Effect.TOO_MANY:
                plan.refuse(instrument)
            case Effect.RESUBSCRIBE:
                plan.lose([instrument])
            case _:
                return
        self._stop(instrument, is_told=effect is Effect.RESUBSCRIBE)

    def _tell(self, code: int, text: str) -> None:
        """Show what was said; of several of one code in a row the last."""
        if code and self._notices and self._notices[-1].code == code:
            self._notices.pop()
        self._notices.append(Notice(code, text, self._clock.now()))
