"""What a client is told when it asks for something that cannot be: one error, two dresses."""

from collections.abc import Mapping
from http import HTTPStatus

import msgspec

MEDIA_TYPE = "application/problem+json"


class ClientError(Exception):
    """
    A request that cannot be met, with the value and the limit in its message.

    Attributes:
        code: A stable word for programs: ``unknown_topic``, ``too_many_topics``, ...
        status: What it is over HTTP.
    """

    def __init__(
        self, code: str, message: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def problem_body(status: HTTPStatus, code: str, detail: str) -> bytes:
    """
    Return an error as JSON.

    Source: RFC 9457, Problem Details for HTTP APIs.
    """
    return msgspec.json.encode(
        {
            "type": f"urn:voldesk:problem:{code}",
            "title": status.phrase,
            "status": status.value,
            "code": code,
            "detail": detail,
        }
    )


def problem_headers(extra: Mapping[str, str] | None = None) -> list[tuple[bytes, bytes]]:
    """Return the headers of a problem as ASGI wants them."""
    headers = {"content-type": MEDIA_TYPE, "cache-control": "no-store", **(extra or {})}
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
