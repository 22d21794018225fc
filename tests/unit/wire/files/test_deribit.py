"""Tests of `wire.files.deribit`."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from voldesk.model.enums import Market
from voldesk.model.errors import FileFormatError
from voldesk.model.quotes import ChainSnapshot
from voldesk.wire.files.deribit import READER
from voldesk.wire.files.reader import NO_HINTS, ReadHints
from voldesk.wire.files.unpack import open_document

Load = Callable[[str], bytes]


def read(data: bytes | str, hints: ReadHints = NO_HINTS) -> ChainSnapshot:
    """Read bytes as Deribit rows."""
    return READER.read(
        open_document(data if isinstance(data, bytes) else data.encode(), "f"), hints
    )


def test_every_option_ticker_is_a_row(sample: Load) -> None:
    """Perpetuals, books and answers are passed over without being problems."""
    snapshot = read(sample("deribit_tickers.jsonl"))
    quotes = snapshot.quotes
    assert (snapshot.underlying, snapshot.market, snapshot.source) == (
        "BTC", Market.DERIBIT, "deribit",
    )  # fmt: skip
    assert snapshot.problems == ()
    assert quotes.symbol.tolist() == [
        "BTC-27DEC24-100000-C", "BTC-27DEC24-90000-P", "BTC-27DEC24-100000-C",
    ]  # fmt: skip
    assert quotes.ts_event.tolist() == [
        1733475600123_000_000, 1733475600400_000_000, 1733475605000_000_000,
    ]  # fmt: skip
    assert snapshot.as_of == 1733475605000_000_000
    assert snapshot.spot == 100260.0
    assert quotes.bid[[0, 2]].tolist() == [0.0455, 0.0465]
    put, call = 1, 2
    assert (quotes.bid[call], quotes.ask[call], quotes.mark[call]) == (0.0465, 0.047, 0.04681)
    assert (quotes.bid_size[call], quotes.volume[call]) == (2.0, 312.0)
    assert (quotes.forward[call], quotes.spot[call]) == (100950.0, 100260.0)
    assert quotes.vendor_iv[call] == pytest.approx(0.584)
    assert (quotes.vendor_delta[call], quotes.vendor_rho[call]) == (0.5402, 29.3)
    assert np.isnan([quotes.bid[put], quotes.last[put], quotes.volume[put]]).all()
    assert quotes.root.tolist() == ["BTC"] * 3
    assert set(quotes.expiry.astype(str)) == {"2024-12-27"}


def test_linear_premiums_come_in_coin(sample: Load) -> None:
    """Premium times forward is the price in USDC again."""
    snapshot = read(sample("deribit_summary.json"))
    quotes = snapshot.quotes
    assert snapshot.underlying == "XRP"
    assert set(quotes.root) == {"XRP_USDC"}
    assert quotes.strike.tolist() == [2.45, 2.45]
    assert (quotes.bid[0] * quotes.forward[0], quotes.mark[0] * quotes.forward[0]) == (
        pytest.approx(0.2), pytest.approx(0.21),
    )  # fmt: skip
    assert np.isnan([quotes.bid[1], quotes.last[1]]).all()


def test_a_csv_of_ticks_is_read(sample: Load) -> None:
    """Flat greeks, microseconds, the names of the Tardis data set."""
    snapshot = read(sample("deribit_chain.csv"))
    quotes = snapshot.quotes
    assert snapshot.underlying == "BTC"
    assert quotes.ts_event.tolist() == [1591574399413000_000, 1591574399500000_000]
    assert quotes.is_call.tolist() == [False, True]
    assert (quotes.bid[0], quotes.ask_size[1]) == (0.0205, 2.0)
    assert np.isnan(quotes.bid[1])
    assert quotes.vendor_gamma.tolist() == [0.00103, 0.00103]
    assert snapshot.problems == ()


def test_flattened_names_mean_the_same(sample: Load) -> None:
    """greeks.delta, greeks_delta and delta are one column."""
    row = json.loads(sample("deribit_tickers.jsonl").split(b"\n")[0])["params"]["data"]
    deltas = []
    for name in ("greeks.delta", "greeks_delta", "delta", "Delta"):
        text = f"instrument_name,best_bid_price,mark_price,{name}\n"
        text += f"{row['instrument_name']},{row['best_bid_price']},{row['mark_price']},0.53111\n"
        deltas += read(text).quotes.vendor_delta.tolist()
    deltas += read(json.dumps([row])).quotes.vendor_delta.tolist()
    deltas += read(json.dumps({"result": row})).quotes.vendor_delta.tolist()
    deltas += read(json.dumps({row["instrument_name"]: row})).quotes.vendor_delta.tolist()
    assert deltas == [0.53111] * 7


def test_names_that_only_look_like_options_are_named() -> None:
    """A strike that is none is a problem, a future is not."""
    rows = [
        {"instrument_name": "BTC-27DEC24-100000-C", "mark_price": 0.04, "underlying_price": 1e5},
        {"instrument_name": "BTC-27FOO24-100000-C", "mark_price": 0.04, "underlying_price": 1e5},
        {"instrument_name": "BTC-27DEC24", "mark_price": 1e5},
        {"instrument_name": 5},
    ]
    snapshot = read(json.dumps(rows))
    assert len(snapshot.quotes) == 1
    assert [problem.reason for problem in snapshot.problems] == [
        "'BTC-27FOO24-100000-C' is no Deribit option name"
    ]


def test_a_time_that_is_none_is_named() -> None:
    """The row is kept without a time of its own."""
    snapshot = read("instrument_name,timestamp,mark_price\nBTC-27DEC24-100000-C,noon,0.04\n")
    assert snapshot.quotes.ts_event.tolist() == [0]
    assert [problem.line for problem in snapshot.problems] == [2]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"result":[{"instrument_name":"BTC-PERPETUAL"}]}', "only BTC-PERPETUAL"),
        ('{"id":1,"error":{"code":10028,"message":"too_many_requests"}}', "none that names"),
        ("strike,bid\n1,2\n", "expected JSON, or a CSV with instrument_name"),
    ],
)
def test_a_file_without_options_is_refused(text: str, found: str) -> None:
    """The error shows what was in it."""
    with pytest.raises(FileFormatError, match=found):
        read(text)


def test_the_real_messages(vendor_data: Path) -> None:
    """Five option tickers of three underlyings among twenty messages, none of them a problem."""
    data = (vendor_data / "deribit_okx_ws_messages" / "deribit.jsonl").read_bytes()
    with pytest.raises(FileFormatError, match=r"3 underlyings \(BTC, ETH, MATIC\): choose one"):
        read(data)
    coins = {name: read(data, ReadHints(underlying=name)) for name in ("BTC", "ETH", "MATIC")}
    assert [coin.problems for coin in coins.values()] == [(), (), ()]
    assert [coin.underlying for coin in coins.values()] == ["BTC", "ETH", "MATIC"]
    bitcoin, ether, matic = (coin.quotes for coin in coins.values())
    assert sorted(bitcoin.symbol) == ["BTC-5JUN20-9250-C", "BTC-8JUN20-8750-P"]
    assert sorted(ether.symbol) == ["ETH-10JUN20-270-C", "ETH-5JUN20-310-P"]
    row = bitcoin.symbol.tolist().index("BTC-5JUN20-9250-C")
    assert (bitcoin.bid[row], bitcoin.ask[row], bitcoin.mark[row]) == (0.0365, 0.04, 0.03847784)
    assert (bitcoin.forward[row], bitcoin.vendor_delta[row]) == (9440.73, 0.62959)
    assert (
        datetime.fromtimestamp(bitcoin.ts_event[row] / 1e9, UTC).date().isoformat() == "2020-06-01"
    )
    assert matic.symbol.tolist() == ["MATIC_USDC-9MAR24-1d02-C"]
    assert (matic.mark * matic.forward).tolist() == [pytest.approx(0.139)]
    assert coins["ETH"].spot == 243.98
