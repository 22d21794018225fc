"""Processes of one benchmark that talk in lines: a command in, one JSON object out."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Self

HERE = Path(__file__).resolve().parent


class Child:
    """A process that says hello when it is ready and answers each line with one JSON object."""

    def __init__(self, script: str, *given: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / script), *map(str, given)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(HERE)},
        )
        try:
            self.hello = self._read()
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def ask(self, line: str) -> dict[str, Any]:
        """Send a line, return the answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return self._read()

    def stop(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


async def obey() -> AsyncIterator[list[str]]:
    """Yield the words of each line on stdin, on the event loop, until it ends."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield line.decode().split()


def pin(place: int) -> None:
    """Keep this process on one processor: 0 for a server, 1 for who loads it, where there are."""
    if hasattr(os, "sched_setaffinity"):
        allowed = sorted(os.sched_getaffinity(0))
        if len(allowed) > 1:
            os.sched_setaffinity(0, {allowed[place % len(allowed)]})
