"""The topics a client may ask for, by name, and the channel each of them is."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from voldesk.analytics.update import ChainUpdate
from voldesk.gateways.chain_channel import ChainChannel, StreamFormat, Variant
from voldesk.gateways.channel import Channel, EveryChannel, LatestChannel
from voldesk.gateways.contract_channel import ContractChannel, ContractChoice
from voldesk.gateways.contract_messages import status_update
from voldesk.gateways.encode import encode_json, listing_json, micros, ticks_json
from voldesk.gateways.fields import choose_fields
from voldesk.gateways.frames import Message
from voldesk.gateways.problems import ClientError
from voldesk.gateways.settings import GatewaySettings
from voldesk.gateways.state import State

MAX_RATE: Final = 1000.0
MIN_RATE: Final = 0.1
_SHOWN: Final = 12  # names listed in an error


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One topic as a client wants it; equal requests share one channel."""

    topic: str
    fields: tuple[str, ...] = ()
    format: StreamFormat = StreamFormat.JSON
    rate: float | None = None
    expiry: date | None = None
    is_named: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a client may say about the topics it asks for; None leaves it to us."""

    fields: tuple[str, ...] | None = None
    format: str | None = None
    rate: float | None = None
    expiry: date | None = None


def requests_of(topics: tuple[str, ...], wish: Wish, state: State) -> list[Request]:
    """
    Return what the names and wishes mean; what a topic has no use for is left out of it.

    Raises:
        ClientError: A topic, field, format or rate does not exist.
    """
    rate = _rate(wish.rate)
    form = _format(wish.format)
    fields = choose_fields(wish.fields)
    is_named = sum(topic.startswith("greeks/") for topic in topics) > 1
    requests: list[Request] = []
    for topic in dict.fromkeys(topics):
        require_topic(topic, state)
        head = topic.partition("/")[0]
        if head == "chain":
            request = Request(topic=topic, fields=fields, format=form, rate=rate)
        elif head == "greeks":
            request = Request(topic=topic, expiry=wish.expiry, is_named=is_named)
        elif head in {"ticks", "alerts"}:
            request = Request(topic=topic)
        else:
            request = Request(topic=topic, rate=rate)
        requests.append(request)
    return requests


def topics_served(state: State) -> list[str]:
    """Name every topic that can be asked for now."""
    underlyings = list(state.chains)
    return [
        *(f"{kind}/{one}" for kind in ("chain", "summary", "greeks") for one in underlyings),
        "status",
        "alerts",
        *(f"ticks/{feed}" for feed in state.listings),
    ]


def require_topic(topic: str, state: State) -> None:
    """
    Do nothing if there is such a topic.

    Raises:
        ClientError: There is none; the message names those there are.
    """
    served = topics_served(state)
    if topic not in served:
        shown = ", ".join(served[:_SHOWN])
        more = f" and {len(served) - _SHOWN} more" if len(served) > _SHOWN else ""
        raise ClientError("unknown_topic", f"no topic {topic[:100]!r}; there are {shown}{more}")


def source_of(topic: str) -> str:
    """Return the bus topic that a client's topic is made from."""
    head, _, name = topic.partition("/")
    return f"chain/{name}" if head in {"chain", "summary", "greeks"} else topic


def build_channel(
    request: Request, topic_id: int, state: State, settings: GatewaySettings
) -> Channel:
    """
    Return a new channel that serves a request.

    Raises:
        ClientError: The topic has gone.
    """
    topic = request.topic
    require_topic(topic, state)
    head, _, name = topic.partition("/")
    match head:
        case "chain":
            variant = Variant(request.fields, request.format, request.rate)
            return ChainChannel(topic, topic_id, variant, state.chains[name])
        case "greeks":
            choice = ContractChoice(
                request.expiry, request.is_named, settings.compat_rate, settings.compat_messages
            )
            return ContractChannel(topic, topic_id, choice, state.chains[name])
        case "summary":
            return LatestChannel(
                topic, topic_id, request.rate, _summary_message(topic), state.chains[name]
            )
        case "status":
            return LatestChannel(topic, topic_id, request.rate, _status_message, state.health())
        case "ticks":
            listing = Message("layout", listing_json(state.listings[name], topic))
            return EveryChannel(topic, topic_id, _ticks_message(topic), lambda: (listing,))
        case _:
            return EveryChannel(topic, topic_id, _alert_message(topic))


def _status_message(health: Mapping[str, Any], _: int) -> Message:
    return status_update(health)


def _summary_message(topic: str) -> Any:  # noqa: ANN401  # see LatestChannel
    def encode(update: ChainUpdate, seq: int) -> Message | None:
        if update.summary is None:
            return None
        return Message(
            "summary",
            encode_json(
                {
                    "type": "summary",
                    "topic": topic,
                    "seq": seq,
                    "ts_flush_us": micros(update.ts_flush),
                    "data": update.summary,
                }
            ),
        )

    return encode


def _ticks_message(topic: str) -> Any:  # noqa: ANN401  # see EveryChannel
    return lambda batch, seq: Message("ticks", ticks_json(batch, topic, seq))


def _alert_message(topic: str) -> Any:  # noqa: ANN401  # see EveryChannel
    return lambda alert, seq: Message(
        "alert", encode_json({"type": "alert", "topic": topic, "seq": seq, "data": alert})
    )


def _rate(rate: float | None) -> float | None:
    if rate is None or (math.isfinite(rate) and MIN_RATE <= rate <= MAX_RATE):
        return rate
    raise ClientError("bad_rate", f"rate {rate:g} per second, from {MIN_RATE} to {MAX_RATE} may be")


def _format(name: str | None) -> StreamFormat:
    try:
        return StreamFormat.JSON if name is None else StreamFormat(name)
    except ValueError:
        raise ClientError(
            "unknown_format", f"no format {name[:40]!r}; there are json, binary" if name else "no format"
        ) from None
