"""TWS's figures beside our own, both of the same quotes: a simulated market that is closed."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from voldesk.bus.local import LocalBus
from voldesk.chain.table import ChainTable
from voldesk.model.clock import SystemClock
from voldesk.model.quotes import FloatArray
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.pipeline.pump import Pump
from voldesk.simulator.ib.tws import serve_tws
from voldesk.simulator.market.market import SyntheticMarket
from voldesk.venues.ib.feed import IbFeed
from voldesk.venues.ib.settings import ChainSettings, IbSettings, LineSettings

SYMBOLS = ("AMZN", "TSLA", "SPX")
SATURDAY = round(datetime(2026, 6, 27, 15, tzinfo=UTC).timestamp() * NS_PER_SECOND)
NEAR = ChainSettings(expiry_count=2, least_days=5.0, width_pct=3.0)
TURNS = LineSettings(dwell_secs=0.3, changes_per_sec=20)
DEADLINE_SECS = 90.0
SETTLED_NS = 3 * NS_PER_SECOND
"""After the last quote came: forwards have been fitted to all of them."""

VOL_POINT = 0.01
FEWEST = 12
"""Rows of an underlying that are compared, at least."""

RATE_APART = 0.02
"""Between TWS's rate and that of our parity, which a chain of days hardly shows: in theta it is."""


class Weekend:
    """The machine's clock, moved to a Saturday."""

    def __init__(self) -> None:
        self._clock = SystemClock()
        self._ahead = SATURDAY - self._clock.now()

    def now(self) -> int:
        """Return UTC nanoseconds."""
        return self._clock.now() + self._ahead


async def _until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110  # a chain has no event
        await asyncio.sleep(0.01)


def _away(table: ChainTable, name: str) -> FloatArray:
    away: FloatArray = np.abs(getattr(table.rows, name) - getattr(table.rows, f"vendor_{name}"))
    return away


def _check(table: ChainTable) -> None:
    rows, name = table.rows, table.underlying
    is_two_sided = (rows.bid > 0.0) & (rows.ask > 0.0)
    is_lively = (np.abs(rows.vendor_delta) > 0.05) & (np.abs(rows.vendor_delta) < 0.95)
    both = is_two_sided & is_lively
    assert np.count_nonzero(both) >= FEWEST, name
    assert _away(table, "iv")[both].max() <= 0.1 * VOL_POINT, name
    assert np.median(_away(table, "iv")[both]) <= 0.02 * VOL_POINT, name
    assert _away(table, "delta")[both].max() <= 0.001, name
    for greek in ("gamma", "vega"):
        assert (_away(table, greek) / getattr(rows, greek))[both].max() <= 0.01, (name, greek)
    assert (_away(table, "theta")[both] <= RATE_APART * rows.strike[both] / 365.0).all(), name
    middle = 0.5 * (rows.bid + rows.ask)
    np.testing.assert_allclose(rows.mark[both], middle[both], rtol=1e-9)


async def test_figures_of_the_same_quotes_agree(tmp_path: Path) -> None:
    """Every two-sided row of three chains: iv within a tenth of a vol point, and the Greeks."""
    clock = Weekend()
    market = SyntheticMarket(SYMBOLS, 7, clock.now(), always_open=False, history=64)
    tws = await serve_tws(market, clock)
    settings = IbSettings(port=tws.port, symbols=SYMBOLS, chain=NEAR, lines=TURNS)
    pump = Pump([IbFeed(settings, clock, folder=tmp_path)], LocalBus(), clock)

    def is_filled() -> bool:
        return set(SYMBOLS) <= set(pump.underlyings) and all(
            np.isfinite(pump.table(name).rows.vendor_iv).all() for name in SYMBOLS
        )

    try:
        async with asyncio.TaskGroup() as group:
            running = group.create_task(pump.run(), name="pump")
            async with asyncio.timeout(DEADLINE_SECS):
                await _until(is_filled)
                settled = clock.now() + SETTLED_NS
                await _until(lambda: all(pump.table(name).as_of >= settled for name in SYMBOLS))
            for name in SYMBOLS:
                _check(pump.table(name))
            running.cancel()
    finally:
        await tws.close()
