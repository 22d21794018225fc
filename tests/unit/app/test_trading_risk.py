"""How much of each limit is used."""

from math import isnan, nan

import pytest
from hand_desk import CALL, LATER_CALL, OTHER, HandMarks, a_mark
from orders import an_intent

from voldesk.app.trading_risk import uses_of
from voldesk.gateways.order_desk import Use
from voldesk.model.events import Counted, Decided
from voldesk.model.orders import Leg
from voldesk.trading.ledger import Ledger
from voldesk.trading.limits import Limits
from voldesk.trading.portfolio import Portfolio, PortfolioSettings

LIMITS = Limits()


def used(ledger: Ledger, *, day_pnl: float = 0.0, without: str = "") -> dict[str, Use]:
    """Return the use of every limit, one contract being unknown to the market."""
    marks = HandMarks(*(a_mark(key) for key in (CALL, LATER_CALL, OTHER) if key != without))
    holdings = Portfolio(marks, PortfolioSettings()).holdings(ledger)
    found = uses_of(
        LIMITS,
        ledger,
        holdings,
        sent=(1, 2),
        trades_today=3,
        day_pnl=day_pnl,
        drawdown=4.0,
    )
    assert len({one.name for one in found}) == len(found)
    assert all(one.limit == getattr(LIMITS, one.name) for one in found)
    return {one.name: one for one in found}


def holding(**counts: int) -> Ledger:
    """Return a ledger of positions that were there before."""
    ledger = Ledger()
    keys = {"call": CALL, "later": LATER_CALL, "other": OTHER}
    ledger.apply(Counted(base={keys[name]: count for name, count in counts.items()}, at=1))
    return ledger


def test_nothing_held_uses_nothing() -> None:
    """Every limit is there with what was sent."""
    found = used(Ledger())
    assert (found["orders_per_sec"].used, found["orders_per_min"].used) == (1, 2)
    assert (found["trades_per_day"].used, found["drawdown"].used) == (3, 4.0)
    assert (found["underlying_contracts"].used, found["underlying_delta"].of) == (0, "")
    assert found["book_vega"].used == 0.0


def test_the_fullest_underlying_and_expiry_count() -> None:
    """Long and short are added up, and so is what works."""
    ledger = holding(call=-3, later=2, other=4)
    intent = an_intent("vd-1", 2, legs=(Leg(CALL), Leg(LATER_CALL, -3)), underlying="AMZN")
    ledger.apply(Decided(intent=intent, reason="", checks=(), at=1))
    found = used(ledger)
    assert (found["open_orders"].used, found["underlying_contracts"].of) == (1, "AMZN")
    assert found["underlying_contracts"].used == 3 + 2 + 2 + 6
    assert (found["expiry_contracts"].used, found["expiry_contracts"].of) == (8, "AMZN 2026-02-20")


def test_greeks_are_those_of_the_underlying_that_has_most() -> None:
    """Below zero counts as above; the book has the sum."""
    found = used(holding(call=-3, other=1))
    one = 100 * 0.45 * 198.0
    assert found["underlying_delta"].used == pytest.approx(3 * one)
    assert found["underlying_delta"].of == "AMZN"
    assert found["book_delta"].used == pytest.approx(2 * one)


def test_what_is_not_known_may_be_the_most() -> None:
    """An underlying whose Greeks are not known is named, and the book is not known either."""
    found = used(holding(call=5, other=1), without=OTHER)
    assert isnan(found["underlying_vega"].used)
    assert found["underlying_vega"].of == "MSFT"
    assert isnan(found["book_vega"].used)


@pytest.mark.parametrize(("pnl", "loss"), [(-7.0, 7.0), (7.0, 0.0)])
def test_a_loss_counts_and_a_profit_does_not(pnl: float, loss: float) -> None:
    """Of the day."""
    assert used(Ledger(), day_pnl=pnl)["day_loss"].used == loss
    assert isnan(used(Ledger(), day_pnl=nan)["day_loss"].used)
