"""Errors as clients read them."""

import json
from http import HTTPStatus

from voldesk.gateways.problems import MEDIA_TYPE, ClientError, problem_body, problem_headers


def test_a_problem_has_the_members_of_its_standard() -> None:
    """RFC 9457: type, title, status, detail; the code beside them is ours."""
    told = json.loads(problem_body(HTTPStatus.NOT_FOUND, "unknown_topic", "no topic 'x'"))
    assert told == {
        "type": "urn:voldesk:problem:unknown_topic",
        "title": "Not Found",
        "status": 404,
        "code": "unknown_topic",
        "detail": "no topic 'x'",
    }


def test_a_problem_is_not_kept() -> None:
    """The headers name the media type and forbid caching, and take more."""
    headers = dict(problem_headers({"www-authenticate": "Bearer"}))
    assert headers[b"content-type"] == MEDIA_TYPE.encode()
    assert headers[b"cache-control"] == b"no-store"
    assert headers[b"www-authenticate"] == b"Bearer"


def test_a_client_error_is_a_bad_request_unless_told_otherwise() -> None:
    """The status defaults to 400."""
    assert ClientError("code", "message").status is HTTPStatus.BAD_REQUEST
