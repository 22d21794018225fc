"""The numbers that loops know are those of the vocabulary and of the columns."""

import numpy as np

from voldesk.chain.newest import Lapse
from voldesk.chain.shared import QUOTES
from voldesk.model.enums import Status
from voldesk.model.quotes import NO_TIME
from voldesk.model.sessions import NS_PER_YEAR
from voldesk.model.ticks import TICK_DTYPE, Field, TickKind, empty_batch
from voldesk.pricing import layout

WORD = 8  # bytes


def test_a_tick_lies_in_words_as_its_dtype_says() -> None:
    """Every part of a tick is found where the loops look for it."""
    batch = empty_batch(1)
    batch["instrument"], batch["present"], batch["kind"], batch["data_type"] = 3, 5, 2, 1
    batch["ts_event"], batch["ts_recv"] = 11, 12
    words = batch.view(np.int64)
    assert words.size == layout.TICK_WORDS
    assert words[layout.NAMES] == 3 | 5 << 32
    assert (words[layout.EVENT], words[layout.RECEIVED]) == (11, 12)
    assert words[layout.CODES] & 0xFFFF == 2 | 1 << 8
    names = [str(field.name).lower() for field in Field]
    offsets = [TICK_DTYPE.fields[name][1] for name in names]  # type: ignore[index]  # it has fields
    assert offsets == [WORD * (layout.VALUES + place) for place in range(layout.FIELDS)]


def test_fields_are_numbered_by_their_bits() -> None:
    """Bit i is field i, and row i of the block of quotes."""
    assert [field.value for field in Field] == [1 << place for place in range(layout.FIELDS)]
    assert (1 << layout.LAST, 1 << layout.FORWARD) == (Field.LAST, Field.FORWARD)
    renamed = {"forward": "vendor_forward"}
    names = [str(field.name).lower() for field in Field]
    assert tuple(renamed.get(name, name) for name in names) == QUOTES


def test_codes_are_those_of_the_vocabulary() -> None:
    """Kinds, statuses and lapses have one number each."""
    statuses = (
        "OK",
        "NO_BID",
        "ONE_SIDED",
        "CROSSED",
        "STALE",
        "NO_FORWARD",
        "EXPIRED",
        "NO_PRICE",
    )
    for name in statuses:
        assert getattr(layout, name) == Status[name]
    assert TickKind(layout.GAP) is TickKind.GAP
    lapses = (layout.SERVES, layout.UNKNOWN, layout.OLD, layout.LOST)
    assert lapses == (Lapse.NONE, Lapse.UNKNOWN, Lapse.OLD, Lapse.LOST)
    assert layout.NO_TIME == NO_TIME
    assert layout.NS_PER_YEAR == NS_PER_YEAR
