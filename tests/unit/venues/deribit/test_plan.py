import numpy as np
import pytest
from deribit_world import instrument

from voldesk.model.ports.feed import Mode
from voldesk.venues.deribit.catalogue import Catalogue, build_catalogue
from voldesk.venues.deribit.plan import RANK, channels_of
from voldesk.venues.deribit.settings import DeribitSettings

NAMES = ("BTC-21NOV26-1-C", "BTC-21NOV26-1-P", "BTC-27NOV26-1-C", "BTC-27NOV26-1-P")


@pytest.fixture
def catalogue() -> Catalogue:
    """BTC, and two contracts of each of two expiries."""
    return build_catalogue([instrument(name) for name in NAMES], DeribitSettings())


def planned(catalogue: Catalogue, *modes: Mode) -> list[str]:
    ranks = np.array([RANK[mode] for mode in modes], dtype=np.int8)
    return channels_of(catalogue, ranks, "100ms")


def test_everything_in_full(catalogue: Catalogue) -> None:
    """The index, then a ticker of each."""
    assert planned(catalogue, *[Mode.FULL] * 5) == [
        "deribit_price_index.btc_usd",
        *(f"ticker.{name}.100ms" for name in NAMES),
    ]


def test_light_mode_has_quotes_and_the_marks_of_the_index(catalogue: Catalogue) -> None:
    """Of a series without a contract in full the first has its ticker, for the forward."""
    light = [Mode.LIGHT] * 4
    assert planned(catalogue, Mode.FULL, *light) == [
        "deribit_price_index.btc_usd",
        "markprice.options.btc_usd",
        "ticker.BTC-21NOV26-1-C.100ms",
        "quote.BTC-21NOV26-1-P",
        "ticker.BTC-27NOV26-1-C.100ms",
        "quote.BTC-27NOV26-1-P",
    ]


def test_a_full_contract_tells_the_forward_of_its_series(catalogue: Catalogue) -> None:
    """The light ones before it need no ticker."""
    modes = (Mode.NONE, Mode.LIGHT, Mode.FULL, Mode.NONE, Mode.NONE)
    assert planned(catalogue, *modes) == [
        "markprice.options.btc_usd",
        "quote.BTC-21NOV26-1-C",
        "ticker.BTC-21NOV26-1-P.100ms",
    ]


def test_nothing_wanted_is_nothing_asked(catalogue: Catalogue) -> None:
    """Not even the index."""
    assert planned(catalogue, *[Mode.NONE] * 5) == []
