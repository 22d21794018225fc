"""Every status and every error has one meaning for its order."""

import pytest

from voldesk.model.lifecycle import Event
from voldesk.venues.ib.order_states import (
    ALIVE,
    STATUSES,
    Bearing,
    bearing_of,
    seen_event,
)


@pytest.mark.parametrize(
    ("status", "event"),
    [
        ("ApiPending", None),
        ("PendingSubmit", None),
        ("PreSubmitted", Event.ACCEPT),
        ("Submitted", Event.WORK),
        ("PendingCancel", None),
        ("ApiCancelled", Event.CANCEL),
        ("Cancelled", Event.CANCEL),
        ("Filled", Event.COMPLETE),
        ("Inactive", Event.REJECT),
    ],
)
def test_a_status_is_told_as_one_event(status: str, event: Event | None) -> None:
    """What is not confirmed is not told."""
    assert STATUSES[status] is event
    assert len(STATUSES) == 9
    assert (status in ALIVE) == (event in {None, Event.ACCEPT, Event.WORK}) or (
        status == "PendingCancel"
    )


@pytest.mark.parametrize(
    ("codes", "bearing"),
    [
        ((399, 404, 2100, 2109, 2199, 10349), Bearing.NOTICE),
        ((202,), Bearing.CANCELLED),
        ((136, 161, 10147, 10148), Bearing.CANCEL_REFUSED),
        ((103, 104, 105, 110, 135, 200, 201, 203, 321, 2200, 99999), Bearing.REFUSED),
    ],
)
def test_an_error_bears_on_its_order(codes: tuple[int, ...], bearing: Bearing) -> None:
    """Warnings are known by name or number; what is not one of them refuses."""
    assert {bearing_of(code) for code in codes} == {bearing}


@pytest.mark.parametrize(
    ("status", "filled", "event"),
    [
        ("Submitted", 0, Event.WORK),
        ("Submitted", 2, Event.FILL),
        ("PreSubmitted", 2, Event.FILL),
        ("PendingSubmit", 0, Event.ACCEPT),
        ("PendingCancel", 0, Event.WORK),
        ("Cancelled", 2, Event.CANCEL),
        ("Filled", 2, Event.COMPLETE),
        ("Inactive", 0, Event.REJECT),
        ("NeverHeardOf", 0, Event.ACCEPT),
    ],
)
def test_what_a_list_shows(status: str, filled: int, event: Event) -> None:
    """An order in a list is at the venue at least."""
    assert seen_event(status, filled) is event
