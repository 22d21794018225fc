"""The topics a client may ask for, by name, and the channel each of them is."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from http import HTTPStatus
from typing import Any, Final

import numpy as np

from voldesk.analytics.update import ChainUpdate
from voldesk.gateways.chain_channel import ChainChannel
from voldesk.gateways.channel import Channel, EveryChannel, LatestChannel
from voldesk.gateways.contract_channel import ContractChannel
from voldesk.gateways.contract_messages import status_update
from voldesk.gateways.day import day_document
from voldesk.gateways.encode import encode_json, listing_json, micros, ticks_json
from voldesk.gateways.fields import choose_fields
from voldesk.gateways.frames import Message
from voldesk.gateways.order_desk import ORDERS, POSITIONS, RISK, Mode, OrderDesk
from voldesk.gateways.order_documents import order_document, positions_document, risk_document
from voldesk.gateways.problems import ClientError
from voldesk.gateways.request import Request, StreamFormat
from voldesk.gateways.settings import GatewaySettings
from voldesk.gateways.state import State
from voldesk.model.errors import VenueUnavailable

MAX_RATE: Final = 1000.0
MIN_RATE: Final = 0.1
MOST_ORDERS: Final = 500
"""Orders that a client is told when it begins to listen, the newest ones."""

_SHOWN: Final = 12  # names listed in an error
_OF_UNDERLYING: Final = ("chain", "summary", "greeks")
PLAIN: Final = ("status", "alerts", ORDERS, POSITIONS, RISK)
"""Topics that are there whatever is served."""

_LOSSLESS: Final = frozenset({"ticks", "alerts", ORDERS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a client may say about the topics it asks for; None leaves it to us."""

    fields: tuple[str, ...] | None = None
    format: str | None = None
    rate: float | None = None
    expiry: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """
    What channels are made of.

    Attributes:
        summaries: The last one of each underlying.
        orders: Who trades, None where nobody does.
        last: The newest message of a topic of the bus, None where there was none.
    """

    state: State
    settings: GatewaySettings
    summaries: Mapping[str, ChainUpdate]
    orders: OrderDesk | None = None
    last: Callable[[str], Any] = field(default=lambda _: None)


def requests_of(
    topics: tuple[str, ...], wish: Wish, state: State, *, is_named: bool
) -> list[Request]:
    """
    Return what names and wishes mean; what a topic has no use for is left out of its request.

    Raises:
        ClientError: A topic, field, format or rate does not exist.
    """
    rate = _rate(wish.rate)
    form = _format(wish.format)
    fields = choose_fields(wish.fields)
    requests: list[Request] = []
    for topic in dict.fromkeys(topics):
        require_topic(topic, state)
        head = topic.partition("/")[0]
        if head == "chain":
            request = Request(topic=topic, fields=fields, format=form, rate=rate)
        elif head == "greeks":
            require_expiry(state.chains[topic.partition("/")[2]], wish.expiry)
            request = Request(topic=topic, expiry=wish.expiry, is_named=is_named)
        elif head in _LOSSLESS:
            request = Request(topic=topic)
        else:
            request = Request(topic=topic, rate=rate)
        requests.append(request)
    return requests


def topics_served(state: State) -> list[str]:
    """Name every topic that can be asked for now."""
    return [
        *(f"{kind}/{one}" for one in state.chains for kind in _OF_UNDERLYING),
        *PLAIN,
        *(f"ticks/{feed}" for feed in state.listings),
    ]


def require_topic(topic: str, state: State) -> None:
    """
    Do nothing if there is such a topic.

    Raises:
        ClientError: There is none; the message names those there are.
    """
    head, _, name = topic.partition("/")
    if head in _OF_UNDERLYING and name in state.chains:
        return
    if topic in PLAIN or (head == "ticks" and name in state.listings):
        return
    served = topics_served(state)
    shown = ", ".join(served[:_SHOWN])
    more = f" and {len(served) - _SHOWN} more" if len(served) > _SHOWN else ""
    raise ClientError("unknown_topic", f"no topic {topic[:100]!r}; there are {shown}{more}")


def require_expiry(update: ChainUpdate, expiry: date | None) -> None:
    """
    Do nothing if the chain has contracts of an expiry, or none was asked for.

    Raises:
        ClientError: It has none; the message names some it has.
    """
    if expiry is None:
        return
    listed = update.table.series.expiry
    if np.datetime64(expiry, "D") not in listed:
        shown = ", ".join(str(day) for day in listed[:_SHOWN])
        raise ClientError(
            "unknown_expiry",
            f"{update.underlying} has no expiry {expiry}; there are {shown}",
            HTTPStatus.NOT_FOUND,
        )


def source_of(topic: str) -> str:
    """Return the bus topic that a client's topic is made from."""
    head, _, name = topic.partition("/")
    return f"chain/{name}" if head in _OF_UNDERLYING else topic


def build_channel(request: Request, topic_id: int, sources: Sources) -> Channel:
    """
    Return a new channel that serves a request.

    Raises:
        ClientError: The topic has gone.
    """
    state, settings = sources.state, sources.settings
    topic = request.topic
    require_topic(topic, state)
    head, _, name = topic.partition("/")
    match head:
        case "chain":
            return ChainChannel(request, topic_id, state.chains[name])
        case "greeks":
            return ContractChannel(
                request,
                topic_id,
                state.chains[name],
                rate=settings.compat_rate,
                limit=settings.compat_messages,
            )
        case "summary":
            return LatestChannel(
                request,
                topic_id,
                _summary_message(topic, state),
                first=sources.summaries.get(name),
                says_something=lambda update: update.summary is not None,
            )
        case "ticks":
            listing = Message("layout", listing_json(state.listings[name], topic))
            return EveryChannel(request, topic_id, _ticks_message(topic), lambda: (listing,))
        case _:
            return _plain_channel(request, topic_id, sources)


def _plain_channel(request: Request, topic_id: int, sources: Sources) -> Channel:
    """Return the channel of a topic of `PLAIN`; where nobody trades nothing is said of it."""
    topic, desk = request.topic, sources.orders
    if topic == "status":
        return LatestChannel(request, topic_id, _status_message, first=sources.state.health())
    if topic == "alerts":
        return EveryChannel(request, topic_id, _alert_message(topic))
    mode = Mode.PAPER if desk is None else desk.mode
    if topic == ORDERS:
        return EveryChannel(
            request,
            topic_id,
            lambda order, seq: _message("order", topic, order_document(order, mode), seq),
            lambda: _known_orders(topic, desk),
        )
    kind, encode = (
        ("positions", positions_document) if topic == POSITIONS else ("risk", risk_document)
    )
    return LatestChannel(
        request,
        topic_id,
        lambda message, seq: _message(kind, topic, encode(message), seq),
        first=sources.last(topic),
    )


def _known_orders(topic: str, desk: OrderDesk | None) -> tuple[Message, ...]:
    """Return what a client is told first: the orders there are, the newest ones of many."""
    try:
        known = [] if desk is None else desk.orders()[:MOST_ORDERS]
        documents = [] if desk is None else [order_document(one, desk.mode) for one in known]
    except VenueUnavailable:  # nothing trades yet
        documents = []
    return (_message("orders", topic, documents, None),)


def _message(kind: str, topic: str, data: object, seq: int | None) -> Message:
    number = {} if seq is None else {"seq": seq}
    return Message(kind, encode_json({"type": kind, "topic": topic, **number, "data": data}))


def _status_message(health: Mapping[str, Any], _: int) -> Message:
    return status_update(health)


def _summary_message(topic: str, state: State) -> Any:  # noqa: ANN401  # see LatestChannel
    def encode(update: ChainUpdate, seq: int) -> Message:
        return Message(
            "summary",
            encode_json(
                {
                    "type": "summary",
                    "topic": topic,
                    "seq": seq,
                    "ts_flush_us": micros(update.ts_flush),
                    "day": day_document(state.day(update.underlying)),
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
    if name is None:
        return StreamFormat.JSON
    try:
        return StreamFormat(name)
    except ValueError:
        known = ", ".join(StreamFormat)
        raise ClientError("unknown_format", f"no format {name[:40]!r}; there are {known}") from None
