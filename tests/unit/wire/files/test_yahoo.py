"""Tests of `wire.files.yahoo`."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from voldesk.model.enums import Market
from voldesk.model.errors import FileFormatError
from voldesk.model.quotes import ChainSnapshot
from voldesk.wire.files.reader import NO_HINTS, ReadHints
from voldesk.wire.files.unpack import open_document
from voldesk.wire.files.yahoo import READER

Load = Callable[[str], bytes]


def read(data: bytes, hints: ReadHints = NO_HINTS) -> ChainSnapshot:
    """Read bytes as a Yahoo chain."""
    return READER.read(open_document(data, "SPY.csv"), hints)


def test_a_chain_is_read(sample: Load) -> None:
    """Columns, root and previous close; no time of quotes, whatever the trades' times."""
    snapshot = read(gzip.compress(sample("yahoo_chain.csv")))
    quotes = snapshot.quotes
    assert (snapshot.underlying, snapshot.market, snapshot.source) == ("SPY", Market.US, "yahoo")
    assert snapshot.spot == 772.49
    assert np.isnan(quotes.spot).all()
    assert snapshot.as_of == 0
    assert quotes.ts_event.tolist() == [0, 0, 0]
    assert quotes.root.tolist() == ["SPY"] * 3
    assert quotes.is_call.tolist() == [True, False, True]
    assert (quotes.bid[0], quotes.ask[0], quotes.last[0]) == (9.3, 9.42, 9.35)
    assert (quotes.volume[1], quotes.open_interest[1]) == (2210.0, 8013.0)
    assert quotes.vendor_iv[:2].tolist() == [0.1412, 0.1476]
    assert snapshot.problems == ()


def test_what_yahoo_prints_for_nothing_is_unknown(sample: Load) -> None:
    """A bid and ask of 0 after hours, an IV of 0.00001, a volume left out."""
    quotes = read(sample("yahoo_chain.csv")).quotes
    silent = [quotes.bid[2], quotes.ask[2], quotes.vendor_iv[2], quotes.volume[2]]
    assert np.isnan(silent).all()
    assert quotes.last[2] == 0.01


def test_the_bare_table_of_yfinance_is_enough() -> None:
    """Without expiry and type the contract's symbol tells them."""
    text = (
        ",contractSymbol,lastTradeDate,strike,lastPrice,bid,ask,change,percentChange,volume,"
        "openInterest,impliedVolatility,inTheMoney,contractSize,currency\n"
        "0,AAPL260309C00200000,2026-03-09 16:16:57+00:00,200.0,57.73,58.3,61.5,0.1,0.2,2.0,1,1.8,"
        "True,REGULAR,USD\n"
    )
    snapshot = read(text.encode(), ReadHints(spot=257.7, as_of=9))
    assert snapshot.quotes.expiry.astype(str).tolist() == ["2026-03-09"]
    assert snapshot.quotes.is_call.tolist() == [True]
    assert (snapshot.underlying, snapshot.spot, snapshot.as_of) == ("AAPL", 257.7, 9)


def test_one_ticker_of_several_is_chosen_by_the_hint(sample: Load) -> None:
    """Collectors put tickers together."""
    data = sample("yahoo_chain.csv") + sample("yahoo_chain.csv").replace(b"SPY2", b"QQQ2")
    with pytest.raises(FileFormatError, match="QQQ, SPY"):
        read(data)
    assert set(read(data, ReadHints(underlying="QQQ")).quotes.root) == {"QQQ"}


def test_another_table_is_refused() -> None:
    """The column that makes it Yahoo's is missing."""
    with pytest.raises(FileFormatError, match="expected a column contractSymbol"):
        read(b"strike,bid\n1,2\n")


@pytest.mark.parametrize("day", ["2026-08-12", "2026-08-18", "2026-08-20"])
@pytest.mark.parametrize("ticker", ["SPY", "QQQ", "IWM"])
def test_real_chains_are_read_whole(vendor_data: Path, day: str, ticker: str) -> None:
    """As many contracts as the collector counted, without a problem."""
    folder = vendor_data / "yahoo_etf_chains_2026-08" / day
    meta = json.loads((folder / "meta.json").read_text())["tickers"][ticker]
    snapshot = read((folder / f"{ticker}.csv.gz").read_bytes())
    assert snapshot.underlying == ticker
    assert len(snapshot.quotes) == meta["contracts"]
    assert snapshot.spot == pytest.approx(meta["spot"], rel=1e-12)
    assert snapshot.problems == ()
