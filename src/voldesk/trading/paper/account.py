"""
What the paper account is worth and what it must keep, per currency: nothing is converted.

Positions are marked at the mid. Without one a long option counts its bid, 0 where nobody bids,
which it is worth at least; a short one its ask, else its last price; a stock its last price. Where
none of these is known the figure is None, and nothing that needs it passes.

The margin is that of `analytics.margin`: Regulation T in outline, no SPAN array and no portfolio
margin. Orders that work bind nothing until they fill.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from voldesk.analytics.margin import Held as MarginHeld
from voldesk.analytics.margin import Required, required
from voldesk.model.traded import Kind
from voldesk.trading.marks import Mark, Marks
from voldesk.trading.paper.book import Book
from voldesk.trading.paper.contracts import PaperContract, exact

_NOTHING = Decimal(0)


class Trade(NamedTuple):
    """Contracts that might change hands: ``signed`` below 0 sells."""

    contract: PaperContract
    signed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountValues:
    """
    The money of one currency.

    Attributes:
        cash: Without the worth of positions.
        equity: With it; None where a position has no price.
        realised: Profit of what was closed, commissions deducted.
        unrealised: Of what is open, commissions of opening deducted; None likewise.
        initial: Margin to open what is held; None likewise.
        maintenance: Margin to keep it; None likewise.
    """

    currency: str
    cash: Decimal
    equity: Decimal | None
    realised: Decimal
    unrealised: Decimal | None
    commissions: Decimal
    initial: Decimal | None
    maintenance: Decimal | None


def values_of(book: Book, marks: Marks, currency: str) -> AccountValues:
    """Return the account's money in one currency, marked now."""
    worth: Decimal | None = _NOTHING
    gain: Decimal | None = _NOTHING
    for holding in book.holdings.values():
        if holding.contract.currency != currency:
            continue
        price = price_of(marks.mark(holding.contract.key), is_long=holding.quantity > 0)
        if price is None or worth is None or gain is None:
            worth = gain = None
            break
        units = holding.contract.multiplier
        worth += holding.quantity * price * units
        gain += (holding.quantity * price - holding.paid) * units - holding.fees
    cash = book.cash.get(currency, _NOTHING)
    need = margin_of(book, marks, currency, ())
    return AccountValues(
        currency=currency,
        cash=cash,
        equity=None if worth is None else cash + worth,
        realised=book.realised.get(currency, _NOTHING),
        unrealised=gain,
        commissions=book.commissions.get(currency, _NOTHING),
        initial=None if need is None else need.initial,
        maintenance=None if need is None else need.maintenance,
    )


def margin_of(book: Book, marks: Marks, currency: str, trades: Sequence[Trade]) -> Required | None:
    """Return what positions of a currency require, had those trades been made; None not known."""
    held: list[MarginHeld] = []
    for contract, quantity in _after(book, currency, trades):
        mark = marks.mark(contract.key)
        price = price_of(mark, is_long=quantity > 0)
        if price is None or mark is None:
            return None
        spot = exact(mark.spot) or _NOTHING  # the rule takes the strike for a spot of 0
        held.append(MarginHeld(contract, Decimal(quantity), price, spot))
    return required(held)


def lendable_of(book: Book, marks: Marks, currency: str, trades: Sequence[Trade]) -> Decimal | None:
    """Return the worth of stocks after those trades, which counts against margin beside cash."""
    worth = _NOTHING
    for contract, quantity in _after(book, currency, trades):
        if contract.kind is Kind.OPTION:
            continue
        price = price_of(marks.mark(contract.key), is_long=quantity > 0)
        if price is None:
            return None
        worth += quantity * price * contract.multiplier
    return worth


def price_of(mark: Mark | None, *, is_long: bool) -> Decimal | None:
    """Return what one unit of a position is marked at, None where that is not known."""
    if mark is None:
        return None
    if math.isfinite(mark.mid) and mark.bid <= mark.ask:
        return exact(mark.mid)
    if mark.right is not None and is_long:
        return max(exact(mark.bid) or _NOTHING, _NOTHING)
    last = exact(mark.last)
    if mark.right is None:
        return last if last is not None else exact(mark.spot)
    ask = exact(mark.ask)
    return ask if ask is not None else last


def _after(book: Book, currency: str, trades: Sequence[Trade]) -> list[tuple[PaperContract, int]]:
    held = {key: (holding.contract, holding.quantity) for key, holding in book.holdings.items()}
    for contract, signed in trades:
        _, before = held.get(contract.key, (contract, 0))
        held[contract.key] = (contract, before + signed)
    return [one for one in held.values() if one[1] and one[0].currency == currency]
