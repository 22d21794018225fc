import json

from typer.testing import CliRunner

from voldesk.app.cli import app
from voldesk.app.exits import ExitCode

RUN = CliRunner()


def test_the_market_runs_for_a_while() -> None:
    """One object per underlying; the same seed starts at the same spot."""
    flags = ["sim", "--symbols", "BTC,SPX", "--secs", "0", "--json", "--seed", "3"]
    result = RUN.invoke(app, flags)
    assert result.exit_code == ExitCode.OK, result.output
    states = [json.loads(line) for line in result.stdout.splitlines()]
    assert [state["underlying"] for state in states] == ["BTC", "SPX"]


def test_a_mistyped_underlying() -> None:
    """Exit code 3 and what was meant."""
    result = RUN.invoke(app, ["sim", "--symbols", "SPY", "--secs", "0"])
    assert result.exit_code == ExitCode.CONFIG
    assert "did you mean 'SPX'" in result.stderr
