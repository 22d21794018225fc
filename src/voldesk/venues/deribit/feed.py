"""Deribit as a feed: whole chains in one call, kept by bulk subscriptions; no account needed."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator
from typing import Final

import msgspec

from voldesk.model.clock import Clock
from voldesk.model.conventions import Profile, profile_named
from voldesk.model.errors import VenueRejected, VenueUnavailable, WireError
from voldesk.model.feed_state import FeedState, Notice
from voldesk.model.listing import Listing
from voldesk.model.ports.feed import Mode
from voldesk.model.quotes import IntArray
from voldesk.model.ticks import TickBatch
from voldesk.venues.deribit.catalogue import Catalogue, build_catalogue
from voldesk.venues.deribit.link import Link
from voldesk.venues.deribit.settings import DeribitSettings
from voldesk.venues.deribit.streams import Streams
from voldesk.venues.session import Backoff, retry, retry_for
from voldesk.wire.deribit.messages import decode_as
from voldesk.wire.deribit.rows import TickRows
from voldesk.wire.deribit.types import Instrument

_LOG: Final = logging.getLogger(__name__)
_MOST_NOTICES: Final = 20
_TURN_SECS: Final = 0.1  # between two looks at what is due
_CLIENT: Final = "voldesk"
_INSTRUMENTS: Final = msgspec.json.Decoder(list[Instrument])


class DeribitFeed:
    """
    Deribit's public data as a feed: fills ``model.ports.feed.Feed`` and ``StatedFeed``.

    ``open`` connects, lists the options of the currencies chosen, and reads their chains in one
    call each. From then on the line is kept by ``batches``: a line that is lost, or silent and
    does not answer, is a GAP; it is made again with growing pauses, the chains are read again and
    everything that streamed streams again. At first every contract is wanted in full. Contracts
    listed after ``open`` are not in the listing.

    Args:
        settings: See `DeribitSettings`.
        clock: Stamps ``ts_recv``.
        name: Of the feed.

    Raises:
        ConfigError: A setting is not possible.
    """

    def __init__(self, settings: DeribitSettings, clock: Clock, *, name: str = "deribit") -> None:
        settings.require_valid()
        self._settings = settings
        self._clock = clock
        self._name = name
        self._backoff = Backoff(settings.backoff)
        self._rows = TickRows()
        self._link = Link(settings, self._rows, clock)
        self._notices: deque[Notice] = deque(maxlen=_MOST_NOTICES)
        self._catalogue: Catalogue | None = None
        self._streams: Streams | None = None
        self._is_down = False  # and it was told so
        self._probed_at: float | None = None
        self._is_closed = False

    @property
    def name(self) -> str:
        """Name of the feed."""
        return self._name

    @property
    def listing(self) -> Listing:
        """Return what it ticks."""
        assert self._catalogue is not None, "listing of a feed that is not open"
        return self._catalogue.listing

    @property
    def malformed_count(self) -> int:
        """Return how many messages could not be read."""
        return self._link.malformed_count

    @property
    def unknown_count(self) -> int:
        """Return how many figures came of contracts that are not listed here."""
        return self._rows.unknown_count

    @property
    def is_settled(self) -> bool:
        """Say whether all that is wanted streams."""
        return self._link.is_up and self._streams is not None and self._streams.is_settled

    def profile(self, underlying: str) -> Profile:
        """
        Return Deribit's own conventions: its mark, its forward, premiums in coin.

        Raises:
            KeyError: It does not tick that underlying.
        """
        if underlying not in self.listing.underlyings:
            raise KeyError(underlying)
        return profile_named("deribit")

    async def open(self) -> None:
        """
        Connect, list the contracts, read their chains, and ask for what streams.

        Raises:
            VenueUnavailable: Deribit does not answer, or not in time.
            ConfigError: There is no such currency or underlying.
        """
        self._is_closed = False
        try:
            await self._connect_first()
        except BaseException:
            await self._link.close()
            raise
        _LOG.info("deribit_open instruments=%d", len(self.listing))

    async def batches(self) -> AsyncIterator[TickBatch]:
        """Yield ticks as they come, and keep the line meanwhile; end when closed."""
        assert self._streams is not None, "batches of a feed that is not open"
        while not self._is_closed:
            self._link.news.clear()
            is_lost = await self._look(self._streams)
            if len(self._rows):
                yield self._link.take()
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

    async def close(self) -> None:
        """Disconnect; ``batches`` ends."""
        self._is_closed = True
        await self._link.close()
        self._link.news.set()

    def state(self) -> FeedState:
        """Return the state of the line as of now; its lines are channels, of which any number."""
        return FeedState(
            is_connected=self._link.is_up and not self._is_down,
            data_type="live",
            lines_used=0 if self._streams is None else len(self._streams),
            notices=tuple(self._notices),
        )

    async def _connect_first(self) -> None:
        """Connect; wait for a Deribit that does not answer as long as the settings say."""
        secs = self._settings.start_secs
        await retry_for(secs, self._connect, self._backoff, self._wait, self._on_failure)

    async def _connect(self) -> None:
        """Make a line over which the chains are known and everything is asked for."""
        await self._link.connect()
        try:
            await self._link.ask("public/hello", {"client_name": _CLIENT, "client_version": "1"})
            await self._link.ask(
                "public/set_heartbeat", {"interval": self._settings.heartbeat_secs}
            )
            if self._catalogue is None:
                self._catalogue = await self._find()
                self._rows.place(self._catalogue.options, self._catalogue.spots)
                self._streams = Streams(self._catalogue, self._settings.interval)
            assert self._streams is not None
            self._streams.forget()
            await self._streams.turn(self._link, asyncio.get_running_loop().time())
            await self._read_chains()
        except (VenueRejected, WireError) as exc:
            await self._link.close()
            raise VenueUnavailable(f"Deribit answered what it should not: {exc}") from exc
        except VenueUnavailable:
            await self._link.close()
            raise
        self._is_down, self._probed_at = False, None

    async def _find(self) -> Catalogue:
        """Ask for all instruments, and choose."""
        found: list[Instrument] = []
        for currency in self._settings.listed_currencies:
            asked = {"currency": currency, "kind": "option", "expired": False}
            result = await self._link.ask("public/get_instruments", asked)
            listed = decode_as(result, _INSTRUMENTS)
            found += listed
        return build_catalogue(found, self._settings)

    async def _read_chains(self) -> None:
        """Read the chain of each currency in one call."""
        for currency in self._settings.listed_currencies:
            asked = {"currency": currency, "kind": "option"}
            result = await self._link.ask("public/get_book_summary_by_currency", asked)
            self._rows.now = self._clock.now()
            self._rows.read_summaries(result)

    async def _look(self, streams: Streams) -> bool:
        """Do what is due; say whether the line has to be made again."""
        with contextlib.suppress(VenueUnavailable):
            if self._link.is_up and not await self._is_stalled():
                await streams.turn(self._link, asyncio.get_running_loop().time())
                return False
        if not self._is_down and not self._is_closed:
            self._lose("the line to Deribit was lost", streams)
        return True

    async def _is_stalled(self) -> bool:
        """Ask a Deribit that is silent whether it is there; say whether it did not answer."""
        settings, silent_secs = self._settings, self._link.silent_secs()
        if silent_secs < settings.stall_secs:
            self._probed_at = None
            return False
        now = asyncio.get_running_loop().time()
        if self._probed_at is None:
            self._probed_at = now
            (await self._link.send("public/test", {})).cancel()
        if now - self._probed_at < settings.probe_secs:
            return False
        self._tell(f"Deribit has been silent for {silent_secs:.1f} s and does not answer")
        await self._link.close()
        return True

    def _lose(self, reason: str, streams: Streams) -> None:
        """Say that everything known may be stale, and that nothing streams."""
        self._is_down = True
        self._rows.now = self._clock.now()
        self._rows.gap()
        streams.forget()
        _LOG.warning("deribit_line_lost reason=%s", reason)
        self._tell(reason)

    async def _restore(self) -> None:
        """Connect again, however long that takes, unless closed meanwhile."""
        loop = asyncio.get_running_loop()
        lost_at = loop.time()
        if await retry(self._connect, self._backoff, self._wait, self._on_failure):
            if self._is_closed:
                await self._link.close()
                return
            after_secs = loop.time() - lost_at
            _LOG.info("deribit_line_back after_secs=%.1f", after_secs)
            self._tell(f"Deribit is back after {after_secs:.1f} s; everything is asked for again")

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
            self._tell(str(failure))
            _LOG.info("deribit_unavailable reason=%s", failure)

    def _tell(self, text: str) -> None:
        """Show what happened; Deribit has no numbers for it."""
        self._notices.append(Notice(0, text, self._clock.now()))
