"""Indices, currencies, coins, bonds and the rest."""

import pytest

from voldesk.simulator.ib.catalogue import PRODUCTS
from voldesk.simulator.ib.elsewhere import BONDS, COINS, FOREIGN, FOREX, INDICES, OTHERS

EVERY = (*FOREIGN, *INDICES, *FOREX, *COINS, *BONDS, *OTHERS)


@pytest.mark.parametrize(
    ("symbol", "con_id"), [("SPX", 416904), ("DAX", 825711), ("ES", 11004968), ("VIX", 13455763)]
)
def test_indices_have_the_venues_numbers(symbol: str, con_id: int) -> None:
    """Index numbers that are public are the venue's."""
    assert {product.symbol: product.con_id for product in INDICES}[symbol] == con_id


def test_pairs_are_named_by_both_currencies() -> None:
    """A pair's local symbol is ``EUR.USD``; the yen is quoted in half pips of its own."""
    pairs = {product.local_symbol: product for product in FOREX}
    assert pairs["EUR.USD"].con_id == 12087792
    assert pairs["USD.JPY"].tick == 0.005
    assert pairs["EUR.USD"].tick == 0.00005


def test_bonds_have_a_coupon_a_maturity_and_ids() -> None:
    """Each bond can be asked for by ISIN and CUSIP."""
    for bond in BONDS:
        assert bond.matures is not None
        assert bond.coupon > 0.0
        assert set(dict(bond.sec_ids)) == {"CUSIP", "ISIN"}


def test_followers_follow_what_is_listed() -> None:
    """Every leader is a product, and none follows itself in a circle."""
    for product in EVERY:
        chain = [product.key]
        while PRODUCTS[chain[-1]].leader is not None:
            leader = PRODUCTS[chain[-1]].leader
            assert leader is not None
            assert leader.key not in chain
            chain.append(leader.key)


def test_coins_are_sold_in_parts() -> None:
    """Coins trade in fractions of one at Paxos."""
    assert {coin.symbol for coin in COINS} >= {"BTC", "ETH"}
    assert all(coin.exchange == "PAXOS" and coin.size_step < 1e-6 for coin in COINS)


def test_listings_abroad_are_in_their_own_currency() -> None:
    """One symbol, other homes, other currencies, other numbers."""
    assert {product.symbol for product in FOREIGN} == {"AMD"}
    assert len({(product.exchange, product.currency, product.con_id) for product in FOREIGN}) == 2
