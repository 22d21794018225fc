"""A simulated TWS in a process of its own, and client libraries in environments of theirs."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from simulated_tws import started_tws

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CLIENTS = HERE / "clients"
ENVIRONMENTS = ROOT / ".venv-clients"
CLIENT_SECS = 150


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
