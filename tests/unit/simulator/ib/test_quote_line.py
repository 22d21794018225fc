"""One line: each change once."""

from typing import Any

import pytest
from tws_client import AMZN, make_world

from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.quote_line import DELAYED, LIVE, QuoteLine
from voldesk.simulator.ib.shown import Shown
from voldesk.wire.ib.answers_market import TickPrice, TickSize

NOTHING = frozenset[int]()


@pytest.fixture(scope="module")
def amazon() -> Instrument:
    world = make_world()
    return world.contracts.one(AMZN, world.second).instrument


def priced(messages: list[Any]) -> list[tuple[int, float]]:
    return [(m.tick_type, m.price) for m in messages if isinstance(m, TickPrice)]


def test_a_change_is_told_once(amazon: Instrument) -> None:
    """The same again is silence; a size alone is told as a size."""
    line = QuoteLine(1, amazon, NOTHING, LIVE)
    shown = Shown(bid=1.0, ask=2.0, bid_size=5.0, ask_size=6.0)
    assert priced(line.quotes(shown)) == [(1, 1.0), (2, 2.0)]
    assert line.quotes(shown) == []
    again = line.quotes(Shown(bid=1.0, ask=2.0, bid_size=7.0, ask_size=6.0))
    assert again == [TickSize(1, 0, 7.0)]


def test_no_bid_is_minus_one(amazon: Instrument) -> None:
    """TWS writes -1 where nobody bids."""
    line = QuoteLine(1, amazon, NOTHING, LIVE)
    assert priced(line.quotes(Shown(ask=2.0)))[0] == (1, -1.0)


def test_delayed_types(amazon: Instrument) -> None:
    """Delayed ticks have types of their own, and no time and sales."""
    line = QuoteLine(1, amazon, NOTHING, DELAYED)
    assert line.is_delayed
    assert priced(line.quotes(Shown(bid=1.0, ask=2.0)))[0] == (66, 1.0)
    found: list[Any] = []
    line.text(found, 48, "x")
    assert found == []


def test_computations_are_told_when_they_change(amazon: Instrument) -> None:
    """The same figures again are silence."""
    line = QuoteLine(1, amazon, NOTHING, LIVE)
    row = (0.2, 0.5, 5.0, 0.0, 0.02, 0.3, -0.05, 230.0)
    assert len(line.computed(13, row)) == 1
    assert line.computed(13, row) == []
    assert len(line.computed(10, row)) == 1
