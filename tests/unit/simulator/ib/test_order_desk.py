"""Orders of one client, from placing to the last report."""

from dataclasses import replace

import pytest
from tws_client import AMZN, NOON, SECOND, Client, make_world, move

from voldesk.simulator.ib.world import World
from voldesk.wire.ib.answers_account import ErrorMessage
from voldesk.wire.ib.answers_orders import (
    CommissionAnswer,
    CompletedOrder,
    CompletedOrdersEnd,
    ExecutionDetails,
    ExecutionDetailsEnd,
    NextValidId,
    OpenOrder,
    OpenOrderEnd,
    OrderStatus,
)
from voldesk.wire.ib.requests_orders import (
    CancelAllOrders,
    CancelOrder,
    ExerciseOptions,
    PlaceOrder,
    RequestAllOpenOrders,
    RequestAutoOpenOrders,
    RequestCompletedOrders,
    RequestExecutions,
    RequestIds,
    RequestOpenOrders,
)
from voldesk.wire.ib.types import ComboLeg, ExecutionFilter, IbContract, IbOrder

MARKET = IbOrder(order_id=1, action="BUY", quantity=100.0, order_type="MKT")
LIMIT = IbOrder(order_id=2, action="BUY", quantity=10.0, order_type="LMT", limit_price=100.0)


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def client(world: World) -> Client:
    return Client(world)


def statuses(client: Client) -> list[tuple[int, str]]:
    return [(told.order_id, told.status) for told in client.of(OrderStatus)]


def test_a_market_order_fills(client: Client) -> None:
    """PreSubmitted, the fill and its commission, then Filled: never Submitted."""
    client.ask(PlaceOrder(AMZN, MARKET))
    assert statuses(client)[0] == (1, "PreSubmitted")
    assert statuses(client)[-1] == (1, "Filled")
    assert "Submitted" not in {status for _, status in statuses(client)}
    fill = client.one(ExecutionDetails)
    assert (fill.req_id, fill.execution.side, fill.execution.shares) == (-1, "BOT", 100.0)
    report = client.one(CommissionAnswer).report
    assert report.exec_id == fill.execution.exec_id
    assert report.commission > 0.0
    assert client.of(OpenOrder)[-1].order.perm_id == fill.execution.perm_id


def test_a_limit_order_rests_is_changed_and_cancelled(client: Client) -> None:
    """The same id again is a change; a cancel is told by status and by 202."""
    client.ask(PlaceOrder(AMZN, LIMIT))
    assert statuses(client) == [(2, "Submitted")]
    client.ask(PlaceOrder(AMZN, replace(LIMIT, limit_price=101.0)))
    assert client.of(OpenOrder)[-1].order.limit_price == 101.0
    client.ask(CancelOrder(2))
    assert statuses(client) == [(2, "Cancelled")]
    assert client.codes() == [202]


def test_refused_changes_and_cancels(client: Client) -> None:
    """A filled order, an unknown one, one that was cancelled."""
    client.ask(PlaceOrder(AMZN, MARKET), PlaceOrder(AMZN, MARKET))
    assert client.codes() == [104]
    client.ask(CancelOrder(1), CancelOrder(77))
    assert client.codes() == [10148, 10147]
    client.ask(PlaceOrder(AMZN, LIMIT), CancelOrder(2), PlaceOrder(AMZN, LIMIT))
    assert client.codes() == [202, 103]
    client.ask(
        PlaceOrder(AMZN, replace(LIMIT, order_id=3)),
        PlaceOrder(AMZN, replace(LIMIT, order_id=3, action="SELL")),
    )
    assert client.codes() == [105]
    client.ask(RequestOpenOrders())
    assert client.one(OpenOrder).order.action == "BUY"


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (replace(LIMIT, limit_price=100.001), 110),
        (replace(LIMIT, e_trade_only=True), 10268),
        (replace(LIMIT, firm_quote_only=True), 10269),
        (replace(LIMIT, order_type="NONSENSE"), 387),
        (replace(LIMIT, account="DU9"), 321),
        (replace(LIMIT, order_id=0), 321),
        (replace(LIMIT, quantity=1e7, limit_price=230.0), 201),
    ],
)
def test_orders_that_are_refused(client: Client, order: IbOrder, code: int) -> None:
    """One error with TWS's code, under the number of the order."""
    client.ask(PlaceOrder(AMZN, order))
    assert client.codes() == [code]
    assert client.one(ErrorMessage).req_id == order.order_id


def test_a_rejected_order_is_inactive(client: Client) -> None:
    """What the account cannot pay is told by status too."""
    client.ask(PlaceOrder(AMZN, replace(LIMIT, quantity=1e7, limit_price=230.0)))
    assert statuses(client) == [(2, "Inactive")]


def test_what_if_places_nothing(client: Client) -> None:
    """Margins before, after and between, and a commission."""
    client.ask(PlaceOrder(AMZN, replace(MARKET, what_if=True)))
    told = client.one(OpenOrder)
    assert told.order.what_if
    assert told.state.init_margin_after is not None
    assert told.state.init_margin_before == 0.0
    assert told.state.init_margin_change == told.state.init_margin_after
    assert told.state.commission == told.state.max_commission
    assert told.state.commission is not None
    client.ask(RequestOpenOrders())
    assert [type(answer) for answer in client.heard] == [OpenOrderEnd]


def test_a_bracket(client: Client) -> None:
    """Nothing works until the last of the family is transmitted; the parent's fill wakes both."""
    parent = replace(MARKET, order_id=1, transmit=False)
    target = replace(
        LIMIT, order_id=2, action="SELL", limit_price=300.0, parent_id=1, transmit=False
    )
    stop = replace(
        LIMIT, order_id=3, action="SELL", order_type="STP", limit_price=None, aux_price=150.0,
        parent_id=1,
    )  # fmt: skip
    client.ask(PlaceOrder(AMZN, parent), PlaceOrder(AMZN, target))
    assert not client.of(ExecutionDetails)
    client.ask(PlaceOrder(AMZN, stop))
    assert client.of(ExecutionDetails)
    last = dict(statuses(client))
    assert last == {1: "Filled", 2: "Submitted", 3: "PreSubmitted"}
    assert [told.why_held for told in client.of(OrderStatus) if told.order_id == 3][-1] == "trigger"
    client.ask(CancelAllOrders())
    assert dict(statuses(client)) == {2: "Cancelled", 3: "Cancelled"}


def test_orders_outlive_their_client(world: World, client: Client) -> None:
    """Who comes back hears of its orders; ids go on where they stopped."""
    client.ask(PlaceOrder(AMZN, LIMIT))
    client.session.end()
    again = Client(world)
    assert again.one(NextValidId).order_id == 3
    again.ask(RequestOpenOrders())
    assert again.one(OpenOrder).order.order_id == 2


def test_orders_of_others(world: World, client: Client) -> None:
    """Its own orders, those of everybody, and binding for client 0 alone."""
    other = Client(world, 2)
    other.ask(PlaceOrder(AMZN, LIMIT))
    client.ask(RequestOpenOrders())
    assert not client.of(OpenOrder)
    client.ask(RequestAllOpenOrders())
    assert client.one(OpenOrder).order.client_id == 2
    client.ask(RequestAutoOpenOrders(bind=True))
    assert client.codes() == [321]
    nobody = Client(world, 0)
    nobody.ask(RequestAutoOpenOrders(bind=True))
    assert nobody.codes() == []
    assert not client.ask(CancelOrder(2)) or client.codes() == [10147]


def test_fills_and_ended_orders_are_listed(client: Client) -> None:
    """Executions with their commissions, by a filter; completed orders with their end."""
    client.ask(PlaceOrder(AMZN, MARKET), PlaceOrder(AMZN, LIMIT), CancelOrder(2))
    client.ask(RequestExecutions(9, ExecutionFilter()))
    assert client.one(ExecutionDetails).req_id == 9
    assert client.one(CommissionAnswer).report.currency == "USD"
    assert client.heard[-1] == ExecutionDetailsEnd(9)
    for wanted in (
        ExecutionFilter(symbol="SPX"),
        ExecutionFilter(side="SELL"),
        ExecutionFilter(client_id=5),
        ExecutionFilter(time="20260512-17:00:00"),
    ):
        client.ask(RequestExecutions(9, wanted))
        assert client.heard == [ExecutionDetailsEnd(9)]
    client.ask(RequestCompletedOrders(api_only=False))
    ended = [told.state.completed_status for told in client.of(CompletedOrder)]
    assert ended == ["Filled Size: 100", "cancelled by the client"]
    assert isinstance(client.heard[-1], CompletedOrdersEnd)


def test_ids(client: Client) -> None:
    """The next id is one above the highest used."""
    client.ask(PlaceOrder(AMZN, replace(LIMIT, order_id=41)), RequestIds())
    assert client.of(NextValidId)[-1].order_id == 42


def test_a_resting_order_fills_when_the_market_comes(world: World, client: Client) -> None:
    """Ticks fill what they reach, and the client hears of it unasked."""
    client.ask(PlaceOrder(AMZN, replace(LIMIT, order_type="TRAIL", limit_price=None,
                                        action="SELL", aux_price=0.01)))  # fmt: skip
    client.clear()
    move(world, 30.0)
    assert statuses(client)[-1] == (2, "Filled")


def test_a_combination_fills_leg_by_leg(client: Client) -> None:
    """A fill for the combination, and one for each leg."""
    found = client.contracts(
        IbContract(symbol="AMZN", sec_type="OPT", exchange="SMART", strike=230.0)
    )
    last = max(contract.last_trade_date for contract in found)
    legs = tuple(
        ComboLeg(contract.con_id, 1, "BUY", "SMART")
        for contract in found
        if contract.last_trade_date == last
    )
    bag = IbContract(
        symbol="AMZN", sec_type="BAG", exchange="SMART", currency="USD", combo_legs=legs
    )
    client.ask(PlaceOrder(bag, replace(MARKET, quantity=1.0)))
    kinds = [fill.contract.sec_type for fill in client.of(ExecutionDetails)]
    assert sorted(kinds) == ["BAG", "OPT", "OPT"]


def test_exercise(client: Client) -> None:
    """What is not held cannot be exercised; what is becomes stock."""
    found = client.contracts(
        IbContract(symbol="AMZN", sec_type="OPT", exchange="SMART", strike=200.0, right="C")
    )
    client.ask(ExerciseOptions(5, found[-1], 1, 1, "", 0))
    assert client.codes() == [201]
    client.ask(ExerciseOptions(5, found[-1], 1, 1, "DU9", 0))
    assert client.codes() == [321]
    client.ask(PlaceOrder(found[-1], replace(MARKET, quantity=1.0)))
    client.ask(
        ExerciseOptions(6, found[-1], 2, 1, "", 0), ExerciseOptions(7, found[-1], 1, 1, "", 0)
    )
    assert client.codes() == []


def test_a_closed_market() -> None:
    """An order waits for the opening and is warned of it once; one for now alone is refused."""
    world = make_world(start=NOON + 8 * 3600 * SECOND, is_always_open=False)
    client = Client(world)
    client.ask(PlaceOrder(AMZN, MARKET))
    assert client.codes() == [399]
    assert statuses(client)[-1] == (1, "PreSubmitted")
    client.ask(PlaceOrder(AMZN, replace(MARKET, quantity=50.0)))
    assert client.codes() == []


def test_a_cancel_comes_too_late(world: World, client: Client) -> None:
    """What has filled meanwhile cannot be cancelled, and says so."""
    client.ask(PlaceOrder(AMZN, LIMIT))
    (record,) = [record for record, _ in world.blotter.open_orders()]
    world.exchange.cancel(record.number)
    world.blotter.settle()
    client.ask(CancelOrder(2))
    assert client.codes() == [10148]


def test_read_only(world: World, client: Client) -> None:
    """A read-only API takes no orders and says so."""
    world.blotter.is_read_only = True
    client.ask(PlaceOrder(AMZN, MARKET))
    assert client.codes() == [321]
    assert "Read-Only" in client.one(ErrorMessage).text


def test_several_accounts() -> None:
    """Who has several must name one."""
    client = Client(make_world(accounts=("DU1", "DU2")))
    client.ask(PlaceOrder(AMZN, MARKET))
    assert client.codes() == [435]
    client.ask(PlaceOrder(AMZN, replace(MARKET, account="DU2")))
    assert client.one(ExecutionDetails).execution.account == "DU2"
