import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from voldesk.app.cli import app
from voldesk.app.exits import ExitCode

RUN = CliRunner()
SETTINGS = """
watchlist: [BTC]
min_gamma: null
min_vega: null
min_theta: null
min_iv_percentile: null
max_iv_percentile: null
scan: {min_delta: null, max_delta: null, max_spread_pct: null}
"""
LOOK = ["scan", "--feed", "sim", "--seed", "7"]


@pytest.fixture(autouse=True)
def _settings(tmp_path: Path) -> None:
    (tmp_path / "voldesk.yaml").write_text(SETTINGS)


def test_a_simulated_market_is_scanned() -> None:
    """Bitcoin trades day and night: a headline, and candidates with every term."""
    result = RUN.invoke(app, LOOK)
    assert result.exit_code == ExitCode.OK, result.output
    assert result.stdout.startswith("BTC  spot ")
    for term in ("trend", "convexity", "cheapness", "liquidity", "activity", "patience"):
        assert term in result.stdout
    assert re.search(r"^ *1 BTC \d+ [CP] +>=", result.stdout, re.MULTILINE)


def test_a_scan_is_an_object() -> None:
    """With the best candidates, and no orders."""
    result = RUN.invoke(app, [*LOOK, "BTC", "--json"])
    assert result.exit_code == ExitCode.OK, result.output
    document = json.loads(result.stdout)
    assert [one["underlying"] for one in document["scans"]] == ["BTC"]
    assert 1 <= len(document["candidates"]) <= 10
    assert document["orders"] == []


def test_a_candidate_is_bought_on_paper() -> None:
    """Chosen, sized and confirmed: the entry, its target and its stop, the fill, the position."""
    result = RUN.invoke(app, [*LOOK, "--broker", "paper"], input="1\n2\ny\n")
    assert result.exit_code == ExitCode.OK, result.output
    assert "the gate lets it through" in result.stderr, result.stderr
    assert re.search(r"buy 2 limit [\d.,]+ +filled, 2 filled at", result.stderr), result.stderr
    assert re.search(r"position of deribit BTC_USDC \S+ \S+ [CP]: 2", result.stderr)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["scan", "--yes"], ExitCode.CONFIG, "needs a --broker"),
        ([*LOOK, "--broker", "ib", "--yes"], ExitCode.CONFIG, "paper"),
        ([*LOOK, "--broker", "robinhood"], ExitCode.CONFIG, "broker"),
        ([*LOOK, "TSLA", "--broker", "off"], ExitCode.CONFIG, "paper"),
        (["scan", "--schedule", "daily"], ExitCode.CONFIG, "schedule"),
        (["scan", "NOSUCH", "--feed", "sim"], ExitCode.CONFIG, "NOSUCH"),
    ],
)
def test_what_cannot_be_is_said(arguments: list[str], code: ExitCode, says: str) -> None:
    """One line on stderr, and the exit code of a setting that is wrong."""
    result = RUN.invoke(app, arguments)
    assert result.exit_code == code, result.output
    assert says in result.stderr
    assert "Traceback" not in result.output
