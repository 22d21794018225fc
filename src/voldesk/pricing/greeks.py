"""
Prices and Greeks: textbook derivatives of Black-Scholes-Merton, in columns.

vega, vanna and volga are per 1.00 of vol, theta and charm per year, rho per 1.00 of rate;
``chain`` scales them to published units.
"""

from collections.abc import Iterator
from functools import cache
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from voldesk.pricing import engine
from voldesk.pricing.mills import FloatArray
from voldesk.pricing.shapes import BOOL, FLAG, FLOAT, INDEX, Shape, aligned, checked, tables
from voldesk.pricing.twin_greeks import COLUMNS

FlagArray = NDArray[np.uint8]

_DIRECT = (FLOAT, FLOAT, FLOAT, FLOAT, BOOL, FLOAT, FLOAT)
_PER_ROW = (FLOAT, FLOAT, BOOL, INDEX)


_PAGE = 512  # float64s in 4096 bytes: addresses so far apart compete for the same cache lines
_FEW = 250  # rows that are done before it matters
_APART = 24  # enough for ten columns written side by side not to


@cache
def _pad(rows: int) -> int:
    """Return how many rows to leave between columns so that they do not fall together."""
    pad = 0
    while any(
        min(k * (rows + pad) % _PAGE, -k * (rows + pad) % _PAGE) < _APART for k in range(1, COLUMNS)
    ):
        pad += 1
    return pad


class GreekColumns:
    """
    Ten columns of one shape, held in one block that a call fills in one pass.

    Each column is a view into ``block``; iterating gives them in the order of ``names``. NaN where
    the row has no vol or the figure has no limit.
    """

    __slots__ = ("block",)

    names: ClassVar = (
        "vol",
        "price",
        "delta",
        "gamma",
        "theta",
        "vega",
        "rho",
        "vanna",
        "volga",
        "charm",
    )

    def __init__(self, block: FloatArray) -> None:
        self.block = block  # (10, *shape), each column contiguous

    @classmethod
    def empty(cls, shape: int | Shape) -> Self:
        """Make columns with nothing in them yet, for ``out=``."""
        tail = (shape,) if isinstance(shape, int) else shape
        if len(tail) != 1 or tail[0] < _FEW:
            return cls(np.empty((COLUMNS, *tail)))
        rows = tail[0]
        return cls(np.empty((COLUMNS, rows + _pad(rows % _PAGE)))[:, :rows])

    def __iter__(self) -> Iterator[FloatArray]:
        return iter(self.block)

    def _column(self, number: int) -> FloatArray:
        column: FloatArray = self.block[number]
        return column

    @property
    def vol(self) -> FloatArray:
        """The vol the other columns are taken at, a fraction per square root of a year."""
        return self._column(0)

    @property
    def price(self) -> FloatArray:
        """Present value, quote currency per unit of underlying."""
        return self._column(1)

    @property
    def delta(self) -> FloatArray:
        """Change of price per 1 of spot."""
        return self._column(2)

    @property
    def gamma(self) -> FloatArray:
        """Change of delta per 1 of spot."""
        return self._column(3)

    @property
    def theta(self) -> FloatArray:
        """Change of price per year of time passing."""
        return self._column(4)

    @property
    def vega(self) -> FloatArray:
        """Change of price per 1.00 of vol."""
        return self._column(5)

    @property
    def rho(self) -> FloatArray:
        """Change of price per 1.00 of rate."""
        return self._column(6)

    @property
    def vanna(self) -> FloatArray:
        """Change of delta per 1.00 of vol."""
        return self._column(7)

    @property
    def volga(self) -> FloatArray:
        """Change of vega per 1.00 of vol."""
        return self._column(8)

    @property
    def charm(self) -> FloatArray:
        """Change of delta per year of time passing."""
        return self._column(9)


SolvedColumns = tuple[GreekColumns, FlagArray]


def bsm_greeks(
    vol: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    years: ArrayLike,
    is_call: ArrayLike,
    rate: ArrayLike = 0.0,
    dividend_yield: ArrayLike = 0.0,
    *,
    out: GreekColumns | None = None,
) -> GreekColumns:
    """
    Return price and Greeks of each option at its vol.

    Args:
        vol: A fraction per square root of a year, >= 0. ``(n,)``
        spot: Price of the underlying, quote currency, >= 0. ``(n,)``
        strike: >= 0. ``(n,)``
        years: Time to expiry, >= 0. ``(n,)``
        is_call: True for a call. ``(n,)``
        rate: Continuous, a fraction per year. ``(n,)``
        dividend_yield: Continuous, a fraction per year. ``(n,)``
        out: Columns of the result's shape to write into, overlapping no input.

    Returns:
        Columns in the common shape. At vol 0, years 0, strike 0 or spot 0 they are the limits:
        delta a step, gamma 0 and so on; exactly at the forward with stdev 0 delta is half a step
        and gamma, theta, vanna, volga and charm are NaN. A bad input gives a row of NaN.

    Raises:
        ValueError: The shapes do not broadcast, or ``out`` does not fit.
    """
    rows, shape = aligned((vol, spot, strike, years, is_call, rate, dividend_yield), _DIRECT)
    columns = out or GreekColumns.empty(shape)
    block = _block(columns, shape)
    engine.calls(block.shape[1]).bsm_greeks(*rows, block)
    return columns


def bsm_solve(
    price: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    years: ArrayLike,
    is_call: ArrayLike,
    rate: ArrayLike = 0.0,
    dividend_yield: ArrayLike = 0.0,
    *,
    out: SolvedColumns | None = None,
) -> SolvedColumns:
    """
    Return implied vol and Greeks of each option from its price, in one pass.

    Args:
        price: Present value of the option, quote currency. ``(n,)``
        spot: Price of the underlying, quote currency, > 0. ``(n,)``
        strike: > 0. ``(n,)``
        years: Time to expiry, > 0. ``(n,)``
        is_call: True for a call. ``(n,)``
        rate: Continuous, a fraction per year. ``(n,)``
        dividend_yield: Continuous, a fraction per year. ``(n,)``
        out: Columns and flags of the result's shape to write into, overlapping no input.

    Returns:
        Columns and flags of ``pricing.flags`` in the common shape; a row that is not OK is NaN in
        every column. No input raises.

    Raises:
        ValueError: The shapes do not broadcast, or ``out`` does not fit.
    """
    rows, shape = aligned((price, spot, strike, years, is_call, rate, dividend_yield), _DIRECT)
    columns, flag = out or (GreekColumns.empty(shape), np.empty(shape, FLAG))
    block = _block(columns, shape)
    flags = checked(flag, FLAG, shape).reshape(-1)
    engine.calls(flag.size).bsm_solve(*rows, block, flags)
    return columns, flag


def series_greeks(
    vol: ArrayLike,
    strike: ArrayLike,
    is_call: ArrayLike,
    series: ArrayLike,
    forward: ArrayLike,
    discount: ArrayLike,
    years: ArrayLike,
    *,
    out: GreekColumns | None = None,
) -> GreekColumns:
    """
    Return price and Greeks where forward, discount and years belong to a series, not to a row.

    They are those of Black-Scholes-Merton on the base spot S* = forward * discount with rate
    -ln(discount) / years and no dividend yield (what is paid before expiry is already out of the
    forward); with discount 1 that is Black-76 on the forward.

    Args:
        vol: A fraction per square root of a year, >= 0. ``(n,)``
        strike: >= 0. ``(n,)``
        is_call: True for a call. ``(n,)``
        series: Which series the row belongs to, int32; no such series gives NaN. ``(n,)``
        forward: Forward of each series. ``(m,)``
        discount: Discount factor of each series. ``(m,)``
        years: Time to expiry of each series. ``(m,)``
        out: Columns of the result's shape to write into, overlapping no input.

    Returns:
        Columns as ``bsm_greeks``.

    Raises:
        ValueError: The shapes do not broadcast, or ``out`` does not fit.
    """
    rows, shape = aligned((vol, strike, is_call, series), _PER_ROW)
    per_series = tables(forward, discount, years)
    columns = out or GreekColumns.empty(shape)
    block = _block(columns, shape)
    engine.calls(block.shape[1]).series_greeks(*rows, *per_series, block)
    return columns


def series_solve(
    price: ArrayLike,
    strike: ArrayLike,
    is_call: ArrayLike,
    series: ArrayLike,
    forward: ArrayLike,
    discount: ArrayLike,
    years: ArrayLike,
    *,
    out: SolvedColumns | None = None,
) -> SolvedColumns:
    """
    Return implied vol and Greeks from prices; forward, discount and years belong to a series.

    Args:
        price: Present value of the option, quote currency. ``(n,)``
        strike: > 0. ``(n,)``
        is_call: True for a call. ``(n,)``
        series: Which series the row belongs to, int32; no such series gives BAD_INPUT. ``(n,)``
        forward: Forward of each series, > 0. ``(m,)``
        discount: Discount factor of each series, > 0. ``(m,)``
        years: Time to expiry of each series, > 0. ``(m,)``
        out: Columns and flags of the result's shape to write into, overlapping no input.

    Returns:
        Columns (as ``series_greeks``) and flags; a row that is not OK is NaN in every column.

    Raises:
        ValueError: The shapes do not broadcast, or ``out`` does not fit.
    """
    rows, shape = aligned((price, strike, is_call, series), _PER_ROW)
    per_series = tables(forward, discount, years)
    columns, flag = out or (GreekColumns.empty(shape), np.empty(shape, FLAG))
    block = _block(columns, shape)
    flags = checked(flag, FLAG, shape).reshape(-1)
    engine.calls(flag.size).series_solve(*rows, *per_series, block, flags)
    return columns, flag


def _block(columns: GreekColumns, shape: Shape) -> FloatArray:
    """Return the block in the two dimensions the implementations write."""
    block = columns.block
    expected = (COLUMNS, *shape)
    if len(shape) == 1 and block.shape == expected and block.strides[1] == FLOAT.itemsize:
        return block
    return checked(block, FLOAT, expected).reshape(COLUMNS, -1)
