"""Largest relative error of implied vols on the hard grid: ours and every package's."""

import warnings

import numpy as np

import data
import packages
from measure import Limit, Report, arguments, publish
from voldesk.pricing import engine
from voldesk.pricing.twin_calls import TWIN
from voldesk.pricing.vol import implied_vol

OURS, NUMPY = "voldesk", "voldesk, NumPy twin"
LARGEST_OUT = 1e-12  # relative error of an out-of-the-money vol
LARGEST_IN = 50.0  # floors, in the money
WRONG = 1e-6  # relative: a vol this far off is called wrong
DROWNED = 0.01  # of the vol: where rounding the price does this much, no vol is asked for


def main() -> None:
    """Measure and print."""
    given = arguments(__doc__ or "", secs=0.0)
    grid, floor = data.hard_grid()
    warm = engine.warm_up()
    report = Report("hard grid: error of implied vols")
    report.facts["served by"] = "kernels" if warm.is_compiled else "the NumPy twin"
    is_out = (grid.strike >= grid.forward) == grid.is_call
    is_out |= grid.strike == grid.forward
    is_in = ~is_out & (floor < DROWNED * grid.vol)
    report.facts["options"] = f"{is_out.sum()} out of the money, {is_in.sum()} in"
    solved = {OURS: _ours(grid), NUMPY: _twin(grid)}
    for name, prepare in packages.solvers():
        solved[name] = _vols(prepare, grid)
    for name, vol in solved.items():
        out = np.abs(vol - grid.vol)[is_out] / grid.vol[is_out]
        floors = (np.abs(vol - grid.vol) / np.maximum(floor, 1.1e-16 * grid.vol))[is_in]
        report.facts[name] = _said(out, floors)
        if name in (OURS, NUMPY):
            report.limits += [
                Limit(f"{name}: out of the money, relative", LARGEST_OUT, _largest(out)),
                Limit(f"{name}: in the money, floors", LARGEST_IN, _largest(floors)),
            ]
    publish(report, is_json=given.json)


def _said(out: data.FloatArray, floors: data.FloatArray) -> str:
    with np.errstate(invalid="ignore"):
        wrong = np.count_nonzero(~(out <= WRONG))
        largest = np.nanmax(out)
    text = f"out of the money: largest relative error {largest:.2g}, no or wrong vol in {wrong}"
    return text + f"; in the money: {np.nanmax(floors):.3g} floors"


def _largest(errors: data.FloatArray) -> float:
    """Return the largest error; a vol that is missing counts as infinitely wrong."""
    return float(np.where(np.isnan(errors), np.inf, errors).max())


def _ours(o: data.Options) -> data.FloatArray:
    return implied_vol(o.price, o.forward, o.strike, o.years, o.is_call)[0]


def _twin(o: data.Options) -> data.FloatArray:
    vol, flag = np.empty(len(o)), np.empty(len(o), np.uint8)
    TWIN.implied_vol(o.price, o.forward, o.strike, o.years, o.is_call, np.ones(1), vol, flag)
    return vol


def _vols(prepare: packages.Prepare, o: data.Options) -> data.FloatArray:
    """Solve all at once; where that raises, one at a time, NaN for those that do."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return np.asarray(prepare(o)(), dtype=np.float64).reshape(-1)
        except Exception:
            return np.array([_vol_or_nan(prepare, o.rows(slice(i, i + 1))) for i in range(len(o))])


def _vol_or_nan(prepare: packages.Prepare, one: data.Options) -> float:
    try:
        return float(np.asarray(prepare(one)(), dtype=np.float64).reshape(-1)[0])
    except Exception:
        return np.nan


if __name__ == "__main__":
    main()
