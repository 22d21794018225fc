"""What a client may ask on a stream, however it is connected."""

from dataclasses import replace
from datetime import date
from typing import Any

import msgspec

from voldesk.gateways.encode import encode_json, micros
from voldesk.gateways.frames import Message
from voldesk.gateways.hub import Hub
from voldesk.gateways.outbox import Outbox
from voldesk.gateways.problems import ClientError
from voldesk.gateways.request import Request
from voldesk.gateways.topics import Wish, requests_of
from voldesk.model.clock import Clock


class Subscribe(msgspec.Struct, frozen=True, tag="subscribe", tag_field="op"):
    """Ask for topics; of one that is held the new wishes replace the old."""

    topics: tuple[str, ...]
    fields: tuple[str, ...] | None = None
    rate: float | None = None
    format: str | None = None
    expiry: date | None = None
    id: int | str | None = None


class Unsubscribe(msgspec.Struct, frozen=True, tag="unsubscribe", tag_field="op"):
    """Give topics up; None gives up all."""

    topics: tuple[str, ...] | None = None
    id: int | str | None = None


class Resync(msgspec.Struct, frozen=True, tag="resync", tag_field="op"):
    """Ask for a new snapshot of topics that are held; None means all."""

    topics: tuple[str, ...] | None = None
    id: int | str | None = None


class Ping(msgspec.Struct, frozen=True, tag="ping", tag_field="op"):
    """Ask for a sign of life."""

    id: int | str | None = None


Op = Subscribe | Unsubscribe | Resync | Ping
_DECODER: msgspec.json.Decoder[Op] = msgspec.json.Decoder(Op)


class Allowance:
    """How fast a client may send: a bucket that fills steadily and holds two seconds' worth."""

    __slots__ = ("_left", "_most", "_per_sec", "_seen")

    def __init__(self, per_sec: float) -> None:
        self._per_sec = per_sec
        self._most = self._left = 2.0 * per_sec
        self._seen = 0.0

    def spend(self, now: float) -> bool:
        """Take one out at that time, seconds; False if there is none."""
        self._left = min(self._most, self._left + (now - self._seen) * self._per_sec)
        self._seen = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


def decode_op(text: str | bytes, limit: int) -> Op:
    """
    Return what a client asks.

    Raises:
        ClientError: The message is longer than ``limit`` bytes, no JSON, or no operation of ours.
    """
    if isinstance(text, bytes):
        raise ClientError("bad_message", f"binary message of {len(text)} bytes: send JSON as text")
    size = len(text.encode())
    if size > limit:
        raise ClientError("message_too_long", f"message of {size} bytes, at most {limit} may be")
    try:
        return _DECODER.decode(text)
    except msgspec.ValidationError as exc:
        raise ClientError("bad_message", f"message not understood: {exc}") from exc
    except (msgspec.DecodeError, UnicodeError, RecursionError) as exc:
        raise ClientError("bad_json", f"message is no JSON: {exc}") from exc


class StreamSession:
    """One client's conversation; replies go to its outbox in order with what it streams."""

    def __init__(self, hub: Hub, client: Outbox, clock: Clock) -> None:
        self._hub = hub
        self._client = client
        self._clock = clock

    def obey(self, op: Op) -> ClientError | None:
        """Do what the client asks and tell it, or why not; return the latter too."""
        try:
            match op:
                case Subscribe():
                    self._subscribe(op)
                case Unsubscribe():
                    topics = self._held(op.topics, self._client.subscriptions)
                    for topic in topics:
                        self._hub.unsubscribe(self._client, topic)
                    self._reply("unsubscribed", op.id, topics=topics)
                case Resync():
                    topics = self._held(op.topics, self._client.subscriptions)
                    for topic in topics:
                        channel = self._client.subscriptions[topic]
                        self._client.owe(channel, is_opening=True)
                    self._client.settle()
                case Ping():
                    self._reply("pong", op.id, ts_us=micros(self._clock.now()))
        except ClientError as exc:
            self.complain(exc, op.id)
            return exc
        return None

    def complain(self, error: ClientError, about: int | str | None = None) -> None:
        """Tell the client what was wrong."""
        self._reply("error", about, code=error.code, message=error.message)

    def _subscribe(self, op: Subscribe) -> None:
        wish = Wish(fields=op.fields, format=op.format, rate=op.rate, expiry=op.expiry)
        requests = self._named(requests_of(op.topics, wish, self._hub.state, is_named=False))
        accepted: list[dict[str, Any]] = []
        try:
            for request in requests:
                channel = self._hub.subscribe(self._client, request)
                accepted.append(_description(request, channel.topic_id, channel.is_lossless))
        finally:
            if accepted:
                self._reply("subscribed", op.id, topics=accepted)
            self._client.settle()

    def _named(self, requests: list[Request]) -> list[Request]:
        """Have put-call ratios say whose they are as soon as there is more than one."""
        held = {
            topic: channel.request
            for topic, channel in self._client.subscriptions.items()
            if topic.startswith("greeks/")
        }
        asked = {one.topic: one for one in requests if one.topic.startswith("greeks/")}
        if not asked or len(held | asked) <= 1:
            return requests
        named = [replace(one, is_named=True) for one in (held | asked).values()]
        return [one for one in requests if one.topic not in asked] + named

    def _held(self, topics: tuple[str, ...] | None, held: dict[str, Any]) -> list[str]:
        if topics is None:
            return list(held)
        for topic in topics:
            if topic not in held:
                names = ", ".join(held) or "none"
                raise ClientError(
                    "not_subscribed", f"topic {topic[:100]!r} is not held; held are {names}"
                )
        return list(dict.fromkeys(topics))

    def _reply(self, kind: str, about: int | str | None, **values: Any) -> None:  # noqa: ANN401  # JSON
        document = {"type": kind, **({} if about is None else {"id": about}), **values}
        self._client.reply([Message(kind, encode_json(document))])


def _description(request: Request, topic_id: int, is_lossless: bool) -> dict[str, Any]:
    """Return what a client is told it will get."""
    return {
        "topic": request.topic,
        "topic_id": topic_id,
        "kind": "every" if is_lossless else "latest",
        "format": request.format.value,
        "fields": list(request.fields),
        "rate": request.rate,
    }
