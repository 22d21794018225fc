"""What clients share: one channel per topic and variant, which says each thing once for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from voldesk.gateways.frames import Message, Parcel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from voldesk.gateways.outbox import Outbox
    from voldesk.gateways.request import Request

Delivery: TypeAlias = "tuple[Iterable[Outbox], Parcel]"
"""A parcel and the clients that get it."""


class Channel:
    """
    One topic in one variant (fields, rate, format), and the clients that listen to it.

    The hub hands it news (`take`), and when it is due asks what there is to say (`flush`). A
    client that joins gets `opening`, one that has missed frames `snapshot`.
    """

    is_lossless: ClassVar[bool] = False

    def __init__(self, request: Request, topic_id: int, rate: float | None) -> None:
        self.request = request
        self.topic = request.topic
        self.topic_id = topic_id
        self.min_gap = 0.0 if rate is None else 1.0 / rate  # seconds between frames
        self.not_before = 0.0  # loop time of the next frame
        self.seq = 0
        self.clients: dict[Outbox, None] = {}
        self.has_news = False

    def take(self, message: Any) -> None:  # noqa: ANN401  # a bus topic's own type
        """Note news from the bus."""
        raise NotImplementedError

    def flush(self) -> list[Delivery]:
        """Return what to say now and to whom; the news is then said."""
        raise NotImplementedError

    def opening(self) -> tuple[Message, ...]:
        """Return what a client needs to understand the topic, and its present state."""
        return self.snapshot()

    def snapshot(self) -> tuple[Message, ...]:
        """Return the topic's present state."""
        raise NotImplementedError

    def join(self, client: Outbox) -> None:
        """Begin to serve a client; what it needs first is owed to it."""
        self.clients[client] = None
        client.owe(self, is_opening=True)

    def leave(self, client: Outbox) -> None:
        """Stop serving a client."""
        self.clients.pop(client, None)
        client.forgive(self)


class LatestChannel(Channel):
    """A topic whose every message says all: the newest replaces those before it."""

    def __init__(
        self,
        request: Request,
        topic_id: int,
        encode: Callable[[Any, int], Message],
        *,
        first: object = None,
        says_something: Callable[[Any], bool] = lambda _: True,
    ) -> None:
        """
        Begin with what is known: ``first``, if anything was published before.

        ``encode`` makes the message of what was taken and its ``seq``; what does not
        ``says_something`` does not concern the topic at all.
        """
        super().__init__(request, topic_id, request.rate)
        self._encode = encode
        self._says_something = says_something
        self._newest = first
        self._said: Message | None = None
        if first is not None:
            self._say()

    def take(self, message: Any) -> None:  # noqa: ANN401  # a bus topic's own type
        """Replace what was to be said."""
        if self._says_something(message):
            self._newest = message
            self.has_news = True

    def flush(self) -> list[Delivery]:
        """Return the newest message, for all."""
        self.has_news = False
        return [(self.clients, Parcel((self._say(),)))]

    def snapshot(self) -> tuple[Message, ...]:
        """Return the message last said."""
        return () if self._said is None else (self._said,)

    def _say(self) -> Message:
        self.seq += 1
        self._said = self._encode(self._newest, self.seq)
        return self._said


class EveryChannel(Channel):
    """A topic of which no message may be lost: they leave in order, or the client is closed."""

    is_lossless = True

    def __init__(
        self,
        request: Request,
        topic_id: int,
        encode: Callable[[Any, int], Message],
        describe: Callable[[], tuple[Message, ...]] = tuple,
    ) -> None:
        """
        Begin with nothing said.

        ``encode`` makes the message of what was taken and its ``seq``; ``describe`` returns what
        a client needs before the first message.
        """
        super().__init__(request, topic_id, None)
        self._encode = encode
        self._describe = describe
        self._unsaid: list[Message] = []

    def take(self, message: Any) -> None:  # noqa: ANN401  # a bus topic's own type
        """Queue a message for the next flush, which is on the next turn of the loop."""
        self.seq += 1
        self._unsaid.append(self._encode(message, self.seq))
        self.has_news = True

    def flush(self) -> list[Delivery]:
        """Return all that came since the last flush, for all."""
        self.has_news = False
        unsaid, self._unsaid = self._unsaid, []
        return [(self.clients, Parcel(unsaid))] if unsaid else []

    def opening(self) -> tuple[Message, ...]:
        """Return what explains the messages; those of the past are not told again."""
        return self._describe()

    def snapshot(self) -> tuple[Message, ...]:
        """Return nothing: a lossless topic has no state to catch up with."""
        return ()
