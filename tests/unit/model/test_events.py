"""Facts are values: equal when they say the same, and never changed."""

from dataclasses import FrozenInstanceError

import pytest

from voldesk.model.events import Happened
from voldesk.model.lifecycle import Event


def test_facts_are_values() -> None:
    """Two that say the same are equal, and neither can be altered."""
    one = Happened(client_order_id="vd-1", event=Event.WORK, at=1)
    assert one == Happened(client_order_id="vd-1", event=Event.WORK, at=1)
    assert one != Happened(client_order_id="vd-1", event=Event.WORK, at=2)
    with pytest.raises(FrozenInstanceError):
        one.at = 2  # type: ignore[misc]  # what must not be possible
