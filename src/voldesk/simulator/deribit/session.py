"""One client of the simulated Deribit: its calls, channels, heartbeat and allowance; no socket."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from voldesk.model.errors import WireError
from voldesk.model.quotes import IntArray
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.simulator.deribit.venue import Venue
from voldesk.wire.deribit.channels import RAW, Channel, parse_channel
from voldesk.wire.deribit.messages import (
    INVALID_PARAMS,
    LEAST_HEARTBEAT_SECS,
    MOST_CHANNELS,
    NO_METHOD,
    PARSE_ERROR,
    RAW_NEEDS_LOGIN,
    TOO_MANY_REQUESTS,
    Request,
    read_request,
    write_answer,
    write_heartbeat,
    write_refusal,
)
from voldesk.wire.deribit.types import ErrorBody, Instrument

POOL: Final = 50_000
"""Credits a client has at most; a session that runs out of them is ended."""

REFILL_PER_SEC: Final = 10_000
COST: Final = 500
COSTS: Final[Mapping[str, int]] = MappingProxyType(
    {"public/subscribe": 3_000, "public/unsubscribe": 3_000, "public/get_instruments": 10_000}
)

MOST_HEARTBEAT_SECS: Final = 3_600
_NS_PER_US: Final = 1_000
_NS_PER_MS: Final = 1_000_000


class Refused(Exception):
    """A call that is answered by an error."""

    def __init__(self, code: int, message: str, **data: object) -> None:
        super().__init__(message)
        self.error = ErrorBody(code, message, data or None)


class Session:
    """
    What one client asked for.

    Args:
        venue: What it is told about.

    Attributes:
        channels: It is subscribed to, by name.
        is_over: It is to be cut off.
    """

    def __init__(self, venue: Venue) -> None:
        self.channels: dict[str, Channel] = {}
        self.is_over = False
        self._venue = venue
        self._fresh: list[Channel] = []
        self._credits = float(POOL)
        self._counted_at = self._heard_at = self._beat_at = venue.clock.now()
        self._heartbeat_ns: int | None = None
        self._tested_at: int | None = None

    def receive(self, data: bytes | str) -> bytes:
        """Return the answer to a message."""
        now = self._venue.clock.now()
        self._heard_at, self._tested_at = now, None
        try:
            request = read_request(data)
        except WireError:
            return write_refusal(None, ErrorBody(PARSE_ERROR, "Parse error"))
        try:
            self._pay(request, now)
            result = self.call(request.method, request.params)
        except Refused as refused:
            return write_refusal(request.id, refused.error)
        return write_answer(request.id, result, ts_us=now // _NS_PER_US)

    def call(self, method: str, params: Mapping[str, Any]) -> object:
        """
        Do what a call says; return its result.

        Raises:
            Refused: There is no such method, or what it asks for is not possible.
        """
        do = _METHODS.get(method)
        if do is None:
            raise Refused(NO_METHOD, "Method not found")
        return do(self, params)

    def take_fresh(self) -> dict[str, bytes]:
        """Return how things stand over the channels that were subscribed to just now."""
        fresh, self._fresh = self._fresh, []
        return self._venue.told(fresh)

    def beat(self) -> bytes | None:
        """Return a heartbeat where one is due; a client that did not answer the last is over."""
        if self._heartbeat_ns is None:
            return None
        now = self._venue.clock.now()
        if self._tested_at is not None and now - self._tested_at >= self._heartbeat_ns:
            self.is_over = True
        if now - self._beat_at < self._heartbeat_ns:
            return None
        self._beat_at = now
        if now - self._heard_at < self._heartbeat_ns:
            return write_heartbeat(is_test=False)
        return self.test()

    def test(self) -> bytes:
        """Return the question whether the client is there."""
        if self._tested_at is None:
            self._tested_at = self._venue.clock.now()
        return write_heartbeat(is_test=True)

    def _pay(self, request: Request, now: int) -> None:
        mishaps = self._venue.mishaps
        if mishaps.refusals > 0:
            mishaps.refusals -= 1
            raise Refused(TOO_MANY_REQUESTS, "too_many_requests")
        earned = (now - self._counted_at) / NS_PER_SECOND * REFILL_PER_SEC
        self._credits = min(self._credits + max(earned, 0.0), POOL)
        self._counted_at = now
        self._credits -= COSTS.get(request.method, COST)
        if self._credits < 0.0:
            self.is_over = True
            raise Refused(TOO_MANY_REQUESTS, "too_many_requests")

    # The methods

    def _hello(self, _: Mapping[str, Any]) -> object:
        return {"version": "1.2.26"}

    def _time(self, _: Mapping[str, Any]) -> object:
        return self._venue.market.now // _NS_PER_MS

    def _status(self, _: Mapping[str, Any]) -> object:
        return {"locked": "false"}

    def _set_heartbeat(self, params: Mapping[str, Any]) -> object:
        interval = params.get("interval")
        if not isinstance(interval, int | float) or isinstance(interval, bool):
            raise _bad("interval")
        if not LEAST_HEARTBEAT_SECS <= interval <= MOST_HEARTBEAT_SECS:
            raise _bad("interval")
        self._heartbeat_ns = round(interval * NS_PER_SECOND)
        self._beat_at = self._venue.clock.now()
        return "ok"

    def _disable_heartbeat(self, _: Mapping[str, Any]) -> object:
        self._heartbeat_ns = self._tested_at = None
        return "ok"

    def _currencies(self, _: Mapping[str, Any]) -> object:
        names = {one.settlement_currency for one in self._venue.catalogue.instruments}
        return [
            {"currency": name, "currency_long": name, "coin_type": name, "fee_precision": 4}
            for name in sorted(name for name in names if name)
        ]

    def _instruments(self, params: Mapping[str, Any]) -> object:
        listed = self._venue.catalogue.instruments
        return [listed[number] for number in self._chosen(params).tolist()]

    def _instrument(self, params: Mapping[str, Any]) -> Instrument:
        return self._venue.catalogue.instruments[self._number(params)]

    def _index_price(self, params: Mapping[str, Any]) -> object:
        name = params.get("index_name")
        if name not in self._venue.catalogue.spots:
            raise _bad("index_name")
        price = self._venue.figures.index(str(name)).price
        return {"index_price": price, "estimated_delivery_price": price}

    def _summaries(self, params: Mapping[str, Any]) -> object:
        return self._venue.figures.summaries(self._chosen(params))

    def _ticker(self, params: Mapping[str, Any]) -> object:
        return self._venue.figures.tickers(np.array([self._number(params)]))[0]

    def _subscribe(self, params: Mapping[str, Any]) -> object:
        granted = []
        for name, channel in _channels(params):
            if channel is None or not self._venue.has(channel):
                continue
            if channel.interval == RAW:
                raise Refused(RAW_NEEDS_LOGIN, "raw_subscriptions_not_available_for_unauthorized")
            self.channels[name] = channel
            self._fresh.append(channel)
            granted.append(name)
        return granted

    def _unsubscribe(self, params: Mapping[str, Any]) -> object:
        names = [name for name, _ in _channels(params) if name in self.channels]
        for name in names:
            self.channels.pop(name, None)
        return names

    def _unsubscribe_all(self, _: Mapping[str, Any]) -> object:
        self.channels.clear()
        return "ok"

    def _number(self, params: Mapping[str, Any]) -> int:
        number = self._venue.catalogue.by_name.get(str(params.get("instrument_name")))
        if number is None:
            raise _bad("instrument_name")
        return number

    def _chosen(self, params: Mapping[str, Any]) -> IntArray:
        """Return the contracts of a currency; there are no instruments but options."""
        currency, kind = params.get("currency", "any"), params.get("kind", "any")
        if not isinstance(currency, str) or not isinstance(kind, str):
            raise _bad("currency")
        if kind not in {"any", "option"} or str(params.get("expired")).lower() == "true":
            return np.empty(0, dtype=np.int64)
        catalogue = self._venue.catalogue
        now = self._venue.market.now
        chosen = [
            number
            for number, one in enumerate(catalogue.instruments)
            if currency in {"any", one.settlement_currency} and catalogue.settles[number] > now
        ]
        return np.array(chosen, dtype=np.int64)


def _bad(name: str) -> Refused:
    return Refused(INVALID_PARAMS, "Invalid params", reason="wrong format", param=name)


def _channels(params: Mapping[str, Any]) -> list[tuple[str, Channel | None]]:
    """Return the channels a call names, None for those whose names mean nothing."""
    names = params.get("channels")
    is_list = isinstance(names, list) and all(isinstance(name, str) for name in names)
    if not is_list or not names or len(names) > MOST_CHANNELS:
        raise _bad("channels")
    found: list[tuple[str, Channel | None]] = []
    for name in names:
        try:
            found.append((name, parse_channel(name)))
        except WireError:
            found.append((name, None))
    return found


_METHODS: Final[Mapping[str, Callable[[Session, Mapping[str, Any]], object]]] = MappingProxyType(
    {
        "public/hello": Session._hello,  # noqa: SLF001  # its own table
        "public/test": Session._hello,  # noqa: SLF001  # likewise
        "public/get_time": Session._time,  # noqa: SLF001  # likewise
        "public/status": Session._status,  # noqa: SLF001  # likewise
        "public/set_heartbeat": Session._set_heartbeat,  # noqa: SLF001  # likewise
        "public/disable_heartbeat": Session._disable_heartbeat,  # noqa: SLF001  # likewise
        "public/get_currencies": Session._currencies,  # noqa: SLF001  # likewise
        "public/get_instruments": Session._instruments,  # noqa: SLF001  # likewise
        "public/get_instrument": Session._instrument,  # noqa: SLF001  # likewise
        "public/get_index_price": Session._index_price,  # noqa: SLF001  # likewise
        "public/get_book_summary_by_currency": Session._summaries,  # noqa: SLF001  # likewise
        "public/ticker": Session._ticker,  # noqa: SLF001  # likewise
        "public/subscribe": Session._subscribe,  # noqa: SLF001  # likewise
        "public/unsubscribe": Session._unsubscribe,  # noqa: SLF001  # likewise
        "public/unsubscribe_all": Session._unsubscribe_all,  # noqa: SLF001  # likewise
    }
)
