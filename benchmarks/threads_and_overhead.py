"""What a second thread brings at 10,000 options, and what a chain of 200 costs beyond its share."""

import numpy as np

import data
from measure import Report, Task, arguments, interleave, publish
from voldesk.pricing import engine
from voldesk.pricing.greeks import GreekColumns, bsm_solve
from voldesk.pricing.twin_calls import Calls
from voldesk.pricing.vol import implied_vol

CHAIN, MANY, LARGE = 200, 10_000, data.LARGE
VOL, FUSED = "vol", "vol + 8 Greeks"


def main() -> None:
    """Measure and print."""
    given = arguments(__doc__ or "", secs=12.0)
    warm = engine.warm_up()
    report = Report("second thread at 10,000 and call overhead at 200")
    report.facts["served by"] = "kernels" if warm.is_compiled else "the NumPy twin"
    if warm.reason:
        report.facts["but"] = warm.reason
    # The engine's own choice: a call of few rows stays on one thread, one of many is shared.
    serial, threaded = engine.calls(1), engine.calls(MANY)
    few, many, large = (data.options().head(size) for size in (CHAIN, MANY, LARGE))
    pairs = [*zip(_public_tasks(few), _tasks(large, serial, "one thread"), strict=True)]
    if warm.is_parallel:
        alone, shared = _tasks(many, serial, "one thread"), _tasks(many, threaded, "all threads")
        pairs += zip(alone, shared, strict=True)
    # A pair at a time: what a third task leaves in the caches would be in the ratio.
    for pair in pairs:
        report.timings += interleave(pair, given.secs / len(pairs))
    for what in (VOL, FUSED):
        alone, shared = (f"{what}, {MANY} options, {t}" for t in ("one thread", "all threads"))
        if warm.is_parallel:
            report.ask(f"{what}: second thread at {MANY} options", 1.7, alone, shared)
        share = f"{what}, {LARGE} options, one thread"
        claim = f"{what}: a chain of {CHAIN} against its share of {LARGE}"
        report.ask(claim, 2.5, f"{what}, {CHAIN} options, one call", share, is_ceiling=True)
    publish(report, is_json=given.json)


def _public_tasks(o: data.Options) -> list[Task]:
    """Return the public functions as a caller uses them, result arrays and all."""
    size = len(o)
    market = (o.spot, o.strike, o.years, o.is_call, o.rate, o.dividend_yield)
    return [
        Task(
            f"{VOL}, {size} options, one call",
            lambda: implied_vol(o.undiscounted, o.forward, o.strike, o.years, o.is_call),
            size,
        ),
        Task(f"{FUSED}, {size} options, one call", lambda: bsm_solve(o.price, *market), size),
    ]


def _tasks(o: data.Options, calls: Calls, threads: str) -> list[Task]:
    """Return an implementation's own calls, into arrays used again."""
    size = len(o)
    vol, flag, columns = np.empty(size), np.empty(size, np.uint8), GreekColumns.empty(size)
    black = (o.undiscounted, o.forward, o.strike, o.years, o.is_call, np.ones(1))
    bsm = (o.price, o.spot, o.strike, o.years, o.is_call, o.rate, o.dividend_yield)
    return [
        Task(
            f"{VOL}, {size} options, {threads}",
            lambda: calls.implied_vol(*black, vol, flag),
            size,
        ),
        Task(
            f"{FUSED}, {size} options, {threads}",
            lambda: calls.bsm_solve(*bsm, columns.block, flag),
            size,
        ),
    ]


if __name__ == "__main__":
    main()
