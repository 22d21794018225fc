import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from voldesk.app.analysis import Analysis
from voldesk.app.render.page import View
from voldesk.app.report import Asked, notices, plot, print_page
from voldesk.model.errors import ConfigError
from voldesk.model.quotes import RowProblem


def test_left_out_rows_are_named_by_line(analysis: Analysis) -> None:
    """A few rows are told in full."""
    (warning,) = (line for line in notices(analysis) if "rows left out" in line)
    assert "line 7: strike is 'abc'" in warning


def test_many_left_out_rows_are_counted(analysis: Analysis) -> None:
    """A hundred bad rows are one line too."""
    problems = tuple(RowProblem(line, "no strike") for line in range(1, 101))
    lines = notices(replace(analysis, problems=problems))
    assert "and 95 more (--json lists all)" in lines[0]
    assert len([line for line in lines if "rows left out" in line]) == 1


def test_a_clean_chain_has_no_row_warnings(analysis: Analysis) -> None:
    """Silence where nothing is wrong."""
    assert not [line for line in notices(replace(analysis, problems=())) if "rows" in line]


def test_a_fallback_is_told_once_for_all_its_series(hopeless: Analysis) -> None:
    """The reason a series lacks its forward names the series."""
    lines = notices(hopeless)
    assert any("XYZ 2025-09-19" in line for line in lines)


def test_a_figure_needs_a_kind() -> None:
    """Only .png and .svg, before anything is read."""
    Asked(view=View(), plot=Path("a.PNG"))
    with pytest.raises(ConfigError, match=r"\.png or \.svg"):
        Asked(view=View(), plot=Path("a.pdf"))


def test_a_figure_without_matplotlib_says_what_to_install() -> None:
    """The extra is named where it is missing."""
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from pathlib import Path\n"
        "from voldesk.app import report\n"
        "from voldesk.model.errors import ConfigError\n"
        "try:\n"
        "    report.plot(None, report.View(), Path('a.png'))\n"
        "except ConfigError as exc:\n"
        "    print(exc)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'voldesk[plot]'" in done.stdout


def test_a_figure_holds_every_series_unless_one_is_named(
    analysis: Analysis, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was written is said on stderr."""
    out = tmp_path / "all.svg"
    plot(analysis, View(), out)
    assert "XYZ 2025-12-19" in out.read_text()
    captured = capsys.readouterr()
    assert (captured.out, captured.err.strip()) == ("", f"wrote {out}")


def test_the_page_goes_to_stdout(
    analysis: Analysis, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines fit the width that the environment gives."""
    monkeypatch.setenv("COLUMNS", "90")
    print_page(analysis, View())
    captured = capsys.readouterr()
    assert captured.err == ""
    assert "CALLS" in captured.out
    assert max(map(len, captured.out.splitlines())) <= 90
    assert "\x1b" not in captured.out
