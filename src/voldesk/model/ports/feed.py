"""The Feed port: ticks from a venue, a simulator or a recording; nothing above can tell which."""

from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Protocol, runtime_checkable

from voldesk.model.conventions import Profile
from voldesk.model.feed_state import FeedState
from voldesk.model.listing import Listing
from voldesk.model.quotes import IntArray
from voldesk.model.ticks import TickBatch


class Mode(StrEnum):
    """How much of an instrument is wanted, cheapest last."""

    FULL = "full"  # quotes, sizes, trades, open interest, the venue's Greeks
    LIGHT = "light"  # last price, volume, open interest
    NONE = "none"  # nothing: unsubscribed


class Feed(Protocol):
    """
    A source of ticks.

    The life of a feed: ``open`` once, then ``batches`` until it ends or ``close`` is called.
    A lost line is a tick of kind GAP in the stream, never an exception out of ``batches``.
    """

    @property
    def name(self) -> str:
        """Name the feed, unique in its process: ``sim``, ``ib``, ``replay:goog``."""
        ...

    @property
    def listing(self) -> Listing:
        """Return what it ticks; known once open, never reordered afterwards."""
        ...

    def profile(self, underlying: str) -> Profile:
        """Return the conventions its quotes of that underlying are valued by."""
        ...

    async def open(self) -> None:
        """
        Connect and learn the listing.

        Raises:
            VenueUnavailable: The other side does not answer; try again later.
        """
        ...

    def batches(self) -> AsyncIterator[TickBatch]:
        """Yield ticks as they come, in order; end when there will be no more (a recording)."""
        ...

    async def want(self, instruments: IntArray, mode: Mode) -> None:
        """Ask for instruments (indices of the listing) in a mode; the last word per one counts."""
        ...

    async def close(self) -> None:
        """Disconnect; ``batches`` ends."""
        ...


@runtime_checkable
class StatedFeed(Protocol):
    """A feed that also knows the state of its line; those of a venue do."""

    def state(self) -> FeedState:
        """Return the state of the line as of now; cheap, and true before ``open`` as well."""
        ...


@runtime_checkable
class HoldingFeed(Protocol):
    """A feed of which some quotes hold until the next one, and others are only remembered."""

    def holds(self, instrument: int) -> bool:
        """Say whether an instrument streams now, and has been quoted since it does."""
        ...
