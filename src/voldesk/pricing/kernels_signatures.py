"""
The argument types of the compiled entry points.

One signature each: numba then never compiles in the middle of a call, and an array of another
type is an error instead of a wait of some seconds.
"""

from collections.abc import Callable

from numba import types

from voldesk.pricing.kernels_bits import Untyped
from voldesk.pricing.twin_calls import Call

Compile = Callable[[Call, Untyped], Call]

_FLOATS = types.Array(types.float64, 1, "C", readonly=True)  # readonly takes writable ones too
_BOOLS = types.Array(types.boolean, 1, "C", readonly=True)
_INDICES = types.Array(types.int32, 1, "C", readonly=True)
_VOLS = types.Array(types.float64, 1, "C")
_FLAGS = types.Array(types.uint8, 1, "C")
_COLUMNS = types.Array(types.float64, 2, "C")
_BSM_INPUTS = (_FLOATS, _FLOATS, _FLOATS, _FLOATS, _BOOLS, _FLOATS, _FLOATS)
_SERIES_INPUTS = (_FLOATS, _FLOATS, _BOOLS, _INDICES, _FLOATS, _FLOATS, _FLOATS)

CHUNKS = types.int64
IMPLIED_VOL = (_FLOATS, _FLOATS, _FLOATS, _FLOATS, _BOOLS, _FLOATS, _VOLS, _FLAGS)
BSM_GREEKS = (*_BSM_INPUTS, _COLUMNS)
BSM_SOLVE = (*_BSM_INPUTS, _COLUMNS, _FLAGS)
SERIES_IMPLIED_VOL = (*_SERIES_INPUTS, _VOLS, _FLAGS)
SERIES_GREEKS = (*_SERIES_INPUTS, _COLUMNS)
SERIES_SOLVE = (*_SERIES_INPUTS, _COLUMNS, _FLAGS)
