"""Health as clients are told it."""

import pytest

from voldesk.gateways.health import health_document


@pytest.mark.parametrize(
    ("states", "word"),
    [
        (["LIVE", "CLOSED", "DELAYED"], "ok"),
        (["LIVE", "STALE"], "degraded"),
        (["LIVE", "DOWN"], "degraded"),
        (["DOWN", "DOWN"], "down"),
        ([], "down"),
    ],
)
def test_one_word_says_it_for_all(states: list[str], word: str) -> None:
    """Something that is not well degrades; nothing that is well is down."""
    told = health_document({"underlyings": [{"state": state} for state in states]})
    assert told["status"] == word


def test_times_are_in_microseconds() -> None:
    """Its own, and those of what a venue said; the rest is handed on."""
    line = {"is_connected": True, "notices": ({"code": 1, "text": "x", "at": 5_000},)}
    feeds = [{"name": "ib", "line": line}, {"name": "sim", "line": None}]
    told = health_document({"ts": 7_000, "underlyings": [], "feeds": feeds, "asked": []})
    assert told == {
        "status": "down",
        "ts_us": 7,
        "underlyings": [],
        "feeds": [
            {
                "name": "ib",
                "line": {
                    "is_connected": True,
                    "notices": [{"code": 1, "text": "x", "at_us": 5}],
                },
            },
            {"name": "sim", "line": None},
        ],
        "asked": [],
    }
    assert health_document(told) == told


def test_what_is_no_health_stays() -> None:
    """Nothing is made up."""
    assert health_document({"kind": "other"}) == {"kind": "other"}
