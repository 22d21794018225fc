import numpy as np
import pytest
from deribit_world import MS, NOW, small_market

from voldesk.model.instruments import parse_deribit
from voldesk.simulator.deribit.catalogue import Catalogue, list_market
from voldesk.simulator.market.market import SyntheticMarket


@pytest.fixture(scope="module")
def market() -> SyntheticMarket:
    """Two expiries of seven strikes."""
    return small_market()


@pytest.fixture(scope="module")
def catalogue(market: SyntheticMarket) -> Catalogue:
    """Of that market."""
    return list_market(market)


def test_every_contract_is_listed_in_coin_and_in_currency(
    market: SyntheticMarket, catalogue: Catalogue
) -> None:
    """Under Deribit's names, which say the same as the listing."""
    options = int(np.count_nonzero(market.listing.is_option))
    assert len(catalogue.instruments) == 2 * options
    assert np.count_nonzero(catalogue.is_coin) == options
    for number, one in enumerate(catalogue.instruments):
        contract, row = parse_deribit(one.instrument_name), catalogue.row[number]
        assert contract.strike == one.strike == market.listing.strike[row]
        assert contract.is_call == (one.option_type == "call") == market.listing.is_call[row]
        assert np.datetime64(contract.expiry) == market.listing.expiry[row]
        assert (contract.root == "BTC") == catalogue.is_coin[number]
        assert catalogue.by_name[one.instrument_name] == number
        assert one.expiration_timestamp == catalogue.settles[number] // MS
        assert one.expiration_timestamp > NOW // MS


def test_what_each_class_is_paid_in(catalogue: Catalogue) -> None:
    """Coin on Deribit's price steps, or USDC on the market's."""
    coin, linear = catalogue.instruments[0], catalogue.instruments[-1]
    assert (coin.settlement_currency, coin.price_index) == ("BTC", "btc_usd")
    assert (coin.instrument_type, coin.tick_size) == ("reversed", 0.0001)
    assert coin.tick_size_steps[0].above_price == 0.005
    assert (linear.settlement_currency, linear.price_index) == ("USDC", "btc_usdc")
    assert (linear.instrument_type, linear.tick_size_steps) == ("linear", ())


def test_each_index_has_its_contracts(catalogue: Catalogue) -> None:
    """Both are the market's spot."""
    assert catalogue.spots == {"btc_usd": 0, "btc_usdc": 0}
    assert catalogue.is_coin[catalogue.contracts["btc_usd"]].all()
    assert not catalogue.is_coin[catalogue.contracts["btc_usdc"]].any()


def test_only_contracts_of_deribit(market: SyntheticMarket) -> None:
    """The other underlyings of a market are not listed."""
    mixed = SyntheticMarket(("MSFT", "BTC"), 7, market.now)
    names = {one.base_currency for one in list_market(mixed).instruments}
    assert names == {"BTC"}
