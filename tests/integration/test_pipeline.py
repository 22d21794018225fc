"""The synthetic market through pump, chains and bus, in virtual time."""

import asyncio
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from voldesk.bus.local import LocalBus
from voldesk.chain.reprice import value_chain
from voldesk.model.clock import ManualClock
from voldesk.model.enums import Market, Status
from voldesk.model.quotes import ChainSnapshot, QuoteColumns
from voldesk.pipeline.pump import Pump, PumpSettings
from voldesk.simulator.market.feed import SyntheticFeed
from voldesk.simulator.market.market import SyntheticMarket

NOON = 1_790_784_000_000_000_000  # 2026-09-30 16:00 UTC, noon in New York
SECOND = 10**9
DEADLINE_SECS = 60.0
REPLAY = PumpSettings(is_replay=True)

RELATIVE_FORWARD = 2e-4
SHARE_WITHIN_BAND = 0.99


def _feed(symbols: tuple[str, ...], secs: int, name: str = "sim") -> SyntheticFeed:
    """Return a market that runs for some seconds of virtual time, the same every time."""
    market = SyntheticMarket(symbols, seed=7, start=NOON, history=64)
    until = NOON + secs * SECOND
    return SyntheticFeed(market, ManualClock(NOON), step_secs=0.5, until=until, name=name)


async def _play(*feeds: SyntheticFeed, hear: Callable[[Any], None] | None = None) -> Pump:
    bus = LocalBus()
    if hear is not None:
        bus.on("chain/*", lambda _topic, update: hear(update))
    pump = Pump(feeds, bus, ManualClock(), REPLAY)
    await asyncio.wait_for(pump.run(), DEADLINE_SECS)
    return pump


@pytest.mark.timeout(180)
async def test_a_market_is_valued_as_its_truth_says() -> None:
    """Forwards are the true ones, and the true vol lies within each quote's own band."""
    feed = _feed(("MSFT",), secs=20)
    pump = await _play(feed)
    book = pump.book("MSFT")
    rows, series = book.table.rows, book.table.series
    market = feed.market
    first = [int(book.instrument[book.table.slice(s)][0]) for s in range(len(series))]
    truth = market.true_forward(np.array(first), market.now)
    assert series.forward == pytest.approx(truth, rel=RELATIVE_FORWARD)
    true_vol = market.true_vol(book.instrument, market.now)
    quoted = (rows.status == Status.OK) & np.isfinite(rows.iv_bid) & np.isfinite(rows.iv_ask)
    assert quoted.mean() > 0.5
    slack = 0.1 * (rows.iv_ask - rows.iv_bid) + 1e-4
    is_inside = (rows.iv_bid - slack <= true_vol) & (true_vol <= rows.iv_ask + slack)
    assert is_inside[quoted].mean() >= SHARE_WITHIN_BAND


@pytest.mark.timeout(180)
async def test_a_replay_repeats_itself_bit_for_bit() -> None:
    """Two runs of one market, several underlyings: every update has the same rows and bits."""
    runs = []
    for _ in range(2):
        heard: list[Any] = []

        def hear(update: Any, heard: list[Any] = heard) -> None:
            rows = update.table.rows
            figures = (rows.iv[update.rows].tobytes(), rows.delta[update.rows].tobytes())
            heard.append((update.underlying, update.seq, update.rows.tobytes(), figures))

        await _play(_feed(("MSFT", "BTC"), secs=4), hear=hear)
        runs.append(heard)
    assert runs[0] == runs[1]
    assert {one[0] for one in runs[0]} == {"MSFT", "BTC"}


@pytest.mark.timeout(180)
async def test_the_live_chain_is_the_snapshot_of_its_quotes() -> None:
    """With everything due, a running market's chain equals value_chain of the same quotes."""
    pump = await _play(_feed(("MSFT",), secs=5))
    book = pump.book("MSFT")
    rows, now = book.table.rows, book.table.as_of + 3600 * SECOND
    book.reprice(now)  # every cadence is due
    quotes = QuoteColumns.build(
        symbol=rows.symbol, root=rows.root, expiry=rows.expiry, is_call=rows.is_call,
        strike=rows.strike, bid=rows.bid, ask=rows.ask, last=rows.last,
    )  # fmt: skip
    snapshot = ChainSnapshot(
        underlying="MSFT", source="test", market=Market.US, quotes=quotes, spot=book.spot
    )
    fresh = value_chain(snapshot, book.table.profile, as_of=now)
    assert book.table.series.forward == pytest.approx(fresh.series.forward, rel=1e-4)
    both = np.isfinite(rows.delta) & np.isfinite(fresh.rows.delta)
    assert both.mean() > 0.5
    np.testing.assert_allclose(rows.delta[both], fresh.rows.delta[both], atol=2e-3)


@pytest.mark.timeout(180)
async def test_a_gap_is_seen_and_healed() -> None:
    """The market's line is lost for some seconds: rows go stale, the snapshot makes them whole."""
    feed = _feed(("MSFT",), secs=10)
    stale: list[int] = []

    def hear(update: Any) -> None:
        stale.append(int(np.count_nonzero(update.table.rows.status == Status.STALE)))
        if update.seq == 4:
            feed.inject_gap(2.0)

    pump = await _play(feed, hear=hear)
    assert max(stale) > 100
    assert stale[-1] == 0
    assert pump.stats().gaps == 1
    health = pump.health()["underlyings"][0]
    assert (health["gaps"], health["late_ticks"]) == (1, 0)


@pytest.mark.timeout(180)
async def test_summaries_come_at_their_own_pace() -> None:
    """About one a second of market time, with a skew and a put-call ratio."""
    summaries: list[Any] = []

    def hear(update: Any) -> None:
        if update.summary is not None:
            summaries.append(update.summary)

    await _play(_feed(("MSFT",), secs=6), hear=hear)
    assert 5 <= len(summaries) <= 8
    assert np.isfinite(summaries[-1].series[0].rr25)
    assert np.isfinite(summaries[-1].underlying.pcr_oi)
