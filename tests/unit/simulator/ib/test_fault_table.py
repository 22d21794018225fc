"""Every fault: what happens, and that it ends."""

from dataclasses import replace
from typing import Any

import pytest
from tws_client import AMZN, Client, make_world, move

from voldesk.model.errors import ConfigError
from voldesk.simulator.ib.fault_table import FAULTS
from voldesk.simulator.ib.faults import Faults
from voldesk.simulator.ib.world import World
from voldesk.wire.ib.answers_market import TickPrice
from voldesk.wire.ib.answers_orders import (
    ExecutionDetails,
    NextValidId,
    OpenOrder,
    OrderStatus,
)
from voldesk.wire.ib.requests_market import RequestCurrentTime, RequestMarketData
from voldesk.wire.ib.requests_orders import (
    PlaceOrder,
    RequestAllOpenOrders,
    RequestExecutions,
    RequestIds,
)
from voldesk.wire.ib.requests_reference import RequestContractDetails, RequestHistory
from voldesk.wire.ib.types import ExecutionFilter, IbOrder

ORDER = IbOrder(order_id=1, action="BUY", quantity=10.0, order_type="MKT")
BARS = RequestHistory(5, AMZN, "", "5 mins", "1 D", use_rth=True, what="TRADES", format_date=1)


class Noted:
    """Sockets that only write down what was asked of them."""

    def __init__(self) -> None:
        self.said: list[Any] = []

    def reset_all(self) -> int:
        self.said.append("reset")
        return 1

    def set_stalled(self, *, is_on: bool) -> None:
        self.said.append(("stalled", is_on))

    def set_reading(self, *, is_on: bool) -> None:
        self.said.append(("reading", is_on))

    def restart(self, secs: float) -> None:
        self.said.append(("restart", secs))


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def sockets() -> Noted:
    return Noted()


@pytest.fixture
def faults(world: World, sockets: Noted) -> Faults:
    return Faults(world, sockets, FAULTS)


@pytest.fixture
def client(world: World) -> Client:
    return Client(world)


def pass_time(faults: Faults, secs: float) -> None:
    move(faults.world, secs)
    faults.tick()


def test_a_lost_connection_that_keeps_subscriptions(faults: Faults, client: Client) -> None:
    """1100, silence, 1102 after its time, and the same ticks go on."""
    client.ask(RequestMarketData(1, AMZN))
    client.clear()
    faults.begin("connection_lost", {"secs": 2})
    assert client.codes() == [1100]
    client.clear()
    move(faults.world, 1.0)
    assert not client.of(TickPrice)
    pass_time(faults, 1.5)
    assert client.codes() == [1102]
    move(faults.world, 2.0)
    assert client.of(TickPrice)
    assert not faults.active


def test_a_lost_connection_that_loses_subscriptions(faults: Faults, client: Client) -> None:
    """1101: nothing comes until it is asked for again."""
    client.ask(RequestMarketData(1, AMZN))
    faults.begin("connection_lost", {"is_data_lost": True})
    assert Client(faults.world, 2).codes() == [2110]
    client.clear()
    assert faults.finish("connection_lost")
    assert client.codes() == [1101]
    move(faults.world, 2.0)
    assert not client.of(TickPrice)
    client.ask(RequestMarketData(1, AMZN))
    assert client.of(TickPrice)


@pytest.mark.parametrize(("name", "code"), [("restored", 1102), ("restored_data_lost", 1101)])
def test_restored_by_name(faults: Faults, client: Client, name: str, code: int) -> None:
    """What was lost can be put right in either way."""
    faults.begin("connection_lost", {})
    client.clear()
    faults.begin(name, {})
    assert client.codes() == [code]
    assert not faults.finish("connection_lost")


@pytest.mark.parametrize(
    ("farm", "broken", "mended"),
    [("usfarm", 2103, 2104), ("ushmds", 2105, 2106), ("secdefil", 2157, 2158)],
)
def test_broken_farms(faults: Faults, client: Client, farm: str, broken: int, mended: int) -> None:
    """Each farm has its codes, and takes its own data with it."""
    client.clear()
    faults.begin("farm_broken", {"farm": farm})
    assert client.codes() == [broken]
    asked = {"usfarm": RequestMarketData(1, AMZN), "ushmds": BARS,
             "secdefil": RequestContractDetails(1, AMZN)}[farm]  # fmt: skip
    client.ask(asked)
    assert client.codes() == {"usfarm": [], "ushmds": [162], "secdefil": [200]}[farm]
    assert not client.of(TickPrice)
    client.clear()
    faults.finish("farm_broken")
    assert client.codes() == [mended]


def test_limits(faults: Faults, client: Client) -> None:
    """Fewer messages, fewer lines."""
    faults.begin("pacing", {"limit": 1})
    client.ask(RequestCurrentTime(), RequestCurrentTime())
    assert client.codes() == [100]
    faults.finish("pacing")
    faults.begin("lines", {"limit": 0})
    client.ask(RequestMarketData(1, AMZN))
    assert client.codes() == [101]
    faults.finish("lines")
    client.ask(RequestMarketData(1, AMZN))
    assert client.codes() == []


def test_failures_by_count(faults: Faults, client: Client) -> None:
    """The next history and the next definition fail, and no more."""
    faults.begin("history_error", {"count": 1, "text": "on purpose"})
    client.ask(BARS, BARS)
    assert client.codes() == [162]
    faults.begin("no_definition", {})
    client.ask(RequestContractDetails(1, AMZN), RequestContractDetails(2, AMZN))
    assert client.codes() == [200]


@pytest.mark.parametrize(
    ("name", "codes"),
    [("not_subscribed", [354]), ("partly_subscribed", [10090]), ("competing_session", [10197])],
)
def test_permissions(faults: Faults, client: Client, name: str, codes: list[int]) -> None:
    """What the user may not see."""
    faults.begin(name, {})
    client.ask(RequestMarketData(1, AMZN))
    assert client.codes() == codes
    faults.finish(name)
    client.ask(RequestMarketData(2, AMZN))
    assert client.codes() == []


def test_a_competing_session_takes_the_lines(faults: Faults, client: Client) -> None:
    """Lines that stream end with 10197."""
    client.ask(RequestMarketData(1, AMZN))
    client.clear()
    faults.begin("competing_session", {})
    assert client.codes() == [10197]
    assert faults.world.lines.in_use == 0


def test_fills_again_corrected_and_taken_back(faults: Faults, client: Client) -> None:
    """The same fill, the same with a higher last part, the same with nothing."""
    client.ask(PlaceOrder(AMZN, ORDER))
    first = client.one(ExecutionDetails).execution
    client.clear()
    faults.begin("replayed_executions", {})
    assert client.one(ExecutionDetails).execution == first
    client.clear()
    faults.begin("execution_corrected", {"price": 200.0})
    corrected = client.one(ExecutionDetails).execution
    assert corrected.price == 200.0
    assert corrected.exec_id[:-2] == first.exec_id[:-2]
    assert corrected.exec_id > first.exec_id
    client.clear()
    faults.begin("execution_busted", {})
    assert client.one(ExecutionDetails).execution.shares == 0.0


def test_ids_roll_back(faults: Faults, client: Client) -> None:
    """The next id is 1 again, as if TWS had been set back."""
    client.ask(PlaceOrder(AMZN, ORDER))
    faults.begin("id_rollback", {})
    client.ask(RequestIds())
    assert client.one(NextValidId).order_id == 1


def test_read_only(faults: Faults, client: Client) -> None:
    """No orders while it lasts."""
    faults.begin("read_only", {})
    client.ask(PlaceOrder(AMZN, ORDER))
    assert client.codes() == [321]
    faults.finish("read_only")
    client.ask(PlaceOrder(AMZN, ORDER))
    assert client.codes() == []


def test_an_order_is_lost_on_its_way(faults: Faults, client: Client) -> None:
    """The first is as if it had never come, the next is an order."""
    faults.begin("orders_lost", {})
    client.ask(PlaceOrder(AMZN, ORDER))
    assert not client.of(OrderStatus)
    client.ask(RequestAllOpenOrders())
    assert not client.of(OpenOrder)
    client.ask(PlaceOrder(AMZN, ORDER))
    assert client.of(OrderStatus)


def test_an_order_is_refused_as_asked(faults: Faults, client: Client) -> None:
    """The code and the words are those given, and only so many are refused."""
    faults.begin("orders_refused", {"code": 203, "text": "not for you"})
    client.ask(PlaceOrder(AMZN, ORDER))
    assert client.codes() == [203]
    client.clear()
    client.ask(PlaceOrder(AMZN, ORDER))
    assert client.codes() == []


def test_orders_are_mute(faults: Faults, client: Client) -> None:
    """It fills and nobody says so, but to who asks."""
    faults.begin("orders_mute", {"secs": 1.0})
    client.ask(PlaceOrder(AMZN, ORDER))
    assert not client.of(OrderStatus)
    assert not client.of(ExecutionDetails)
    client.ask(RequestExecutions(5, ExecutionFilter()))
    assert client.one(ExecutionDetails).execution.shares == 10.0
    pass_time(faults, 1.1)
    client.ask(PlaceOrder(AMZN, replace(ORDER, order_id=2)))
    assert client.of(OrderStatus)


def test_orders_take_their_time(faults: Faults, client: Client) -> None:
    """A fill is told twice and before the order is acknowledged, and an end of delays ends them."""
    faults.begin("order_delays", {"ack_delay": 2.0, "repeat_share": 1.0})
    client.ask(PlaceOrder(AMZN, ORDER))
    assert len(client.of(ExecutionDetails)) == 2
    assert not client.of(OrderStatus)
    pass_time(faults, 2.1)
    assert client.of(OrderStatus)
    client.clear()
    faults.finish("order_delays")
    client.ask(PlaceOrder(AMZN, replace(ORDER, order_id=2)))
    assert client.of(OrderStatus)


def test_sockets_are_told(faults: Faults, sockets: Noted) -> None:
    """Restarts, resets, stalls and slow reading happen to the sockets."""
    faults.begin("daily_restart", {"away_secs": 3})
    faults.begin("tcp_reset", {})
    for name in ("silent_stall", "slow_reader"):
        faults.begin(name, {"secs": 1.0})
    pass_time(faults, 1.1)
    assert sockets.said == [
        ("restart", 3.0),
        "reset",
        ("stalled", True),
        ("reading", False),
        ("stalled", False),
        ("reading", True),
    ]


@pytest.mark.parametrize(
    ("name", "given", "text"),
    [
        ("farm_broken", {"farm": "mill"}, "no farm 'mill'"),
        ("execution_busted", {}, "no execution"),
        ("execution_corrected", {}, "no execution"),
        ("order_delays", {"ack_delay": -1.0}, "expected 0 or more"),
    ],
)
def test_wrong_questions(faults: Faults, name: str, given: dict[str, Any], text: str) -> None:
    """A farm that there is not, a fill before there was one."""
    with pytest.raises(ConfigError, match=text):
        faults.begin(name, given)


def test_every_fault_can_be_asked_for_with_nothing(faults: Faults, client: Client) -> None:
    """Defaults make sense, and what lasts can be ended."""
    client.ask(PlaceOrder(AMZN, ORDER))
    for name, fault in FAULTS.items():
        faults.begin(name, {})
        assert (name in faults.active) == (fault.end is not None)
        assert faults.finish(name) == (fault.end is not None)
    faults.begin("server_broken", {})
    assert 2110 in client.codes()
