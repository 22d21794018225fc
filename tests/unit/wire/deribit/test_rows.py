import math
from typing import Any

import msgspec
import numpy as np
import pytest

from voldesk.model.errors import WireError
from voldesk.model.quotes import NO_TIME
from voldesk.model.ticks import ALL_INSTRUMENTS, TICK_DTYPE, Field, TickKind, present
from voldesk.wire.deribit.messages import Notification
from voldesk.wire.deribit.rows import TickRows

NAME = "BTC-5JUN20-9250-C"
STAMP_MS = 1_590_969_652_595
NOW = 1_795_190_400_000_000_000
OPTION, SPOT, OTHER_SPOT = 4, 0, 9


@pytest.fixture
def rows() -> TickRows:
    """Rows of one option and two underlyings of one index."""
    made = TickRows()
    made.now = NOW
    made.place({NAME: OPTION}, {"btc_usd": (SPOT, OTHER_SPOT)})
    return made


def news(channel: str, data: Any) -> Notification:
    return Notification(channel, msgspec.Raw(msgspec.json.encode(data)))


def ticker(**facts: Any) -> Notification:
    known = {"instrument_name": NAME, "timestamp": STAMP_MS}
    return news(f"ticker.{NAME}.100ms", known | facts)


def test_a_ticker_is_a_quote_and_a_model(rows: TickRows) -> None:
    """Figures of Deribit's own message, vols as fractions, the forward beside them."""
    rows.read(
        ticker(
            underlying_price=9440.73,
            stats={"volume": 13.4, "price_change": -19.1},
            open_interest=533.2,
            mark_price=0.03847784,
            mark_iv=63.21,
            last_price=0.038,
            greeks={"vega": 3.88497, "theta": -28.34, "rho": 0.66, "gamma": 0.00058, "delta": 0.63},
            best_bid_price=0.0365,
            best_bid_amount=15.4,
            best_ask_price=0.04,
            best_ask_amount=4.8,
        )
    )
    assert len(rows) == 2
    batch = rows.take()
    assert batch.dtype == TICK_DTYPE
    assert batch.flags.writeable
    assert len(rows) == 0
    quote, model = batch
    assert (quote["kind"], model["kind"]) == (TickKind.QUOTE, TickKind.MODEL)
    for row in batch:
        assert row["instrument"] == OPTION
        assert row["ts_event"] == STAMP_MS * 1_000_000
        assert row["ts_recv"] == NOW
        assert row["data_type"] == 0
    names = ("bid", "ask", "last", "bid_size", "ask_size", "volume", "open_interest")
    assert [quote[name] for name in names] == [0.0365, 0.04, 0.038, 15.4, 4.8, 13.4, 533.2]
    assert model["vendor_iv"] == pytest.approx(0.6321, rel=1e-12)
    figures = {
        "mark": 0.03847784,
        "forward": 9440.73,
        "vendor_delta": 0.63,
        "vendor_gamma": 0.00058,
        "vendor_vega": 3.88497,
        "vendor_theta": -28.34,
    }
    assert {name: model[name] for name in figures} == figures
    sides = Field.BID | Field.ASK | Field.LAST | Field.VOLUME | Field.OPEN_INTEREST
    assert present(batch, sides).tolist() == [True, False]
    assert present(batch, Field.MARK | Field.FORWARD | Field.VENDOR_THETA).tolist() == [False, True]


def test_a_price_of_0_is_none(rows: TickRows) -> None:
    """So is a vol; sizes and marks of 0 are what they are."""
    nothing = {"best_bid_price": 0, "best_ask_price": 0.0, "last_price": None, "mark_iv": 0}
    rows.read(ticker(best_bid_amount=0, mark_price=0, underlying_price=0, **nothing))
    quote, model = rows.take()
    assert all(math.isnan(quote[name]) for name in ("bid", "ask", "last", "volume"))
    assert all(math.isnan(model[name]) for name in ("vendor_iv", "forward", "vendor_delta"))
    assert (quote["bid_size"], model["mark"]) == (0.0, 0.0)


def test_quotes_marks_and_indices(rows: TickRows) -> None:
    """Each says what it says, and nothing else."""
    quote = {
        "best_bid_price": 0.03,
        "best_bid_amount": 1,
        "best_ask_price": 0,
        "best_ask_amount": 0,
    }
    rows.read(news(f"quote.{NAME}", {"instrument_name": NAME, "timestamp": STAMP_MS, **quote}))
    mark = {"timestamp": STAMP_MS, "mark_price": 0.0333, "iv": 0.9, "instrument_name": NAME}
    rows.read(news("markprice.options.btc_usd", [mark, {**mark, "instrument_name": "ETH-X"}]))
    index = {"index_name": "btc_usd", "price": 9434.36, "timestamp": STAMP_MS}
    rows.read(news("deribit_price_index.btc_usd", index))
    batch = rows.take()
    kinds = [TickKind.QUOTE, TickKind.MODEL, TickKind.SPOT, TickKind.SPOT]
    assert batch["kind"].tolist() == kinds
    assert batch["instrument"].tolist() == [OPTION, OPTION, SPOT, OTHER_SPOT]
    assert batch["bid"][0] == 0.03
    assert np.isnan(batch["ask"][0])
    assert (batch["mark"][1], batch["vendor_iv"][1]) == (0.0333, 0.9)
    assert present(batch, Field.FORWARD).sum() == 0
    assert batch["last"][2:].tolist() == [9434.36, 9434.36]
    assert rows.unknown_count == 1


def test_a_whole_chain_at_once(rows: TickRows) -> None:
    """A summary is a quote without sizes and a model without Greeks."""
    row = {
        "instrument_name": NAME,
        "creation_timestamp": STAMP_MS,
        "bid_price": 0.0365,
        "ask_price": None,
        "last": 0.038,
        "mark_price": 0.0385,
        "mark_iv": 63.0,
        "underlying_price": 9440.5,
        "open_interest": 5.0,
        "volume": 2.0,
    }
    unknown = {**row, "instrument_name": "BTC-5JUN20-1-C"}
    assert rows.read_summaries(msgspec.Raw(msgspec.json.encode([row, unknown]))) == 2
    quote, model = rows.take()
    assert (quote["bid"], quote["last"], quote["volume"]) == (0.0365, 0.038, 2.0)
    assert not present(quote, Field.BID_SIZE)
    assert (model["mark"], model["vendor_iv"], model["forward"]) == (0.0385, 0.63, 9440.5)
    assert not present(model, Field.VENDOR_DELTA)
    assert rows.unknown_count == 1


def test_instruments_that_are_not_listed_are_counted(rows: TickRows) -> None:
    """They write nothing."""
    other = {"instrument_name": "BTC-PERPETUAL", "timestamp": STAMP_MS}
    rows.read(news("ticker.BTC-PERPETUAL.100ms", other))
    rows.read(news("quote.BTC-PERPETUAL", other))
    index = {"index_name": "eth_usd", "price": 1.0, "timestamp": STAMP_MS}
    rows.read(news("deribit_price_index.eth_usd", index))
    assert len(rows) == 0
    assert rows.take().size == 0
    assert rows.unknown_count == 2


@pytest.mark.parametrize(
    ("channel", "data"),
    [
        ("trades.BTC-PERPETUAL.raw", []),
        ("", {}),
        (f"ticker.{NAME}.100ms", []),
        (f"ticker.{NAME}.100ms", {"instrument_name": NAME}),
        (f"quote.{NAME}", {"instrument_name": NAME, "timestamp": STAMP_MS, "best_bid_price": "1"}),
        ("markprice.options.btc_usd", {}),
        ("deribit_price_index.btc_usd", {"index_name": "btc_usd", "price": None, "timestamp": 1}),
    ],
)
def test_what_a_channel_does_not_say_is_refused(rows: TickRows, channel: str, data: Any) -> None:
    """By one error, and nothing is written."""
    with pytest.raises(WireError):
        rows.read(news(channel, data))
    assert len(rows) == 0


def test_a_lost_line(rows: TickRows) -> None:
    """It concerns all instruments and has no time of the venue's."""
    rows.gap()
    (row,) = rows.take()
    assert (row["kind"], row["instrument"]) == (TickKind.GAP, ALL_INSTRUMENTS)
    assert (row["ts_event"], row["ts_recv"], row["present"]) == (NO_TIME, NOW, 0)
