import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from voldesk.app import taping
from voldesk.app.cli import app
from voldesk.app.exits import ExitCode
from voldesk.pipeline.subscriptions import SubscriptionSettings
from voldesk.store.recording import Recording

RUN = CliRunner()


def test_a_feed_becomes_a_recording(tmp_path: Path) -> None:
    """As many ticks as are said to be there."""
    out = tmp_path / "day"
    flags = ["record", "--out", str(out), "--symbols", "BTC", "--secs", "0.2", "--json"]
    result = RUN.invoke(app, flags)
    assert result.exit_code == ExitCode.OK, result.output
    assert json.loads(result.stdout)["ticks"] == Recording.open(out).count > 0


def test_a_window_can_be_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The flags are those of ``up``."""
    seen: list[SubscriptionSettings] = []
    monkeypatch.setattr(
        taping, "record", lambda loaded, *_, **__: seen.append(loaded.settings.subscriptions)
    )
    RUN.invoke(app, ["record", "--out", str(tmp_path), "--atm", "2", "--range", "500"])
    assert seen == [SubscriptionSettings(atm_strikes=2, range_points=500.0)]


def test_files_become_a_recording(tmp_path: Path, vendor_data: Path) -> None:
    """The counts by kind are printed."""
    out = tmp_path / "twx"
    folder = vendor_data / "lean_twx_minute_2014-06"
    result = RUN.invoke(app, ["import", "lean", str(folder), "--out", str(out)])
    assert result.exit_code == ExitCode.OK, result.output
    assert "option quote" in result.stdout
    again = RUN.invoke(app, ["import", "lean", str(folder), "--out", str(out)])
    assert again.exit_code == ExitCode.CONFIG
    assert "is there already" in again.stderr


def test_a_folder_is_needed() -> None:
    """Neither command guesses where to write."""
    for flags in (["record"], ["import", "lean", "x"]):
        assert RUN.invoke(app, flags).exit_code == ExitCode.USAGE
