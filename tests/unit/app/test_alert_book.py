"""Alerts are added, removed and kept while they are watched."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from live_world import NOON, SECOND, HandChain

from voldesk.app.alert_book import AlertBook, read_alerts
from voldesk.bus.local import LocalBus
from voldesk.gateways.alert_desk import Origin
from voldesk.model.errors import ConfigError, StorageError
from voldesk.strategies.alerts import AlertSettings, Rule

FIXED = Rule(name="fixed", underlying="SPX", field="spot", level=1.0)
NEW = Rule(name="new", underlying="SPX", field="spot", level=102.0, is_once=True)
DEADLINE_SECS = 10.0


async def test_what_was_added_is_there_after_a_restart(tmp_path: Path) -> None:
    """And what was removed is not; rules of the settings are not in the file."""
    file = tmp_path / "state" / "alerts.json"
    settings = AlertSettings(rules=(FIXED,), file=file)
    book = AlertBook(settings, LocalBus())
    held = await book.add(NEW)
    assert (held.rule, held.origin, held.is_kept, held.is_spent) == (NEW, Origin.API, True, False)
    again = AlertBook(settings, LocalBus())
    assert [(one.rule, one.origin) for one in again.held()] == [
        (FIXED, Origin.SETTINGS),
        (NEW, Origin.API),
    ]
    await again.remove("new")
    assert [one.rule for one in AlertBook(settings, LocalBus()).held()] == [FIXED]
    with pytest.raises(KeyError):
        await again.remove("new")


async def test_without_a_file_it_ends_with_the_process() -> None:
    """It is watched for, and says that it is not kept."""
    book = AlertBook(AlertSettings(), LocalBus())
    assert not (await book.add(NEW)).is_kept
    assert [one.name for one in book.alerts.rules] == ["new"]


async def test_one_that_told_its_only_crossing_does_not_tell_it_again(
    tmp_path: Path, market: Any
) -> None:
    """Not even in the next process."""
    settings = AlertSettings(file=tmp_path / "alerts.json")
    bus = LocalBus()
    book = AlertBook(settings, bus)
    await book.add(NEW)
    chain = HandChain(market.listing)
    keeping = asyncio.ensure_future(book.run())
    for place, spot in enumerate((100.0, 103.0)):
        at = NOON + place * SECOND
        bus.publish("chain/SPX", chain.update(market.spot(spot, at), at=at))
    async with asyncio.timeout(DEADLINE_SECS):
        while not read_alerts(settings.file)[0].is_spent:  # noqa: ASYNC110  # a file has no event
            await asyncio.sleep(0.01)
    keeping.cancel()
    (held,) = AlertBook(settings, LocalBus()).held()
    assert (held.is_spent, held.told_at) == (True, None)


async def test_what_cannot_be_kept_is_not_watched_for(tmp_path: Path) -> None:
    """The answer is an error, and nothing is left of it."""
    book = AlertBook(AlertSettings(file=tmp_path / "taken" / "alerts.json"), LocalBus())
    (tmp_path / "taken").write_text("")
    with pytest.raises(StorageError, match="cannot keep alerts in"):
        await book.add(NEW)
    assert book.held() == ()


async def test_a_disk_that_fills_up_does_not_stop_the_watching(
    tmp_path: Path, market: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is logged, and the next crossing is told all the same."""
    folder = tmp_path / "state"
    bus = LocalBus()
    book = AlertBook(AlertSettings(file=folder / "alerts.json"), bus)
    await book.add(NEW)
    (folder / "alerts.json").unlink()
    folder.rmdir()
    folder.write_text("")
    chain = HandChain(market.listing)
    keeping = asyncio.ensure_future(book.run())
    for place, spot in enumerate((100.0, 103.0)):
        at = NOON + place * SECOND
        bus.publish("chain/SPX", chain.update(market.spot(spot, at), at=at))
    said = ""
    async with asyncio.timeout(DEADLINE_SECS):
        while "alerts_not_kept" not in said:
            await asyncio.sleep(0.01)
            said += capsys.readouterr().out
    assert not keeping.done()
    keeping.cancel()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{", "alerts.file .*alerts.json: .*move it away"),
        (b'{"version":1,"alerts":[{"rule":{"name":"a"}}]}', "missing required field"),
        (b'{"version":2,"alerts":[]}', "has version 2, this voldesk reads 1"),
    ],
)
def test_a_damaged_file_is_told_and_left(tmp_path: Path, content: bytes, says: str) -> None:
    """Nothing is watched for half."""
    file = tmp_path / "alerts.json"
    file.write_bytes(content)
    with pytest.raises(StorageError, match=says):
        read_alerts(file)
    assert file.read_bytes() == content


async def test_a_name_is_one_alerts(tmp_path: Path) -> None:
    """In the settings and in the file together."""
    file = tmp_path / "alerts.json"
    book = AlertBook(AlertSettings(file=file), LocalBus())
    await book.add(FIXED)
    with pytest.raises(ConfigError, match="two alerts are named 'fixed'"):
        await book.add(FIXED)
    with pytest.raises(ConfigError, match="two alerts are named 'fixed'"):
        AlertBook(AlertSettings(rules=(FIXED,), file=file), LocalBus())
