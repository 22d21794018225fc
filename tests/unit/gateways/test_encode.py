"""Bytes for clients: read back with other means, they hold what the table holds."""

import json
import struct
from datetime import date

import numpy as np
import pytest
from gateway_world import World, decode_frame
from hypothesis import given
from hypothesis import strategies as st

from voldesk.gateways.encode import (
    AGE_UNKNOWN,
    HEADER,
    MAX_SHORT_ID,
    Stamps,
    binary_frame,
    columns_json,
    contracts_of,
    encode_json,
    layout_json,
    listing_json,
    micros,
    series_of,
    ticks_json,
)
from voldesk.gateways.fields import DEFAULT_FIELDS, STREAM_FIELDS, choose_fields
from voldesk.model.listing import Listing
from voldesk.model.quotes import NO_TIME
from voldesk.model.ticks import DataType, Field, TickKind, empty_batch

ROWS = st.lists(st.integers(0, 19), unique=True).map(sorted)
FIELDS = st.lists(st.sampled_from(STREAM_FIELDS), min_size=1).map(choose_fields)


def _world() -> World:
    world = World()
    world.add("NIFTY", expiries=2)
    return world


@given(rows=ROWS | st.none(), fields=FIELDS, seq=st.integers(0, 2**32 - 1))
def test_a_binary_frame_holds_the_table_as_float32(
    rows: list[int] | None, fields: tuple[str, ...], seq: int
) -> None:
    """Header, ids and every column come back, figures rounded to float32 and NaN kept."""
    world = _world()
    update = world.chains["NIFTY"]
    chosen = None if rows is None else np.array(rows, dtype=np.int64)
    frame = binary_frame(update, 7, seq, fields, chosen, Stamps.of(update))
    told = decode_frame(frame, list(fields))
    assert (told["topic_id"], told["seq"], told["spot"]) == (7, seq, update.table.spot)
    assert told.get("rows") == rows
    assert told["ts_flush_us"] == micros(update.ts_flush)
    for name in fields:
        if name == "age_secs":
            continue
        wanted = getattr(update.table.rows, name)[slice(None) if chosen is None else chosen]
        assert np.array_equal(
            np.float32(told["columns"][name]), wanted.astype(np.float32), equal_nan=True
        ), name


@given(rows=ROWS | st.none(), fields=FIELDS)
def test_json_holds_the_table_exactly(rows: list[int] | None, fields: tuple[str, ...]) -> None:
    """Columns come back to the last bit, unknown as null."""
    world = _world()
    update = world.chains["NIFTY"]
    chosen = None if rows is None else np.array(rows, dtype=np.int64)
    payload = columns_json(update, "chain/NIFTY", 3, fields, chosen, Stamps.of(update))
    told = json.loads(payload)
    assert b"NaN" not in payload
    assert told["type"] == ("snapshot" if rows is None else "delta")
    assert told.get("rows") == rows
    for name in fields:
        if name != "age_secs":
            wanted = getattr(update.table.rows, name)[slice(None) if chosen is None else chosen]
            assert np.array_equal(
                np.array(told["columns"][name], dtype=float), wanted.astype(float), equal_nan=True
            ), name


def test_the_header_is_byte_for_byte_that_of_the_docs() -> None:
    """Forty bytes, little endian, each at its documented place."""
    world = _world()
    update = world.chains["NIFTY"]
    frame = binary_frame(update, 258, 9, ("bid",), np.array([1, 2]), Stamps.of(update))
    assert HEADER.size == 40
    assert frame[:12] == b"VD" + bytes((1, 1)) + b"\x02\x01" + bytes((2, 1)) + b"\x09\0\0\0"
    assert struct.unpack_from("<Iq", frame, 12) == (2, update.ts_flush // 1000)
    assert struct.unpack_from("<IId", frame, 24) == (3000, 2000, update.table.spot)
    assert frame[40:44] == b"\x01\x00\x02\x00"
    assert len(frame) == 44 + 2 * 4


def test_ids_are_padded_to_the_columns() -> None:
    """An odd number of two-byte ids is followed by two zero bytes."""
    world = _world()
    update = world.chains["NIFTY"]
    frame = binary_frame(update, 1, 1, ("strike",), np.array([4]), Stamps.of(update))
    assert frame[40:44] == b"\x04\0\0\0"
    assert struct.unpack_from("<f", frame, 44)[0] == update.table.rows.strike[4]


def test_a_chain_too_long_for_short_ids_gets_long_ones() -> None:
    """Above 65,535 rows ids have four bytes."""
    world = World()
    world.add("BIG", strikes=MAX_SHORT_ID // 2 + 1)
    update = world.chains["BIG"]
    last = len(update.table.rows) - 1
    assert last > MAX_SHORT_ID - 1
    told = decode_frame(
        binary_frame(update, 1, 1, ("bid",), np.array([0, last]), Stamps.of(update)), ["bid"]
    )
    assert told["rows"] == [0, last]


def test_beyond_float32_is_infinity() -> None:
    """A figure float32 cannot hold becomes infinity, without a warning."""
    world = _world()
    update = world.chains["NIFTY"]
    update.table.rows.bid[0] = 1e300
    frame = binary_frame(update, 1, 1, ("bid",), np.array([0]), Stamps.of(update))
    assert decode_frame(frame, ["bid"])["columns"]["bid"] == (float("inf"),)


@pytest.mark.parametrize(
    ("event", "age"), [(NO_TIME, AGE_UNKNOWN), (10**18, 0), (1_000, AGE_UNKNOWN - 1)]
)
def test_an_age_fits_its_field(event: int, age: int) -> None:
    """Unknown has a value of its own; the future is 0; what is too old is the oldest."""
    world = _world()
    update = world.chains["NIFTY"]
    stamps = Stamps(event, NO_TIME, 10**18 if event == 10**18 else 10**17)
    frame = binary_frame(update, 1, 1, ("bid",), None, stamps)
    assert struct.unpack_from("<I", frame, 24) == (age,)


def test_stamps_of_several_updates() -> None:
    """The newest event, the oldest receipt, the last flush; unknown receipts do not count."""
    first, second = Stamps(10, 5, 12), Stamps(9, NO_TIME, 20)
    assert second.after(first) == Stamps(10, 5, 20)
    assert Stamps(1, 3, 30).after(Stamps(1, NO_TIME, 20)) == Stamps(1, 3, 30)
    assert Stamps(0, 0, 2).after(Stamps(0, 0, 1)).ts_recv == NO_TIME


def test_a_layout_says_what_each_row_is() -> None:
    """Contracts and series stand in the layout as in the table."""
    world = _world()
    update = world.chains["NIFTY"]
    told = json.loads(layout_json(update, "chain/NIFTY", 4))
    assert (told["topic_id"], told["layout"], told["row_count"]) == (4, 1, 20)
    assert told["contracts"] == contracts_of(update.table)
    assert told["contracts"]["expiry"][0] == "2025-11-27"
    assert told["contracts"]["right"][:2] == ["C", "P"]
    assert told["series"]["expiry"] == series_of(update.table)["expiry"]
    assert told["profile"]["name"] == "upstox"


def test_ticks_are_columns() -> None:
    """A batch comes back by column, words for kinds and data types, unknown times null."""
    batch = empty_batch(2)
    batch["instrument"] = [3, -1]
    batch["kind"] = [TickKind.QUOTE, TickKind.GAP]
    batch["data_type"] = [DataType.DELAYED_FROZEN, DataType.LIVE]
    batch["bid"][0], batch["present"][0] = 101.25, Field.BID
    batch["ts_recv"] = 1_000_000_001_000
    columns = json.loads(ticks_json(batch, "ticks/sim", 5))["columns"]
    assert columns["instrument"] == [3, -1]
    assert columns["kind"] == ["quote", "gap"]
    assert columns["data_type"] == ["delayed-frozen", "live"]
    assert columns["bid"] == [101.25, None]
    assert columns["ts_event_us"] == [None, None]
    assert columns["ts_recv_us"] == [1_000_000_001] * 2


def test_a_listing_tells_the_instruments() -> None:
    """Keys, symbols and underlyings come in the order of the instrument numbers."""
    listing = Listing.build(
        key=["us SPX"],
        symbol=["SPX"],
        underlying=["SPX"],
        market=["us"],
        root=["SPX"],
        expiry=["NaT"],
        is_call=[False],
        strike=[np.nan],
        is_option=[False],
    )
    told = json.loads(listing_json(listing, "ticks/sim"))
    assert told["instruments"] == {"key": ["us SPX"], "symbol": ["SPX"], "underlying": ["SPX"]}


def test_whatever_a_message_holds_becomes_json() -> None:
    """Dates, NumPy scalars and arrays, NaN and strangers are encoded."""
    document = {
        "day": np.datetime64("2025-11-27"),
        "no_day": np.datetime64("NaT"),
        "scalar": np.float32(0.5),
        "array": np.array([1, 2]),
        "date": date(2025, 11, 27),
        "nan": float("nan"),
        "stranger": complex(1, 2),
    }
    assert json.loads(encode_json(document)) == {
        "day": "2025-11-27",
        "no_day": None,
        "scalar": 0.5,
        "array": [1, 2],
        "date": "2025-11-27",
        "nan": None,
        "stranger": "(1+2j)",
    }


def test_the_default_fields_take_fifty_bytes_a_row() -> None:
    """A frame of 500 changed contracts has 25,040 bytes."""
    world = World()
    world.add("NIFTY", strikes=250)
    update = world.chains["NIFTY"]
    frame = binary_frame(update, 1, 1, DEFAULT_FIELDS, np.arange(500), Stamps.of(update))
    assert len(frame) == 40 + 500 * (2 + 4 * len(DEFAULT_FIELDS)) == 25_040
