"""Every kind of entry survives the journal exactly, and what it cannot read it says."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orders import a_fill, an_intent

from voldesk.model.errors import ConfigError, StorageError
from voldesk.model.events import (
    Adopted,
    Begun,
    Charged,
    Counted,
    Decided,
    Entry,
    Filled,
    Happened,
    Switched,
)
from voldesk.model.lifecycle import Event
from voldesk.store.journal import KINDS, LOG_NAME, Journal, decoded, encoded
from voldesk.store.journal_log import JournalLog

ENTRIES: list[Entry] = [
    Begun(account="DU1", version="0.1", config="abc", pid=1, at=1),
    Decided(intent=an_intent(), reason="", checks=(("day_loss", 1.5, 5000.0),), at=2),
    Decided(intent=an_intent("vd-2"), reason="no", checks=(("x", None, None),), at=2),
    Adopted(intent=an_intent("ext-1"), venue_order_id="9", at=3),
    Happened(client_order_id="vd-1", event=Event.ASK_MODIFY, terms=an_intent().terms, at=4),
    Filled(fill=a_fill("0000e0d5.1"), at=5),
    Charged(execution_id="0000e0d5.1", commission=Decimal("1.05"), currency="USD", at=6),
    Switched(state="halted", by="cli", reason="storm", at=7),
    Counted(base={"us SPX": -2}, at=8),
]


def test_every_kind_is_written_and_read_back(tmp_path: Path) -> None:
    """Entries come back equal, decimals and all, after the process that wrote them is gone."""
    assert {type(entry) for entry in ENTRIES} == set(KINDS.values())
    journal = Journal.open(tmp_path)
    assert journal.write(*ENTRIES[:3]) == 2
    journal.write(*ENTRIES[3:])
    journal.close()
    again = Journal.open(tmp_path)
    assert list(again.entries()) == ENTRIES
    assert (len(again), again.reason, again.healed) == (len(ENTRIES), "", 0)
    again.close()


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=0, max_value=10**9),
    st.text(max_size=30),
    st.integers(0, 2**63 - 1),
)
def test_numbers_and_words_are_kept_exactly(price: Decimal, words: str, at: int) -> None:
    """No price is rounded, no text garbled, no instant moved."""
    for entry in (
        Filled(fill=a_fill("e", price=price), at=at),
        Happened(client_order_id="vd-1", event=Event.REJECT, reason=words, at=at),
    ):
        line = encoded(entry)
        assert line.count(b"\n") == 1
        assert decoded(line) == entry


@pytest.mark.parametrize(
    "line",
    [
        b"not json\n",
        b'{"kind":"filled"}\n',
        b'{"kind":"dreamed","data":{}}\n',
        b'{"kind":"happened","data":{"client_order_id":"a","event":"explode","at":1}}\n',
        encoded(ENTRIES[1]).replace(b'"quantity":3', b'"quantity":0'),
    ],
)
def test_an_entry_that_means_nothing_is_named(tmp_path: Path, line: bytes) -> None:
    """A whole record that this version cannot read is an error with its number."""
    log = JournalLog.open(tmp_path / LOG_NAME)
    log.append([encoded(ENTRIES[0]), line])
    log.close()
    journal = Journal.open(tmp_path)
    with pytest.raises(StorageError, match="entry 1 of"):
        list(journal.entries())
    journal.close()


def test_one_process_trades_an_account(tmp_path: Path) -> None:
    """A second journal on the folder is refused."""
    journal = Journal.open(tmp_path)
    with pytest.raises(ConfigError):
        Journal.open(tmp_path)
    journal.close()
