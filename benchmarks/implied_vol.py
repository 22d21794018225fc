"""Price to implied vol on one thread: the kernels and the NumPy twin against every package."""

from time import process_time

import numpy as np

import data
import packages
from measure import Report, Task, arguments, in_one_thread, interleave, publish
from voldesk.pricing import engine
from voldesk.pricing.twin_calls import TWIN
from voldesk.pricing.vol import implied_vol

OURS, REUSED, NUMPY = "voldesk", "voldesk, out= reused", "voldesk, NumPy twin"


def main() -> None:
    """Measure and print."""
    given = arguments(__doc__ or "")
    in_one_thread()
    engine.warm_up()
    options = data.options()
    others = list(packages.implied_vol_tasks(options))
    timings = interleave([*own_tasks(options), *others], given.secs, process_time)
    report = Report("price to implied vol, one thread, CPU time", timings, base=OURS)
    report.facts["served by"] = "kernels" if engine.is_compiled_ready() else "the NumPy twin"
    for package, slow, fast, need in (
        ("pyfeng", "", OURS, 40.0),
        ("py_vollib_vectorized", "", OURS, 60.0),
        ("QuantLib", "blackFormulaImpliedStdDev ", NUMPY, 10.0),
    ):
        name = packages.name_of(others, package)
        if name:
            claim = f"{fast} against {package} {slow}".rstrip()
            report.ask(claim, need, name, fast)
    publish(report, is_json=given.json)


def own_tasks(options: data.Options) -> list[Task]:
    """Return our own ways to the same vols."""
    size = len(options)
    rows = (options.undiscounted, options.forward, options.strike, options.years, options.is_call)
    out = np.empty(size), np.empty(size, np.uint8)
    one = np.ones(size)
    return [
        Task(OURS, lambda: implied_vol(*rows, one), size),
        Task(REUSED, lambda: implied_vol(*rows, one, out=out), size),
        Task(NUMPY, lambda: TWIN.implied_vol(*rows, one, *out), size),
    ]


if __name__ == "__main__":
    main()
