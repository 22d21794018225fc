"""One step of the projection: entries that the database does not have yet become its rows."""

import re
from collections.abc import Callable
from pathlib import Path

import msgspec
from sqlalchemy import Engine, select

from voldesk.model.errors import StorageError
from voldesk.model.events import Begun, Entry
from voldesk.store.journal import decoded
from voldesk.store.trades.book import Book
from voldesk.store.trades.database import migrate, writing
from voldesk.store.trades.fold import take
from voldesk.store.trades.schema import PROGRESS
from voldesk.store.trades.tail import Place, Record, Tail

BATCH_ENTRIES = 500

_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")  # as JSON writes it, after whole escapes


class Projector:
    """
    Projects the log of one account into one database, a batch at a time.

    It may be tried again after any error: what was committed is read from the database, the
    rest was not done.
    """

    def __init__(self, engine: Engine, tail: Tail, account: str) -> None:
        self._engine, self._tail, self._account = engine, tail, account
        self._is_current = False

    def step(self, most: int, durable: int | None = None) -> int:
        """
        Project up to so many entries, in one transaction, and return how many there were.

        Args:
            most: Entries at most.
            durable: How many of the journal the disk has, None if the writer does not say.

        Raises:
            StorageError: The journal is damaged, is not the one the database was filled from, or
                has entries this version cannot read.
            SQLAlchemyError: The database does not do it; nothing was committed.
            OSError: The log cannot be read.
        """
        if not self._is_current:
            migrate(self._engine)
        self._is_current = False  # unless it gets to the end
        with self._engine.begin() as connection:
            book = Book(connection, self._account)
            # The row is locked, so of two projectors the second one sees what the first one did.
            row = connection.execute(
                select(PROGRESS.c.entries, PROGRESS.c.last_start, PROGRESS.c.last_crc)
                .where(PROGRESS.c.account == self._account)
                .with_for_update()
            ).one_or_none()
            place = Place() if row is None else Place(*row)
            if self._tail.place != place:
                self._tail.resume(place)
            records = self._tail.read(most, durable)
            for record in records:
                take(book, record.number, _entry(record, self._tail.path))
            if records:
                last = records[-1].place
                book.put(
                    PROGRESS,
                    entries=last.entries,
                    last_start=last.last_start,
                    last_crc=last.last_crc,
                )
                book.flush()
        self._is_current = True
        return len(records)

    def is_behind(self, durable: int | None = None) -> bool:
        """
        Say whether there may be something to do; the database is not asked.

        Raises:
            StorageError: What was read of the journal is gone.
        """
        return not self._is_current or self._tail.has_more(durable)

    @property
    def entries(self) -> int:
        """Return how many entries were projected when it was last looked."""
        return self._tail.place.entries


def catch_up(log: Path, account: str, url: str, tell: Callable[[int], object] | None = None) -> int:
    """
    Project all that the log has, and return how many entries the database has then.

    Args:
        log: The journal's log.
        account: Whose it is.
        url: The database.
        tell: Called with the number of entries after each batch.

    Raises:
        StorageError: The journal cannot be read, or the database does not do it.
        ConfigError: The URL is none.
    """
    try:
        with writing(url) as engine, Tail(log) as tail:
            projector = Projector(engine, tail, account)
            while projector.step(BATCH_ENTRIES):
                if tell is not None:
                    tell(projector.entries)
            return projector.entries
    except OSError as exc:
        raise StorageError(f"the journal {log} cannot be read: {exc.strerror}") from exc


def account_of(log: Path) -> str:
    """
    Return whose journal a log is.

    Raises:
        StorageError: No process ever began to write it, or it cannot be read.
    """
    try:
        with Tail(log) as tail:
            while records := tail.read(BATCH_ENTRIES):
                for record in records:
                    entry = _entry(record, log)
                    if isinstance(entry, Begun):
                        return entry.account
    except OSError as exc:
        raise StorageError(f"the journal {log} cannot be read: {exc.strerror}") from exc
    raise StorageError(f"there is no journal at {log}, or nobody began to trade with it")


def _entry(record: Record, path: Path) -> Entry:
    """Return an entry, U+FFFD in place of NUL, which PostgreSQL takes in no text."""
    try:
        return decoded(_NUL.sub(rb"\1\\ufffd", record.payload))
    except (msgspec.DecodeError, KeyError, ValueError) as exc:
        raise StorageError(
            f"entry {record.number} of {path} cannot be read by this version: {exc}"
        ) from exc
