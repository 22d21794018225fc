import json

import pytest

from voldesk.app import contest
from voldesk.app.measure import IV, Measured

DONE = Measured(name="ours", work=IV, options=1000, ns_per_option=5.4, ratio=1.0, max_error=2e-15)
BROKEN = Measured(name="theirs 1.0", work=IV, failure="OverflowError: too far")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_table_fits_its_width(width: int) -> None:
    """Columns go before lines wrap."""
    lines = contest.lines([DONE, BROKEN], width)
    assert all(len(line) <= width for line in lines[:3])


def test_what_failed_is_a_dash_and_a_sentence() -> None:
    """The table stays a table, the reason stands below it."""
    lines = contest.lines([DONE, BROKEN], 120)
    assert "5.4" in lines[1]
    assert "2.0e-15" in lines[1]
    assert "nan" not in lines[2]
    assert lines[-1] == "theirs 1.0, iv: OverflowError: too far"


def test_the_machine_is_described() -> None:
    """Figures without their machine mean nothing."""
    assert set(contest.machine()) == {"voldesk", "python", "numpy", "processor", "cpus"}


def test_a_run_prints_one_object(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """JSON on stdout, nothing else; unknown figures are null."""
    monkeypatch.setattr(contest, "QUICK_OPTIONS", 50)
    monkeypatch.setattr(contest, "QUICK_RUNS", 1)
    contest.run(is_quick=True, is_json=True)
    document = json.loads(capsysbinary.readouterr().out)
    assert document["runs"] == 1
    assert [one["work"] for one in document["results"]][:2] == ["iv", "iv + Greeks"]
    assert document["results"][0]["max_error"] < 1e-10
