"""A chain at one time as a venue or a file gave it: quotes in columns, nothing computed."""

from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from voldesk.model.enums import Market

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]
DateArray = NDArray[np.datetime64]
TextArray = NDArray[np.object_]

NO_TIME = 0
"""``ts_event`` of a row that carries no time of its own."""

NO_EXPIRY = np.datetime64("NaT", "D")

_KINDS: dict[Any, tuple[Any, Any]] = {  # column type: (dtype, value that means unknown)
    TextArray: (np.object_, ""),
    DateArray: ("datetime64[D]", NO_EXPIRY),
    BoolArray: (np.bool_, False),
    FloatArray: (np.float64, np.nan),
    IntArray: (np.int64, NO_TIME),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class QuoteColumns:
    """
    Rows of one underlying, one array of length n per column; unknown is NaN (text: "").

    Prices and sizes stand as the venue counts them (a Deribit premium in coin); ``ts_event`` is
    int64 UTC nanoseconds, ``NO_TIME`` where the row carries none. ``forward`` and ``spot`` are
    those the row itself came with. ``vendor_*`` are the vendor's own figures, for comparison:
    iv a fraction, vega and rho per 0.01, theta per calendar day.
    """

    symbol: TextArray
    root: TextArray
    expiry: DateArray  # datetime64[D], the date printed on the contract
    is_call: BoolArray
    strike: FloatArray
    bid: FloatArray
    ask: FloatArray
    last: FloatArray
    mark: FloatArray
    bid_size: FloatArray
    ask_size: FloatArray
    volume: FloatArray  # contracts traded today
    open_interest: FloatArray
    forward: FloatArray
    spot: FloatArray
    ts_event: IntArray
    vendor_iv: FloatArray
    vendor_delta: FloatArray
    vendor_gamma: FloatArray
    vendor_theta: FloatArray
    vendor_vega: FloatArray
    vendor_rho: FloatArray

    @classmethod
    def build(cls, **given: Any) -> Self:  # noqa: ANN401  # anything NumPy can make a column of
        """
        Make columns of what is given; a column left out is unknown in every row.

        Raises:
            ValueError: A column's length differs from ``strike``'s, naming both.
        """
        size = len(given["strike"])
        columns: dict[str, Any] = {}
        for spec in fields(cls):
            dtype, unknown = _KINDS[spec.type]
            value = given.pop(spec.name, None)
            if value is None:
                column = np.full(size, unknown, dtype=dtype)
            else:
                column = np.asarray(value, dtype=dtype)
            if column.shape != (size,):
                raise ValueError(f"column {spec.name} has shape {column.shape}, strike ({size},)")
            columns[spec.name] = column
        if given:
            raise ValueError(f"unknown columns: {', '.join(sorted(given))}")
        return cls(**columns)

    def __len__(self) -> int:
        return len(self.strike)

    def take(self, rows: IntArray | BoolArray) -> "QuoteColumns":
        """Return the chosen rows, by index or mask."""
        return QuoteColumns(**{spec.name: getattr(self, spec.name)[rows] for spec in fields(self)})


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row that could not be used: where it stands and why."""

    line: int  # 1-based line of the file (or row of a table)
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChainSnapshot:
    """One underlying's chain as published: columns, plus what the file says about all of them."""

    underlying: str  # "" where the source does not say
    source: str  # the format or venue it came from: "cboe", "upstox", ...
    market: Market
    quotes: QuoteColumns
    as_of: int = NO_TIME  # UTC ns of the whole snapshot, NO_TIME where it does not say
    spot: float = np.nan
    problems: tuple[RowProblem, ...] = ()
