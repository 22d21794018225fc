import pytest

from voldesk.model.errors import ConfigError, VenueRejected, VenueUnavailable
from voldesk.venues.ib.codes import MEANINGS, Effect, failure_of, meaning_of, sentence


def test_connectivity_codes_are_told_apart() -> None:
    """Lost, back without the data, back with them."""
    assert meaning_of(1100).effect is Effect.LINE_LOST
    assert meaning_of(1101).effect is Effect.DATA_LOST
    assert meaning_of(1102).effect is Effect.DATA_KEPT


def test_a_code_nobody_knows_is_shown() -> None:
    """It changes nothing and hides nothing."""
    assert meaning_of(99999).effect is Effect.NOTICE
    assert sentence(99999, " New\n words. ") == "New words (IB 99999)"


@pytest.mark.parametrize("code", [326, 354, 10197, 200, 101, 502, 321])
def test_what_the_operator_can_do_something_about_says_what(code: int) -> None:
    """One line, TWS's words first, advice after them."""
    told = sentence(code, "Words of TWS.")
    assert told.startswith(f"Words of TWS (IB {code}): ")
    assert "\n" not in told


@pytest.mark.parametrize("code", sorted(MEANINGS))
def test_advice_is_a_phrase(code: int) -> None:
    """No capital, no full stop: it goes on after a colon."""
    advice = MEANINGS[code].advice
    assert not advice.endswith(".")
    assert not advice or advice[0].islower() or advice.startswith("TWS")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (200, ConfigError),
        (354, ConfigError),
        (10197, VenueUnavailable),
        (326, VenueUnavailable),
        (162, VenueRejected),
        (321, VenueRejected),
    ],
)
def test_a_failure_says_who_must_act(code: int, kind: type[Exception]) -> None:
    """The operator, nobody yet, or whoever asked."""
    error = failure_of("the price of SPX", code, "No.")
    assert type(error) is kind
    assert str(error).startswith(f"the price of SPX: No (IB {code})")
