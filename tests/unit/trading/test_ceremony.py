"""The ceremony: real money moves when all is present, and nothing less."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from orders import an_intent

from voldesk.model.orders import Side
from voldesk.trading.ceremony import (
    Arming,
    Facts,
    arming_phrase,
    confirmation,
    is_confirmed,
    missing_for_live,
    mixed_up,
)
from voldesk.trading.limits import GateState, Limits

TODAY = date(2026, 11, 20)
PRESENT = Facts(
    account="U1234567",
    is_live_in_file=True,
    arming=Arming(account="U1234567", on=TODAY),
    today=TODAY,
    venue_is_paper=False,
    venue_accounts=("U1234567",),
    limits=Limits(order_contracts=2),
    state=GateState.ACTIVE,
    is_reconciled=True,
)


def test_with_everything_present_it_is_live() -> None:
    """Nothing is missing."""
    assert missing_for_live(PRESENT) == ()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"is_live_in_file": False}, "the configuration file does not say trading.is_paper: false"),
        ({"arming": None}, "nobody has armed the account at the terminal of voldesk up"),
        (
            {"arming": None, "disarmed_by": "a kill"},
            "it was disarmed by a kill: start voldesk up again",
        ),
        ({"arming": Arming(account="U7", on=TODAY)}, "another account was armed, not U1…67"),
        (
            {"arming": Arming(account="U1234567", on=date(2026, 11, 19))},
            "it was armed on another day at the exchange",
        ),
        ({"venue_accounts": ("U7",)}, "the venue does not report U1…67"),
        ({"venue_is_paper": True}, "the venue's account is a paper account"),
        (
            {"limits": Limits()},
            "the limits are those voldesk comes with: set your own in trading.limits",
        ),
        ({"state": GateState.HALTED}, "the gate is halted"),
        ({"is_reconciled": False}, "the venue's orders and positions are not compared"),
    ],
)
def test_each_thing_is_asked_for(change: dict[str, Any], sentence: str) -> None:
    """Whatever one is missing, it is named, without the account's whole number."""
    assert missing_for_live(replace(PRESENT, **change)) == (sentence,)


@pytest.mark.parametrize(
    ("is_live", "is_paper", "says"),
    [(True, False, ""), (False, True, ""), (True, True, "paper account"), (False, False, "real")],
)
def test_paper_and_live_are_not_mixed_up(is_live: bool, is_paper: bool, says: str) -> None:
    """Settings and venue agree, or nothing is sent."""
    found = mixed_up(replace(PRESENT, is_live_in_file=is_live, venue_is_paper=is_paper))
    assert (found == "") is (says == "")
    assert says in found


def test_the_phrase_ends_with_the_last_digits() -> None:
    """So that nobody arms an account by habit."""
    assert arming_phrase("U1234567") == "live 567"


def test_a_confirmation_is_of_one_order_at_fresh_quotes() -> None:
    """It holds for the order that was shown, by this process, for a while."""
    token = confirmation(an_intent(), 100, b"secret")
    window = {"now": 105, "most_ns": 5}
    assert is_confirmed(an_intent("vd-2", made_at=9), 100, token, b"secret", **window)
    assert not is_confirmed(an_intent(side=Side.SELL), 100, token, b"secret", **window)
    assert not is_confirmed(an_intent(), 101, token, b"secret", **window)
    assert not is_confirmed(an_intent(), 100, token, b"other", **window)
    assert not is_confirmed(an_intent(), 100, token, b"secret", now=106, most_ns=5)
    assert not is_confirmed(an_intent(), 100, token, b"secret", now=99, most_ns=5)
