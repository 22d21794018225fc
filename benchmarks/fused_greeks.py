"""Price to implied vol and Greeks from spot, rate, yield and price, on one thread."""

from time import process_time

import numpy as np

import data
import packages
from measure import Report, Task, arguments, in_one_thread, interleave, publish
from voldesk.pricing import engine
from voldesk.pricing.greeks import GreekColumns, bsm_greeks, bsm_solve, series_solve
from voldesk.pricing.twin_calls import TWIN

OURS, REUSED = "voldesk, vol + 8 Greeks", "voldesk, vol + 8 Greeks, out= reused"
GREEKS, SERIES = "voldesk, 8 Greeks from vol", "voldesk, vol + 8 Greeks per series"
NUMPY = "voldesk, NumPy twin"
SERIES_SIZE = 200


def main() -> None:
    """Measure and print."""
    given = arguments(__doc__ or "")
    in_one_thread()
    engine.warm_up()
    options = data.options()
    others = list(packages.greeks_tasks(options))
    timings = interleave(
        [*own_tasks(options), series_task(options), *others], given.secs, process_time
    )
    report = Report(
        "price to vol and Greeks (packages: 5), one thread, CPU time", timings, base=OURS
    )
    report.facts["served by"] = "kernels" if engine.is_compiled_ready() else "the NumPy twin"
    name = packages.name_of(others, "py_vollib_vectorized")
    if name:
        claim = f"{OURS} against py_vollib_vectorized, vol + 5"
        report.ask(claim, 60.0, name, OURS)
    publish(report, is_json=given.json)


def own_tasks(options: data.Options) -> list[Task]:
    """Return our own calls on raw inputs."""
    size = len(options)
    market = (
        options.spot,
        options.strike,
        options.years,
        options.is_call,
        options.rate,
        options.dividend_yield,
    )
    columns, flag = GreekColumns.empty(size), np.empty(size, np.uint8)
    return [
        Task(OURS, lambda: bsm_solve(options.price, *market), size),
        Task(REUSED, lambda: bsm_solve(options.price, *market, out=(columns, flag)), size),
        Task(GREEKS, lambda: bsm_greeks(options.vol, *market, out=columns), size),
        Task(NUMPY, lambda: TWIN.bsm_solve(options.price, *market, columns.block, flag), size),
    ]


def series_task(options: data.Options) -> Task:
    """Return the call that has forward, discount and years once per series of 200 contracts."""
    size = len(options)
    series = np.repeat(np.arange(size // SERIES_SIZE, dtype=np.int32), SERIES_SIZE)
    first = slice(0, size, SERIES_SIZE)
    forward, years = options.forward[first].copy(), options.years[first].copy()
    discount = np.exp(-options.rate[first] * years)
    # Moneyness and stdev stay those of each option, only its vol changes with the series' years:
    # the price over the forward is the same, and so is the work.
    strike = options.strike / options.forward * forward[series]
    value = options.undiscounted / options.forward * forward[series] * discount[series]
    out = GreekColumns.empty(size), np.empty(size, np.uint8)
    tables = (series, forward, discount, years)
    return Task(
        SERIES, lambda: series_solve(value, strike, options.is_call, *tables, out=out), size
    )


if __name__ == "__main__":
    main()
