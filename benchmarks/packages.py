"""The other packages, each as tasks on the same options; what is not installed is left out."""

from collections.abc import Callable, Iterator
from importlib.metadata import version
from importlib.util import find_spec

import numpy as np

from data import Options
from measure import Task

Prepare = Callable[[Options], Callable[[], object]]

QUANTLIB_ACCURACY = 1e-12  # of stdev: its default, 1e-6, leaves vols wrong in the fifth digit
FEW = 5  # options for a package that takes a tenth of a second for each


def implied_vol_tasks(options: Options) -> Iterator[Task]:
    """
    Yield one task per package: price to implied vol, all from forward and undiscounted price.

    Each is called in the cheapest way it offers, conversions made beforehand where it lets us.
    """
    yield from _tasks(_IMPLIED_VOL, options)


def greeks_tasks(options: Options) -> Iterator[Task]:
    """Yield one task per package: from spot, rate, yield and price to vol and five Greeks."""
    yield from _tasks(_GREEKS, options)


def solvers() -> Iterator[tuple[str, Prepare]]:
    """Yield name and solver of every installed package that can be given thousands of options."""
    for module, package, note, most, prepare in _IMPLIED_VOL:
        if most > FEW and find_spec(module) is not None:
            yield f"{package} {version(package)}{note}", prepare


def _tasks(table: tuple[tuple[str, str, str, int, Prepare], ...], given: Options) -> Iterator[Task]:
    for module, package, note, most, prepare in table:
        if find_spec(module) is not None:
            rows = given.head(min(most, len(given)))
            name = f"{package} {version(package)}{note}"
            yield Task(name, prepare(rows), len(rows))


def name_of(tasks: list[Task], package: str) -> str:
    """Return the full name of the first task of a package, or "" where it is not installed."""
    return next((task.name for task in tasks if task.name.startswith(package)), "")


def _sign(options: Options) -> np.ndarray:
    return np.where(options.is_call, 1, -1)


def _py_vollib_vectorized(o: Options) -> Callable[[], object]:
    from py_vollib_vectorized import vectorized_implied_volatility_black  # noqa: PLC0415  # a peer may be missing

    flag, rate = _sign(o), np.zeros(len(o))
    return lambda: vectorized_implied_volatility_black(
        o.undiscounted, o.forward, o.strike, rate, o.years, flag, on_error="ignore", return_as="np"
    )


def _py_vollib_vectorized_greeks(o: Options) -> Callable[[], object]:
    import py_vollib_vectorized as package  # noqa: PLC0415  # a peer may be missing

    flag, q, model = _sign(o), o.dividend_yield, "black_scholes_merton"
    market = (o.spot, o.strike, o.years, o.rate)

    def run() -> object:
        vol = package.vectorized_implied_volatility(
            o.price, *market, flag, q=q, on_error="ignore", model=model, return_as="np"
        )
        return vol, package.get_all_greeks(flag, *market, vol, q=q, model=model, return_as="dict")

    return run


def _pyfeng(o: Options) -> Callable[[], object]:
    import pyfeng  # noqa: PLC0415  # a peer may be missing

    model, sign = pyfeng.Bsm(0.2), _sign(o)
    return lambda: model.impvol(o.undiscounted, o.strike, o.forward, o.years, sign)


def _fast_vollib(o: Options) -> Callable[[], object]:
    from fast_vollib.jackel import jackel_iv_black  # noqa: PLC0415  # a peer may be missing

    return lambda: jackel_iv_black(o.undiscounted, o.forward, o.strike, o.years, o.is_call)


def _fast_vollib_default(o: Options) -> Callable[[], object]:
    from fast_vollib import fast_implied_volatility_black  # noqa: PLC0415  # a peer may be missing

    flag = np.where(o.is_call, "c", "p")
    return lambda: fast_implied_volatility_black(
        o.undiscounted, o.forward, o.strike, 0.0, o.years, flag, return_as="numpy"
    )


def _fast_vollib_greeks(o: Options) -> Callable[[], object]:
    import fast_vollib as package  # noqa: PLC0415  # a peer may be missing
    from fast_vollib.jackel import jackel_iv_black  # noqa: PLC0415  # a peer may be missing

    flag, q = np.where(o.is_call, "c", "p"), o.dividend_yield

    def run() -> object:
        forward = o.spot * np.exp((o.rate - q) * o.years)
        undiscounted = o.price * np.exp(o.rate * o.years)
        vol = jackel_iv_black(undiscounted, forward, o.strike, o.years, o.is_call)
        return vol, package.get_all_greeks(
            flag, o.spot, o.strike, o.years, o.rate, vol, q, return_as="dict"
        )

    return run


def _quantlib_default(o: Options) -> Callable[[], object]:
    import QuantLib  # noqa: PLC0415  # a peer may be missing

    rows, solve = _quantlib_rows(o), QuantLib.blackFormulaImpliedStdDev
    return lambda: [solve(r, k, f, p) / root for r, k, f, p, root in rows]


def _quantlib(o: Options) -> Callable[[], object]:
    import QuantLib  # noqa: PLC0415  # a peer may be missing

    rows, solve = _quantlib_rows(o), QuantLib.blackFormulaImpliedStdDev
    settings = (1.0, 0.0, QuantLib.nullDouble(), QUANTLIB_ACCURACY, 100)  # no guess of ours
    return lambda: [solve(r, k, f, p, *settings) / root for r, k, f, p, root in rows]


def _quantlib_rows(o: Options) -> list[tuple[int, float, float, float, float]]:
    from QuantLib import Option  # noqa: PLC0415  # a peer may be missing

    right = [Option.Call if is_call else Option.Put for is_call in o.is_call.tolist()]
    columns = (o.strike, o.forward, o.undiscounted, np.sqrt(o.years))
    return list(zip(right, *(column.tolist() for column in columns), strict=True))


def _lets_be_rational(o: Options) -> Callable[[], object]:
    from py_lets_be_rational import (  # noqa: PLC0415  # a peer may be missing
        implied_volatility_from_a_transformed_rational_guess as solve,
    )

    columns = (o.undiscounted, o.forward, o.strike, o.years, _sign(o).astype(float))
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    return lambda: [solve(*row) for row in rows]


def _mibian(o: Options) -> Callable[[], object]:
    from mibian import BS  # noqa: PLC0415  # a peer may be missing

    # Its search reads the digits of a printed number: prices like 1e-05 raise IndexError, so it
    # is given the first options worth at least a cent.
    rows = np.flatnonzero(o.undiscounted > 0.01)[:FEW]
    columns = (o.forward, o.strike, o.years * 365.0, o.undiscounted, o.is_call)
    cases = list(zip(*(column[rows].tolist() for column in columns), strict=True))

    def run() -> object:
        return [
            BS([f, k, 0.0, days], callPrice=p).impliedVolatility
            if is_call
            else BS([f, k, 0.0, days], putPrice=p).impliedVolatility
            for f, k, days, p, is_call in cases
        ]

    return run


_ALL = 1_000_000
_IMPLIED_VOL: tuple[tuple[str, str, str, int, Prepare], ...] = (
    # module, package, note, most options per call, task
    ("pyfeng", "pyfeng", "", _ALL, _pyfeng),
    ("py_vollib_vectorized", "py_vollib_vectorized", "", _ALL, _py_vollib_vectorized),
    ("fast_vollib", "fast-vollib", " jackel", _ALL, _fast_vollib),
    ("fast_vollib", "fast-vollib", " default", _ALL, _fast_vollib_default),
    ("QuantLib", "QuantLib", f" to {QUANTLIB_ACCURACY:g}", 10_000, _quantlib),
    ("QuantLib", "QuantLib", " to 1e-06, default", 10_000, _quantlib_default),
    ("py_lets_be_rational", "py_lets_be_rational", "", 1_000, _lets_be_rational),
    ("mibian", "mibian", "", FEW, _mibian),
)
_GREEKS: tuple[tuple[str, str, str, int, Prepare], ...] = (
    ("py_vollib_vectorized", "py_vollib_vectorized", "", _ALL, _py_vollib_vectorized_greeks),
    ("fast_vollib", "fast-vollib", " jackel", _ALL, _fast_vollib_greeks),
)
