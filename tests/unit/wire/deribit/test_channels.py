import pytest

from voldesk.model.errors import WireError
from voldesk.wire.deribit.channels import Channel, ChannelKind, channel_name, parse_channel


@pytest.mark.parametrize(
    ("name", "channel"),
    [
        (
            "ticker.BTC-27NOV26-90000-C.100ms",
            Channel(ChannelKind.TICKER, "BTC-27NOV26-90000-C", "100ms"),
        ),
        (
            "ticker.XRP_USDC-30JUN26-0d625-C.agg2",
            Channel(ChannelKind.TICKER, "XRP_USDC-30JUN26-0d625-C", "agg2"),
        ),
        ("quote.BTC-27NOV26-90000-C", Channel(ChannelKind.QUOTE, "BTC-27NOV26-90000-C")),
        ("markprice.options.btc_usd", Channel(ChannelKind.MARK, "btc_usd")),
        ("deribit_price_index.btc_usd", Channel(ChannelKind.INDEX, "btc_usd")),
    ],
)
def test_a_name_and_its_parts(name: str, channel: Channel) -> None:
    """Each way is the other's inverse."""
    assert parse_channel(name) == channel
    assert channel_name(channel) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ticker",
        "ticker.",
        "ticker.BTC-27NOV26-90000-C",
        "ticker.BTC-27NOV26-90000-C.1s",
        "ticker..raw",
        "quote.",
        "quote.A.B",
        "markprice.btc_usd",
        "trades.BTC-PERPETUAL.raw",
    ],
)
def test_other_names_are_refused(name: str) -> None:
    """Also those of channels that exist and are not read here."""
    with pytest.raises(WireError, match="cannot be read"):
        parse_channel(name)
