"""Fan-out of one encoded frame to many clients, against bare writes of the same bytes."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from fanout_server import Process
from measure import Bar, Limit, Report, arguments, publish
from voldesk.gateways.contract_messages import greeks_updates
from voldesk.gateways.encode import Stamps, binary_frame
from voldesk.gateways.fields import DEFAULT_FIELDS

HERE = Path(__file__).resolve().parent
KINDS = ("bare", "push", "socketio")
ROUNDS = 3
SMALL, LARGE = 40, 500  # rows per frame: 2 KB, 25 KB
SEED_FIELDS = ("price", "open_interest", "iv", "delta", "gamma", "theta", "vega", "rho")


class Child:
    """A process that answers each line with one JSON object."""

    def __init__(self, script: str, *given: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / script), *map(str, given)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.hello = self._read()

    def ask(self, line: str) -> dict[str, float]:
        """Send a line, return the answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return self._read()

    def stop(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


@contextmanager
def running(
    kind: str, rows: int, well: int, stalled: int = 0, slow: int = 0, slow_bytes: float = 0.0
) -> Iterator[tuple[Child, Child]]:
    """Run a server and its clients, all connected and subscribed."""
    server = Child("fanout_server.py", "bare" if kind == "bare" else "ours", rows)
    before = server.ask("rss")["rss_kb"]
    clients = Child(
        "fanout_clients.py", kind, server.hello["port"], well, stalled, slow, slow_bytes
    )
    server.hello["rss_kb_per_client"] = (server.ask("rss")["rss_kb"] - before) / well
    try:
        yield server, clients
    finally:
        clients.stop()
        server.stop()


def compare(report: Report, clients: int, rows: int, secs: float) -> None:
    """
    Ask how much of the bare loop's fan-out is left.

    What counts is the CPU time of writing one encoded frame to all clients, kernel included;
    beside it stands that of the whole process, from the bus to the sockets and back.
    """
    writing: dict[str, list[float]] = {kind: [] for kind in KINDS}
    whole: dict[str, list[float]] = {kind: [] for kind in KINDS}
    size = f"{clients} clients, {rows} rows"
    for _ in range(ROUNDS):
        for kind in KINDS:
            with running(kind, rows, clients) as (server, _clients):
                server.ask("flat 0.3")
                found = server.ask(f"flat {secs}")
                writing[kind].append(found["messages"] / found["writing_cpu_secs"])
                whole[kind].append(found["messages"] / found["cpu_secs"])
                memory = server.hello["rss_kb_per_client"]
                report.facts[f"{kind}, {clients} clients: RSS per client, kB"] = memory
    for kind in KINDS:
        each = statistics.median(writing[kind]), statistics.median(whole[kind])
        told = f"{each[0]:.4g} ({each[1]:.4g} with all else)"
        report.facts[f"{kind}, {size}: messages per CPU second"] = told
    for kind in KINDS[1:]:
        middle = statistics.median(writing[kind]) / statistics.median(writing["bare"])
        claim = f"{kind} fan-out over bare writes, {size}"
        best = max(writing[kind]) / max(writing["bare"])
        report.bars.append(Bar(claim, 0.75, middle, best))


def stall(report: Report, secs: float) -> None:
    """Ask what one stalled client of a hundred, and one slow one, do to the others."""
    rate = 100.0
    found: dict[str, dict[str, float]] = {}
    for name, stalled in (("all read", 0), ("one stalled", 1)):
        with running("push", LARGE, 99, stalled) as (server, clients):
            server.ask(f"rate {rate} 0.5")
            clients.ask("read")
            published = server.ask(f"rate {rate} {secs}")
            time.sleep(0.2)
            found[name] = clients.ask("read") | published
    share = {name: one["fewest"] / one["published"] for name, one in found.items()}
    for name, one in found.items():
        report.facts[f"{name}: p50 / p99 age, ms"] = (
            f"{1e3 * one['p50']:.2f} / {1e3 * one['p99']:.2f}"
        )
        report.facts[f"{name}: frames of the worst served of 99"] = share[name]
        report.facts[f"{name}: server CPU share"] = one["cpu_secs"] / secs
    ratio = share["one stalled"] / share["all read"]
    report.bars.append(Bar("frames of the others beside a stalled client", 0.99, ratio, ratio))
    kept = found["one stalled"]["rss_kb"] - found["all read"]["rss_kb"]
    report.limits.append(Limit("memory for the stalled client, MB", 1.0, max(kept, 0.0) / 1024))


def lag(report: Report, secs: float) -> None:
    """Ask how old the data of a client is that reads a fifth of its stream."""
    rate, size = 20.0, 25_000
    with running("push", LARGE, 1, 0, 1, slow_bytes=rate * size / 5) as (server, clients):
        server.ask(f"rate {rate} 1")
        clients.ask("read")
        server.ask(f"rate {rate} {max(secs, 5.0)}")
        found = clients.ask("read")
    report.facts["reads a fifth: p50 age, s"] = found["slow_p50"]
    report.limits.append(Limit("age of the data of a slow client, s", 2.0, found["slow_max"]))


def sizes(report: Report) -> None:
    """Ask how long 500 contracts are, binary and as per-contract messages."""
    process = Process(LARGE)
    update, rows = process.update, np.arange(LARGE)
    text = sum(len(message.payload) for message in greeks_updates(update, rows))
    for name, fields in (("default fields", DEFAULT_FIELDS), ("the same figures", SEED_FIELDS)):
        frame = len(binary_frame(update, 1, 1, fields, rows, Stamps.of(update)))
        report.facts[f"bytes of {LARGE} contracts, binary, {name}"] = float(frame)
        report.bars.append(
            Bar(f"per-contract JSON over binary, {name}", 7.0, text / frame, text / frame)
        )
    report.facts[f"bytes of {LARGE} contracts, per-contract JSON"] = float(text)


def main() -> None:
    """Measure and print."""
    given = arguments(__doc__ or "", secs=2.0)
    report = Report("fan-out to WebSocket and Socket.IO clients, load from a second process")
    sizes(report)
    for clients in (100, 1_000):
        for rows in (SMALL, LARGE):
            compare(report, clients, rows, given.secs)
    stall(report, 3 * given.secs)
    lag(report, 3 * given.secs)
    publish(report, is_json=given.json)


if __name__ == "__main__":
    main()
