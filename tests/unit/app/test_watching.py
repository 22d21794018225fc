import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from served import served

from voldesk.app.settings import Loaded, Settings
from voldesk.app.watching import Look, watch_chain, watch_skew
from voldesk.model.errors import ConfigError

ONCE = Look(every_secs=1.0, is_once=True, is_json=False)
LINE = Look(every_secs=1.0, is_once=True, is_json=True)
DAY_US = 86_400_000_000


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "120")


@pytest.fixture
def url() -> Iterator[str]:
    """The address of a node that serves two underlyings."""
    with served("BTC", "AMZN") as address:
        yield address


def loaded() -> Loaded:
    return Loaded(Settings(), {})


def test_a_chain_once(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The front expiry as a mirror on stdout, nothing else there."""
    watch_chain(loaded(), url, "BTC", None, 3, ONCE)
    said = capsys.readouterr()
    assert "BTC   spot" in said.out
    assert "CALLS" in said.out
    assert said.out.count("│") >= 2 * 7
    assert said.err == ""
    assert "\x1b" not in said.out


def test_a_chain_as_a_line(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One JSON object: the answer of the API for the first expiry that has not settled."""
    watch_chain(loaded(), url, "BTC", None, 3, LINE)
    (line,) = capsys.readouterr().out.splitlines()
    document = json.loads(line)
    (expiry,) = set(document["contracts"]["expiry"])
    settles = [ts for ts in document["series"]["settles_at_us"] if ts > document["as_of_us"]]
    place = document["series"]["settles_at_us"].index(min(settles))
    assert document["series"]["expiry"][place] == expiry


def test_net_ivs_as_lines(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One object per underlying: the first expiry with a day left, and what was chosen."""
    watch_skew(loaded(), url, ["BTC", "AMZN"], None, 0.25, LINE)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["underlying"] for line in lines] == ["BTC", "AMZN"]
    for line in lines:
        assert line["net_iv"] == line["call"]["iv"] - line["put"]["iv"]
        assert line["call"]["delta"] > 0.0 > line["put"]["delta"]
        day = datetime.fromisoformat(line["expiry"]).replace(hour=23, tzinfo=UTC)
        assert day.timestamp() * 1e6 >= line["ts_us"] + DAY_US // 2


def test_net_ivs_as_a_table(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A line per underlying under one of titles."""
    watch_skew(loaded(), url, ["BTC", "AMZN"], None, 0.25, ONCE)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("underlying")
    assert [line.split()[0] for line in lines[1:]] == ["BTC", "AMZN"]


def test_an_unknown_underlying_ends_it(url: str) -> None:
    """Its error is the one a command tells."""
    with pytest.raises(ConfigError, match="there are BTC, AMZN"):
        watch_chain(loaded(), url, "XYZ", None, 3, ONCE)
