"""Other packages that turn prices into implied vols, each as one function if it is installed."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Book:
    """
    Options with known vols, in the form every package can take: rate and dividends are zero.

    Attributes:
        price: Black-76 price at ``vol``, undiscounted. ``(n,)``
        vol: What the price was made of. ``(n,)``
    """

    forward: FloatArray
    strike: FloatArray
    years: FloatArray
    is_call: NDArray[np.bool_]
    vol: FloatArray
    price: FloatArray

    def __len__(self) -> int:
        return len(self.price)

    def head(self, size: int) -> "Book":
        """Return the first rows."""
        return Book(
            self.forward[:size],
            self.strike[:size],
            self.years[:size],
            self.is_call[:size],
            self.vol[:size],
            self.price[:size],
        )


Package = Any
"""An imported package: none of them has types."""

Task = Callable[[], Any]
"""The measured work: no arguments, conversions already done; returns the vols."""

Prepare = Callable[[Package, Book], Task]
"""From the imported package and the options to the work."""


@dataclass(frozen=True, slots=True)
class Peer:
    """
    One package and what it is asked for.

    Attributes:
        module: What is imported.
        package: Its name in the package index, for the version.
        most: Options per run: a slow package gets fewer of the same ones.
        has_greeks: The work includes the package's Greeks.
    """

    module: str
    package: str
    most: int
    has_greeks: bool
    prepare: Prepare

    def is_installed(self) -> bool:
        """Say whether the package can be imported."""
        return find_spec(self.module) is not None

    def label(self) -> str:
        """Return the name and version."""
        try:
            return f"{self.package} {version(self.package)}"
        except PackageNotFoundError:
            return self.package

    def task(self, book: Book) -> Task:
        """Import the package and return the work on the options."""
        return self.prepare(import_module(self.module), book.head(self.most))


def _flags(book: Book) -> NDArray[np.str_]:
    return np.where(book.is_call, "c", "p")


def _py_vollib_vectorized(package: Package, book: Book) -> Task:
    flags = _flags(book)
    return lambda: package.vectorized_implied_volatility(
        book.price, book.forward, book.strike, book.years, 0.0, flags, return_as="numpy"
    )


def _pyfeng(package: Package, book: Book) -> Task:
    model = package.Bsm(0.2)
    sign = np.where(book.is_call, 1, -1)
    return lambda: model.impvol(book.price, book.strike, book.forward, book.years, sign)


def _fast_vollib(package: Package, book: Book) -> Task:
    flags = _flags(book)
    return lambda: package.fast_implied_volatility(
        book.price, book.forward, book.strike, book.years, 0.0, flags, return_as="numpy"
    )


def _then_greeks(prepare: Prepare) -> Prepare:
    """Return the same work, and the five Greeks at the vols found."""

    def prepare_both(package: Package, book: Book) -> Task:
        flags = _flags(book)
        solve = prepare(package, book)

        def both() -> FloatArray:
            vol: FloatArray = solve()
            package.get_all_greeks(
                flags, book.forward, book.strike, book.years, 0.0, vol, return_as="dict"
            )
            return vol

        return both

    return prepare_both


def _quantlib(package: Package, book: Book) -> Task:
    call, put = package.Option.Call, package.Option.Put
    rows = list(
        zip(
            [call if is_call else put for is_call in book.is_call.tolist()],
            book.strike.tolist(),
            book.forward.tolist(),
            book.price.tolist(),
            np.sqrt(book.years).tolist(),
            strict=True,
        )
    )
    solve = package.blackFormulaImpliedStdDev
    return lambda: [
        solve(right, strike, forward, price) / root for right, strike, forward, price, root in rows
    ]


def _lets_be_rational(package: Package, book: Book) -> Task:
    sign = np.where(book.is_call, 1.0, -1.0)
    columns = (book.price, book.forward, book.strike, book.years, sign)
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    solve = package.implied_volatility_from_a_transformed_rational_guess
    return lambda: [solve(*row) for row in rows]


def _mibian(package: Package, book: Book) -> Task:
    columns = (book.forward, book.strike, book.years * 365.0, book.is_call, book.price)
    rows = list(zip(*(column.tolist() for column in columns), strict=True))

    def solve(forward: float, strike: float, days: float, is_call: bool, price: float) -> float:
        side = "callPrice" if is_call else "putPrice"
        try:
            model = package.BS([forward, strike, 0.0, days], **{side: price})
        except (IndexError, ValueError, ZeroDivisionError):  # its search reads printed digits
            return math.nan
        return float(model.impliedVolatility) / 100.0

    return lambda: [solve(*row) for row in rows]


PEERS = (
    Peer("py_vollib_vectorized", "py_vollib_vectorized", 100_000, False, _py_vollib_vectorized),
    Peer("pyfeng", "pyfeng", 100_000, False, _pyfeng),
    Peer("fast_vollib", "fast-vollib", 100_000, False, _fast_vollib),
    Peer("QuantLib", "QuantLib", 20_000, False, _quantlib),
    Peer("py_lets_be_rational", "py_lets_be_rational", 2_000, False, _lets_be_rational),
    Peer("mibian", "mibian", 5, False, _mibian),
    Peer(
        "py_vollib_vectorized",
        "py_vollib_vectorized",
        100_000,
        True,
        _then_greeks(_py_vollib_vectorized),
    ),
    Peer("fast_vollib", "fast-vollib", 100_000, True, _then_greeks(_fast_vollib)),
)
