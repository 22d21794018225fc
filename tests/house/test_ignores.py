"""A check that is silenced on a line names which, and says why there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sorted(
    path
    for folder in ("src", "tests", "benchmarks", "tools", "examples")
    for path in (ROOT / folder).rglob("*.py")
    if "node_modules" not in path.parts
)
WEB = sorted(
    path
    for folder in ("src", "tests")
    for path in (ROOT / "web" / folder).rglob("*")
    if path.suffix in {".ts", ".tsx"}
)
IGNORED = re.compile(r"#\s*(noqa|type:\s*ignore)\b")
WITH_REASON = re.compile(r"# (noqa: [A-Z]+\d+(, [A-Z]+\d+)*|type: ignore\[[a-z, -]+\])  # \S")


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
def test_ignores_in_python_say_what_and_why(path: Path) -> None:
    """``# noqa: CODE  # reason`` and ``# type: ignore[code]  # reason``, never less."""
    lines = path.read_text().splitlines()
    bare = [line for line in lines if IGNORED.search(line) and not WITH_REASON.search(line)]
    assert path == Path(__file__) or not bare, bare


@pytest.mark.parametrize("path", WEB, ids=lambda path: str(path.relative_to(ROOT)))
def test_ignores_in_the_page_say_what_and_why(path: Path) -> None:
    """``biome-ignore lint/rule: reason``, and no word that silences the compiler."""
    text = path.read_text()
    assert not re.search(r"@ts-(ignore|nocheck|expect-error)|eslint-disable", text)
    for line in text.splitlines():
        assert "biome-ignore" not in line or re.search(r"biome-ignore lint/\S+: \S", line), line
