"""The trade log as a file: exact money, unknown left empty, the file whole or not there."""

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from journals import BEGUN, a_day, write_journal
from orders import a_fill

from voldesk.model.errors import ConfigError, StorageError
from voldesk.model.events import Charged, Entry, Filled
from voldesk.model.orders import Side
from voldesk.store.trades.export import COLUMNS, Range, export_trades
from voldesk.store.trades.projector import catch_up

Make = Callable[[], str]


@pytest.fixture
def url(new_database: Make, tmp_path: Path) -> str:
    """Return a database with a day in it."""
    url = new_database()
    catch_up(write_journal(tmp_path, a_day()), "DU1", url)
    return url


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_row_is_a_round_trip(url: str, tmp_path: Path) -> None:
    """Closed trades first, with what they cost; an execution of two trades shares its cost."""
    path = tmp_path / "trades.csv"
    assert export_trades(url, path) == 3
    closed, turned, held = read(path)
    assert list(closed) == list(COLUMNS)
    assert closed["opened_at"] == "1970-01-01T00:00:00.000000004Z"
    assert closed["closed_at"] == "1970-01-01T00:00:00.000000009Z"
    assert (closed["strategy"], closed["client_order_id"]) == ("zero_dte", "vd-1")
    assert (closed["paid"], closed["received"], closed["points"]) == ("3.70", "4.50", "0.80")
    assert closed["executions"] == "3"
    assert closed["commission"] == "3.9"  # 0.65 + 1.30 + 3/5 of 3.25
    assert closed["venue_realised"] == ""  # not told of every execution
    assert (turned["sold"], turned["received"], turned["commission"]) == ("2", "3.00", "1.3")
    assert turned["venue_realised"] == "31.22"  # 2/5 of 78.05
    assert (turned["closed_at"], turned["points"]) == ("", "")
    assert (held["key"], held["executions"], held["commission"]) == ("us SPX", "0", "")


def test_parquet_has_the_same_rows_with_types(url: str, tmp_path: Path) -> None:
    """Money is decimal, instants are UTC, to the nanosecond."""
    assert export_trades(url, tmp_path / "trades.parquet") == 3
    table = pq.read_table(tmp_path / "trades.parquet")
    assert {field.name: field.type for field in table.schema} == dict(COLUMNS)
    assert table["points"].to_pylist() == [Decimal("0.80"), None, None]
    assert table["opened_at"].cast("int64").to_pylist() == [4, 9, 12]


@pytest.mark.parametrize(
    ("when", "count"),
    [
        (Range(since=9), 3),
        (Range(since=10), 2),
        (Range(until=10), 1),
        (Range(since=9, until=10), 1),
        (Range(until=9), 0),
    ],
)
def test_a_range_is_of_closing(url: str, tmp_path: Path, when: Range, count: int) -> None:
    """Its beginning belongs to it, its end does not; open trades have no place before an end."""
    assert export_trades(url, tmp_path / "trades.csv", when) == count


def test_costs_in_two_currencies_are_not_added(new_database: Make, tmp_path: Path) -> None:
    """Nobody knows their sum here."""
    entries: list[Entry] = [
        BEGUN,
        Filled(fill=a_fill("e1", "", commission=Decimal(1)), at=2),
        Filled(fill=a_fill("e2", "", commission=Decimal(1)), at=3),
        Charged(execution_id="e2", commission=Decimal(1), currency="EUR", at=4),
    ]
    url = new_database()
    catch_up(write_journal(tmp_path, entries), "DU1", url)
    export_trades(url, tmp_path / "trades.csv")
    assert [row["commission"] for row in read(tmp_path / "trades.csv")] == [""]


def test_a_share_without_an_end_is_rounded(new_database: Make, tmp_path: Path) -> None:
    """A third of a cent is told to twelve places."""
    entries: list[Entry] = [
        BEGUN,
        Filled(fill=a_fill("e1", "", 1), at=2),
        Filled(fill=a_fill("e2", "", 3, side=Side.SELL, commission=Decimal("0.01")), at=3),
    ]
    url = new_database()
    catch_up(write_journal(tmp_path, entries), "DU1", url)
    export_trades(url, tmp_path / "trades.csv")
    _, turned = read(tmp_path / "trades.csv")
    assert turned["commission"] == "0.006666666667"


def test_money_that_parquet_cannot_hold_is_an_error(new_database: Make, tmp_path: Path) -> None:
    """It is not rounded, and CSV has it all."""
    entries: list[Entry] = [
        BEGUN,
        Filled(fill=a_fill("e1", "", price=Decimal("0.1234567890123")), at=2),
    ]
    url = new_database()
    catch_up(write_journal(tmp_path, entries), "DU1", url)
    with pytest.raises(StorageError, match="more than 12 decimals, export to CSV"):
        export_trades(url, tmp_path / "trades.parquet")
    assert not (tmp_path / "trades.parquet").exists()
    export_trades(url, tmp_path / "trades.csv")
    assert [row["paid"] for row in read(tmp_path / "trades.csv")] == ["0.1234567890123"]


def test_a_file_that_cannot_be_is_told(url: str, tmp_path: Path) -> None:
    """A name of another kind, or a folder that is not there."""
    with pytest.raises(ConfigError, match="ends with neither"):
        export_trades(url, tmp_path / "trades.xlsx")
    with pytest.raises(ConfigError, match="cannot write"):
        export_trades(url, tmp_path / "gone" / "trades.csv")
