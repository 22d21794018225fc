"""The default scenario is the perfect exchange; another can be put in its place."""

from trading_floor import CALL, Floor

from voldesk.model.sessions import NS_PER_SECOND
from voldesk.simulator.exchange.orders import OrderStatus
from voldesk.simulator.exchange.scenario import NO_DELAY, Delay, Scenario


def test_nothing_is_late_or_wrong_by_default() -> None:
    """Only algorithms take their time, and only a silent market stalls."""
    scenario = Scenario()
    delays = (
        scenario.order_delay,
        scenario.modify_delay,
        scenario.cancel_delay,
        scenario.ack_delay,
        scenario.fill_report_delay,
    )
    assert set(delays) == {NO_DELAY}
    assert scenario.reject_share == scenario.repeat_share == 0
    assert scenario.stale_after_secs == 60


def test_a_scenario_can_be_changed_while_orders_work() -> None:
    """Orders from then on have the new delays; a stale market is judged anew."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1)
    wait = Delay(least_ns=NS_PER_SECOND, most_ns=NS_PER_SECOND)
    floor.exchange.change_scenario(Scenario(order_delay=wait, stale_after_secs=2.0))
    number = floor.buy(1)
    assert floor.order(number).status is OrderStatus.PENDING
    floor.wait(1)
    assert floor.order(number).status is OrderStatus.FILLED
    late = floor.buy(1)
    floor.wait(3)
    assert floor.order(late).filled == 1
    stale = floor.buy(1)
    floor.wait(1)
    assert floor.order(stale).filled == 0
