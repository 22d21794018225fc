"""The reader beside the writer: whole durable records, in order, and damage by name."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.model.errors import StorageError
from voldesk.store.journal_log import MAGIC, JournalLog
from voldesk.store.trades.tail import Place, Tail

LINES = [b"one\n", b"two\n", b"three\n"]


def a_log(folder: Path, lines: list[bytes] = LINES) -> Path:
    log = JournalLog.open(folder / "orders.log")
    log.append(lines)
    log.close()
    return log.path


def test_records_are_read_in_order_and_as_they_come(tmp_path: Path) -> None:
    """A tail goes on where it was, beside a writer that goes on too."""
    log = JournalLog.open(tmp_path / "orders.log")
    with Tail(log.path) as tail:
        assert not tail.has_more()
        assert tail.read(5) == []
        log.append(LINES)
        assert tail.has_more()
        assert [(one.number, one.payload) for one in tail.read(2)] == [
            (0, b"one\n"),
            (1, b"two\n"),
        ]
        log.append([b"four\n"])
        assert [one.payload for one in tail.read(9)] == [b"three\n", b"four\n"]
        assert tail.place.entries == 4
        assert not tail.has_more()
    log.close()


def test_a_log_that_is_not_there_yet_has_nothing(tmp_path: Path) -> None:
    """Neither reading nor going on from the beginning needs a file."""
    with Tail(tmp_path / "orders.log") as tail:
        tail.resume(Place())
        assert tail.read(1) == []


def test_only_what_is_durable_is_given_out(tmp_path: Path) -> None:
    """Where the writer counts, its count is the end."""
    with Tail(a_log(tmp_path)) as tail:
        assert tail.has_more(1)
        assert [one.payload for one in tail.read(9, durable=1)] == [b"one\n"]
        assert not tail.has_more(1)
        assert tail.read(9, durable=1) == []
        assert [one.number for one in tail.read(9, durable=3)] == [1, 2]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_place_is_gone_on_from(tmp_path: Path, count: int) -> None:
    """What a place stands for is checked, and the rest follows."""
    path = a_log(tmp_path)
    with Tail(path) as tail:
        tail.read(count)
        place = tail.place
    with Tail(path) as again:
        again.resume(place)
        assert again.place == place
        assert [one.payload for one in again.read(9)] == LINES[count:]


def test_an_append_under_way_is_not_there_yet(tmp_path: Path) -> None:
    """A record cut at any byte is waited for, and those before it are read."""
    path = a_log(tmp_path)
    data = path.read_bytes()
    with Tail(path) as tail:
        tail.read(2)
        start = tail.place.last_start
    for end in range(start, len(data)):
        path.write_bytes(data[:end])
        with Tail(path) as tail:
            found = [one.payload for one in tail.read(9)]
            assert found == LINES[: len(found)]
            assert len(found) in {1, 2}
            assert tail.read(9) == []


def test_a_log_that_was_cut_is_an_error(tmp_path: Path) -> None:
    """A journal shorter than what was read of it has lost entries."""
    path = a_log(tmp_path)
    with Tail(path) as tail:
        tail.read(3)
        place = tail.place
        os.truncate(path, place.last_start)
        with pytest.raises(StorageError, match=r"were read before: it was cut"):
            tail.read(1)
        with pytest.raises(StorageError, match="was cut"):
            tail.has_more()
    with Tail(path) as tail, pytest.raises(StorageError, match="the database has 3 entries"):
        tail.resume(place)


def test_another_journal_is_an_error(tmp_path: Path) -> None:
    """A place is of one journal: the same number and size with other words is not it."""
    with Tail(a_log(tmp_path / "one")) as tail:
        tail.read(3)
        place = tail.place
    other = a_log(tmp_path / "other", [b"one\n", b"two\n", b"THREE\n"])
    with Tail(other) as tail, pytest.raises(StorageError, match="it is another entry"):
        tail.resume(place)
    with (
        Tail(tmp_path / "gone" / "orders.log") as tail,
        pytest.raises(StorageError, match="unfinished"),
    ):
        tail.resume(place)


@given(st.data())
def test_a_flipped_byte_is_never_a_record(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever byte is damaged, what is read is a beginning of what was written."""
    path = a_log(tmp_path_factory.mktemp("log"))
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(len(MAGIC), len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    with Tail(path) as tail:
        found: list[bytes] = []
        try:
            while records := tail.read(1):
                found += [one.payload for one in records]
        except StorageError as exc:
            assert f"record {len(found)} of" in str(exc)  # noqa: PT017  # it may be waited for too
    assert found == LINES[: len(found)]
    assert len(found) < len(LINES)
