import json
import math
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from scan_desk import ShopVenue, opened
from strategy_world import TODAY, StrategyChain

from voldesk.analytics.iv_rank import IvPast
from voldesk.app.scan_document import scan_document
from voldesk.app.scan_orders import place
from voldesk.strategies.zero_dte.bracket import bracket
from voldesk.strategies.zero_dte.scanner import scan, unseen
from voldesk.strategies.zero_dte.settings import ScanSettings

SETTINGS = ScanSettings(min_gamma=None, min_vega=None, min_theta=None)
ROOT = Path(__file__).resolve().parents[3]


def names_in(node: Any) -> set[str]:
    if isinstance(node, dict):
        return set(node).union(*map(names_in, node.values()))
    if isinstance(node, list):
        return set().union(*map(names_in, node))
    return set()


async def test_a_round_is_one_object(make_market: Any, tmp_path: Path) -> None:
    """Scans, candidates with every term, orders; unknown is null; docs/scan.md names each key."""
    strikes = [98.0 + 0.25 * step for step in range(17)]
    chain = StrategyChain(make_market(expiries=(TODAY,), strikes=strikes, half_spread=0.005))
    past = IvPast(front=np.linspace(0.1, 0.3, 40))
    found = scan(chain.update(), past, SETTINGS)
    best = found.passing[0]
    orders = bracket(best, 1, SETTINGS, account="DU1", now=found.now)
    async with opened(tmp_path, ShopVenue()) as taker:
        placed = await place(orders, taker, 5.0)
    made = scan_document([found, unseen("SPY", "no figures")], [best], [placed])
    document = json.loads(msgspec.json.encode(made))
    first, second = document["scans"]
    assert (first["underlying"], first["expiry"], first["is_zero_dte"]) == (
        "SPX",
        TODAY.isoformat(),
        True,
    )
    assert first["ts_us"] == found.now // 1_000
    assert first["passing"] == len(found.passing)
    assert first["last_spot"] is None
    assert (second["reason"], second["ts_us"], second["spot"]) == ("no figures", None, None)
    (one,) = document["candidates"]
    assert date.fromisoformat(one["expiry"]) == TODAY
    assert one["terms"]["trend"] is None
    assert one["score"] is None
    assert one["score_least"] == best.score.least
    assert math.isnan(best.score.total)
    assert [order["order_type"] for order in document["orders"]] == ["limit", "limit", "stop"]
    assert document["orders"][0]["state"] == "filled"
    assert document["notes"] == []
    text = (ROOT / "docs" / "scan.md").read_text()
    for name in names_in(document) - set(first["missed"]):
        assert f"`{name}`" in text, name
