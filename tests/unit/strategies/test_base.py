import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from live_world import NOON
from strategy_world import StrategyChain, a_row

from voldesk.model.enums import Right
from voldesk.model.orders import LONGEST_ID
from voldesk.strategies.base import Position, order_id, profit_pct

KEY = "us SPXW 20261030 000000100000000 C"


def test_a_row_is_the_contract_of_its_place(market: Any) -> None:
    """Found by its key, with the figures of the table."""
    update = StrategyChain(market).update()
    row = update.find(KEY)
    assert row is not None
    assert (row.right, row.strike, row.is_sound, row.tick_size) == (Right.CALL, 100.0, True, 0.01)
    place = update.keys.tolist().index(KEY)
    assert row.iv == update.table.rows.iv[place]
    assert repr(row) == repr(update.row(place))  # NaN is not itself


def test_a_contract_of_another_chain_is_not_found(market: Any) -> None:
    """None, and the underlying has a key of its own."""
    update = StrategyChain(market).update()
    assert update.find("us SPY 20261030 000000100000000 C") is None
    assert update.underlying_key == "us SPX"


@given(
    st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=60),
    st.integers(0, 2**63 - 1),
    st.integers(0, 99),
)
def test_an_order_id_can_be_carried(name: str, now: int, number: int) -> None:
    """Printable, short enough, and another one at any other instant or place."""
    made = order_id(name, "BANKNIFTY", now, number)
    assert 1 <= len(made) <= LONGEST_ID
    assert made.isascii()
    assert made.isprintable()
    assert made != order_id(name, "BANKNIFTY", now + 1, number)
    assert made != order_id(name, "BANKNIFTY", now, number + 1)
    assert made == order_id(name, "BANKNIFTY", now, number)


def test_an_order_id_says_whose_it_is() -> None:
    """The strategy, then the underlying."""
    assert order_id("bot", "SPX", NOON, 2).startswith("bot-SPX-")
    assert order_id("bot", "SPX", 0, 0) == "bot-SPX-0-0"


@pytest.mark.parametrize(
    ("quantity", "paid", "made"),
    [(2, "1.00", 90.0), (-2, "1.00", -110.0), (2, "1.90", 0.0), (-2, "4.20", 50.0)],
)
def test_profit_is_marked_where_it_can_be_had(quantity: int, paid: str, made: float) -> None:
    """At the bid of what was bought, at the ask of what was sold."""
    position = Position(key=KEY, quantity=quantity, average_price=Decimal(paid))
    assert profit_pct(position, a_row()) == pytest.approx(made)


@pytest.mark.parametrize(
    ("paid", "changes"),
    [
        (None, {}),
        (Decimal(0), {}),
        (Decimal(1), {"is_sound": False}),
        (Decimal(1), {"bid": math.nan}),
    ],
)
def test_profit_of_the_unknown_is_unknown(paid: Decimal | None, changes: dict[str, Any]) -> None:
    """Without a price paid, a live quote or a way out it is NaN."""
    position = Position(key=KEY, quantity=1, average_price=paid)
    assert math.isnan(profit_pct(position, a_row(**changes)))
