import json
from pathlib import Path

import pytest

from voldesk.model.errors import StorageError
from voldesk.venues.ib.contract_store import ContractStore, Listed, Series, store_path

HOUR = 3_600 * 10**9
CALL = Listed(
    101, "SPXW", "20261120", "2026-11-20", 6700.0, "C", "SPXW  261120C06700000", 100.0, 0.05
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store_path(tmp_path / "new", "BRK B", 7)


def test_what_is_kept_comes_back(path: Path) -> None:
    """The same contracts, strikes and time, from a folder that was made."""
    store = ContractStore(path)
    store.put("SPXW", "20261120", asked_at=5, offered=[6700.0, 6705.0], contracts=[CALL])
    store.save()
    other = ContractStore(path)
    other.load()
    assert other.get("SPXW", "20261120") == Series(5, (6700.0, 6705.0), (CALL,))
    assert other.get("SPXW", "20261127") is None
    assert path.name == "BRK_B-7.json"
    assert [one.name for one in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 1}', '{"version": 2, "series": 3}'])
def test_a_file_that_says_nothing_is_as_good_as_none(path: Path, text: str) -> None:
    """Another version, half a file, another shape: everything is asked again."""
    path.parent.mkdir()
    path.write_text(text)
    store = ContractStore(path)
    store.load()
    assert store.get("SPXW", "20261120") is None


def test_no_file_is_no_contracts(path: Path) -> None:
    """The first time there is none."""
    store = ContractStore(path)
    store.load()
    assert store.get("SPXW", "20261120") is None


def test_a_file_of_another_version_is_written_over(path: Path) -> None:
    """Its version says what it holds."""
    store = ContractStore(path)
    store.save()
    assert json.loads(path.read_text())["version"] == 1


def test_what_has_expired_is_dropped(path: Path) -> None:
    """Series that trade no more take no room."""
    store = ContractStore(path)
    for day in ("20261119", "20261120"):
        store.put("SPXW", day, asked_at=0, offered=[], contracts=[])
    store.drop_before("20261120")
    assert store.get("SPXW", "20261119") is None
    assert store.get("SPXW", "20261120") is not None


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    """The message names the file."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"contracts cannot be kept in"):
        ContractStore(tmp_path / "file" / "SPX-1.json").save()


@pytest.mark.parametrize(
    ("age", "offered", "is_fresh"),
    [
        (0, (1.0, 2.0), True),
        (20 * HOUR, (1.0,), True),
        (20 * HOUR + 1, (1.0,), False),
        (-1, (1.0,), False),
        (0, (1.0, 3.0), False),
    ],
)
def test_old_contracts_and_new_strikes_are_asked_for(
    age: int, offered: tuple[float, ...], is_fresh: bool
) -> None:
    """By age, by a strike there was not; a clock that went back trusts nothing."""
    series = Series(100 * HOUR, (1.0, 2.0), ())
    assert series.is_fresh(100 * HOUR + age, 20.0, offered) is is_fresh
