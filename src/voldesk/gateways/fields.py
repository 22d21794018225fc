"""The figures a stream can carry: which there are, which come unasked, how they are gathered."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voldesk.analytics.update import ChainUpdate
from voldesk.chain.schema import ROW_COLUMNS, Kind
from voldesk.gateways.problems import ClientError
from voldesk.model.quotes import NO_TIME, FloatArray, IntArray
from voldesk.pricing.layout import NEVER

AGE: Final = "age_secs"
"""
Seconds from the row's own time to the frame's ``ts_flush_us``.

Of a row without a time of its own, as of venues that stamp nothing, from the receipt of its last
quote; NaN where it was never quoted.
"""

_NS_PER_SECOND: Final = 1e9

_FLOATS: Final = tuple(column.name for column in ROW_COLUMNS if column.kind is Kind.FLOAT)

STREAM_FIELDS: Final[tuple[str, ...]] = (
    *_FLOATS,
    "status",
    "data_type",
    AGE,
)
"""Every field, in the order in which a frame carries them, whatever order was asked for."""

DEFAULT_FIELDS: Final[tuple[str, ...]] = (
    "bid",
    "ask",
    "last",
    "volume",
    "open_interest",
    "iv",
    "delta",
    "gamma",
    "theta",
    "vega",
    "rho",
    "status",
)

_IS_FLOAT: Final = frozenset(_FLOATS)
_PLACES: Final = {name: place for place, name in enumerate(STREAM_FIELDS)}


def choose_fields(names: Iterable[str] | None) -> tuple[str, ...]:
    """
    Return the fields asked for, each once, in the stream's order; of None the default ones.

    Raises:
        ClientError: A name is no field, or there is none.
    """
    if names is None:
        return DEFAULT_FIELDS
    wanted = set(names)
    for name in sorted(wanted):
        if name not in _PLACES:
            close = get_close_matches(name, STREAM_FIELDS, 1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise ClientError("unknown_field", f"no field {name!r}{hint}")
    if not wanted:
        raise ClientError("unknown_field", "fields is empty: name at least one, or leave it out")
    return tuple(sorted(wanted, key=_PLACES.__getitem__))


def gather_into(
    out: NDArray[np.float32], update: ChainUpdate, names: Sequence[str], rows: IntArray | None
) -> None:
    """Write fields of some rows (None: all) as `gather` returns them, one after the other."""
    with np.errstate(over="ignore"):  # beyond float32 is infinity
        if rows is None:
            for place, name in enumerate(names):
                out[place] = gather(update, name, None)
            return
        columns, block = update.table.rows, np.empty(out.shape)
        for place, name in enumerate(names):
            if name in _IS_FLOAT:
                getattr(columns, name).take(rows, out=block[place], mode="clip")  # needs no copy
            else:
                block[place] = gather(update, name, rows)
        out[:] = block


def gather(update: ChainUpdate, name: str, rows: IntArray | None) -> FloatArray:
    """Return one field of some rows (None: all) as the table stands, NaN unknown. ``(n,)``."""
    columns = update.table.rows
    if name == AGE:
        times = columns.ts_event if rows is None else columns.ts_event[rows]
        received = update.table.quoted_at
        if received is not None:
            received = received if rows is None else received[rows]
            times = np.where((times == NO_TIME) & (received != NEVER), received, times)
        age = (update.ts_flush - times) / _NS_PER_SECOND
        return np.where(times == NO_TIME, np.nan, age)
    column = getattr(columns, name)
    return np.asarray(column if rows is None else column[rows], dtype=np.float64)
