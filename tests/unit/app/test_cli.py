import pytest
import typer
from typer.testing import CliRunner

from voldesk.app.cli import GuardedGroup, app
from voldesk.app.exits import ExitCode
from voldesk.model.errors import ConfigError, InvariantError

RUN = CliRunner()


def app_that_raises(error: BaseException) -> typer.Typer:
    """Return a command line whose one command fails."""
    failing = typer.Typer(cls=GuardedGroup, pretty_exceptions_enable=False)

    @failing.callback()
    def main() -> None:
        """Make it a group."""

    @failing.command()
    def fail() -> None:
        raise error

    return failing


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("no such file: check the path"), ExitCode.CONFIG),
        (InvariantError("impossible"), ExitCode.ERROR),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED),
    ],
)
def test_an_error_is_one_line_and_a_code(error: BaseException, code: ExitCode) -> None:
    """No traceback, nothing on stdout."""
    result = RUN.invoke(app_that_raises(error), ["fail"])
    assert result.exit_code == code
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1
    assert str(error) in result.stderr


def test_debugging_shows_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """With VOLDESK_DEBUG the error itself comes through."""
    monkeypatch.setenv("VOLDESK_DEBUG", "1")
    error = ConfigError("x")
    assert RUN.invoke(app_that_raises(error), ["fail"]).exception is error


def test_every_command_has_help() -> None:
    """Help names the commands, and each command explains each of its options."""
    result = RUN.invoke(app, ["--help"])
    assert result.exit_code == ExitCode.OK
    for command in typer.main.get_command(app).commands:  # type: ignore[attr-defined]  # a group
        assert command in result.stdout
        assert RUN.invoke(app, [command, "-h"]).exit_code == ExitCode.OK


def test_the_version_is_printed() -> None:
    """One word and a number."""
    result = RUN.invoke(app, ["--version"])
    assert result.stdout.split()[0] == "voldesk"


def test_a_mistyped_command_is_a_usage_error_with_a_suggestion() -> None:
    """Typing errors cost one look."""
    result = RUN.invoke(app, ["analyse", "x.csv"])
    assert result.exit_code == ExitCode.USAGE
    assert "analyze" in result.stderr
