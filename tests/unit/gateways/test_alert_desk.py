"""An alert as the gateway is handed it."""

import dataclasses

import pytest

from voldesk.gateways.alert_desk import HeldAlert, Origin
from voldesk.strategies.alerts import Rule


def test_an_alert_that_was_handed_over_stays_what_it_was() -> None:
    """It is a picture of a moment: the next one is another object."""
    rule = Rule(name="a", underlying="NIFTY", field="spot", level=1.0)
    held = HeldAlert(rule=rule, origin=Origin.API, is_kept=True, is_spent=False, told_at=None)
    with pytest.raises(dataclasses.FrozenInstanceError):
        held.is_spent = True  # type: ignore[misc]  # that is what is tested


def test_origins_are_the_words_of_the_wire() -> None:
    """An origin prints as what clients are told."""
    assert [str(one) for one in Origin] == ["settings", "api"]
