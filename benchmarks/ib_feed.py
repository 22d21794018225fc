"""Ticks of 90 TWS lines from bytes to columns, against ib_async's own Ticker objects."""

import struct
import time
from collections.abc import Callable

from ib_async import IB
from ib_async.contract import Contract

from measure import Limit, Report, Task, arguments, interleave, publish
from voldesk.model.clock import SystemClock
from voldesk.venues.ib.client import TickIB
from voldesk.venues.ib.rows import Line, TickRows

LINES, ROUNDS, PACKET = 90, 20, 1_448  # bytes: a full segment of Ethernet
FIRST_ID = 5
CEILING = 1_100 * 10  # updates per second that IB sends to the largest account

OURS = "voldesk: bytes to columns"
SMALL = "voldesk: bytes to columns, a packet per message"
PLAIN = "ib_async: bytes to Ticker"


def main() -> None:
    """Measure and print."""
    given = arguments(__doc__ or "", secs=8.0)
    messages = update()
    count = len(messages) * ROUNDS
    stream = b"".join(messages) * ROUNDS
    packets = [stream[at : at + PACKET] for at in range(0, len(stream), PACKET)]
    tasks = [
        Task(PLAIN, plain_reader(packets), count),
        Task(OURS, our_reader(packets), count),
        Task(SMALL, our_reader([frame for frame in messages for _ in range(ROUNDS)]), count),
    ]
    report = Report("IB feed", interleave(tasks, given.secs, time.process_time), base=PLAIN)
    report.ask("ticks against ib_async's own", 1.5, PLAIN, OURS)
    ours = report.timing(OURS).median
    report.limits = [
        Limit("microseconds per message: 200,000 messages a second", 5.0, ours * 1e6),
        Limit("share of a core, 1,100 lines at 10 messages a second", 0.15, ours * CEILING),
    ]
    report.facts["share of a core where each of the 10 says all nine"] = ours * CEILING * 9
    publish(report, is_json=given.json)


def update() -> list[bytes]:
    """Return one update of every line: quotes, sizes, volume and the four computations."""
    found = []
    for line in range(LINES):
        name = FIRST_ID + line
        found += [
            frame(1, 6, name, 1, 12.35, 10, 1),
            frame(2, 6, name, 0, 10),
            frame(1, 6, name, 2, 12.45, 11, 1),
            frame(2, 6, name, 3, 11),
            frame(2, 6, name, 8, 12_345),
        ]
        figures = (0.1845123, 0.5123456, 12.4, 0.0, 0.0123456, 0.1234567, -0.0512345, 230.51)
        found += [frame(21, name, kind, 1, *figures) for kind in (10, 11, 12, 13)]
    return found


def frame(*fields: object) -> bytes:
    """Return one message."""
    body = "".join(f"{one}\0" for one in fields).encode()
    return struct.pack(">I", len(body)) + body


class Nobody:
    """A listener that takes what waits at the end of each packet, as the feed does."""

    def __init__(self, rows: TickRows) -> None:
        self._rows = rows

    def on_message(self, _request_id: int, _code: int, text: str) -> None:
        """Stop: the stream holds no errors."""
        raise AssertionError(text)

    def on_packet(self) -> None:
        """Take the batch."""
        self._rows.take()

    def on_lost(self) -> None:
        """Pass."""


def our_reader(packets: list[bytes]) -> Callable[[], None]:
    """Return a run that reads every packet into rows."""
    rows = TickRows()
    ib = TickIB(rows, Nobody(rows), SystemClock(), 49)
    for line in range(LINES):
        ib.ticks.lines[FIRST_ID + line] = Line(line, is_option=True, is_call=line % 2 == 0)
    return _reader(ib, packets)


def plain_reader(packets: list[bytes]) -> Callable[[], None]:
    """Return a run that has ib_async read them into its Ticker objects."""
    ib = IB()
    for line in range(LINES):
        contract = Contract(secType="OPT", symbol="X", conId=line + 1)
        ib.wrapper.startTicker(FIRST_ID + line, contract, "mktData")
    return _reader(ib, packets)


def _reader(ib: IB, packets: list[bytes]) -> Callable[[], None]:
    client = ib.client
    client._serverVersion = client.decoder.serverVersion = 178  # noqa: SLF001  # as if connected
    client._apiReady, client.connState = True, client.CONNECTED  # noqa: SLF001  # likewise

    def read() -> None:
        for packet in packets:
            client._onSocketHasData(packet)  # noqa: SLF001  # what the socket calls

    return read


if __name__ == "__main__":
    main()
