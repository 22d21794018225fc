"""Cash and positions to the last decimal."""

from decimal import Decimal

import hypothesis.strategies as st
import pytest
from hypothesis import given
from trading_floor import CALL, FUTURE, INSTRUMENTS, PAIR, STOCK

from voldesk.model.enums import Market
from voldesk.model.errors import ConfigError
from voldesk.model.traded import Kind
from voldesk.simulator.exchange.accounts import AccountSpec
from voldesk.simulator.exchange.instruments import Instrument
from voldesk.simulator.exchange.ledger import RATES, Holding, Ledger, position_of, value_of

_LISTED = {instrument.key: instrument for instrument in INSTRUMENTS}
_TINY = Decimal("1e-12")
trades = st.lists(
    st.tuples(
        st.integers(-20, 20).filter(bool),
        st.integers(1, 400).map(lambda n: Decimal(n) / 20),
        st.integers(0, 300).map(lambda n: Decimal(n) / 100),
    ),
    max_size=20,
)


def _ledger(*specs: AccountSpec) -> Ledger:
    return Ledger(specs or (AccountSpec(name="DU1"),), RATES)


@given(trades)
def test_what_was_paid_is_held_or_realised(done: list[tuple[int, Decimal, Decimal]]) -> None:
    """Whatever is traded: cash out = basis of what is open less what was realised."""
    holding = Holding(_LISTED[CALL])
    cash = Decimal(0)
    for quantity, price, commission in done:
        holding.trade(Decimal(quantity), price, commission)
        cash -= quantity * price * 100 + commission
    assert holding.quantity == sum(quantity for quantity, _, _ in done)
    assert abs(cash - holding.realized + holding.basis) < _TINY
    if not holding.quantity:
        assert holding.basis == holding.paid == 0


@given(trades)
def test_a_day_earns_its_cash_and_the_value_left(
    done: list[tuple[int, Decimal, Decimal]],
) -> None:
    """The day's figure is value now, less value then, plus what trades brought in."""
    holding, mark = Holding(_LISTED[CALL]), Decimal(7)
    for quantity, price, commission in done:
        holding.trade(Decimal(quantity), price, commission)
    position = position_of("DU1", holding, mark)
    assert position.daily_pnl is not None
    assert position.unrealized_pnl is not None
    earned = position.unrealized_pnl + position.realized_pnl
    assert abs(position.daily_pnl - earned) < _TINY


def test_average_cost_has_commissions_and_multiplier() -> None:
    """Two contracts at 5 with 2 of commission cost 501 each; the average price is 5."""
    holding = Holding(_LISTED[CALL])
    holding.trade(Decimal(2), Decimal(5), Decimal(2))
    position = position_of("DU1", holding, Decimal(6))
    assert position.average_cost == 501
    assert position.average_price == 5
    assert position.value == 1200
    assert position.unrealized_pnl == 198


def test_a_short_position_costs_what_it_brought_in() -> None:
    """The average of a short position is above 0, its value below."""
    holding = Holding(_LISTED[CALL])
    holding.trade(Decimal(-2), Decimal(5), Decimal(2))
    position = position_of("DU1", holding, Decimal(4))
    assert position.average_cost == 499
    assert position.average_price == 5
    assert position.value == -800
    assert position.unrealized_pnl == 198


def test_a_trade_through_zero_closes_and_opens() -> None:
    """Three sold out of two held: two are realised, one is short at the new price."""
    holding = Holding(_LISTED[CALL])
    holding.trade(Decimal(2), Decimal(5), Decimal(0))
    trade = holding.trade(Decimal(-3), Decimal(6), Decimal(3))
    assert trade.realized == 198
    assert holding.quantity == -1
    assert holding.basis == -599


def test_a_position_without_a_mark_has_no_value_and_unknown_gains() -> None:
    """Unknown is None; margin goes on with what it cost."""
    holding = Holding(_LISTED[CALL])
    holding.trade(Decimal(1), Decimal(5), Decimal(1))
    position = position_of("DU1", holding, None)
    assert position.value == 0
    assert position.unrealized_pnl is None
    assert position.daily_pnl is None
    assert value_of(holding, None) == 500


def test_a_future_moves_its_gains_only() -> None:
    """Opening costs the commission; closing brings the difference."""
    ledger = _ledger()
    ledger.trade("DU1", _LISTED[FUTURE], Decimal(1), Decimal(6800), Decimal(1))
    assert ledger.accounts["DU1"].cash["USD"] == 999_999
    realized = ledger.trade("DU1", _LISTED[FUTURE], Decimal(-1), Decimal(6810), Decimal(1))
    assert realized == 498
    assert ledger.accounts["DU1"].cash["USD"] == 1_000_498


def test_a_currency_pair_moves_both_currencies() -> None:
    """Euros come, dollars go."""
    ledger = _ledger()
    ledger.trade("DU1", _LISTED[PAIR], Decimal(1000), Decimal("1.2"), Decimal(2))
    assert ledger.accounts["DU1"].cash == {"USD": Decimal(998_798), "EUR": Decimal(1000)}


def test_commissions_add_up_in_the_accounts_currency() -> None:
    """A dollar's commission of a euro account is converted."""
    ledger = _ledger(AccountSpec(name="DU1", currency="EUR"))
    ledger.trade("DU1", _LISTED[STOCK], Decimal(1), Decimal(230), Decimal("1.16"))
    assert ledger.accounts["DU1"].commissions == 1
    assert ledger.convert(Decimal("2.32"), "USD", "EUR") == 2
    with pytest.raises(KeyError):
        ledger.convert(Decimal(1), "XXX", "EUR")


def test_a_new_day_counts_its_own_market_only() -> None:
    """Other markets' figures stand; what is closed and never earned is forgotten."""
    ledger = _ledger()
    for key in (CALL, FUTURE):
        ledger.trade("DU1", _LISTED[key], Decimal(1), Decimal(5), Decimal(1))
    ledger.begin_day(Market.US, lambda _: Decimal(6))
    holdings = ledger.accounts["DU1"].holdings
    assert holdings[CALL].day_value == 600
    assert holdings[CALL].day_cash == 0
    assert holdings[FUTURE].day_cash == -251
    holdings[STOCK] = Holding(_LISTED[STOCK])
    ledger.begin_day(Market.US, lambda _: None)
    assert STOCK not in holdings


@pytest.mark.parametrize(
    "specs",
    [
        (AccountSpec(name="DU1"), AccountSpec(name="DU1")),
        (AccountSpec(name="DU1", groups=("DU2",)), AccountSpec(name="DU2")),
        (AccountSpec(name="DU1", currency="XXX"),),
        (AccountSpec(name="DU1", cash={"XXX": Decimal(1)}),),
    ],
)
def test_accounts_that_cannot_be_told_apart_or_converted_are_refused(
    specs: tuple[AccountSpec, ...],
) -> None:
    """Names are unique among accounts and groups, and every currency has a rate."""
    with pytest.raises(ConfigError):
        _ledger(*specs)


def test_instruments_need_rates() -> None:
    """A currency without a rate, paid in or bought, cannot be listed."""
    ledger = _ledger()
    odd = Instrument(key="x", kind=Kind.STOCK, market=Market.US, currency="XXX")
    pair = Instrument(key="y", kind=Kind.FOREX, market=Market.US, underlying="XXX")
    for instrument in (odd, pair):
        with pytest.raises(ValueError, match="XXX"):
            ledger.check_currency(instrument)
