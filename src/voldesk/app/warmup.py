"""Compile the kernels beside the work: the NumPy twin answers until they are ready."""

from functools import cache
from threading import Thread

from voldesk.pricing import engine

LARGE_INPUT = 20_000
"""Options per call from which one call's worth of work hints at more, and compiling pays."""


@cache
def _compiling() -> Thread:
    """Start the one warm-up thread of this process; it never keeps the process alive."""
    thread = Thread(target=engine.warm_up, name="voldesk-warm-up", daemon=True)
    thread.start()
    return thread


def start_warm_up() -> None:
    """Compile the kernels, or load them from their cache, in the background; once."""
    _compiling()


def warm_up() -> bool:
    """
    Return when the compiled kernels serve; where numba is absent, at once.

    Without this call the first large request starts the same work in the background and is
    itself answered by the NumPy twin, to the same accuracy.

    Returns:
        Whether the compiled kernels serve; if not, the NumPy twin still does.
    """
    _compiling().join()
    return engine.is_compiled_ready()
