"""The gate: every limit stops what breaks it, spares what reduces, and trusts no unknown number."""

import math
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.model.orders import Intent, Leg, OrderType, Side, Terms
from voldesk.trading.gate import Verdict, judge
from voldesk.trading.limits import GateState, Limits
from voldesk.trading.views import ContractView, DeskView, Exposure

CALL, PUT = "us SPXW 20251017 000006700000000 C", "us SPXW 20251017 000006700000000 P"
EXPIRY = date(2025, 10, 17)
LIMITS = Limits()


def contract(key: str = CALL, **changes: Any) -> ContractView:
    """Return a contract that is quoted 10.0 at 10.4, with changes."""
    facts: dict[str, Any] = {
        "key": key,
        "expiry": EXPIRY,
        "multiplier": 100.0,
        "spot": 6700.0,
        "bid": 10.0,
        "ask": 10.4,
        "quote_age_secs": 0.5,
        "tick_size": 0.05,
        "exposure": Exposure(delta=335_000.0, gamma=20_000.0, vega=250.0, theta=-300.0),
        "position": 0.0,
        "secs_to_settle": 20_000.0,
    }
    return ContractView(**facts | changes)


def desk(*contracts: ContractView, **changes: Any) -> DeskView:
    """Return a desk on which nothing has happened, with changes."""
    facts: dict[str, Any] = {
        "state": GateState.ACTIVE,
        "contracts": {one.key: one for one in contracts or (contract(), contract(PUT))},
        "underlying_contracts": 0.0,
        "expiry_contracts": {},
        "underlying": Exposure(),
        "book": Exposure(),
        "open_orders": 0,
        "trades_today": 0,
        "secs_since_same": math.inf,
        "orders_last_sec": 0,
        "orders_last_min": 0,
        "day_pnl": 0.0,
        "equity": 100_000.0,
        "equity_peak": 100_000.0,
        "margin_after": 20_000.0,
        "is_session_open": True,
        "is_reconciled": True,
    }
    return DeskView(**facts | changes)


def order(side: Side = Side.BUY, price: str | None = "10.2", size: int = 2, **more: Any) -> Intent:
    """Return an order for the call, with changes."""
    facts: dict[str, Any] = {
        "client_order_id": "vd-1",
        "account": "DU1",
        "underlying": "SPX",
        "legs": (Leg(CALL),),
        "side": side,
        "order_type": OrderType.MARKET if price is None else OrderType.LIMIT,
        "terms": Terms(quantity=size, limit_price=None if price is None else Decimal(price)),
        "made_at": 1,
    }
    return Intent(**facts | more)


def broken(verdict: Verdict) -> set[str]:
    """Return the names of the checks that did not pass."""
    return {check.name for check in verdict.checks if not check.has_passed}


@pytest.mark.parametrize("price", ["10.2", None])
@pytest.mark.parametrize("side", Side)
def test_an_ordinary_order_passes(side: Side, price: str | None) -> None:
    """Within all limits nothing is in the way, and every limit was looked at."""
    verdict = judge(order(side, price), desk(), LIMITS)
    assert verdict.is_allowed
    assert verdict.reason == ""
    looked_at = {check.name for check in verdict.checks}
    stated = {one.name for one in fields(Limits)} - {"collar_pct", "collar_ticks"}
    # Cancels have their own pace and never come to the gate.
    assert looked_at == stated - {"cancels_per_sec"} | {"collar", "state", "session", "reconciled"}


BREACHES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("order_contracts", {}, {"order_contracts": 1}),
    ("order_notional", {}, {"order_notional": 1_339_999.0}),
    ("open_orders", {"open_orders": 20}, {}),
    ("orders_per_sec", {"orders_last_sec": 10}, {}),
    ("orders_per_min", {"orders_last_min": 60}, {}),
    ("same_order_secs", {"secs_since_same": 1.9}, {}),
    ("trades_per_day", {"trades_today": 5}, {}),
    ("underlying_contracts", {"underlying_contracts": 49.0}, {}),
    ("expiry_contracts", {"expiry_contracts": {EXPIRY: 49.0}}, {}),
    ("day_loss", {"day_pnl": -5_000.1}, {}),
    ("drawdown", {"equity": 94_999.0, "margin_after": None}, {}),
    ("margin_share", {"margin_after": 50_001.0}, {}),
    ("underlying_delta", {}, {"underlying_delta": 669_999.0}),
    ("underlying_gamma", {}, {"underlying_gamma": 39_999.0}),
    ("underlying_vega", {}, {"underlying_vega": 499.0}),
    ("underlying_theta", {}, {"underlying_theta": 599.0}),
    ("book_delta", {"book": Exposure(delta=9_999_999.0)}, {}),
    ("book_gamma", {"book": Exposure(gamma=1_999_999.0)}, {}),
    ("book_vega", {"book": Exposure(vega=19_999.0)}, {}),
    ("book_theta", {"book": Exposure(theta=-19_999.0)}, {}),
    ("state", {"state": GateState.REDUCE_ONLY}, {}),
    ("state", {"state": GateState.HALTED}, {}),
    ("session", {"is_session_open": False}, {}),
    ("reconciled", {"is_reconciled": False}, {}),
]


@pytest.mark.parametrize(("name", "state", "limits"), BREACHES)
def test_each_limit_stops_what_breaks_it(
    name: str, state: dict[str, Any], limits: dict[str, Any]
) -> None:
    """One limit broken is one check failed, and the denial says which and by how much."""
    verdict = judge(order(), desk(**state), replace(LIMITS, **limits))
    assert broken(verdict) == {name}
    assert not verdict.is_allowed
    assert verdict.reason.startswith(f"{name} is ")


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("quote_age_secs", {"quote_age_secs": 5.1}),
        ("expiry_cutoff_secs", {"secs_to_settle": 299.0}),
    ],
)
def test_each_contract_is_held_to_its_limits(name: str, changes: dict[str, Any]) -> None:
    """A stale quote, or a settlement too near, stops the order."""
    verdict = judge(order(), desk(contract(**changes)), LIMITS)
    assert broken(verdict) == {name}


@pytest.mark.parametrize(
    ("side", "price", "passes"),
    [
        (Side.BUY, "11.40", True),  # 10 % of the ask beyond it
        (Side.BUY, "11.45", False),
        (Side.BUY, "0.05", True),  # too good is nobody's mistake
        (Side.SELL, "8.96", True),
        (Side.SELL, "8.95", False),
        (Side.SELL, "99", True),
    ],
)
def test_prices_far_beyond_the_quote_are_mistakes(side: Side, price: str, passes: bool) -> None:
    """A limit price worse than the far quote by more than the collar is denied."""
    assert (broken(judge(order(side, price), desk(), LIMITS)) == set()) is passes


def test_cheap_options_have_a_collar_of_ticks() -> None:
    """Ten per cent of a nickel is no room, so some ticks always are; where a tick is known."""
    cheap = contract(bid=0.05, ask=0.10)
    assert judge(order(price="0.35"), desk(cheap), LIMITS).is_allowed
    assert broken(judge(order(price="0.40"), desk(cheap), LIMITS)) == {"collar"}
    unknown = replace(cheap, tick_size=math.nan)
    assert broken(judge(order(price="0.35"), desk(unknown), LIMITS)) == {"collar"}


def test_combinations_are_held_as_one() -> None:
    """A spread has its own net quote, and its Greeks net out."""
    spread = order(price="0.40", size=5, legs=(Leg(CALL), Leg(PUT, -1)))
    verdict = judge(spread, desk(), LIMITS)
    assert verdict.is_allowed
    figures = {check.name: check.value for check in verdict.checks}
    assert figures["order_contracts"] == 10
    assert figures["underlying_delta"] == 0
    assert broken(judge(order(price="9.9", legs=spread.legs), desk(), LIMITS)) == {"collar"}


@pytest.mark.parametrize(
    ("side", "facts", "is_reducing"),
    [
        (Side.SELL, {"position": 2.0}, True),
        (Side.SELL, {"position": 1.0}, False),
        (Side.SELL, {"position": 4.0, "selling": 2.0}, True),
        (Side.SELL, {"position": 4.0, "selling": 3.0}, False),  # together they would go short
        (Side.BUY, {"position": -2.0}, True),
        (Side.BUY, {"position": -4.0, "buying": 3.0}, False),
        (Side.BUY, {"position": 2.0}, False),
    ],
)
def test_what_reduces_is_spared_the_limits_on_risk(
    side: Side, facts: dict[str, Any], is_reducing: bool
) -> None:
    """An order towards zero passes whatever the loss, the Greeks or the trades of the day."""
    strict = replace(Limits.none(), trades_per_day=0, underlying_delta=0.0, day_loss=0.0)
    state = desk(contract(**facts), state=GateState.REDUCE_ONLY, day_pnl=-1e9)
    verdict = judge(order(side), state, strict)
    assert verdict.is_reducing is is_reducing
    assert verdict.is_allowed is is_reducing


def test_a_halt_stops_reductions_as_well() -> None:
    """When halted nothing is traded; a fat finger is one in any state."""
    held = contract(position=2.0)
    assert broken(judge(order(Side.SELL), desk(held, state=GateState.HALTED), LIMITS)) == {"state"}
    many = judge(order(Side.SELL, size=2), desk(held), replace(LIMITS, order_contracts=1))
    assert broken(many) == {"order_contracts"}


def test_risk_beyond_its_limit_may_be_traded_back() -> None:
    """An order that brings a Greek nearer to its limit passes, though not out of it at once."""
    heavy = Exposure(delta=-8_000_000.0)
    assert judge(order(), desk(underlying=heavy), LIMITS).is_allowed
    assert broken(judge(order(Side.SELL), desk(underlying=heavy), LIMITS)) == {"underlying_delta"}


CONTRACT_NUMBERS = ("multiplier", "spot", "bid", "ask", "quote_age_secs", "secs_to_settle")
DESK_NUMBERS = (
    "underlying_contracts",
    "open_orders",
    "trades_today",
    "secs_since_same",
    "orders_last_sec",
    "orders_last_min",
    "day_pnl",
    "equity",
    "equity_peak",
    "margin_after",
)


@pytest.mark.parametrize("name", CONTRACT_NUMBERS)
@pytest.mark.parametrize("price", ["10.2", None])
def test_an_unknown_number_of_a_contract_denies(name: str, price: str | None) -> None:
    """NaN breaks whatever limit it is held to, in whichever leg it stands."""
    # A bid is not looked at to buy, but is to sell; of a spread each leg needs its own side.
    legs = (Leg(CALL), Leg(PUT, -1))
    if price is not None:
        price = "0.1"
    unknown: dict[str, Any] = {name: math.nan}
    spread = order(price=price, legs=legs)
    first = judge(spread, desk(contract(**unknown), contract(PUT)), LIMITS)
    other = judge(spread, desk(contract(), contract(PUT, **unknown)), LIMITS)
    assert not (first.is_allowed and other.is_allowed)
    assert "not known" in first.reason + other.reason or "inf" in first.reason + other.reason


@pytest.mark.parametrize("name", DESK_NUMBERS)
def test_an_unknown_number_of_the_desk_denies(name: str) -> None:
    """NaN anywhere in the account's figures stops every order that adds risk."""
    assert not judge(order(), desk(**{name: math.nan}), LIMITS).is_allowed


@pytest.mark.parametrize("greek", ["delta", "gamma", "vega", "theta"])
def test_an_unknown_greek_denies(greek: str) -> None:
    """A Greek that is not known, of the contract or of what is held, is over its limit."""
    unknown = Exposure(**{greek: math.nan})
    assert broken(judge(order(), desk(contract(exposure=unknown)), LIMITS)) == {
        f"underlying_{greek}",
        f"book_{greek}",
    }
    assert broken(judge(order(), desk(book=unknown), LIMITS)) == {f"book_{greek}"}


@given(
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from(CONTRACT_NUMBERS),
    st.sampled_from(Side),
)
def test_no_number_makes_the_gate_fail(value: float, name: str, side: Side) -> None:
    """Whatever a venue sends as a number, the gate gives a verdict."""
    sent: dict[str, Any] = {name: value}
    verdict = judge(order(side), desk(contract(**sent)), LIMITS)
    assert verdict.is_allowed == (verdict.reason == "")


def test_a_contract_without_a_view_is_an_error() -> None:
    """An order for what the desk has not looked up never reaches a limit."""
    with pytest.raises(KeyError):
        judge(order(), desk(contract(PUT)), LIMITS)
