"""Options every benchmark and every package is given: the same ones in every run."""

import csv
import math
import subprocess
import sys
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

FloatArray = NDArray[np.float64]

LARGE = 100_000
SEED = 20261120
CACHE = Path(__file__).resolve().parent.parent / ".benchmarks"
"""What is made once and used again lies here, ignored by git."""

FILE_SERIES, FILE_STRIKES = 40, 250  # 20,000 contracts
FILE_HEADER = (
    "underlying,root,expiry,right,strike,bid,ask,last,bid_size,ask_size,volume,open_interest,"
    "spot,timestamp\n"
)


@dataclass(frozen=True, slots=True, eq=False)
class Options:
    """
    European options with known vols, one array of length n per column.

    Attributes:
        vol: What the price was made of.
        forward: ``spot * exp((rate - dividend_yield) * years)``
        price: Present value.
        undiscounted: ``price / discount``: what a Black-76 solver without a rate is given.
    """

    spot: FloatArray
    strike: FloatArray
    years: FloatArray
    rate: FloatArray
    dividend_yield: FloatArray
    is_call: NDArray[np.bool_]
    vol: FloatArray
    forward: FloatArray
    price: FloatArray
    undiscounted: FloatArray

    def __len__(self) -> int:
        return len(self.price)

    def head(self, size: int) -> "Options":
        """Return the first rows, in arrays of their own."""
        return self.rows(slice(size))

    def rows(self, chosen: slice) -> "Options":
        """Return some rows, in arrays of their own."""
        return Options(*(getattr(self, column.name)[chosen].copy() for column in fields(self)))


@cache
def options(size: int = LARGE) -> Options:
    """
    Make options as a listed chain has them, calls and puts, half of them in the money.

    Spots around 100, K/F 0.7 to 1.3 but within four standard deviations, one day to two years
    and vols 5 % to 150 % even in their logarithms, rates 0 to 6 %, dividend yields 0 to 3 %.
    """
    rng = np.random.default_rng(SEED)
    spot = 100.0 * np.exp(rng.normal(0.0, 0.5, size))
    rate, dividend_yield = rng.uniform(0.0, 0.06, size), rng.uniform(0.0, 0.03, size)
    years = np.exp(rng.uniform(math.log(1 / 365), math.log(2.0), size))
    vol = np.exp(rng.uniform(math.log(0.05), math.log(1.5), size))
    forward = spot * np.exp((rate - dividend_yield) * years)
    stdev = vol * np.sqrt(years)
    reach = np.clip(np.log(rng.uniform(0.7, 1.3, size)) / stdev, -4.0, 4.0)
    strike = forward * np.exp(reach * stdev)
    is_call = rng.random(size) < 0.5
    sign = np.where(is_call, 1.0, -1.0)
    d1 = -reach + 0.5 * stdev
    undiscounted = sign * (forward * ndtr(sign * d1) - strike * ndtr(sign * (d1 - stdev)))
    price = undiscounted * np.exp(-rate * years)
    return Options(
        spot, strike, years, rate, dividend_yield, is_call, vol, forward, price, undiscounted
    )


@cache
def hard_grid() -> tuple[Options, FloatArray]:
    """
    Return the grid of ``tools/make_hard_grid.py``, made once (some minutes), and its floor.

    Rates are zero and ``vol`` is the exact inverse of the price as rounded; the floor is what
    half a unit in the price's last place does to the vol.
    """
    path = CACHE / "hard-grid.npy"
    if not path.exists():
        CACHE.mkdir(exist_ok=True)
        part = path.with_suffix(".part.npy")
        print("making the hard grid, once, some minutes", file=sys.stderr)
        tool = Path(__file__).resolve().parent.parent / "tools" / "make_hard_grid.py"
        subprocess.run([sys.executable, tool, part], check=True, stdout=subprocess.DEVNULL)
        part.rename(path)
    columns = np.ascontiguousarray(np.load(path).T)
    forward, strike, years, is_call, price, vol, floor = columns
    zero = np.zeros_like(price)
    return Options(
        forward, strike, years, zero, zero, is_call > 0.5, vol, forward, price, price
    ), floor


def chain_file() -> Path:
    """
    Return a generic CSV of 20,000 contracts (40 expiries of 250 strikes), written once.

    A skewed smile, forwards at 4 % less 1.3 % dividends, prices to the cent, 50 cents wide.
    """
    path = CACHE / f"chain-{SEED}.csv"
    if path.exists():
        return path
    CACHE.mkdir(exist_ok=True)
    rng = np.random.default_rng(SEED)
    spot, as_of = 6700.0, datetime(2026, 11, 18, 18, 45, tzinfo=UTC)
    part = path.with_suffix(".part")
    with part.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        stream.write(FILE_HEADER)
        for week in range(FILE_SERIES):
            expiry = date(2026, 11, 20) + timedelta(weeks=week)
            writer.writerows(_series_rows(expiry, spot, as_of, rng))
    part.rename(path)
    return path


def _series_rows(
    expiry: date, spot: float, as_of: datetime, rng: np.random.Generator
) -> list[list[object]]:
    years = (datetime(expiry.year, expiry.month, expiry.day, 21, tzinfo=UTC) - as_of) / timedelta(
        days=365
    )
    forward, discount = spot * math.exp(0.027 * years), math.exp(-0.04 * years)
    strike = 5.0 * np.round((spot + np.linspace(-1.0, 0.6, FILE_STRIKES) * 2000.0) / 5.0)
    z = np.log(strike / forward) / math.sqrt(years)
    stdev = np.clip(0.15 - 0.12 * z + 0.15 * z * z, 0.05, 1.5) * math.sqrt(years)
    d1 = np.log(forward / strike) / stdev + 0.5 * stdev
    rows: list[list[object]] = []
    for right, sign in (("C", 1.0), ("P", -1.0)):
        fair = forward * ndtr(sign * d1) - strike * ndtr(sign * (d1 - stdev))
        price = np.round(discount * sign * fair, 2)
        sizes = rng.integers(0, 2000, (FILE_STRIKES, 4)).tolist()
        for k, value, (bid_size, ask_size, volume, held) in zip(
            strike.tolist(), price.tolist(), sizes, strict=True
        ):
            bid, ask = f"{max(value - 0.25, 0.0):.2f}", f"{value + 0.25:.2f}"
            row = ["SPX", "SPXW", expiry, right, f"{k:g}", bid, ask, f"{value:.2f}"]
            rows.append([*row, bid_size, ask_size, volume, held, spot, as_of.isoformat()])
    return rows
