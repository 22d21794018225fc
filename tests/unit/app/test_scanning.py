from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from scan_day import loaded, record

from voldesk.app.scanning import narrowed, open_watchlist
from voldesk.app.settings import Loaded, Settings


async def test_a_watchlist_has_chains_of_its_own(
    tmp_path: Path, make_market: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They stream while it is held."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    feed = record(tmp_path / "day", make_market)
    async with open_watchlist(loaded(feed), ("SPX",)) as watchlist:
        found = await watchlist.look()
        assert watchlist.pump.underlyings == ("SPX",)
        assert watchlist.feeds.is_replay
        assert "chain/SPX" in watchlist.bus.topics
    assert found.scans[0].passing


def test_a_feed_lists_no_more_than_is_looked_at() -> None:
    """Where the settings leave that open."""
    found = narrowed(Loaded(Settings(), {}), ["SPX", "SPY", "SPX"]).settings
    assert found.sim.symbols == found.ib.symbols == ("SPX", "SPY")
    assert found.ib.chain.expiry_count == 1
    given = dict.fromkeys(("sim.symbols", "ib.symbols", "ib.chain.expiry_count"), "x")
    settings = Settings()
    settings = settings.model_copy(update={"ib": replace(settings.ib, symbols=("QQQ",))})
    kept = narrowed(Loaded(settings, given), ["SPX"]).settings
    assert (kept.sim.symbols, kept.ib.symbols) == ((), ("QQQ",))
    assert kept.ib.chain.expiry_count == 2
