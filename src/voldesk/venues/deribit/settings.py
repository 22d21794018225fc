"""What an operator can choose about Deribit."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from voldesk.model.errors import ConfigError
from voldesk.venues.session import BackoffSettings
from voldesk.wire.deribit.messages import LEAST_HEARTBEAT_SECS

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
COINS: Final = frozenset({"BTC", "ETH"})
"""Underlyings with options that are paid in the coin itself."""

LINEAR: Final = "USDC"
"""What the options of the others are paid in."""


class Interval(StrEnum):
    """How often a contract in full mode is told; every single change is for logins only."""

    FAST = "100ms"
    SLOW = "agg2"  # about once a second


@dataclass(frozen=True, slots=True, kw_only=True)
class DeribitSettings:
    """
    Where Deribit is, what is listed, and how patient we are.

    Attributes:
        url: Of its WebSocket; ``wss``, or ``ws`` on this machine.
        underlyings: Whose options are listed; empty for all of the currencies.
        currencies: What they are settled in: BTC and ETH in the coin itself, USDC the linear ones
            of any underlying. Empty for the coin of BTC and ETH, and USDC of the others.
        expiry_count: So many of the next dates of each class; None for all.
        interval: See `Interval`.
        connect_secs: An attempt to connect takes at most so long.
        start_secs: At the start, a Deribit that does not answer is awaited so long.
        request_secs: An answer is awaited so long.
        heartbeat_secs: How often Deribit asks whether we are there; 10 at least.
        stall_secs: After so long a silence Deribit is asked whether it is there.
        probe_secs: Without an answer after so long the line is made again.
        backoff: Between attempts to connect.
    """

    url: str = "wss://www.deribit.com/ws/api/v2"
    underlyings: tuple[str, ...] = ("BTC",)
    currencies: tuple[str, ...] = ()
    expiry_count: int | None = None
    interval: Interval = Interval.FAST
    connect_secs: float = 5.0
    start_secs: float = 0.0
    request_secs: float = 10.0
    heartbeat_secs: int = LEAST_HEARTBEAT_SECS
    stall_secs: float = 2.0
    probe_secs: float = 1.5
    backoff: BackoffSettings = field(default_factory=BackoffSettings)

    @property
    def listed_currencies(self) -> tuple[str, ...]:
        """Return the currencies that are asked for."""
        own = (name if name in COINS else LINEAR for name in self.underlyings)
        return self.currencies or tuple(dict.fromkeys(own))

    def require_valid(self) -> None:
        """
        Refuse what cannot be.

        Raises:
            ConfigError: Naming the setting, the value and what is allowed.
        """
        parts = urlsplit(self.url)
        is_local = parts.scheme == "ws" and parts.hostname in LOOPBACK
        if not parts.hostname or not (parts.scheme == "wss" or is_local):
            raise ConfigError(
                f"deribit.url is {self.url!r}, it must begin with wss://"
                " (ws:// only on this machine)"
            )
        if not self.listed_currencies:
            raise ConfigError(
                "deribit.underlyings and deribit.currencies are both empty,"
                " one is needed: BTC, for instance"
            )
        if self.expiry_count is not None and self.expiry_count < 1:
            raise ConfigError(f"deribit.expiry_count is {self.expiry_count}, it must be 1 or more")
        if self.heartbeat_secs < LEAST_HEARTBEAT_SECS:
            raise ConfigError(
                f"deribit.heartbeat_secs is {self.heartbeat_secs},"
                f" it must be {LEAST_HEARTBEAT_SECS} or more"
            )
