"""A simulated TWS in a process of its own, and client libraries in environments of theirs."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CLIENTS = HERE / "clients"
ENVIRONMENTS = ROOT / ".venv-clients"
START_SECS = 60
CLIENT_SECS = 150


@contextmanager
def started_tws(*flags: str) -> Iterator[int]:
    """Run ``voldesk sim --tws 0`` and give its port; stop it at the end."""
    command = [sys.executable, "-m", "voldesk", "sim", "--tws", "0", "--json", *flags]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as sim:
        try:
            assert sim.stderr is not None
            yield port_in(sim.stderr)
        finally:
            sim.terminate()
            sim.communicate(timeout=START_SECS)


def port_in(talk: Any) -> int:
    """Return the port that the simulator says it listens at."""
    heard = []
    for line in talk:
        heard.append(line)
        found = re.search(r"TWS.*127\.0\.0\.1:(\d+)", line)
        if found:
            return int(found[1])
    pytest.fail("the simulator did not start:\n" + "".join(heard))


@pytest.fixture
def tws() -> Iterator[int]:
    """Return the port of a fresh simulated TWS."""
    with started_tws("--seed", "7") as port:
        yield port


def environment(name: str) -> Path:
    """Return the interpreter of a client's environment, or fail saying how to make it."""
    python = ENVIRONMENTS / name / "bin" / "python"
    if not python.exists():
        pytest.fail(f"no environment for {name}: run 'make conformance', which installs it")
    return python


@pytest.fixture
def drive() -> Callable[..., dict[str, Any]]:
    """Return what runs a client's script in its environment and gives what it saw."""

    def run(name: str, script: str, *arguments: object) -> dict[str, Any]:
        try:
            done = subprocess.run(
                [str(environment(name)), str(CLIENTS / script), *map(str, arguments)],
                capture_output=True,
                text=True,
                timeout=CLIENT_SECS,
                env={**os.environ, "PYTHONWARNINGS": "ignore"},
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            pytest.fail(f"{name} took more than {CLIENT_SECS} s:\n{(late.stderr or b'').decode()}")
        assert done.returncode == 0, done.stderr[-4_000:] + done.stdout[-4_000:]
        saw: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return saw

    return run
