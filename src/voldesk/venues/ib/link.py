"""One connection to TWS at a time: made, asked with deadlines, and given up."""

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple, TypeVar

from ib_async import IB, RequestError
from ib_async.contract import Contract

from voldesk.model.clock import Clock
from voldesk.model.errors import VenueUnavailable
from voldesk.venues.ib.client import TickIB, TickWrapper, Wrapping
from voldesk.venues.ib.codes import Effect, failure_of, meaning_of, sentence
from voldesk.venues.ib.rows import Line, TickRows
from voldesk.venues.ib.settings import IbSettings

_T = TypeVar("_T")

_MOST_MESSAGES: Final = 1_000
_AFTER_CLOSE_SECS: Final = 1.0  # the close is known, a price of today may still come
_SLOWER: Final = 0.8
_LEAST_RATE: Final = 10  # messages per second
_OPTION_TICKS: Final = "101"  # open interest
_NO_PRICE: Final = frozenset(
    {Effect.NO_CONTRACT, Effect.NO_PERMISSION, Effect.BUSY_ELSEWHERE, Effect.TOO_MANY}
)


class Message(NamedTuple):
    """An error or a notice of TWS; ``request_id`` is -1 where it concerns none."""

    request_id: int
    code: int
    text: str


class Link:
    """
    A line to TWS.

    ``connect`` makes a new connection each time, with nothing left of the one before. What TWS
    says of its own accord waits in ``messages``, of which the oldest are dropped beyond 1,000.

    Args:
        settings: Where TWS is and how patient we are.
        rows: Where ticks of subscribed lines go.
        clock: Stamps them.
        wrapper: Takes what TWS sends; one that hears of orders, where they are traded.

    Attributes:
        news: Set when bytes have come or the line is lost; clear it before looking.
        messages: Not read yet.
        refusal: The code TWS refused the last connection with, None where it gave none.
    """

    def __init__(
        self,
        settings: IbSettings,
        rows: TickRows,
        clock: Clock,
        wrapper: Wrapping = TickWrapper,
    ) -> None:
        self.news = asyncio.Event()
        self.messages: deque[Message] = deque(maxlen=_MOST_MESSAGES)
        self.refusal: int | None = None
        self._settings = settings
        self._rows = rows
        self._clock = clock
        self._wrapper = wrapper
        self._ear: _Ear | None = None
        self._ib: TickIB | None = None
        self._waiters: list[asyncio.Future[None]] = []
        self._heard_at = 0.0

    @property
    def is_up(self) -> bool:
        """Say whether requests can be sent."""
        return self._ib is not None and bool(self._ib.client.isReady())

    @property
    def is_sending(self) -> bool:
        """Say whether messages wait because of the limit per second."""
        return self._ib is not None and bool(self._ib.client._msgQ)  # noqa: SLF001  # it tells no other way

    @property
    def request_secs(self) -> float:
        """Return how long an answer is awaited."""
        return self._settings.request_secs

    @property
    def accounts(self) -> tuple[str, ...]:
        """Return the accounts of the login; none where it is down."""
        return tuple(self._ib.client.getAccounts()) if self._ib is not None and self.is_up else ()

    @property
    def ib(self) -> TickIB:
        """
        Return the connection there is.

        Raises:
            VenueUnavailable: There is no line to TWS.
        """
        return self._require()

    def silent_secs(self) -> float:
        """Return for how long nothing has come."""
        return asyncio.get_running_loop().time() - self._heard_at

    async def connect(self) -> None:
        """
        Give up the connection there is and make another.

        Raises:
            VenueUnavailable: Nobody listens, or whoever does is no TWS, or TWS refused;
                ``refusal`` is its code then.
        """
        self.close()
        self.messages.clear()
        self.refusal = None
        settings = self._settings
        ear = self._ear = _Ear(self)
        rate = settings.requests_per_sec
        ib = self._ib = TickIB(self._rows, ear, self._clock, rate, self._wrapper)
        where = f"{settings.host}:{settings.port}"
        try:
            async with asyncio.timeout(settings.connect_secs) as deadline:
                ear.cut = lambda: deadline.reschedule(0.0)
                await ib.client.connectAsync(settings.host, settings.port, settings.client_id, 0)
        except TimeoutError as exc:
            self.close()
            raise VenueUnavailable(self._why_not(where, has_closed=ear.is_lost)) from exc
        except (OSError, ConnectionError) as exc:
            self.close()
            raise VenueUnavailable(
                f"nobody listens at {where} ({exc.strerror or exc}): start TWS or Gateway, enable"
                " its API (Global Configuration, API, Settings, Enable ActiveX and Socket"
                " Clients), and check ib.port: TWS has 7496 live and 7497 paper, Gateway 4001"
                " and 4002"
            ) from exc
        except BaseException:
            self.close()
            raise
        finally:
            ear.cut = None
        self._heard_at = asyncio.get_running_loop().time()

    def close(self) -> None:
        """Give up the connection; what was asked over it fails."""
        ear, ib = self._ear, self._ib
        self._ear = self._ib = None
        if ear is not None:
            ear.link = None
        if ib is not None and ib.client.conn.transport is not None:
            ib.client.conn.transport.abort()  # close would wait for a peer that does not read

    async def ask(
        self,
        what: str,
        question: Callable[[IB], Awaitable[_T]],
        secs: float | None = None,
    ) -> _T:
        """
        Ask TWS and wait for the answer, not for ever.

        Args:
            what: Is asked, for the message of an error: "the contracts of SPX".
            question: Sends it and returns what to await.
            secs: Longest wait; None for that of the settings.

        Raises:
            VenueUnavailable: There is no line, or no answer in time.
            ConfigError: There is no such contract, or no permission.
            VenueRejected: TWS said no.
        """
        ib, limit = self._ib, self._settings.request_secs if secs is None else secs
        if ib is None or not self.is_up:
            raise VenueUnavailable(f"{what}: there is no line to TWS")
        try:
            async with asyncio.timeout(limit):
                return await question(ib)
        except TimeoutError as exc:
            ib.ticks.forget_done()
            raise VenueUnavailable(f"{what}: TWS did not answer within {limit:g} s") from exc
        except RequestError as exc:
            raise failure_of(what, exc.code, exc.message) from exc
        except ConnectionError as exc:
            raise VenueUnavailable(f"{what}: the line to TWS was lost") from exc

    def subscribe(self, contract: Contract, line: Line) -> int:
        """
        Have a contract stream into a line; return the id of the request.

        Raises:
            VenueUnavailable: There is no line to TWS.
        """
        ib = self._require()
        request_id = int(ib.client.getReqId())
        ib.ticks.lines[request_id] = line
        generic = _OPTION_TICKS if line.is_option else ""
        ib.client.reqMktData(request_id, contract, generic, False, False, [])
        return request_id

    def unsubscribe(self, request_id: int, *, is_told: bool = True) -> None:
        """Forget a subscription; ``is_told`` False where TWS has forgotten it already."""
        ib = self._ib
        if ib is not None and ib.ticks.lines.pop(request_id, None) is not None and is_told:
            ib.client.cancelMktData(request_id)

    def line_of(self, request_id: int) -> Line | None:
        """Return the line a request streams into, None where it streams no more."""
        return self._ib.ticks.lines.get(request_id) if self._ib is not None else None

    def choose_data(self, number: int) -> None:
        """Choose the market data of later subscriptions: 1 live to 4 delayed-frozen."""
        self._require().client.reqMarketDataType(number)

    def slow_down(self) -> None:
        """Send fewer messages per second over this connection."""
        client = self._require().client
        client.MaxRequests = max(int(client.MaxRequests * _SLOWER), _LEAST_RATE)

    def probe(self) -> None:
        """Ask the time, so that something comes if anybody is there."""
        self._require().client.reqCurrentTime()

    async def price(self, contract: Contract, what: str) -> float:
        """
        Return the price of an underlying now, or its last close where none comes.

        Raises:
            VenueUnavailable: No price came, or another session has the data.
            ConfigError: There is no such contract, or no permission.
        """
        line, limit = Line(0, is_option=False), self._settings.request_secs
        request_id = self.subscribe(contract, line)
        try:
            async with asyncio.timeout(limit) as deadline:
                while math.isnan(line.spot):
                    self._raise_refusal(request_id, what)
                    await self._packet()
                    if not math.isnan(line.close):
                        soon = asyncio.get_running_loop().time() + _AFTER_CLOSE_SECS
                        deadline.reschedule(min(deadline.when() or soon, soon))
        except TimeoutError:
            if math.isnan(line.close):
                raise VenueUnavailable(f"{what}: none came within {limit:g} s") from None
            return line.close
        finally:
            self.unsubscribe(request_id)
        return line.spot

    def _raise_refusal(self, request_id: int, what: str) -> None:
        for message in self.messages:
            if message.request_id == request_id and meaning_of(message.code).effect in _NO_PRICE:
                raise failure_of(what, message.code, message.text)
        if not self.is_up:
            raise VenueUnavailable(f"{what}: the line to TWS was lost")

    async def _packet(self) -> None:
        """Wait until something has come."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await waiter

    def wake(self) -> None:
        """Have everybody look who waits for something to come."""
        self.news.set()
        if self._waiters:
            for waiter in self._waiters:
                if not waiter.done():
                    waiter.set_result(None)
            self._waiters.clear()

    def hear(self) -> None:
        """Take note that bytes have come."""
        self._heard_at = asyncio.get_running_loop().time()
        self.wake()

    def _require(self) -> TickIB:
        if self._ib is None or not self.is_up:
            raise VenueUnavailable("there is no line to TWS")
        return self._ib

    def _why_not(self, where: str, *, has_closed: bool) -> str:
        for message in self.messages:
            if meaning_of(message.code).effect is Effect.RECONNECT:
                self.refusal = message.code
                return f"TWS at {where} refused: {sentence(message.code, message.text)}"
        if has_closed:
            return (
                f"{where} closed the connection before it was made: it is no TWS or Gateway, or"
                " this machine is not among the trusted addresses of its API settings"
            )
        return (
            f"{where} did not answer within {self._settings.connect_secs:g} s: is it TWS or"
            " Gateway, logged in, with no dialog open?"
        )


class _Ear:
    """What one connection tells its link, as long as it is the link's."""

    def __init__(self, link: Link) -> None:
        self.link: Link | None = link
        self.cut: Callable[[], Any] | None = None  # ends the attempt to connect
        self.is_lost = False

    def on_message(self, request_id: int, code: int, text: str) -> None:
        """Keep a message of TWS; a refusal ends the attempt to connect."""
        if self.link is not None:
            self.link.messages.append(Message(request_id, code, text))
            if meaning_of(code).effect is Effect.RECONNECT:
                self._give_up()
            self.link.wake()

    def on_packet(self) -> None:
        """Note that bytes have come."""
        if self.link is not None:
            self.link.hear()

    def on_lost(self) -> None:
        """Note that the socket is closed."""
        self.is_lost = True
        if self.link is not None:
            self._give_up()
            self.link.wake()

    def _give_up(self) -> None:
        """End the attempt to connect, once."""
        cut, self.cut = self.cut, None
        if cut is not None:
            cut()
