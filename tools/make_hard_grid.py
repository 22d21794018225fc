"""
Build the hard grid: options on which implied-vol solvers fail, with their vols to 50 digits.

One minute to five years, vol 3 % to 250 %, |ln(K/F)| up to 7.3 stdevs, forward 100, no rates. The
price is rounded to float64 first and the vol is the exact inverse of that rounded price, so a
solver is judged on what it was given. From the repository root (some minutes on two cores):

    python tools/make_hard_grid.py OUT.npy

Columns: forward, strike, years, is_call, price, vol, floor (what half a unit in the price's last
place does to the vol).
"""

import math
import sys
from collections.abc import Sequence
from multiprocessing import Pool
from pathlib import Path
from typing import NamedTuple

import mpmath as mp
import numpy as np

DIGITS = 50
FORWARD = 100.0
SMALLEST_PRICE = 1e-12
MINUTE = 1.0 / (365.0 * 1440.0)
YEARS = (
    *(minutes * MINUTE for minutes in (1, 5, 30, 60, 390)),
    *(days / 365.0 for days in (1, 7, 30, 91, 182)),
    1.0,
    2.0,
    5.0,
)
VOLS = (0.03, 0.05, 0.1, 0.2, 0.35, 0.6, 1.0, 1.5, 2.5)
STDEVS = (0, 0.01, 0.1, 0.3, 0.6, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7, 7.3)


class Point(NamedTuple):
    """An option of the grid before it is priced."""

    strike: float
    vol: float
    years: float
    is_call: bool

    @property
    def is_out_of_the_money(self) -> bool:
        """Whether the option has no intrinsic value."""
        return (self.strike >= FORWARD) == self.is_call or self.strike == FORWARD


class Solved(NamedTuple):
    """A row of the grid."""

    forward: float
    strike: float
    years: float
    is_call: float
    price: float
    vol: float
    floor: float


def points() -> list[Point]:
    """Return every option of the grid."""
    return [
        Point(FORWARD * math.exp(sign * z * vol * math.sqrt(years)), vol, years, is_call)
        for years in YEARS
        for vol in VOLS
        for z in STDEVS
        for sign in ((1,) if z == 0 else (1, -1))
        for is_call in (True, False)
    ]


def exact_price(strike: float, vol: mp.mpf, years: float, *, is_call: bool) -> mp.mpf:
    """Return the undiscounted Black price."""
    stdev = vol * mp.sqrt(years)
    d1 = mp.log(mp.mpf(FORWARD) / strike) / stdev + stdev / 2
    sign = 1 if is_call else -1
    near = FORWARD * mp.erfc(-sign * d1 / mp.sqrt(2)) / 2
    return sign * (near - strike * mp.erfc(-sign * (d1 - stdev) / mp.sqrt(2)) / 2)


def solve(point: Point) -> Solved | None:
    """Return the row of a point, None where its price is too small or all intrinsic."""
    mp.mp.dps = DIGITS
    strike, vol, years, is_call = point
    price = float(exact_price(strike, mp.mpf(vol), years, is_call=is_call))
    sign = 1 if is_call else -1
    time_value = mp.mpf(price) - max(mp.mpf(0), sign * (mp.mpf(FORWARD) - strike))
    if price <= SMALLEST_PRICE or time_value <= 0:
        return None
    is_call_out = strike >= FORWARD
    sigma, target = mp.mpf(vol), mp.log(time_value)
    for _ in range(60):
        value = exact_price(strike, sigma, years, is_call=is_call_out)
        d1 = mp.log(mp.mpf(FORWARD) / strike) / (sigma * mp.sqrt(years))
        vega = FORWARD * mp.npdf(d1 + sigma * mp.sqrt(years) / 2) * mp.sqrt(years)
        step = (mp.log(value) - target) * value / vega  # Newton on the logarithm of the price
        sigma = sigma - step if step < sigma else sigma / 2
        if abs(step) < mp.mpf(10) ** (10 - DIGITS) * sigma:
            break
    floor = float(mp.mpf(2) ** -53 * price / vega)
    return Solved(FORWARD, strike, years, float(is_call), price, float(sigma), floor)


def main(arguments: Sequence[str]) -> int:
    """Write the grid to the file named."""
    if len(arguments) != 1:
        print(__doc__)
        return 2
    with Pool() as pool:
        rows = [row for row in pool.map(solve, points(), chunksize=50) if row]
    np.save(Path(arguments[0]), np.array(rows))
    print(f"{len(rows)} rows in {arguments[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
