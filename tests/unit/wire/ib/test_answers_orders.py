"""Orders and fills as TWS writes them."""

import pytest

from voldesk.wire.ib.answers_orders import (
    CommissionAnswer,
    CompletedOrder,
    ExecutionDetails,
    OpenOrder,
    OrderStatus,
)
from voldesk.wire.ib.messages import decode_answer, encode_answer
from voldesk.wire.ib.types import (
    CommissionReport,
    Execution,
    IbContract,
    IbOrder,
    OrderCondition,
    OrderState,
)

CONTRACT = IbContract(con_id=3691937, symbol="AMZN", sec_type="STK", exchange="SMART")


@pytest.mark.parametrize(
    ("version", "text"),
    [
        (178, "3 5 Filled 100 0 230.01 17 0 230.01 1  0.0"),
        (130, "3 6 5 Filled 100 0 230.01 17 0 230.01 1 "),
    ],
)
def test_order_status(version: int, text: str) -> None:
    """From 131 on the version field is gone and the cap has come."""
    status = OrderStatus(5, "Filled", 100.0, 0.0, 230.01, 17, 0, 230.01, 1)
    payload = "\0".join([*text.split(" "), ""]).encode()
    assert encode_answer(status, version) == payload
    assert decode_answer(payload, version) == status


@pytest.mark.parametrize(
    ("version", "count"), [(157, 120), (160, 122), (170, 128), (177, 127), (178, 127)]
)
def test_open_order_grows_with_the_version(version: int, count: int) -> None:
    """Each version adds its fields; 177 takes the profile away."""
    answer = OpenOrder(CONTRACT, IbOrder(order_type="LMT", quantity=10.0), OrderState())
    assert encode_answer(answer, version).count(b"\0") == count


def test_unset_margins() -> None:
    """Margins that nobody computed are the largest double, and read back as None."""
    answer = OpenOrder(CONTRACT, IbOrder(), OrderState(status="Submitted"))
    payload = encode_answer(answer, 178)
    assert payload.count(b"1.7976931348623157E308") == 12
    assert decode_answer(payload, 178).state == answer.state


def test_conditions_come_back() -> None:
    """Every type of condition has its own fields."""
    conditions = (
        OrderCondition(1, "a", True, "230.0", 3691937, "SMART", 2),
        OrderCondition(3, "o", False, "20261120 12:00:00"),
        OrderCondition(4, "a", True, "30"),
        OrderCondition(5, "a", exchange="SMART", sec_type="STK", symbol="AMZN"),
        OrderCondition(6, "a", True, "1000", 3691937, "SMART"),
        OrderCondition(7, "a", True, "2.5", 3691937, "SMART"),
    )
    order = IbOrder(order_type="LMT", conditions=conditions, conditions_cancel_order=True)
    for kind in (OpenOrder, CompletedOrder):
        payload = encode_answer(kind(CONTRACT, order, OrderState()), 178)
        assert decode_answer(payload, 178).order == order


def test_a_fill_is_said_for_the_asking_version() -> None:
    """The same fill, told to an old client and to a new one."""
    fill = ExecutionDetails(3, CONTRACT, Execution(5, "0001", shares=10.0, price=1.5))
    old, new = encode_answer(fill, 157), encode_answer(fill, 178)
    assert new.count(b"\0") == old.count(b"\0") + 1
    assert decode_answer(old, 157) == decode_answer(new, 178) == fill


def test_a_commission_without_gain() -> None:
    """What closed nothing has no realized gain."""
    report = CommissionAnswer(CommissionReport("0001", 1.0, "USD"))
    payload = encode_answer(report, 178)
    assert payload.count(b"1.7976931348623157E308") == 2
    assert decode_answer(payload, 178) == report
