"""Asks a voldesk that is running for something that needs its token."""

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from voldesk.app.node import token
from voldesk.app.settings import Loaded
from voldesk.model.errors import (
    ConfigError,
    OrderDenied,
    StorageError,
    VenueUnavailable,
    VoldeskError,
)

_TIMEOUT_SECS: Final = 30.0
_LOCAL: Final = {"0.0.0.0": "127.0.0.1", "localhost": "127.0.0.1", "::": "127.0.0.1"}  # noqa: S104  # compared, not bound
_ERRORS: Final[Mapping[int, type[VoldeskError]]] = {
    HTTPStatus.SERVICE_UNAVAILABLE: VenueUnavailable,
    HTTPStatus.INSUFFICIENT_STORAGE: StorageError,
}


class NobodyThere(VenueUnavailable):
    """No voldesk answers at the address."""


class Remote:
    """
    A voldesk that is running, over HTTP.

    Args:
        loaded: Settings, which tell its address and its token.
        url: Its address, in place of the configured one.

    Raises:
        ConfigError: The address is none, or there is no token to be had.
    """

    def __init__(self, loaded: Loaded, url: str | None = None) -> None:
        self.url = (url or _configured(loaded)).rstrip("/")
        if urllib.parse.urlsplit(self.url).scheme not in {"http", "https"}:
            raise ConfigError(f"{self.url!r} is no address such as http://127.0.0.1:8000")
        self._token = token(loaded.settings)

    def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:  # noqa: ANN401  # a document
        """
        Return what it answers.

        Raises:
            NobodyThere: Nothing answers at the address.
            VenueUnavailable: It has no line to the broker, or does not trade.
            OrderDenied: The gate says no; the message names each limit.
            StorageError: Its disk refuses.
            ConfigError: It refuses for another reason.
        """
        data = None if body is None else json.dumps(body).encode()
        told = {"authorization": f"Bearer {self._token}", **(headers or {})}
        if data is not None:
            told["content-type"] = "application/json"
        request = urllib.request.Request(  # noqa: S310  # http or https, see above
            f"{self.url}/api/v1{path}", data, told, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECS) as answer:  # noqa: S310  # likewise
                return json.load(answer)
        except urllib.error.HTTPError as exc:
            raise _error(exc, self.url) from exc
        except (OSError, http.client.HTTPException, ValueError) as exc:
            raise NobodyThere(f"no voldesk answers at {self.url}: {exc}") from exc


def _configured(loaded: Loaded) -> str:
    gateway = loaded.settings.gateway
    scheme = "http" if gateway.tls_certificate is None else "https"
    host = _LOCAL.get(gateway.host, gateway.host)
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{gateway.port}"


def _error(error: urllib.error.HTTPError, url: str) -> VoldeskError:
    """Return what a problem document means here."""
    try:
        problem = json.load(error)
        code, detail = str(problem["code"]), str(problem["detail"])
    except (ValueError, KeyError, TypeError):
        code, detail = "", f"{url} answers {error.code} {error.reason}"
    if code == "order_denied":
        return OrderDenied(detail)
    return _ERRORS.get(error.code, ConfigError)(detail)
