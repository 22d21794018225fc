"""A voldesk that is running, asked over HTTP."""

from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from desk_served import DeskServed, desk_served
from gateway_world import TOKEN
from pydantic import SecretStr

from voldesk.app.remote import NobodyThere, Remote
from voldesk.app.settings import Loaded, Settings
from voldesk.gateways.settings import GatewaySettings
from voldesk.model.errors import (
    ConfigError,
    OrderDenied,
    StorageError,
    VenueUnavailable,
    VoldeskError,
)

ORDER = {"contract": "AMZN 2026-01-16 C 200", "side": "buy", "quantity": 40, "limit_price": "1"}


def loaded(token: str = TOKEN, **gateway: Any) -> Loaded:
    """Return settings with a token."""
    settings = Settings(token=SecretStr(token), gateway=GatewaySettings(**gateway))
    return Loaded(settings, {})


def remote(served: DeskServed) -> Remote:
    return Remote(loaded(), served.url)


def test_an_answer_is_a_document() -> None:
    """The token goes with the question."""
    with desk_served() as served:
        assert remote(served).ask("GET", "/orders") == []
        assert Remote(loaded(port=served.port)).ask("GET", "/scans")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (VenueUnavailable("no line"), VenueUnavailable),
        (StorageError("no space"), StorageError),
        (OrderDenied("no"), OrderDenied),
    ],
)
def test_a_problem_is_the_error_it_stands_for(
    error: VoldeskError, kind: type[VoldeskError]
) -> None:
    """So that the exit code is the right one."""
    with desk_served() as served:
        served.desk.fails = error
        with pytest.raises(kind, match=str(error)):
            remote(served).ask("POST", "/orders/preview", ORDER)


def test_the_gate_says_no_with_its_reason() -> None:
    """Each limit it broke, with the value."""
    with desk_served() as served, pytest.raises(OrderDenied, match="order_contracts is 40"):
        remote(served).ask("POST", "/orders", ORDER, {"Idempotency-Key": "k"})


def test_another_refusal_is_the_operators() -> None:
    """A wrong token, an address that is none of ours."""
    with desk_served() as served:
        with pytest.raises(ConfigError, match="needs the token"):
            Remote(loaded("x" * 43), served.url).ask("DELETE", "/orders")
        with pytest.raises(ConfigError, match="Not Found"):
            Remote(loaded(), f"{served.url}/elsewhere").ask("GET", "/orders")


def test_nobody_there_is_told_from_a_refusal(tmp_path: Path) -> None:
    """Nothing listens, or something that speaks no HTTP."""
    with pytest.raises(NobodyThere, match=r"no voldesk answers at http://127\.0\.0\.1:1"):
        Remote(loaded(), "http://127.0.0.1:1").ask("GET", "/orders")
    with pytest.raises(ConfigError, match="is no address"):
        Remote(loaded(), f"file://{tmp_path}")


@pytest.mark.parametrize(
    ("gateway", "url"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"host": "localhost", "port": 9}, "http://127.0.0.1:9"),
        ({"host": "0.0.0.0"}, "http://127.0.0.1:8000"),
        ({"host": "::1"}, "http://[::1]:8000"),
        ({"tls_certificate": "c", "tls_key": "k"}, "https://127.0.0.1:8000"),
    ],
)
def test_its_address_is_that_of_the_settings(gateway: dict[str, Any], url: str) -> None:
    """The one this machine can reach."""
    for name in ("tls_certificate", "tls_key"):
        if name in gateway:
            gateway[name] = Path(gateway[name])
    assert Remote(loaded(**gateway)).url == url


def test_an_answer_that_is_no_problem_document_is_told_by_its_status() -> None:
    """Something else may listen there."""

    class Teapot(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(418)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Teapot) as server:
        thread = Thread(target=server.handle_request)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        with pytest.raises(ConfigError, match="answers 418"):
            Remote(loaded(), url).ask("GET", "/orders")
        thread.join()
