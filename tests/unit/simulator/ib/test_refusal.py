"""Refusals in the words of TWS."""

import pytest

from voldesk.model.errors import VenueRejected
from voldesk.simulator.ib.refusal import Refused, ambiguous, invalid, no_definition, no_history


@pytest.mark.parametrize(
    ("refusal", "code", "text"),
    [
        (no_definition(), 200, "No security definition has been found for the request"),
        (ambiguous("AMD"), 200, "The contract description specified for AMD is ambiguous."),
        (invalid("x"), 321, "Error validating request.-'bW' : cause - x"),
        (no_history("x"), 162, "Historical Market Data Service error message:x"),
    ],
)
def test_refusals_carry_code_and_sentence(refusal: Refused, code: int, text: str) -> None:
    """Each says its number and TWS's words, and is a venue's no."""
    assert isinstance(refusal, VenueRejected)
    assert (refusal.code, refusal.text) == (code, text)
    assert str(refusal) == f"{code}: {text}"
