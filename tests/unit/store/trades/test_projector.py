"""A journal becomes the same tables however it is cut, and whoever dies in between."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from journals import ANY_JOURNAL, BEGUN, a_day, possible, tables, write_journal
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from voldesk.model.errors import ConfigError, StorageError
from voldesk.model.events import Entry, Switched
from voldesk.store.journal import LOG_NAME
from voldesk.store.journal_log import JournalLog
from voldesk.store.trades.database import open_database
from voldesk.store.trades.projector import Projector, account_of, catch_up
from voldesk.store.trades.tail import Tail

Make = Callable[[], str]


@settings(max_examples=60)
@given(ANY_JOURNAL, st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1), st.data())
def test_the_cut_does_not_matter(
    empty_database: Path,
    entries: Sequence[Entry],
    cuts: list[tuple[int, bool]],
    data: st.DataObject,
) -> None:
    """One batch, or many of any size, by one process or by one after another: the same rows."""
    kept, _ = possible([BEGUN, *entries])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        urls = []
        for place in ("whole", "cut"):
            (folder / place).write_bytes(empty_database.read_bytes())
            urls.append(f"sqlite:///{folder / place}")
        log = write_journal(folder, kept)
        assert catch_up(log, "DU1", urls[0]) == len(kept)
        engine = open_database(urls[1])
        tail = Tail(log)
        projector = Projector(engine, tail, "DU1")
        while projector.is_behind():
            most, is_new = data.draw(st.sampled_from(cuts))
            if is_new:
                tail.close()
                tail = Tail(log)
                projector = Projector(engine, tail, "DU1")
            projector.step(most)
        tail.close()
        engine.dispose()
        assert tables(urls[1]) == tables(urls[0])


def test_what_a_database_refused_is_done_again(new_database: Make, tmp_path: Path) -> None:
    """A transaction that fails at its end leaves nothing, and the next step does all of it."""
    log, url = write_journal(tmp_path, a_day()), new_database()
    engine = open_database(url)
    failures = [OperationalError("", {}, Exception("full"))]

    @event.listens_for(engine, "commit")
    def refuse(_: object) -> None:
        if failures and projector.entries:
            raise failures.pop()

    with Tail(log) as tail:
        projector = Projector(engine, tail, "DU1")
        with pytest.raises(OperationalError):
            projector.step(100)
        assert all(not rows for rows in tables(url).values())
        assert projector.is_behind()
        assert projector.step(100) == len(a_day())
        assert not projector.is_behind()
    engine.dispose()
    again = new_database()
    catch_up(log, "DU1", again)
    assert tables(url) == tables(again)


def test_of_two_projectors_neither_repeats_the_other(new_database: Make, tmp_path: Path) -> None:
    """Each sees what the other has done, and goes on from there."""
    log, url = write_journal(tmp_path, a_day()), new_database()
    engine = open_database(url)
    with Tail(log) as one, Tail(log) as two:
        first, second = Projector(engine, one, "DU1"), Projector(engine, two, "DU1")
        counts = [turn.step(3) for turn in (first, second, first, second, second)]
    engine.dispose()
    assert counts == [3, 3, 3, 3, 1]
    again = new_database()
    catch_up(log, "DU1", again)
    assert tables(url) == tables(again)


def test_an_older_copy_of_the_database_catches_up(new_database: Make, tmp_path: Path) -> None:
    """A backup that is restored is behind, no more."""
    day = a_day()
    log, url, backup = write_journal(tmp_path, day[:5]), new_database(), new_database()
    catch_up(log, "DU1", url)
    catch_up(log, "DU1", backup)
    write_journal(tmp_path, day[5:])
    catch_up(log, "DU1", url)
    told: list[int] = []
    assert catch_up(log, "DU1", backup, told.append) == len(day)
    assert told == [len(day)]
    assert tables(url) == tables(backup)


def test_a_database_ahead_of_the_journal_is_an_error(new_database: Make, tmp_path: Path) -> None:
    """A journal that was cut, or healed, below what was projected is not gone on with."""
    log, url = write_journal(tmp_path, a_day()), new_database()
    catch_up(log, "DU1", url)
    before = tables(url)
    data = log.read_bytes()
    log.write_bytes(data[:-3])
    journal = JournalLog.open(log)
    assert journal.healed > 0
    journal.close()
    with pytest.raises(StorageError, match="is not the journal they came from, or lost the last"):
        catch_up(log, "DU1", url)
    assert tables(url) == before


def test_accounts_share_a_database(new_database: Make, tmp_path: Path) -> None:
    """The same entries of two accounts are two sets of rows."""
    url = new_database()
    other = [BEGUN.__class__(account="DU2", version="0.1", config="abc", pid=1, at=1)]
    catch_up(write_journal(tmp_path / "one", [BEGUN]), "DU1", url)
    catch_up(write_journal(tmp_path / "two", other), "DU2", url)
    assert [row[:2] for row in tables(url)["runs"]] == [("DU1", 0), ("DU2", 0)]


def test_the_journal_says_whose_it_is(tmp_path: Path) -> None:
    """Whoever began to trade first named the account."""
    switched = Switched(state="halted", by="cli", reason="", at=1)
    assert account_of(write_journal(tmp_path / "one", [switched, BEGUN])) == "DU1"
    with pytest.raises(StorageError, match="nobody began to trade with it"):
        account_of(write_journal(tmp_path / "two", [switched]))
    with pytest.raises(StorageError, match="there is no journal at"):
        account_of(tmp_path / "three" / LOG_NAME)
    (tmp_path / "four").mkdir()
    with pytest.raises(StorageError, match="cannot be read: Is a directory"):
        account_of(tmp_path / "four")


def test_an_entry_of_a_later_version_is_named(new_database: Make, tmp_path: Path) -> None:
    """What this version cannot read stops the projection at its number."""
    log = write_journal(tmp_path, a_day()[:2])
    later = JournalLog.open(log)
    later.append([b'{"kind":"dreamed","data":{}}\n'])
    later.close()
    with pytest.raises(StorageError, match=r"entry 2 of .* cannot be read by this version"):
        catch_up(log, "DU1", new_database())


def test_a_database_or_a_log_that_refuses_is_told(new_database: Make, tmp_path: Path) -> None:
    """By its name and in the words of whoever refused."""
    log = write_journal(tmp_path, a_day())
    with pytest.raises(StorageError, match="cannot be written: unable to open database file"):
        catch_up(log, "DU1", f"sqlite:///{tmp_path}/gone/trades.sqlite")
    with pytest.raises(StorageError, match="cannot be read: Is a directory"):
        catch_up(tmp_path, "DU1", new_database())
    with pytest.raises(ConfigError):
        catch_up(log, "DU1", "mysql://x/y")
