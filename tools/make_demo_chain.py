"""
Write ``examples/spx_demo.csv``: a made-up chain for ``make demo``, the same bytes on every run.

The vols come from an SSVI surface (Gatheral and Jacquier 2014, power-law phi), the quotes from
Black-76 on it with index-option ticks and spreads. Nothing is copied from a market.

Run: ``python tools/make_demo_chain.py [OUT]``.
"""

import csv
import math
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voldesk.model.enums import Market, YearClock
from voldesk.model.instruments import Contract, Right, occ_symbol
from voldesk.model.sessions import settles_at, years_between
from voldesk.pricing.black import black_price

FloatArray = NDArray[np.float64]

AS_OF = datetime(2026, 11, 18, 18, 45, tzinfo=UTC)  # 13:45 New York, a Wednesday
SPOT = 6842.35
RATE = 0.0385
DIVIDEND_YIELD = 0.0125
SEED = 20261118
STRIKES_PER_SERIES = 61
HEADER = [
    *("symbol", "underlying", "root", "expiry", "right", "strike", "bid", "ask", "last"),
    *("bid_size", "ask_size", "volume", "open_interest", "spot", "timestamp"),
]


@dataclass(frozen=True)
class Series:
    """One expiry of the demonstration: its root, strike spacing and how much it is traded."""

    root: str
    expiry: date
    spacing: float
    interest: float  # typical open interest at the money, contracts
    turnover: float  # typical volume per contract of open interest


SERIES = (
    Series("SPXW", date(2026, 11, 18), 5.0, 300.0, 4.0),  # expires today
    Series("SPXW", date(2026, 11, 20), 5.0, 700.0, 0.6),
    Series("SPXW", date(2026, 11, 27), 10.0, 600.0, 0.3),  # closes at 13:00
    Series("SPX", date(2026, 12, 18), 25.0, 3_200.0, 0.1),  # settles at the open
    Series("SPXW", date(2026, 12, 31), 25.0, 1_300.0, 0.1),
    Series("SPX", date(2027, 3, 19), 50.0, 2_400.0, 0.05),
)


def ssvi_vol(log_moneyness: FloatArray, years: float) -> FloatArray:
    """Return the vol of the surface at ``log(K / F)``."""
    rho, eta, gamma = -0.72, 1.05, 0.42
    atm_vol = 0.118 + 0.045 * (1.0 - math.exp(-2.0 * years)) + 0.02 * math.exp(-60.0 * years)
    theta = atm_vol**2 * years
    x = eta / (theta**gamma * (1.0 + theta) ** (1.0 - gamma)) * log_moneyness
    variance = 0.5 * theta * (1.0 + rho * x + np.sqrt((x + rho) ** 2 + 1.0 - rho**2))
    vol: FloatArray = np.sqrt(variance / years)
    return vol


def strikes_of(series: Series, forward: float) -> FloatArray:
    """Return the strikes around the forward, three fifths of them below."""
    centre = round(forward / series.spacing)
    low = centre - (3 * STRIKES_PER_SERIES) // 5
    strikes: FloatArray = series.spacing * np.arange(low, low + STRIKES_PER_SERIES, dtype=float)
    return strikes


def quote(fair: float, rng: np.random.Generator) -> tuple[float, float]:
    """Return bid and ask on the tick: 0.05 below three index points, 0.10 from there."""
    tick = 0.05 if fair < 3.0 else 0.10
    half = max(0.6 * tick, 0.004 * fair + 0.02 * math.sqrt(fair)) * rng.uniform(0.8, 1.25)
    bid = max(math.floor((fair - half) / tick), 0) * tick
    ask = max(math.ceil((fair + half) / tick) * tick, bid + tick)
    return round(bid, 2), round(ask, 2)


def interest_at(series: Series, strike: float, moneyness: float, is_call: bool) -> float:
    """Return a typical open interest: round strikes and the out-of-the-money side carry most."""
    roundness = 1.0 + 1.5 * (strike % 25 == 0) + 2.5 * (strike % 100 == 0)
    centre = 0.6 if is_call else -1.0  # where interest peaks, in standard deviations
    width = 0.9 if is_call else 1.4
    side = 1.4 if is_call else 1.25
    return series.interest * roundness * side * math.exp(-0.5 * ((moneyness - centre) / width) ** 2)


def rows_of(series: Series, rng: np.random.Generator) -> list[list[object]]:
    """Return one series' rows, calls and puts by strike."""
    as_of = int(AS_OF.timestamp()) * 1_000_000_000
    settles = settles_at(series.root, series.expiry, Market.US)
    years = float(years_between(as_of, settles, YearClock.ACT_365, Market.US))
    forward = SPOT * math.exp((RATE - DIVIDEND_YIELD) * years)
    discount = math.exp(-RATE * years)
    strikes = strikes_of(series, forward)
    stdev = ssvi_vol(np.log(strikes / forward), years) * math.sqrt(years)
    at_money = float(np.interp(forward, strikes, stdev))
    stamp = AS_OF.isoformat().replace("+00:00", "Z")
    rows: list[list[object]] = []
    for right in (Right.CALL, Right.PUT):
        is_call = right is Right.CALL
        fair = black_price(forward, strikes, stdev, discount, np.full(len(strikes), is_call))
        for strike, value in zip(strikes.tolist(), np.asarray(fair).tolist(), strict=True):
            bid, ask = quote(value, rng)
            moneyness = math.log(strike / forward) / at_money
            expected = interest_at(series, strike, moneyness, is_call)
            held = int(expected * rng.lognormal(0.0, 0.5))
            traded = int(held * series.turnover * rng.lognormal(-0.5, 0.8))
            last = round(bid + (ask - bid) * float(rng.choice([0.0, 0.5, 1.0])), 2)
            contract = Contract("SPX", series.root, series.expiry, right, strike, Market.US)
            row = [occ_symbol(contract), "SPX", series.root, series.expiry, right.value]
            sizes = rng.integers(1, 60, 2).tolist()
            row += [f"{strike:g}", f"{bid:.2f}", f"{ask:.2f}", f"{last:.2f}" if traded else ""]
            rows.append([*row, *sizes, traded, held, SPOT, stamp])
    return rows


def main() -> None:
    """Write the file."""
    default = Path(__file__).resolve().parent.parent / "examples" / "spx_demo.csv"
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    rng = np.random.default_rng(SEED)
    with out.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(HEADER)
        for series in SERIES:
            writer.writerows(rows_of(series, rng))


if __name__ == "__main__":
    main()
