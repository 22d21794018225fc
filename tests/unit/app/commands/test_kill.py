"""``voldesk kill`` and ``voldesk unlock``, with a voldesk that runs and without one."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_served import DeskServed, desk_served
from typer.testing import CliRunner

from voldesk.app.cli import app
from voldesk.app.exits import ExitCode

RUN = CliRunner()


@pytest.fixture(autouse=True)
def _kill_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOLDESK_TRADING__KILL_FILE", str(tmp_path / "kill"))
    monkeypatch.setenv("VOLDESK_TOKEN", "k" * 43)


@pytest.fixture
def served() -> Iterator[DeskServed]:
    """A desk behind a gateway."""
    with desk_served() as found:
        yield found


def test_everything_is_stopped(served: DeskServed, tmp_path: Path) -> None:
    """What was done is counted; what could not be is told."""
    done = RUN.invoke(app, ["kill", "--url", served.url])
    assert done.exit_code == ExitCode.OK, done.output
    assert done.stdout == "halted: asked to cancel 0\n"
    assert done.stderr == "one could not be asked for\n"
    out = RUN.invoke(
        app, ["kill", "--flatten", "--reason", "enough", "--url", served.url, "--json"]
    )
    assert json.loads(out.stdout)["state"] == "halted"
    assert served.desk.killed == [("api", "asked for", False), ("api", "enough", True)]
    assert not (tmp_path / "kill").exists()


def test_flattening_is_counted(served: DeskServed) -> None:
    """How many orders went out against what is held."""
    done = RUN.invoke(app, ["kill", "--flatten", "--url", served.url])
    assert done.stdout == "halted: asked to cancel 0, 0 orders against what is held\n"


@pytest.mark.parametrize("flag", [[], ["--json"]])
def test_without_a_server_a_file_stops_the_next_one(tmp_path: Path, flag: list[str]) -> None:
    """It works when nobody answers, and says that orders at the venue stay."""
    done = RUN.invoke(app, ["kill", "--url", "http://127.0.0.1:1", *flag])
    assert done.exit_code == ExitCode.OK, done.output
    assert (tmp_path / "kill").read_text() == "voldesk kill\n"
    assert str(tmp_path / "kill") in done.stdout
    assert "orders at the venue stay as they are" in done.stderr
    if flag:
        assert json.loads(done.stdout)["kill_file"] == str(tmp_path / "kill")


def test_a_phrase_lets_it_begin_again(served: DeskServed) -> None:
    """Typed, or given; another one does nothing."""
    RUN.invoke(app, ["kill", "--url", served.url])
    wrong = RUN.invoke(app, ["unlock", "--phrase", "please", "--url", served.url])
    assert wrong.exit_code == ExitCode.CONFIG
    assert str(served.desk.state) == "halted"
    unasked = RUN.invoke(app, ["unlock", "--url", served.url])
    assert unasked.exit_code == ExitCode.CONFIG
    assert "give --phrase 'unlock PAPER'" in unasked.stderr
    right = RUN.invoke(app, ["unlock", "--phrase", "unlock PAPER", "--url", served.url])
    assert (right.exit_code, right.stdout) == (ExitCode.OK, "active\n")
    told = RUN.invoke(app, ["unlock", "--phrase", "unlock PAPER", "--url", served.url, "--json"])
    assert json.loads(told.stdout)["state"] == "active"
