"""The suite that @stoqey/ib ships passes against the simulated TWS."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from simulated_tws import started_tws

pytestmark = pytest.mark.timeout(400)

NEEDED = 145  # of 153; four need files that the package does not ship
SUITE_SECS = 360
SUITE = Path(__file__).resolve().parent / "clients" / "stoqey"


@pytest.fixture
def tws() -> Iterator[int]:
    """Return the port of a TWS whose account holds shares and whose past has four known bars."""
    with started_tws(
        "--seed", "7", "--hold", "AMZN:100", "--bars", str(SUITE / "bars.csv")
    ) as port:
        yield port


def test_shipped_suite_passes(tws: int, tmp_path: Path) -> None:
    """Nearly all of the library's own tests pass, and the names of those that fail are printed."""
    npx = shutil.which("npx")
    assert npx, "npx is not on the PATH: install Node 20"
    report = tmp_path / "report.json"
    subprocess.run(
        [
            npx,
            "jest",
            "--config=jest.config.cjs",
            "--maxWorkers=2",
            "--silent",
            "--json",
            f"--outputFile={report}",
        ],
        cwd=SUITE,
        env={**os.environ, "IB_HOST": "127.0.0.1", "IB_PORT": str(tws)},
        capture_output=True,
        timeout=SUITE_SECS,
        check=False,
    )
    result = json.loads(report.read_text())
    failed = [
        one["fullName"]
        for suite in result["testResults"]
        for one in suite["assertionResults"]
        if one["status"] == "failed"
    ]
    assert result["numPassedTests"] >= NEEDED, f"{len(failed)} failed:\n" + "\n".join(failed)
