import json
from pathlib import Path

from typer.testing import CliRunner

from voldesk.app.cli import app
from voldesk.app.exits import ExitCode

RUN = CliRunner()


def test_settings_are_shown_in_three_forms(tmp_path: Path) -> None:
    """YAML, a line each with its origin, JSON."""
    (tmp_path / "voldesk.yaml").write_text("gateway: {port: 9000}")
    assert "port: 9000" in RUN.invoke(app, ["config", "show"]).stdout
    lines = RUN.invoke(app, ["config", "show", "--origin"]).stdout.splitlines()
    (line,) = (line for line in lines if line.startswith("gateway.port "))
    assert line.split() == ["gateway.port", "9000", "voldesk.yaml"]
    document = json.loads(RUN.invoke(app, ["config", "show", "--json"]).stdout)
    assert document["gateway.port"] == {"value": 9000, "origin": "voldesk.yaml"}


def test_a_wrong_file_is_told(tmp_path: Path) -> None:
    """Exit code 3 and what was meant."""
    (tmp_path / "bad.yaml").write_text("gateway: {prt: 9000}")
    result = RUN.invoke(app, ["config", "show", "--config", str(tmp_path / "bad.yaml")])
    assert result.exit_code == ExitCode.CONFIG
    assert "did you mean 'gateway.port'" in result.stderr
