"""The whole of it as a process: ``voldesk up`` and what is built on it."""

import json
import re
import signal
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from processes import DEADLINE_SECS, Up, environment, run
from websockets.sync.client import connect

from voldesk.app.exits import ExitCode
from voldesk.model.ticks import TickKind
from voldesk.store.recording import Recording

GOOG = "lean_goog_minute_2015-12"
MORNING = range(1_450_967_400, 1_450_976_400)  # 2015-12-24 09:30 to 12:00 New York, UTC seconds


@pytest.fixture(scope="module")
def goog(vendor_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """The recorded days of a whole chain, imported by the command, and what it printed."""
    folder = tmp_path_factory.mktemp("recordings")
    done = run(folder, "import", "lean", str(vendor_data / GOOG), "--out", str(folder / "goog"),
               "--json")  # fmt: skip
    assert done.returncode == ExitCode.OK, done.stderr
    return folder / "goog", json.loads(done.stdout)


def test_greeks_move_within_seconds_and_nothing_stays(start: Callable[..., Up]) -> None:
    """The address alone on stdout, moving Greeks over HTTP and WebSocket, a clean end."""
    up = start("up", "--feed", "sim", "--port", "0", "--no-open", "--symbols", "BTC,NIFTY")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", up.url)
    up.wait_for(lambda: up.get("api/v1/ready")["is_ready"])
    assert [one["symbol"] for one in up.get("api/v1/underlyings")] == ["BTC", "NIFTY"]

    def deltas() -> list[float]:
        found: list[float] = up.get("api/v1/underlyings/BTC/chain?layout=columns")["contracts"][
            "delta"
        ]
        return found

    first = deltas()
    assert sum(delta is not None for delta in first) > len(first) / 2
    up.wait_for(lambda: deltas() != first)

    stream = up.url.replace("http", "ws") + "ws/greeks?symbol=BTC"
    with connect(stream, max_queue=None) as socket_:  # a full queue would hold up the close
        seen: dict[str, set[float]] = {}
        while max(map(len, seen.values()), default=0) < 2:
            message = json.loads(socket_.recv(timeout=DEADLINE_SECS))
            for one in message if isinstance(message, list) else [message]:
                if one["type"] == "greeks_update":
                    data = one["data"]
                    seen.setdefault(data["instrumentKey"], set()).add(data["greeks"]["delta"])

    metrics = up.text("metrics")
    assert "voldesk_ticks_total" in metrics
    code, out, err = up.stop()
    assert (code, out) == (ExitCode.OK, "")
    assert "Traceback" not in err
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", up.port), timeout=5)


def test_a_clients_connection_does_not_hold_the_end_up(start: Callable[..., Up]) -> None:
    """SIGTERM says goodbye to who is connected, and the process is gone within five seconds."""
    up = start("up", "--port", "0", "--no-open", "--symbols", "BTC")
    up.wait_for(lambda: up.get("api/v1/ready")["is_ready"])
    with connect(up.url.replace("http", "ws") + "ws/stream") as client:
        client.send(json.dumps({"op": "subscribe", "topics": ["chain/BTC"]}))
        client.recv(timeout=DEADLINE_SECS)
        code, _, err = up.stop(signal.SIGTERM)
    assert code == ExitCode.OK
    assert "Traceback" not in err


def test_a_second_one_on_the_port_says_what_to_do(start: Callable[..., Up], tmp_path: Path) -> None:
    """Exit code 3, one line, nothing on stdout; the first goes on."""
    up = start("up", "--port", "0", "--no-open", "--symbols", "BTC")
    done = run(tmp_path, "up", "--port", str(up.port), "--no-open", "--symbols", "BTC")
    assert done.returncode == ExitCode.CONFIG
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert f"port {up.port}" in line
    assert "--port 0" in line
    up.wait_for(lambda: up.get("api/v1/ready")["is_ready"])
    assert up.stop()[0] == ExitCode.OK


def test_the_status_tells_what_is_subscribed(start: Callable[..., Up]) -> None:
    """Mode, width and strikes of each window, on ``/ws/status`` as over HTTP."""
    up = start("up", "--port", "0", "--no-open", "--symbols", "SPX", "--atm", "2", "--range", "50")
    up.wait_for(lambda: up.get("api/v1/health")["asked"])
    with connect(f"ws://127.0.0.1:{up.port}/ws/status") as stream:
        told = json.loads(stream.recv(timeout=DEADLINE_SECS))["data"]
    near, far = told["subscriptions"]
    assert (near["underlying"], near["mode"], near["strikes"]) == ("SPX", "full", 2)
    assert (far["underlying"], far["mode"], far["points"]) == ("SPX", "light", 50.0)
    assert far["strike_range"][1] - far["strike_range"][0] == 100.0
    (asked,) = told["asked"]
    assert (asked["feed"], asked["full"]) == ("sim", 11)
    assert told["status"] in {"ok", "degraded"}
    (feed,) = told["feeds"]
    assert (feed["name"], feed["line"]["data_type"]) == ("sim", "simulated")


def test_live_views_look_at_the_one_that_runs(start: Callable[..., Up], tmp_path: Path) -> None:
    """``chain`` and ``skew`` ask it by its address."""
    up = start("up", "--port", "0", "--no-open", "--symbols", "AMZN,MSFT")
    up.wait_for(lambda: len(up.get("api/v1/underlyings")) == 2)
    done = run(tmp_path, "chain", "AMZN", "--url", up.url, "--once")
    assert "AMZN   spot" in done.stdout
    done = run(tmp_path, "skew", "AMZN", "MSFT", "--url", up.url, "--once", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["underlying"] for line in lines] == ["AMZN", "MSFT"]
    assert all(line["net_iv"] == line["call"]["iv"] - line["put"]["iv"] for line in lines)


def test_what_is_served_is_recorded_and_played_again(
    start: Callable[..., Up], tmp_path: Path
) -> None:
    """A recording made beside serving is a feed; its last figures are served after its end."""
    folder = tmp_path / "day"
    up = start("up", "--port", "0", "--no-open", "--symbols", "BTC", "--record", str(folder))
    up.wait_for(lambda: up.get("api/v1/ready")["is_ready"])
    up.wait_for((folder / "meta.json").exists)
    assert up.stop()[0] == ExitCode.OK
    count = Recording.open(folder).count
    assert count > 0
    again = start("replay", str(folder), "--speed", "max", "--port", "0", "--no-open")
    again.wait_for(lambda: has_ended(again))
    assert ticks_taken(again) == count
    assert again.get("api/v1/underlyings/BTC/chain?layout=columns")["contracts"]["iv"]


def has_ended(up: Up) -> bool:
    """Say whether every feed has ended."""
    feeds = up.get("api/v1/health")["feeds"]
    return bool(feeds) and all(feed["reason"] == "ended" for feed in feeds)


def ticks_taken(up: Up) -> int:
    (line,) = re.findall(r"^voldesk_ticks_total\{.*\} (\S+)$", up.text("metrics"), re.MULTILINE)
    return int(float(line))


def test_as_many_ticks_as_bars(goog: tuple[Path, Any], vendor_data: Path) -> None:
    """Each row of each quote file of the zips is one quote tick, counted independently."""
    folder, printed = goog
    rows = {"quote": 0, "trade": 0, "openinterest": 0}
    for path in (vendor_data / GOOG / "option").rglob("*.zip"):
        kind = next(kind for kind in rows if f"_{kind}_" in path.name)
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                rows[kind] += len(archive.read(name).splitlines())
    for kind, count in rows.items():
        assert printed["counts"][f"option {kind}"] == count
    assert printed["contracts"] == 2192
    recording = Recording.open(folder)
    kinds = np.concatenate([batch["kind"] for batch in recording.batches()])
    assert np.count_nonzero(kinds == TickKind.QUOTE) == rows["quote"]
    assert recording.count == printed["ticks"] == sum(printed["counts"].values())


def test_a_recorded_day_is_served_sixty_times_as_fast(
    start: Callable[..., Up], goog: tuple[Path, Any]
) -> None:
    """2,192 contracts, and the spot of 2015 moves."""
    up = start("up", "--feed", f"replay:{goog[0]}", "--speed", "60", "--port", "0", "--no-open")
    up.wait_for(lambda: up.get("api/v1/underlyings"))
    (one,) = up.get("api/v1/underlyings")
    assert (one["symbol"], one["feed"], one["contracts"]) == ("GOOG", "replay:goog", 2192)
    up.wait_for(lambda: up.get("api/v1/underlyings")[0]["seq"] > one["seq"])
    assert 740.0 < up.get("api/v1/underlyings")[0]["spot"] < 760.0
    assert up.stop()[0] == ExitCode.OK


def test_two_replays_end_in_the_same_bits(start: Callable[..., Up], goog: tuple[Path, Any]) -> None:
    """Every figure of every contract of the whole chain, and every tick of the recording."""
    folder, printed = goog

    def final() -> Any:
        up = start("up", "--feed", f"replay:{folder}", "--speed", "max", "--port", "0", "--no-open")
        up.wait_for(lambda: has_ended(up))
        assert ticks_taken(up) == printed["ticks"]
        document = up.get("api/v1/underlyings/GOOG/chain?layout=columns")
        summary = up.get("api/v1/underlyings/GOOG/summary")
        assert up.stop()[0] == ExitCode.OK
        assert document.pop("snapshot_id")
        return document, summary

    first, second = final(), final()
    assert first == second  # JSON of float64 is written and read back exactly
    known = [iv for iv in first[0]["contracts"]["iv"] if iv is not None]
    assert len(known) > 1000


def test_forwards_of_the_day_lie_where_the_source_says(tmp_path: Path, goog: Any) -> None:
    """Parity forwards of the front months stay within 0.0 to 0.6 of the stock in the morning."""
    code = (
        "import asyncio, json, sys\n"
        "from voldesk.app.node import build_node, run_node\n"
        "from voldesk.app.settings import load_settings\n"
        "loaded = load_settings({'feeds': ('', (sys.argv[1],)), 'replay.speed': ('', 1e9),\n"
        "                        'replay.start': ('', '2015-12-24T09:30-05:00')})\n"
        "node = build_node(loaded, is_serving=False)\n"
        "def hear(_, update):\n"
        "    table = update.table\n"
        "    print(json.dumps([update.ts_flush // 10**9, float(table.spot),\n"
        "        table.series.forward.tolist(), table.series.forward_source.tolist()]))\n"
        "node.bus.on('chain/*', hear)\n"
        "asyncio.run(run_node(node, asyncio.Event()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, f"replay:{goog[0]}"],
        capture_output=True,
        text=True,
        env=environment(tmp_path),
        timeout=DEADLINE_SECS,
        check=True,
    )
    away: list[float] = []
    for line in done.stdout.splitlines():
        if not line.startswith("["):
            continue  # the log of a process nobody configured
        second, spot, forwards, sources = json.loads(line)
        if second in MORNING:
            pairs = zip(forwards, sources, strict=True)
            away += [forward - spot for forward, source in pairs if source == "parity"][:3]
    assert len(away) > 300
    assert -0.1 <= float(np.median(away)) <= 0.6
