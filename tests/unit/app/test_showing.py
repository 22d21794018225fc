import json
from pathlib import Path

import pytest

from voldesk.app.settings import LEAVES, load_settings
from voldesk.app.showing import as_document, as_table, as_yaml

SECRET = "canary-" + "x" * 32
FILE = """
gateway: {port: 9000, hosts: [desk.example]}
replay: {speed: .inf}
alerts: {rules: [{name: a, underlying: SPX, field: iv, contract: atm call, level: 0.2,
                  expiry: 2026-12-18, crosses: both}]}
"""


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("VOLDESK_TOKEN", SECRET)
    monkeypatch.setenv("PAPER_TRADING", "no")
    (tmp_path / "voldesk.yaml").write_text(FILE)


def test_each_setting_has_a_line_with_its_origin() -> None:
    """Default, file or variable."""
    lines = {line.split()[0]: line for line in as_table(load_settings()).splitlines()}
    assert list(lines) == list(LEAVES)
    assert lines["gateway.port"].split() == ["gateway.port", "9000", "voldesk.yaml"]
    assert lines["gateway.host"].split()[-1] == "default"
    assert lines["trading.is_paper"].endswith("PAPER_TRADING")
    assert lines["token"].endswith("VOLDESK_TOKEN")


def test_the_yaml_gives_the_same_settings_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is shown may be saved and used, all but the secret."""
    loaded = load_settings()
    (tmp_path / "again.yaml").write_text(as_yaml(loaded))
    monkeypatch.delenv("PAPER_TRADING")
    assert load_settings(config=tmp_path / "again.yaml").settings == loaded.settings


def test_json_holds_what_json_can() -> None:
    """Infinity is a word; every setting is there with its origin."""
    document = json.loads(json.dumps(as_document(load_settings()), allow_nan=False))
    assert list(document) == list(LEAVES)
    assert document["replay.speed"] == {"value": "inf", "origin": "voldesk.yaml"}
    assert document["alerts.rules"]["value"][0]["expiry"] == "2026-12-18"


def test_a_secret_is_never_shown() -> None:
    """In no form."""
    loaded = load_settings()
    shown = as_table(loaded) + as_yaml(loaded) + json.dumps(as_document(loaded))
    assert SECRET not in shown
