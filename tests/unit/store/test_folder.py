"""The folder of a recording as its one writer sees it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from voldesk.model.conventions import PROFILES, Profile
from voldesk.model.errors import ConfigError, StorageError
from voldesk.model.listing import Listing
from voldesk.model.ticks import TickBatch
from voldesk.store.atomic import write_whole
from voldesk.store.folder import WriterFolder, read_head
from voldesk.store.schema import META_NAME, SCHEMA_VERSION, Meta, meta_bytes
from voldesk.store.segments import FOLDER, LogWriter, log_path, segment_numbers, sorted_path


def _meta(profiles: dict[str, Profile]) -> Meta:
    return Meta(feed="sim", profiles=profiles, start=17)


def _first_rows(listing: Listing, count: int) -> Listing:
    names = Listing.__dataclass_fields__
    return Listing.build(**{name: getattr(listing, name)[:count] for name in names})


def test_a_recording_begins_with_its_head(
    tmp_path: Path, listing: Listing, profiles: dict[str, Profile]
) -> None:
    """Folders are made as needed, meta and listing stand there before the first tick."""
    folder = WriterFolder(tmp_path / "a" / "b", listing, _meta(profiles))
    assert (folder.next_number, folder.next_seq) == (1, 0)
    folder.release()
    meta, known = read_head(tmp_path / "a" / "b")
    assert meta == _meta(profiles)
    assert known.key.tolist() == listing.key.tolist()


def test_a_recording_is_taken_up_where_it_ended(
    tmp_path: Path,
    listing: Listing,
    profiles: dict[str, Profile],
    make_ticks: Callable[..., TickBatch],
) -> None:
    """Logs of a dead writer are sorted, and numbers and places go on after them."""
    WriterFolder(tmp_path, listing, _meta(profiles)).release()
    for number, first in ((1, 0), (2, 10)):
        log = LogWriter(log_path(tmp_path, number), first)
        log.write(make_ticks(10, first))
        log.close()
    (tmp_path / FOLDER / "000002.parquet.tmp").write_bytes(b"half")
    folder = WriterFolder(tmp_path, listing, replace(_meta(profiles), feed="ib", start=99))
    assert (folder.next_number, folder.next_seq) == (3, 20)
    folder.release()
    assert segment_numbers(tmp_path) == [1, 2]
    assert sorted_path(tmp_path, 2).exists()
    assert len(list((tmp_path / FOLDER).iterdir())) == 2
    assert read_head(tmp_path)[0] == _meta(profiles)


def test_a_folder_in_use_is_refused(
    tmp_path: Path, listing: Listing, profiles: dict[str, Profile]
) -> None:
    """A second writer is refused while the first has not let go."""
    first = WriterFolder(tmp_path, listing, _meta(profiles))
    with pytest.raises(ConfigError, match=r"the recording in .* is held by process"):
        WriterFolder(tmp_path, listing, _meta(profiles))
    first.release()


def test_a_listing_may_grow_at_its_end(
    tmp_path: Path, listing: Listing, profiles: dict[str, Profile]
) -> None:
    """The longer listing is kept, whether it came first or later."""
    WriterFolder(tmp_path, _first_rows(listing, 2), _meta(profiles)).release()
    assert len(read_head(tmp_path)[1]) == 2
    WriterFolder(tmp_path, listing, _meta(profiles)).release()
    assert len(read_head(tmp_path)[1]) == 5
    WriterFolder(tmp_path, _first_rows(listing, 3), _meta(profiles)).release()
    assert len(read_head(tmp_path)[1]) == 5


def test_other_instruments_are_refused_and_the_folder_is_let_go(
    tmp_path: Path, listing: Listing, profiles: dict[str, Profile]
) -> None:
    """A listing that numbers an instrument otherwise would make old ticks lie."""
    WriterFolder(tmp_path, listing, _meta(profiles)).release()
    names = Listing.__dataclass_fields__
    turned = Listing.build(**{name: getattr(listing, name)[::-1] for name in names})
    with pytest.raises(
        ConfigError, match="'us ABC' as instrument 0, the feed now lists 'us ABC 4'"
    ):
        WriterFolder(tmp_path, turned, _meta(profiles))
    WriterFolder(tmp_path, listing, _meta(profiles)).release()


def test_other_conventions_are_refused(
    tmp_path: Path, listing: Listing, profiles: dict[str, Profile]
) -> None:
    """One recording has one way to value an underlying."""
    WriterFolder(tmp_path, listing, _meta(profiles)).release()
    with pytest.raises(ConfigError, match="records ABC with profile"):
        WriterFolder(tmp_path, listing, _meta({"ABC": PROFILES["nse"]}))


def test_a_newer_recording_is_not_continued(
    tmp_path: Path, listing: Listing, profiles: dict[str, Profile]
) -> None:
    """A folder of a newer major version is left as it is."""
    WriterFolder(tmp_path, listing, _meta(profiles)).release()
    newer = meta_bytes(replace(_meta(profiles), schema="2.0"))
    (tmp_path / META_NAME).write_bytes(newer)
    with pytest.raises(ConfigError, match="update voldesk"):
        WriterFolder(tmp_path, listing, _meta(profiles))
    assert (tmp_path / META_NAME).read_bytes() == newer


def test_an_older_minor_version_becomes_ours(
    tmp_path: Path, listing: Listing, profiles: dict[str, Profile]
) -> None:
    """Who appends also writes the version it appends in."""
    WriterFolder(tmp_path, listing, _meta(profiles)).release()
    older = meta_bytes(replace(_meta(profiles), schema="1.-1", voldesk="0.0.1"))
    write_whole(tmp_path / META_NAME, lambda path: path.write_bytes(older))
    WriterFolder(tmp_path, listing, _meta(profiles)).release()
    meta, _ = read_head(tmp_path)
    assert (meta.schema, meta.voldesk) == (SCHEMA_VERSION, _meta(profiles).voldesk)


def test_ticks_without_a_head_are_left_alone(
    tmp_path: Path, listing: Listing, profiles: dict[str, Profile]
) -> None:
    """A folder whose meta was lost is not begun anew over its ticks."""
    (tmp_path / FOLDER).mkdir()
    log_path(tmp_path, 1).write_bytes(b"")
    with pytest.raises(ConfigError, match=r"no meta\.json"):
        WriterFolder(tmp_path, listing, _meta(profiles))


def test_a_path_that_cannot_be_a_folder_is_an_error(
    tmp_path: Path, listing: Listing, profiles: dict[str, Profile]
) -> None:
    """What the system says is in the message."""
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot be written to"):
        WriterFolder(tmp_path / "file" / "rec", listing, _meta(profiles))


def test_what_is_no_recording_is_told(tmp_path: Path) -> None:
    """A folder without meta, or that is not there, is no recording."""
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(ConfigError, match="is no recording"):
            read_head(folder)


def test_a_recording_without_its_listing_is_damaged(
    tmp_path: Path, listing: Listing, profiles: dict[str, Profile]
) -> None:
    """The missing file is named."""
    WriterFolder(tmp_path, listing, _meta(profiles)).release()
    (tmp_path / "listing.parquet").unlink()
    with pytest.raises(StorageError, match=r"listing\.parquet"):
        read_head(tmp_path)


def test_meta_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """The file is named with what the system says."""
    (tmp_path / META_NAME).mkdir()
    with pytest.raises(StorageError, match=r"meta\.json cannot be read"):
        read_head(tmp_path)


def test_a_head_that_cannot_be_written_is_an_error(
    tmp_path: Path, listing: Listing, profiles: dict[str, Profile]
) -> None:
    """The folder is let go, so that a second try can succeed."""
    (tmp_path / "listing.parquet").mkdir()
    with pytest.raises(StorageError, match="cannot be written to"):
        WriterFolder(tmp_path, listing, _meta(profiles))
    (tmp_path / "listing.parquet").rmdir()
    WriterFolder(tmp_path, listing, _meta(profiles)).release()
