"""The alerts of a process: those of its settings, and those made while it runs, kept in a file."""

import asyncio
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog

from voldesk.bus.local import LocalBus
from voldesk.gateways.alert_desk import HeldAlert, Origin
from voldesk.model.errors import StorageError
from voldesk.strategies.alerts import TOPIC, Alert, Alerts, AlertSettings, Rule

_VERSION: Final = 1

log = structlog.get_logger(__name__)


class KeptAlert(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One rule in the file; a spent one has told the only crossing it tells."""

    rule: Rule
    is_spent: bool = False


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    version: int
    alerts: tuple[KeptAlert, ...]


def read_alerts(path: Path | None) -> tuple[KeptAlert, ...]:
    """
    Return the rules a file keeps; none where there is no file yet.

    Raises:
        StorageError: It cannot be read, or does not hold what this version writes.
    """
    if path is None:
        return ()
    try:
        found = msgspec.json.decode(path.read_bytes(), type=_File)
    except FileNotFoundError:
        return ()
    except (OSError, msgspec.DecodeError) as exc:
        raise StorageError(f"alerts.file {path}: {exc}; mend it or move it away") from exc
    if found.version != _VERSION:
        raise StorageError(
            f"alerts.file {path} has version {found.version}, this voldesk reads {_VERSION}"
        )
    return found.alerts


class AlertBook:
    """
    Adds and removes alerts while they are watched, and keeps them. Fills ``AlertDesk``.

    Those of the settings stand first and only the settings change them. Where there is a file, a
    change is on the disk before it is answered, and so is, soon after, that a rule which tells one
    crossing has told it.

    Args:
        settings: See `AlertSettings`.
        bus: Where chains are published, and alerts.

    Attributes:
        alerts: The watcher.

    Raises:
        ConfigError: A rule is not possible, or two have one name.
        StorageError: The file cannot be read.
    """

    def __init__(self, settings: AlertSettings, bus: LocalBus) -> None:
        self.alerts = Alerts(settings.rules, bus)
        self._path = settings.file
        self._fixed = frozenset(rule.name for rule in settings.rules)
        for kept in read_alerts(settings.file):
            self.alerts.add(kept.rule, is_spent=kept.is_spent)
        self._saving = asyncio.Lock()
        self._is_stale = asyncio.Event()
        bus.on(TOPIC, self._hear, name="alert book")

    def held(self) -> tuple[HeldAlert, ...]:
        """Return every alert, those of the settings first."""
        return tuple(self._held(rule) for rule in self.alerts.rules)

    async def add(self, rule: Rule) -> HeldAlert:
        """
        Watch for something more from now on.

        Raises:
            ConfigError: It is not possible.
            StorageError: It cannot be kept, and is not watched for.
        """
        self.alerts.add(rule)
        try:
            await self._save()
        except StorageError:
            self.alerts.remove(rule.name)
            raise
        return self._held(rule)

    async def remove(self, name: str) -> None:
        """
        Watch for it no more.

        Raises:
            KeyError: There is none of that name.
            StorageError: That cannot be kept: it is back after a restart.
        """
        self.alerts.remove(name)
        await self._save()

    async def run(self) -> None:
        """Keep what rules remember, until cancelled."""
        while True:
            await self._is_stale.wait()
            self._is_stale.clear()
            try:
                await self._save()
            except StorageError as exc:
                log.error("alerts_not_kept", reason=str(exc))  # noqa: TRY400  # the reason is all

    def _held(self, rule: Rule) -> HeldAlert:
        state = self.alerts.state(rule.name)
        is_fixed = rule.name in self._fixed
        return HeldAlert(
            rule=rule,
            origin=Origin.SETTINGS if is_fixed else Origin.API,
            is_kept=is_fixed or self._path is not None,
            is_spent=state.is_spent,
            told_at=state.told_at,
        )

    def _hear(self, _topic: str, alert: Any) -> None:  # noqa: ANN401  # the topic's own types
        if self._path is not None and isinstance(alert, Alert):
            self._is_stale.set()

    async def _save(self) -> None:
        """Write the file, in a thread: a disk may take its time."""
        if self._path is None:
            return
        path = self._path
        async with self._saving:
            kept = tuple(
                KeptAlert(rule=one.rule, is_spent=one.is_spent)
                for one in self.held()
                if one.origin is Origin.API
            )
            await asyncio.to_thread(_write, path, _File(version=_VERSION, alerts=kept))


def _write(path: Path, document: _File) -> None:
    from voldesk.store.atomic import write_whole  # noqa: PLC0415  # when there is something to keep

    content = msgspec.json.format(msgspec.json.encode(document), indent=1)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, lambda unfinished: unfinished.write_bytes(content))
    except OSError as exc:
        raise StorageError(f"cannot keep alerts in {path}: {exc.strerror}") from exc
