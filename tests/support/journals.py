"""Journals for tests: written in one go, made at random, and what their tables hold."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from orders import CALL, PUT, a_fill, an_intent
from sqlalchemy import Engine, select

from voldesk.model.errors import InvariantError
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
from voldesk.model.orders import Leg, Side, Terms
from voldesk.store.journal import LOG_NAME, Journal
from voldesk.store.trades.database import open_database
from voldesk.store.trades.schema import METADATA
from voldesk.trading.ledger import Ledger

SECOND = 10**9
SPREAD = (Leg(CALL), Leg(PUT, -2))

BEGUN = Begun(account="DU1", version="0.1", config="abc", pid=1, at=1)


def a_day() -> list[Entry]:
    """Return a journal with one of everything: a round trip, a denial, a halt, costs."""
    return [
        BEGUN,
        Decided(
            intent=an_intent("vd-1", strategy="zero_dte"),
            reason="",
            checks=(("day_loss", 1.5, 5000.0), ("margin_share", None, 0.5)),
            at=2,
        ),
        Happened(client_order_id="vd-1", event=Event.WORK, venue_order_id="9", at=3),
        Filled(fill=a_fill("e1", "vd-1", quantity=1, ts_event=4), at=4),
        Filled(fill=a_fill("e2", "vd-1", quantity=2, price=Decimal("1.25"), ts_event=5), at=5),
        Charged(execution_id="e1", commission=Decimal("0.65"), currency="USD", at=6),
        Charged(execution_id="e2", commission=Decimal("1.30"), currency="USD", at=6),
        Decided(intent=an_intent("vd-2"), reason="no", checks=(("state", 2.0, 0.0),), at=7),
        Decided(intent=an_intent("vd-3", 5, side=Side.SELL), reason="", checks=(), at=8),
        Filled(
            fill=a_fill(
                "e3", "vd-3", quantity=5, side=Side.SELL, price=Decimal("1.50"), ts_event=9
            ),
            at=9,
        ),
        Charged(
            execution_id="e3",
            commission=Decimal("3.25"),
            currency="USD",
            at=10,
            realised=Decimal("78.05"),
        ),
        Switched(state="halted", by="cli", reason="enough", at=11),
        Counted(base={"us SPX": -2}, at=12),
    ]


def write_journal(folder: Path, entries: Sequence[Entry]) -> Path:
    """Append entries to the journal of a folder and return its log."""
    journal = Journal.open(folder)
    journal.write(*entries)
    journal.close()
    return folder / LOG_NAME


def tables(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, in one order whatever the database."""
    engine = open_database(url, is_reader=True)
    try:
        return tables_of(engine)
    finally:
        engine.dispose()


def tables_of(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    with engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in METADATA.sorted_tables
        }


def rows(url: str, name: str) -> list[dict[str, Any]]:
    """Return the rows of a table as dicts."""
    columns = [column.name for column in METADATA.tables[name].columns]
    return [dict(zip(columns, row, strict=True)) for row in tables(url)[name]]


_TAGS = st.sampled_from(["vd-1", "vd-2", "vd-3"])
_VENUE_IDS = st.sampled_from(["", "v1", "v2", "v3"])
_EXECUTIONS = st.sampled_from([f"e{place}" for place in range(12)])
_KEYS = st.sampled_from([CALL, PUT, "us SPX"])
_MONEY = st.decimals("0", "99.99", places=4)
_COUNTS = st.integers(1, 4)
_AT = st.integers(0, 2**62)
_WORDS = st.text(max_size=8)
_TERMS = st.builds(Terms, quantity=_COUNTS, limit_price=_MONEY)
_INTENTS = st.builds(
    an_intent,
    _TAGS,
    _COUNTS,
    legs=st.sampled_from([(Leg(CALL),), SPREAD]),
    side=st.sampled_from(Side),
    strategy=_WORDS,
    parent_id=st.none() | _TAGS,
)
_FILLS = st.builds(
    a_fill,
    _EXECUTIONS,
    st.just("") | _TAGS,
    _COUNTS,
    key=_KEYS,
    side=st.sampled_from(Side),
    venue_order_id=_VENUE_IDS,
    price=_MONEY,
    commission=st.none() | _MONEY,
    ts_event=_AT,
)
ENTRIES: st.SearchStrategy[Entry] = st.one_of(
    st.just(BEGUN),
    st.builds(
        Decided,
        intent=_INTENTS,
        reason=st.just("") | _WORDS,
        checks=st.lists(
            st.tuples(_WORDS, st.none() | st.floats(-1e9, 1e9), st.none() | st.just(1.0)),
            max_size=3,
        ).map(tuple),
        at=_AT,
    ),
    st.builds(
        Adopted,
        intent=st.builds(an_intent, st.sampled_from(["ext-1", "ext-2"]), _COUNTS),
        venue_order_id=st.sampled_from(["v1", "v2", "v3"]),
        at=_AT,
    ),
    st.builds(
        Happened,
        client_order_id=st.just("") | _TAGS,
        event=st.sampled_from(Event),
        at=_AT,
        venue_order_id=_VENUE_IDS,
        terms=st.none() | _TERMS,
        filled=st.none() | st.integers(0, 4),
        code=st.none() | st.integers(0, 10_000),
        reason=_WORDS,
    ),
    st.builds(Filled, fill=_FILLS, at=_AT),
    st.builds(Filled, fill=_FILLS, at=_AT),
    st.builds(
        Charged,
        execution_id=_EXECUTIONS,
        commission=_MONEY,
        currency=st.sampled_from(["USD", "EUR"]),
        at=_AT,
        realised=st.none() | _MONEY,
    ),
    st.builds(Switched, state=st.just("halted"), by=_WORDS, reason=_WORDS, at=_AT),
    st.builds(Counted, base=st.dictionaries(_KEYS, st.integers(-3, 3)), at=_AT),
)
ANY_JOURNAL: st.SearchStrategy[list[Entry]] = st.lists(ENTRIES, min_size=1, max_size=40)


def possible(entries: Iterable[Entry]) -> tuple[list[Entry], Ledger]:
    """Return the entries that a desk would have written, and the ledger they make."""
    ledger = Ledger()
    kept = []
    for entry in entries:
        if not ledger.is_new(entry):
            continue
        try:
            ledger.apply(entry)
        except InvariantError:
            continue
        kept.append(entry)
    return kept, ledger
