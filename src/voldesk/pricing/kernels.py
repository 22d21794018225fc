"""
Compile the calls or load them from numba's cache, for one thread and for several.

numba keys its cache on the one file a function stands in, and these stand in several: a changed
``kernels_stages`` would go unnoticed and an upgraded package would run yesterday's code. So every
entry point has the revision of all the sources as a free variable, which is part of numba's key,
and returns it, so that the loader sees what it got.
"""

import hashlib
import inspect
from types import ModuleType

import numba
from numba import njit, types
from numba.np.ufunc.parallel import threading_layer

from voldesk.pricing import (
    coefficients,
    constants,
    fit_rules,
    flags,
    kernels_bits,
    kernels_calls,
    kernels_columns,
    kernels_fit,
    kernels_form,
    kernels_hard,
    kernels_intake,
    kernels_live,
    kernels_moves,
    kernels_rows,
    kernels_stages,
    layout,
)
from voldesk.pricing.kernels_bits import FASTMATH, Untyped
from voldesk.pricing.kernels_live import live_calls
from voldesk.pricing.kernels_serial import serial_calls
from voldesk.pricing.kernels_signatures import Compile
from voldesk.pricing.kernels_threads import share_call, shared_calls
from voldesk.pricing.twin_calls import Call, Calls
from voldesk.pricing.twin_live import LiveCalls

SOURCES: tuple[ModuleType, ...] = (
    coefficients,
    constants,
    fit_rules,
    flags,
    kernels_bits,
    kernels_calls,
    kernels_columns,
    kernels_fit,
    kernels_form,
    kernels_hard,
    kernels_intake,
    kernels_live,
    kernels_moves,
    kernels_rows,
    kernels_stages,
    layout,
)
SAFE_LAYERS = ("omp", "tbb")  # workqueue aborts the process when two threads call at once


def source_revision() -> int:
    """Return a number that changes with any source the kernels are made of."""
    digest = hashlib.sha256()
    for module in SOURCES:
        digest.update(inspect.getsource(module).encode())
    return int.from_bytes(digest.digest()[:7], "big")


def compiler(*, is_cached: bool, is_parallel: bool, fastmath: frozenset[str] = FASTMATH) -> Compile:
    """Return what compiles an entry point at once, for one signature."""

    def compile_(function: Call, arguments: Untyped) -> Call:
        dispatcher: Call = njit(
            types.int64(*arguments),
            error_model="numpy",
            fastmath=set(fastmath),
            nogil=True,
            cache=is_cached,
            parallel=is_parallel,
        )(function)
        return dispatcher

    return compile_


def load_serial(*, is_cached: bool) -> Calls:
    """
    Return the calls for one thread.

    Raises:
        Exception: Of any kind, from numba or its cache.
    """
    return serial_calls(compiler(is_cached=is_cached, is_parallel=False), source_revision())


def load_live(*, is_cached: bool) -> LiveCalls:
    """
    Return the calls on live columns, whose arithmetic is kept as written.

    Raises:
        Exception: Of any kind, from numba or its cache.
    """
    compile_ = compiler(is_cached=is_cached, is_parallel=False, fastmath=frozenset())
    return live_calls(compile_, source_revision())


def load_threaded(*, is_cached: bool, max_threads: int | None) -> Calls | None:
    """
    Return the calls for several threads; None where they would be unsafe or of no use.

    A layer that cannot be entered by two threads at once is never used, and a process with one
    core has nothing to share.

    Raises:
        Exception: Of any kind, from numba or its cache.
    """
    threads = numba.get_num_threads()  # starts the layer
    layer: Untyped = threading_layer
    if max_threads is not None:
        threads = min(threads, max_threads)
    if threads < 2 or layer() not in SAFE_LAYERS:
        return None
    compile_ = compiler(is_cached=is_cached, is_parallel=True)
    return shared_calls(share_call(compile_, source_revision()), threads)
