"""What a fill is on the books: one line per contract, with its cost and the profit it realised."""

from dataclasses import replace
from decimal import Decimal

from voldesk.model.orders import Fill, Side
from voldesk.trading.paper.book import Book
from voldesk.trading.paper.contracts import PaperContract
from voldesk.trading.paper.records import Line


def line_of(
    book: Book,
    contract: PaperContract,
    *,
    tag: str,
    venue_order_id: str,
    execution_id: str,
    side: Side,
    quantity: int,
    price: Decimal,
    fee: Decimal,
    spot: Decimal | None,
    at: int,
) -> Line:
    """Return the line of one contract that changes hands; the book is not changed."""
    holding = book.holdings.get(contract.key)
    realised = None
    if holding is not None:
        realised = replace(holding).trade(side.sign * quantity, price, fee)
    fill = Fill(
        execution_id=execution_id,
        client_order_id=tag,
        venue_order_id=venue_order_id,
        account=book.account,
        key=contract.key,
        side=side,
        quantity=quantity,
        price=price,
        ts_event=at,
        commission=fee,
        currency=contract.currency,
    )
    return Line(fill=fill, contract=contract, realised=realised, spot=spot)
