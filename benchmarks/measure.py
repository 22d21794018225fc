"""Time tasks side by side, round after round, and print how they compare."""

import argparse
import gc
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version

Clock = Callable[[], float]

SHORTEST_SECS = 0.002
"""A sample is at least this long: shorter tasks are called several times in it."""

FEWEST_SAMPLES = 3
_THREAD_SETTINGS = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Task:
    """
    One thing to time.

    Attributes:
        name: What the table calls it.
        run: The work, arguments and conversions already bound.
        count: Options (or files, or starts) in one call.
    """

    name: str
    run: Callable[[], object]
    count: int = 1


@dataclass(slots=True)
class Timing:
    """Seconds per counted thing, one per sample."""

    name: str
    count: int
    secs: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The figure that ratios are made of."""
        return statistics.median(self.secs)

    @property
    def best(self) -> float:
        """What the machine can do when nobody disturbs it."""
        return min(self.secs)


@dataclass(frozen=True, slots=True)
class Bar:
    """
    A ratio that has to be reached: at least ``need``, or at most it where ``is_ceiling``.

    Attributes:
        measured: Median to median: what counts.
        best: Best sample to best sample: what it would be on a machine that does nothing else.
    """

    claim: str
    need: float
    measured: float
    best: float
    is_ceiling: bool = False

    @property
    def is_reached(self) -> bool:
        """Say whether the bar is reached; a benchmark prints it and never fails by it."""
        return self.measured <= self.need if self.is_ceiling else self.measured >= self.need


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure that must not be exceeded."""

    claim: str
    most: float
    measured: float

    @property
    def is_reached(self) -> bool:
        """Say whether it is kept."""
        return self.measured <= self.most


@dataclass(slots=True)
class Report:
    """What one benchmark found."""

    title: str
    timings: list[Timing] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    facts: dict[str, float | str] = field(default_factory=dict)
    base: str = ""  # the timing the others are compared with

    def timing(self, name: str) -> Timing:
        """Return the timing of a task by its name."""
        return next(timing for timing in self.timings if timing.name == name)

    def ask(
        self, claim: str, need: float, slow: str, fast: str, *, is_ceiling: bool = False
    ) -> None:
        """Add the bar that ``slow`` takes so many times as long as ``fast``."""
        a, b = self.timing(slow), self.timing(fast)
        self.bars.append(Bar(claim, need, a.median / b.median, a.best / b.best, is_ceiling))


def interleave(
    tasks: Sequence[Task], secs: float, clock: Clock = time.perf_counter
) -> list[Timing]:
    """
    Time tasks in rounds A B C A B C ... so that a busy machine slows all alike.

    A task that has used its share of ``secs`` (and has its few samples) sits out, so slow tasks
    have fewer samples than quick ones. Every task runs once before the first round, and before a
    sample of several calls once more: they find caches and threads as the task itself leaves them,
    not as the task before it did.

    Work of one thread is best timed by ``time.process_time``: on a busy machine the wall clock
    adds other people's time to long samples and spares short ones.
    """
    timings = [Timing(task.name, task.count) for task in tasks]
    calls, spent = [], [0.0] * len(tasks)
    for task in tasks:
        task.run()
        once = _sample(task, 1, clock)
        calls.append(max(1, min(100_000, int(SHORTEST_SECS / max(once, 1e-9)))))
    share = secs / len(tasks)
    gc.collect()
    gc.disable()
    try:
        while True:
            due = [
                i
                for i, timing in enumerate(timings)
                if spent[i] < share or len(timing.secs) < FEWEST_SAMPLES
            ]
            if not due:
                return timings
            for i in due:
                if calls[i] > 1:
                    tasks[i].run()
                per_call = _sample(tasks[i], calls[i], clock)
                spent[i] += per_call * calls[i]
                timings[i].secs.append(per_call / tasks[i].count)
    finally:
        gc.enable()


def _sample(task: Task, calls: int, clock: Clock) -> float:
    run = task.run
    start = clock()
    for _ in range(calls):
        run()
    return (clock() - start) / calls


def in_one_thread() -> None:
    """Start this program again with one thread for every library, unless it already is so."""
    if all(os.environ.get(name) == "1" for name in _THREAD_SETTINGS):
        return
    os.environ.update(dict.fromkeys(_THREAD_SETTINGS, "1"))
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *sys.argv])


def arguments(description: str, secs: float = 20.0) -> argparse.Namespace:
    """Parse what every benchmark takes: ``--json`` and ``--secs``."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--secs", type=float, default=secs, help="how long to measure")
    return parser.parse_args()


def publish(report: Report, *, is_json: bool) -> None:
    """Print the report as a table or as one JSON object."""
    print(json.dumps(_as_object(report)) if is_json else _as_text(report))


def machine() -> dict[str, str | int]:
    """Return what the figures depend on."""
    found: dict[str, str | int] = {
        "cpu": _cpu(),
        "cpus": os.cpu_count() or 0,
        "python": platform.python_version(),
    }
    for package in ("numpy", "numba", "voldesk"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "absent"
    return found


def _cpu() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as stream:  # noqa: PTH123  # a kernel table
            names = [line.split(":", 1)[1].strip() for line in stream if "model name" in line]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()


def _as_object(report: Report) -> dict[str, object]:
    base = report.timing(report.base) if report.base else None
    return {
        "benchmark": report.title,
        "machine": machine(),
        "timings": [
            {
                "name": timing.name,
                "count": timing.count,
                "samples": len(timing.secs),
                "best_secs": timing.best,
                "median_secs": timing.median,
                "ratio": timing.median / base.median if base else None,
            }
            for timing in report.timings
        ],
        "facts": report.facts,
        "bars": [asdict(bar) | {"is_reached": bar.is_reached} for bar in report.bars],
        "limits": [asdict(limit) | {"is_reached": limit.is_reached} for limit in report.limits],
    }


def _as_text(report: Report) -> str:
    lines = [f"== {report.title}", "   " + ", ".join(f"{k} {v}" for k, v in machine().items())]
    if report.timings:
        lines.append(_timing_table(report))
    lines += [f"   {name}: {_fact(value)}" for name, value in report.facts.items()]
    for bar in report.bars:
        word = "at most" if bar.is_ceiling else "at least"
        verdict = "reached" if bar.is_reached else "MISSED"
        figures = f"{_fact(bar.measured)} (best samples {_fact(bar.best)})"
        lines.append(f"   {verdict}: {bar.claim}: {figures}, {word} {bar.need:g} asked")
    for limit in report.limits:
        verdict = "reached" if limit.is_reached else "MISSED"
        lines.append(f"   {verdict}: {limit.claim}: {limit.measured:.3g}, at most {limit.most:g}")
    return "\n".join(lines)


def _timing_table(report: Report) -> str:
    base = report.timing(report.base) if report.base else None
    width = max(len(timing.name) for timing in report.timings)
    head = f"   {'':{width}}  {'count':>8}  {'samples':>7}  {'best':>11}  {'median':>11}"
    lines = [head + ("  x best  x median" if base else "")]
    for timing in report.timings:
        line = f"   {timing.name:{width}}  {timing.count:>8}  {len(timing.secs):>7}"
        line += f"  {_duration(timing.best):>11}  {_duration(timing.median):>11}"
        if base:
            line += f"  {timing.best / base.best:>6.4g}  {timing.median / base.median:>8.4g}"
        lines.append(line)
    return "\n".join(lines)


def _duration(secs: float) -> str:
    for unit, scale in (("s", 1.0), ("ms", 1e3), ("us", 1e6)):
        if secs * scale >= 1.0:
            return f"{secs * scale:.4g} {unit}"
    return f"{secs * 1e9:.4g} ns"


def _fact(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"
