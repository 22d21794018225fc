import json
from typing import Any

import pytest
from live_world import NOON, SECOND, HandChain

from voldesk.analytics.update import ChainUpdate
from voldesk.app.render.live import live_page, skew_lines
from voldesk.app.skew import NetIv, net_iv_of
from voldesk.gateways.documents import summary_document
from voldesk.gateways.encode import encode_json


@pytest.fixture
def update(market: Any) -> ChainUpdate:
    """A valued chain."""
    chain = HandChain(market.listing)
    chain.update(market.spot(100.0), market.fair())
    return chain.update(at=NOON + SECOND)


@pytest.mark.parametrize("width", [60, 100, 200])
def test_the_page_fits_and_says_what_matters(update: ChainUpdate, width: int) -> None:
    """Underlying, spot, feed, expiry, forward, vol, and the mirror; no line too wide."""
    summary = json.loads(encode_json(summary_document(update)))
    lines = [line.plain for line in live_page(update.table, summary, "sim", 2, width)]
    text = "\n".join(lines)
    assert max(map(len, lines)) <= width
    for words in ("SPX   spot 100.00", "feed sim", "SPXW 2026-10-30", "(parity)", "CALLS", "▸100"):
        assert words in text
    assert "atm iv 20." in text or "atm iv 19.9" in text


def test_without_a_summary_the_page_stands(update: ChainUpdate) -> None:
    """What only the analytics know is a dash."""
    text = "\n".join(line.plain for line in live_page(update.table, None, "sim", 2, 120))
    assert "atm iv –" in text
    assert "▸100" in text


def test_net_ivs_stand_in_a_table(update: ChainUpdate) -> None:
    """One line per underlying, with the contracts where there is room, and a dash for unknown."""
    nan = float("nan")
    unknown = NetIv("QQQ", nan, None, 0.25, nan, nan, None, None, 0)
    found = [net_iv_of(update.table, 0.25), unknown]
    titles, one, other = (line.plain for line in skew_lines(found, 200))
    assert titles.split()[0] == "underlying"
    assert "call contract" in titles
    assert one.split()[0] == "SPX"
    assert "–" in other
    narrow = skew_lines(found, 40)
    assert all(len(line.plain) <= 40 for line in narrow)
    assert "net iv" in narrow[0].plain
