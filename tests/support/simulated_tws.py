"""A simulated TWS in a process of its own."""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest

START_SECS = 60


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


def port_in(talk: Iterable[str]) -> int:
    """Return the port that the simulator says it listens at."""
    heard = []
    for line in talk:
        heard.append(line)
        found = re.search(r"TWS.*127\.0\.0\.1:(\d+)", line)
        if found:
            return int(found[1])
    pytest.fail("the simulator did not start:\n" + "".join(heard))
