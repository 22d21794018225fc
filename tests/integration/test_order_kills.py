"""A desk that is killed again and again loses no order, doubles none and counts none wrong."""

import asyncio
import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from ib_trading import ACCOUNT, Traded, traded_tws

KILLS = int(os.environ.get("VOLDESK_KILLS", "100"))
PROGRAM = Path(__file__).resolve().parents[1] / "support" / "killed_desk.py"


@pytest.mark.timeout(30 + KILLS * 5)
async def test_f43_killed_again_and_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What its journal and TWS have at the end is the same, order by order."""
    async with traded_tws(tmp_path) as traded:
        killed = await asyncio.create_subprocess_exec(
            sys.executable,
            str(PROGRAM),
            *(str(traded.tws.port), str(tmp_path / "journal"), traded.key, str(KILLS), "7"),
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await killed.communicate()
        assert killed.returncode == 0
        counts = compared(traded, json.loads(out))
    with capsys.disabled():
        sys.stdout.write(f"\n{KILLS} kills: {dict(counts)}\n")
    assert counts["orders"] > KILLS / 4
    assert counts["lost"] == counts["duplicated"] == counts["wrong"] == counts["alarms"] == 0


def compared(traded: Traded, told: dict[str, Any]) -> Counter[str]:
    """Count what does not agree between the exchange and what the desk told."""
    exchange = traded.tws.world.exchange
    venue = [*exchange.open_orders(), *exchange.completed_orders()]
    tags = Counter(order.request.order_ref for order in venue)
    known: dict[str, tuple[str, int, bool]] = told["orders"]
    counts: Counter[str] = Counter(orders=len(venue), decided=len(known))
    counts["duplicated"] = sum(count - 1 for count in tags.values())
    counts["lost"] = len(tags.keys() - known.keys()) + sum(
        tag not in tags for tag, (state, *_) in known.items() if state not in {"rejected", "denied"}
    )
    counts["never sent"] = sum(tag not in tags for tag in known)
    for order in venue:
        _, filled, is_open = known.get(order.request.order_ref, ("", -1, False))
        counts["wrong"] += (filled, is_open) != (int(order.filled), not order.status.is_final)
    held = {
        position.instrument: int(position.quantity)
        for position in exchange.positions(ACCOUNT)
        if position.quantity
    }
    counts["wrong"] += told["positions"] != held
    counts["alarms"] = len(told["alarms"]) + len(told["differences"])
    return counts
