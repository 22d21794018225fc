"""A journal that remembers what the gate looked at, so that a denial can be told in full."""

import math
from collections import OrderedDict
from pathlib import Path
from typing import Final, Self

from voldesk.model.events import Decided, Entry
from voldesk.store.journal import LOG_NAME, Journal
from voldesk.store.journal_log import JournalLog
from voldesk.trading.gate import Check

_MOST: Final = 1_000
_LEAST: Final = frozenset({"same_order_secs", "expiry_cutoff_secs"})  # reached from above


class NotedJournal(Journal):
    """
    A journal with the checks of its newest decisions at hand.

    Args:
        log: Where entries go.
        path: Of the log.
    """

    def __init__(self, log: JournalLog, path: Path) -> None:
        super().__init__(log)
        self.path = path
        self._checks: OrderedDict[str, tuple[Check, ...]] = OrderedDict()

    @classmethod
    def open(cls, folder: Path, account: str | None = None) -> Self:
        """Open the journal of an account in a folder, or begin one; raises as `Journal.open`."""
        path = folder / LOG_NAME
        what = f"the journal {path}" if account is None else f"the journal of account {account}"
        return cls(JournalLog.open(path, what), path)

    def write(self, *entries: Entry) -> int:
        """Make entries durable; see `Journal.write`."""
        for entry in entries:
            if isinstance(entry, Decided):
                self._note(entry)
        return super().write(*entries)

    def checks_of(self, client_order_id: str) -> tuple[Check, ...]:
        """Return what was looked at for an order, nothing where that was long ago."""
        return self._checks.get(client_order_id, ())

    def _note(self, entry: Decided) -> None:
        self._checks[entry.intent.client_order_id] = tuple(
            Check(
                name,
                math.nan if value is None else value,
                math.inf if limit is None else limit,
                is_least=name in _LEAST,
            )
            for name, value, limit in entry.checks
        )
        while len(self._checks) > _MOST:
            self._checks.popitem(last=False)
