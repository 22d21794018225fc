"""The one door to all messages: payloads of requests and answers, both directions."""

from typing import Any

from voldesk.wire.ib import (
    answers_account,
    answers_market,
    answers_orders,
    answers_reference,
    requests_market,
    requests_orders,
    requests_reference,
)
from voldesk.wire.ib.books import ANSWERS, REQUESTS

TABLES = (
    requests_market,
    requests_orders,
    requests_reference,
    answers_account,
    answers_market,
    answers_orders,
    answers_reference,
)
"""The modules that fill the two books."""


def encode_request(message: Any, version: int) -> bytes:  # noqa: ANN401  # of many types
    """
    Return the payload a client sends.

    Raises:
        WireError: A value cannot be said, or the version knows no such request.
    """
    return REQUESTS.encode(message, version)


def decode_request(payload: bytes, version: int) -> Any:  # noqa: ANN401  # any message
    """
    Return what a client asks.

    Raises:
        WireError: The payload is no request of that version.
    """
    return REQUESTS.decode(payload, version)


def encode_answer(message: Any, version: int) -> bytes:  # noqa: ANN401  # any message
    """
    Return the payload TWS sends.

    Raises:
        WireError: A value cannot be said, or the version knows no such answer.
    """
    return ANSWERS.encode(message, version)


def knows_answer(kind: type, version: int) -> bool:
    """Say whether clients of a version have heard of an answer: TWS sends them no others."""
    return ANSWERS.knows(kind, version)


def decode_answer(payload: bytes, version: int) -> Any:  # noqa: ANN401  # any message
    """
    Return what TWS tells.

    Raises:
        WireError: The payload is no answer of that version.
    """
    return ANSWERS.decode(payload, version)
