from typing import Any

import pytest

from voldesk.model.errors import ConfigError
from voldesk.venues.deribit.settings import DeribitSettings


def test_nothing_has_to_be_set() -> None:
    """BTC's options, in coin, from Deribit itself; a stale line is known within five seconds."""
    settings = DeribitSettings()
    settings.require_valid()
    assert settings.url.startswith("wss://www.deribit.com/")
    assert settings.listed_currencies == ("BTC",)
    assert settings.stall_secs + settings.probe_secs < 5.0


@pytest.mark.parametrize(
    ("underlyings", "currencies", "listed"),
    [
        (("ETH", "SOL", "XRP"), (), ("ETH", "USDC")),
        (("BTC",), ("USDC",), ("USDC",)),
        ((), ("BTC", "ETH"), ("BTC", "ETH")),
    ],
)
def test_currencies_follow_from_underlyings(
    underlyings: tuple[str, ...], currencies: tuple[str, ...], listed: tuple[str, ...]
) -> None:
    """BTC and ETH have options in the coin, the others in USDC; what is given counts."""
    settings = DeribitSettings(underlyings=underlyings, currencies=currencies)
    assert settings.listed_currencies == listed


@pytest.mark.parametrize(
    "url", ["ws://127.0.0.1:1/x", "ws://localhost:1", "wss://test.deribit.com"]
)
def test_addresses_that_may_be(url: str) -> None:
    """Without TLS only on this machine."""
    DeribitSettings(url=url).require_valid()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"url": "ws://www.deribit.com/ws"}, "must begin with wss://"),
        ({"url": "https://www.deribit.com"}, "must begin with wss://"),
        ({"url": "wss://"}, "must begin with wss://"),
        ({"underlyings": ()}, "both empty"),
        ({"expiry_count": 0}, "expiry_count is 0"),
        ({"heartbeat_secs": 9}, "heartbeat_secs is 9"),
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any], says: str) -> None:
    """With the setting and what is allowed."""
    with pytest.raises(ConfigError, match=says):
        DeribitSettings(**wrong).require_valid()
