import asyncio
import math
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from live_world import NOON, SECOND, HandChain, HandFeed

from voldesk.app.feeds import Feeds
from voldesk.app.iv_keeping import IvKeeper, history_file, sample_of
from voldesk.app.node import build_node, run_node
from voldesk.app.settings import Loaded, Settings
from voldesk.bus.local import LocalBus
from voldesk.model.clock import ManualClock
from voldesk.model.errors import StorageError
from voldesk.store.iv_history import IvHistoryFile, IvHistorySettings, IvSample

TODAY = date(2026, 9, 30)


@pytest.fixture
def chain(market: Any) -> HandChain:
    """SPX at 100."""
    made = HandChain(market.listing)
    made.update(market.spot(100.0), market.fair())
    return made


def feeds(market: Any, *names: str, is_replay: bool = False) -> Feeds:
    made = tuple(HandFeed(market.listing, name=name) for name in names)
    return Feeds(made, ManualClock(NOON), is_replay=is_replay, is_ageless=False)


def test_what_is_kept_goes_beside_the_settings(market: Any, tmp_path: Path) -> None:
    """Unless a file was named; nothing of a recording, and of a simulation only what was asked."""
    named = IvHistorySettings(file=tmp_path / "x.sqlite")
    real, sim = feeds(market, "ib"), feeds(market, "sim")
    found = history_file(IvHistorySettings(), real, tmp_path)
    assert found is not None
    assert found.path == tmp_path / "iv_history.sqlite"
    assert history_file(IvHistorySettings(), sim, tmp_path) is None
    for one in (real, sim):
        found = history_file(named, one, tmp_path)
        assert found is not None
        assert found.path == tmp_path / "x.sqlite"
    assert history_file(named, feeds(market, "replay:x", is_replay=True), tmp_path) is None
    assert history_file(IvHistorySettings(), feeds(market, "ib", "sim"), tmp_path) is not None


def test_a_sample_is_the_front_and_the_month(chain: HandChain) -> None:
    """With how long the front has to go; the listing reaches past 30 days."""
    update = chain.update(at=NOON)
    sample = sample_of(update)
    assert (sample.source, sample.underlying, sample.day) == ("hand", "SPX", TODAY)
    assert sample.spot == 100.0
    assert sample.front_iv == pytest.approx(0.2, abs=1e-3)
    assert sample.front_secs == (30 * 24 + 4) * 3_600.0
    assert sample.month_iv == pytest.approx(0.2, abs=1e-2) or math.isnan(sample.month_iv)


def test_a_chain_that_is_over_has_no_front(chain: HandChain) -> None:
    """Its iv and what it has to go are not known."""
    update = replace(chain.update(), ts_flush=NOON + 90 * 86_400 * SECOND)
    sample = sample_of(update)
    assert math.isnan(sample.front_iv)
    assert math.isnan(sample.front_secs)


async def until(condition: Any) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110  # a file rings no bell
            await asyncio.sleep(0.01)


def count(file: IvHistoryFile) -> int:
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(file.path)) as opened:
        (found,) = opened.execute("SELECT COUNT(*) FROM samples").fetchone()
        return int(found)
    return 0  # its table is being made


async def test_samples_are_kept_once_in_a_while(chain: HandChain, tmp_path: Path) -> None:
    """One of the first summary, the next when its time has come."""
    bus, file = LocalBus(), IvHistoryFile(tmp_path / "iv.sqlite")
    keeper = IvKeeper(file, bus, ManualClock(NOON), IvHistorySettings(every_secs=60.0))
    async with asyncio.TaskGroup() as group:
        task = group.create_task(keeper.run(), name="keeper")
        bus.publish("chain/SPX", chain.update(has_summary=False))
        bus.publish("chain/SPX", chain.update(at=NOON + SECOND))
        await until(lambda: file.path.exists() and count(file) == 1)
        bus.publish("chain/SPX", chain.update(at=NOON + 30 * SECOND))
        bus.publish("chain/SPX", chain.update(at=NOON + 62 * SECOND))
        await until(lambda: count(file) == 2)
        keeper.close()
        bus.publish("chain/SPX", chain.update(at=NOON + 200 * SECOND))
        task.cancel()
    assert count(file) == 2


async def test_nothing_is_kept_of_a_closed_market(
    chain: HandChain, market: Any, tmp_path: Path
) -> None:
    """Nor of a chain without an iv at the money."""
    bus, file = LocalBus(), IvHistoryFile(tmp_path / "iv.sqlite")
    keeper = IvKeeper(file, bus, ManualClock(NOON), IvHistorySettings(every_secs=0.0))
    async with asyncio.TaskGroup() as group:
        task = group.create_task(keeper.run(), name="keeper")
        bus.publish("chain/SPX", chain.update(at=NOON + 8 * 3_600 * SECOND))
        blind = market.ticks(market.options, at=NOON, bid=math.nan, ask=math.nan)
        bare = HandChain(market.listing).update(blind)
        bus.publish("chain/SPX", bare)
        for _ in range(20):
            await asyncio.sleep(0)
        task.cancel()
    assert not file.path.exists()


class Grumpy(IvHistoryFile):
    """A file on a disk that refuses twice."""

    refusals = 0

    def drop_before(self, ts: int) -> int:
        raise StorageError(f"not even what is before {ts}")

    def append(self, samples: Sequence[IvSample]) -> None:
        if self.refusals < 2:
            self.refusals += 1
            raise StorageError("the disk is full")
        super().append(samples)


async def test_a_file_that_refuses_does_not_end_it(chain: HandChain, tmp_path: Path) -> None:
    """When it is well again samples are kept again."""
    bus, file = LocalBus(), Grumpy(tmp_path / "iv.sqlite")
    keeper = IvKeeper(file, bus, ManualClock(NOON), IvHistorySettings(every_secs=0.0))
    async with asyncio.TaskGroup() as group:
        task = group.create_task(keeper.run(), name="keeper")
        for refusals in (1, 2):
            bus.publish("chain/SPX", chain.update(at=NOON + refusals * SECOND))
            await until(lambda wanted=refusals: file.refusals == wanted)
        bus.publish("chain/SPX", chain.update(at=NOON + 3 * SECOND))
        await until(lambda: file.path.exists() and count(file) == 1)
        task.cancel()


def test_a_process_keeps_what_its_settings_say(tmp_path: Path) -> None:
    """Of a simulated market where a file is named, and nothing where nothing is to be kept."""
    file = str(tmp_path / "iv.sqlite")

    def is_keeping(**kept: Any) -> bool:
        given = {"sim": {"symbols": ("BTC",)}, "iv_history": kept}
        settings = Settings.model_validate(given)
        return build_node(Loaded(settings, {}), is_serving=False).ivs is not None

    assert is_keeping(file=file)
    assert not is_keeping()
    assert not is_keeping(file=file, is_kept=False)


async def test_a_running_process_keeps_its_ivs(tmp_path: Path) -> None:
    """A sample of what it streams, of the feed it comes from."""
    file = tmp_path / "iv.sqlite"
    given = {
        "sim": {"symbols": ("BTC",)},
        "iv_history": {"file": str(file), "every_secs": 0.0},
    }
    node = build_node(Loaded(Settings.model_validate(given), {}), is_serving=False)
    stop = asyncio.Event()
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(run_node(node, stop), name="node")
        await until(lambda: file.exists() and count(IvHistoryFile(file)) > 0)
        stop.set()
    with closing(sqlite3.connect(file)) as opened:
        (found,) = opened.execute("SELECT DISTINCT source, underlying FROM samples").fetchall()
    assert found == ("sim", "BTC")
