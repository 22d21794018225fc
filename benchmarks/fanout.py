"""Fan-out of one encoded frame to many clients, against bare writes of the same bytes."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from children import Child
from fanout_server import Process
from measure import Bar, Limit, Report, arguments, publish
from voldesk.gateways.contract_messages import greeks_updates
from voldesk.gateways.encode import Stamps, binary_frame
from voldesk.gateways.fields import DEFAULT_FIELDS

KINDS = ("bare", "push", "socketio")
ROUNDS = 3
STALL_RATE = 100.0  # frames per second
SMALL, LARGE = 40, 500  # rows per frame: 2 KB, 25 KB
SEED_FIELDS = ("price", "open_interest", "iv", "delta", "gamma", "theta", "vega", "rho")


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
    """Ask what one stalled client of a hundred does to the others, in turns with none."""
    without: list[dict[str, float]] = []
    beside_it: list[dict[str, float]] = []
    for _ in range(ROUNDS):
        without.append(beside(0, secs))
        beside_it.append(beside(1, secs))
    for name, runs in (("all read", without), ("one stalled", beside_it)):
        for figure in ("share", "p50_ms", "p99_ms", "cores"):
            report.facts[f"{name}, 99 others: {figure}"] = _middle(runs, figure)
    ratio = _middle(beside_it, "share") / _middle(without, "share")
    best = max(run["share"] for run in beside_it) / max(run["share"] for run in without)
    report.bars.append(Bar("frames of the others beside a stalled client", 0.99, ratio, best))
    ratio = _middle(beside_it, "p99_ms") / _middle(without, "p99_ms")
    best = min(run["p99_ms"] for run in beside_it) / min(run["p99_ms"] for run in without)
    claim = "p99 of the others beside a stalled client, to that without it"
    report.bars.append(Bar(claim, 1.1, ratio, best, is_ceiling=True))
    kept = _middle(beside_it, "rss_kb") - _middle(without, "rss_kb")
    report.limits.append(Limit("memory for the stalled client, MB", 1.0, max(kept, 0.0) / 1024))


def beside(stalled: int, secs: float) -> dict[str, float]:
    """Return what 99 clients that read get beside so many that do not."""
    with running("push", LARGE, 99, stalled) as (server, clients):
        server.ask(f"rate {STALL_RATE} 0.5")
        clients.ask("read")
        published = server.ask(f"rate {STALL_RATE} {secs}")
        time.sleep(0.2)
        got = clients.ask("read")
    return {
        "share": got["fewest"] / published["published"],  # of the frames, by the worst served
        "p50_ms": 1e3 * got["p50"],
        "p99_ms": 1e3 * got["p99"],
        "cores": published["cpu_secs"] / secs,
        "rss_kb": published["rss_kb"],
    }


def _middle(runs: list[dict[str, float]], figure: str) -> float:
    return statistics.median(run[figure] for run in runs)


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
