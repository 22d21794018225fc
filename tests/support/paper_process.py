"""
A process that trades on paper until it is killed, and says what it heard.

Arguments: the folder of the account, and the number of the first order. Every line it prints is an
execution id and a quantity, or ``order`` and a tag that was told to work.
"""

import asyncio
import sys
from pathlib import Path

from orders import CALL
from paper_world import START, Shown, a_mark, buy, sell

from voldesk.model.clock import ManualClock
from voldesk.model.events import Filled, Happened
from voldesk.model.lifecycle import Event
from voldesk.trading.paper.broker import PaperBroker
from voldesk.trading.paper.settings import PaperSettings

SETTINGS = PaperSettings(account="DU1", submit_latency_ms=0, answer_latency_ms=0)
STEPS = (1.20, 1.25, 1.30, 1.25)


async def main(folder: Path, first: int) -> None:
    shown = Shown()
    shown.show(a_mark())
    broker = PaperBroker(shown, ManualClock(START), SETTINGS, folder)
    await broker.open()
    saying = asyncio.create_task(_say(broker), name="says what it hears")
    for number in range(first, first + 1_000_000):
        shown.change(CALL, bid=STEPS[number % 4], ask=STEPS[number % 4] + 0.05)
        broker.quotes_changed("SPX")
        await broker.place(buy(f"b{number}"))
        await broker.place(sell(f"s{number}", 1, limit_price="9.00"))
        await broker.cancel(f"s{number - 3}")
        await broker.snapshot("DU1")
    await saying


async def _say(broker: PaperBroker) -> None:
    async for told in broker.told():
        if isinstance(told, Filled):
            print(told.fill.execution_id, told.fill.quantity, flush=True)  # noqa: T201  # its voice
        elif isinstance(told, Happened) and told.event is Event.WORK:
            print("order", told.client_order_id, flush=True)  # noqa: T201  # likewise


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
