"""
What becomes of options when they settle.

A contract settles at the spot seen last before its settlement instant; one that settles at the
opening (`roots.AM_SETTLED`) at the first seen after it, which stands for the special opening
quotation. An option in the money by 0.01 or more is exercised: on an index, a coin or a future it
is paid its worth in cash, on a stock the shares change hands at the strike, long and short alike.
Below that it ends worthless. An exercise costs `fees_tables.exercise_schedule`; delivering shares
costs nothing more, and an option on a future is paid in cash instead of the future.

Short American options are never assigned before they expire here: when a holder exercises early is
his decision, and a rule for it would be a guess. A live account can be assigned any evening, most
of all before a dividend. Nor does anybody sell what an account cannot pay for: shares that were
delivered stay until they are traded, which takes a feed that quotes them.
"""

from decimal import Decimal

from voldesk.model.orders import Side
from voldesk.model.sessions import NS_PER_SECOND, is_trading_day, local_date, session_open
from voldesk.trading.marks import Marks
from voldesk.trading.paper.book import Book
from voldesk.trading.paper.clearing import line_of
from voldesk.trading.paper.contracts import PaperContract, exact, stock_of
from voldesk.trading.paper.costs import exercise_cost
from voldesk.trading.paper.records import Executed

LEAST_WORTH = Decimal("0.01")
_NOTHING = Decimal(0)


class Spots:
    """
    The last spots of underlyings that something held is written on, and when they were seen.

    Args:
        marks: Where they are seen.
        within_secs: How far from settlement one counts.
    """

    def __init__(self, marks: Marks, within_secs: float) -> None:
        self._marks = marks
        self._within_ns = round(within_secs * NS_PER_SECOND)
        self._seen: dict[str, tuple[Decimal, int]] = {}

    def watch(self, contract: PaperContract, now: int) -> None:
        """Remember the spot of a contract that has not settled yet."""
        spot = self._now(contract)
        if spot is not None:
            self._seen[contract.underlying] = (spot, now)

    def at_settlement(self, contract: PaperContract, now: int, *, is_fresh: bool) -> Decimal | None:
        """
        Return the price a contract that is due settles at, None where it is not known.

        Args:
            contract: The option.
            now: UTC ns, not before it settles.
            is_fresh: Whether its underlying's quotes have just changed.
        """
        due = contract.settles_at or now
        if is_at_open(contract):
            is_seen = is_fresh and now - due <= self._within_ns
            return self._now(contract) if is_seen else None
        spot, seen_at = self._seen.get(contract.underlying, (None, 0))
        if spot is not None and 0 <= due - seen_at <= self._within_ns:
            return spot
        return self._now(contract) if now - due <= self._within_ns else None

    def _now(self, contract: PaperContract) -> Decimal | None:
        for key in (contract.key, contract.underlying):
            mark = self._marks.mark(key)
            spot = exact(mark.spot) if mark is not None else None
            if spot is not None and spot > 0:
                return spot
        return None


def is_at_open(contract: PaperContract) -> bool:
    """Say whether a contract's worth is made of opening prices."""
    if contract.settles_at is None:
        return False
    day = local_date(contract.settles_at, contract.market)
    is_session = is_trading_day(day, contract.market)
    return is_session and contract.settles_at == session_open(day, contract.market)


def settled(book: Book, key: str, spot: Decimal, at: int) -> Executed:
    """
    Return what ends a position at settlement.

    Args:
        book: The account; it is not changed.
        key: Of an option that is held.
        spot: What it settles at.
        at: UTC ns.

    Raises:
        ValueError: What the exercise costs is not known.
    """
    holding = book.holdings[key]
    contract, quantity = holding.contract, holding.quantity
    strike = contract.strike or _NOTHING
    worth = spot - strike if contract.is_call else strike - spot
    is_exercised = worth >= LEAST_WORTH
    stock = stock_of(contract) if is_exercised else None
    price = worth if is_exercised and stock is None else _NOTHING
    fee = exercise_cost(contract, quantity, worth, at) if is_exercised else _NOTHING
    ids = book.next_execution_ids(2)
    name = f"settlement-{ids[0]}"
    lines = [
        line_of(
            book,
            contract,
            tag="",
            venue_order_id=name,
            execution_id=ids[0],
            side=Side.SELL if quantity > 0 else Side.BUY,
            quantity=abs(quantity),
            price=price,
            fee=fee,
            spot=spot,
            at=at,
        )
    ]
    if stock is not None:
        lines.append(
            line_of(
                book,
                stock,
                tag="",
                venue_order_id=name,
                execution_id=ids[1],
                side=Side.BUY if (quantity > 0) is contract.is_call else Side.SELL,
                quantity=int(abs(quantity) * contract.multiplier),
                price=strike,
                fee=_NOTHING,
                spot=spot,
                at=at,
            )
        )
    return Executed(client_order_id="", units=0, lines=tuple(lines), at=at)
