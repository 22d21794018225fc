"""The two books of messages."""

from voldesk.wire.ib import messages
from voldesk.wire.ib.answers_account import UserInfo
from voldesk.wire.ib.books import ANSWERS, REQUESTS
from voldesk.wire.ib.requests_market import RequestUserInfo

REQUEST_NUMBERS = {*range(1, 26), *range(49, 60), *range(61, 65), *range(67, 72), *range(74, 105)}
ANSWER_NUMBERS = {
    *range(1, 22),
    *range(45, 48),
    *range(49, 60),
    *range(61, 65),
    67,
    68,
    *range(71, 108),
}


def test_every_request_is_known() -> None:
    """Every number a client of versions 100 to 178 may send, but for vendor verification."""
    assert len(messages.TABLES) == 7
    assert set(REQUESTS.by_number) == REQUEST_NUMBERS


def test_every_answer_is_known() -> None:
    """Every number TWS may send to them, likewise."""
    assert set(ANSWERS.by_number) == ANSWER_NUMBERS


def test_what_a_version_knows() -> None:
    """A message is known from its first version on, and a type of the other book never."""
    assert messages.knows_answer(UserInfo, 167)
    assert not messages.knows_answer(UserInfo, 166)
    assert not messages.knows_answer(RequestUserInfo, 178)


def test_one_type_a_number() -> None:
    """No two types of a book share a number."""
    for book in (REQUESTS, ANSWERS):
        assert len(book.by_number) == len(book.by_type)
