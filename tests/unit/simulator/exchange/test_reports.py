"""Told late, told in order."""

import hypothesis.strategies as st
from hypothesis import given, settings
from trading_floor import CALL, Floor

from voldesk.model.sessions import NS_PER_SECOND
from voldesk.simulator.exchange.events import Filled, OrderChanged
from voldesk.simulator.exchange.orders import OrderStatus
from voldesk.simulator.exchange.scenario import Delay, Scenario

RANDOM = Delay(least_ns=0, most_ns=5 * NS_PER_SECOND)


@settings(max_examples=20)
@given(st.integers(0, 1000), st.lists(st.integers(1, 3), min_size=1, max_size=5))
def test_random_delays_keep_each_orders_sequence(seed: int, sizes: list[int]) -> None:
    """However late, fills of an order come in order, and so do its statuses."""
    floor = Floor(
        Scenario(seed=seed, ack_delay=RANDOM, fill_report_delay=RANDOM, stale_after_secs=None)
    )
    number = floor.buy(sum(sizes), limit_price=6)
    for size in sizes:
        floor.quote(CALL, 5.0, 5.1, size=size)
        floor.wait(0.5)
    floor.wait(60)
    numbers = [e.execution.number for e in floor.events if isinstance(e, Filled)]
    assert numbers == sorted(numbers)
    filled = [e.order.filled for e in floor.events if isinstance(e, OrderChanged)]
    assert filled == sorted(filled)
    assert floor.told(number)[-1] is OrderStatus.FILLED


def test_what_is_told_late_says_when_it_happened() -> None:
    """The instant of an event is that of the happening, not of the telling."""
    floor = Floor(Scenario(ack_delay=RANDOM, stale_after_secs=None))
    placed = floor.exchange.now
    floor.buy(1, limit_price=5)
    floor.wait(10)
    assert [event.ts for event in floor.events] == [placed]


def test_refusals_at_the_door_are_told_late_too() -> None:
    """A request that is wrong is answered after the delay of acknowledgements."""
    wait = Delay(least_ns=NS_PER_SECOND, most_ns=NS_PER_SECOND)
    floor = Floor(Scenario(ack_delay=wait, stale_after_secs=None))
    number = floor.buy(1, key="nothing")
    assert floor.events == []
    floor.wait(1)
    assert floor.told(number) == [OrderStatus.REJECTED]
