import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from voldesk.app.cli import app
from voldesk.app.exits import ExitCode

RUN = CliRunner()
CHAIN = """root,expiry,right,strike,bid,ask,open_interest,spot
XYZ,2025-10-17,C,95,6.10,6.20,10,100
XYZ,2025-10-17,P,95,0.70,0.80,20,100
XYZ,2025-10-17,C,100,2.60,2.70,30,100
XYZ,2025-10-17,P,100,2.20,2.30,40,100
XYZ,2025-10-17,C,105,0.70,0.80,50,100
XYZ,2025-10-17,P,105,5.30,5.40,60,100
"""
AS_OF = ["--as-of", "2025-10-01T16:00-04:00"]


@pytest.fixture
def chain(tmp_path: Path) -> str:
    """A file that does not say when it was taken."""
    path = tmp_path / "chain.csv"
    path.write_text(CHAIN)
    return str(path)


def test_json_is_the_whole_of_stdout(chain: str) -> None:
    """One object, one line."""
    result = RUN.invoke(app, ["analyze", chain, *AS_OF, "--json"])
    assert result.exit_code == ExitCode.OK
    assert len(result.stdout.splitlines()) == 1
    assert json.loads(result.stdout)["summary"]["ok"] == 6


def test_flags_reach_the_document(chain: str) -> None:
    """Every figure given by flag is found in what it decides."""
    flags = ["--profile", "cboe", "--multiplier", "10", "--spot", "101", "--underlying", "XYZ"]
    result = RUN.invoke(app, ["analyze", chain, *AS_OF, *flags, "--rate", "0.03", "--json"])
    document = json.loads(result.stdout)
    assert document["as_of"] == "2025-10-01T20:00:00Z"
    assert document["profile"]["name"] == "cboe"
    assert document["profile"]["rate"] == 0.03
    assert document["multiplier"] == 10.0


def test_the_table_is_the_default(chain: str) -> None:
    """Without --json a page is printed."""
    result = RUN.invoke(app, ["analyze", chain, *AS_OF])
    assert result.exit_code == ExitCode.OK
    assert "CALLS" in result.stdout


def test_parquet_and_figure_replace_the_table(chain: str, tmp_path: Path) -> None:
    """Files are written, and said on stderr."""
    parquet, figure = tmp_path / "out.parquet", tmp_path / "out.png"
    flags = ["--parquet", str(parquet), "--plot", str(figure)]
    result = RUN.invoke(app, ["analyze", chain, *AS_OF, *flags])
    assert result.exit_code == ExitCode.OK
    assert result.stdout == ""
    assert f"wrote 6 contracts to {parquet}" in result.stderr
    assert parquet.stat().st_size > 0
    assert figure.stat().st_size > 10_000


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (["--as-of", "yesterday"], "'yesterday' is not an ISO 8601 time"),
        (["--as-of", "2025-10-01T16:00"], "no UTC offset"),
        (["--expiry", "soon"], "'soon' is not a date"),
        (["--profile", "cbo"], "did you mean 'cboe'?"),
        (["--format", "yaho"], "did you mean 'yahoo'?"),
        (["--multiplier", "-1"], "multiplier is -1"),
        (["--plot", "figure.pdf"], ".png or .svg"),
        (["--strikes", "-3"], "--strikes"),
        (["--spot", "high"], "--spot"),
    ],
)
def test_a_wrong_value_is_a_usage_error(chain: str, flags: list[str], named: str) -> None:
    """Nothing is printed, and the message names the value."""
    result = RUN.invoke(app, ["analyze", chain, *flags])
    assert result.exit_code == ExitCode.USAGE
    assert result.stdout == ""
    assert named in " ".join(result.stderr.split())


def test_a_file_without_a_time_asks_for_one(chain: str) -> None:
    """No default for the valuation time: a guess would be a wrong vol."""
    result = RUN.invoke(app, ["analyze", chain])
    assert result.exit_code == ExitCode.CONFIG
    assert "--as-of" in result.stderr


def test_an_expiry_that_is_not_there_is_an_error(chain: str) -> None:
    """The known expiries are listed."""
    result = RUN.invoke(app, ["analyze", chain, *AS_OF, "--expiry", "2030-01-18"])
    assert result.exit_code == ExitCode.CONFIG
    assert "2025-10-17" in result.stderr
