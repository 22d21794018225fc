"""Messages that Deribit sent, read and written again."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from voldesk.model.errors import WireError
from voldesk.wire.deribit.messages import (
    Notification,
    decode_as,
    read_message,
    write_notification,
)
from voldesk.wire.deribit.rows import TickRows
from voldesk.wire.deribit.types import Quote, Ticker

OPTIONS = {
    "BTC-8JUN20-8750-P": 0,
    "BTC-5JUN20-9250-C": 1,
    "ETH-5JUN20-310-P": 2,
    "ETH-10JUN20-270-C": 3,
    "MATIC_USDC-9MAR24-1d02-C": 4,
}
KINDS = {"ticker": Ticker, "quote": Quote}


@pytest.fixture(scope="module")
def recorded(vendor_data: Path) -> list[bytes]:
    """The messages, each a line."""
    path = vendor_data / "deribit_okx_ws_messages" / "deribit.jsonl"
    return path.read_bytes().splitlines()


def test_every_message_is_one(recorded: list[bytes]) -> None:
    """All of them are news of a channel."""
    assert len(recorded) > 10
    assert all(isinstance(read_message(line), Notification) for line in recorded)


def test_option_tickers_become_ticks(recorded: list[bytes]) -> None:
    """Two of each option; what else there is is counted or refused, and writes nothing."""
    rows = TickRows()
    rows.place(OPTIONS, {})
    refused = 0
    for line in recorded:
        message = read_message(line)
        assert isinstance(message, Notification)
        try:
            rows.read(message)
        except WireError:
            refused += 1
    batch = rows.take()
    told = batch["instrument"].tolist()
    assert sorted(told) == sorted([*OPTIONS.values()] * 2)
    assert refused + rows.unknown_count + len(OPTIONS) == len(recorded)
    call = batch[batch["instrument"] == 1]
    assert call["bid"][0] == 0.0365
    assert call["vendor_iv"][1] == pytest.approx(0.6321, rel=1e-12)
    assert call["ts_event"][0] == 1_590_969_652_595_000_000
    expired = batch[batch["instrument"] == 0]
    assert np.isnan(expired["bid"][0])
    linear = batch[batch["instrument"] == 4]
    assert (linear["mark"][1], linear["forward"][1]) == (0.139, 1.1367)


def test_what_was_recorded_is_what_is_written(recorded: list[bytes]) -> None:
    """Every key that is known comes back with its value."""
    count = 0
    for line in recorded:
        message = read_message(line)
        assert isinstance(message, Notification)
        kind = KINDS.get(message.channel.partition(".")[0])
        if kind is None:
            continue
        told = decode_as(message.data, msgspec.json.Decoder(kind))
        again = msgspec.json.decode(write_notification(message.channel, told))["params"]
        sent = msgspec.json.decode(message.data)
        assert again["channel"] == message.channel
        common = again["data"].keys() & sent.keys() - {"greeks", "stats"}
        assert len(common) >= 6
        assert {key: again["data"][key] for key in common} == {key: sent[key] for key in common}
        if sent.get("greeks"):
            assert again["data"]["greeks"] == sent["greeks"]
        count += 1
    assert count >= 10
