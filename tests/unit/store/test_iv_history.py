import math
import sqlite3
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from voldesk.model.errors import StorageError
from voldesk.store.iv_history import IvHistoryFile, IvSample

DAY_NS = 86_400 * 10**9
FIRST = date(2026, 9, 1)
START = 1_788_278_400_000_000_000  # 2026-09-01 16:00 UTC


def sample(day: int = 0, secs: float = 0.0, **changes: object) -> IvSample:
    """Return SPX so many days after the first one and seconds after noon in New York."""
    facts: dict[str, object] = {
        "source": "ib",
        "underlying": "SPX",
        "day": FIRST + timedelta(days=day),
        "ts": START + day * DAY_NS + round(secs * 1e9),
        "spot": 100.0 + day,
        "front_iv": 0.2 + day / 100,
        "front_secs": 14_400.0 - secs,
        "month_iv": 0.1 + day / 100,
    }
    return IvSample(**facts | changes)  # type: ignore[arg-type]  # facts by name


@pytest.fixture
def kept(tmp_path: Path) -> IvHistoryFile:
    """A file that is not there yet."""
    return IvHistoryFile(tmp_path / "deep" / "iv.sqlite")


def test_nothing_is_known_without_a_file(kept: IvHistoryFile) -> None:
    """And asking does not make one."""
    past = kept.past("ib", "SPX", FIRST, 14_400.0, 10)
    assert (past.month.size, past.front.size) == (0, 0)
    assert math.isnan(past.last_spot)
    assert kept.drop_before(START) == 0
    assert not kept.path.exists()


def test_the_past_is_a_value_a_day_the_newest_first(kept: IvHistoryFile) -> None:
    """Of the month the last of each day, today left out; of the days so many."""
    kept.append([sample(day, secs) for day in range(5) for secs in (0.0, 60.0)])
    kept.append([sample(1, 120.0, month_iv=0.9, spot=7.0)])
    past = kept.past("ib", "SPX", FIRST + timedelta(days=3), 14_400.0, 10)
    assert past.month.tolist() == pytest.approx([0.12, 0.9, 0.10])
    assert past.last_spot == 102.0
    assert kept.past("ib", "SPX", FIRST + timedelta(days=9), 0.0, 2).month.size == 2


def test_the_front_is_that_of_the_same_hour(kept: IvHistoryFile) -> None:
    """The sample with as long to go, within a quarter of an hour; a day without is left out."""
    kept.append([sample(0, secs, front_iv=secs / 1e5) for secs in (0.0, 3_600.0, 7_200.0)])
    kept.append([sample(1, 0.0, front_iv=0.7)])
    past = kept.past("ib", "SPX", FIRST + timedelta(days=2), 14_400.0 - 3_700.0, 10)
    assert past.front.tolist() == pytest.approx([0.036])
    assert kept.past("ib", "SPX", FIRST + timedelta(days=2), math.nan, 10).front.size == 0


def test_feeds_and_underlyings_are_kept_apart(kept: IvHistoryFile) -> None:
    """A simulated past says nothing of a real present."""
    kept.append([sample(source="sim"), sample(underlying="SPY")])
    assert kept.past("ib", "SPX", FIRST + timedelta(days=1), 0.0, 9).month.size == 0
    assert kept.past("sim", "SPX", FIRST + timedelta(days=1), 0.0, 9).month.size == 1


def test_what_is_not_known_is_not_a_value(kept: IvHistoryFile) -> None:
    """NaN comes back as no day."""
    kept.append(
        [sample(0, front_iv=math.nan, month_iv=math.nan, spot=math.nan, front_secs=math.nan)]
    )
    past = kept.past("ib", "SPX", FIRST + timedelta(days=1), 14_400.0, 9)
    assert (past.month.size, past.front.size) == (0, 0)
    assert math.isnan(past.last_spot)


def test_of_one_instant_the_last_one_counts(kept: IvHistoryFile) -> None:
    """Two processes may sample one feed."""
    kept.append([sample(month_iv=0.3)])
    IvHistoryFile(kept.path).append([sample(month_iv=0.4)])
    past = kept.past("ib", "SPX", FIRST + timedelta(days=1), 0.0, 9)
    assert past.month.tolist() == [0.4]


def test_what_is_old_is_dropped(kept: IvHistoryFile) -> None:
    """Everything before the instant, and it says how much that was."""
    kept.append([sample(day) for day in range(4)])
    assert kept.drop_before(START + 2 * DAY_NS) == 2
    assert kept.past("ib", "SPX", FIRST + timedelta(days=9), 0.0, 9).month.size == 2


@hypothesis_settings(max_examples=20)
@given(st.lists(st.integers(0, 30), max_size=20, unique=True), st.integers(0, 31))
def test_days_come_back_as_they_went_in(days: list[int], today: int) -> None:
    """In whatever order they were kept, those before today and no others."""
    with TemporaryDirectory() as folder:
        file = IvHistoryFile(Path(folder) / "iv.sqlite")
        file.append([sample(day) for day in days])
        past = file.past("ib", "SPX", FIRST + timedelta(days=today), 14_400.0, 99)
    earlier = sorted((day for day in days if day < today), reverse=True)
    assert past.month.tolist() == [0.1 + day / 100 for day in earlier]
    assert past.front.tolist() == [0.2 + day / 100 for day in earlier]


def test_another_version_is_refused(kept: IvHistoryFile) -> None:
    """With both numbers."""
    kept.append([sample()])
    with sqlite3.connect(kept.path) as file:
        file.execute("PRAGMA user_version = 9")
    file.close()
    with pytest.raises(StorageError, match="has version 9, this voldesk reads 1"):
        kept.past("ib", "SPX", FIRST, 0.0, 9)
    with pytest.raises(StorageError, match="version 9"):
        kept.append([sample()])


def test_a_file_that_is_none_is_refused(kept: IvHistoryFile, tmp_path: Path) -> None:
    """The message has its path; a folder that cannot be made is one too."""
    kept.path.parent.mkdir()
    kept.path.write_text("not a database, and long enough to be looked at as one " * 9)
    with pytest.raises(StorageError, match=r"iv\.sqlite"):
        kept.past("ib", "SPX", FIRST, 0.0, 9)
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="iv history"):
        IvHistoryFile(tmp_path / "file" / "iv.sqlite").append([sample()])
