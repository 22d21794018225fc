"""The pump's health as clients are told it: one word for all of it, times in microseconds."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from voldesk.gateways.encode import micros

_WELL: Final = frozenset({"LIVE", "DELAYED", "CLOSED"})


def health_document(message: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return a message of the topic ``status`` as JSON has it; one that is so already stays.

    ``status`` is ``ok``, ``degraded`` (something is stale, figures still come) or ``down``.
    """
    told = dict(message)
    if "ts" in told:
        told["ts_us"] = micros(told.pop("ts"))
    if "feeds" in told:
        told["feeds"] = [_feed(one) for one in told["feeds"]]
    if "status" in told or "underlyings" not in told:
        return told
    return {"status": _word([str(one["state"]) for one in told["underlyings"]]), **told}


def _word(states: Sequence[str]) -> str:
    if states and all(state in _WELL for state in states):
        return "ok"
    return "down" if all(state == "DOWN" for state in states) else "degraded"


def _feed(feed: Mapping[str, Any]) -> dict[str, Any]:
    """Return a feed with the times of its notices in microseconds."""
    line = feed.get("line")
    if not line:
        return dict(feed)
    notices = [
        {"code": one["code"], "text": one["text"], "at_us": micros(one["at"])}
        if "at" in one
        else one
        for one in line["notices"]
    ]
    return {**feed, "line": {**line, "notices": notices}}
