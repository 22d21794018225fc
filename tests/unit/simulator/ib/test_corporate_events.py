"""The calendar of corporate events."""

import json
from datetime import date

import pytest
from ib_reference import Reference

from voldesk.simulator.ib.corporate_events import event_types, events
from voldesk.simulator.ib.refusal import Refused

TODAY = date(2026, 6, 23)


def test_the_types_are_json() -> None:
    """The meta data names every type that events have."""
    told = json.loads(event_types(is_subscribed=True))
    assert {row["wsheType"] for row in told["meta_data"]["event_types"]} >= {"wshe_ed"}


def test_events_lie_in_their_span_and_ascend(reference: Reference) -> None:
    """A year of a company has eight quarterly events and a meeting, in order."""
    told = json.loads(
        events(reference.catalogue.numbered(8314), "20220511", "", None, TODAY, is_subscribed=True)
    )
    days = [row["date"] for row in told]
    assert 8 <= len(days) <= 12
    assert days == sorted(days)
    assert days[0] >= "20220511"
    assert days[-1] <= "20230511"
    assert all(row["conids"] == ["8314"] for row in told)


def test_the_limit_cuts_and_overlapping_spans_agree(reference: Reference) -> None:
    """Five are the first five; a later start tells what the earlier one told of it."""
    ibm = reference.catalogue.numbered(8314)
    some = json.loads(events(ibm, "20220511", "", 5, TODAY, is_subscribed=True))
    assert len(some) == 5
    later = json.loads(events(ibm, some[2]["date"], "20230511", None, TODAY, is_subscribed=True))
    assert some[2:] == later[:3]


def test_funds_and_strangers_have_no_events(reference: Reference) -> None:
    """What is no company has none; so has a number that is nobody's."""
    assert (
        events(reference.catalogue.numbered(756733), "", "", None, TODAY, is_subscribed=True)
        == "[]"
    )
    assert events(None, "", "", None, TODAY, is_subscribed=True) == "[]"


def test_wrong_dates_are_refused(reference: Reference) -> None:
    """A date that is none is error 321."""
    with pytest.raises(Refused) as caught:
        events(reference.catalogue.numbered(8314), "2022-5", "", None, TODAY, is_subscribed=True)
    assert caught.value.code == 321


def test_users_without_the_calendar_are_refused(reference: Reference) -> None:
    """Who has not subscribed gets error 10276 for both questions."""
    ibm = reference.catalogue.numbered(8314)
    with pytest.raises(Refused) as caught:
        event_types()
    assert caught.value.code == 10_276
    with pytest.raises(Refused, match="News feed is not allowed"):
        events(ibm, "", "", 1, TODAY)
