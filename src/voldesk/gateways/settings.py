"""What an operator may set about the gateway, and the combinations that are refused."""

import ipaddress
from dataclasses import dataclass
from pathlib import Path

from voldesk.model.errors import ConfigError

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
"""What a browser on this machine may call this machine, as in a Host header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySettings:
    """
    Where the gateway listens, whom it answers and how much it keeps for anybody.

    Attributes:
        host: Address to bind; "localhost" binds 127.0.0.1 and, where there is one, ::1.
        port: 0 takes a free one.
        is_exposed: Bind an address that is not loopback; needs TLS or ``trusted_proxies``.
        hosts: Host headers accepted beside the loopback names, with port where it is not 80
            or 443: ``desk.example:8443``.
        origins: Other origins whose pages may read, exactly: ``https://desk.example``.
        trusted_proxies: Addresses whose ``X-Forwarded-*`` headers count.
        is_token_needed: Ask for the token even to read. Always so when exposed.
        web_folder: The built page; None or a folder that is not there: the API alone.
        is_pushing: Write frames straight to the transport; False sends each through ASGI.
        message_bytes: The longest message a client may send before it is told off.
        message_bytes_hard: The longest before its connection is closed with 1009.
        clients: Streams open at once.
        topics: Topics one stream may hold.
        variants: Combinations of fields, rate and format served of one topic, all clients together.
        ops_per_sec: Messages one client may send, sustained; twice as many at once.
        stall_secs: A client that reads nothing for so long is closed.
        waiting_messages: Replies and lossless messages kept for one client; more closes it.
        waiting_bytes: The same in bytes.
        ping_secs: A ping is sent so often, and its pong awaited as long.
        compat_rate: Frames per second of the per-contract messages (``/ws/greeks``).
        compat_messages: Most messages in one such frame.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    is_exposed: bool = False
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    is_token_needed: bool = False
    web_folder: Path | None = None
    is_pushing: bool = True
    message_bytes: int = 16_384
    message_bytes_hard: int = 65_536
    clients: int = 5_000
    topics: int = 64
    variants: int = 32
    ops_per_sec: float = 20.0
    stall_secs: float = 10.0
    waiting_messages: int = 1_000
    waiting_bytes: int = 1_048_576
    ping_secs: float = 10.0
    compat_rate: float = 4.0
    compat_messages: int = 500

    @property
    def is_token_for_reads(self) -> bool:
        """Say whether reading needs a token too."""
        return self.is_token_needed or self.is_exposed

    def require_safe(self) -> None:
        """
        Refuse to listen where the token and the numbers would cross a network in the clear.

        Raises:
            ConfigError: The address is not loopback and something that makes it safe is missing.
        """
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ConfigError("TLS needs both a certificate and a key, one of them is missing")
        if is_loopback(self.host):
            return
        if not self.is_exposed:
            raise ConfigError(
                f"{self.host} is not loopback: set is_exposed to let other machines connect"
            )
        if self.tls_certificate is None and not self.trusted_proxies:
            raise ConfigError(
                f"{self.host} is not loopback: give a TLS certificate, or the addresses of the"
                " proxies that speak TLS for us"
            )


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
