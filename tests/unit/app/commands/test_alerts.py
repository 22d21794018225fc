from pathlib import Path

from typer.testing import CliRunner

from voldesk.app.cli import app
from voldesk.app.exits import ExitCode

RUN = CliRunner()
RULES = """
alerts:
  rules:
    - {name: always up, underlying: BTC, field: spot, level: 1.0, crosses: both}
"""


def test_rules_are_listed_and_tried(tmp_path: Path) -> None:
    """A sentence per rule; a trial tells how often each was told."""
    (tmp_path / "voldesk.yaml").write_text(RULES)
    listed = RUN.invoke(app, ["alerts", "list"])
    assert listed.stdout == "always up: BTC spot crosses 1 going both\n"
    tried = RUN.invoke(app, ["alerts", "test", "--symbols", "BTC", "--secs", "0.3"])
    assert tried.exit_code == ExitCode.OK, tried.output
    assert tried.stdout == ""
    assert 'told: {"always up": 0}' in tried.stderr


def test_nothing_to_try_is_an_error() -> None:
    """Exit code 3."""
    assert RUN.invoke(app, ["alerts", "test"]).exit_code == ExitCode.CONFIG
