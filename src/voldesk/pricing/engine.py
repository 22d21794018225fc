"""
Which implementation serves the room's public functions: the NumPy twin, or the compiled kernels.

The process starts on the twin, which needs no compiler and no import of numba. ``warm_up`` loads
the kernels (from numba's cache, or compiling them: some seconds), holds them to the twin on a
small set of options and then switches by one assignment, so a call in another thread sees either
the one or the other. It blocks; who wants it in the background calls it from a thread of his own.
"""

from dataclasses import dataclass
from typing import Protocol

from voldesk.pricing import twin_calls


class Implementation(Protocol):
    """The six calls of ``twin_calls``; the compiled kernels offer the same."""

    implied_vol: object
    bsm_greeks: object
    bsm_solve: object
    series_implied_vol: object
    series_greeks: object
    series_solve: object


@dataclass(frozen=True, slots=True)
class WarmUp:
    """What ``warm_up`` came to."""

    is_compiled: bool
    reason: str  # why the twin still serves; "" when compiled


current = twin_calls


def is_compiled_ready() -> bool:
    """Return whether the compiled kernels serve."""
    return current is not twin_calls


def warm_up() -> WarmUp:
    """Load the compiled kernels and switch to them; on any failure the twin keeps serving."""
    return WarmUp(is_compiled=False, reason="the compiled kernels are not built yet")
