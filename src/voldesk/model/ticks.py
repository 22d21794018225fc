"""Ticks in columns: what a feed hands on, one structured row per change."""

from enum import IntEnum, IntFlag

import numpy as np
from numpy.typing import NDArray

from voldesk.model.quotes import BoolArray


class TickKind(IntEnum):
    """
    What a tick says.

    The values are stored in recordings: never renumber, only add.
    """

    QUOTE = 0  # bid and ask, prices or sizes
    TRADE = 1  # last, volume
    OPEN_INTEREST = 2
    SPOT = 3  # `last` is the underlying's own price
    MODEL = 4  # the venue's own figures: `mark`, `forward`, `vendor_*`
    GAP = 5  # the feed lost its line: every value before it may be stale
    STATE = 6  # nothing but `data_type`: it changed and no value came


class DataType(IntEnum):
    """
    How much of the present there is in what a venue sends, the worst last.

    A property of each tick, not of a feed: one account sees some contracts live and others
    delayed. The values are stored in recordings: never renumber, only add.
    """

    LIVE = 0
    FROZEN = 1  # as it stood when the market closed
    DELAYED = 2  # some minutes old
    DELAYED_FROZEN = 3


class Field(IntFlag):
    """
    Which values of a tick were sent.

    A value that is sent and NaN says "there is none now" (a bid withdrawn); one that is not sent
    says nothing, and what was known stays. Bits are stored in recordings: never move one.
    """

    BID = 1
    ASK = 2
    LAST = 4
    BID_SIZE = 8
    ASK_SIZE = 16
    VOLUME = 32
    OPEN_INTEREST = 64
    VENDOR_IV = 128
    MARK = 256
    FORWARD = 512
    VENDOR_DELTA = 1024
    VENDOR_GAMMA = 2048
    VENDOR_VEGA = 4096
    VENDOR_THETA = 8192


TICK_DTYPE = np.dtype(
    [
        ("instrument", np.int32),  # row of the feed's instrument table; GAP: -1 is all of them
        ("present", np.uint32),  # Field bits
        ("ts_event", np.int64),  # UTC ns, the venue's; NO_TIME where it sends none
        ("ts_recv", np.int64),  # UTC ns, ours
        ("bid", np.float64),
        ("ask", np.float64),
        ("last", np.float64),
        ("bid_size", np.float64),
        ("ask_size", np.float64),
        ("volume", np.float64),  # contracts traded today
        ("open_interest", np.float64),
        ("vendor_iv", np.float64),  # a fraction
        ("mark", np.float64),  # the venue's own mark or model price of the option
        ("forward", np.float64),  # the price of the underlying that the venue values it on
        ("vendor_delta", np.float64),  # per 1 of underlying
        ("vendor_gamma", np.float64),  # per 1 squared
        ("vendor_vega", np.float64),  # per vol point (0.01)
        ("vendor_theta", np.float64),  # per calendar day
        ("kind", np.uint8),  # TickKind
        ("data_type", np.uint8),  # DataType, of this tick and until the next of its instrument
    ],
    align=True,
)
"""The row of a `TickBatch`; prices and sizes as the venue counts them."""

TickBatch = NDArray[np.void]
"""Ticks in the order they were received, dtype `TICK_DTYPE`, ``(n,)``."""

ALL_INSTRUMENTS = -1

_VALUES = tuple(field.name.lower() for field in Field if field.name is not None)


def empty_batch(size: int) -> TickBatch:
    """
    Return that many ticks that say nothing: every value NaN and absent, times and indices 0.

    Raises:
        ValueError: The size is negative.
    """
    batch = np.zeros(size, dtype=TICK_DTYPE)
    for name in _VALUES:
        batch[name] = np.nan
    return batch


def present(batch: TickBatch, field: Field) -> BoolArray:
    """Say for each tick whether it carries the field; of several fields, all of them. ``(n,)``."""
    mask = np.uint32(field)
    return np.asarray(batch["present"] & mask == mask)
