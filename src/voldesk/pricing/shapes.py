"""
Bring arguments into the form the implementations take: contiguous rows, or one row for all.

A chain of 200 options is priced in two microseconds, as much as NumPy needs for a handful of calls,
so arguments that already have the form pass with a few comparisons, or with none: an
implementation counts rows itself and refuses what does not fit.
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


REFUSED = (TypeError, ValueError)
"""What an implementation raises, before it writes anything, on rows that have not its form."""


def contiguous(arguments: Sequence[Any], dtypes: Sequence[np.dtype[Any]]) -> Rows:
    """Return C-contiguous arrays of one dimension or more, where possible the arguments."""
    return list(map(np.ascontiguousarray, arguments, dtypes))


def aligned(arguments: Sequence[Any], dtypes: Sequence[np.dtype[Any]]) -> tuple[Rows, Shape]:
    """
    Return flat C-contiguous arrays of n rows or of one row each, and the shape they stand for.

    What already has that form is passed on as it is.

    Raises:
        ValueError: The shapes do not broadcast.
    """
    rows = contiguous(arguments, dtypes)
    shape = rows[0].shape
    if len(shape) != 1 or shape == ONE_ROW:
        return broadcast(arguments, dtypes)
    fitting = (shape, ONE_ROW)
    for row in rows:
        if row.shape not in fitting:
            return broadcast(arguments, dtypes)
    return rows, shape


def broadcast(
    arguments: Sequence[ArrayLike], dtypes: Sequence[np.dtype[Any]]
) -> tuple[Rows, Shape]:
    """
    Return what ``aligned`` does, of arguments of any shape, kind and place in memory.

    Raises:
        ValueError: The shapes do not broadcast.
    """
    arrays = [np.asarray(value, dtype) for value, dtype in zip(arguments, dtypes, strict=True)]
    shapes = {array.shape for array in arrays}
    shapes.discard(())
    shape = shapes.pop() if len(shapes) == 1 else np.broadcast_shapes((), *shapes)
    rows = []
    for array in arrays:
        whole = array if array.size == 1 or array.shape == shape else np.broadcast_to(array, shape)
        rows.append(np.require(whole, requirements=("C", "A")).reshape(-1))
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
