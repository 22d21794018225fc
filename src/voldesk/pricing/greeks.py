"""
Prices and Greeks: textbook derivatives of Black-Scholes-Merton, in columns.

vega, vanna and volga are per 1.00 of vol, theta and charm per year, rho per 1.00 of rate;
``chain`` scales them to published units.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from voldesk.pricing import engine, twin_greeks
from voldesk.pricing.mills import FloatArray
from voldesk.pricing.shapes import BOOL, FLOAT, INDEX, Shape, aligned

FlagArray = NDArray[np.uint8]

_DIRECT = (FLOAT, FLOAT, FLOAT, FLOAT, BOOL, FLOAT, FLOAT)
_PER_ROW = (FLOAT, FLOAT, BOOL, INDEX)
_PER_SERIES = (FLOAT, FLOAT, FLOAT)


class GreekColumns:
    """
    Ten columns of one shape, held in one block so that a call fills them with one pass.

    Each column is a view: vol (a fraction), price (quote currency per unit), delta, gamma, theta
    (per year), vega (per 1.00 of vol), rho (per 1.00 of rate), vanna (delta per 1.00 of vol),
    volga (vega per 1.00 of vol), charm (delta per year of time passing). NaN where the row has
    no vol or the figure has no limit.
    """

    __slots__ = ("block",)

    names = (
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
        self.block = block  # (10, *shape), C-contiguous

    @classmethod
    def empty(cls, shape: int | Shape) -> "GreekColumns":
        """Make columns to be written into, for ``out=``."""
        tail = (shape,) if isinstance(shape, int) else shape
        return cls(np.empty((twin_greeks.COLUMNS, *tail)))

    def __iter__(self) -> Iterator[FloatArray]:
        return iter(self.block)

    @property
    def vol(self) -> FloatArray:
        """The vol the other columns are taken at, a fraction."""
        return self.block[twin_greeks.VOL]

    @property
    def price(self) -> FloatArray:
        """Present value, quote currency per unit of underlying."""
        return self.block[twin_greeks.PRICE]

    @property
    def delta(self) -> FloatArray:
        """Change of price per 1 of spot."""
        return self.block[twin_greeks.DELTA]

    @property
    def gamma(self) -> FloatArray:
        """Change of delta per 1 of spot."""
        return self.block[twin_greeks.GAMMA]

    @property
    def theta(self) -> FloatArray:
        """Change of price per year of time passing."""
        return self.block[twin_greeks.THETA]

    @property
    def vega(self) -> FloatArray:
        """Change of price per 1.00 of vol."""
        return self.block[twin_greeks.VEGA]

    @property
    def rho(self) -> FloatArray:
        """Change of price per 1.00 of rate."""
        return self.block[twin_greeks.RHO]

    @property
    def vanna(self) -> FloatArray:
        """Change of delta per 1.00 of vol."""
        return self.block[twin_greeks.VANNA]

    @property
    def volga(self) -> FloatArray:
        """Change of vega per 1.00 of vol."""
        return self.block[twin_greeks.VOLGA]

    @property
    def charm(self) -> FloatArray:
        """Change of delta per year of time passing."""
        return self.block[twin_greeks.CHARM]


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
        out: Columns of the result's shape to write into.

    Returns:
        Columns in the common shape. At vol 0, years 0, strike 0 or spot 0 they are the limits:
        delta a step, gamma 0 and so on; exactly at the forward with stdev 0 delta is half a step
        and gamma, theta, vanna, volga and charm are NaN. A bad input gives a row of NaN.

    Raises:
        ValueError: The shapes do not broadcast.
    """
    rows, shape = aligned((vol, spot, strike, years, is_call, rate, dividend_yield), _DIRECT)
    columns = out or GreekColumns.empty(shape)
    engine.current.bsm_greeks(*rows, columns.block.reshape(twin_greeks.COLUMNS, -1))
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
    out: tuple[GreekColumns, FlagArray] | None = None,
) -> tuple[GreekColumns, FlagArray]:
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
        out: Columns and flags of the result's shape to write into.

    Returns:
        Columns and flags of ``pricing.flags`` in the common shape; a row that is not OK is NaN in
        every column. No input raises.

    Raises:
        ValueError: The shapes do not broadcast.
    """
    rows, shape = aligned((price, spot, strike, years, is_call, rate, dividend_yield), _DIRECT)
    columns, flag = out or (GreekColumns.empty(shape), np.empty(shape, np.uint8))
    block = columns.block.reshape(twin_greeks.COLUMNS, -1)
    engine.current.bsm_solve(*rows, block, flag.reshape(-1))
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
        out: Columns of the result's shape to write into.

    Returns:
        Columns as ``bsm_greeks``.

    Raises:
        ValueError: The shapes do not broadcast.
    """
    rows, shape = aligned((vol, strike, is_call, series), _PER_ROW)
    tables, _ = aligned((forward, discount, years), _PER_SERIES)
    columns = out or GreekColumns.empty(shape)
    block = columns.block.reshape(twin_greeks.COLUMNS, -1)
    engine.current.series_greeks(*rows, *tables, block)
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
    out: tuple[GreekColumns, FlagArray] | None = None,
) -> tuple[GreekColumns, FlagArray]:
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
        out: Columns and flags of the result's shape to write into.

    Returns:
        Columns (as ``series_greeks``) and flags; a row that is not OK is NaN in every column.

    Raises:
        ValueError: The shapes do not broadcast.
    """
    rows, shape = aligned((price, strike, is_call, series), _PER_ROW)
    tables, _ = aligned((forward, discount, years), _PER_SERIES)
    columns, flag = out or (GreekColumns.empty(shape), np.empty(shape, np.uint8))
    block = columns.block.reshape(twin_greeks.COLUMNS, -1)
    engine.current.series_solve(*rows, *tables, block, flag.reshape(-1))
    return columns, flag
