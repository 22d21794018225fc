import json
from pathlib import Path

from typer.testing import CliRunner

from voldesk.app.cli import app
from voldesk.app.exits import ExitCode

RUN = CliRunner()


def test_a_fit_machine_is_success() -> None:
    """Every finding on stdout, as text or as one object."""
    result = RUN.invoke(app, ["doctor"])
    assert result.exit_code == ExitCode.OK, result.output
    assert "python" in result.stdout
    document = json.loads(RUN.invoke(app, ["doctor", "--json"]).stdout)
    assert document["worst"] in {"ok", "warn"}


def test_what_fails_is_an_exit_code(tmp_path: Path) -> None:
    """Wrong settings are found, told, and end in 1."""
    (tmp_path / "voldesk.yaml").write_text("gatway: 1")
    result = RUN.invoke(app, ["doctor"])
    assert result.exit_code == ExitCode.ERROR
    assert "fix: mend the value named" in result.stdout
