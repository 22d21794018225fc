"""A paper account whose process is killed at any moment is whole when it is opened again."""

import os
import subprocess
import sys
from pathlib import Path

from paper_process import SETTINGS
from paper_world import START, Shown, a_mark

from voldesk.model.clock import ManualClock
from voldesk.model.events import Snapshot
from voldesk.trading.paper.broker import PaperBroker

SUPPORT = Path(__file__).resolve().parents[1] / "support"
LINES_BEFORE_KILL = (1, 7, 40, 111)


def _killed_after(lines: int, folder: Path, first: int) -> list[str]:
    """Let a process trade, kill it once it has said so many lines; return all it said."""
    process = subprocess.Popen(
        [sys.executable, str(SUPPORT / "paper_process.py"), str(folder), str(first)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(SUPPORT)},
    )
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(lines)]
    process.kill()
    rest, _ = process.communicate(timeout=60)
    whole = [line for line in rest.splitlines(keepends=True) if line.endswith("\n")]
    return [line.strip() for line in (*said, *whole)]


async def _read(folder: Path) -> Snapshot:
    shown = Shown()
    shown.show(a_mark())
    broker = PaperBroker(shown, ManualClock(START), SETTINGS, folder)
    await broker.open()
    snapshot = await broker.snapshot("DU1")
    await broker.close()
    return snapshot


async def test_what_was_heard_survives_any_kill(tmp_path: Path) -> None:
    """Every fill and order that was told of is there, none twice, and positions add up."""
    heard: dict[str, int] = {}
    orders: set[str] = set()
    for round_, lines in enumerate(LINES_BEFORE_KILL):
        for line in _killed_after(lines, tmp_path, 1_000 * round_):
            name, value = line.split()
            if name == "order":
                orders.add(value)
            else:
                assert heard.setdefault(name, int(value)) == int(value)
        snapshot = await _read(tmp_path)
        fills = {fill.execution_id: fill.quantity for fill in snapshot.fills}
        assert len(fills) == len(snapshot.fills)
        assert heard.items() <= fills.items()
        assert orders <= {seen.client_order_id for seen in snapshot.orders}
        assert sum(fills.values()) == sum(held.quantity for held in snapshot.positions)
    assert len(heard) > len(LINES_BEFORE_KILL)
