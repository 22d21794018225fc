import json

import pytest
from typer.testing import CliRunner

from voldesk.app.cli import app
from voldesk.app.exits import ExitCode

RUN = CliRunner()
HULL = ["price", "--strike", "40", "--spot", "42", "--rate", "0.1", "--years", "0.5"]


def test_vol_to_price_and_back() -> None:
    """Hull's example 14.6: the call is worth 4.76, and 4.759422 has a vol of 20 %."""
    there = RUN.invoke(app, [*HULL, "--right", "C", "--vol", "0.2", "--json"])
    assert json.loads(there.stdout)["price"] == pytest.approx(4.759422, rel=1e-6)
    back = RUN.invoke(app, [*HULL, "--right", "c", "--price", "4.759422", "--json"])
    assert json.loads(back.stdout)["iv"] == pytest.approx(0.2, rel=1e-6)


def test_text_names_units() -> None:
    """Each figure stands with its unit."""
    result = RUN.invoke(app, [*HULL, "--right", "P", "--vol", "0.2"])
    assert result.exit_code == ExitCode.OK
    assert "0.808599" in result.stdout
    assert "per vol point" in result.stdout


def test_a_forward_and_an_expiry_do_as_well() -> None:
    """An Indian option settles at 15:30 in Mumbai."""
    result = RUN.invoke(
        app,
        [
            *("price", "--right", "P", "--strike", "23000", "--forward", "22631"),
            *("--expiry", "2025-02-27", "--as-of", "2025-02-26T15:30+05:30"),
            *("--market", "india", "--price", "412.2", "--json"),
        ],
    )
    figures = json.loads(result.stdout)
    assert figures["years"] == pytest.approx(1.0 / 365.0)
    assert figures["spot"] is None
    assert 0.2 < figures["iv"] < 0.6


@pytest.mark.parametrize(
    "flags",
    [
        ["--right", "C"],
        ["--right", "C", "--vol", "0.2", "--price", "3"],
        ["--right", "C", "--vol", "-1"],
        ["--right", "X", "--vol", "0.2"],
        ["--vol", "0.2"],
        ["--right", "C", "--vol", "0.2", "--expiry", "2025-10-17"],
    ],
)
def test_wrong_terms_are_usage_errors(flags: list[str]) -> None:
    """Too little, too much, impossible: code 2 and nothing on stdout."""
    result = RUN.invoke(app, [*HULL, *flags])
    assert result.exit_code == ExitCode.USAGE
    assert result.stdout == ""
