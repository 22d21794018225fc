"""The journal's commands: where they look, what they print, what they refuse."""

import json
from pathlib import Path

import pytest
from journals import BEGUN, a_day, tables, write_journal

from voldesk.app.trade_log import (
    Place,
    bring_to_version,
    bring_up_to_date,
    drop_old,
    export,
    place_of,
    range_of,
    show,
)
from voldesk.app.trading_settings import TradingSettings
from voldesk.model.clock import ManualClock
from voldesk.model.errors import ConfigError, StorageError
from voldesk.store.trades.export import Range
from voldesk.store.trades.retention import NS_PER_DAY
from voldesk.store.trades.settings import TradesSettings

TRADING = TradingSettings()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder beside the user's settings where journals are looked for."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "voldesk" / "journal"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Return a journal of a day, with no database yet."""
    log = write_journal(tmp_path / "desk", a_day())
    return Place(log, f"sqlite:///{tmp_path}/trades.sqlite")


def test_the_only_journal_is_found(home: Path) -> None:
    """In a folder of the account's name; the database stands beside it."""
    log = write_journal(home / "DU1", [BEGUN])
    assert place_of(TRADING, None, None) == Place(log, f"sqlite:///{home}/DU1/trades.sqlite")
    assert place_of(TRADING, home / "DU1", "postgresql://a@b/c") == Place(log, "postgresql://a@b/c")


def test_the_settings_say_where(tmp_path: Path) -> None:
    """Unless the command line does."""
    log = write_journal(tmp_path / "desk", [BEGUN])
    trading = TradingSettings(folder=log.parent, database=TradesSettings(url="sqlite:///x"))
    assert place_of(trading, None, None) == Place(log, "sqlite:///x")
    assert place_of(trading, None, "sqlite:///y").url == "sqlite:///y"


def test_of_several_journals_one_has_to_be_named(home: Path) -> None:
    """Nobody guesses whose."""
    for account in ("DU1", "DU2"):
        write_journal(home / account, [BEGUN])
    with pytest.raises(ConfigError, match=r"2 journals below .*: name one with --folder"):
        place_of(TRADING, None, None)


def test_without_a_journal_a_url_is_needed(home: Path, tmp_path: Path) -> None:
    """With one the database is read as it is."""
    with pytest.raises(ConfigError, match="give --folder or --url"):
        place_of(TRADING, None, None)
    assert place_of(TRADING, None, "sqlite:///x") == Place(None, "sqlite:///x")
    with pytest.raises(ConfigError, match="holds no journal"):
        place_of(TRADING, tmp_path, None)
    with pytest.raises(ConfigError, match="is neither"):
        place_of(TRADING, None, "mysql://x/y")
    assert not home.exists()


def test_a_range_is_of_dates_or_instants() -> None:
    """A date is its midnight in UTC."""
    assert range_of(None, None) == Range()
    assert range_of("1970-01-02", "1970-01-01T00:00:01Z") == Range(since=NS_PER_DAY, until=10**9)
    with pytest.raises(ConfigError, match="is not a date"):
        range_of("yesterday", None)


def test_the_trade_log_is_brought_up_to_date_and_written(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a database there is one afterwards; the count is printed."""
    path = tmp_path / "trades.csv"
    export(place, path, Range(), is_json=False)
    assert capsys.readouterr().out == f"3 trades in {path}\n"
    export(place, path, Range(until=0), is_json=True)
    assert json.loads(capsys.readouterr().out) == {"path": str(path), "trades": 0}


def test_a_database_without_its_journal_is_read_as_it_is(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """From another machine there is nothing to bring up to date."""
    far = Place(None, place.url)
    with pytest.raises(StorageError, match="voldesk journal migrate"):
        show(far, 5, is_json=False)
    bring_up_to_date(place)
    show(far, 5, is_json=False)
    assert "journal   not on this machine" in capsys.readouterr().out


def test_what_is_known_is_shown(
    place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """How far the copy is, the newest run and switch, positions, orders, trades."""
    monkeypatch.setenv("COLUMNS", "160")
    show(place, 5, is_json=False)
    out = capsys.readouterr().out
    assert "account   DU1: 13 entries" in out
    assert "gate      halted by cli: enough, 1970-01-01 00:00:00Z" in out
    assert "SPXW 2025-10-17 6700 C" in out
    assert "us SPX" in out
    assert "0.80" in out
    show(place, 0, is_json=False)
    assert "vd-1" not in capsys.readouterr().out


def test_what_is_known_is_printed_as_json(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """Money is text, instants are ISO 8601, unknown is null."""
    show(place, 5, is_json=True)
    document = json.loads(capsys.readouterr().out)
    assert document["journal"] == str(place.log)
    assert document["entries"] == {"DU1": 13}
    first = document["trades"][-1]
    assert (first["points"], first["opened_at"]) == ("0.80", "1970-01-01T00:00:00Z")
    assert document["trades"][0]["closed_at"] is None
    assert document["switches"][0]["at"] == "1970-01-01T00:00:00Z"


def test_old_rows_are_dropped(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """What went is counted; a second time there is nothing."""
    clock = ManualClock(3 * NS_PER_DAY)
    drop_old(place, 2, clock, is_json=False)
    assert capsys.readouterr().out.startswith("dropped 1 of trades, 3 of trade_fills, ")
    assert len(tables(place.url)["orders"]) == 1
    drop_old(place, 2, clock, is_json=False)
    assert capsys.readouterr().out == "dropped nothing\n"
    drop_old(place, 2, clock, is_json=True)
    assert json.loads(capsys.readouterr().out) == {"dropped": {}}


def test_nothing_is_dropped_without_the_journal(place: Place) -> None:
    """It is what gives the rows again."""
    with pytest.raises(ConfigError, match="prune needs the journal"):
        drop_old(Place(None, place.url), 2, ManualClock(), is_json=False)


def test_tables_are_made(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """Empty ones, of this version."""
    bring_to_version(place, is_json=False)
    assert capsys.readouterr().out == f"{place.url} has the tables of version 0001\n"
    bring_to_version(place, is_json=True)
    assert json.loads(capsys.readouterr().out) == {"url": place.url, "version": "0001"}
    assert tables(place.url)["runs"] == []


def test_a_database_that_refuses_is_told(tmp_path: Path) -> None:
    """In its own words."""
    far = Place(None, f"sqlite:///{tmp_path}/gone/trades.sqlite")
    with pytest.raises(StorageError, match="cannot be written: unable to open database file"):
        bring_to_version(far, is_json=False)
