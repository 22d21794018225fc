import json

import pytest
from typer.testing import CliRunner

from voldesk.app import contest
from voldesk.app.cli import app
from voldesk.app.exits import ExitCode

RUN = CliRunner()


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contest, "QUICK_OPTIONS", 50)
    monkeypatch.setattr(contest, "QUICK_RUNS", 1)


def test_the_table_names_our_kernels() -> None:
    """Twin and compiled kernels are always measured, or explained."""
    result = RUN.invoke(app, ["bench", "--quick"])
    assert result.exit_code == ExitCode.OK
    assert "voldesk, NumPy twin" in result.stdout
    assert "voldesk, compiled" in result.stdout
    assert "nan" not in result.stdout


def test_json_holds_every_measurement() -> None:
    """One object with the machine and the results."""
    result = RUN.invoke(app, ["bench", "--quick", "--json"])
    assert set(json.loads(result.stdout)) == {"machine", "runs", "results"}
