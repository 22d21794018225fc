"""The closed sets of words."""

from enum import StrEnum

import pytest

from voldesk.model import enums


def test_status_numbers_are_those_in_recordings() -> None:
    """A status keeps the number under which it was ever stored."""
    assert {status.name: int(status) for status in enums.Status} == {
        "OK": 0,
        "NO_BID": 1,
        "ONE_SIDED": 2,
        "CROSSED": 3,
        "STALE": 4,
        "BELOW_INTRINSIC": 5,
        "ABOVE_MAX": 6,
        "NO_FORWARD": 7,
        "EXPIRED": 8,
        "NOT_CONVERGED": 9,
        "NO_PRICE": 10,
    }


def test_statuses_fit_the_byte_they_are_stored_in() -> None:
    """Columns keep a status as uint8."""
    assert all(0 <= status <= 255 for status in enums.Status)


@pytest.mark.parametrize(
    "words",
    [
        enums.Right,
        enums.Market,
        enums.PriceUsed,
        enums.ForwardSource,
        enums.DiscountSource,
        enums.YearClock,
        enums.Exercise,
        enums.PremiumUnit,
    ],
)
def test_words_print_and_read_as_themselves(words: type[StrEnum]) -> None:
    """A word written to JSON or a setting reads back as the same member."""
    assert all(words(str(word)) is word for word in words)


def test_rights_are_single_letters() -> None:
    """Every symbology we print takes the right as C or P."""
    assert [str(right) for right in enums.Right] == ["C", "P"]
