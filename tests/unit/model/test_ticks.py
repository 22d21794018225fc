"""Ticks in columns."""

import numpy as np
import pytest

from voldesk.model.ticks import (
    ALL_INSTRUMENTS,
    TICK_DTYPE,
    DataType,
    Field,
    TickKind,
    empty_batch,
    present,
)


def test_an_empty_batch_says_nothing() -> None:
    """Fresh ticks carry no value and no time."""
    batch = empty_batch(3)
    assert batch.shape == (3,)
    assert batch.dtype == TICK_DTYPE
    assert (batch["present"] == 0).all()
    assert (batch["ts_event"] == 0).all()
    for field in Field:
        assert field.name is not None
        assert np.isnan(batch[field.name.lower()]).all()
        assert not present(batch, field).any()


def test_a_batch_of_no_ticks_is_possible() -> None:
    """Nothing received is a batch of length 0; less than nothing is an error."""
    assert len(empty_batch(0)) == 0
    with pytest.raises(ValueError, match="negative"):
        empty_batch(-1)


def test_presence_is_asked_per_field() -> None:
    """Each bit answers for its own field, and several fields only when all were sent."""
    batch = empty_batch(3)
    batch["present"] = [Field.BID | Field.ASK, Field.ASK, 0]
    assert list(present(batch, Field.BID)) == [True, False, False]
    assert list(present(batch, Field.ASK)) == [True, True, False]
    assert list(present(batch, Field.BID | Field.ASK)) == [True, False, False]


def test_a_value_can_be_sent_as_none() -> None:
    """A bid withdrawn is present and NaN, which is not the same as not sent."""
    batch = empty_batch(1)
    batch["present"] = Field.BID
    assert present(batch, Field.BID)[0]
    assert np.isnan(batch["bid"][0])


def test_every_bit_has_its_column() -> None:
    """Fields are single bits within the mask, one for each value column."""
    values = {name for name in TICK_DTYPE.names or () if TICK_DTYPE[name] == np.float64}
    assert {str(field.name).lower() for field in Field} == values
    assert all(int(field).bit_count() == 1 and field < 2**32 for field in Field)


def test_stored_numbers_do_not_move() -> None:
    """Kinds and bits keep the numbers under which they were ever stored."""
    assert [(kind.name, int(kind)) for kind in TickKind] == [
        ("QUOTE", 0),
        ("TRADE", 1),
        ("OPEN_INTEREST", 2),
        ("SPOT", 3),
        ("MODEL", 4),
        ("GAP", 5),
        ("STATE", 6),
    ]
    assert [(field.name, int(field)) for field in Field] == [
        ("BID", 1),
        ("ASK", 2),
        ("LAST", 4),
        ("BID_SIZE", 8),
        ("ASK_SIZE", 16),
        ("VOLUME", 32),
        ("OPEN_INTEREST", 64),
        ("VENDOR_IV", 128),
        ("MARK", 256),
        ("FORWARD", 512),
        ("VENDOR_DELTA", 1024),
        ("VENDOR_GAMMA", 2048),
        ("VENDOR_VEGA", 4096),
        ("VENDOR_THETA", 8192),
    ]
    assert [(each.name, int(each)) for each in DataType] == [
        ("LIVE", 0),
        ("FROZEN", 1),
        ("DELAYED", 2),
        ("DELAYED_FROZEN", 3),
    ]


def test_an_empty_batch_is_live() -> None:
    """A feed that says nothing of delays hands on what is live."""
    assert (empty_batch(2)["data_type"] == DataType.LIVE).all()


def test_a_gap_is_a_tick() -> None:
    """A lost line stands in the stream where it happened, for all instruments at once."""
    batch = empty_batch(1)
    batch["kind"] = TickKind.GAP
    batch["instrument"] = ALL_INSTRUMENTS
    batch["ts_recv"] = 1_700_000_000_000_000_001
    assert batch["ts_recv"][0] == 1_700_000_000_000_000_001
    assert batch["instrument"][0] == -1
