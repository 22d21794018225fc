"""The stocks of the price list."""

from voldesk.simulator.ib.catalogue import PRODUCTS
from voldesk.simulator.ib.stocks import ROUTED, STOCKS

ASKED_FOR = {"AAPL", "MSFT", "AMZN", "TSLA", "SPY", "GOOG", "IBM", "META", "NVDA", "PLTR", "AMC"}


def test_every_stock_clients_ask_for_is_there() -> None:
    """The names in the test suites of client libraries are listed."""
    assert {product.symbol for product in STOCKS} >= ASKED_FOR


def test_numbers_are_the_venues_and_once_each() -> None:
    """Each stock has its public number, and no two share one."""
    numbers = [product.con_id for product in STOCKS]
    assert all(numbers)
    assert len(set(numbers)) == len(numbers)
    assert {p.symbol: p.con_id for p in STOCKS}["AAPL"] == 265598


def test_stocks_are_routed_from_a_home() -> None:
    """The home of each is one of its routes, SMART the first, ISLAND none: it is NASDAQ now."""
    assert ROUTED[0] == "SMART"
    assert "ISLAND" not in ROUTED
    assert all(product.exchange in product.exchanges for product in STOCKS)


def test_leaders_exist_and_isins_hold_cusips() -> None:
    """What a fund follows is listed; the CUSIP is the middle of the ISIN."""
    for product in STOCKS:
        assert product.leader is None or product.leader.key in PRODUCTS
        ids = dict(product.sec_ids)
        assert not ids or ids["ISIN"][2:11] == ids["CUSIP"]
