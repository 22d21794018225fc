"""How the parts of a desk are opened and closed, whatever comes in between."""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from voldesk.app.trading_parts import Chore, Parts
from voldesk.model.errors import (
    ConfigError,
    InvariantError,
    StorageError,
    VenueUnavailable,
)
from voldesk.trading.desk import Desk

RETRY_SECS: Final = 2.0

log = structlog.get_logger(__name__)


async def open_desk(make: Callable[[], Parts], tell: Callable[[str], object]) -> Parts | None:
    """
    Make the parts of a desk and open them, trying again while the venue is away.

    Args:
        make: Called in a thread, since it reads files.
        tell: Called with the reason, whenever it does not open.

    Returns:
        None where trying again would not help: somebody has to act.
    """
    while True:
        parts: Parts | None = None
        try:
            parts = await _made(make)
            await parts.desk.open()
            _require_allowed(parts)
        except VenueUnavailable as exc:
            tell(str(exc))
        except (ConfigError, StorageError, InvariantError) as exc:
            tell(str(exc))
            await closed(parts)
            return None
        except BaseException:
            await closed(parts)
            raise
        else:
            return parts
        await closed(parts)
        await asyncio.sleep(RETRY_SECS)


async def closed(parts: Parts | None) -> None:
    """Close what was opened to its end, also where that is cancelled."""
    if parts is None:
        return
    closing = asyncio.create_task(parts.desk.close(), name="desk closes")
    try:
        await asyncio.shield(closing)
    except asyncio.CancelledError:
        await asyncio.wait([closing])
        raise


async def kept_apart(name: str, chore: Chore, desk: Desk) -> None:
    """Run a chore; one that fails is an alarm, and what trades goes on."""
    try:
        await chore()
    except Exception as exc:
        desk.ledger.alarms.append(f"{name} no more: {exc!r}")
        log.exception("chore_failed", chore=name)


def masked(account: str) -> str:
    """Return an account as a log may have it: never the whole number."""
    return f"…{account[-3:]}" if any(one.isdigit() for one in account) else account


async def _made(make: Callable[[], Parts]) -> Parts:
    """Make the parts; where that is cancelled meanwhile they are closed again."""
    making = asyncio.create_task(asyncio.to_thread(make), name="desk is made")
    try:
        return await asyncio.shield(making)
    except asyncio.CancelledError:
        await asyncio.wait([making])
        if making.exception() is None:
            await closed(making.result())
        raise


def _require_allowed(parts: Parts) -> None:
    """Refuse a broker that may not be traded on: ConfigError with every reason."""
    reason = parts.refusal()
    if reason:
        raise ConfigError(reason)
