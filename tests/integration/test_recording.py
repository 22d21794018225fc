"""Recordings whole: real days imported and replayed, writers killed, disks full."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from voldesk.chain.book import EXACT
from voldesk.chain.reprice import value_chain
from voldesk.chain.shelf import open_book
from voldesk.chain.table import ChainTable
from voldesk.model.clock import SystemClock
from voldesk.model.enums import Market, Status
from voldesk.model.quotes import ChainSnapshot, FloatArray, QuoteColumns
from voldesk.model.ticks import Field, TickBatch, TickKind, present
from voldesk.store.lean_import import ImportReport, import_lean
from voldesk.store.recording import Recording
from voldesk.store.replay import ReplayFeed
from voldesk.store.schema import joined

NEW_YORK = ZoneInfo("America/New_York")
SECOND = 1_000_000_000
HOUR = 3_600 * SECOND
HALF_SPREAD = 1.25  # USD, half of the chain's median spread as its SOURCE.md tells it
OFF_INDEX = 2.0  # USD between the index and the forward of its last day
KILLS = 20

WRITER = """
import itertools, sys
from pathlib import Path
import numpy as np
from voldesk.model.conventions import profile_named
from voldesk.model.listing import Listing
from voldesk.model.ticks import Field, empty_batch
from voldesk.store.recorder import Recorder

folder, run = Path(sys.argv[1]), int(sys.argv[2])
names = [f"I{row}" for row in range(50)]
listing = Listing.build(
    key=names, symbol=names, underlying=["X"] * 50, market=["us"] * 50, root=["X"] * 50,
    expiry=np.array(["2030-01-18"] * 50, "M8[D]"), is_call=[True] * 50, strike=[1.0] * 50,
    is_option=[True] * 50,
)
sizes = np.random.default_rng(run)
recorder = Recorder(
    folder, listing, {"X": profile_named("default")}, flush_secs=0.005, flush_rows=700,
    segment_rows=4_000,
)
print(-1, flush=True)
written = 0
for turn in itertools.count():
    batch = empty_batch(int(sizes.integers(1, 900)))
    batch["volume"] = np.arange(written, written + len(batch))
    batch["open_interest"] = run
    batch["present"] = Field.VOLUME | Field.OPEN_INTEREST
    batch["instrument"] = batch["volume"] % 50
    batch["ts_recv"] = batch["volume"]
    recorder.write(batch, wait=True)
    written += len(batch)
    if turn % 3 == 0:
        recorder.flush()
        print(written, flush=True)
"""

LIMIT = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))"
FULL_DISK = LIMIT + WRITER.replace("segment_rows=4_000", "segment_rows=1_000_000")


@pytest.fixture(scope="module")
def goog(vendor_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[ImportReport, Path]:
    """Return the report and recording of a real US equity chain."""
    out = tmp_path_factory.mktemp("recordings") / "goog"
    return import_lean(vendor_data / "lean_goog_minute_2015-12", out), out


@pytest.fixture(scope="module")
def spx(vendor_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the recording of real SPX weeklies with their index."""
    out = tmp_path_factory.mktemp("recordings") / "spx"
    import_lean(vendor_data / "lean_spxw_minute_2021-01", out)
    return out


def _rows_in(folder: Path, bars: str) -> int:
    """Count the rows of all files of that kind in a folder's zips, by their text alone."""
    count = 0
    for path in folder.rglob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if f"_{bars}" in name:
                    count += len(archive.read(name).split())
    return count


def _at(day: tuple[int, int, int], hour: int, minute: int) -> int:
    return int(datetime(*day, hour, minute, tzinfo=NEW_YORK).timestamp()) * SECOND


def _state(recording: Recording, at: int, back: int) -> dict[str, FloatArray]:
    """Return the last values that each instrument was sent, NaN for none."""
    names = ("bid", "ask", "last")
    columns = {name: np.full(len(recording.listing), np.nan) for name in names}
    for batch in recording.batches(at - back, at + 1, every_ns=1):
        for name in names:
            sent = batch[present(batch, Field[name.upper()])]
            columns[name][sent["instrument"]] = sent[name]
    return columns


def _chain(recording: Recording, at: int, back: int) -> tuple[ChainSnapshot, float]:
    """Return the chain as it stood at an instant, and the middle of the underlying's quote."""
    listing, columns = recording.listing, _state(recording, at, back)
    chosen = listing.is_option
    names = ("symbol", "root", "expiry", "is_call", "strike")
    quotes = QuoteColumns.build(
        **{name: getattr(listing, name)[chosen] for name in names},
        **{name: column[chosen] for name, column in columns.items()},
    )
    snapshot = ChainSnapshot(
        underlying=str(listing.underlying[0]),
        source="lean",
        market=Market.US,
        quotes=quotes,
        as_of=at,
        spot=float(columns["last"][0]),
    )
    return snapshot, float(columns["bid"][0] + columns["ask"][0]) / 2


def test_every_quote_bar_is_recorded_once(
    goog: tuple[ImportReport, Path], vendor_data: Path
) -> None:
    """The bars counted in the text of the zips are the ticks of the recording; 2,192 contracts."""
    report, out = goog
    folder = vendor_data / "lean_goog_minute_2015-12"
    recording = Recording.open(out)
    ticks = joined(*recording.batches())
    rows = {bars: _rows_in(folder / "option", bars) for bars in ("quote", "trade", "openinterest")}
    assert int(np.count_nonzero(ticks["kind"] == TickKind.QUOTE)) == rows["quote"] == 304_724
    assert int(np.count_nonzero(ticks["kind"] == TickKind.TRADE)) == rows["trade"]
    assert int(np.count_nonzero(ticks["kind"] == TickKind.OPEN_INTEREST)) == rows["openinterest"]
    spot = int(np.count_nonzero(ticks["kind"] == TickKind.SPOT))
    assert spot == _rows_in(folder / "equity", "quote") + _rows_in(folder / "equity", "trade")
    assert report.ticks == recording.count == len(ticks)
    assert report.contracts == 2_192
    assert recording.listing.is_option.sum() == 2_192
    of_the_day = ticks[
        (ticks["kind"] == TickKind.QUOTE) & (ticks["ts_recv"] < _at((2015, 12, 25), 0, 0))
    ]
    of_the_day = of_the_day[of_the_day["ts_recv"] > _at((2015, 12, 24), 0, 0)]
    assert len(np.unique(of_the_day["instrument"])) == 2_192
    assert of_the_day["ts_recv"].min() == _at((2015, 12, 24), 9, 31)


def test_parity_forwards_lie_where_the_market_was(goog: tuple[ImportReport, Path]) -> None:
    """Through the morning the forward of the front months stands just above the stock."""
    recording = Recording.open(goog[1])
    profile = recording.profiles["GOOG"]
    above: dict[str, list[float]] = {}
    for minute in range(0, 150, 15):
        at = _at((2015, 12, 24), 9, 45) + minute * 60 * SECOND
        snapshot, middle = _chain(recording, at, HOUR)
        series = value_chain(snapshot, profile).series
        for expiry, forward in zip(series.expiry, series.forward, strict=True):
            above.setdefault(str(expiry), []).append(float(forward) - middle)
    front = above["2016-01-15"]  # the monthly expiry, which trades most
    assert min(front) > 0.0
    assert max(front) < 0.6
    near = [above[expiry] for expiry in sorted(above) if expiry < "2016-02-12"]
    assert len(near) == 7
    assert np.abs(near).max() < HALF_SPREAD
    assert 0.0 < float(np.median(near)) < 0.6


def test_an_expiring_index_option_has_greeks_to_the_last_minute(spx: Path) -> None:
    """SPXW contracts of the day give finite Greeks at 15:59 and are EXPIRED at 16:00."""
    recording = Recording.open(spx)
    day = (2021, 1, 4)
    found = 0
    for hour, minute in ((9, 31), (12, 0), (15, 0), (15, 30), (15, 58), (15, 59)):
        at = _at(day, hour, minute)
        snapshot, _ = _chain(recording, at, 60 * SECOND)
        rows = value_chain(snapshot, recording.profiles["SPX"]).rows
        chosen = (rows.expiry == np.datetime64("2021-01-04")) & (rows.status == Status.OK)
        found += int(chosen.sum())
        for name in ("iv", "delta", "gamma", "theta", "vega"):
            assert np.isfinite(getattr(rows, name)[chosen]).all(), (hour, minute, name)
        assert chosen.any(), (hour, minute)
    assert found >= 12
    snapshot, _ = _chain(recording, _at(day, 16, 0), 60 * SECOND)
    rows = value_chain(snapshot, recording.profiles["SPX"]).rows
    is_over = rows.expiry == np.datetime64("2021-01-04")
    assert set(rows.status[is_over].tolist()) == {Status.EXPIRED}


def _follow(recording: Recording, day: tuple[int, int, int], hour: int) -> Iterator[ChainTable]:
    """Replay a day's minutes up to an hour into a live chain, and yield it after each."""
    book = open_book(
        recording.listing, "SPX", recording.profiles["SPX"], as_of=_at(day, 9, 0), cadence=EXACT
    )
    minutes = recording.batches(_at(day, 9, 31), _at(day, hour, 1), every_ns=60 * SECOND)
    for batch in minutes:
        book.apply(batch)
        book.reprice(int(batch["ts_recv"].max()))
        yield book.table


def _parity_bounds(table: ChainTable, today: slice) -> tuple[float, float]:
    """Return the forwards between which no pair of the day's own quotes is an arbitrage."""
    rows = table.rows
    low, high = 0.0, np.inf
    for call in range(today.start, today.stop - 1):
        put = call + 1
        if rows.strike[call] == rows.strike[put] and rows.mid[call] > 0.0 < rows.mid[put]:
            low = max(low, rows.strike[call] + rows.bid[call] - rows.ask[put])
            high = min(high, rows.strike[call] + rows.ask[call] - rows.bid[put])
    return float(low), float(high)


@pytest.mark.parametrize("day", [(2021, 1, 4), (2021, 1, 8)])
def test_a_chain_of_its_last_day_is_live_to_the_last_minute(
    spx: Path, day: tuple[int, int, int]
) -> None:
    """Every minute to 15:59 each two-sided contract has Greeks, on a forward of that minute."""
    minutes = 0
    for table in _follow(Recording.open(spx), day, 16):
        rows, series = table.rows, table.series
        (index,) = np.flatnonzero(series.expiry == np.datetime64("{}-{:02}-{:02}".format(*day)))
        today = table.slice(int(index))
        status, is_quoted = rows.status[today], rows.mid[today] > 0.0
        if table.as_of >= _at(day, 16, 0):
            assert set(status.tolist()) == {Status.EXPIRED}
            continue
        minutes += 1
        assert series.forward_source[index] == "parity"
        low, high = _parity_bounds(table, today)
        assert low <= series.forward[index] <= high
        if not table.spot_lack:  # the index itself is there on the first day only
            assert abs(series.forward[index] - table.spot) < OFF_INDEX
        is_ok = status == Status.OK
        assert set(status[is_quoted].tolist()) <= {Status.OK, Status.BELOW_INTRINSIC}
        assert is_ok.sum() >= 2
        for name in ("iv", "delta", "gamma", "theta", "vega"):
            assert np.isfinite(getattr(rows, name)[today][is_ok]).all(), (table.as_of, name)
    assert minutes == 389


def test_a_spot_of_another_day_makes_no_forward(spx: Path) -> None:
    """Days after the index ended a series without pairs has no forward, and says why."""
    recording = Recording.open(spx)
    book = open_book(recording.listing, "SPX", recording.profiles["SPX"], as_of=0)
    for batch in recording.batches(end=_at((2021, 1, 8), 9, 32), every_ns=HOUR):
        book.apply(batch)
    book.reprice(_at((2021, 1, 8), 9, 32))
    series = book.table.series
    monthly = int(np.flatnonzero(series.root == "SPX")[0])
    assert 3_600.0 < book.spot < 3_800.0
    assert np.isnan(series.forward[monthly])
    assert "carry: the spot is more than 300 s old" in series.reason[monthly]
    assert (series.forward_source[series.root == "SPXW"] == "parity").any()


def test_index_and_options_are_on_one_clock(spx: Path) -> None:
    """The index of 08:30 Chicago and options of 09:30 New York meet at one instant."""
    recording = Recording.open(spx)
    ticks = joined(*recording.batches(_at((2021, 1, 4), 9, 0), _at((2021, 1, 5), 0, 0)))
    spot = ticks[ticks["kind"] == TickKind.SPOT]
    quote = ticks[ticks["kind"] == TickKind.QUOTE]
    assert spot["ts_recv"].min() == quote["ts_recv"].min() == _at((2021, 1, 4), 9, 31)
    snapshot, _ = _chain(recording, _at((2021, 1, 4), 10, 30), 60 * SECOND)
    series = value_chain(snapshot, recording.profiles["SPX"]).series
    today = series.forward[series.years < 1 / 365]
    assert today.size
    assert np.abs(today - snapshot.spot).max() < 2.0


@pytest.mark.parametrize("name", ["lean_twx_minute_2014-06", "lean_nifty50_index_minute_2019-01"])
def test_the_other_folders_are_imported_too(name: str, vendor_data: Path, tmp_path: Path) -> None:
    """A dividend payer with Saturday expiries, and an index whose zips hold each day twice."""
    report = import_lean(vendor_data / name, tmp_path / "rec")
    recording = Recording.open(tmp_path / "rec")
    assert recording.count == report.ticks
    rows = sum(_rows_in(vendor_data / name, bars) for bars in ("quote", "trade", "openinterest"))
    assert report.ticks == (rows // 2 if report.passed_over else rows)
    assert recording.span is not None
    if "nifty" in name:
        ticks = joined(*recording.batches())
        minutes = ticks["ts_recv"] // (60 * SECOND) % 1440
        assert len(report.passed_over) == 4
        assert minutes.max() == 10 * 60 + 2  # the bar of 15:31 IST closes
    else:
        assert report.contracts == 184


def test_a_real_day_replays_to_the_same_bytes_twice(goog: tuple[ImportReport, Path]) -> None:
    """Batch borders and content of two replays are equal, and together they are the recording."""

    async def replay() -> list[bytes]:
        feed = ReplayFeed(Recording.open(goog[1]), SystemClock(), None)
        return [batch.tobytes() async for batch in feed.batches()]

    first, second = asyncio.run(replay()), asyncio.run(replay())
    assert first == second
    assert b"".join(first) == joined(*Recording.open(goog[1]).batches()).tobytes()


def _start(script: str, folder: Path, run: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", script, str(folder), str(run)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _check(ticks: TickBatch, flushed: dict[int, int]) -> None:
    """Assert that each run's rows are 0, 1, 2, ... at least as far as it was told they are safe."""
    ticks = ticks[ticks["kind"] != TickKind.GAP]
    assert np.all(np.diff(ticks["open_interest"]) >= 0)
    for run, count in flushed.items():
        places = ticks["volume"][ticks["open_interest"] == run]
        assert len(places) >= count
        assert np.array_equal(places, np.arange(len(places)))
    assert set(ticks["open_interest"].tolist()) <= set(flushed)


def test_a_killed_writer_loses_no_flushed_tick(tmp_path: Path) -> None:
    """Killed at any moment, twenty times over: all flushed ticks are there, whole, each once."""
    chance = random.Random(20261120)
    flushed: dict[int, int] = {}
    for run in range(KILLS):
        with _start(WRITER, tmp_path / "rec", run) as writer:
            assert writer.stdout is not None
            told = 0
            for _ in range(chance.randint(1, 40)):
                told = int(writer.stdout.readline())
            for _ in range(chance.randint(0, 100_000)):  # somewhere inside a write, or a sort
                pass
            os.kill(writer.pid, signal.SIGKILL)
            rest = writer.stdout.read().split()
        flushed[run] = max([told, 0, *map(int, rest)])
        _check(joined(*Recording.open(tmp_path / "rec").batches()), flushed)
    assert sum(flushed.values()) > KILLS * 1_000


def test_a_full_disk_stops_the_recording_aloud(tmp_path: Path) -> None:
    """When the system refuses a write the recorder says so; what it flushed before is whole."""
    with _start(FULL_DISK, tmp_path / "rec", 0) as writer:
        try:
            out, err = writer.communicate(timeout=60)
        finally:
            writer.kill()
    assert writer.returncode == 1
    assert "StorageError: recording into" in err
    assert "File too large" in err
    _check(joined(*Recording.open(tmp_path / "rec").batches()), {0: max(map(int, out.split()))})
