"""What a second thread brings at 10,000 options, and what a chain of 200 costs beyond its share."""

from collections.abc import Callable

import numpy as np
from measure import Bar, Report, Task, arguments, interleave, publish

import data
from voldesk.pricing import engine
from voldesk.pricing.greeks import GreekColumns, bsm_solve
from voldesk.pricing.vol import implied_vol

CHAIN, MANY, LARGE = 200, 10_000, data.LARGE
VOL, FUSED = "vol", "vol + 8 Greeks"


def main() -> None:
    """Measure and print."""
    given = arguments(__doc__ or "", secs=12.0)
    report = Report("second thread and call overhead")
    if not engine.warm_up().is_compiled:
        report.facts["nothing measured"] = "the compiled kernels are absent, and so are threads"
        publish(report, is_json=given.json)
        return
    tasks: list[Task] = []
    for what, call_of in ((VOL, _vol_call), (FUSED, _fused_call)):
        for threads, size in ((1, CHAIN), (1, LARGE), (1, MANY), (2, MANY)):
            call = call_of(data.options().head(size))
            tasks.append(Task(name_of(what, threads, size), _with_threads(call, threads), size))
    report.timings = interleave(tasks, given.secs)
    for what in (VOL, FUSED):
        second = report.ratio(name_of(what, 1, MANY), name_of(what, 2, MANY))
        report.bars.append(Bar(f"{what}: two threads against one at {MANY}", 1.7, second))
    for what in (VOL, FUSED):
        share = report.ratio(name_of(what, 1, CHAIN), name_of(what, 1, LARGE))
        claim = f"{what}: a chain of {CHAIN} against its share of {LARGE}"
        report.bars.append(Bar(claim, 2.5, share, is_ceiling=True))
    publish(report, is_json=given.json)


def name_of(what: str, threads: int, size: int) -> str:
    """Return the name of a task."""
    return f"{what}, {size} options, {threads} thread{'s' if threads > 1 else ''}"


def _vol_call(o: data.Options) -> Callable[[], object]:
    out, one = (np.empty(len(o)), np.empty(len(o), np.uint8)), np.ones(len(o))
    return lambda: implied_vol(
        o.undiscounted, o.forward, o.strike, o.years, o.is_call, one, out=out
    )


def _fused_call(o: data.Options) -> Callable[[], object]:
    out = GreekColumns.empty(len(o)), np.empty(len(o), np.uint8)
    market = (o.spot, o.strike, o.years, o.is_call, o.rate, o.dividend_yield)
    return lambda: bsm_solve(o.price, *market, out=out)


def _with_threads(call: Callable[[], object], threads: int) -> Callable[[], object]:
    from numba import set_num_threads  # noqa: PLC0415  # only where the kernels are

    def run() -> object:
        set_num_threads(threads)
        return call()

    return run


if __name__ == "__main__":
    main()
