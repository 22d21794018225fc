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

FLOATS = types.Array(types.float64, 1, "C", readonly=True)  # readonly takes writable ones too
BOOLS = types.Array(types.boolean, 1, "C", readonly=True)
INDICES = types.Array(types.int32, 1, "C", readonly=True)
VOLS = types.Array(types.float64, 1, "C")
FLAGS = types.Array(types.uint8, 1, "C")
COLUMNS = types.Array(types.float64, 2, "A")  # rows contiguous, apart by any pitch
_BSM_INPUTS = (FLOATS, FLOATS, FLOATS, FLOATS, BOOLS, FLOATS, FLOATS)
_SERIES_INPUTS = (FLOATS, FLOATS, BOOLS, INDICES, FLOATS, FLOATS, FLOATS)

IMPLIED_VOL = (FLOATS, FLOATS, FLOATS, FLOATS, BOOLS, FLOATS, VOLS, FLAGS)
BSM_GREEKS = (*_BSM_INPUTS, COLUMNS)
BSM_SOLVE = (*_BSM_INPUTS, COLUMNS, FLAGS)
SERIES_IMPLIED_VOL = (*_SERIES_INPUTS, VOLS, FLAGS)
SERIES_GREEKS = (*_SERIES_INPUTS, COLUMNS)
SERIES_SOLVE = (*_SERIES_INPUTS, COLUMNS, FLAGS)
