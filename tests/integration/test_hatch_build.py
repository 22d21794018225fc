"""The page gets into the package whole, or the package says that it has none."""

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def hook() -> ModuleType:
    """Return the build hook's module."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(tmp_path: Path, hook: ModuleType) -> Path:
    """Return a checkout with a page older than nothing."""
    (tmp_path / "web" / "src").mkdir(parents=True)
    (tmp_path / "web" / "package.json").write_text("{}")
    (tmp_path / "web" / "src" / "main.ts").write_text("")
    page = tmp_path / hook.STATIC
    (page / "assets").mkdir(parents=True)
    (page / "index.html").write_text('<script src="/assets/a.js"></script>')
    (page / "assets" / "a.js").write_text("")
    return tmp_path


def _age(path: Path, seconds: float) -> None:
    changed = path.stat().st_mtime - seconds
    os.utime(path, (changed, changed))


def test_a_page_newer_than_its_sources_is_used(checkout: Path, hook: ModuleType) -> None:
    """It is current until one of its sources changes."""
    for source in (checkout / "web").rglob("*"):
        _age(source, 60)
    assert hook.is_current(checkout)
    os.utime(checkout / "web" / "src" / "main.ts", None)
    _age(checkout / hook.STATIC / "index.html", 30)
    assert not hook.is_current(checkout)


def test_a_page_without_sources_is_used(tmp_path: Path, hook: ModuleType) -> None:
    """A source distribution carries the page and not what it was built of."""
    assert hook.is_current(tmp_path)


def test_without_npm_the_build_says_so(
    checkout: Path, hook: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine without Node gets a reason, not an error."""
    monkeypatch.setenv("PATH", str(checkout))
    assert hook.build(checkout) == "npm is not on the PATH"


def test_half_a_page_is_refused(checkout: Path, hook: ModuleType) -> None:
    """A script that the page names and that is missing stops the build."""
    page = checkout / hook.STATIC
    hook.require_whole(page)
    (page / "assets" / "a.js").unlink()
    with pytest.raises(RuntimeError, match=r"lacks assets/a\.js"):
        hook.require_whole(page)


def test_a_page_without_a_script_is_refused(checkout: Path, hook: ModuleType) -> None:
    """An index that loads nothing is no page."""
    page = checkout / hook.STATIC
    (page / "index.html").write_text("<p>soon</p>")
    with pytest.raises(RuntimeError, match="lacks its script"):
        hook.require_whole(page)
