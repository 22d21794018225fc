"""A coroutine as a process: its loop, its signals, its last five seconds."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Final, NoReturn

from voldesk.app.exits import ExitCode
from voldesk.model.errors import VoldeskError

SHUTDOWN_SECS: Final = 5.0
"""After the first signal the process is gone within this, whatever hangs."""

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)

Main = Callable[[asyncio.Event], Awaitable[None]]
"""Runs until done, or until its event says that the operator wants it to end."""


def run(main: Main, *, shutdown_secs: float = SHUTDOWN_SECS) -> None:
    """
    Run a coroutine function to its end on the fastest loop there is.

    The first SIGINT or SIGTERM sets its event; it is expected to return, and that is success. The
    second one ends the process as if nobody had asked nicely.

    Raises:
        VoldeskError: What ended it, out of whatever groups it came in.
    """
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_with_signals(main, shutdown_secs))
    except BaseExceptionGroup as group:
        error = first_of_ours(group)
        if error is None:
            raise
        raise error from group


def first_of_ours(group: BaseExceptionGroup[BaseException]) -> VoldeskError | None:
    """Return the first error of a group that was raised on purpose, None where there is none."""
    for error in group.exceptions:
        found = first_of_ours(error) if isinstance(error, BaseExceptionGroup) else error
        if isinstance(found, VoldeskError):
            return found
    return None


async def _with_signals(main: Main, shutdown_secs: float) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    force = threading.Timer(shutdown_secs, leave_by_force, args=(shutdown_secs,))
    force.daemon = True

    def end() -> None:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)  # the next one is not asked
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        force.start()
        stop.set()

    try:
        for number in _SIGNALS:
            loop.add_signal_handler(number, end)
    except (NotImplementedError, ValueError):  # Windows, or not the main thread: Ctrl-C raises
        pass
    try:
        await main(stop)
    finally:
        force.cancel()


def leave_by_force(after_secs: float) -> NoReturn:
    """End the process now; what was flushed to disk is whole."""
    sys.stderr.write(f"error: still not stopped after {after_secs:g} s, leaving\n")
    sys.stderr.flush()
    os._exit(ExitCode.ERROR)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return uvloop's loop where it is installed, else None for asyncio's own."""
    try:
        import uvloop  # noqa: PLC0415  # absent on Windows
    except ImportError:
        return None
    return uvloop.new_event_loop
