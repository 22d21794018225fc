"""What examples/ ships of the scan and the strategies runs as it stands."""

import subprocess
import sys
from pathlib import Path

from voldesk.app.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]


def test_the_settings_of_the_scan_load() -> None:
    """Every key is one, and the scan they describe is possible and on paper."""
    settings = load_settings(config=ROOT / "examples" / "zero_dte.yaml").settings
    settings.scan.require_valid()
    assert settings.scan.watchlist == ("SPX", "AMZN")
    assert settings.trading.is_paper


def test_every_shipped_strategy_decides_something() -> None:
    """On the chain of examples/, with its reasons."""
    script = ROOT / "examples" / "strategies" / "on_a_chain_file.py"
    done = subprocess.run(
        [sys.executable, str(script), str(ROOT / "examples" / "spx_demo.csv")],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert "nothing to do" not in done.stdout
    for name in ("zero-dte", "daily iron condor", "simple bot", "stop loss", "profit target"):
        assert f"\n{name}:" in done.stdout
    assert done.stdout.count("because") >= done.stdout.count(":\n")
