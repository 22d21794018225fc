"""
A desk that is killed again and again while it trades; run as a program, it prints what it knows.

``python killed_desk.py PORT FOLDER KEY KILLS SEED``: everything is imported once, then a process is
forked for each life of the desk, and killed with SIGKILL after a random time. The last one is let
live until it agrees with the venue, and its orders are printed as one line of JSON.
"""

import asyncio
import json
import os
import random
import signal
import sys
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

from desk_floor import Calm
from ib_trading import ACCOUNT, CENT, QUICK, Traded

from voldesk.model.clock import SystemClock
from voldesk.model.errors import ConfigError, OrderDenied, VenueUnavailable
from voldesk.store.journal import Journal
from voldesk.trading.desk import Desk
from voldesk.trading.limits import Limits
from voldesk.trading.settings import DeskSettings
from voldesk.venues.ib.broker import IbBroker
from voldesk.venues.ib.settings import IbSettings

HASTE = DeskSettings(
    account=ACCOUNT, answer_secs=0.3, settle_secs=0.2, snapshot_secs=5.0, retry_secs=0.02
)
LONGEST_SECS = 0.6
CANCELLED = 0.5  # the share of resting orders


async def opened(port: int, folder: Path) -> Desk:
    """Return a desk that is open; TWS may not have noticed yet that the one before is dead."""
    settings = IbSettings(port=port, backoff=QUICK, restart_at=None)
    while True:
        broker = IbBroker(settings, SystemClock(), folder=folder)
        clock = SystemClock()
        desk = Desk(broker, Journal.open(folder), Calm(), Limits.none(), clock, HASTE)
        try:
            await desk.open()
        except (ConfigError, VenueUnavailable):
            await desk.close()
            await asyncio.sleep(0.01)
        else:
            return desk


async def trade(port: int, folder: Path, key: str, life: int, draw: random.Random) -> None:
    """Send orders until killed: some fill, some rest, some of those are cancelled."""
    desk = await opened(port, folder)
    maker = Traded(cast("Any", SimpleNamespace()), folder, key, key, IbSettings())
    count = 0
    while True:
        while not desk.is_reconciled:  # noqa: ASYNC110  # it is told by no event
            await asyncio.sleep(0.002)
        tag, quantity = f"{life}-{count}", draw.randint(1, 3)
        count += 1
        rests = draw.random() < 0.5
        intent = maker.limit(tag, quantity, CENT) if rests else maker.intent(tag, quantity)
        await desk.submit(intent)
        if rests and draw.random() < CANCELLED:
            try:
                await desk.cancel(tag)
            except (OrderDenied, VenueUnavailable):
                continue
        await asyncio.sleep(draw.random() * 0.02)


async def tell(port: int, folder: Path) -> None:
    """Let a desk find out what became of everything, and print it."""
    desk = await opened(port, folder)
    while not desk.is_reconciled:  # noqa: ASYNC110  # it is told by no event
        await asyncio.sleep(0.01)
    known = {
        tag: (str(order.state), order.filled, order.is_open)
        for tag, order in desk.ledger.orders.items()
    }
    told = {
        "orders": known,
        "positions": desk.ledger.positions,
        "alarms": desk.ledger.alarms,
        "differences": desk.differences,
    }
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    await desk.close()


def forked(work: Callable[[], None]) -> int:
    """Do something in a process of its own; return its id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def live(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a desk."""
    asyncio.run(work())


def main(port: int, folder: Path, key: str, kills: int, seed: int) -> None:
    """Kill so many lives, and let the last one speak."""
    draw = random.Random(seed)
    for life in range(kills):
        fate = random.Random(draw.random())
        child = forked(partial(live, partial(trade, port, folder, key, life, fate)))
        Event().wait(draw.random() * LONGEST_SECS)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    _, status = os.waitpid(forked(partial(live, partial(tell, port, folder))), 0)
    sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    _, port, folder, key, kills, seed = sys.argv
    main(int(port), Path(folder), key, int(kills), int(seed))
