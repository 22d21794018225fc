"""When stops move and are set off, and when orders end."""

from decimal import Decimal
from typing import Any

import pytest
from orders import CALL
from paper_world import CLOSE, EXPIRY, START, a_mark, an_order, utc

from voldesk.model.enums import Market
from voldesk.model.orders import Leg, OrderType, Side, TimeInForce
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.trading.paper.conditions import awaits_close, closes_at, end_of, follow
from voldesk.trading.paper.contracts import contract_of
from voldesk.trading.paper.ticket import Ticket

TICK = Decimal("0.05")


def _ticket(side: Side, **terms: Any) -> Ticket:
    contract = contract_of(a_mark())
    assert contract is not None
    return Ticket(an_order("o", side, 1, (Leg(CALL),), **terms), "v1", (contract,), START)


def _see(ticket: Ticket, *prices: str) -> list[tuple[Decimal, Decimal | None, bool]]:
    """Let an order see prices; return how it moved."""
    moves = []
    for price in prices:
        moved = follow(ticket, Decimal(price), TICK, START)
        if moved is not None:
            moves.append((moved.stop_price, moved.limit_price, moved.is_triggered))
            ticket.stop_price, ticket.limit_price = moved.stop_price, moved.limit_price
            ticket.is_triggered = moved.is_triggered
    return moves


@pytest.mark.parametrize(
    ("side", "away", "reached"), [(Side.BUY, "0.99", "1"), (Side.SELL, "1.01", "1")]
)
def test_a_stop_is_reached_from_its_side(side: Side, away: str, reached: str) -> None:
    """A buyer's by a rise, a seller's by a fall; at the price itself."""
    ticket = _ticket(side, stop_price="1", order_type=OrderType.STOP)
    assert _see(ticket, away) == []
    assert _see(ticket, reached) == [(Decimal(1), None, True)]


def test_a_trail_begins_at_the_market_and_never_turns_back() -> None:
    """By an amount, on the price grid."""
    ticket = _ticket(Side.BUY, trail_amount="0.20", order_type=OrderType.TRAIL)
    moves = _see(ticket, "1.00", "1.10", "0.90", "1.05", "1.10")
    assert moves == [
        (Decimal("1.20"), None, False),
        (Decimal("1.10"), None, False),
        (Decimal("1.10"), None, True),
    ]


def test_a_trail_by_per_cent_is_of_the_price() -> None:
    """Ten per cent under 2.00 is 1.80; where it is to begin may be told."""
    ticket = _ticket(Side.SELL, trail_pct="10", stop_price="1.50", order_type=OrderType.TRAIL)
    assert _see(ticket, "1.60", "2.00") == [(Decimal("1.80"), None, False)]


def test_the_limit_of_a_trail_keeps_its_distance() -> None:
    """Limit less stop as asked for, wherever the stop has come."""
    terms = {"trail_amount": "0.20", "stop_price": "1.00", "limit_price": "0.90"}
    ticket = _ticket(Side.SELL, order_type=OrderType.TRAIL_LIMIT, **terms)
    assert _see(ticket, "1.50", "1.30") == [
        (Decimal("1.30"), Decimal("1.20"), False),
        (Decimal("1.30"), Decimal("1.20"), True),
    ]


def test_a_trail_without_a_distance_works_at_its_stop() -> None:
    """A limit alone says none, as at IB."""
    plain = _ticket(Side.SELL, order_type=OrderType.TRAIL_LIMIT, trail_amount="0.20")
    assert _see(plain, "1.50", "1.20")[-1] == (Decimal("1.30"), Decimal("1.30"), True)
    alone = _ticket(
        Side.SELL, order_type=OrderType.TRAIL_LIMIT, trail_amount="0.20", limit_price="1.10"
    )
    assert _see(alone, "1.50", "1.20")[-1] == (Decimal("1.30"), Decimal("1.30"), True)


@pytest.mark.parametrize(
    ("time_in_force", "now", "is_open", "reason"),
    [
        (TimeInForce.DAY, CLOSE, True, ""),
        (TimeInForce.DAY, START, False, "the session is over"),
        (TimeInForce.DAY, utc("2025-10-17T04:00:00"), True, "the session is over"),
        (TimeInForce.GTC, utc("2025-10-17T04:00:00"), False, ""),
        (TimeInForce.GTC, EXPIRY, True, f"{CALL} has settled"),
    ],
)
def test_when_an_order_ends(
    time_in_force: TimeInForce, now: int, is_open: bool, reason: str
) -> None:
    """Its time in force and its contract say so."""
    ticket = _ticket(Side.BUY, time_in_force=time_in_force)
    assert end_of(ticket, now, is_open=is_open) == reason


def test_an_order_on_close_ends_with_the_calendars_session() -> None:
    """Even where the market is shown to trade on."""
    ticket = _ticket(Side.BUY, order_type=OrderType.MARKET_ON_CLOSE)
    assert end_of(ticket, CLOSE - 1, is_open=True) == ""
    assert end_of(ticket, CLOSE, is_open=True) == "the session has closed"
    closing = 10 * NS_PER_SECOND
    assert awaits_close(ticket, CLOSE - closing - 1, closing)
    assert not awaits_close(ticket, CLOSE - closing, closing)
    assert not awaits_close(_ticket(Side.BUY), START, closing)


def test_a_day_without_a_session_has_no_close() -> None:
    """A Saturday."""
    assert closes_at(utc("2025-10-18T15:00:00"), Market.US) is None
    assert closes_at(START, Market.US) == CLOSE
