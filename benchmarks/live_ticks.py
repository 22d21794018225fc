"""
Ticks per second and tick-to-client latency of a node with 100 WebSocket clients.

Four processes on loopback: the server, the clients, a pacer that says when ticks are due, and this
one. The ticks of 10 x 1,000 contracts were made beforehand and are handed to the pump inside the
server: quotes that move by a cent, one tick in a hundred a spot. Each client holds one underlying
in the binary format with the default fields. The age of a tick runs from the instant it was due to
the frame that has it being whole in the client, on one clock; that of a frame is its oldest
tick's. A frame says when its oldest and its newest tick were due, and ticks are due evenly.

The two baselines (baseline/server.py) get the same ticks as fast as they can handle them.
"""

import os
import statistics
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Self

from children import Child
from measure import Bar, Report, arguments, publish

CLIENTS, UNDERLYINGS = 100, 10
LADDERS = {
    "1 ms": (0.001, (100_000, 250_000, 500_000, 1_000_000, 2_000_000)),
    "20 ms": (0.02, (1_000_000, 2_500_000, 5_000_000)),
}
STEADY_RATE = 100_000
ROUNDS = 3
_WARM_SECS = 2.0
_TAKEN, _LATE_MS = 0.99, 500.0
"""A rate is sustained when so much of it was taken and no frame in a hundred is older."""


@dataclass(frozen=True, slots=True)
class Run:
    """What was seen of one server in one stretch of time, by its name in the table."""

    name: str
    rate: float
    ticks_per_sec: float
    cores: float
    us_per_message: float
    messages_per_sec: float
    megabytes_per_sec: float
    p50_ms: float
    p99_ms: float
    worst_ms: float
    frame_p50_ms: float
    frame_p99_ms: float
    client_cores: float
    rows_per_sec: float
    flushes_per_sec: float
    load: float

    @property
    def is_sustained(self) -> bool:
        """Say whether the server kept up."""
        return self.ticks_per_sec >= _TAKEN * self.rate and self.p99_ms <= _LATE_MS


def main() -> None:
    """Measure and print."""
    given = arguments(__doc__ or "", secs=5.0)
    report = Report("ticks to 100 WebSocket clients, load from other processes")
    climb(report, given.secs)
    steady(report, given.secs)
    publish(report, is_json=given.json)


def climb(report: Report, secs: float) -> None:
    """Ask for ever more ticks until they are too many, and compare with the baselines."""
    sustained = [one for name in LADDERS for one in ladder(report, name, secs)]
    if not sustained:
        report.facts["sustained"] = "no rate: the machine is busy with something else"
        return
    best = max(sustained, key=lambda one: one.ticks_per_sec)
    report.facts["sustained, ticks/s"] = f"{best.ticks_per_sec:,.0f} at {best.name}"
    per_cpu = best.ticks_per_sec / best.cores
    for kind, need in (("py_vollib", 100.0), ("mibian", 10_000.0)):
        ticks_per_sec, per_cpu_sec = baseline(report, kind, secs)
        ratio = best.ticks_per_sec / ticks_per_sec
        claim = f"ticks/s against a scalar {kind} and JSON per tick"
        report.bars.append(Bar(claim, need, ratio, per_cpu / per_cpu_sec))


def ladder(report: Report, name: str, secs: float) -> list[Run]:
    """Return the runs that were sustained with that least gap between frames."""
    gap_secs, rates = LADDERS[name]
    kept: list[Run] = []
    with Bench(gap_secs) as bench:
        for rate in rates:
            run = bench.run(f"{name} frames", rate, secs)
            note(report, f"{rate:>9,} ticks/s, {name} frames", run)
            if run.is_sustained:
                kept.append(run)
            elif kept:
                break
    return kept


def steady(report: Report, secs: float) -> None:
    """Ask how old figures are at 100,000 ticks per second, and what they cost."""
    runs: list[Run] = []
    for round_ in range(ROUNDS):
        with Bench(0.001) as bench:
            runs.append(bench.run("steady", STEADY_RATE, 2 * secs))
            note(report, f"{STEADY_RATE:,} ticks/s, round {round_ + 1}", runs[-1])
    figures = {
        "tick to client, p50, ms": (2.0, [run.p50_ms for run in runs]),
        "tick to client, p99, ms": (8.0, [run.p99_ms for run in runs]),
        "cores of the server": (0.7, [run.cores for run in runs]),
    }
    for figure, (most, values) in figures.items():
        middle, best = statistics.median(values), min(values)
        claim = f"at {STEADY_RATE:,} ticks/s: {figure}"
        report.bars.append(Bar(claim, most, middle, best, is_ceiling=True))
    each = statistics.median(run.us_per_message for run in runs)
    report.facts["server CPU us per message, all stages"] = each


def baseline(report: Report, kind: str, secs: float) -> tuple[float, float]:
    """Return the ticks per second, and per CPU second, of the plain design."""
    with (
        Child("baseline/server.py", kind) as server,
        Child("live_clients.py", server.hello["port"], CLIENTS, 0),
    ):
        server.ask("begin")
        time.sleep(_WARM_SECS)
        before = server.ask("count")
        time.sleep(secs)
        after = server.ask("count")
    ticks = after["ticks"] - before["ticks"]
    per_sec = ticks / (after["at"] - before["at"])
    per_cpu_sec = ticks / (after["cpu_secs"] - before["cpu_secs"])
    report.facts[f"baseline with {kind}"] = (
        f"{per_sec:,.1f} ticks/s, {per_cpu_sec:,.1f} per CPU second,"
        f" {after['failures'] / after['ticks']:.1%} not solved"
    )
    return per_sec, per_cpu_sec


class Bench:
    """A node with its clients and its pacer, running."""

    def __init__(self, gap_secs: float) -> None:
        self._gap_secs = gap_secs

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._server = stack.enter_context(Child("live_server.py", self._gap_secs))
            port, pace_port = self._server.hello["port"], self._server.hello["pace_port"]
            clients = Child("live_clients.py", port, CLIENTS, UNDERLYINGS)
            self._clients = stack.enter_context(clients)
            self._pacer = stack.enter_context(Child("live_pacer.py", pace_port))
            self._children = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._children.close()

    def run(self, name: str, rate: float, secs: float) -> Run:
        """Have so many ticks due per second, wait until all is steady, and count for a while."""
        self._pacer.ask(f"rate {rate}")
        time.sleep(_WARM_SECS)
        read, before = self._clients.ask("read"), self._server.ask("count")
        time.sleep(secs)
        after, found = self._server.ask("count"), self._clients.ask("read")
        self._pacer.ask("rate 0")
        wall = after["at"] - before["at"]
        each = {key: (after[key] - before[key]) / wall for key in before}
        return Run(
            name=name,
            rate=rate,
            ticks_per_sec=each["ticks"],
            cores=each["cpu_secs"],
            us_per_message=1e6 * each["cpu_secs"] / max(each["messages"], 1.0),
            messages_per_sec=each["messages"],
            megabytes_per_sec=each["bytes"] / 1e6,
            p50_ms=found["tick_p50_ms"],
            p99_ms=found["tick_p99_ms"],
            worst_ms=found["tick_worst_ms"],
            frame_p50_ms=found["frame_p50_ms"],
            frame_p99_ms=found["frame_p99_ms"],
            client_cores=(found["cpu_secs"] - read["cpu_secs"]) / wall,
            rows_per_sec=each["rows"],
            flushes_per_sec=each["pump_flushes"],
            load=os.getloadavg()[0],
        )


def note(report: Report, name: str, run: Run) -> None:
    """Keep a run as one line of the report, and say it now: the whole takes minutes."""
    line = (
        f"took {run.ticks_per_sec:,.0f}/s, p50 {run.p50_ms:.2f} p99 {run.p99_ms:.2f}"
        f" worst {run.worst_ms:.1f} ms (by the oldest tick of each frame {run.frame_p50_ms:.2f},"
        f" {run.frame_p99_ms:.2f}), {run.cores:.2f} cores, {run.us_per_message:.1f} us/message,"
        f" {run.messages_per_sec:,.0f} messages/s, {run.megabytes_per_sec:.0f} MB/s,"
        f" {run.rows_per_sec:,.0f} rows/s, {run.flushes_per_sec:.0f} flushes/s,"
        f" clients {run.client_cores:.2f} cores, load average {run.load:.1f}"
        f"{'' if run.is_sustained else ', NOT SUSTAINED'}"
    )
    report.facts[name] = line
    print(f"{name}: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
