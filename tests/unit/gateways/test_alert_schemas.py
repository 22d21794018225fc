"""What may be asked for, and how it becomes a rule."""

from dataclasses import fields
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from voldesk.gateways.alert_schemas import HeldAlertDocument, NewAlert
from voldesk.strategies.alerts import Cross, Rule

LEAST: dict[str, Any] = {"name": "a", "underlying": "NIFTY", "field": "spot", "level": 1.0}


def test_what_is_left_out_is_what_a_rule_has() -> None:
    """The defaults stand in one place: those of the request are the rule's."""
    assert NewAlert(**LEAST).rule() == Rule(**LEAST)


def test_every_value_reaches_the_rule() -> None:
    """JSON's words become the rule's types."""
    asked = NewAlert.model_validate(
        LEAST
        | {"crosses": "both", "contract": "25d put", "expiry": "2026-11-20", "root": "N"}
        | {"band": 0.1, "is_once": True, "cooldown_secs": 60}
    )
    assert asked.rule() == Rule(
        **LEAST,
        crosses=Cross.BOTH,
        contract="25d put",
        expiry=date(2026, 11, 20),
        root="N",
        band=0.1,
        is_once=True,
        cooldown_secs=60.0,
    )


def test_every_value_of_a_rule_can_be_asked_for_and_is_answered() -> None:
    """No field of a rule is missing over HTTP."""
    names = {field.name for field in fields(Rule)}
    assert set(NewAlert.model_fields) == names
    assert names < set(HeldAlertDocument.model_fields)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "a/b"},
        {"name": "a\nb"},
        {"name": "x" * 65},
        {"underlying": ""},
        {"level": float("nan")},
        {"level": "high"},
        {"band": -0.1},
        {"cooldown_secs": 1e9},
        {"crosses": "sideways"},
        {"feild": "spot"},
    ],
)
def test_nonsense_is_refused(wrong: dict[str, Any]) -> None:
    """Before it comes near the rules."""
    with pytest.raises(ValidationError):
        NewAlert.model_validate(LEAST | wrong)
