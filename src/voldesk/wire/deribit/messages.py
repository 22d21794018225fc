"""JSON-RPC 2.0 as Deribit speaks it: one message of bytes <-> one of the kinds there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec
from msgspec import UNSET, Raw, Struct

from voldesk.model.errors import WireError
from voldesk.wire.deribit.types import ErrorBody, RequestId

_T = TypeVar("_T")

VERSION: Final = "2.0"

PARSE_ERROR: Final = -32700
INVALID_REQUEST: Final = -32600
NO_METHOD: Final = -32601
INVALID_PARAMS: Final = -32602
TOO_MANY_REQUESTS: Final = 10028
RAW_NEEDS_LOGIN: Final = 13778

MOST_CHANNELS: Final = 500
"""In one call of ``public/subscribe``."""

LEAST_HEARTBEAT_SECS: Final = 10


@dataclass(frozen=True, slots=True)
class Request:
    """A call; ``id`` is None where no answer is wanted."""

    id: int | str | None
    method: str
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call came to; `decode_as` reads the result."""

    id: int | str | None
    result: Raw


@dataclass(frozen=True, slots=True)
class Refusal:
    """A call that failed."""

    id: int | str | None
    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The other side is there; ``is_test`` where it wants to know the same of us."""

    is_test: bool


@dataclass(frozen=True, slots=True)
class Notification:
    """News of a channel; `decode_as` reads the data."""

    channel: str
    data: Raw


Message = Answer | Refusal | Heartbeat | Notification
"""What a client hears."""


_ABSENT: Final = Raw()


class _Params(Struct):
    channel: str | None = None
    data: Raw = _ABSENT
    type: str | None = None


class _Heard(Struct):
    id: RequestId = UNSET
    result: Raw = _ABSENT
    error: ErrorBody | None = None
    method: str | None = None
    params: _Params | None = None


class _Asked(Struct):
    method: str
    id: RequestId = UNSET
    params: dict[str, Any] | None = None


_HEARD: Final = msgspec.json.Decoder(_Heard)
_ASKED: Final = msgspec.json.Decoder(_Asked)
_ENCODER: Final = msgspec.json.Encoder()


def read_message(data: bytes | str) -> Message:
    """
    Read what a client hears.

    Raises:
        WireError: It is no JSON, or no message of a kind there is.
    """
    try:
        heard = _HEARD.decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as exc:
        raise WireError(f"message of {len(data)} characters cannot be read: {exc}") from exc
    params = heard.params
    if heard.method == "subscription" and params is not None:
        if params.channel is not None and len(params.data):
            return Notification(params.channel, params.data)
    elif heard.method == "heartbeat" and params is not None:
        return Heartbeat(is_test=params.type == "test_request")
    elif heard.method is None and not isinstance(heard.id, msgspec.UnsetType):
        if heard.error is not None:
            return Refusal(heard.id, heard.error.code, heard.error.message)
        if len(heard.result):
            return Answer(heard.id, heard.result)
    raise WireError(f"message is no answer, notification or heartbeat: {_shown(data)}")


def read_request(data: bytes | str) -> Request:
    """
    Read what a server hears.

    Raises:
        WireError: It is no JSON, or no call.
    """
    try:
        asked = _ASKED.decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as exc:
        raise WireError(f"request of {len(data)} characters cannot be read: {exc}") from exc
    name = None if isinstance(asked.id, msgspec.UnsetType) else asked.id
    return Request(name, asked.method, asked.params or {})


def decode_as(data: Raw, decoder: "msgspec.json.Decoder[_T]") -> _T:
    """
    Decode a result, or the data of a notification.

    Raises:
        WireError: It is not what the decoder is for.
    """
    try:
        return decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as exc:
        raise WireError(f"{_shown(bytes(data))}: {exc}") from exc


def write_request(name: int, method: str, params: Mapping[str, Any]) -> bytes:
    """Return a call as bytes."""
    return _ENCODER.encode({"jsonrpc": VERSION, "id": name, "method": method, "params": params})


def write_answer(name: int | str | None, result: object, *, ts_us: int = 0) -> bytes:
    """Return an answer as bytes; ``ts_us`` is when it was made, which Deribit tells, UTC us."""
    times = {"usIn": ts_us, "usOut": ts_us, "usDiff": 0} if ts_us else {}  # codespell:ignore usin
    return _ENCODER.encode({"jsonrpc": VERSION, "id": name, "result": result, **times})


def write_refusal(name: int | str | None, error: ErrorBody) -> bytes:
    """Return a refusal as bytes."""
    return _ENCODER.encode({"jsonrpc": VERSION, "id": name, "error": error})


def write_notification(channel: str, data: object) -> bytes:
    """Return news of a channel as bytes."""
    params = {"channel": channel, "data": data}
    return _ENCODER.encode({"jsonrpc": VERSION, "method": "subscription", "params": params})


def write_heartbeat(*, is_test: bool) -> bytes:
    """Return a heartbeat as bytes, with or without the question whether the client is there."""
    params = {"type": "test_request" if is_test else "heartbeat"}
    return _ENCODER.encode({"jsonrpc": VERSION, "method": "heartbeat", "params": params})


def _shown(data: bytes | str) -> str:
    return repr(data[:80])
