"""Every record comes back from its line as it was, and is the news it should be."""

from decimal import Decimal

import msgspec
import pytest
from orders import CALL
from paper_world import START, PaperFloor, buy, sell

from voldesk.model.events import Charged, Filled, Happened
from voldesk.model.orders import OrderType
from voldesk.trading.paper.records import (
    KINDS,
    Executed,
    Moved,
    Opened,
    decoded,
    encoded,
    told_of,
)


def _floor() -> PaperFloor:
    floor = PaperFloor()
    trail = {"trail_pct": "10", "order_type": OrderType.TRAIL}
    floor.place(buy("b", 2), sell("s", 1), sell("t", 1, **trail))
    floor.venue.cancel("t", floor.now)
    return floor


def test_records_come_back_from_their_lines() -> None:
    """Of every kind, with money to the last digit."""
    records = _floor().records
    assert {type(record) for record in records} == set(KINDS.values())
    for record in records:
        line = encoded(record)
        assert line.endswith(b"\n")
        assert decoded(line) == record


@pytest.mark.parametrize("line", [b"{}", b'{"kind":"dreamt","data":{}}', b'{"kind":"moved"'])
def test_what_is_no_record_is_refused(line: bytes) -> None:
    """A line of a later version, or of nothing."""
    with pytest.raises((msgspec.DecodeError, KeyError)):
        decoded(line)


def test_what_is_told_of_a_record() -> None:
    """What happened to an order, its fills, then their cost; the account's own notes to nobody."""
    floor = _floor()
    told = {type(record): told_of(record) for record in floor.records}
    assert told[Opened] == told[Moved] == ()
    (event,) = told[Happened]
    assert isinstance(event, Happened)
    filled, charged = told[Executed]
    assert isinstance(filled, Filled)
    assert isinstance(charged, Charged)
    assert (filled.fill.key, filled.fill.commission, filled.at) == (CALL, None, START)
    assert charged.execution_id == filled.fill.execution_id
    # One of two calls bought at 1.25 with 1.30 of fees, sold at 1.20 for 1.00.
    assert (charged.commission, charged.realised) == (Decimal("1.00"), Decimal("-6.65"))
