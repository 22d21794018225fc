"""Exits as they are written: which positions a rule means, and what it comes to."""

from typing import Any

import pytest
from hand_desk import CALL, OTHER, PUT
from orders import a_fill, an_intent

from voldesk.model.errors import ConfigError
from voldesk.model.events import Counted, Decided, Filled
from voldesk.trading.exit_rules import ExitRule, ExitSettings, plans_of
from voldesk.trading.exits import ExitPlan, Rule, Trigger
from voldesk.trading.ledger import Ledger
from voldesk.trading.positions import positions_of


def a_ledger() -> Ledger:
    """Return calls a strategy bought, puts from before, and another underlying by hand."""
    ledger = Ledger()
    ledger.apply(Counted(base={PUT: 1}, at=1))
    for number, (key, strategy) in enumerate(((CALL, "zero-dte"), (OTHER, ""))):
        intent = an_intent(f"vd-{number}", strategy=strategy)
        ledger.apply(Decided(intent=intent, reason="", checks=(), at=1))
        ledger.apply(Filled(fill=a_fill(f"x{number}", f"vd-{number}", key=key), at=1))
    return ledger


def plans(*rules: ExitRule) -> list[ExitPlan]:
    """Return the plans of all positions."""
    ledger = a_ledger()
    return list(plans_of(rules, positions_of(ledger).by_key.values(), ledger, "DU1"))


@pytest.mark.parametrize(
    ("meant", "keys"),
    [
        ({}, {PUT, CALL, OTHER}),
        ({"underlying": "AMZN"}, {PUT, CALL}),
        ({"contract": OTHER}, {OTHER}),
        ({"strategy": "zero-dte"}, {CALL}),
        ({"strategy": "zero-dte", "underlying": "MSFT"}, set()),
    ],
)
def test_a_rule_means_positions_by_what_they_are(meant: dict[str, Any], keys: set[str]) -> None:
    """By underlying, contract and the strategy that opened them; all of what it names holds."""
    assert {plan.key for plan in plans(ExitRule(name="s", stop_pct=50, **meant))} == keys


def test_closed_positions_have_no_plan() -> None:
    """There is nothing to close."""
    ledger = a_ledger()
    ledger.apply(Filled(fill=a_fill("y", "", key=CALL, side=an_intent().side.other), at=2))
    rules = [ExitRule(name="s", stop_pct=50)]
    found = plans_of(rules, positions_of(ledger).by_key.values(), ledger, "DU1")
    assert {plan.key for plan in found} == {PUT, OTHER}


def test_levels_become_triggers() -> None:
    """Stops before targets; minutes are seconds."""
    (plan,) = plans(
        ExitRule(
            name="s",
            contract=CALL,
            target_pct=100,
            stop_pct=50,
            before_expiry_mins=15,
            through_ticks=4,
            retry_secs=9,
        )
    )
    assert plan == ExitPlan(
        name="s",
        account="DU1",
        key=CALL,
        rules=(
            Rule(Trigger.STOP_PCT, 50),
            Rule(Trigger.TARGET_PCT, 100),
            Rule(Trigger.BEFORE_EXPIRY_SECS, 900),
        ),
        through_ticks=4,
        retry_secs=9,
    )


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([ExitRule(name="s")], "exit 's' closes nothing: give one of stop_price, .*, delta"),
        ([ExitRule(name="s", before_expiry_mins=-1)], "before_expiry_secs is -60"),
        ([ExitRule(name="s", stop_pct=0.0)], "exit 's': stop_pct is 0.0, expected"),
        ([ExitRule(name="s", delta=1.0)] * 2, "two exits are named 's'"),
    ],
)
def test_rules_that_close_nothing_are_refused(rules: list[ExitRule], said: str) -> None:
    """Each is named, with what it needs."""
    with pytest.raises(ConfigError, match=said):
        ExitSettings(rules=tuple(rules)).require_possible()


def test_rules_that_can_are_taken() -> None:
    """None at all as well."""
    ExitSettings().require_possible()
    rules = ExitRule(name="a", delta=0.6), ExitRule(name="b", stop_pct=1)
    ExitSettings(rules=rules).require_possible()
