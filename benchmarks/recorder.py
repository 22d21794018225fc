"""The recorder against pyarrow writing the same ticks; what a tick takes on disk; replay."""

import asyncio
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

from data import SEED
from measure import Bar, Report, Task, arguments, interleave, publish
from voldesk.model.clock import SystemClock
from voldesk.model.conventions import profile_named
from voldesk.model.listing import Listing
from voldesk.model.ticks import Field, TickBatch, TickKind, empty_batch
from voldesk.store.lean_import import import_lean
from voldesk.store.recorder import FLUSH_ROWS, SEGMENT_ROWS, Recorder
from voldesk.store.recording import Recording
from voldesk.store.replay import ReplayFeed
from voldesk.store.schema import LOG_SCHEMA, ticks_to_arrow

CONTRACTS, TICKS, PER_CALL, PER_BATCH = 10_000, 1_000_000, 200_000, 2_000
REAL_DAYS = Path(os.environ.get("VOLDESK_DATA", "../shared/data")) / "lean_goog_minute_2015-12"

OURS = "recorder: write + flush, sorting behind"
LOG = "recorder: write + flush, no sorting"
PLAIN = "pyarrow IPC stream of the same table, lz4"
BARE = "pyarrow IPC stream of the same table, bare"
WRITE = "recorder: one write() of 100 ticks"


def main() -> None:
    """Measure and print."""
    given = arguments(__doc__ or "", secs=12.0)
    ticks = walk()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sorting = _recorder(folder / "sorting", segment_rows=SEGMENT_ROWS)
        logging = _recorder(folder / "logging", segment_rows=10**12)
        idle = _recorder(folder / "idle", segment_rows=SEGMENT_ROWS)
        hundred = ticks[:100].copy()
        tasks = [
            Task(OURS, _recording(sorting, ticks), PER_CALL),
            Task(LOG, _recording(logging, ticks), PER_CALL),
            Task(PLAIN, _plain(folder / "plain", ticks, "lz4"), PER_CALL),
            Task(BARE, _plain(folder / "bare", ticks, None), PER_CALL),
            Task(WRITE, lambda: idle.write(hundred, wait=True)),
        ]
        report = Report("recorder", interleave(tasks, given.secs), base=PLAIN)
        report.ask("recorder against the same IPC stream, speed", 0.5, PLAIN, OURS)
        for recorder in (sorting, logging, idle):
            recorder.close()
        _add_sizes(report, folder, ticks)
        if REAL_DAYS.is_dir():
            _add_real_days(report, folder)
    publish(report, is_json=given.json)


def walk() -> TickBatch:
    """Return quotes and some trades of 10,000 contracts whose prices walk on a grid of 0.05."""
    chance = np.random.default_rng(SEED)
    ticks = empty_batch(TICKS)
    ticks["instrument"] = chance.integers(0, CONTRACTS, TICKS)
    ticks["ts_recv"] = 1_760_000_000_000_000_000 + np.cumsum(chance.integers(1, 20_000, TICKS))
    delay = chance.integers(100_000, 2_000_000, TICKS)
    ticks["ts_event"] = (ticks["ts_recv"] - delay) // 1_000_000 * 1_000_000
    order = np.argsort(ticks["instrument"], kind="stable")
    steps = np.empty(TICKS)
    steps[order] = np.cumsum(chance.integers(-2, 3, TICKS)) % 4_000
    ticks["kind"], ticks["present"] = TickKind.QUOTE, Field.BID | Field.ASK
    ticks["present"] |= np.uint32(Field.BID_SIZE | Field.ASK_SIZE)
    ticks["bid"] = np.round(0.05 * (steps + 20), 2)
    ticks["ask"] = np.round(0.05 * (steps + 20 + chance.integers(1, 5, TICKS)), 2)
    ticks["bid_size"], ticks["ask_size"] = 75 * chance.integers(1, 50, (2, TICKS))
    is_trade = chance.random(TICKS) < 0.1
    ticks["kind"][is_trade] = TickKind.TRADE
    ticks["present"][is_trade] = Field.LAST | Field.VOLUME
    ticks["last"][is_trade] = ticks["bid"][is_trade]
    ticks["volume"][is_trade] = 75 * chance.integers(1, 9_999, int(is_trade.sum()))
    for name in ("bid", "ask", "bid_size", "ask_size"):
        ticks[name][is_trade] = np.nan
    return ticks


def _listing() -> Listing:
    names = [f"C{row}" for row in range(CONTRACTS)]
    return Listing.build(
        key=names,
        symbol=names,
        underlying=["SIM"] * CONTRACTS,
        market=["us"] * CONTRACTS,
        root=["SIM"] * CONTRACTS,
        expiry=np.full(CONTRACTS, np.datetime64("2026-12-18")),
        is_call=np.ones(CONTRACTS, np.bool_),
        strike=np.arange(1.0, CONTRACTS + 1),
        is_option=np.ones(CONTRACTS, np.bool_),
    )


def _recorder(folder: Path, segment_rows: int) -> Recorder:
    return Recorder(
        folder, _listing(), {"SIM": profile_named("default")}, segment_rows=segment_rows
    )


def _recording(recorder: Recorder, ticks: TickBatch) -> Callable[[], None]:
    """Return a run that records the next stretch in batches as a feed sends them."""
    begin = 0

    def run() -> None:
        nonlocal begin
        for start in range(begin, begin + PER_CALL, PER_BATCH):
            recorder.write(ticks[start : start + PER_BATCH], wait=True)
        recorder.flush()
        begin = (begin + PER_CALL) % TICKS

    return run


def _plain(path: Path, ticks: TickBatch, compression: str | None) -> Callable[[], None]:
    """Return a run that appends the next stretch of a table made beforehand to an open stream."""
    table = pa.Table.from_batches([ticks_to_arrow(ticks)])
    options = pa.ipc.IpcWriteOptions(compression=compression, use_threads=False)
    stream = pa.ipc.new_stream(pa.OSFile(str(path), "wb"), LOG_SCHEMA, options=options)
    begin = 0

    def run() -> None:
        nonlocal begin
        stream.write_table(table.slice(begin, PER_CALL), max_chunksize=FLUSH_ROWS)
        begin = (begin + PER_CALL) % TICKS

    return run


def _add_sizes(report: Report, folder: Path, ticks: TickBatch) -> None:
    with _recorder(folder / "size", segment_rows=SEGMENT_ROWS) as recorder:
        recorder.write(ticks, wait=True)
    each = _bytes_per_tick(folder / "size")
    report.facts["bytes per tick, walk, sorted"] = each
    report.bars.append(Bar("bytes per tick, sorted, of a walk", 30.0, each, each, is_ceiling=True))


def _bytes_per_tick(folder: Path) -> float:
    size = sum(path.stat().st_size for path in (folder / "ticks").iterdir())
    return size / Recording.open(folder).count


def _add_real_days(report: Report, folder: Path) -> None:
    """Import real minute bars and replay them: the feed alone, as fast as it is consumed."""
    import_lean(REAL_DAYS, folder / "real")
    recording = Recording.open(folder / "real")
    real_secs = 60.0 * sum(1 for _ in recording.batches(every_ns=60 * 10**9))
    replays: list[float] = []
    for _ in range(5):
        begin = time.perf_counter()
        asyncio.run(_replay(recording))
        replays.append(real_secs / (time.perf_counter() - begin))
    each = _bytes_per_tick(folder / "real")
    report.facts["bytes per tick, GOOG minutes, sorted"] = each
    report.facts["ticks of GOOG minutes"] = float(recording.count)
    report.bars.append(
        Bar("bytes per tick, sorted, GOOG minutes", 30.0, each, each, is_ceiling=True)
    )
    middle = sorted(replays)[len(replays) // 2]
    report.bars.append(Bar("replay of GOOG minutes, times real time", 50.0, middle, max(replays)))


async def _replay(recording: Recording) -> None:
    async for _ in ReplayFeed(recording, SystemClock(), None).batches():
        pass


if __name__ == "__main__":
    main()
