"""The line orders go over: what breaks it, what it says, and that ids are never used twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from broker_suite import until
from ib_trading import QUICK, Traded, traded_tws
from ib_world import NOW

from voldesk.model.clock import Clock, ManualClock, SystemClock
from voldesk.model.errors import ConfigError, VenueRejected, VenueUnavailable
from voldesk.model.events import Line, LineChanged, Told
from voldesk.simulator.ib.notices import PORT_RESET, TOO_FAST
from voldesk.venues.ib.order_line import OrderLine
from voldesk.venues.ib.order_reports import OrderReports
from voldesk.venues.ib.settings import IbSettings


class Kept:
    """A line that is kept, and all that it told."""

    def __init__(self, traded: Traded, clock: Clock | None = None, **changes: Any) -> None:
        self.told: list[Told] = []
        self.failures: list[Exception] = []
        self.made = 0
        clock = clock or SystemClock()
        known: dict[str, Any] = {"port": traded.tws.port, "backoff": QUICK, "restart_at": None}
        settings = IbSettings(**known | changes)
        reports = OrderReports(
            settings.trading_client_id, lambda _: "", clock, self.told.append, self._hear
        )
        self.line = OrderLine(settings, clock, self.told.append, self._ready, reports)
        self.is_over = False

    @property
    def lines(self) -> list[Line]:
        """Return what it said of itself."""
        return [told.line for told in self.told if isinstance(told, LineChanged)]

    async def run(self) -> None:
        """Keep it until it is closed."""
        while not self.is_over:
            self.line.check()
            await self.line.keep()

    def close(self) -> None:
        """End it."""
        self.is_over = True
        self.line.close()

    async def _ready(self) -> None:
        self.made += 1
        if self.failures:
            raise self.failures.pop(0)

    def _hear(self, code: int, text: str) -> None:
        self.line.hear_line(code, text)


@pytest.fixture
async def traded(tmp_path: Path) -> AsyncIterator[Traded]:
    """Return a simulated TWS."""
    async with traded_tws(tmp_path) as found:
        yield found


@asynccontextmanager
async def kept(traded: Traded, clock: Clock | None = None, **changes: Any) -> AsyncIterator[Kept]:
    """Open a line and keep it."""
    made = Kept(traded, clock, **changes)
    await made.line.open()
    task = asyncio.create_task(made.run(), name="keeps the line")
    try:
        yield made
    finally:
        made.close()
        await task


async def test_a_reset_is_told_and_the_line_made_again(traded: Traded) -> None:
    """DOWN, then RESET once all that has to be learned is; a failure to learn is tried again."""
    async with kept(traded) as made:
        assert made.line.is_ready
        made.failures += [VenueUnavailable("slow"), VenueRejected("not now")]
        traded.begin("tcp_reset")
        await until(lambda: made.lines == [Line.DOWN, Line.RESET])
        assert made.line.is_ready
        assert made.made == 4


async def test_lost_servers(traded: Traded) -> None:
    """After 1100 no order may be sent; 1102 lost nothing, 1101 may have."""
    async with kept(traded) as made:
        traded.begin("connection_lost")
        await until(lambda: made.lines == [Line.DOWN])
        assert [made.line.is_ready, made.line.is_known] == [False, True]
        traded.begin("restored")
        await until(lambda: made.lines[1:] == [Line.UP])
        assert made.line.is_ready
        traded.begin("connection_lost")
        traded.begin("restored_data_lost")
        await until(lambda: made.lines[2:] == [Line.DOWN, Line.RESET])


async def test_a_socket_of_no_more_use(traded: Traded) -> None:
    """When TWS says that it listens elsewhere, the line is made again."""
    async with kept(traded) as made:
        traded.tws.faults.tell(PORT_RESET(traded.tws.port))
        await until(lambda: made.lines == [Line.DOWN, Line.RESET])


async def test_too_many_messages(traded: Traded) -> None:
    """Fewer are sent; the line stays."""
    async with kept(traded) as made:
        rate = made.line.link.ib.client.MaxRequests
        traded.tws.faults.tell(TOO_FAST(50, 60, 1))
        await until(lambda: made.line.link.ib.client.MaxRequests < rate)
        assert made.lines == []


async def test_silence(traded: Traded) -> None:
    """A TWS that says nothing is asked the time, and given up if it does not answer."""
    async with kept(traded, stall_secs=0.05, probe_secs=0.2) as made:
        traded.begin("silent_stall")
        await until(lambda: made.lines == [Line.DOWN, Line.RESET])


async def test_silence_of_a_quiet_day(traded: Traded) -> None:
    """One that answers is kept, however often it is asked."""
    async with kept(traded, stall_secs=0.05, probe_secs=5.0) as made:
        async with asyncio.timeout(5):
            while made.line.link.silent_secs() < 0.05:  # noqa: ASYNC110  # silence is no event
                await asyncio.sleep(0.005)
            await until(lambda: made.line.link.silent_secs() < 0.05)
        assert made.lines == []


async def test_the_daily_restart_is_said_to_be_one(traded: Traded) -> None:
    """Within its window the reason is no alarm."""
    at = {"restart_at": "10:59", "restart_zone": "America/New_York"}
    async with kept(traded, ManualClock(NOW), **at) as made:
        traded.begin("daily_restart", away_secs=0.1)
        await until(lambda: Line.RESET in made.lines)
        down = made.told[0]
        assert isinstance(down, LineChanged)
        assert down.reason == "TWS restarts daily at 10:59; it is awaited"


async def test_ids_are_used_once(traded: Traded) -> None:
    """Whatever TWS says after it was set back, and whatever was in use before us."""
    async with kept(traded) as made:
        first = made.line.next_id()
        made.line.used(first + 10)
        second = made.line.next_id()
        assert second == first + 11
        traded.begin("id_rollback")
        traded.begin("tcp_reset")
        await until(lambda: made.lines == [Line.DOWN, Line.RESET])
        assert made.line.next_id() > second
    with pytest.raises(VenueUnavailable):
        made.line.next_id()
    made.line.used(99)


async def test_a_client_id_that_is_taken(traded: Traded) -> None:
    """Opening says what to do."""
    async with kept(traded):
        other = Kept(traded)
        with pytest.raises(ConfigError, match=r"ib\.trading_client_id"):
            await other.line.open()


async def test_nobody_listens(traded: Traded) -> None:
    """Opening fails, and so does what is learned at once."""
    made = Kept(replace(traded), port=1)
    with pytest.raises(VenueUnavailable, match="nobody listens"):
        await made.line.open()
    other = Kept(traded)
    other.failures.append(ConfigError("another account"))
    with pytest.raises(ConfigError, match="another account"):
        await other.line.open()
    assert not other.line.is_ready


async def test_closed_while_it_is_made_again(traded: Traded) -> None:
    """Nothing is told any more, and whoever keeps it is done."""
    async with kept(traded) as made:
        traded.begin("daily_restart", away_secs=60.0)
        await until(lambda: made.lines == [Line.DOWN])
    assert made.lines == [Line.DOWN]
    await made.line.keep()


async def test_closed_just_when_it_is_there_again(traded: Traded) -> None:
    """The new connection is given up at once."""
    async with kept(traded) as made:

        async def end() -> None:
            made.close()

        made.line._ready = end
        traded.begin("tcp_reset")
        await until(lambda: made.is_over)
    assert made.lines == [Line.DOWN]
    assert not made.line.link.is_up
