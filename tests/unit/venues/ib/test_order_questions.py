"""Questions about orders, asked of a simulated TWS."""

from decimal import Decimal
from pathlib import Path

from broker_suite import filled, until
from ib_async.contract import Contract
from ib_async.objects import ExecutionFilter
from ib_async.order import OrderState
from ib_trading import ACCOUNT, staged, traded_tws

from voldesk.venues.ib import order_questions as questions
from voldesk.venues.ib.orders import margin_question


async def test_what_there_is(tmp_path: Path) -> None:
    """Working and completed orders, executions and positions, and what one more would bind."""
    async with traded_tws(tmp_path) as traded, staged(traded) as stage:
        await stage.broker.place(traded.intent("vd-1", 2))
        await stage.broker.place(traded.resting("vd-2"))
        await until(lambda: filled(stage, "vd-1") == 2)
        link = stage.broker._line.link
        working = await link.ask("open", questions.open_orders)
        assert [told.order.orderRef for told in working] == ["vd-2"]
        completed = await link.ask("completed", questions.completed_orders)
        assert [told.order.orderRef for told in completed] == ["vd-1"]
        wanted = ExecutionFilter(acctCode=ACCOUNT)
        fills = await link.ask("executions", lambda ib: questions.executions(ib, wanted))
        assert [told.execution.orderRef for told in fills] == ["vd-1"]
        (held,) = await link.ask("positions", questions.positions)
        assert (held.account, held.position) == (ACCOUNT, 2)
        question = margin_question(traded.intent("vd-3"), link.ib.client.getReqId())
        contract = Contract(conId=held.contract.conId, exchange="SMART")
        state = await link.ask("margin", lambda ib: questions.margin(ib, contract, question))
        margin = questions.margin_of(state)
        assert margin is not None
        assert margin.equity_after > 0
        assert margin.warnings == ()


def test_the_answer_about_margin() -> None:
    """The highest commission where there is no one figure, and what TWS warns of."""
    state = OrderState(
        initMarginAfter="500.0",
        maintMarginAfter="400.0",
        equityWithLoanAfter="999000.0",
        maxCommission=2.5,
        warningText="wide",
    )
    margin = questions.margin_of(state)
    assert margin is not None
    assert (margin.initial_after, margin.maintenance_after) == (Decimal(500), Decimal(400))
    assert (margin.equity_after, margin.commission) == (Decimal(999_000), Decimal("2.5"))
    assert margin.warnings == ("wide",)


def test_no_answer_about_margin() -> None:
    """Without any of its figures it says nothing."""
    for name in ("initMarginAfter", "maintMarginAfter", "equityWithLoanAfter"):
        state = OrderState(
            initMarginAfter="500.0", maintMarginAfter="400.0", equityWithLoanAfter="9.0"
        )
        setattr(state, name, "")
        assert questions.margin_of(state) is None
