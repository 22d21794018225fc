"""The blotter: every order of every client."""

from dataclasses import replace

import pytest
from tws_client import AMZN, make_world

from voldesk.simulator.exchange.orders import OrderRequest
from voldesk.simulator.ib.blotter import FIRST_PERM_ID, Told
from voldesk.simulator.ib.order_forms import request_of
from voldesk.simulator.ib.refusal import Refused
from voldesk.simulator.ib.world import World
from voldesk.wire.ib.types import IbOrder

ORDER = IbOrder(
    order_id=5, client_id=1, action="BUY", quantity=10.0, order_type="MKT", account="DU1234567"
)


@pytest.fixture
def world() -> World:
    return make_world()


def request(world: World, order: IbOrder) -> OrderRequest:
    key = world.listed.key(AMZN)
    return request_of(order, key, order.account, order.client_id, world.now(), "UTC")


def test_listeners_hear_and_stop_hearing(world: World) -> None:
    """Everything is told once, in order, to who listens."""
    heard: list[Told] = []
    end = world.blotter.listen(heard.append)
    world.blotter.place(ORDER, request(world, ORDER))
    assert [told.status for told in heard if told.status] == ["PreSubmitted", "Filled"]
    assert all(told.record is not None for told in heard if told.status)
    end()
    heard.clear()
    second = replace(ORDER, order_id=6)
    world.blotter.place(second, request(world, second))
    assert heard == []


def test_ids(world: World) -> None:
    """Permanent ids count up; the ids of a client go on, until they are rolled back."""
    blotter = world.blotter
    blotter.place(ORDER, request(world, ORDER))
    record = blotter.known(1, 5)
    assert record is not None
    assert record.order.perm_id == FIRST_PERM_ID + 1
    assert blotter.record(record.number) is record
    assert (blotter.next_id(1), blotter.next_id(2)) == (6, 1)
    blotter.roll_back()
    assert blotter.next_id(1) == 1


def test_what_is_held_is_kept_up_to_date(world: World) -> None:
    """Keys of positions and open orders."""
    assert world.blotter.traded_keys() == set()
    world.blotter.place(ORDER, request(world, ORDER))
    assert world.blotter.traded_keys() == {"us AMZN"}
    assert world.blotter.open_orders() == []
    assert len(world.blotter.completed()) == 1
    assert len(world.blotter.executions()) == 1


def test_unknown_cancels(world: World) -> None:
    """An order nobody placed cannot be cancelled."""
    with pytest.raises(Refused, match="10147"):
        world.blotter.cancel(1, 99)
