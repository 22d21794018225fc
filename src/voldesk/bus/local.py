"""The bus inside one process: topics, synchronous listeners, and readers that may be slow."""

import asyncio
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any, Final, Self

from voldesk.model.errors import VoldeskError

Handler = Callable[[str, Any], None]
"""Called with topic and message while they are published; it must not block."""

STATUS: Final = "status"
"""Topic of the pump's health: one dict that tells all of it."""

BUS_STATUS: Final = "status/bus"
"""Topic on which the bus says that it cancelled a listener whose handler raised."""


class Lagged(VoldeskError):
    """A reader of every message fell further behind than its limit and was closed."""


def matches(pattern: str, topic: str) -> bool:
    """Say whether a pattern means a topic: its name, or ``prefix*`` for all that begin so."""
    if pattern.endswith("*"):
        return topic.startswith(pattern[:-1])
    return topic == pattern


class Listener:
    """
    One handler on one pattern, as `LocalBus.on` returns it; calling it cancels it.

    A handler that raises is cancelled at once. Its owner learns of it from ``error``, or by
    awaiting ``ended`` in a task of its own.
    """

    def __init__(self, bus: "LocalBus", pattern: str, handler: Handler, name: str) -> None:
        self.pattern = pattern
        self.handler = handler
        self.name = name
        self.error: Exception | None = None
        self.is_cancelled = False
        self._bus = bus
        self._end = asyncio.Event()

    def __call__(self) -> None:
        """Cancel: the handler is not called again, not even for what is being published now."""
        if not self.is_cancelled:
            self.is_cancelled = True
            self._bus.forget(self)
            self._end.set()

    def fail(self, error: Exception) -> None:
        """Cancel because the handler raised."""
        self.error = error
        self()

    async def ended(self) -> None:
        """Wait until it is cancelled; raise what its handler raised."""
        await self._end.wait()
        if self.error is not None:
            raise self.error


class LocalBus:
    """
    Publishes messages to the listeners of their topic, in the order of publication.

    It belongs to one event loop and keeps no backlog: ``publish`` returns when every handler has
    run. What a handler publishes is delivered after the message it is handling, so every listener
    sees one order. A slow consumer takes a reader: `latest` conflates, `every` is bounded.
    """

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._routes: dict[str, tuple[Listener, ...]] = {}
        self._last: dict[str, Any] = {}
        self._outgoing: deque[tuple[str, Any]] = deque()
        self._is_delivering = False

    def publish(self, topic: str, message: Any) -> None:  # noqa: ANN401  # a topic's own type
        """
        Deliver a message to every listener of its topic, now.

        A handler that raises is cancelled and named on ``status/bus``; the others get the message.
        """
        self._outgoing.append((topic, message))
        if self._is_delivering:
            return
        self._is_delivering = True
        try:
            while self._outgoing:
                self._deliver(*self._outgoing.popleft())
        finally:
            self._is_delivering = False

    def on(self, pattern: str, handler: Handler, *, name: str = "") -> Listener:
        """
        Have a handler called with each message of the topics that match.

        Args:
            pattern: A topic, or a prefix followed by ``*``.
            handler: Called as ``handler(topic, message)`` inside ``publish``.
            name: Whose it is, for the report when it raises.

        Returns:
            The listener; call it to cancel.
        """
        listener = Listener(self, pattern, handler, name or getattr(handler, "__name__", "handler"))
        self._listeners.append(listener)
        self._routes.clear()
        return listener

    def latest(self, pattern: str) -> "Latest":
        """Return a reader of the newest message of each matching topic; a topic seen is first."""
        reader = Latest()
        for topic, message in self._last.items():
            if matches(pattern, topic):
                reader.take(topic, message)
        self._attach(pattern, reader)
        return reader

    def every(self, topic: str, limit: int) -> "Every":
        """
        Return a reader of every message of a topic from now on.

        Args:
            topic: One topic.
            limit: Messages it may be behind; one more and it is closed, ending in `Lagged`.
        """
        reader = Every(topic, limit)
        self._attach(topic, reader)
        return reader

    def last(self, topic: str) -> Any:  # noqa: ANN401  # a topic's own type
        """Return the newest message of a topic, None where there was none."""
        return self._last.get(topic)

    @property
    def topics(self) -> tuple[str, ...]:
        """Name the topics that have had a message."""
        return tuple(self._last)

    def has_listener(self, topic: str) -> bool:
        """Say whether anybody would get a message on that topic."""
        return bool(self._route(topic))

    def forget(self, listener: Listener) -> None:
        """Take a listener off; `Listener` calls this when it is cancelled."""
        self._listeners.remove(listener)
        self._routes.clear()

    def _attach(self, pattern: str, reader: "Latest | Every") -> None:
        """Feed a reader for as long as somebody holds it."""
        weak = weakref.WeakMethod(reader.take)

        def hand_on(topic: str, message: Any) -> None:  # noqa: ANN401  # a topic's own type
            take = weak()
            if take is not None:
                take(topic, message)

        listener = self.on(pattern, hand_on, name=f"reader of {pattern}")
        reader.listener = listener
        weakref.finalize(reader, listener).atexit = False

    def _route(self, topic: str) -> tuple[Listener, ...]:
        route = self._routes.get(topic)
        if route is None:
            route = tuple(one for one in self._listeners if matches(one.pattern, topic))
            self._routes[topic] = route
        return route

    def _deliver(self, topic: str, message: Any) -> None:  # noqa: ANN401  # a topic's own type
        self._last[topic] = message
        for listener in self._route(topic):
            if listener.is_cancelled:
                continue
            try:
                listener.handler(topic, message)
            except Exception as exc:  # noqa: BLE001  # somebody else's code: its owner is told
                listener.fail(exc)
                report = {
                    "kind": "listener_failed",
                    "listener": listener.name,
                    "topic": topic,
                    "error": f"{type(exc).__name__}: {exc}",
                }
                self.publish(BUS_STATUS, report)


class _Reader:
    """What both readers share: waiting, closing."""

    listener: Listener

    def __init__(self) -> None:
        self._news = asyncio.Event()
        self._is_closed = False

    def close(self) -> None:
        """Stop listening; what is waiting may still be read, then iteration ends."""
        self._is_closed = True
        self.listener()
        self._news.set()

    def __aiter__(self) -> Self:
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    async def _wait(self) -> None:
        """Wait for news; end the iteration if there will be none."""
        if self._is_closed:
            raise StopAsyncIteration
        self._news.clear()
        await self._news.wait()


class Latest(_Reader):
    """An async iterator of ``(topic, message)``: of messages not read in time the newest stays."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: dict[str, Any] = {}

    def take(self, topic: str, message: Any) -> None:  # noqa: ANN401  # a topic's own type
        """Keep the message in place of an older one of its topic."""
        self._waiting[topic] = message  # keeps the topic's place in the queue
        self._news.set()

    async def __anext__(self) -> tuple[str, Any]:
        while not self._waiting:
            await self._wait()
        topic = next(iter(self._waiting))
        return topic, self._waiting.pop(topic)


class Every(_Reader):
    """An async iterator of a topic's messages, each of them, in order; see `LocalBus.every`."""

    def __init__(self, topic: str, limit: int) -> None:
        super().__init__()
        self._topic = topic
        self._limit = limit
        self._waiting: deque[Any] = deque()
        self._lagged: Lagged | None = None

    def take(self, _topic: str, message: Any) -> None:  # noqa: ANN401  # a topic's own type
        """Queue the message, or close the reader where the queue is full."""
        if len(self._waiting) < self._limit:
            self._waiting.append(message)
        else:
            reason = f"reader of {self._topic} is {self._limit} messages behind, which is its limit"
            self._lagged = Lagged(reason)
            self.close()
        self._news.set()

    def __len__(self) -> int:
        """Return how many messages wait."""
        return len(self._waiting)

    async def __anext__(self) -> Any:  # noqa: ANN401  # a topic's own type
        """
        Return the next message.

        Raises:
            Lagged: The messages before the overflow have been read and one after them was lost.
        """
        while not self._waiting:
            if self._lagged is not None:
                raise self._lagged
            await self._wait()
        return self._waiting.popleft()
