"""Waiting for what another thread or process brings about."""

import asyncio
from collections.abc import Callable

DEADLINE_SECS = 60.0
LOOK_SECS = 0.005


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(DEADLINE_SECS):
        while not condition():  # noqa: ASYNC110  # another thread brings it about, and no event
            await asyncio.sleep(LOOK_SECS)
