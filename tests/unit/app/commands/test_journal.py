import csv
import json
from pathlib import Path

import pytest
from journals import a_day, write_journal
from typer.testing import CliRunner

from voldesk.app.cli import app
from voldesk.app.exits import ExitCode

RUN = CliRunner()


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """Return the folder of a journal."""
    return str(write_journal(tmp_path / "desk", a_day()).parent)


def test_the_trade_log_is_exported(folder: str, tmp_path: Path) -> None:
    """A row per round trip, in the range asked for."""
    path = tmp_path / "trades.csv"
    result = RUN.invoke(
        app, ["journal", "export", str(path), "--folder", folder, "--until", "2000-01-01"]
    )
    assert (result.exit_code, result.stdout) == (0, f"1 trades in {path}\n")
    with path.open() as file:
        assert [row["points"] for row in csv.DictReader(file)] == ["0.80"]


def test_the_copy_is_shown_pruned_and_migrated(folder: str, tmp_path: Path) -> None:
    """Each command takes the journal's folder or a database's URL."""
    pruned = RUN.invoke(
        app, ["journal", "prune", "--older-than-days", "1", "--folder", folder, "--json"]
    )
    assert json.loads(pruned.stdout)["dropped"]["trades"] == 1
    shown = RUN.invoke(app, ["journal", "show", "--most", "1", "--folder", folder, "--json"])
    assert [row["client_order_id"] for row in json.loads(shown.stdout)["orders"]] == ["vd-3"]
    url = f"sqlite:///{tmp_path}/new.sqlite"
    made = RUN.invoke(app, ["journal", "migrate", "--url", url])
    assert (made.exit_code, made.stdout) == (0, f"{url} has the tables of version 0001\n")


def test_what_is_wrong_has_its_exit_code(tmp_path: Path) -> None:
    """No journal, a password in a URL, no days."""
    nothing = RUN.invoke(app, ["journal", "show"])
    assert nothing.exit_code == ExitCode.CONFIG
    secret = RUN.invoke(app, ["journal", "migrate", "--url", "postgresql://a:hunter2@b/c"])
    assert secret.exit_code == ExitCode.CONFIG
    assert "hunter2" not in secret.output
    days = RUN.invoke(
        app, ["journal", "prune", "--older-than-days", "0", "--folder", str(tmp_path)]
    )
    assert days.exit_code == ExitCode.USAGE
