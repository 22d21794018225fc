"""One connection to Deribit at a time: made, asked with deadlines, and given up."""

import asyncio
import logging
import ssl
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from msgspec import Raw

from voldesk.model.clock import Clock
from voldesk.model.errors import VenueRejected, VenueUnavailable, WireError
from voldesk.model.ticks import TickBatch
from voldesk.venues.deribit.settings import DeribitSettings
from voldesk.wire.deribit.messages import (
    TOO_MANY_REQUESTS,
    Answer,
    Heartbeat,
    Notification,
    Refusal,
    read_message,
    write_request,
)
from voldesk.wire.deribit.rows import TickRows

_LOG: Final = logging.getLogger(__name__)
_MOST_BYTES: Final = 1 << 25  # of a message: all instruments of a currency are about 1 MB
_MOST_ROWS: Final = 200_000  # not taken yet: beyond, nothing is read until they are
_CLOSE_SECS: Final = 0.2
_TEXT: Final = frozenset({aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY})


class Link:
    """
    A line to Deribit.

    ``connect`` makes a new connection each time, with nothing left of the one before. One task
    reads it; while 200,000 ticks wait to be taken it does not, and Deribit has to wait.

    Args:
        settings: Where Deribit is and how patient we are.
        rows: Where ticks go.
        clock: Stamps them.

    Attributes:
        news: Set when a message has come or the line is lost; clear it before looking.
        malformed_count: Messages that could not be read, since the start.
    """

    def __init__(self, settings: DeribitSettings, rows: TickRows, clock: Clock) -> None:
        self.news = asyncio.Event()
        self.malformed_count = 0
        self._settings = settings
        self._rows = rows
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._asked: dict[int, asyncio.Future[Raw]] = {}
        self._next_id = 1
        self._heard_at = 0.0
        self._has_room = asyncio.Event()
        self._is_malformed_told = False
        self._is_lost = False

    @property
    def is_up(self) -> bool:
        """Say whether requests can be sent."""
        return self._socket is not None and not self._socket.closed and not self._is_lost

    def silent_secs(self) -> float:
        """Return for how long nothing has come."""
        return asyncio.get_running_loop().time() - self._heard_at

    def take(self) -> TickBatch:
        """Return the ticks that have come, and make room for more."""
        batch = self._rows.take()
        self._has_room.set()
        return batch

    async def connect(self) -> None:
        """
        Give up the connection there is and make another.

        Raises:
            VenueUnavailable: Nobody listens, or whoever does is not Deribit.
        """
        await self.close()
        settings = self._settings
        where = urlsplit(settings.url).netloc
        self._is_malformed_told = False
        self._session = aiohttp.ClientSession(trust_env=settings.url.startswith("wss:"))
        try:
            async with asyncio.timeout(settings.connect_secs):
                self._socket = await self._session.ws_connect(
                    settings.url,
                    ssl=_strict_tls() if settings.url.startswith("wss:") else True,
                    max_msg_size=_MOST_BYTES,
                    timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE_SECS),
                )
        except TimeoutError as exc:
            await self.close()
            raise VenueUnavailable(
                f"{where} did not answer within {settings.connect_secs:g} s"
            ) from exc
        except (aiohttp.ClientError, OSError) as exc:
            await self.close()
            raise VenueUnavailable(
                f"no WebSocket at {where}: {exc}; check deribit.url and the connection"
            ) from exc
        except BaseException:
            await self.close()
            raise
        self._heard_at = asyncio.get_running_loop().time()
        self._reader = asyncio.ensure_future(self._read(self._socket))
        self._reader.set_name("deribit reader")

    async def close(self) -> None:
        """Give up the connection; what was asked over it fails."""
        socket, session, reader = self._socket, self._session, self._reader
        self._socket = self._session = self._reader = None
        self._is_lost = False
        if reader is not None:
            reader.cancel()
            await asyncio.wait([reader])
        self._fail("the line to Deribit was closed")
        if socket is not None:
            await socket.close()
        if session is not None:
            await session.close()

    async def send(self, method: str, params: Mapping[str, Any]) -> asyncio.Future[Raw]:
        """
        Send a request; return its answer to come.

        Returns:
            Of what it raises `VenueRejected` is Deribit's no, `VenueUnavailable` that it asks for
            fewer requests, or that the line was lost.

        Raises:
            VenueUnavailable: There is no line.
        """
        if self._socket is None or self._socket.closed or self._is_lost:
            raise VenueUnavailable(f"{method}: there is no line to Deribit")
        name, self._next_id = self._next_id, self._next_id + 1
        answer = self._asked[name] = asyncio.get_running_loop().create_future()
        try:
            await self._socket.send_str(write_request(name, method, params).decode())
        except (aiohttp.ClientError, OSError) as exc:
            self._asked.pop(name, None)
            raise VenueUnavailable(f"{method}: the line to Deribit was lost") from exc
        return answer

    async def ask(self, method: str, params: Mapping[str, Any]) -> Raw:
        """
        Send a request and wait for its answer, not for ever.

        Raises:
            VenueUnavailable: There is no line, no answer in time, or there were too many requests.
            VenueRejected: Deribit said no.
        """
        limit = self._settings.request_secs
        try:
            async with asyncio.timeout(limit):
                return await (await self.send(method, params))
        except TimeoutError as exc:
            raise VenueUnavailable(f"{method}: no answer within {limit:g} s") from exc

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Read until the line is lost."""
        try:
            while (message := await socket.receive()).type in _TEXT:
                self._heard_at = asyncio.get_running_loop().time()
                await self._hear(message.data)
                self.news.set()
                while len(self._rows) >= _MOST_ROWS:
                    self._has_room.clear()
                    await self._has_room.wait()
        except (aiohttp.ClientError, OSError, VenueUnavailable) as exc:
            _LOG.info("deribit_read_failed reason=%s", exc)
        finally:
            if self._socket is socket:  # and is closed with the line, or before the next one
                self._is_lost = True
            self._fail("the line to Deribit was lost")
            self.news.set()

    async def _hear(self, data: bytes | str) -> None:
        self._rows.now = self._clock.now()
        try:
            message = read_message(data)
            if isinstance(message, Notification):
                self._rows.read(message)
            elif isinstance(message, Heartbeat):
                if message.is_test:
                    (await self.send("public/test", {})).cancel()
            else:
                self._settle(message)
        except WireError as exc:
            self.malformed_count += 1
            if not self._is_malformed_told:
                self._is_malformed_told = True
                _LOG.warning("deribit_message_malformed reason=%s", exc)

    def _settle(self, message: Answer | Refusal) -> None:
        """Hand an answer to who asked, if he still wants it."""
        asked = self._asked.pop(message.id, None) if isinstance(message.id, int) else None
        if asked is None or asked.done():
            return
        if isinstance(message, Answer):
            asked.set_result(message.result)
        elif message.code == TOO_MANY_REQUESTS:
            _refuse(asked, VenueUnavailable("Deribit asks for fewer requests (10028)"))
        else:
            _refuse(asked, VenueRejected(f"Deribit: {message.text} ({message.code})"))

    def _fail(self, why: str) -> None:
        asked, self._asked = self._asked, {}
        for answer in asked.values():
            if not answer.done():
                _refuse(answer, VenueUnavailable(why))


def _refuse(asked: asyncio.Future[Raw], why: VenueRejected | VenueUnavailable) -> None:
    asked.set_exception(why)
    asked.exception()  # seen: not everybody who asked still looks


def _strict_tls() -> ssl.SSLContext:
    """Return TLS 1.2 at least, with the certificate and the name checked."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
