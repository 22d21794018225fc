"""What is known of an account's orders, in memory and on the disk, changed by one hand."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from voldesk.model.clock import Clock
from voldesk.model.events import Entry, Filled, Happened
from voldesk.model.lifecycle import Event
from voldesk.model.orders import Fill, Terms
from voldesk.store.journal import Journal
from voldesk.trading.ledger import Ledger, OrderRecord


class Record:
    """
    The ledger and the journal it is the fold of.

    Attributes:
        ledger: Changed by `apply` and `write` alone.
    """

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        publish: Callable[[OrderRecord], object] | None = None,
    ) -> None:
        self.ledger = Ledger()
        self._journal, self._clock, self._publish = journal, clock, publish
        self._disk = ThreadPoolExecutor(1, "journal")
        self._lost: dict[str, Happened] = {}  # by our id: that an order was lost, in memory alone

    def read(self) -> Iterator[Entry]:
        """
        Apply what the journal has, and yield each entry once it is applied.

        Raises:
            StorageError: It cannot be read.
            InvariantError: It contradicts itself.
        """
        for entry in self._journal.entries():
            self.ledger.apply(entry)
            yield entry

    async def write(self, entry: Entry) -> None:
        """
        Apply an entry and make it durable.

        It is applied first, on this turn of the loop, so that what cannot follow is never written
        and the journal has the order of the ledger; one thread writes, in the order of the calls.
        That the order was lost before, so far known in memory alone, is written with it: what is
        found of a lost order means something else than of one that was not.

        Raises:
            InvariantError: It cannot follow what is known; nothing was applied or written.
            StorageError: It is not durable; it stays applied.
        """
        tag = self._tag(entry)
        self.apply(entry)
        lost = self._lost.pop(tag, None)
        entries = (entry,) if lost is None else (lost, entry)
        loop = asyncio.get_running_loop()
        await asyncio.shield(loop.run_in_executor(self._disk, self._journal.write, *entries))

    def lose(self, tag: str, reason: str) -> None:
        """Count an order as UNKNOWN, in memory until more is known: a new process does the same."""
        lost = self.event(tag, Event.LOSE, reason=reason)
        self.apply(lost)
        self._lost[tag] = lost

    def apply(self, entry: Entry) -> None:
        """
        Apply an entry in memory alone, where a process that begins comes to it by itself.

        Raises:
            InvariantError: It cannot follow what is known.
        """
        order = self.ledger.apply(entry)
        if order is not None and self._publish is not None:
            self._publish(order)

    def _tag(self, entry: Entry) -> str:
        """Return our id of the order an entry is about, "" if it is about none."""
        told = entry.fill if isinstance(entry, Filled) else entry
        if not isinstance(told, Fill | Happened):
            return ""
        order = self.ledger.find(
            client_order_id=told.client_order_id, venue_order_id=told.venue_order_id
        )
        return "" if order is None else order.intent.client_order_id

    def event(
        self, tag: str, event: Event, *, terms: Terms | None = None, reason: str = ""
    ) -> Happened:
        """Return the entry of something that happens to an order now."""
        return Happened(client_order_id=tag, event=event, at=self.now(), terms=terms, reason=reason)

    def now(self) -> int:
        """Return the time of the clock, UTC ns."""
        return self._clock.now()

    def close(self) -> None:
        """Finish writing and let another process have the journal."""
        self._disk.shutdown()
        self._journal.close()
