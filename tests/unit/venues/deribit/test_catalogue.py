import numpy as np
import pytest
from deribit_world import instrument

from voldesk.model.errors import ConfigError
from voldesk.venues.deribit.catalogue import build_catalogue
from voldesk.venues.deribit.settings import DeribitSettings

BOTH = DeribitSettings(underlyings=("BTC", "SOL"))


def test_underlyings_stand_before_their_contracts() -> None:
    """By expiry, class, strike and right, whatever the order they were listed in."""
    names = [
        "SOL_USDC-27NOV26-1d5-P",
        "BTC-27NOV26-95000-P",
        "BTC_USDC-27NOV26-90000-C",
        "BTC-27NOV26-95000-C",
        "BTC-21NOV26-100000-C",
        "BTC-27NOV26-90000-C",
    ]
    made = build_catalogue([instrument(name) for name in names], BOTH)
    listing = made.listing
    assert listing.symbol.tolist() == [
        "BTC",
        "BTC-21NOV26-100000-C",
        "BTC-27NOV26-90000-C",
        "BTC-27NOV26-95000-C",
        "BTC-27NOV26-95000-P",
        "BTC_USDC-27NOV26-90000-C",
        "SOL",
        "SOL_USDC-27NOV26-1d5-P",
    ]
    assert listing.key[0] == "deribit BTC"
    assert listing.underlyings == ("BTC", "SOL")
    assert made.series.tolist() == [-1, 0, 1, 1, 1, 2, -1, 3]
    assert made.spots == {"btc_usd": (0,), "sol_usdc": (6,)}
    assert made.price_index[5] == "btc_usdc"
    assert made.options["SOL_USDC-27NOV26-1d5-P"] == 7
    assert "BTC" not in made.options
    assert (listing.strike[7], listing.is_call[7]) == (1.5, False)
    assert np.isnan(listing.strike[0])


def test_what_is_no_option_of_theirs_is_left_out() -> None:
    """Other kinds, other underlyings, what is closed, and names that cannot be read are counted."""
    listed = [
        instrument("BTC-27NOV26-90000-C", contract_size=1.0, tick_size=0.0005),
        instrument("BTC-PERPETUAL", kind="future"),
        instrument("BTC-27NOV26-91000-C", is_active=False),
        instrument("ETH-27NOV26-3000-C"),
        instrument("BTC-STRD-30SEP22-20000"),
    ]
    made = build_catalogue(listed, BOTH)
    assert made.listing.symbol.tolist() == ["BTC", "BTC-27NOV26-90000-C"]
    assert made.listing.tick_size[1] == 0.0005
    assert made.skipped_count == 1


def test_the_next_dates_of_each_class() -> None:
    """A class without that many has those it has."""
    names = ["BTC-21NOV26-1-C", "BTC-22NOV26-1-C", "BTC-27NOV26-1-C", "BTC_USDC-27NOV26-1-C"]
    settings = DeribitSettings(expiry_count=2)
    made = build_catalogue([instrument(name) for name in names], settings)
    assert made.listing.symbol.tolist() == ["BTC", *names[:2], names[3]]


def test_nothing_listed_is_the_operators_to_mend() -> None:
    """What was asked for is in the message."""
    with pytest.raises(ConfigError, match=r"no option of BTC, SOL: check deribit\.underlyings"):
        build_catalogue([], BOTH)
    with pytest.raises(ConfigError, match="no option of USDC"):
        build_catalogue([], DeribitSettings(underlyings=(), currencies=("USDC",)))
