"""What the code offers stands in the docs."""

import importlib
import importlib.util
import json
import re
from pathlib import Path

import pytest
import typer.main

from voldesk.app.cli import app
from voldesk.chain.schema import ROW_COLUMNS, SERIES_COLUMNS
from voldesk.model.conventions import PROFILES
from voldesk.model.enums import Status
from voldesk.wire.files.registry import FORMATS

ROOT = Path(__file__).resolve().parents[2]


def _read(name: str) -> str:
    return (ROOT / name).read_text()


def test_every_command_and_option_is_documented() -> None:
    """docs/cli.md names each command and each of its options."""
    text = _read("docs/cli.md")
    group = typer.main.get_command(app)
    commands = getattr(group, "commands", {})
    assert commands
    for name, command in commands.items():
        assert f"voldesk {name}" in text, name
        for parameter in command.params:
            for option in parameter.opts:
                if option.startswith("--"):
                    assert option in text, f"{name} {option}"


@pytest.mark.parametrize("column", [*ROW_COLUMNS, *SERIES_COLUMNS], ids=lambda column: column.name)
def test_every_column_is_documented(column: object) -> None:
    """docs/columns.md names each column of the chain."""
    assert f"`{getattr(column, 'name', '')}`" in _read("docs/columns.md")


def test_the_page_of_columns_is_that_of_the_code() -> None:
    """docs/columns.md is what ``make docs`` would write now."""
    written = _read("docs/columns.md")
    spec = importlib.util.spec_from_file_location("make_docs", ROOT / "tools" / "make_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert written == module.page()


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_every_profile_is_documented(name: str) -> None:
    """docs/conventions.md names each profile."""
    assert f"`{name}`" in _read("docs/conventions.md")


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_is_documented(name: str) -> None:
    """docs/formats.md names each file format."""
    assert f"`{name}`" in _read("docs/formats.md")


@pytest.mark.parametrize("status", list(Status), ids=lambda status: status.name)
def test_every_status_is_documented(status: Status) -> None:
    """docs/columns.md explains each status."""
    assert f"`{status.name}`" in _read("docs/columns.md")


def test_readme_shows_the_commands_that_exist() -> None:
    """Each ``voldesk …`` line of the README names a real command."""
    commands = getattr(typer.main.get_command(app), "commands", {})
    used = re.findall(r"^\$? ?(?:\.venv/bin/)?voldesk ([a-z]+)", _read("README.md"), re.MULTILINE)
    assert used
    assert set(used) <= set(commands)


def test_no_registry_address_is_tracked() -> None:
    """Locked dependencies carry names and versions, no address."""
    assert not re.search(r"https?://|index-url", _read("constraints.txt"))


def test_the_version_is_told_once() -> None:
    """The package's version is that of pyproject.toml and heads the changelog."""
    version = importlib.import_module("voldesk").__version__
    assert f'version = "{version}"' in _read("pyproject.toml")
    assert version in _read("CHANGELOG.md")


def test_the_documented_json_matches_what_is_printed(tmp_path: Path) -> None:
    """docs/json.md names every key that ``analyze --json`` prints."""
    from typer.testing import CliRunner  # noqa: PLC0415  # only this test drives the command

    result = CliRunner().invoke(app, ["analyze", str(ROOT / "examples/spx_demo.csv"), "--json"])
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    text = _read("docs/json.md")
    for key in _keys(document):
        assert f"`{key}`" in text, key
    assert tmp_path.is_dir()


def _keys(node: object) -> set[str]:
    if isinstance(node, dict):
        return {key for key in node if not key.isdigit()}.union(*map(_keys, node.values()))
    if isinstance(node, list):
        return set().union(*map(_keys, node[:3]))
    return set()
