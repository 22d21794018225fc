import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from voldesk.app.exits import ExitCode

ROOT = Path(__file__).resolve().parents[2]
DEMO = str(ROOT / "examples" / "spx_demo.csv")
VOLDESK = [sys.executable, "-m", "voldesk"]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the real command without a terminal."""
    return subprocess.run(
        [*VOLDESK, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, **environment},
        timeout=60,
        check=False,
    )


def test_the_demo_shows_a_page_that_fits() -> None:
    """No line passes the width, and a pipe gets no colour."""
    done = run("analyze", DEMO, COLUMNS="100")
    assert done.returncode == ExitCode.OK
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert "\x1b" not in done.stdout
    for words in ("SPX", "profile default", "CALLS", "GEX flip", "forward 6,842"):
        assert words in done.stdout


def test_the_installed_script_is_the_same_command() -> None:
    """``voldesk`` and ``python -m voldesk`` answer alike."""
    script = Path(sys.executable).with_name("voldesk")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == run("--version").stdout


def test_json_goes_through_a_pipe_whole() -> None:
    """stdout is one JSON object, warnings are elsewhere."""
    done = run("analyze", DEMO, "--json")
    document = json.loads(done.stdout)
    assert document["underlying"] == "SPX"
    assert len(document["contracts"]) == 732
    assert {one["root"] for one in document["series"]} == {"SPX", "SPXW"}
    assert all(0.05 < one["atm_iv"] < 0.3 for one in document["series"])


def test_one_shots_never_import_the_compiler() -> None:
    """A chain of hundreds is answered by the twin: no numba, no pyarrow, no matplotlib."""
    code = (
        "import sys\n"
        "from voldesk.app.cli import app\n"
        f"app(['analyze', {DEMO!r}, '--json'], standalone_mode=False)\n"
        "print([name for name in ('numba', 'pyarrow', 'matplotlib') if name in sys.modules],"
        " file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[]"


def test_help_loads_nothing_heavy() -> None:
    """The command line itself needs neither NumPy nor Rich."""
    code = (
        "import sys, voldesk.app.cli\n"
        "print([name for name in ('numpy', 'rich', 'msgspec', 'pyarrow') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("content", "flags", "code"),
    [
        (None, [], ExitCode.CONFIG),  # no such file
        (b"", [], ExitCode.CONFIG),
        (b"\x1f\x8b\x08\x00torn", [], ExitCode.CONFIG),  # a gzip cut short
        (b"hello\nworld\n", [], ExitCode.CONFIG),
        (b"root,expiry,right,strike,bid,ask\nX,2025-10-17,C,5,1,2\n", [], ExitCode.CONFIG),
        (b"hello\n", ["--format", "upstox"], ExitCode.CONFIG),
        (b"hello\n", ["--format", "upstocks"], ExitCode.USAGE),
        (b"hello\n", ["--profile", "defoult"], ExitCode.USAGE),
        (b"hello\n", ["--as-of", "noon"], ExitCode.USAGE),
        (b"hello\n", ["--multiplier", "-100"], ExitCode.USAGE),
        (b"hello\n", ["--no-such-flag"], ExitCode.USAGE),
    ],
)
def test_a_failure_is_a_code_and_a_sentence(
    tmp_path: Path, content: bytes | None, flags: list[str], code: ExitCode
) -> None:
    """No traceback, nothing on stdout, something to act on."""
    path = tmp_path / "chain.csv"
    if content is not None:
        path.write_bytes(content)
    done = run("analyze", str(path), *flags)
    assert done.returncode == code
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert len(done.stderr) > 20


def test_debugging_shows_the_traceback(tmp_path: Path) -> None:
    """``VOLDESK_DEBUG=1`` is for whoever reports a defect."""
    done = run("analyze", str(tmp_path / "absent.csv"), VOLDESK_DEBUG="1")
    assert "Traceback" in done.stderr
    assert "ConfigError" in done.stderr


def test_a_reader_that_leaves_is_no_error() -> None:
    """Closing the pipe early ends the command quietly."""
    with subprocess.Popen(
        [*VOLDESK, "analyze", DEMO, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        said = process.stderr.read().decode()
        assert process.wait(timeout=60) == ExitCode.BROKEN_PIPE
    assert "Traceback" not in said
    assert "Broken" not in said


def test_a_terminal_without_unicode_gets_question_marks() -> None:
    """An old terminal is no reason to fail."""
    done = run("analyze", DEMO, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == ExitCode.OK
    assert "?" in done.stdout


def test_price_answers_on_stdout() -> None:
    """A known value, from the real command."""
    done = run("price", "--right", "C", "--strike", "100", "--forward", "100", "--years", "1",
               "--vol", "0.2", "--json")  # fmt: skip
    assert json.loads(done.stdout)["price"] == pytest.approx(7.965567455405804, rel=1e-12)
