"""Why the paper venue refuses an order, in words: as a venue would, before anything rests."""

import math
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from voldesk.model.fees_tables import schedule_of
from voldesk.model.orders import Intent, Terms, TimeInForce
from voldesk.model.sessions import local_date
from voldesk.model.traded import Kind
from voldesk.trading.marks import Mark
from voldesk.trading.paper.conditions import STANDING, closes_at
from voldesk.trading.paper.contracts import PaperContract, contract_of, price_grid
from voldesk.trading.paper.ticket import ON_CLOSE

_UNTRADED: Final = MappingProxyType(
    {
        Kind.INDEX: "an index, which nobody can trade",
        Kind.FUTURE: "a future, which is not traded on paper",
    }
)


def contracts_of(marks: Sequence[Mark | None]) -> tuple[PaperContract, ...]:
    """Return the contracts of the legs, fewer where one is not known."""
    found = (contract_of(mark) for mark in marks if mark is not None)
    return tuple(contract for contract in found if contract is not None)


def refusal(
    intent: Intent,
    marks: Sequence[Mark | None],
    contracts: Sequence[PaperContract],
    currencies: Sequence[str],
    now: int,
) -> str:
    """
    Say what is wrong with an order as such, "" if nothing is.

    Args:
        intent: The order.
        marks: Of its legs, None where no chain has one.
        contracts: What the marks show, `contracts_of`.
        currencies: Those the account has.
        now: UTC ns.
    """
    for leg, mark in zip(intent.legs, marks, strict=True):
        if mark is None:
            return f"no such contract: no chain has {leg.key}"
        if mark.right is None and math.isnan(mark.bid) and math.isnan(mark.ask):
            return f"{leg.key} is shown without a quote, only with a spot: nothing can fill"
    known = {contract.key for contract in contracts}
    for leg in intent.legs:
        if leg.key not in known:
            return f"the terms of {leg.key} are not all known"
    for contract in contracts:
        fault = _contract_fault(contract, currencies, now)
        if fault:
            return fault
    if len({(contract.currency, contract.multiplier) for contract in contracts}) > 1:
        return "legs of different currencies or multipliers have no net price"
    shown = [mark for mark in marks if mark is not None]
    return _time_fault(intent, shown, contracts[0], now) or grid_fault(intent.terms, shown)


def _contract_fault(contract: PaperContract, currencies: Sequence[str], now: int) -> str:
    if contract.kind in _UNTRADED:
        return f"{contract.key} is {_UNTRADED[contract.kind]}"
    if contract.settles_at is not None and contract.settles_at <= now:
        return f"{contract.key} has expired"
    if contract.kind is Kind.OPTION and contract.currency == contract.symbol:
        return f"the premium of {contract.key} is paid in coin, which is not traded on paper"
    if contract.currency not in currencies:
        has = ", ".join(currencies)
        return f"{contract.key} trades in {contract.currency}, the account has {has}"
    try:
        schedule_of(contract.market, contract.kind, contract.root, local_date(now, contract.market))
    except ValueError as exc:
        return str(exc)
    return ""


def _time_fault(intent: Intent, marks: Sequence[Mark], first: PaperContract, now: int) -> str:
    if intent.time_in_force is TimeInForce.OPG:
        return "there is no opening auction on paper"
    good_till = intent.terms.good_till
    if good_till is not None and good_till <= now:
        return "the instant it is good till is past"
    is_open = all(mark.is_session_open for mark in marks)
    if intent.order_type in ON_CLOSE:
        close = closes_at(now, first.market)
        if close is None or close <= now:
            return "there is no close to come today by the calendar"
    if not is_open and intent.time_in_force not in STANDING:
        return f"the session is closed, an order for {intent.time_in_force} cannot wait"
    return ""


def grid_fault(terms: Terms, marks: Sequence[Mark]) -> str:
    """
    Say which price of an order lies off the price grid, "" where none does.

    A grid that is not known takes any price.
    """
    step = price_grid(marks)
    if step is None:
        return ""
    for name in ("limit_price", "stop_price", "trail_amount"):
        price = getattr(terms, name)
        if price is not None and price % step:
            return f"{name} {price} is not on the price grid of {step}"
    return ""
