"""Settings that would be unsafe are refused."""

from pathlib import Path

import pytest

from voldesk.gateways.settings import GatewaySettings, is_loopback
from voldesk.model.errors import ConfigError


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_loopback_needs_nothing(host: str) -> None:
    """On loopback the defaults are safe and reading needs no token."""
    settings = GatewaySettings(host=host)
    settings.require_safe()
    assert is_loopback(host)
    assert not settings.is_token_for_reads


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "desk.example"])
def test_another_address_needs_to_be_meant(host: str) -> None:
    """Without is_exposed nothing else is bound."""
    with pytest.raises(ConfigError, match="is_exposed"):
        GatewaySettings(host=host).require_safe()


def test_an_exposed_address_needs_encryption() -> None:
    """Exposed without TLS and without a proxy that has it: refused."""
    with pytest.raises(ConfigError, match="TLS"):
        GatewaySettings(host="0.0.0.0", is_exposed=True).require_safe()


@pytest.mark.parametrize(
    "more",
    [
        {"tls_certificate": Path("a.pem"), "tls_key": Path("b.pem")},
        {"trusted_proxies": ("10.0.0.2",)},
    ],
)
def test_an_exposed_address_with_encryption_reads_with_a_token(more: dict[str, object]) -> None:
    """TLS or a proxy makes it safe, and then reading needs the token."""
    settings = GatewaySettings(host="0.0.0.0", is_exposed=True, **more)  # type: ignore[arg-type]  # by name
    settings.require_safe()
    assert settings.is_token_for_reads


def test_half_a_certificate_is_refused() -> None:
    """A certificate without its key is no TLS."""
    with pytest.raises(ConfigError, match="both"):
        GatewaySettings(tls_certificate=Path("a.pem")).require_safe()
