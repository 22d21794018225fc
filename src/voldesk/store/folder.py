"""The folder of a recording as its one writer sees it: begun, or taken up where it ended."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from voldesk.model.conventions import Profile
from voldesk.model.errors import ConfigError, StorageError
from voldesk.model.listing import Listing
from voldesk.store.atomic import write_whole
from voldesk.store.lock import FolderLock
from voldesk.store.schema import (
    LISTING_NAME,
    META_NAME,
    SCHEMA_VERSION,
    Meta,
    listing_of,
    listing_table,
    meta_bytes,
    meta_of,
)
from voldesk.store.segments import FOLDER, compact, remove_unfinished, segment_numbers

HEAD: Final = (META_NAME, LISTING_NAME)


def read_head(folder: Path) -> tuple[Meta, Listing]:
    """
    Return what a recording says about itself, and its instruments.

    Raises:
        ConfigError: The folder holds no recording, or one of a newer major version.
        StorageError: What it holds is damaged.
    """
    path = folder / META_NAME
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(f"{folder} is no recording: it has no {META_NAME}") from None
    except OSError as exc:
        raise StorageError(f"{path} cannot be read: {exc}") from exc
    meta = meta_of(data, path)
    listing = folder / LISTING_NAME
    try:
        return meta, listing_of(pq.read_table(listing))
    except (OSError, pa.ArrowException, ValueError) as exc:
        raise StorageError(f"{listing} cannot be read: {exc}") from exc


class WriterFolder:
    """
    The right to append to a recording, held until `release`.

    Attributes:
        next_number: Number of the segment to be written next.
        next_seq: Place of the tick to be written next, which is how many there are.
    """

    def __init__(self, folder: Path, listing: Listing, meta: Meta) -> None:
        """
        Begin a recording, or take one up: logs that a dead writer left become sorted files.

        A recording that is taken up keeps its feed and its start.

        Raises:
            ConfigError: Another recorder writes there; the folder holds something else, or a
                recording of other instruments or conventions, or of a newer version.
            StorageError: The disk refuses, or what is there is damaged.
        """
        self.path = folder
        try:
            (folder / FOLDER).mkdir(parents=True, exist_ok=True)
            self._lock = FolderLock(folder, f"the recording in {folder}")
        except OSError as exc:
            raise StorageError(f"{folder} cannot be written to: {exc}") from exc
        try:
            self._settle_head(listing, meta)
            self.next_number, self.next_seq = self._recover()
        except OSError as exc:
            self._lock.release()
            raise StorageError(f"{folder} cannot be written to: {exc}") from exc
        except BaseException:
            self._lock.release()
            raise

    def release(self) -> None:
        """Let another writer in."""
        self._lock.release()

    def _settle_head(self, listing: Listing, meta: Meta) -> None:
        """Write meta and listing, or see that those that are there agree."""
        if not (self.path / META_NAME).exists():
            if segment_numbers(self.path):
                raise ConfigError(f"{self.path} has ticks but no {META_NAME}: record elsewhere")
            self._write_listing(listing)
            self._write_meta(meta)  # last: a folder with meta is a recording
            return
        old, known = read_head(self.path)
        _require_continuation(self.path, old, known, meta.profiles, listing)
        if len(listing) > len(known):
            self._write_listing(listing)
        if old.schema != SCHEMA_VERSION:
            self._write_meta(replace(old, schema=SCHEMA_VERSION, voldesk=meta.voldesk))

    def _write_meta(self, meta: Meta) -> None:
        write_whole(self.path / META_NAME, lambda path: path.write_bytes(meta_bytes(meta)))

    def _write_listing(self, listing: Listing) -> None:
        table = listing_table(listing)
        write_whole(self.path / LISTING_NAME, lambda path: pq.write_table(table, path))

    def _recover(self) -> tuple[int, int]:
        """Sort every log that was left and return the next number and place."""
        remove_unfinished(self.path)
        number = seq = 0
        for number in segment_numbers(self.path):
            segment = compact(self.path, number)
            if segment.rows:
                seq = segment.first_seq + segment.rows
        return number + 1, seq


def _require_continuation(
    folder: Path, old: Meta, known: Listing, profiles: Mapping[str, Profile], listing: Listing
) -> None:
    """
    Refuse to append ticks that the recording's own head would misread.

    Raises:
        ConfigError: An instrument has another number, or an underlying another profile.
    """
    shared = min(len(known), len(listing))
    differ = np.flatnonzero(known.key[:shared] != listing.key[:shared])
    if differ.size:
        row = int(differ[0])
        raise ConfigError(
            f"{folder} records {known.key[row]!r} as instrument {row}, the feed now lists"
            f" {listing.key[row]!r} there: record into a new folder"
        )
    for underlying, profile in profiles.items():
        if old.profiles.get(underlying, profile) != profile:
            raise ConfigError(
                f"{folder} records {underlying} with profile {old.profiles[underlying]}, now it is"
                f" {profile}: record into a new folder"
            )
