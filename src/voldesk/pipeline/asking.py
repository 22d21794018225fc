"""A feed is asked for what is wanted of it: once for each change."""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from voldesk.model.errors import VoldeskError
from voldesk.model.listing import Listing
from voldesk.model.ports.feed import Feed, Mode
from voldesk.pipeline.selection import MODE_RANK

_LOG: Final = logging.getLogger(__name__)
_UNKNOWN: Final = -1  # rank of an instrument of which a feed was not told anything yet
_MODES: Final = {rank: mode for mode, rank in MODE_RANK.items()}


Ranks = NDArray[np.int8]
"""Rank of the mode of each instrument of a feed, see `MODE_RANK`."""


class Wish(NamedTuple):
    """What is wanted of one feed: the rank of each instrument of its listing. ``(n,)``."""

    feed: Feed
    ranks: Ranks


@dataclass(slots=True)
class _Asked:
    """What a feed was asked for last."""

    listing: Listing
    ranks: Ranks


class Asker:
    """
    Asks feeds for what is wanted and was not asked for yet.

    A feed of which nothing was ever wanted is left as it is; with the first wish the rest of its
    instruments is given up. One that is unavailable is asked again the next time. A feed whose
    venue allows fewer lines than are wanted of it says who has one when.
    """

    def __init__(self) -> None:
        self._asked: dict[str, _Asked] = {}  # by feed
        self._asking = asyncio.Lock()

    async def ask(self, wishes: Iterable[Wish]) -> None:
        """Ask each feed for what is wanted of it."""
        async with self._asking:
            for wish in wishes:
                await self._ask(wish)

    def document(self) -> list[dict[str, Any]]:
        """
        Return what each feed was asked for.

        One object per feed: ``feed``, ``full`` and ``light``: how many instruments in that mode.
        """
        return [
            {
                "feed": name,
                "full": int(np.count_nonzero(asked.ranks == MODE_RANK[Mode.FULL])),
                "light": int(np.count_nonzero(asked.ranks == MODE_RANK[Mode.LIGHT])),
            }
            for name, asked in self._asked.items()
        ]

    async def _ask(self, wish: Wish) -> None:
        feed, asked = wish.feed, self._asked.get(wish.feed.name)
        if asked is None or asked.listing is not feed.listing:
            if not wish.ranks.any():
                return  # nobody has asked anything of this feed: it is left as it is
            asked = _Asked(feed.listing, np.full_like(wish.ranks, _UNKNOWN))
            self._asked[feed.name] = asked
        for rank in sorted(_MODES, reverse=True):
            instruments = np.flatnonzero((wish.ranks == rank) & (asked.ranks != rank))
            if not instruments.size:
                continue
            try:
                await feed.want(instruments, _MODES[rank])
            except VoldeskError as exc:
                _LOG.warning("want_failed feed=%s reason=%s", feed.name, exc)
                return
            asked.ranks[instruments] = rank
