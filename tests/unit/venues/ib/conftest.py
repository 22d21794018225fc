from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from ib_world import NOW, settings_for
from scripted_tws import ScriptedTws, scripted_tws

from voldesk.model.clock import ManualClock, SystemClock
from voldesk.venues.ib.link import Link
from voldesk.venues.ib.rows import TickRows


@pytest.fixture
async def tws() -> AsyncIterator[ScriptedTws]:
    """Return a TWS that knows AMZN and SPX."""
    async with scripted_tws() as found:
        yield found


@pytest.fixture
def clock() -> ManualClock:
    """Return a clock that stands at eleven in New York on a Friday."""
    return ManualClock(NOW)


@pytest.fixture
async def link(tws: ScriptedTws) -> AsyncIterator[Link]:
    """Return a link that is connected."""
    made = Link(settings_for(tws), TickRows(), SystemClock())
    await made.connect()
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where contracts are kept."""
    return tmp_path / "contracts"
