"""
Which implementation serves the room's public functions: the NumPy twin, or the compiled kernels.

A process starts on the twin, which needs no compiler and no import of numba. ``warm_up`` loads
the kernels (from numba's cache, or compiling them: some seconds), holds them to the twin on a few
options and then switches by one assignment, so that a call in another thread sees the one or the
other whole. It blocks; who wants it in the background calls it from a thread of his own.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from voldesk.pricing.selfcheck import find_difference
from voldesk.pricing.selfcheck_live import find_live_difference
from voldesk.pricing.twin_calls import TWIN, Calls
from voldesk.pricing.twin_live import LIVE_TWIN, LiveCalls

_Made = TypeVar("_Made", Calls, LiveCalls)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """How the kernels run."""

    max_threads: int | None = None  # None: as many as the machine has
    parallel_rows: int = 4096  # waking a second thread costs what pricing 300 options does


@dataclass(frozen=True, slots=True)
class WarmUp:
    """What ``warm_up`` came to."""

    is_compiled: bool
    is_parallel: bool
    reason: str  # what is not as it could be, and why; "" when all is well


class _Serving(NamedTuple):
    few: Calls
    many: Calls
    parallel_rows: int
    live: LiveCalls = LIVE_TWIN


_ON_TWIN = _Serving(TWIN, TWIN, 0)
_serving = _ON_TWIN


def calls(rows: int) -> Calls:
    """Return the implementation that serves a call of this many rows."""
    serving = _serving
    return serving.few if rows < serving.parallel_rows else serving.many


def live_calls() -> LiveCalls:
    """Return the implementation that serves the calls on live columns."""
    return _serving.live


def is_compiled_ready() -> bool:
    """Return whether the compiled kernels serve."""
    return _serving is not _ON_TWIN


def rest() -> None:
    """Go back to the twin."""
    _switch(_ON_TWIN)


def warm_up(settings: EngineSettings | None = None) -> WarmUp:
    """
    Load the compiled kernels and switch to them; on any failure the twin keeps serving.

    Nothing raises. Where numba's cache can be neither read nor written the kernels are compiled
    without it. Several threads are used only where numba's threading layer allows calls from
    several Python threads at once, and never in a forked child, which may not enter that layer.
    """
    chosen = settings or EngineSettings()
    try:
        from voldesk.pricing import kernels  # noqa: PLC0415  # numba costs 0.3 s to import
    except ImportError as error:
        return WarmUp(is_compiled=False, is_parallel=False, reason=f"no numba: {error}")

    serial, reason = _load(
        lambda is_cached: kernels.load_serial(is_cached=is_cached), find_difference
    )
    if serial is None:
        return WarmUp(is_compiled=False, is_parallel=False, reason=reason)
    live, why_slow = _load(
        lambda is_cached: kernels.load_live(is_cached=is_cached), find_live_difference
    )
    live, reason = live or LIVE_TWIN, reason or why_slow
    alone = _Serving(serial, serial, 0, live)
    _switch(alone)

    threads = chosen.max_threads
    threaded, why_alone = _load(
        lambda is_cached: kernels.load_threaded(is_cached=is_cached, max_threads=threads),
        find_difference,
    )
    if threaded is None:
        return WarmUp(is_compiled=True, is_parallel=False, reason=reason or why_alone)
    os.register_at_fork(after_in_child=lambda: _switch(alone))
    _switch(_Serving(serial, threaded, chosen.parallel_rows, live))
    return WarmUp(is_compiled=True, is_parallel=True, reason=reason)


def _switch(serving: _Serving) -> None:
    global _serving  # noqa: PLW0603  # the one switch of the room
    _serving = serving


def _load(
    load: Callable[[bool], _Made | None], find: Callable[[_Made], str]
) -> tuple[_Made | None, str]:
    """Return checked calls, made with numba's cache or else without; or why there are none."""
    reason = ""
    for is_cached in (True, False):
        try:
            calls = load(is_cached)
            if calls is None:
                return None, "one thread: no second core, or a threading layer that is not safe"
            difference = find(calls)
        except Exception as error:  # noqa: BLE001  # whatever numba or its cache do, we can price
            reason = f"{type(error).__name__}: {error}"
            continue
        if not difference:
            return calls, reason
        reason = difference
    return None, reason
