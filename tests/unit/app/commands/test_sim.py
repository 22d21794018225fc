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


def test_a_deribit() -> None:
    """Its WebSocket is served where it is asked for."""
    result = RUN.invoke(app, ["sim", "--symbols", "BTC", "--deribit", "0", "--secs", "0"])
    assert result.exit_code == ExitCode.OK, result.output
    assert "Deribit on ws://127.0.0.1:" in result.stderr


def test_a_tws() -> None:
    """The TWS API is served where it is asked for, from an instant on."""
    flags = ["sim", "--symbols", "AMZN", "--tws", "0", "--faults", "0", "--secs", "0"]
    result = RUN.invoke(app, [*flags, "--clock", "2026-05-12T12:00:00-04:00"])
    assert result.exit_code == ExitCode.OK, result.output
    assert "TWS API on 127.0.0.1:" in result.stderr
    wrong = RUN.invoke(app, [*flags, "--clock", "noon"])
    assert wrong.exit_code == ExitCode.CONFIG
    assert "ISO 8601" in wrong.stderr
