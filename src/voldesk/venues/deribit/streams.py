"""What streams now: the channels that are held, and those that are asked for next."""

import asyncio
import logging
import math
from typing import Final, NamedTuple

import msgspec
import numpy as np
from msgspec import Raw

from voldesk.model.errors import VenueRejected, VenueUnavailable, WireError
from voldesk.model.ports.feed import Mode
from voldesk.model.quotes import IntArray
from voldesk.venues.deribit.catalogue import Catalogue
from voldesk.venues.deribit.link import Link
from voldesk.venues.deribit.plan import RANK, channels_of
from voldesk.wire.deribit.messages import MOST_CHANNELS, decode_as

_LOG: Final = logging.getLogger(__name__)
_MOST_CALLS: Final = 4  # not answered yet: each costs a large share of Deribit's allowance
_REST_SECS: Final = 1.0  # after Deribit asked for fewer requests
_NAMES: Final = msgspec.json.Decoder(list[str])


class _Call(NamedTuple):
    answer: asyncio.Future[Raw]
    channels: tuple[str, ...]
    is_subscribe: bool


class Streams:
    """
    The subscriptions of a feed, in bulk.

    At first every row is wanted in full.

    Args:
        catalogue: What can stream.
        interval: Of tickers.

    Attributes:
        refused: Channels that Deribit did not grant; asked for again over the next line.
    """

    def __init__(self, catalogue: Catalogue, interval: str) -> None:
        self._catalogue = catalogue
        self._interval = interval
        self._ranks = np.full(len(catalogue.listing), RANK[Mode.FULL], dtype=np.int8)
        self._wanted = channels_of(catalogue, self._ranks, interval)
        self._is_replanned = False
        self._held: set[str] = set()
        self.refused: set[str] = set()
        self._calls: list[_Call] = []
        self._rest_until = -math.inf

    def __len__(self) -> int:
        return len(self._held)

    @property
    def is_settled(self) -> bool:
        """Say whether all that is wanted streams, as far as it is granted, and nothing else."""
        is_asked = not self._calls and not self._is_replanned
        return is_asked and self._held == set(self._wanted) - self.refused

    def want(self, instruments: IntArray, mode: Mode) -> None:
        """Have instruments in a mode from the next turn on."""
        self._ranks[np.asarray(instruments)] = RANK[mode]
        self._is_replanned = True

    async def turn(self, link: Link, now: float) -> None:
        """
        Take note of answers, and ask for what is missing, at most four calls at a time.

        Raises:
            VenueUnavailable: There is no line.
        """
        self._collect(now)
        if self._calls or now < self._rest_until:
            return
        if self._is_replanned:
            self._wanted = channels_of(self._catalogue, self._ranks, self._interval)
            self._is_replanned = False
        known = self._held | self.refused
        missing = [name for name in self._wanted if name not in known]
        idle = sorted(self._held.difference(self._wanted))
        for names, method in ((missing, "public/subscribe"), (idle, "public/unsubscribe")):
            for at in range(0, len(names), MOST_CHANNELS):
                if len(self._calls) >= _MOST_CALLS:
                    return
                some = tuple(names[at : at + MOST_CHANNELS])
                answer = await link.send(method, {"channels": some})
                self._calls.append(_Call(answer, some, names is missing))

    def forget(self) -> None:
        """Take note that nothing streams any more; the next turns ask for all of it again."""
        for call in self._calls:
            call.answer.cancel()
        self._calls.clear()
        self._held.clear()
        self.refused.clear()
        self._rest_until = -math.inf

    def _collect(self, now: float) -> None:
        waiting = [call for call in self._calls if not call.answer.done()]
        done = [call for call in self._calls if call.answer.done()]
        self._calls = waiting
        for call in done:
            try:
                granted = decode_as(call.answer.result(), _NAMES)
            except VenueUnavailable:
                self._rest_until = now + _REST_SECS
            except (VenueRejected, WireError) as exc:
                _LOG.warning("deribit_channels_refused count=%d why=%s", len(call.channels), exc)
                if call.is_subscribe:
                    self.refused.update(call.channels)
                self._held.difference_update(call.channels)
            else:
                self._note(call, set(granted))

    def _note(self, call: _Call, granted: set[str]) -> None:
        if call.is_subscribe:
            self._held.update(call.channels)
            self._held.intersection_update(granted.union(self._held.difference(call.channels)))
            self.refused.update(set(call.channels) - granted)
        else:
            self._held.difference_update(call.channels)
