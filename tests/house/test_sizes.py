"""The house keeps its rooms small enough to read."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
GENERATED = {"coefficients.py", "calendars.py"}  # data written by tools/, not read line by line
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_fits_in_one_reading(path: Path) -> None:
    """A source file has at most 400 lines."""
    lines = len(path.read_text().splitlines())
    assert path.name in GENERATED or lines <= MAX_FILE_LINES, f"{lines} lines"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_function_fits_on_one_screen(path: Path) -> None:
    """A function has at most 60 lines, its docstring not counted."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            if body:
                lines = (body[-1].end_lineno or 0) - body[0].lineno + 1
                assert lines <= MAX_FUNCTION_LINES, f"{node.name} has {lines} lines"


@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if path.name == "__init__.py" and path.parent.name != "voldesk"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_a_room_opens_with_a_docstring_only(path: Path) -> None:
    """An ``__init__`` below the package root holds a docstring and nothing else."""
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree)
    assert len(tree.body) == 1
