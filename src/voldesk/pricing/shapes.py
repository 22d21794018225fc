"""Bring arguments into the form the implementations take: contiguous rows, or one row for all."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FLOAT = np.dtype(np.float64)
BOOL = np.dtype(np.bool_)
INDEX = np.dtype(np.int32)

Rows = list[NDArray[Any]]
Shape = tuple[int, ...]


def aligned(arguments: Sequence[ArrayLike], dtypes: Sequence[np.dtype[Any]]) -> tuple[Rows, Shape]:
    """
    Return flat C-contiguous arrays of n rows or one row each, and the common shape they stand for.

    What already has that form is passed on as it is, without a copy.

    Raises:
        ValueError: The shapes do not broadcast.
    """
    first = arguments[0]
    if type(first) is np.ndarray and first.ndim == 1:
        size = first.shape[0]
        for value, dtype in zip(arguments, dtypes, strict=True):
            if (
                type(value) is not np.ndarray
                or value.dtype is not dtype
                or value.shape != (size,)
                or not value.flags.c_contiguous
            ):
                break
        else:
            return list(arguments), (size,)  # type: ignore[arg-type]  # every one was just checked
    return _brought_into_form(arguments, dtypes)


def _brought_into_form(
    arguments: Sequence[ArrayLike], dtypes: Sequence[np.dtype[Any]]
) -> tuple[Rows, Shape]:
    arrays = [np.asarray(value, dtype) for value, dtype in zip(arguments, dtypes, strict=True)]
    shape = np.broadcast_shapes(*(array.shape for array in arrays))
    rows = []
    for array in arrays:
        whole = array if array.size == 1 else np.broadcast_to(array, shape)
        rows.append(np.ascontiguousarray(whole).reshape(-1))
    return rows, shape
