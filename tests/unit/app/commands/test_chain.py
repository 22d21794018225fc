import json

import pytest
from typer.testing import CliRunner

from voldesk.app.cli import app
from voldesk.app.exits import ExitCode

RUN = CliRunner()


def test_a_chain_of_a_feed_of_its_own() -> None:
    """The page of the front expiry, once."""
    result = RUN.invoke(app, ["chain", "BTC", "--feed", "sim", "--once", "--strikes", "2"])
    assert result.exit_code == ExitCode.OK, result.output
    assert "BTC   spot" in result.stdout
    assert "CALLS" in result.stdout


def test_net_ivs_as_json_lines() -> None:
    """One object per underlying, with the contracts of the delta asked for."""
    result = RUN.invoke(
        app, ["skew", "AMZN", "MSFT", "--feed", "sim", "--once", "--json", "--delta", "0.4"]
    )
    assert result.exit_code == ExitCode.OK, result.output
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["underlying"] for line in lines] == ["AMZN", "MSFT"]
    assert all(0.25 < line["call"]["delta"] < 0.55 for line in lines)


@pytest.mark.parametrize(
    ("flags", "code", "says"),
    [
        (["chain", "BTC", "--expiry", "soon"], ExitCode.USAGE, "is not a date"),
        (["skew", "BTC", "--expiry", "soon"], ExitCode.USAGE, "is not a date"),
        (["skew", "BTC", "--delta", "25"], ExitCode.USAGE, "0.99"),
        (["chain", "BTX", "--feed", "sim", "--once"], ExitCode.CONFIG, "did you mean 'BTC'"),
        (["chain", "BTC", "--url", "http://127.0.0.1:1"], ExitCode.UNAVAILABLE, "voldesk up"),
        (["chain", "BTC", "--url", "nowhere"], ExitCode.CONFIG, "no address"),
    ],
)
def test_a_mistake_is_a_code_and_a_sentence(flags: list[str], code: ExitCode, says: str) -> None:
    """Nothing on stdout."""
    result = RUN.invoke(app, flags)
    assert result.exit_code == code
    assert says in result.stderr
    assert result.stdout == ""
