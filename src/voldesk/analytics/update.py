"""What is published when a chain changed: its live table, which rows, and when."""

from collections.abc import Callable
from dataclasses import dataclass

from voldesk.analytics.summary import Summary
from voldesk.chain.table import ChainTable
from voldesk.model.quotes import IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChainUpdate:
    """
    One flush of one underlying, the message of the topic ``chain/<underlying>``.

    Attributes:
        feed: Name of the feed it stands on at present.
        seq: One more than that of the update before it, from 1.
        layout: Changes when the rows mean other contracts than before (another feed took over, or
            a feed came with a new listing): whoever keeps rows starts again from the table.
        table: The live table. Its arrays are written in place at the next flush: read what is
            needed on the same turn of the loop, or copy it.
        rows: Rows whose figures changed since ``seq - 1``, rising.
        rows_since: Gives the rows changed after a ``seq``, for a reader that has missed some.
        summary: The analytics, where they were made anew since the update before; but for a replay
            they may be of an instant some ms ago.
        ts_event: Newest venue time of the ticks in it, UTC ns, ``NO_TIME`` where none has one.
        ts_recv: When the oldest tick in it was received, UTC ns; ``NO_TIME`` where it has none
            (time alone has moved the figures).
        ts_flush: When it was published, UTC ns.
    """

    underlying: str
    feed: str
    seq: int
    layout: int
    table: ChainTable
    rows: IntArray
    rows_since: Callable[[int], IntArray]
    summary: Summary | None
    ts_event: int
    ts_recv: int
    ts_flush: int
