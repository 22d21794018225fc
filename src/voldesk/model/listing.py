"""What a feed ticks: its instruments in columns, numbered as its ticks number them."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from voldesk.model.quotes import BoolArray, DateArray, FloatArray, TextArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Listing:
    """
    Instruments of one feed, one array of length n per column; row i is instrument i of its ticks.

    A row is an option contract or, where ``is_option`` is False, an underlying itself: its ticks
    are of kind SPOT, and root, expiry and strike say nothing (the symbol's own, NaT, NaN).
    """

    key: TextArray  # `ids.contract_key`, or "us SPX" for an underlying: the same from every feed
    symbol: TextArray  # as the venue names it
    underlying: TextArray
    market: TextArray  # enums.Market values
    root: TextArray
    expiry: DateArray
    is_call: BoolArray
    strike: FloatArray
    is_option: BoolArray
    multiplier: FloatArray  # units of underlying per contract
    tick_size: FloatArray  # smallest price step, NaN unknown

    @classmethod
    def build(cls, **columns: Any) -> Self:  # noqa: ANN401  # anything NumPy can make a column of
        """
        Make a listing of the columns given; ``multiplier`` is 1 and ``tick_size`` NaN if left out.

        Raises:
            ValueError: A column is missing, unknown, or of another length than ``key``.
        """
        size = len(columns["key"])
        columns.setdefault("multiplier", np.ones(size))
        columns.setdefault("tick_size", np.full(size, np.nan))
        made: dict[str, Any] = {}
        for name, dtype in _DTYPES.items():
            if name not in columns:
                raise ValueError(f"a listing needs the column {name}")
            made[name] = np.asarray(columns.pop(name), dtype=dtype)
            if made[name].shape != (size,):
                raise ValueError(f"column {name} has shape {made[name].shape}, key ({size},)")
        if columns:
            raise ValueError(f"unknown columns: {', '.join(sorted(columns))}")
        return cls(**made)

    def __len__(self) -> int:
        return len(self.key)

    @property
    def underlyings(self) -> tuple[str, ...]:
        """Name the underlyings, in order of first appearance."""
        return tuple(dict.fromkeys(self.underlying.tolist()))


_DTYPES: dict[str, Any] = {
    "key": np.object_,
    "symbol": np.object_,
    "underlying": np.object_,
    "market": np.object_,
    "root": np.object_,
    "expiry": "datetime64[D]",
    "is_call": np.bool_,
    "strike": np.float64,
    "is_option": np.bool_,
    "multiplier": np.float64,
    "tick_size": np.float64,
}
