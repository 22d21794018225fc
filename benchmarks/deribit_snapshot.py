"""A whole chain of 1,000 instruments from the simulated Deribit into columns, over a socket."""

import asyncio
import time

import numpy as np

from measure import Limit, Report, Task, arguments, interleave, publish
from voldesk.model.clock import SystemClock
from voldesk.model.ports.feed import Mode
from voldesk.model.ticks import TickKind
from voldesk.simulator.deribit.server import PATH, serve_deribit
from voldesk.simulator.market.market import SyntheticMarket
from voldesk.venues.deribit.feed import DeribitFeed
from voldesk.venues.deribit.settings import DeribitSettings
from voldesk.wire.deribit.messages import Notification, read_message, write_notification
from voldesk.wire.deribit.rows import TickRows

INSTRUMENTS = 1_000
MOST_SECS = 0.5
ROUNDS = 5

DECODE = "ticker: bytes to columns"


def main() -> None:
    """Measure and print."""
    given = arguments(__doc__ or "", secs=4.0)
    snapshots, streams, frames, names = asyncio.run(measured())
    rows = TickRows()
    rows.place({name: number for number, name in enumerate(names)}, {})

    def decode() -> None:
        for frame in frames:
            message = read_message(frame)
            assert isinstance(message, Notification)
            rows.read(message)
        rows.take()

    task = Task(DECODE, decode, len(frames))
    report = Report(
        "Deribit snapshot", interleave([task], given.secs, time.process_time), base=DECODE
    )
    report.limits = [
        Limit("seconds from connecting to 1,000 instruments in columns", MOST_SECS, snapshots),
        Limit("seconds from connecting to 1,000 tickers subscribed and told", MOST_SECS, streams),
    ]
    publish(report, is_json=given.json)


async def measured() -> tuple[float, float, list[bytes], list[str]]:
    """Return median seconds of a snapshot and of all tickers, and those tickers' frames."""
    clock = SystemClock()
    server = await serve_deribit(SyntheticMarket(("BTC",), 7, clock.now()), clock)
    settings = DeribitSettings(
        url=f"ws://127.0.0.1:{server.port}{PATH}", currencies=("BTC", "USDC")
    )
    times = np.array([await once(settings, clock) for _ in range(ROUNDS)])
    catalogue = server.venue.catalogue
    tickers = server.venue.figures.tickers(np.arange(INSTRUMENTS))
    names = [one.instrument_name for one in catalogue.instruments[:INSTRUMENTS]]
    frames = [
        write_notification(f"ticker.{name}.100ms", ticker)
        for name, ticker in zip(names, tickers, strict=True)
    ]
    await server.close()
    snapshot, stream = np.median(times, axis=0).tolist()
    return snapshot, stream, frames, names


async def once(settings: DeribitSettings, clock: SystemClock) -> tuple[float, float]:
    """Return seconds until so many instruments are known, and until their tickers have come."""
    feed = DeribitFeed(settings, clock)
    began = time.perf_counter()
    await feed.open()
    idle = np.flatnonzero(feed.listing.is_option)[INSTRUMENTS:]
    await feed.want(idle, Mode.NONE)
    known: set[int] = set()
    told: set[int] = set()
    snapshot = 0.0
    async for batch in feed.batches():
        quotes = batch[batch["kind"] == TickKind.MODEL]
        known.update(quotes["instrument"].tolist())
        told.update(quotes["instrument"][np.isfinite(quotes["vendor_delta"])].tolist())
        if not snapshot and len(known) >= INSTRUMENTS:
            snapshot = time.perf_counter() - began
        if len(told) >= INSTRUMENTS:
            break
    streamed = time.perf_counter() - began
    await feed.close()
    return snapshot, streamed


if __name__ == "__main__":
    main()
