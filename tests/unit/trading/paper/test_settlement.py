"""What becomes of positions when their contracts settle."""

from decimal import Decimal

import pytest
from orders import CALL, PUT
from paper_world import (
    EXPIRY,
    INDEX,
    NIFTY_CALL,
    STOCK,
    STOCK_CALL,
    STOCK_PUT,
    UNKNOWN,
    PaperFloor,
    a_mark,
    buy,
    sell,
    utc,
)

from voldesk.model.orders import Side
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.trading.paper.settlement import is_at_open

_MORNING_CALL = "us SPX 20251017 000006700000000 C"  # AM-settled: the third Friday's opening
_OPENING = utc("2025-10-17T13:30:00")


def _settled(floor: PaperFloor) -> list[tuple[str, Side, int, Decimal]]:
    return [(fill.key, fill.side, fill.quantity, fill.price) for fill in floor.fills("")]


@pytest.mark.parametrize(
    ("key", "spot", "worth"),
    [
        (CALL, 6710.25, "10.25"),
        (CALL, 6700.01, "0.01"),
        (CALL, 6700.00, "0"),
        (PUT, 6690.5, "9.5"),
        (PUT, 6710.25, "0"),
    ],
)
def test_index_options_are_paid_in_cash(key: str, spot: float, worth: str) -> None:
    """Long and short, at what the last spot before settlement makes them worth."""
    floor = PaperFloor()
    floor.place(buy("b", 3, key))
    floor.quote(CALL, spot=spot)
    floor.quote(PUT, spot=spot)
    floor.at(EXPIRY - NS_PER_SECOND)
    before = floor.book.cash["USD"]
    floor.shown.change(key, spot=9999.0)
    floor.at(EXPIRY)
    assert _settled(floor) == [(key, Side.SELL, 3, Decimal(worth))]
    assert floor.book.cash["USD"] - before == 300 * Decimal(worth)
    assert not floor.book.holdings


def test_what_was_sold_is_paid_for() -> None:
    """A short call in the money costs its worth."""
    floor = PaperFloor()
    floor.place(sell("s", 1))
    floor.quote(spot=6705.0)
    before = floor.book.cash["USD"]
    floor.at(EXPIRY)
    assert _settled(floor) == [(CALL, Side.BUY, 1, Decimal(5))]
    assert floor.book.cash["USD"] - before == -500
    assert floor.book.realised["USD"] == Decimal(120) - 1 - 500


@pytest.mark.parametrize(
    ("key", "side", "spot", "shares"),
    [
        (STOCK_CALL, Side.BUY, 231.0, 200),
        (STOCK_CALL, Side.SELL, 231.0, -200),
        (STOCK_PUT, Side.BUY, 229.0, -200),
        (STOCK_PUT, Side.SELL, 229.0, 200),
        (STOCK_PUT, Side.BUY, 230.0, 0),
    ],
)
def test_stock_options_move_shares_at_the_strike(
    key: str, side: Side, spot: float, shares: int
) -> None:
    """Exercised or assigned, whoever holds what is in the money."""
    floor = PaperFloor(a_mark(key))
    floor.place((buy if side is Side.BUY else sell)("o", 2, key))
    floor.quote(key, spot=spot)
    before = floor.book.cash["USD"]
    floor.at(EXPIRY)
    assert floor.held(key) == 0
    assert floor.held(STOCK) == shares
    assert floor.book.cash["USD"] - before == -shares * 230
    if shares:
        assert floor.book.holdings[STOCK].average_price == 230


def test_an_indian_exercise_is_taxed() -> None:
    """0.125 per cent of the worth until April 2026."""
    floor = PaperFloor(a_mark(NIFTY_CALL, 100.0, 100.05), now=utc("2025-10-20T07:00:00"))
    floor.place(buy("n", 1, NIFTY_CALL))
    floor.quote(NIFTY_CALL, spot=25100.0)
    floor.at(utc("2025-10-20T10:00:00"))
    (fill,) = floor.fills("")
    assert (fill.price, fill.commission) == (Decimal(100), Decimal("8.125"))


def test_a_morning_contract_settles_at_the_first_spot_after_the_opening() -> None:
    """Yesterday's last price is not the opening's, and the time alone brings none."""
    floor = PaperFloor(a_mark(_MORNING_CALL))
    floor.place(buy("b", 1, _MORNING_CALL))
    floor.quote(_MORNING_CALL, spot=6750.0)
    contract = floor.book.holdings[_MORNING_CALL].contract
    assert contract.settles_at == _OPENING
    assert is_at_open(contract)
    floor.at(_OPENING)
    assert floor.venue.unsettled == {_MORNING_CALL}
    floor.now += 2 * NS_PER_SECOND
    floor.quote(_MORNING_CALL, spot=6702.0)
    assert _settled(floor) == [(_MORNING_CALL, Side.SELL, 1, Decimal(2))]
    assert not floor.venue.unsettled


def test_a_spot_seen_too_late_is_not_the_settlement() -> None:
    """Within a quarter of an hour the first spot does; later somebody has to tell."""
    for late_secs, is_settled in ((900, True), (901, False)):
        floor = PaperFloor()
        floor.place(buy("b", 1))
        floor.shown.change(CALL, spot=6701.0)
        floor.at(EXPIRY + late_secs * NS_PER_SECOND)
        assert (not floor.book.holdings) is is_settled
        assert (CALL in floor.venue.unsettled) is not is_settled


def test_a_spot_that_is_not_known_is_not_remembered() -> None:
    """The last one that was known counts."""
    floor = PaperFloor()
    floor.place(buy("b", 1))
    floor.now = EXPIRY - 60 * NS_PER_SECOND
    floor.quote(spot=6704.0)
    floor.quote(spot=UNKNOWN)
    floor.at(EXPIRY)
    assert _settled(floor) == [(CALL, Side.SELL, 1, Decimal(4))]


def test_the_underlyings_own_mark_tells_when_the_chain_is_gone() -> None:
    """And without either nothing is settled."""
    floor = PaperFloor()
    floor.place(buy("b", 1), buy("p", 1, PUT))
    floor.shown.marks.clear()
    floor.at(EXPIRY)
    assert floor.venue.unsettled == {CALL, PUT}
    floor.shown.show(a_mark(INDEX, UNKNOWN, UNKNOWN, spot=6703.0))
    floor.wait(1)
    assert sorted(_settled(floor)) == [
        (CALL, Side.SELL, 1, Decimal(3)),
        (PUT, Side.SELL, 1, Decimal(0)),
    ]
    assert not floor.venue.unsettled


def test_what_never_settles_is_left_alone() -> None:
    """Shares have no last day."""
    floor = PaperFloor(a_mark(STOCK, 230.0, 230.1))
    floor.place(buy("b", 1, STOCK))
    floor.wait(400 * 86_400)
    holding = floor.book.holdings[STOCK]
    assert holding.quantity == 1
    assert not is_at_open(holding.contract)
    with pytest.raises(ValueError, match="not due"):
        floor.venue.settle(STOCK, Decimal(1), floor.now)
