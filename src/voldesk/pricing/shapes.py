"""
Bring arguments into the form the implementations take: contiguous rows, or one row for all.

A chain of 200 options is priced in some three microseconds, as much as NumPy needs for a handful
of calls, so arguments that already have the form pass with a few comparisons.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FLOAT = np.dtype(np.float64)
BOOL = np.dtype(np.bool_)
INDEX = np.dtype(np.int32)
FLAG = np.dtype(np.uint8)

Rows = Sequence[NDArray[Any]]
Shape = tuple[int, ...]

ONE_ROW: Shape = (1,)


def aligned(arguments: Sequence[Any], dtypes: Sequence[np.dtype[Any]]) -> tuple[Rows, Shape]:
    """
    Return flat C-contiguous arrays of n rows or of one row each, and the shape they stand for.

    What already has that form is passed on as it is.

    Raises:
        ValueError: The shapes do not broadcast.
    """
    rows = list(map(np.ascontiguousarray, arguments, dtypes))
    shape = rows[0].shape
    if len(shape) == 1 and shape != ONE_ROW:
        for row in rows:
            if row.shape == shape:
                continue
            if row.shape != ONE_ROW:
                break
        else:
            return rows, shape
    return _broadcast(arguments, dtypes)


def _broadcast(
    arguments: Sequence[ArrayLike], dtypes: Sequence[np.dtype[Any]]
) -> tuple[Rows, Shape]:
    arrays = [np.asarray(value, dtype) for value, dtype in zip(arguments, dtypes, strict=True)]
    shapes = {array.shape for array in arrays}
    shapes.discard(())
    shape = shapes.pop() if len(shapes) == 1 else np.broadcast_shapes((), *shapes)
    rows = []
    for array in arrays:
        whole = array if array.size == 1 or array.shape == shape else np.broadcast_to(array, shape)
        rows.append(np.ascontiguousarray(whole).reshape(-1))
    return rows, shape


def tables(*columns: ArrayLike) -> Rows:
    """
    Return the columns of series as contiguous float64 arrays of one length.

    Raises:
        ValueError: They have more than one dimension, or lengths that do not broadcast.
    """
    arrays = [np.ascontiguousarray(column, FLOAT) for column in columns]
    shape = np.broadcast_shapes((1,), *(array.shape for array in arrays))
    if len(shape) != 1:
        raise ValueError(f"values of series have shape {shape}, one dimension expected")
    return [
        array if array.shape == shape else np.ascontiguousarray(np.broadcast_to(array, shape))
        for array in arrays
    ]


def checked(out: NDArray[Any], dtype: np.dtype[Any], shape: Shape) -> NDArray[Any]:
    """
    Return ``out`` itself if a result of this type and shape can be written into it.

    Raises:
        ValueError: It cannot.
    """
    if out.dtype is not dtype or out.shape != shape or not out.flags.carray:
        raise ValueError(
            f"out is {out.dtype} {out.shape}, expected writable contiguous {dtype} {shape}"
        )
    return out
