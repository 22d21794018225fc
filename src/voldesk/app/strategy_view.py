"""What a strategy is shown: a chain of the pump as an update."""

from collections.abc import Iterable

from voldesk.analytics.summary import Summary
from voldesk.pipeline.pump import Pump
from voldesk.strategies.base import Position, Update


def update_of(
    pump: Pump,
    underlying: str,
    *,
    now: int,
    account: str = "",
    summary: Summary | None = None,
    positions: Iterable[Position] = (),
    working: Iterable[str] = (),
) -> Update:
    """
    Return a chain as it stands, for a strategy; valid on this turn of the loop.

    Args:
        pump: Whose chains.
        underlying: Which.
        now: UTC ns, by the time of the chains.
        account: Whose money the strategy may spend.
        summary: The last analytics of the same listing, None for none.
        positions: All of the strategy's.
        working: Keys of contracts with orders of the strategy that may still fill.

    Raises:
        KeyError: No feed that is open ticks the underlying.
    """
    book = pump.book(underlying)
    source = next(one for one in pump.sources(underlying) if one.book is book)
    known = {*book.keys.tolist(), f"{book.table.market} {underlying}"}
    return Update(
        underlying=underlying,
        now=now,
        account=account,
        table=book.table,
        keys=book.keys,
        tick_size=source.feed.listing.tick_size[book.instrument],
        multiplier=book.multiplier,
        summary=summary,
        positions=tuple(one for one in positions if one.key in known),
        working=frozenset(key for key in working if key in known),
    )
