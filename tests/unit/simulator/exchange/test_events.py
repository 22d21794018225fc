"""Events are values."""

from dataclasses import FrozenInstanceError

import pytest
from trading_floor import CALL, Floor

from voldesk.simulator.exchange.events import OrderChanged


def test_events_never_change() -> None:
    """What was told of an order stays as it was told when the order goes on."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1)
    floor.buy(1)
    first = floor.events[0]
    assert isinstance(first, OrderChanged)
    assert first.order.filled == 0
    with pytest.raises(FrozenInstanceError):
        first.ts = 0  # type: ignore[misc]  # what must not be possible
