"""What a fill is on the books before it is in them."""

from decimal import Decimal

from orders import CALL
from paper_world import START, PaperFloor, a_mark, buy

from voldesk.model.orders import Side
from voldesk.trading.paper.clearing import line_of
from voldesk.trading.paper.contracts import contract_of


def test_a_line_has_its_profit_and_leaves_the_book_alone() -> None:
    """Two bought at 1.25 for 1.30; one sold at 2 for 1."""
    floor = PaperFloor()
    floor.place(buy("b", 2))
    contract = contract_of(a_mark())
    assert contract is not None

    def line(side: Side) -> Decimal | None:
        return line_of(
            floor.book,
            contract,
            tag="s",
            venue_order_id="v",
            execution_id="x",
            side=side,
            quantity=1,
            price=Decimal(2),
            fee=Decimal(1),
            spot=None,
            at=START,
        ).realised

    assert line(Side.SELL) == Decimal(75) - Decimal("0.65") - 1
    assert line(Side.BUY) is None
    assert floor.held() == 2
    assert floor.book.holdings[CALL].fees == Decimal("1.30")
