"""Topics to clients: news from the bus is said once per channel and written once per client."""

import asyncio
from collections.abc import Iterable
from time import perf_counter
from typing import Any, Final

import structlog

from voldesk.analytics.update import ChainUpdate
from voldesk.bus.local import Listener, LocalBus
from voldesk.gateways.channel import Channel, Delivery
from voldesk.gateways.frames import Parcel, join_parcels
from voldesk.gateways.meter import Meter
from voldesk.gateways.order_desk import OrderDesk
from voldesk.gateways.outbox import Outbox, Outlet
from voldesk.gateways.problems import ClientError
from voldesk.gateways.request import Request
from voldesk.gateways.settings import GatewaySettings
from voldesk.gateways.state import State
from voldesk.gateways.topics import PLAIN, Sources, build_channel, source_of

_SOON: Final = 0.0005
"""Seconds: what is due sooner than the loop's timers can tell apart is due now."""

_REST: Final = 0.25  # of a flush's time
_CHECK_SECS: Final = 0.25
SHUTTING_DOWN: Final = 1012
"""Close code: the server goes away and may come back (RFC 6455 registry)."""

log = structlog.get_logger(__name__)


class Hub:
    """
    Owns channels and clients; everything happens on the event loop.

    News marks a channel; the flush comes on the next turn of the loop, or when the channel's rate
    allows. After a flush the hub rests for a quarter of the time it took, so it takes at most four
    fifths of the loop, and what happens meanwhile is conflated: overload is a lower frame rate,
    never a backlog.
    """

    def __init__(
        self,
        bus: LocalBus,
        state: State,
        settings: GatewaySettings,
        orders: OrderDesk | None = None,
    ) -> None:
        self.state = state
        self.settings = settings
        self.meter = Meter()
        self.clients: dict[Outbox, None] = {}
        self.summaries: dict[str, ChainUpdate] = {}  # the last update that had one
        self._sources = Sources(
            state=state,
            settings=settings,
            summaries=self.summaries,
            orders=orders,
            last=bus.last,
        )
        self._bus = bus
        self._channels: dict[Request, Channel] = {}
        self._by_source: dict[str, list[Channel]] = {}
        self._listeners: dict[str, Listener] = {}  # by pattern
        self._topic_ids: dict[str, int] = {}
        self._due: dict[Channel, None] = {}
        self._timer: asyncio.Handle | None = None
        self._timer_at = 0.0
        self._not_before = 0.0

    async def run(self) -> None:
        """
        Listen to the bus until cancelled, and close clients that do not read.

        Raises:
            ExceptionGroup: The bus cut us off because something here failed: nothing would be
                told any more, so the caller has to know.
        """
        self.open()
        try:
            async with asyncio.TaskGroup() as group:
                for pattern, listener in self._listeners.items():
                    group.create_task(listener.ended(), name=f"gateway hears {pattern}")
                while True:
                    await asyncio.sleep(_CHECK_SECS)
                    self.check(asyncio.get_running_loop().time())
        finally:
            self.close()

    def open(self) -> None:
        """Begin to listen to the bus."""
        self._listeners["chain/*"] = self._bus.on("chain/*", self._hear_chain, name="gateway")
        for topic in PLAIN:
            self._listeners[topic] = self._bus.on(topic, self._hear, name="gateway")

    def close(self) -> None:
        """Stop listening, and send every client away."""
        for listener in self._listeners.values():
            listener()
        self._listeners.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for client in list(self.clients):
            client.close(SHUTTING_DOWN, "the server stops")

    def attach(self, outlet: Outlet) -> Outbox:
        """
        Take on a client.

        Raises:
            ClientError: There are as many as are allowed.
        """
        if len(self.clients) >= self.settings.clients:
            raise ClientError(
                "too_many_clients",
                f"{len(self.clients)} clients are connected, at most {self.settings.clients} may",
            )
        client = Outbox(outlet, self.settings, self.meter)
        client.on_closed = self._told_closed
        outlet.on_writable = client.settle
        self.clients[client] = None
        return client

    def detach(self, client: Outbox) -> None:
        """Forget a client whose connection has ended; once more does no harm."""
        client.is_closed = True
        client.is_in_step = False
        for topic in list(client.subscriptions):
            self.unsubscribe(client, topic)
        self.clients.pop(client, None)

    def subscribe(self, client: Outbox, request: Request) -> Channel:
        """
        Have a client served; of one topic a later request replaces the one before it.

        The caller settles the client when it has said what it has to say first.

        Raises:
            ClientError: There is no such topic, or a limit is reached.
        """
        limit = self.settings.topics
        if request.topic not in client.subscriptions and len(client.subscriptions) >= limit:
            raise ClientError(
                "too_many_topics",
                f"{len(client.subscriptions)} topics held, at most {limit} may be",
            )
        channel = self._channels.get(request) or self._add(request)
        held = client.subscriptions.get(request.topic)
        if held is not None and held is not channel:
            self.unsubscribe(client, request.topic)
        if held is not channel:
            client.subscriptions[request.topic] = channel
            channel.join(client)
        else:
            client.owe(channel, is_opening=True)
        if channel.has_news:
            self._wake(channel)
        return channel

    def unsubscribe(self, client: Outbox, topic: str) -> bool:
        """Stop serving a topic to a client; False if it did not hold it."""
        channel = client.subscriptions.pop(topic, None)
        if channel is None:
            return False
        channel.leave(client)
        if not channel.clients:
            self._drop(channel)
        return True

    def check(self, now: float) -> None:
        """Close clients that have read nothing for too long."""
        for client in list(self.clients):
            client.settle()
            client.check(now)

    def _hear_chain(self, topic: str, update: ChainUpdate) -> None:
        if update.summary is not None:
            self.summaries[update.underlying] = update
        self._hear(topic, update)

    def _hear(self, topic: str, message: Any) -> None:  # noqa: ANN401  # a bus topic's own type
        for channel in self._by_source.get(topic, ()):
            channel.take(message)
            if channel.has_news:
                self._wake(channel)

    def _add(self, request: Request) -> Channel:
        alike = sum(1 for other in self._channels if other.topic == request.topic)
        if alike >= self.settings.variants:
            raise ClientError(
                "too_many_variants",
                f"{alike} combinations of fields, rate and format of {request.topic} are served,"
                f" at most {self.settings.variants} may be: ask for one that others use",
            )
        topic_id = self._topic_ids.setdefault(request.topic, len(self._topic_ids) + 1)
        channel = build_channel(request, topic_id, self._sources)
        source = source_of(request.topic)
        self._channels[request] = channel
        self._by_source.setdefault(source, []).append(channel)
        if source.startswith("ticks/") and source not in self._listeners:
            self._listeners[source] = self._bus.on(source, self._hear, name="gateway")
        return channel

    def _drop(self, channel: Channel) -> None:
        self._due.pop(channel, None)
        source = source_of(channel.topic)
        self._by_source[source].remove(channel)
        del self._channels[channel.request]
        if not self._by_source[source]:
            del self._by_source[source]
            if source.startswith("ticks/"):
                self._listeners.pop(source)()

    def _wake(self, channel: Channel) -> None:
        self._due[channel] = None
        self._schedule(max(channel.not_before, self._not_before))

    def _schedule(self, at: float) -> None:
        """Have the flush at that loop time, or earlier if it is already planned so."""
        if self._timer is not None:
            if self._timer_at <= at + _SOON:
                return
            self._timer.cancel()
        loop = asyncio.get_running_loop()
        self._timer_at = at
        if at - loop.time() <= _SOON:
            self._timer = loop.call_soon(self._flush)
        else:
            self._timer = loop.call_at(at, self._flush)

    def _flush(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        start = perf_counter()
        said: list[tuple[Channel, list[Delivery]]] = []
        for channel in [one for one in self._due if one.not_before <= now + _SOON]:
            del self._due[channel]
            said.append((channel, channel.flush()))
            channel.not_before = now + channel.min_gap
            if channel.has_news:
                self._due[channel] = None
        encoded = perf_counter()
        self._send(said)
        sent = perf_counter()
        self.meter.flushes += 1
        self.meter.encoding.add(encoded - start)
        self.meter.sending.add(sent - encoded)
        self._not_before = now + (sent - start) * (1.0 + _REST)
        if self._due:
            earliest = min(channel.not_before for channel in self._due)
            self._schedule(max(earliest, self._not_before))

    def _send(self, said: list[tuple[Channel, list[Delivery]]]) -> None:
        """Write to each client once, whatever number of its topics has news."""
        is_alone = sum(len(many) for _, many in said) == 1
        deliveries: list[tuple[Channel, Iterable[Outbox], Parcel]] = []
        for channel, many in said:
            for clients, parcel in many:
                self.meter.encoded += len(parcel.messages)
                rest = clients
                if is_alone or len(many) == 1:
                    rest = self._send_alone(channel, clients, parcel, is_alone=is_alone)
                deliveries.append((channel, rest, parcel))
        for client, places, joined in _by_client(deliveries):
            parts = tuple((deliveries[place][0], deliveries[place][2]) for place in places)
            client.deliver(parts, joined)

    def _send_alone(
        self, channel: Channel, clients: Iterable[Outbox], parcel: Parcel, *, is_alone: bool
    ) -> list[Outbox]:
        """
        Write one parcel to the clients that get no other: the loop that all speed depends on.

        Returns:
            Those that hold other topics, which may have news too, unless the parcel ``is_alone``.
        """
        parts, others = ((channel, parcel),), []
        count = size = 0
        for client in list(clients):
            outlet = client.outlet
            if not is_alone and len(client.subscriptions) > 1:
                others.append(client)
            elif client.is_in_step and outlet.is_writable:
                size += outlet.write(parcel)
                count += 1
            else:
                client.deliver(parts, parcel)
        self.meter.messages_sent += count * len(parcel.messages)
        self.meter.bytes_sent += size
        return others

    def _told_closed(self, client: Outbox, reason: str) -> None:
        log.info("client_closed", reason=reason, topics=sorted(client.subscriptions))
        self.detach(client)


def _by_client(
    deliveries: list[tuple[Channel, Iterable[Outbox], Parcel]],
) -> Iterable[tuple[Outbox, tuple[int, ...], Parcel]]:
    """Yield each client with what it gets, joined once for all that get the same."""
    places: dict[Outbox, tuple[int, ...]] = {}
    for place, (_, clients, _) in enumerate(deliveries):
        for client in clients:
            places[client] = (*places.get(client, ()), place)
    joined: dict[tuple[int, ...], Parcel] = {}
    for client, mine in places.items():
        parcel = joined.get(mine)
        if parcel is None:
            parcel = joined[mine] = join_parcels([deliveries[place][2] for place in mine])
        yield client, mine, parcel
