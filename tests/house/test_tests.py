"""Tests say what they prove, and none is switched off."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEST_FILES = sorted(path for path in (ROOT / "tests").rglob("*.py") if "clients" not in path.parts)


@pytest.mark.parametrize("path", TEST_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_test_states_its_behaviour(path: Path) -> None:
    """Each test function opens with one sentence."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert not node.name.startswith("test_") or ast.get_docstring(node), node.name


@pytest.mark.parametrize("path", TEST_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_test_is_switched_off(path: Path) -> None:
    """Nothing skips a test, expects it to fail or sleeps: a part that is missing is a failure."""
    off = re.compile(r"mark\.(skip|xfail)|pytest\.(skip|xfail)\(|time\.sleep\(")
    found = [line for line in path.read_text().splitlines() if off.search(line)]
    assert path == Path(__file__) or not found, found
