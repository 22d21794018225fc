"""The form of a recording."""

import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voldesk.model.conventions import PROFILES
from voldesk.model.errors import ConfigError, StorageError
from voldesk.model.listing import Listing
from voldesk.model.ticks import TICK_DTYPE, Field, TickBatch
from voldesk.store.schema import (
    SCHEMA_VERSION,
    Meta,
    arrow_columns,
    joined,
    listing_of,
    listing_table,
    meta_bytes,
    meta_of,
    ticks_of_arrow,
    ticks_to_arrow,
)

FIRST_COLUMNS = [
    name
    for name in TICK_DTYPE.names or ()
    if name not in {"mark", "forward", "data_type"}
    and (name == "vendor_iv" or "vendor" not in name)
]

WHERE = Path("somewhere/meta.json")


def _meta(**changes: object) -> dict[str, object]:
    says: dict[str, object] = json.loads(
        meta_bytes(Meta(feed="ib", profiles=dict(PROFILES), start=1_700_000_000_123_456_789))
    )
    return {**says, **changes}


def test_meta_comes_back_as_it_was() -> None:
    """Feed, every profile there is, start and versions survive the JSON."""
    meta = Meta(feed="ib", profiles=dict(PROFILES), start=1_700_000_000_123_456_789)
    assert meta_of(meta_bytes(meta), WHERE) == meta
    assert meta.schema == SCHEMA_VERSION


def test_a_newer_major_version_is_refused_by_name() -> None:
    """The error names the version of the recording, its writer, and what we read."""
    data = json.dumps(_meta(schema="2.0", voldesk="9.1.0", profiles="of another form")).encode()
    with pytest.raises(ConfigError, match=r"version 2\.0, written by voldesk 9\.1\.0") as caught:
        meta_of(data, WHERE)
    assert f"reads versions up to {SCHEMA_VERSION.partition('.')[0]}.x" in str(caught.value)


def test_a_newer_minor_version_is_read() -> None:
    """Keys that a later version added are passed over."""
    meta = meta_of(json.dumps(_meta(schema="1.99", colour="blue")).encode(), WHERE)
    assert meta.schema == "1.99"
    assert meta.profiles == PROFILES


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b'{"schema": "one"}',
        b'{"schema": "1.0"}',
        json.dumps(_meta(start="noon")).encode(),
        json.dumps(_meta(profiles={"SPX": {"name": "x", "price": "guess"}})).encode(),
    ],
)
def test_damaged_meta_names_its_file(data: bytes) -> None:
    """What does not describe a recording is a StorageError with the path."""
    with pytest.raises(StorageError, match=r"somewhere.meta\.json"):
        meta_of(data, WHERE)


def test_a_listing_comes_back_as_it_was(listing: Listing) -> None:
    """Every column keeps dtype and content, NaT and NaN included."""
    back = listing_of(listing_table(listing))
    for column in fields(Listing):
        ours, theirs = getattr(listing, column.name), getattr(back, column.name)
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)


def test_an_empty_listing_is_a_listing() -> None:
    """No rows come back as no rows."""
    names = [column.name for column in fields(Listing)]
    empty = Listing.build(**{name: [] for name in names})
    assert len(listing_of(listing_table(empty))) == 0


def test_a_listing_of_a_later_version_is_read(listing: Listing) -> None:
    """A column that a later version added is passed over."""
    table = listing_table(listing)
    assert len(listing_of(table.append_column("colour", [["blue"] * 5]))) == 5


def test_a_listing_without_a_column_is_refused(listing: Listing) -> None:
    """The missing column is named."""
    with pytest.raises(ValueError, match="strike"):
        listing_of(listing_table(listing).drop_columns(["strike"]))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 50), st.randoms(use_true_random=False))
def test_ticks_come_back_to_the_bit(count: int, random: Random) -> None:
    """Any bits whatever that were sent, signalling NaNs too, pass through Arrow unchanged."""
    data = bytearray(random.randbytes(count * TICK_DTYPE.itemsize))
    ticks = np.frombuffer(data, dtype=TICK_DTYPE)
    ticks["present"] |= np.uint32(sum(Field))
    back = ticks_of_arrow(ticks_to_arrow(ticks))
    for name in TICK_DTYPE.names or ():
        assert back[name].tobytes() == ticks[name].tobytes()


def test_what_no_tick_of_a_batch_carries_is_nan(make_ticks: Callable[..., TickBatch]) -> None:
    """A value is kept where any tick sent one; where none did it is not looked for."""
    ticks = make_ticks(3)
    ticks["present"][1:] = Field.ASK
    ticks["last"] = 17.0
    back = ticks_of_arrow(ticks_to_arrow(ticks))
    assert back["bid"].tolist() == ticks["bid"].tolist()
    assert np.isnan(back["last"]).all()


@pytest.mark.parametrize("rows", [slice(1, None), np.array([2, 0, 1])])
def test_chosen_ticks_are_columns_in_their_order(
    rows: Any, make_ticks: Callable[..., TickBatch]
) -> None:
    """A stretch or an order of ticks gives as many values in each column."""
    ticks = make_ticks(3)
    columns = dict(zip(TICK_DTYPE.names or (), arrow_columns(ticks, rows), strict=True))
    assert columns["volume"].to_pylist() == ticks["volume"][rows].tolist()
    assert {len(column) for column in columns.values()} == {len(ticks[rows])}


def test_ticks_of_the_first_version_are_read(make_ticks: Callable[..., TickBatch]) -> None:
    """What it did not have was not sent; a column that every version has must be there."""
    arrow = ticks_to_arrow(make_ticks(4))
    back = ticks_of_arrow(arrow.select(FIRST_COLUMNS))
    assert joined(back).tobytes() == joined(make_ticks(4)).tobytes()
    with pytest.raises(ValueError, match="no column bid"):
        ticks_of_arrow(arrow.select([name for name in FIRST_COLUMNS if name != "bid"]))


def test_joined_ticks_are_equal_bytes(make_ticks: Callable[..., TickBatch]) -> None:
    """What lies between the columns is zero, wherever the rows came from."""
    dirty = np.frombuffer(bytearray(b"\x07") * TICK_DTYPE.itemsize * 100, dtype=TICK_DTYPE)
    dirty[:] = make_ticks(100)
    parts = [dirty[:40], dirty[40:][np.arange(60)]]
    assert joined(*parts).tobytes() == joined(make_ticks(100)).tobytes()
    assert len(joined()) == 0


def test_a_profile_of_ones_own_is_kept() -> None:
    """A recording carries the conventions themselves, not only their name."""
    own = replace(PROFILES["upstox"], rate=0.0651)
    assert meta_of(meta_bytes(Meta(feed="", profiles={"X": own}, start=0)), WHERE).profiles == {
        "X": own
    }
