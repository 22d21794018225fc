import asyncio
import os
import signal
import subprocess
import sys

import pytest

from voldesk.app.exits import ExitCode
from voldesk.app.running import first_of_ours, run
from voldesk.model.errors import ConfigError, StorageError

STUCK = """
import asyncio
from voldesk.app.running import run

async def main(stop):
    print("up", flush=True)
    await stop.wait()
    await asyncio.Event().wait()

run(main, shutdown_secs=0.3)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_sets_the_event_and_the_end_is_success(number: signal.Signals) -> None:
    """The coroutine is asked to end, not thrown out."""
    seen: list[str] = []

    async def main(stop: asyncio.Event) -> None:
        os.kill(os.getpid(), number)
        await stop.wait()
        seen.append("asked")

    before = signal.getsignal(number)
    try:
        run(main)
    finally:
        signal.signal(number, before)
    assert seen == ["asked"]


def test_a_coroutine_may_end_by_itself() -> None:
    """Without a signal nothing is different."""

    async def main(_stop: asyncio.Event) -> None:
        return

    run(main)


def test_an_error_comes_out_of_its_groups() -> None:
    """What was raised on purpose ends the process by itself, whatever group it came in."""

    async def fail(error: Exception) -> None:
        raise error

    async def main(_stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail(ConfigError("the port is taken")), name="one")

    with pytest.raises(ConfigError, match="the port is taken"):
        run(main)


def test_a_defect_stays_in_its_group() -> None:
    """What nobody raised on purpose keeps its traceback."""

    async def fail() -> None:
        raise ZeroDivisionError

    async def main(_stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail(), name="one")

    with pytest.raises(ExceptionGroup):
        run(main)


def test_the_first_of_ours_is_found_however_deep() -> None:
    """Groups hold groups."""
    error = StorageError("full")
    group = ExceptionGroup("a", [ValueError(), ExceptionGroup("b", [KeyError(), error])])
    assert first_of_ours(group) is error
    assert first_of_ours(ExceptionGroup("a", [ValueError()])) is None


@pytest.mark.parametrize("signals", [1, 2])
def test_what_hangs_is_left(signals: int) -> None:
    """Whoever does not end when asked is gone soon after, and at once when asked again."""
    with subprocess.Popen(
        [sys.executable, "-c", STUCK], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        for _ in range(signals):
            process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    if signals == 1:
        assert process.returncode == ExitCode.ERROR
        assert "still not stopped after 0.3 s" in said
    else:
        assert process.returncode != ExitCode.OK
