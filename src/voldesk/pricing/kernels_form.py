"""
What a compiled call checks of its arguments before it touches them.

numba sees to type, dimension and contiguity. It does not see how many rows an array has, and a
loop without bounds over a column too short reads, or writes, what belongs to somebody else.

The functions take sizes, since numba compiles them in a tenth of the time it needs for arrays.
"""

from voldesk.pricing.kernels_bits import Untyped, inlined, looping
from voldesk.pricing.kernels_rows import COLUMNS

REFUSAL = "columns have neither one row nor as many as the result"


@looping
def require(is_fit: bool) -> None:
    """
    Do nothing, or refuse the call.

    Raises:
        ValueError: The rows do not go together.
    """
    if not is_fit:
        raise ValueError(REFUSAL)


@inlined
def fits(size: int, rows: int) -> bool:
    """Return whether a column has so many rows, or one that stands for all."""
    return (size == rows) | (size == 1)


@looping
def all_fit(rows: int, a: int, b: int, c: int, d: int, e: int, f: int, g: int) -> bool:
    """Return whether columns of these sizes do; 1 for those a call has not."""
    return (
        fits(a, rows)
        & fits(b, rows)
        & fits(c, rows)
        & fits(d, rows)
        & fits(e, rows)
        & fits(f, rows)
        & fits(g, rows)
    )


@inlined
def block_fits(columns: Untyped, rows: int) -> bool:
    """Return whether ten columns of so many rows can be written, each without gaps."""
    has_gaps = (columns.strides[1] != columns.itemsize) & (rows > 1)
    is_fit: bool = (columns.shape[0] == COLUMNS) & (columns.shape[1] == rows) & (not has_gaps)
    return is_fit
