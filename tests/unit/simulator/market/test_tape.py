"""The tape."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voldesk.model.ticks import TICK_DTYPE, Field, TickKind, present
from voldesk.simulator.market.tape import Tape


def test_an_empty_tape_is_an_empty_batch() -> None:
    """Nothing added, nothing said; adding no ticks is adding nothing."""
    tape = Tape()
    none = np.empty(0, dtype=np.int64)
    tape.add(TickKind.TRADE, none, none, {Field.LAST: np.empty(0)})
    batch = tape.batch(5)
    assert batch.dtype == TICK_DTYPE
    assert len(batch) == 0


def test_ticks_carry_what_was_given_and_nothing_else() -> None:
    """Values given are present, NaN among them; all others are absent and NaN."""
    tape = Tape()
    values = {Field.BID: np.array([1.0, np.nan]), Field.ASK_SIZE: np.array([3.0, 4.0])}
    tape.add(TickKind.QUOTE, np.array([7, 8]), np.array([2, 9]), values)
    batch = tape.batch(99)
    assert batch["instrument"].tolist() == [2, 9]
    assert batch["kind"].tolist() == [TickKind.QUOTE, TickKind.QUOTE]
    assert batch["ts_event"].tolist() == [7, 8]
    assert batch["ts_recv"].tolist() == [99, 99]
    assert present(batch, Field.BID | Field.ASK_SIZE).all()
    assert np.array_equal(batch["bid"], [1.0, np.nan], equal_nan=True)
    assert batch["ask_size"].tolist() == [3.0, 4.0]
    for field in set(Field) - {Field.BID, Field.ASK_SIZE}:
        assert not present(batch, field).any()
        assert np.isnan(batch[str(field.name).lower()]).all()


@given(st.lists(st.lists(st.integers(0, 9), max_size=6), max_size=5))
def test_ticks_stand_by_time_and_at_one_instant_as_added(strips: list[list[int]]) -> None:
    """The order is by instant; within one instant it is the order of adding."""
    tape, added, number = Tape(), [], 0
    for strip in strips:
        numbers = np.arange(number, number + len(strip))
        number += len(strip)
        added += list(zip(strip, numbers.tolist(), strict=True))
        values = {Field.LAST: numbers.astype(float)}
        tape.add(TickKind.TRADE, np.array(strip, dtype=np.int64), numbers, values)
    batch = tape.batch(0)
    assert batch["instrument"].tolist() == [number for _, number in sorted(added)]
    assert batch["last"].tolist() == batch["instrument"].tolist()
