"""What `voldesk bench` runs: every implementation on the same options, in the same process."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from statistics import median
from time import perf_counter

import numpy as np

from voldesk.app.peers import PEERS, Book, FloatArray, Peer, Task
from voldesk.pricing import engine
from voldesk.pricing.black import black_price
from voldesk.pricing.greeks import bsm_solve
from voldesk.pricing.vol import implied_vol

IV = "iv"
FUSED = "iv + Greeks"

TWIN = "voldesk, NumPy twin"
COMPILED = "voldesk, compiled"
ALL_CORES = "voldesk, all cores"
ON_ONE_THREAD = (TWIN, COMPILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """
    One implementation's figures.

    Attributes:
        work: ``IV``, or ``FUSED`` where the Greeks are computed too.
        options: How many were solved per run.
        ns_per_option: Median over the runs, wall time.
        ratio: Its time over that of our fastest on one thread at the same work.
        max_error: The largest ``|found / true - 1|`` of the vols.
        unsolved: Options for which it gave no vol.
        failure: Why it could not be measured; "" if it was.
    """

    name: str
    work: str
    options: int = 0
    ns_per_option: float = np.nan
    ratio: float = np.nan
    max_error: float = np.nan
    unsolved: int = 0
    failure: str = ""


def make_book(size: int, seed: int = 1) -> Book:
    """
    Return out-of-the-money options over a day to two years, 5 to 150 vol, within 4 deviations.

    Out of the money a price holds its vol to all digits, so an error is the solver's own.
    """
    rng = np.random.default_rng(seed)
    years = np.exp(rng.uniform(np.log(1.0 / 365.0), np.log(2.0), size))
    vol = np.exp(rng.uniform(np.log(0.05), np.log(1.5), size))
    stdev = vol * np.sqrt(years)
    away = rng.uniform(-4.0, 4.0, size)
    is_call = away >= 0.0
    forward = np.full(size, 100.0)
    strike = forward * np.exp(np.clip(away * stdev, -2.5, 2.5))
    price = black_price(forward, strike, stdev, 1.0, is_call)
    return Book(forward, strike, years, is_call, vol, price)


def our_iv(book: Book) -> Task:
    """Return our price to iv on the options."""
    return lambda: implied_vol(book.price, book.forward, book.strike, book.years, book.is_call)[0]


def our_fused(book: Book) -> Task:
    """Return our price to iv and eight Greeks on the options."""
    return lambda: bsm_solve(book.price, book.forward, book.strike, book.years, book.is_call)[0].vol


def measure(name: str, work: str, task: Task, true_vol: FloatArray, runs: int) -> Measured:
    """Run once to warm up and compare, then time the runs."""
    found = np.asarray(task(), dtype=np.float64)
    seconds = [_timed(task) for _ in range(runs)]
    error = np.abs(found / true_vol - 1.0)
    known = np.isfinite(error)
    return Measured(
        name=name,
        work=work,
        options=len(true_vol),
        ns_per_option=median(seconds) / len(true_vol) * 1e9,
        max_error=float(error[known].max()) if known.any() else np.nan,
        unsolved=int(np.count_nonzero(~known)),
    )


def measure_twin(name: str, work: str, task: Task, true_vol: FloatArray, runs: int) -> Measured:
    """Measure with the NumPy twin serving, whatever served before."""
    engine.rest()
    return measure(name, work, task, true_vol, runs)


def measure_compiled(
    name: str, work: str, task: Task, true_vol: FloatArray, runs: int, max_threads: int | None
) -> Measured:
    """Compile first, then measure on so many threads; None is as many as there are cores."""
    ready = engine.warm_up(engine.EngineSettings(max_threads=max_threads))
    if not ready.is_compiled:
        return Measured(name=name, work=work, failure=ready.reason)
    if max_threads is None and not ready.is_parallel:
        return Measured(name=name, work=work, failure=ready.reason)
    return measure(name, work, task, true_vol, runs)


def measure_peer(peer: Peer, book: Book, runs: int) -> Measured:
    """Measure another package; whatever it raises is its result, what it warns of is not."""
    work = FUSED if peer.has_greeks else IV
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return measure(peer.label(), work, peer.task(book), book.vol[: peer.most], runs)
    except Exception as exc:  # noqa: BLE001  # a stranger's code may raise anything
        return Measured(name=peer.label(), work=work, failure=f"{type(exc).__name__}: {exc}")


def steps(book: Book, runs: int) -> list[tuple[str, Callable[[], Measured]]]:
    """Return what there is to measure: a name for the progress bar, and the measurement."""
    implementations: tuple[tuple[str, Callable[..., Measured]], ...] = (
        (TWIN, measure_twin),
        (COMPILED, partial(measure_compiled, max_threads=1)),
        (ALL_CORES, partial(measure_compiled, max_threads=None)),
    )
    todo: list[tuple[str, Callable[[], Measured]]] = []
    for name, how in implementations:
        for work, task in ((IV, our_iv(book)), (FUSED, our_fused(book))):
            todo.append((f"{name}: {work}", partial(how, name, work, task, book.vol, runs)))
    peers = (peer for peer in PEERS if peer.is_installed())
    return todo + [(peer.label(), partial(measure_peer, peer, book, runs)) for peer in peers]


def with_ratios(measured: Sequence[Measured]) -> list[Measured]:
    """Fill in each ratio to our fastest at the same work on one thread."""
    ours = {
        work: min(
            (
                one.ns_per_option
                for one in measured
                if one.work == work and one.name in ON_ONE_THREAD and not one.failure
            ),
            default=np.nan,
        )
        for work in (IV, FUSED)
    }
    return [replace(one, ratio=one.ns_per_option / ours[one.work]) for one in measured]


def _timed(task: Task) -> float:
    start = perf_counter()
    task()
    return perf_counter() - start
