"""The journal's log: durable, healed at the tail, refused when damaged."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voldesk.model.errors import ConfigError, StorageError
from voldesk.store.journal_log import MAGIC, MOST_BYTES, JournalLog

LINES = [b'{"a":1}\n', b'{"b":"two"}\n', b"\n", b'{"c":[3,3,3]}\n']


def written(folder: Path, lines: list[bytes] | None = None) -> Path:
    """Return a closed log with one record per line."""
    path = folder / "orders.log"
    log = JournalLog.open(path)
    for line in LINES if lines is None else lines:
        log.append([line])
    log.close()
    return path


def read(path: Path) -> tuple[list[bytes], str, int]:
    """Open a log again: what it holds, why it takes no more, what was cut off."""
    log = JournalLog.open(path)
    held = [payload for _, payload in log.records()]
    state = held, log.reason, log.healed
    log.close()
    return state


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.lists(st.lists(st.binary(max_size=50).map(lambda b: b + b"\n"), max_size=4), max_size=6))
def test_what_was_appended_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[bytes]]
) -> None:
    """Records come back in order, with their numbers, over any number of openings."""
    path = tmp_path_factory.mktemp("log") / "orders.log"
    for batch in batches:
        log = JournalLog.open(path)
        assert log.append(batch) == len(log) - 1
        log.close()
    log = JournalLog.open(path)
    assert list(log.records()) == list(enumerate(line for batch in batches for line in batch))
    log.close()


def test_a_cut_anywhere_loses_the_last_record_only(tmp_path: Path) -> None:
    """Cut at every offset, the whole records before it stay and the log goes on after them."""
    whole = written(tmp_path / "whole").read_bytes()
    ends = [len(written(tmp_path / f"e{n}", LINES[:n]).read_bytes()) for n in range(5)]
    for cut in range(len(whole)):
        path = tmp_path / "cut" / "orders.log"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(whole[:cut])
        count = sum(end <= cut for end in ends[1:])
        held, reason, _ = read(path)
        assert (held, reason) == (LINES[:count], "")
        log = JournalLog.open(path)
        assert log.append([b"next\n"]) == count
        log.close()
        assert read(path) == ([*LINES[:count], b"next\n"], "", 0)


def test_blocks_never_written_are_cut_off(tmp_path: Path) -> None:
    """A tail of zeros, as a power cut leaves it, is an append that did not finish."""
    whole = written(tmp_path / "whole").read_bytes()
    start = len(written(tmp_path / "start", LINES[:2]).read_bytes())
    for kept in range(start, len(whole)):
        path = tmp_path / "zeros" / "orders.log"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(whole[:kept].ljust(len(whole) + 700, b"\0"))
        held, reason, healed = read(path)
        assert reason == ""
        assert held == LINES[: len(held)]
        assert len(held) >= 2
        assert healed > 0


def test_a_flipped_bit_anywhere_stops_the_log(tmp_path: Path) -> None:
    """Damage to what was durable is never healed: what lies before it is read, nothing is added."""
    whole = written(tmp_path / "whole").read_bytes()
    for at in range(len(MAGIC), len(whole)):
        path = tmp_path / "flipped" / "orders.log"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x20]) + whole[at + 1 :])
        log = JournalLog.open(path)
        held = [payload for _, payload in log.records()]
        assert held == LINES[: len(held)]
        assert len(held) < len(LINES)
        assert "is damaged" in log.reason
        with pytest.raises(StorageError, match="restore a copy"):
            log.append([b"more\n"])
        log.close()
        assert path.stat().st_size == len(whole)


def test_a_foreign_file_is_left_alone(tmp_path: Path) -> None:
    """A file that is no journal is refused and not touched."""
    path = tmp_path / "orders.log"
    path.write_bytes(b"my shopping list, which is important\n")
    with pytest.raises(StorageError, match="is no journal"):
        JournalLog.open(path)
    assert path.read_bytes().startswith(b"my shopping list")


def test_one_process_at_a_time(tmp_path: Path) -> None:
    """A second opening is refused until the first is closed."""
    log = JournalLog.open(tmp_path / "orders.log")
    with pytest.raises(ConfigError):
        JournalLog.open(tmp_path / "orders.log")
    log.close()
    JournalLog.open(tmp_path / "orders.log").close()
    with pytest.raises(StorageError, match="it is closed"):
        log.append([b"x\n"])


@pytest.mark.parametrize("payload", [b"", b"no line", b"x" * MOST_BYTES + b"\n"])
def test_payloads_are_lines_of_bounded_length(tmp_path: Path, payload: bytes) -> None:
    """What could not be told from a torn tail, or is too long, is refused with the limit."""
    log = JournalLog.open(tmp_path / "orders.log")
    with pytest.raises(ValueError, match=str(MOST_BYTES)):
        log.append([b"good\n", payload])
    assert len(log) == 0
    log.close()


def failing(code: int, after: int) -> Callable[[int, bytes], int]:
    """Return a write that puts some bytes on the disk and then fails."""
    real, left = os.write, [after]

    def write(file: int, data: bytes) -> int:
        if left[0] == 0:
            raise OSError(code, os.strerror(code))
        part = data[: left[0]]
        left[0] -= len(part)
        return real(file, part)

    return write


@pytest.mark.parametrize("after", [0, 3, 25])
def test_a_full_disk_stops_it_and_room_starts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """With no room left nothing is recorded; with room again the next record is whole."""
    log = JournalLog.open(tmp_path / "orders.log")
    log.append(LINES[:1])
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", failing(errno.ENOSPC, after))
        with pytest.raises(StorageError, match="make room"):
            log.append(LINES[1:3])
    assert log.append(LINES[1:2]) == 1
    log.close()
    assert read(log.path) == (LINES[:2], "", 0)


def test_a_disk_that_does_not_confirm_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a failed sync nothing more is promised until somebody looks."""
    log = JournalLog.open(tmp_path / "orders.log")

    def refuse(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", refuse)
        with pytest.raises(StorageError, match="did not confirm"):
            log.append(LINES[:1])
    with pytest.raises(StorageError, match="did not confirm"):
        log.append(LINES[:1])
    log.close()


WRITER = """
import sys
from pathlib import Path
from voldesk.store.journal_log import JournalLog
log = JournalLog.open(Path(sys.argv[1]))
print(len(log), flush=True)
while True:
    print(log.append([b"x" * 300 + b"\\n", b"y\\n"]), flush=True)
"""


def test_killed_at_any_moment_nothing_durable_is_lost(tmp_path: Path) -> None:
    """After ``kill -9`` every record that was confirmed is there, and the log goes on."""
    path = tmp_path / "orders.log"
    confirmed = -1
    for kill in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            assert int(writer.stdout.readline()) > confirmed
            for _ in range(3 + 11 * kill):
                confirmed = int(writer.stdout.readline())
            writer.send_signal(signal.SIGKILL)
            rest = writer.stdout.read().split("\n")[:-1]
            confirmed = int(rest[-1]) if rest else confirmed
    held, reason, _ = read(path)
    assert reason == ""
    assert len(held) > confirmed
    assert {len(line) for line in held} == {301, 2}
