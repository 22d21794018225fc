"""What of a mark outlives its chain."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from orders import CALL
from paper_world import EXPIRY, INDEX, NIFTY_CALL, STOCK, STOCK_PUT, UNKNOWN, a_mark

from voldesk.model.enums import Market
from voldesk.model.traded import Kind
from voldesk.trading.paper.contracts import (
    contract_of,
    exact,
    on_tick,
    price_grid,
    stock_of,
)


def test_an_option_keeps_its_terms() -> None:
    """Everything that settling it takes."""
    contract = contract_of(a_mark())
    assert contract is not None
    assert (contract.root, contract.symbol, contract.underlying) == ("SPXW", "SPX", INDEX)
    assert (contract.kind, contract.market, contract.is_call) == (Kind.OPTION, Market.US, True)
    assert (contract.strike, contract.multiplier) == (Decimal(6700), Decimal(100))
    assert contract.settles_at == EXPIRY


@pytest.mark.parametrize(
    ("key", "kind"), [(STOCK, Kind.STOCK), (INDEX, Kind.INDEX), ("deribit BTC", Kind.CRYPTO)]
)
def test_an_underlying_is_what_its_market_deals_in(key: str, kind: Kind) -> None:
    """It has no terms but its price."""
    contract = contract_of(a_mark(key, 100.0, 100.1))
    assert contract is not None
    assert (contract.kind, contract.symbol) == (kind, key.split()[1])
    assert contract.settles_at is None


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "mars AMZN"},
        {"key": "us"},
        {"multiplier": UNKNOWN},
        {"multiplier": 0.0},
        {"strike": UNKNOWN},
        {"settles_at": None},
    ],
    ids=str,
)
def test_terms_that_are_not_known_make_no_contract(changes: dict[str, Any]) -> None:
    """Nothing is guessed."""
    assert contract_of(replace(a_mark(), **changes)) is None


def test_stock_options_move_stock_and_index_options_money() -> None:
    """An index cannot be delivered."""
    put, call, nifty = (contract_of(a_mark(key)) for key in (STOCK_PUT, CALL, NIFTY_CALL))
    assert put is not None
    assert call is not None
    assert nifty is not None
    stock = stock_of(put)
    assert stock is not None
    assert (stock.key, stock.kind) == (STOCK, Kind.STOCK)
    assert stock.multiplier == 1
    assert stock_of(call) is None
    assert stock_of(nifty) is None


def test_floats_are_the_numbers_they_were_written_as() -> None:
    """A price of 0.1 is a tenth; what is not finite is not known."""
    assert [exact(one) for one in (0.1, 3 * 0.05, 230.0, 1e-05)] == [
        Decimal("0.1"),
        Decimal("0.15"),
        Decimal(230),
        Decimal("0.00001"),
    ]
    assert exact(UNKNOWN) is None
    assert exact(float("inf")) is None


def test_the_grid_of_an_order_is_that_of_its_finest_leg() -> None:
    """One that is not known leaves it unknown, and prices as they are."""
    coarse, fine = a_mark(), a_mark(tick_size=0.01)
    assert price_grid([coarse, fine]) == Decimal("0.01")
    assert price_grid([coarse, a_mark(tick_size=UNKNOWN)]) is None
    assert on_tick(Decimal("1.234"), Decimal("0.05")) == Decimal("1.25")
    assert on_tick(Decimal("1.234"), None) == Decimal("1.234")
