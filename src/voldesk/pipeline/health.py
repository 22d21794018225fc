"""How each underlying is: a word, why, and how old its data are."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np

from voldesk.model.enums import Status
from voldesk.model.ports.feed import Feed, StatedFeed
from voldesk.model.quotes import NO_TIME
from voldesk.model.sessions import is_open
from voldesk.pipeline.inlet import Inlet
from voldesk.pipeline.lane import Lane

_NS_PER_SECOND: Final = 1e9

_LATE: Final = frozenset({"delayed", "delayed-frozen", "frozen"})

Part = Callable[[], Any]
"""Returns what a health message says under one more name, as JSON knows it."""


class State(StrEnum):
    """How an underlying's data are."""

    LIVE = "LIVE"  # ticks come from the feed that owns it
    DELAYED = "DELAYED"  # ticks come from a feed that stands in, or late from the venue
    STALE = "STALE"  # nothing came for longer than it should take
    CLOSED = "CLOSED"  # nothing comes, and the market has no session
    DOWN = "DOWN"  # the line is lost, or the feed failed, ended or never opened


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderlyingHealth:
    """
    One underlying's health.

    Attributes:
        feed: The feed it stands on.
        reason: Why it is not LIVE; "" where it is.
        age_secs: Since its newest tick was received; None before the first.
        rows: Contracts.
        stale_rows: Those with the status STALE.
        gaps: Lines lost since it was opened.
        late_ticks: Ticks passed over because a newer one had come before.
    """

    underlying: str
    feed: str
    state: State
    reason: str
    age_secs: float | None
    rows: int
    stale_rows: int
    gaps: int
    late_ticks: int


def health_of(lane: Lane, now: int, quiet_ns: int) -> UnderlyingHealth:
    """Judge one underlying at an instant; silence longer than ``quiet_ns`` is too long."""
    source, book = lane.active, lane.active.book
    state, reason = _state(lane, now, quiet_ns)
    age_secs = (now - book.newest_recv) / _NS_PER_SECOND
    status = book.table.rows.status
    return UnderlyingHealth(
        underlying=lane.underlying,
        feed=source.feed.name,
        state=state,
        reason=reason,
        age_secs=None if book.newest_recv == NO_TIME else max(age_secs, 0.0),
        rows=status.size,
        stale_rows=int(np.count_nonzero(status == np.uint8(Status.STALE))),
        gaps=book.gap_count,
        late_ticks=book.late_count,
    )


def _state(lane: Lane, now: int, quiet_ns: int) -> tuple[State, str]:
    """Return the state, the worst first, and why."""
    source, book = lane.active, lane.active.book
    if source.is_down:
        return State.DOWN, source.reason
    if book.is_line_lost:
        return State.DOWN, "the line is lost"
    if now - max(book.newest_recv, source.since) > quiet_ns:
        if is_open(now, book.table.market):
            return State.STALE, f"no tick for more than {quiet_ns / _NS_PER_SECOND:g} s"
        return State.CLOSED, "the market has no session now"
    if book.newest_recv == NO_TIME:
        return State.DOWN, "no tick yet"
    reason = _why_standing_in(lane) if lane.is_standing_in else _why_late(source.feed)
    return (State.DELAYED if reason else State.LIVE), reason


def _why_late(feed: Feed) -> str:
    """Say that the data of a feed are not of now, "" where they are or nothing is known."""
    data_type = feed.state().data_type if isinstance(feed, StatedFeed) else ""
    return f"the venue sends {data_type} data" if data_type in _LATE else ""


def _why_standing_in(lane: Lane) -> str:
    owner = lane.sources[0]
    return f"{owner.feed.name}: {owner.reason or 'silent'}"


def line_of(feed: Feed) -> dict[str, Any] | None:
    """Return the fields of `FeedState`, None of a feed that does not know its line."""
    return asdict(feed.state()) if isinstance(feed, StatedFeed) else None


class HealthReport:
    """
    Decides when health is told: when a word or a reason changed, and every few seconds.

    Args:
        quiet_ns: Silence after which an underlying is STALE.
        every_ns: Time after which the same is told again.
    """

    def __init__(self, *, quiet_ns: int, every_ns: int) -> None:
        self._quiet_ns = quiet_ns
        self._every_ns = every_ns
        self._told: object = None
        self._told_at = NO_TIME

    def due(
        self,
        now: int,
        lanes: Iterable[Lane],
        inlets: Sequence[Inlet],
        parts: Mapping[str, Part] | None = None,
    ) -> dict[str, Any] | None:
        """
        Return the message for the topic ``status``, None where it need not be told now.

        Its keys: ``kind`` ("health"), ``ts`` (UTC ns), ``underlyings`` (the fields of
        `UnderlyingHealth` each), ``feeds`` (name, is_down, reason, and ``line``: see `line_of`)
        and whatever each part says.
        """
        found = [health_of(lane, now, self._quiet_ns) for lane in lanes]
        feeds = [
            {
                "name": one.feed.name,
                "is_down": one.is_down,
                "reason": one.reason,
                "line": line_of(one.feed),
            }
            for one in inlets
        ]
        more = {name: part() for name, part in (parts or {}).items()}
        told = [(one.underlying, one.feed, one.state, one.reason) for one in found], feeds, more
        if told == self._told and 0 <= now - self._told_at < self._every_ns:
            return None
        self._told, self._told_at = told, now
        return {
            "kind": "health",
            "ts": now,
            "underlyings": [asdict(one) for one in found],
            "feeds": feeds,
            **more,
        }
