"""
One client of the simulated TWS: from its first bytes to its last, without a socket.

What happens to the bytes is decided here; who carries them is a `Link`. A request is handed to the
desk that knows its type; desks answer at once, or as time passes, by `tick`.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, Protocol

import structlog

from voldesk.model.errors import WireError
from voldesk.simulator.ib.notices import (
    CLIENT_ID_IN_USE,
    CONTRACT_FARM,
    CONTRACT_FARM_OK,
    FARM_OK,
    FARMS,
    HISTORY_FARM,
    HISTORY_FARM_OK,
    NOT_UNDERSTOOD,
    TOO_FAST,
    Notice,
)
from voldesk.simulator.ib.pacing import STRIKES, MessageRate
from voldesk.simulator.ib.refusal import Refused
from voldesk.wire.ib.answers_account import ErrorMessage, ManagedAccounts
from voldesk.wire.ib.answers_orders import NextValidId
from voldesk.wire.ib.framing import Deframer, frame
from voldesk.wire.ib.handshake import Greeting, agreed_version, welcome
from voldesk.wire.ib.messages import decode_request, encode_answer, knows_answer
from voldesk.wire.ib.requests_market import StartApi

_log: Final = structlog.get_logger(__name__)

NO_REQUEST: Final = -1
"""The id of what answers no request."""


class Link(Protocol):
    """What carries a session's bytes."""

    def send(self, data: bytes) -> None:
        """Send bytes, in order; nothing once the link is closed."""
        ...

    def close(self) -> None:
        """Close once everything is sent."""
        ...

    def abort(self) -> None:
        """Close now, whatever is not sent."""
        ...


class Desk(Protocol):
    """The part of a session that knows some of the requests."""

    def handlers(self) -> Mapping[type, Callable[[Any], None]]:
        """Return what is done with each type of request."""
        ...

    def tick(self, now: int) -> None:
        """Tell what has changed since the last time; UTC ns."""
        ...

    def forget(self) -> None:
        """Drop every subscription to data: the venue lost them."""
        ...

    def lose_quotes(self, notice: Notice) -> None:
        """End the subscriptions to quotes, if it has any, and say why for each."""
        ...

    def close(self) -> None:
        """Give back what is held: the client is gone."""
        ...


class SilentDesk:
    """A desk that answers at once and holds nothing."""

    def tick(self, now: int) -> None:
        """Tell nothing as time passes."""

    def forget(self) -> None:
        """Drop nothing: there are no subscriptions."""

    def lose_quotes(self, notice: Notice) -> None:
        """End nothing: there are no quotes."""

    def close(self) -> None:
        """Give nothing back."""


class Venue(Protocol):
    """What a session asks the world it lives in."""

    @property
    def accounts(self) -> Sequence[str]:
        """Name the accounts."""
        ...

    def wall(self) -> int:
        """Return the present of the clock that paces clients, UTC ns."""
        ...

    def time_text(self) -> str:
        """Return the present as TWS says it in its first frame."""
        ...

    def admit(self, session: "Session") -> bool:
        """Take a session in under its client id; False where the id is in use."""
        ...

    def leave(self, session: "Session") -> None:
        """Let a session go."""
        ...

    def next_order_id(self, session: "Session") -> int:
        """Return the next order id of that client."""
        ...

    def desks(self, session: "Session") -> Sequence[Desk]:
        """Make the desks of a session."""
        ...

    def starts_broken(self) -> Sequence[Notice]:
        """Return what is said to a newcomer instead of that all farms are connected."""
        ...


class State(StrEnum):
    """How far a session is."""

    GREETING = "greeting"  # the versions are not agreed yet
    WAITING = "waiting"  # for START_API; nothing else may be said or heard
    READY = "ready"
    CLOSED = "closed"


class Session:
    """One client, from its greeting on."""

    def __init__(self, venue: Venue, link: Link) -> None:
        self.venue = venue
        self.version = 0
        self.client_id = 0
        self.state = State.GREETING
        self.is_paused = False  # the client reads too slowly: ticks wait, the newest is kept
        self._link = link
        self._greeting = Greeting()
        self._deframer = Deframer()
        self._rate = MessageRate()
        self._paces = False
        self._held: deque[bytes] = deque()
        self.desks: Sequence[Desk] = ()
        self._handlers: dict[type, Callable[[Any], None]] = {}
        self._outbox: list[bytes] | None = None

    @property
    def is_over(self) -> bool:
        """Say whether the session has ended."""
        return self.state is State.CLOSED

    # What comes in

    def receive(self, data: bytes) -> None:
        """Take bytes of the client, cut anywhere; answers leave in one piece."""
        if self.state is State.CLOSED:
            return
        self._outbox = []
        try:
            if self.state is State.GREETING:
                data = self._greet(data)
            for payload in self._deframer.receive(data) if data else ():
                self._take(payload)
                if self.is_over:
                    break
        except WireError as error:
            _log.warning("tws_client_refused", client=self.client_id, reason=str(error))
            self._flush()
            self.end()
        finally:
            self._flush()

    def _greet(self, data: bytes) -> bytes:
        found = self._greeting.receive(data)
        if found is None:
            return b""
        said, rest = found
        self.version = agreed_version(said)
        self._paces = said.paces
        self.state = State.WAITING
        self._send(welcome(self.version, self.venue.time_text()))
        return rest

    def _take(self, payload: bytes) -> None:
        now = self.venue.wall()
        if self.state is State.WAITING:
            self._start(decode_request(payload, self.version))
        elif self._paces and (self._held or not self._rate.has_room(now)):
            self._held.append(payload)
        elif self._rate.admits(now):
            self._handle(payload)
        else:
            self._refuse_pace()

    def _refuse_pace(self) -> None:
        rate = self._rate
        self.tell(TOO_FAST(rate.limit, rate.count, rate.strikes))
        if rate.strikes >= STRIKES:
            self.end()

    def _start(self, request: Any) -> None:  # noqa: ANN401  # whatever came first
        if not isinstance(request, StartApi):
            raise WireError(f"{type(request).__name__} before START_API")
        self.client_id = request.client_id
        if not self.venue.admit(self):
            self.tell(CLIENT_ID_IN_USE)
            self.end()
            return
        self.state = State.READY
        self.desks = self.venue.desks(self)
        for desk in self.desks:
            self._handlers.update(desk.handlers())
        self.answer(ManagedAccounts(",".join(self.venue.accounts)))
        self.answer(NextValidId(self.venue.next_order_id(self)))
        broken = self.venue.starts_broken()
        for notice in broken or _all_well():
            self.tell(notice)

    def _handle(self, payload: bytes) -> None:
        try:
            request = decode_request(payload, self.version)
        except WireError as error:
            self.tell(NOT_UNDERSTOOD(error))
            return
        handler = self._handlers.get(type(request))
        if handler is None:
            self.tell(NOT_UNDERSTOOD(f"{type(request).__name__} is not served"))
            return
        try:
            handler(request)
        except Refused as refused:
            req_id = getattr(request, "req_id", NO_REQUEST)
            self.tell(Notice(refused.code, refused.text), req_id)

    # What goes out

    def answer(self, *messages: Any) -> None:  # noqa: ANN401  # of many types
        """
        Send messages, each as the client's version has it; what it has not heard of is left out.

        Raises:
            WireError: A value cannot be said.
        """
        for message in messages:
            if knows_answer(type(message), self.version):
                self._send(frame(encode_answer(message, self.version)))

    def send_frames(self, data: bytes) -> None:
        """Send bytes that are frames already."""
        self._send(data)

    def tell(self, notice: Notice, req_id: int = NO_REQUEST, reject_json: str = "") -> None:
        """Send an error, or news of the connection."""
        self.answer(ErrorMessage(req_id, notice.code, notice.text, reject_json))

    def guarded(self, hear: Callable[[Any], None]) -> Callable[[Any], None]:
        """Return a listener whose failure, a defect of ours, ends this client alone."""

        def heard(told: Any) -> None:  # noqa: ANN401  # whatever is told
            try:
                hear(told)
            except Exception:  # noqa: BLE001  # the top of a client
                _log.exception("tws_session_failed", client=self.client_id)
                self.abort()

        return heard

    def tick(self, now: int) -> None:
        """Let every desk tell what has changed; a client that reads too slowly hears it later."""
        if self.state is not State.READY:
            return
        self._outbox = []
        try:
            self._handle_held()
            if not self.is_paused:
                for desk in self.desks:
                    desk.tick(now)
        finally:
            self._flush()

    def _handle_held(self) -> None:
        wall = self.venue.wall()
        while self._held and self._rate.has_room(wall):
            self._rate.admits(wall)
            self._handle(self._held.popleft())

    def pace(self, limit: int) -> None:
        """Allow that many messages a second from now on."""
        self._rate = MessageRate(limit)

    def lose_quotes(self, notice: Notice) -> None:
        """End every subscription to quotes, and say why for each."""
        for desk in self.desks:
            desk.lose_quotes(notice)

    def forget(self) -> None:
        """Drop the client's subscriptions: the venue lost them."""
        for desk in self.desks:
            desk.forget()

    # Its end

    def end(self) -> None:
        """Close the session and then its link."""
        self._flush()
        self.closed()
        self._link.close()

    def abort(self) -> None:
        """Cut the link, as a broken network does."""
        self.closed()
        self._link.abort()

    def closed(self) -> None:
        """Take note that the link is gone."""
        was_ready = self.state is State.READY
        self.state = State.CLOSED
        self._held.clear()
        if was_ready:
            self.venue.leave(self)
            for desk in self.desks:
                desk.close()

    def _send(self, data: bytes) -> None:
        if self._outbox is None:
            self._link.send(data)
        else:
            self._outbox.append(data)

    def _flush(self) -> None:
        if self._outbox:
            self._link.send(b"".join(self._outbox))
        self._outbox = None


def _all_well() -> tuple[Notice, ...]:
    return (
        *(FARM_OK(farm) for farm in FARMS),
        HISTORY_FARM_OK(HISTORY_FARM),
        CONTRACT_FARM_OK(CONTRACT_FARM),
    )
