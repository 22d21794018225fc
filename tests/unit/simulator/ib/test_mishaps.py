"""What is broken, as desks see it."""

import pytest
from tws_client import AMZN, make_world

from voldesk.simulator.ib.mishaps import Mishaps
from voldesk.simulator.ib.notices import Notice
from voldesk.simulator.ib.refusal import Refused


def test_failures_are_counted_down() -> None:
    """So many fail, and the next one does not."""
    mishaps = Mishaps(history_failures=1, history_text="no", definition_failures=1)
    with pytest.raises(Refused, match=r"162: .*no"):
        mishaps.require_history()
    mishaps.require_history()
    with pytest.raises(Refused, match="200"):
        mishaps.require_definition()
    mishaps.require_definition()


def test_orders_are_lost_and_refused_by_count() -> None:
    """So many, and the next one is not."""
    mishaps = Mishaps(orders_lost=1, order_errors=1, order_error=Notice(203, "not for you"))
    assert mishaps.loses_order()
    assert not mishaps.loses_order()
    with pytest.raises(Refused, match="203: not for you"):
        mishaps.require_order()
    mishaps.require_order()


def test_farms() -> None:
    """Each farm brings its own data."""
    world = make_world()
    amazon = world.contracts.one(AMZN, world.second).instrument
    option = next(iter(world.catalogue.options()))
    mishaps = Mishaps(broken_farms={"usopt"})
    assert mishaps.flows(amazon)
    assert not mishaps.flows(option)
    mishaps.broken_farms = {"ushmds", "secdefil"}
    with pytest.raises(Refused, match="HMDS"):
        mishaps.require_history()
    with pytest.raises(Refused, match="200"):
        mishaps.require_definition()
    assert not Mishaps(is_connected=False).flows(amazon)
