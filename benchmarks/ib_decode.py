"""How fast market data of TWS is decoded into columns, beside ib_async's decoder."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from ib_async.decoder import Decoder

from measure import Bar, Report, Task, arguments, in_one_thread, interleave, publish
from voldesk.wire.ib.answers_market import TickOptionComputation, TickPrice, TickSize
from voldesk.wire.ib.framing import Deframer, frame
from voldesk.wire.ib.market_data import MarketDataColumns
from voldesk.wire.ib.messages import encode_answer

VERSION = 178
TICKERS = 90
MESSAGES = 36_000
NEED = 200_000.0
CEILING = 1_100 * 10 * 8  # messages a second: all lines of an account, ten times, eight each
SHARE = 0.15
PACKET = 65_536
OURS, THEIRS = "fast path", "ib_async decoder"


class Silent:
    """A wrapper for ib_async's decoder that takes every call and does nothing."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        """Return what takes anything."""
        del name
        return lambda *_: None


def main() -> None:
    """Measure and print."""
    given = arguments(__doc__ or "", secs=10.0)
    in_one_thread()
    asyncio.set_event_loop(asyncio.new_event_loop())
    stream = b"".join(frame(encode_answer(message, VERSION)) for message in messages())
    packets = [stream[at : at + PACKET] for at in range(0, len(stream), PACKET)]
    columns = MarketDataColumns(np.ones(TICKERS, bool), np.ones(TICKERS, bool), VERSION)
    for row in range(TICKERS):
        columns.watch(1000 + row, row)
    decoder = Decoder(Silent(), VERSION)  # type: ignore[arg-type]  # hears and keeps nothing

    def ours() -> None:
        deframer = Deframer()
        for packet in packets:
            columns.read(deframer.receive(packet))
            columns.drain(1)

    def theirs() -> None:
        deframer = Deframer()
        for packet in packets:
            for payload in deframer.receive(packet):
                fields = payload.decode(errors="backslashreplace").split("\0")
                fields.pop()
                decoder.interpret(fields)

    tasks = [Task(OURS, ours, MESSAGES), Task(THEIRS, theirs, MESSAGES)]
    timings = interleave(tasks, given.secs, time.process_time)
    report = Report(f"market data of {TICKERS} options", timings, base=OURS)
    pace = 1.0 / report.timing(OURS).median
    report.facts["fast path, messages a second"] = pace
    report.facts["ib_async decoder, messages a second"] = 1.0 / report.timing(THEIRS).median
    report.facts["share of a core at IB's ceiling"] = CEILING / pace
    report.ask("fast path with columns against ib_async's decoder alone", 1.0, THEIRS, OURS)
    report.bars.append(
        Bar("messages a second into columns", NEED, pace, 1.0 / report.timing(OURS).best)
    )
    share, best = CEILING / pace, CEILING * report.timing(OURS).best
    report.bars.append(Bar("share of a core at 1,100 lines", SHARE, share, best, is_ceiling=True))
    publish(report, is_json=given.json)


def messages() -> list[Any]:
    """Return what options send: eight messages each, again and again, no two alike."""
    random = np.random.default_rng(1)
    found: list[Any] = []
    while len(found) < MESSAGES:
        for row in range(TICKERS):
            req_id, price = 1000 + row, round(float(random.uniform(1.0, 20.0)), 2)
            found += [
                TickPrice(req_id, 1, price, float(random.integers(1, 500)), 1),
                TickPrice(req_id, 2, price + 0.05, float(random.integers(1, 500)), 1),
                TickSize(req_id, 0, float(random.integers(1, 500))),
                TickSize(req_id, 8, float(random.integers(1, 50_000))),
            ]
            for kind in (10, 11, 12, 13):
                figures = [float(x) for x in random.uniform(0.0, 1.0, 8)]
                found.append(TickOptionComputation(req_id, kind, *figures))
    return found[:MESSAGES]


if __name__ == "__main__":
    main()
