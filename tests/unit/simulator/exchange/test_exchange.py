"""The exchange as its clients see it; and whatever they do, its books agree."""

from decimal import Decimal
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from trading_floor import (
    CALL,
    FAR_CALL,
    FUTURE,
    INDEX,
    INSTRUMENTS,
    PUT,
    SPREAD,
    START,
    STOCK,
    Floor,
)

from voldesk.model.orders import Side, TimeInForce
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.model.ticks import Field, TickKind, empty_batch
from voldesk.model.traded import Kind
from voldesk.simulator.exchange.accounts import AccountSpec
from voldesk.simulator.exchange.events import (
    CancelRefused,
    ChangeRefused,
    Event,
    Filled,
    OrderChanged,
    PositionChanged,
    Settled,
)
from voldesk.simulator.exchange.instruments import Instrument, instruments_of
from voldesk.simulator.exchange.orders import ExecutionKind, OcaType, OrderStatus, OrderType, Reason
from voldesk.simulator.exchange.scenario import Delay, Rules, Scenario
from voldesk.simulator.market.market import SyntheticMarket

SECOND = Delay(least_ns=NS_PER_SECOND, most_ns=NS_PER_SECOND)


def ticks(*rows: tuple[int, TickKind, dict[str, float], float]) -> Any:
    """Return a batch of (row, kind, values, seconds after the start)."""
    batch = empty_batch(len(rows))
    for index, (row, kind, values, secs) in enumerate(rows):
        batch["instrument"][index] = row
        batch["kind"][index] = kind
        batch["ts_event"][index] = START + round(secs * NS_PER_SECOND)
        for name, value in values.items():
            batch[name][index] = value
            batch["present"][index] |= Field[name.upper()]
    return batch


def quote_tick(bid: float, ask: float, size: float = 10.0) -> dict[str, float]:
    """Return the values of a whole quote."""
    return {"bid": bid, "ask": ask, "bid_size": size, "ask_size": size}


def test_a_market_order_takes_the_opposite_touch() -> None:
    """A market order is accepted, filled at the ask, and the position is told."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1)
    number = floor.buy(3)
    assert floor.told(number) == [OrderStatus.WORKING, OrderStatus.FILLED]
    assert [type(event) for event in floor.events] == [
        OrderChanged,
        Filled,
        OrderChanged,
        PositionChanged,
    ]
    assert floor.order(number).average_price == Decimal("5.1")
    assert floor.held() == 3


def test_what_is_taken_of_a_shown_size_is_gone_until_the_next_quote() -> None:
    """Two orders share one shown size; the rest fills with the next quote."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1, size=5)
    first, second = floor.buy(4), floor.buy(4)
    assert floor.order(first).status is OrderStatus.FILLED
    assert floor.order(second).filled == 1
    quote = floor.exchange.quote(CALL)
    assert quote.ask_size == 0
    assert quote.bid_size == 5
    floor.quote(CALL, 5.0, 5.2, size=5)
    assert floor.order(second).status is OrderStatus.FILLED
    assert [e.price for e in floor.fills(second)] == [Decimal("5.1"), Decimal("5.2")]


def test_a_batch_of_ticks_is_seen_one_by_one_by_orders() -> None:
    """An order meets a quote that stood for one tick of a batch only."""
    floor = Floor()
    row = [instrument.key for instrument in INSTRUMENTS].index(CALL)
    floor.quote(CALL, 5.0, 5.1)
    number = floor.buy(2, limit_price=4.9)
    floor.exchange.on_quotes(
        ticks(
            (row, TickKind.QUOTE, quote_tick(4.8, 4.9), 1),
            (row, TickKind.QUOTE, quote_tick(5.4, 5.5), 2),
        )
    )
    order = floor.order(number)
    assert order.status is OrderStatus.FILLED
    assert order.changed_at == START + NS_PER_SECOND
    assert floor.exchange.quote(CALL).ask == Decimal("5.5")
    assert floor.exchange.now == START + 2 * NS_PER_SECOND


def test_spot_ticks_quote_a_stock_but_not_an_index() -> None:
    """A spot puts bid and ask around a stock; nobody quotes an index."""
    floor = Floor()
    spots = ticks((0, TickKind.SPOT, {"last": 230.5}, 1), (1, TickKind.SPOT, {"last": 6800.0}, 1))
    floor.exchange.on_quotes(spots)
    assert floor.exchange.quote(STOCK).bid == Decimal("230.49")
    assert floor.exchange.quote(INDEX).bid is None
    assert floor.exchange.quote(INDEX).last == 6800


def test_a_gap_stalls_the_market_until_it_ticks_again() -> None:
    """After a gap nothing fills; a tick of the same underlying ends it."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1)
    floor.exchange.on_quotes(ticks((-1, TickKind.GAP, {}, 1)))
    number = floor.buy(1)
    assert floor.order(number).status is OrderStatus.WORKING
    floor.exchange.on_quotes(ticks((2, TickKind.QUOTE, quote_tick(5.0, 5.1), 2)))
    assert floor.order(number).status is OrderStatus.FILLED


def test_nothing_fills_on_a_stale_market() -> None:
    """Once the last tick of an underlying is older than the limit orders wait."""
    floor = Floor(Scenario(stale_after_secs=60.0))
    floor.quote(CALL, 5.0, 5.1)
    floor.wait(61)
    number = floor.buy(1)
    assert floor.order(number).filled == 0
    floor.quote(STOCK, 229, 231)
    floor.quote(CALL, 5.0, 5.1)
    assert floor.order(number).filled == 1


def test_a_stall_by_hand_is_ended_by_hand() -> None:
    """A stalled underlying fills nothing, whatever ticks, until it is resumed."""
    floor = Floor()
    floor.exchange.stall(STOCK)
    floor.quote(CALL, 5.0, 5.1)
    number = floor.buy(1)
    assert floor.order(number).filled == 0
    floor.exchange.resume(STOCK)
    floor.quote(CALL, 5.0, 5.1)
    assert floor.order(number).filled == 1


def test_a_refused_request_is_a_rejected_order_and_touches_no_other() -> None:
    """A repeated client id is rejected under an id of its own; the first order goes on."""
    floor = Floor()
    first = floor.buy(1, limit_price=5, client="a", client_order_id="7")
    second = floor.buy(1, limit_price=5, client="a", client_order_id="7")
    other = floor.buy(1, limit_price=5, client="b", client_order_id="7")
    assert floor.order(first).status is OrderStatus.WORKING
    rejection = floor.order(second).rejection
    assert rejection is not None
    assert rejection.reason is Reason.DUPLICATE_ID
    assert floor.order(other).status is OrderStatus.WORKING
    known = floor.exchange.order_of("a", "7")
    assert known is not None
    assert known.venue_order_id == first


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"key": "nothing"}, Reason.UNKNOWN_INSTRUMENT),
        ({"key": INDEX}, Reason.NOT_TRADABLE),
        ({"account": "DU9"}, Reason.UNKNOWN_ACCOUNT),
        ({"limit_price": 5.03}, Reason.PRICE_INCREMENT),
        ({"parent_id": "none"}, Reason.UNKNOWN_PARENT),
        ({"order_type": OrderType.RELATIVE, "key": PUT}, Reason.NO_QUOTE),
    ],
)
def test_rejections_name_their_reason(terms: dict[str, Any], reason: Reason) -> None:
    """Each fault of a request is told by its own reason."""
    floor = Floor()
    number = floor.buy(1, **terms)
    order = floor.order(number)
    assert order.status is OrderStatus.REJECTED
    assert order.rejection is not None
    assert order.rejection.reason is reason
    assert floor.told(number) == [OrderStatus.REJECTED]
    assert order in floor.exchange.completed_orders()


def test_an_account_that_cannot_pay_is_refused() -> None:
    """Too little equity is a margin rejection with both figures; without the check it fills."""
    poor = (AccountSpec(name="DU1", cash={"USD": Decimal(100)}),)
    floor = Floor(accounts=poor)
    floor.quote(CALL, 5.0, 5.1)
    rejection = floor.order(floor.buy(1)).rejection
    assert rejection is not None
    assert rejection.reason is Reason.MARGIN
    free = Floor(accounts=poor, rules=Rules(checks_margin=False))
    free.quote(CALL, 5.0, 5.1)
    assert free.order(free.buy(1)).status is OrderStatus.FILLED


def test_a_fill_may_come_before_the_acknowledgement() -> None:
    """With a delay of acknowledgements the first thing told of an order is its fill."""
    floor = Floor(Scenario(ack_delay=SECOND, stale_after_secs=None))
    floor.quote(CALL, 5.0, 5.1)
    number = floor.buy(1)
    assert [type(e) for e in floor.events if not isinstance(e, PositionChanged)] == [Filled]
    floor.wait(1)
    assert floor.told(number) == [OrderStatus.WORKING, OrderStatus.FILLED]


def test_a_fill_may_be_told_after_the_order_has_ended() -> None:
    """With a delay of fill reports a partly filled order is cancelled before its fill is told."""
    floor = Floor(Scenario(fill_report_delay=SECOND, stale_after_secs=None))
    floor.quote(CALL, 5.0, 5.1, size=1)
    number = floor.buy(3)
    floor.exchange.cancel(number)
    assert floor.told(number)[-1] is OrderStatus.CANCELLED
    assert floor.fills(number) == []
    floor.wait(1)
    assert [e.quantity for e in floor.fills(number)] == [1]


def test_a_fill_can_beat_a_cancel_on_its_way() -> None:
    """A cancel that takes a second is refused when a quote fills the order meanwhile."""
    floor = Floor(Scenario(cancel_delay=SECOND, stale_after_secs=None))
    number = floor.buy(1, limit_price=5)
    floor.exchange.cancel(number)
    assert floor.order(number).status is OrderStatus.PENDING_CANCEL
    floor.quote(CALL, 4.9, 5.0)
    floor.wait(2)
    assert floor.order(number).status is OrderStatus.FILLED
    refused = [event for event in floor.events if isinstance(event, CancelRefused)]
    assert [event.rejection.reason for event in refused] == [Reason.TOO_LATE]


def test_a_cancel_in_time_wins() -> None:
    """A cancel that arrives before any quote ends the order."""
    floor = Floor(Scenario(cancel_delay=SECOND, stale_after_secs=None))
    number = floor.buy(1, limit_price=5)
    floor.exchange.cancel(number)
    floor.wait(1)
    floor.quote(CALL, 4.9, 5.0)
    assert floor.order(number).status is OrderStatus.CANCELLED


def test_a_fill_can_beat_a_modification_on_its_way() -> None:
    """A modification is refused when the order filled before it arrived."""
    floor = Floor(Scenario(modify_delay=SECOND, stale_after_secs=None))
    number = floor.buy(1, limit_price=5)
    floor.change(number, limit_price=Decimal("4.5"))
    floor.quote(CALL, 4.9, 5.0)
    floor.wait(1)
    assert floor.order(number).status is OrderStatus.FILLED
    assert floor.order(number).request.limit_price == 5
    assert [type(e) for e in floor.events if isinstance(e, ChangeRefused)] == [ChangeRefused]


def test_an_order_on_its_way_cannot_fill() -> None:
    """With a delay of orders a quote in between does nothing."""
    floor = Floor(Scenario(order_delay=SECOND, stale_after_secs=None))
    floor.quote(CALL, 5.0, 5.1)
    number = floor.buy(1)
    assert floor.order(number).status is OrderStatus.PENDING
    floor.wait(1)
    assert floor.order(number).status is OrderStatus.FILLED


def test_fills_can_be_told_twice_under_one_id() -> None:
    """With repeats every fill is told twice, same id, and counted once."""
    floor = Floor(Scenario(repeat_share=1.0, stale_after_secs=None))
    floor.quote(CALL, 5.0, 5.1)
    number = floor.buy(1)
    told = floor.fills(number)
    assert len(told) == 2
    assert told[0] == told[1]
    assert floor.held() == 1


def test_rejections_can_be_drawn() -> None:
    """A scenario that rejects everything rejects everything."""
    floor = Floor(Scenario(reject_share=1.0, stale_after_secs=None))
    rejection = floor.order(floor.buy(1, limit_price=5)).rejection
    assert rejection is not None
    assert rejection.reason is Reason.SCENARIO


def test_a_modification_moves_a_resting_order() -> None:
    """A better limit fills at the shown price, and the revision counts up."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1)
    number = floor.buy(1, limit_price=5)
    floor.change(number, limit_price=Decimal("5.1"))
    order = floor.order(number)
    assert order.status is OrderStatus.FILLED
    assert order.revision == 1


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"side": Side.SELL}, Reason.CANNOT_CHANGE),
        ({"instrument": PUT}, Reason.CANNOT_CHANGE),
        ({"oca_group": "x"}, Reason.CANNOT_CHANGE),
        ({"order_type": OrderType.RELATIVE}, Reason.CANNOT_CHANGE),
        ({"quantity": Decimal(1)}, Reason.QUANTITY),
        ({"limit_price": Decimal("5.01")}, Reason.PRICE_INCREMENT),
        ({"quantity": Decimal(10_000_000)}, Reason.MARGIN),
    ],
)
def test_a_refused_modification_leaves_the_order(terms: dict[str, Any], reason: Reason) -> None:
    """What cannot be changed is refused with a reason, and the order works on."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1, size=2)
    number = floor.buy(5, limit_price=5.1)
    before = floor.order(number)
    floor.change(number, **terms)
    assert floor.order(number) == before
    refused = [event for event in floor.events if isinstance(event, ChangeRefused)]
    assert [event.rejection.reason for event in refused] == [reason]


def test_a_quantity_modified_to_what_is_filled_ends_the_order() -> None:
    """Nothing left to fill is a filled order."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1, size=2)
    number = floor.buy(5, limit_price=5.1)
    floor.change(number, quantity=Decimal(2))
    assert floor.order(number).status is OrderStatus.FILLED


def test_ended_orders_cannot_be_cancelled_or_modified() -> None:
    """Both are refused as too late, of a refused request too."""
    floor = Floor()
    number, refused = floor.buy(1, limit_price=5), floor.buy(1, key="nothing")
    floor.exchange.cancel(number)
    for dead in (number, refused):
        floor.exchange.cancel(dead)
        floor.exchange.modify(dead, floor.order(dead).request)
    late = [e for e in floor.events if isinstance(e, CancelRefused | ChangeRefused)]
    assert [event.rejection.reason for event in late] == [Reason.TOO_LATE] * 4
    with pytest.raises(KeyError):
        floor.exchange.cancel(99)


def test_cancel_all_spares_other_clients() -> None:
    """It cancels what is asked for and returns how many."""
    floor = Floor()
    mine = [floor.buy(1, limit_price=price, client="a") for price in (1, 2, 3)]
    other = floor.buy(1, limit_price=1, client="b")
    assert floor.exchange.cancel_all(client="a") == 3
    assert {floor.order(number).status for number in mine} == {OrderStatus.CANCELLED}
    assert [order.venue_order_id for order in floor.exchange.open_orders()] == [other]
    assert floor.exchange.cancel_all(account="DU1") == 1


def test_what_if_changes_nothing() -> None:
    """It tells margin before and after and the commission, and no order exists."""
    floor = Floor()
    floor.quote(STOCK, 230, 230.02)
    floor.quote(CALL, 5.0, 5.1)
    answer = floor.exchange.what_if(floor.request(Side.SELL, 1))
    assert answer.before.initial == 0
    # premium 5.05 + max(20 % of 230.01, 10 % of 230.01)
    assert answer.after.initial == (Decimal("5.05") + Decimal("230.01") / 5) * 100
    assert answer.change.initial == answer.after.initial
    assert answer.change.equity_with_loan == 500 - answer.commission
    assert answer.rejection is None
    assert floor.events == []
    assert floor.exchange.open_orders() == []
    too_much = floor.exchange.what_if(floor.request(Side.SELL, 10_000))
    assert too_much.rejection is not None
    assert too_much.rejection.reason is Reason.MARGIN
    with pytest.raises(KeyError):
        floor.exchange.what_if(floor.request(Side.BUY, 1, account="DU9"))


def test_a_group_order_is_shared_out() -> None:
    """Fills of a group's order go to its accounts in turn, one execution each."""
    group = tuple(AccountSpec(name=f"DU{n}", groups=("All",)) for n in (1, 2, 3))
    floor = Floor(accounts=group)
    floor.quote(CALL, 5.0, 5.1, size=4)
    number = floor.buy(7, account="All")
    floor.quote(CALL, 5.0, 5.1, size=4)
    assert floor.order(number).status is OrderStatus.FILLED
    held = [floor.held(account=spec.name) for spec in floor.exchange.accounts()]
    assert held == [3, 2, 2]
    assert floor.exchange.groups() == {"All": ("DU1", "DU2", "DU3")}
    assert sum(e.quantity for e in floor.fills(number)) == 7


def test_a_busted_fill_leaves_as_if_it_had_never_been() -> None:
    """A bust has the same id but a higher last part; position and cash are as before."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1)
    number = floor.buy(2)
    first = floor.fills(number)[0]
    floor.exchange.bust(first.execution_id)
    bust = floor.fills(number)[-1]
    assert bust.kind is ExecutionKind.BUST
    assert bust.execution_id == first.execution_id[:-2] + "02"
    assert floor.held() == 0
    assert floor.exchange.summary("DU1").cash == {"USD": Decimal(1_000_000)}
    assert floor.order(number).filled == 0
    with pytest.raises(KeyError):
        floor.exchange.bust(bust.execution_id)
    with pytest.raises(KeyError):
        floor.exchange.bust("1.2.3.4")


def test_a_corrected_price_corrects_cost_and_average() -> None:
    """A correction replaces the price everywhere; both versions stay in the log."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1)
    number = floor.buy(2)
    floor.exchange.correct(floor.fills(number)[0].execution_id, Decimal("5.0"))
    position = floor.exchange.position("DU1", CALL)
    assert position.average_price == 5
    assert position.quantity == 2
    assert floor.order(number).average_price == 5
    kinds = [execution.kind for execution in floor.exchange.executions()]
    assert kinds == [ExecutionKind.NEW, ExecutionKind.CORRECTION]


def test_executions_are_asked_for_by_account_client_and_time() -> None:
    """The log answers each filter."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1, size=100)
    floor.buy(1, client="a")
    floor.wait(10)
    floor.buy(2, client="b")
    ask = floor.exchange.executions
    assert [e.quantity for e in ask(client="a")] == [1]
    assert [e.quantity for e in ask(since=START + 1)] == [2]
    assert ask(account="DU2") == []
    assert len({e.execution_id for e in ask()}) == 2


def test_what_is_over_can_be_forgotten() -> None:
    """Ended orders and executions before an instant go; the rest, and used ids, stay."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1, size=100)
    old = floor.buy(1, client_order_id="1")
    refused, working = floor.buy(1, key="nothing"), floor.buy(1, limit_price=4)
    floor.wait(10)
    new = floor.buy(2, client_order_id="2")
    floor.exchange.forget(START + 1)
    assert [e.venue_order_id for e in floor.exchange.executions()] == [new]
    assert [o.venue_order_id for o in floor.exchange.completed_orders()] == [new]
    assert floor.order(working).status is OrderStatus.WORKING
    for number in (old, refused):
        with pytest.raises(KeyError):
            floor.order(number)
    assert floor.exchange.order_of("", "1") is None
    assert floor.order(floor.buy(1, client_order_id="1")).status is OrderStatus.REJECTED
    floor.exchange.bust(floor.fills(new)[0].execution_id)
    assert floor.held() == 1


def test_an_expired_option_ends_orders_and_positions() -> None:
    """At settlement orders expire first, then the stock changes hands at the strike."""
    floor = Floor()
    floor.quote(STOCK, 234.99, 235.01, last=235)
    floor.quote(CALL, 5.0, 5.1, size=100)
    floor.buy(3)
    waiting = floor.buy(1, limit_price=1, time_in_force=TimeInForce.GTC)
    floor.exchange.advance(INSTRUMENTS[2].settles_at or 0)
    assert floor.order(waiting).status is OrderStatus.EXPIRED
    settled = [event for event in floor.events if isinstance(event, Settled)]
    assert [event.quantity for event in settled] == [3]
    assert [event.price for event in settled] == [235]
    assert floor.held(CALL) == 0
    assert floor.held(STOCK) == 300
    assert floor.exchange.position("DU1", STOCK).average_price == 230
    rejection = floor.order(floor.buy(1, limit_price=1)).rejection
    assert rejection is not None
    assert rejection.reason is Reason.EXPIRED_INSTRUMENT


def test_exercise_and_assignment_before_settlement() -> None:
    """Part of a long position is exercised, of a short one assigned; what is not held cannot be."""
    floor = Floor()
    floor.quote(STOCK, 234.99, 235.01, last=235)
    floor.quote(CALL, 5.0, 5.1, size=100)
    floor.quote(FAR_CALL, 1.0, 1.1, size=100)
    floor.buy(3)
    floor.sell(1, key=FAR_CALL)
    assert floor.exchange.exercise("DU1", CALL, Decimal(2)) is None
    assert floor.held(STOCK) == 200
    assert floor.exchange.assign("DU1", FAR_CALL, Decimal(1)) is None
    assert floor.held(FAR_CALL) == 0
    refused = floor.exchange.exercise("DU1", CALL, Decimal(2))
    assert refused is not None
    assert refused.reason is Reason.POSITION


def test_more_instruments_can_be_listed() -> None:
    """A new instrument trades at once; another under its key, or with unknown legs, does not."""
    floor = Floor()
    made = Instrument(key="new", kind=Kind.STOCK, market=INSTRUMENTS[0].market)
    floor.exchange.list_instrument(made)
    floor.exchange.list_instrument(made)
    floor.quote("new", 1, 1.01)
    assert floor.order(floor.buy(1, key="new")).status is OrderStatus.FILLED
    assert floor.exchange.instrument("new") == made
    with pytest.raises(ValueError, match="another one"):
        floor.exchange.list_instrument(Instrument(key="new", kind=Kind.CRYPTO, market=made.market))
    legs = INSTRUMENTS[-1].legs
    with pytest.raises(ValueError, match="not listed"):
        Floor(instruments=INSTRUMENTS[:2]).exchange.list_instrument(
            Instrument(key="bad", kind=Kind.COMBO, market=made.market, legs=legs)
        )


def test_a_listener_may_trade_and_leave() -> None:
    """An order placed by a listener is told after what was there before; then it unsubscribes."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1)
    leave: list[Any] = []

    def on_event(event: Event) -> None:
        if isinstance(event, Filled):
            leave.pop()()
            floor.sell(1, limit_price=9)

    leave.append(floor.exchange.subscribe(on_event))
    first = floor.buy(1)
    second = first + 1
    assert floor.order(second).status is OrderStatus.WORKING
    numbers = [e.order.venue_order_id for e in floor.events if isinstance(e, OrderChanged)]
    assert numbers == [first, first, second]


def test_a_new_day_starts_its_figures_anew() -> None:
    """Daily and realised figures count from midnight of the market."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1, size=100)
    floor.buy(2)
    floor.sell(1)
    floor.exchange.advance(START + 86_400 * NS_PER_SECOND)
    position = floor.exchange.position("DU1", CALL)
    assert position.realized_today == 0
    assert position.daily_pnl == 0
    assert position.realized_pnl < 0
    floor.quote(CALL, 6.0, 6.1)
    assert floor.exchange.position("DU1", CALL).daily_pnl == 100
    assert floor.exchange.summary("DU1").daily_pnl == 100


def _day_on_the_synthetic_market(seed: int) -> list[Event]:
    """Trade for twenty seconds on a market with a truth, and return what was told."""
    market = SyntheticMarket(["AMZN"], 3, START)
    listed = instruments_of(market.listing)
    floor = Floor(
        Scenario(seed=seed, order_delay=Delay(most_ns=2 * NS_PER_SECOND)), instruments=listed
    )
    floor.exchange.on_quotes(market.snapshot())
    near = [i.key for i in listed if i.strike is not None and abs(i.strike - 230) < 6]
    for step, key in enumerate(near[:60]):
        now = START + step * NS_PER_SECOND // 4
        floor.exchange.on_quotes(market.advance(now))
        floor.exchange.advance(now)
        quote = floor.exchange.quote(key)
        floor.buy(step % 50 + 1, key=key, limit_price=quote.bid, time_in_force=TimeInForce.GTC)
        floor.sell(step % 7 + 1, key=key)
    return floor.events


def test_a_seed_repeats_a_day_on_the_synthetic_market() -> None:
    """The same market, seed and calls tell the same; another seed tells something else."""
    first, again = _day_on_the_synthetic_market(1), _day_on_the_synthetic_market(1)
    assert sum(isinstance(event, Filled) for event in first) > 20
    assert first == again
    assert first != _day_on_the_synthetic_market(2)


QUOTED = (CALL, CALL, CALL, FAR_CALL, STOCK, FUTURE)
TRADED = (CALL, CALL, CALL, STOCK, FUTURE, SPREAD)
CENTRES = {CALL: 100, FAR_CALL: 40, STOCK: 23_000, FUTURE: 27_200}
TYPES = (
    OrderType.MARKET,
    OrderType.LIMIT,
    OrderType.LIMIT,
    OrderType.LIMIT,
    OrderType.STOP,
    OrderType.STOP_LIMIT,
    OrderType.TRAIL,
    OrderType.MARKET_IF_TOUCHED,
    OrderType.MARKET_TO_LIMIT,
    OrderType.RELATIVE,
)
TINY = Decimal("1e-9")
steps = st.integers(-3, 3)


class Books(RuleBasedStateMachine):
    """Clients who do anything, and what must hold whatever they do."""

    def __init__(self) -> None:
        super().__init__()
        accounts = (
            AccountSpec(name="DU1", groups=("Both",)),
            AccountSpec(name="DU2", groups=("Both",)),
        )
        short = Delay(least_ns=0, most_ns=2 * NS_PER_SECOND)
        scenario = Scenario(
            seed=7, order_delay=short, cancel_delay=short, modify_delay=short, repeat_share=0.2
        )
        self.floor = Floor(scenario, accounts=accounts)
        self.twin = Floor(scenario, accounts=accounts)
        self.final: dict[int, tuple[OrderStatus, int]] = {}
        self.count = 0

    def both(self, act: Any) -> None:
        """Do the same on two exchanges."""
        act(self.floor)
        act(self.twin)

    @rule(key=st.sampled_from(QUOTED), move=steps, width=st.integers(1, 3), size=st.integers(1, 6))
    def quote(self, key: str, move: int, width: int, size: int) -> None:
        tick = float(self.floor.exchange.instrument(key).tick_size)
        middle = CENTRES[key] + move
        self.both(lambda f: f.wait(1))
        self.both(lambda f: f.quote(key, middle * tick, (middle + width) * tick, size))

    @rule(
        key=st.sampled_from(TRADED),
        side=st.sampled_from(Side),
        quantity=st.integers(1, 9),
        kind=st.sampled_from(TYPES),
        move=steps,
        force=st.sampled_from([TimeInForce.DAY, TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK]),
        whole=st.sampled_from([False, False, True]),
        account=st.sampled_from(["DU1", "DU1", "Both"]),
        group=st.sampled_from(["", "one", "one", "two", "three"]),
        bracket=st.sampled_from([False, False, False, True]),
    )
    def place(
        self,
        key: str,
        side: Side,
        quantity: int,
        kind: OrderType,
        move: int,
        force: TimeInForce,
        whole: bool,
        account: str,
        group: str,
        bracket: bool,
    ) -> None:
        tick = self.floor.exchange.instrument(key).tick_size
        centre = CENTRES.get(key, 60)
        price = tick * (centre + move)
        self.count += 1
        terms: dict[str, Any] = {
            "order_type": kind,
            "time_in_force": force,
            "all_or_none": whole,
            "account": account,
            "client_order_id": str(self.count),
        }
        if kind in {OrderType.LIMIT, OrderType.STOP_LIMIT}:
            terms["limit_price"] = price
        if kind in {OrderType.STOP, OrderType.STOP_LIMIT, OrderType.MARKET_IF_TOUCHED}:
            terms["stop_price"] = price
        if kind is OrderType.TRAIL:
            terms["trail_amount"] = tick * 2
        if group:
            terms["oca_group"] = f"{group} {self.count // 8}"
            terms["oca_type"] = {"one": OcaType.CANCEL, "two": OcaType.REDUCE}.get(
                group, OcaType.REDUCE_LATER
            )
        if bracket and self.count > 1:
            terms["parent_id"] = str(self.count - 1)
        self.both(lambda f: f.exchange.place(f.request(side, quantity, key, **dict(terms))))

    @precondition(lambda self: self.count)
    @rule(which=st.integers(1, 40))
    def cancel(self, which: int) -> None:
        self.both(lambda f: f.exchange.cancel(min(which, self.count)))

    @precondition(lambda self: self.count)
    @rule(which=st.integers(1, 40), quantity=st.integers(1, 12))
    def modify(self, which: int, quantity: int) -> None:
        self.both(lambda f: f.change(min(which, self.count), quantity=Decimal(quantity)))

    @precondition(lambda self: self.floor.exchange.executions())
    @rule(which=st.integers(0, 30), quantity=st.integers(0, 3))
    def correct(self, which: int, quantity: int) -> None:
        done = self.floor.exchange.executions()
        chosen = done[which % len(done)]
        if chosen.instrument == SPREAD or chosen.execution_id[:-2] + "03" in {
            e.execution_id for e in done
        }:
            return
        if any(e.kind is ExecutionKind.BUST and e.number == chosen.number for e in done):
            return
        self.both(
            lambda f: f.exchange.correct(chosen.execution_id, chosen.price, Decimal(quantity))
        )

    @rule(secs=st.sampled_from([1, 2, 2, 70]))
    def wait(self, secs: int) -> None:
        self.both(lambda f: f.wait(secs))

    @invariant()
    def cash_and_positions_come_from_executions(self) -> None:
        exchange = self.floor.exchange
        last = {e.number: e for e in exchange.executions()}
        for spec in exchange.accounts():
            cash = Decimal(1_000_000)
            held: dict[str, Decimal] = {}
            for e in last.values():
                instrument = exchange.instrument(e.instrument)
                if e.account != spec.name or instrument.legs:
                    continue
                signed = e.side.sign * e.quantity
                held[e.instrument] = held.get(e.instrument, Decimal(0)) + signed
                cash -= e.commission
                if instrument.kind is not Kind.FUTURE:
                    cash -= signed * e.price * instrument.multiplier
            for key, quantity in held.items():
                assert exchange.position(spec.name, key).quantity == quantity
            summary = exchange.summary(spec.name)
            if FUTURE not in held:
                assert abs(summary.total_cash - cash) < TINY
            worth = sum((p.value for p in exchange.positions(spec.name)), cash)
            futures = [
                e.side.sign * e.quantity * e.price * exchange.instrument(FUTURE).multiplier
                for e in last.values()
                if e.account == spec.name and e.instrument == FUTURE
            ]
            assert abs(summary.net_liquidation - worth + sum(futures)) < TINY

    @invariant()
    def orders_add_up(self) -> None:
        exchange = self.floor.exchange
        last = {e.number: e for e in exchange.executions()}.values()
        for number in range(1, self.count + 1):
            order = exchange.order(number)
            assert order.filled + order.remaining == order.quantity
            assert order.filled >= 0
            mine = [
                e
                for e in last
                if e.venue_order_id == number and e.instrument == order.request.instrument
            ]
            assert sum(e.quantity for e in mine) == order.filled
            if order.status.is_final:
                known = self.final.setdefault(number, (order.status, len(mine)))
                assert known == (order.status, len(mine))

    @invariant()
    def no_fill_beyond_its_limit(self) -> None:
        for e in self.floor.exchange.executions():
            limit = e.request.limit_price
            if limit is None or e.kind is not ExecutionKind.NEW or e.combo:
                continue
            beyond = (e.price - limit) * e.side.sign
            assert beyond <= 0

    @invariant()
    def at_most_one_of_a_cancel_group_fills(self) -> None:
        filled: dict[tuple[str, str], set[int]] = {}
        for e in self.floor.exchange.executions():
            request = e.request
            if request.oca_group.startswith("one"):
                name = (request.account, request.oca_group)
                filled.setdefault(name, set()).add(e.venue_order_id)
        assert all(len(numbers) == 1 for numbers in filled.values())

    @invariant()
    def ids_are_unique(self) -> None:
        ids = [e.execution_id for e in self.floor.exchange.executions()]
        assert len(ids) == len(set(ids))

    @invariant()
    def the_twin_told_the_same(self) -> None:
        assert self.floor.events == self.twin.events


TestBooks = Books.TestCase
TestBooks.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
