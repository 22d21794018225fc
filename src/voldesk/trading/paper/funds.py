"""What an order would cost and bind, and whether the account has it."""

from collections.abc import Sequence
from decimal import Decimal

from voldesk.model.events import Margin
from voldesk.model.orders import Intent, Side
from voldesk.trading.marks import Marks
from voldesk.trading.paper.account import Trade, lendable_of, margin_of
from voldesk.trading.paper.book import Book
from voldesk.trading.paper.contracts import PaperContract, exact
from voldesk.trading.paper.costs import cost_of
from voldesk.trading.paper.matching import opposite

_NOTHING = Decimal(0)


def refusal(
    book: Book, marks: Marks, intent: Intent, contracts: Sequence[PaperContract], now: int
) -> str:
    """
    Say why the account cannot carry an order, "" if it can; what is not known it cannot.

    An order that brings every position of its legs nearer to zero is always carried. What the
    parent of an order is still to trade counts as traded, since the order waits for it.
    """
    ahead = _ahead(book, intent)
    if all(_closes(book, trade, ahead) for trade in _trades(intent, contracts)):
        return ""
    found = margin(book, marks, intent, contracts, now, ())
    if found is None:
        return "what it would bind cannot be told: a price is not known"
    if found.initial_after > found.equity_after:
        currency = contracts[0].currency
        return (
            f"it needs a margin of {found.initial_after:.2f} {currency},"
            f" {found.equity_after:.2f} would be there"
        )
    return ""


def margin(
    book: Book,
    marks: Marks,
    intent: Intent,
    contracts: Sequence[PaperContract],
    now: int,
    warnings: Sequence[str],
) -> Margin | None:
    """
    Return what would be bound if an order filled whole, None where a price is not known.

    Equity is what counts against margin: cash and stocks, no options.

    Raises:
        ValueError: What it costs is not known.
    """
    trades = _trades(intent, contracts)
    after = [*_ahead(book, intent), *trades]
    currency = contracts[0].currency
    net = _net_price(marks, intent)
    need = margin_of(book, marks, currency, after)
    stocks = lendable_of(book, marks, currency, after)
    if net is None or need is None or stocks is None:
        return None
    fee = sum((_cost(marks, intent, trade, now) for trade in trades), _NOTHING)
    units = intent.side.sign * intent.terms.quantity
    spent = units * net * contracts[0].multiplier + fee
    return Margin(
        initial_after=need.initial,
        maintenance_after=need.maintenance,
        equity_after=book.cash.get(currency, _NOTHING) - spent + stocks,
        commission=fee,
        warnings=tuple(warning for warning in warnings if warning),
    )


def _trades(intent: Intent, contracts: Sequence[PaperContract]) -> list[Trade]:
    units = intent.side.sign * intent.terms.quantity
    return [
        Trade(contract, units * leg.ratio)
        for contract, leg in zip(contracts, intent.legs, strict=True)
    ]


def _ahead(book: Book, intent: Intent) -> list[Trade]:
    """Return what the parent of an order is still to trade."""
    parent = book.live.get(intent.parent_id or "")
    if parent is None:
        return []
    return [
        Trade(contract, side.sign * ratio * parent.remaining)
        for contract, ratio, side in parent.legs
    ]


def _closes(book: Book, trade: Trade, ahead: Sequence[Trade]) -> bool:
    key = trade.contract.key
    held = book.quantity(key) + sum(one.signed for one in ahead if one.contract.key == key)
    return held * trade.signed < 0 and abs(trade.signed) <= abs(held)


def _net_price(marks: Marks, intent: Intent) -> Decimal | None:
    """
    Return the price an order is judged by.

    It is its limit, its stop, or what it would meet now; of a sale the lower of limit and bid,
    since a limit that nobody pays brings no money.
    """
    terms = intent.terms
    if terms.limit_price is None:
        return terms.stop_price if terms.stop_price is not None else _shown_price(marks, intent)
    shown = _shown_price(marks, intent)
    if intent.side is Side.BUY or shown is None:
        return terms.limit_price
    return min(terms.limit_price, shown)


def _shown_price(marks: Marks, intent: Intent) -> Decimal | None:
    net = _NOTHING
    for leg in intent.legs:
        shown = _leg_price(marks, intent, leg.key, leg.ratio)
        if shown is None:
            return None
        net += leg.ratio * shown
    return net


def _leg_price(marks: Marks, intent: Intent, key: str, ratio: int) -> Decimal | None:
    mark = marks.mark(key)
    side = intent.side if ratio > 0 else intent.side.other
    return exact(opposite(mark, side)[0]) if mark is not None else None


def _cost(marks: Marks, intent: Intent, trade: Trade, now: int) -> Decimal:
    """Return the charges of one leg: at its quote, or at the order's price where it has none."""
    contract, signed = trade
    shown = _leg_price(marks, intent, contract.key, signed * intent.side.sign)
    price = shown if shown is not None else (_net_price(marks, intent) or _NOTHING)
    mark = marks.mark(contract.key)
    spot = exact(mark.spot) if mark is not None else None
    side = intent.side if signed * intent.side.sign > 0 else intent.side.other
    return cost_of(contract, side, abs(signed), price, spot, now)
