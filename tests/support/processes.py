"""``voldesk`` as a process of its own, from the address it prints to the signal that ends it."""

import json
import os
import select
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

VOLDESK = [sys.executable, "-m", "voldesk"]
DEADLINE_SECS = 90.0
LOOK_SECS = 0.05


class Up:
    """A ``voldesk`` that serves, from the address it prints to the signal that ends it."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [*VOLDESK, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(home),
        )
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], DEADLINE_SECS)
        assert ready, "no address within the deadline"
        self.url = self.process.stdout.readline().strip()
        if not self.url:
            raise AssertionError(self.process.communicate()[1])

    @property
    def port(self) -> int:
        return int(self.url.rstrip("/").rpartition(":")[2])

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=DEADLINE_SECS) as answer:
            return json.load(answer)

    def text(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path, timeout=DEADLINE_SECS) as answer:
            return str(answer.read().decode())

    def wait_for(self, condition: Callable[[], Any]) -> Any:
        """Return what a condition says once that is true."""
        for _ in range(round(DEADLINE_SECS / LOOK_SECS)):
            try:
                if found := condition():
                    return found
            except urllib.error.HTTPError:
                pass  # not there yet
            Event().wait(LOOK_SECS)
        raise AssertionError("it did not come to pass")

    def stop(self, number: signal.Signals = signal.SIGINT) -> tuple[int, str, str]:
        """End it as an operator does; return its code, and what else it said."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=10)
        return self.process.returncode, out, err


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VOLDESK_")}
    return {**kept, "XDG_CONFIG_HOME": str(home), "PYTHONUNBUFFERED": "1"}


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*VOLDESK, *arguments],
        capture_output=True,
        text=True,
        env=environment(home),
        timeout=DEADLINE_SECS,
        check=False,
    )
