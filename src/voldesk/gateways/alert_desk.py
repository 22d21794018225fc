"""What the gateway asks of whoever holds the alerts."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from voldesk.strategies.alerts import Rule


class Origin(StrEnum):
    """Who made an alert."""

    SETTINGS = "settings"  # and only the settings change it
    API = "api"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAlert:
    """
    One alert as it stands.

    Attributes:
        is_kept: It is there again after a restart.
        is_spent: It tells one crossing, and has done so.
        told_at: When it last told one in this process, UTC ns; None: not yet.
    """

    rule: Rule
    origin: Origin
    is_kept: bool
    is_spent: bool
    told_at: int | None


class AlertDesk(Protocol):
    """The alerts of the process."""

    def held(self) -> Sequence[HeldAlert]:
        """Return every alert."""
        ...

    async def add(self, rule: Rule) -> HeldAlert:
        """
        Watch for something more from now on.

        Raises:
            ConfigError: It is not possible.
            StorageError: It cannot be kept, and is not watched for.
        """
        ...

    async def remove(self, name: str) -> None:
        """
        Watch for it no more.

        Raises:
            KeyError: There is none of that name.
            StorageError: That cannot be kept.
        """
        ...
