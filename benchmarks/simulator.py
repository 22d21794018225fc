"""How fast the synthetic market ticks: millions of ticks per second, and one short step."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

from measure import Bar, Report, Task, arguments, in_one_thread, interleave, publish
from voldesk.simulator.market.market import SyntheticMarket
from voldesk.simulator.market.universe import UNIVERSE, UnderlyingSpec

START = int(datetime(2026, 9, 15, 14, 0, tzinfo=UTC).timestamp()) * 10**9
MILLISECOND = 1_000_000
LOAD, STEP, DEMO = "20 ms of 10 x 1,000, busy", "1 ms of 2 x 1,000", "50 ms of the demo"


class Ticker:
    """
    Moves a market on by equal steps, and counts what ticks and the CPU seconds it takes.

    Means of CPU time: a spot tick now and then is what a step costs, and medians hide it.
    """

    def __init__(self, market: SyntheticMarket, step_ns: int) -> None:
        self.market = market
        self.step_ns = step_ns
        self.ticks = 0
        self.calls = 0
        self.cpu_secs = 0.0

    def run(self) -> None:
        """Move one step on."""
        begin = time.process_time()
        self.ticks += len(self.market.advance(self.market.now + self.step_ns))
        self.cpu_secs += time.process_time() - begin
        self.calls += 1


def main() -> None:
    """Measure and print."""
    given = arguments(__doc__ or "", secs=10.0)
    in_one_thread()
    tickers = {
        LOAD: Ticker(crowd(10, intensity=200.0), 20 * MILLISECOND),
        STEP: Ticker(crowd(2, intensity=1.0), MILLISECOND),
        DEMO: Ticker(SyntheticMarket(tuple(UNIVERSE), 1, START), 50 * MILLISECOND),
    }
    timings = interleave([Task(name, ticker.run) for name, ticker in tickers.items()], given.secs)
    report = Report("synthetic market, one thread", timings)
    for name, ticker in tickers.items():
        report.facts[f"{name}: contracts"] = float(ticker.market.listing.is_option.sum())
        report.facts[f"{name}: ticks per step"] = ticker.ticks / ticker.calls
        report.facts[f"{name}: mean CPU us per step"] = 1e6 * ticker.cpu_secs / ticker.calls
        report.facts[f"{name}: million ticks per CPU s"] = 1e-6 * ticker.ticks / ticker.cpu_secs
    load, step = tickers[LOAD], tickers[STEP]
    pace = 1e-6 * load.ticks / load.cpu_secs
    best = 1e-6 * load.ticks / load.calls / report.timing(LOAD).best
    report.bars.append(Bar("million ticks per CPU s, 10 x 1,000 contracts", 1.0, pace, best))
    step_us, best_us = 1e6 * step.cpu_secs / step.calls, 1e6 * report.timing(STEP).best
    claim = "CPU us for 1 ms of 2,000 contracts"
    report.bars.append(Bar(claim, 200.0, step_us, best_us, is_ceiling=True))
    publish(report, is_json=given.json)


def crowd(count: int, *, intensity: float) -> SyntheticMarket:
    """Return a market of so many underlyings like SPX with 1,000 contracts each."""
    model = UNIVERSE["SPX"]
    specs = (_named(model, f"U{letter}") for letter in "ABCDEFGHIJ"[:count])
    universe = MappingProxyType({spec.symbol: spec for spec in specs})
    return SyntheticMarket(tuple(universe), 1, START, intensity=intensity, universe=universe)


def _named(model: UnderlyingSpec, symbol: str) -> UnderlyingSpec:
    rule = replace(model.expiries[1], root=symbol, count=4, strikes_each_side=62)
    return replace(model, symbol=symbol, expiries=(rule,))


if __name__ == "__main__":
    main()
