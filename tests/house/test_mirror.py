"""Unit tests stand where a stranger would look for them."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "voldesk"
UNIT = ROOT / "tests" / "unit"
GENERATED = {"coefficients.py", "calendars.py"}


def _modules() -> list[Path]:
    return sorted(
        path.relative_to(PACKAGE)
        for path in PACKAGE.rglob("*.py")
        if path.name not in {"__init__.py", "__main__.py"}
    )


@pytest.mark.parametrize("module", _modules(), ids=str)
def test_every_module_has_its_test_file(module: Path) -> None:
    """``src/voldesk/room/module.py`` is tested by ``tests/unit/room/test_module.py``."""
    assert (UNIT / module.parent / f"test_{module.name}").is_file()


@pytest.mark.parametrize(
    "test", sorted(path.relative_to(UNIT) for path in UNIT.rglob("test_*.py")), ids=str
)
def test_every_unit_test_mirrors_a_module(test: Path) -> None:
    """A unit test file without a module of that name is lost."""
    assert (PACKAGE / test.parent / test.name.removeprefix("test_")).is_file()


@pytest.mark.parametrize("name", sorted(GENERATED))
def test_generated_data_names_its_generator(name: str) -> None:
    """A file of generated data says which tool writes it, and the tool exists."""
    (path,) = PACKAGE.rglob(name)
    tool = f"tools/make_{name}"
    assert tool in path.read_text()
    assert (ROOT / tool).is_file()
