"""Tests of `wire.files.generic`."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime

import numpy as np
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from voldesk.model.enums import Market
from voldesk.model.errors import FileFormatError
from voldesk.model.quotes import ChainSnapshot
from voldesk.wire.files.generic import READER
from voldesk.wire.files.reader import NO_HINTS, ReadHints
from voldesk.wire.files.unpack import open_document

Load = Callable[[str], bytes]


def read(data: bytes | str, hints: ReadHints = NO_HINTS) -> ChainSnapshot:
    """Read bytes or text as a generic table."""
    return READER.read(
        open_document(data if isinstance(data, bytes) else data.encode(), "chain.csv"), hints
    )


def when(instant: int) -> str:
    """Return UTC ns as text."""
    return datetime.fromtimestamp(instant / 1e9, UTC).isoformat()


def test_the_documented_columns(sample: Load) -> None:
    """A row per option, blank last prices unknown, both roots of one underlying."""
    snapshot = read(sample("generic.csv"))
    quotes = snapshot.quotes
    assert (snapshot.underlying, snapshot.market, snapshot.source) == ("SPX", Market.US, "csv")
    assert (snapshot.spot, snapshot.as_of) == (6711.2, 0)
    assert snapshot.problems == ()
    assert quotes.root.tolist() == ["SPXW", "SPXW", "SPXW", "SPX"]
    assert quotes.is_call.tolist() == [True, False, True, False]
    assert quotes.bid.tolist() == [99.4, 72.4, 69.1, 91.0]
    assert np.array_equal(quotes.last, [99.9, 72.6, np.nan, np.nan], equal_nan=True)
    assert quotes.open_interest.tolist() == [2205.0, 3318.0, 1101.0, 1101.0]


def test_parquet_gives_what_csv_gives(sample: Load) -> None:
    """The same table in both containers is the same snapshot."""
    data = sample("generic.csv")
    buffer = io.BytesIO()
    pq.write_table(pa_csv.read_csv(io.BytesIO(data)), buffer)
    ours, theirs = read(data), read(buffer.getvalue())
    for name in ("root", "expiry", "is_call", "strike"):
        assert getattr(ours.quotes, name).tolist() == getattr(theirs.quotes, name).tolist()
    for name in ("bid", "ask", "last", "volume", "spot"):
        assert np.array_equal(
            getattr(ours.quotes, name), getattr(theirs.quotes, name), equal_nan=True
        )
    assert (ours.underlying, ours.spot) == (theirs.underlying, theirs.spot)


def test_a_symbol_alone_names_the_contract() -> None:
    """OCC names padded or not; the time of each row counts, the latest is the snapshot's."""
    text = (
        "Option Symbol;Bid;Ask;Time\n"
        "SPXW251017C06700000;99,4;100,2;2025-10-01 15:59:00\n"
        "SPX   251017P06712500;72,4;73;2025-10-01 16:00:00\n"
    )
    snapshot = read(text)
    assert snapshot.quotes.strike.tolist() == [6700.0, 6712.5]
    assert snapshot.quotes.root.tolist() == ["SPXW", "SPX"]
    assert snapshot.quotes.bid.tolist() == [99.4, 72.4]
    assert when(snapshot.as_of) == "2025-10-01T20:00:00+00:00"


def test_optionsdx() -> None:
    """Brackets and blanks in the header, a call and a put per row, sizes as 10 x 20."""
    text = (
        "[QUOTE_UNIXTIME], [QUOTE_READTIME], [QUOTE_DATE], [QUOTE_TIME_HOURS], [UNDERLYING_LAST],"
        " [EXPIRE_DATE], [EXPIRE_UNIX], [DTE], [C_DELTA], [C_IV], [C_VOLUME], [C_LAST], [C_SIZE],"
        " [C_BID], [C_ASK], [STRIKE], [P_BID], [P_ASK], [P_SIZE], [P_LAST], [P_DELTA], [P_IV],"
        " [P_VOLUME], [STRIKE_DISTANCE]\n"
        "1701464400, 2023-12-01 16:00, 2023-12-01, 16.0, 4593.68, 2024-01-19, 1705622400, 49.0,"
        " 0.81, 0.151, 10, 199.1, 12 x 14, 198.3, 200.1, 4450, 35.1, 35.6, 7 x 8, 35.2, -0.19,"
        " 0.149, , 1\n"
    )
    snapshot = read(text, ReadHints(underlying="SPX"))
    quotes = snapshot.quotes
    assert snapshot.underlying == "SPX"
    assert quotes.root.tolist() == ["SPX", "SPX"]
    assert quotes.is_call.tolist() == [True, False]
    assert quotes.bid.tolist() == [198.3, 35.1]
    assert quotes.bid_size.tolist() == [12.0, 7.0]
    assert quotes.ask_size.tolist() == [14.0, 8.0]
    assert quotes.vendor_delta.tolist() == [0.81, -0.19]
    assert quotes.expiry.astype(str).tolist() == ["2024-01-19"] * 2
    assert when(snapshot.as_of) == "2023-12-01T21:00:00+00:00"
    assert snapshot.spot == 4593.68
    assert snapshot.problems == ()


def test_cboe_datashop() -> None:
    """Of its two moments the one the Greeks belong to, 15 minutes before the close."""
    text = (
        "underlying_symbol,quote_date,root,expiration,strike,option_type,open,high,low,close,"
        "trade_volume,bid_size_1545,bid_1545,ask_size_1545,ask_1545,underlying_bid_1545,"
        "underlying_ask_1545,implied_underlying_price_1545,active_underlying_price_1545,"
        "implied_volatility_1545,delta_1545,gamma_1545,theta_1545,vega_1545,rho_1545,bid_size_eod,"
        "bid_eod,ask_size_eod,ask_eod,underlying_bid_eod,underlying_ask_eod,vwap,open_interest,"
        "delivery_code\n"
        "^SPX,2023-08-25,SPXW,2023-09-15,4400.000,C,0,0,0,60.1,1234,10,61.2,11,61.9,4405.1,4405.5,"
        "4420,4405.3,0.1312,0.55,0.0021,-1.2,4.1,1.1,5,59.1,6,60.2,4401,4402,60.5,900,\n"
        "^SPX,2023-11-24,SPXW,2023-12-15,4500.000,P,0,0,0,0,0,10,30.2,11,30.9,4558.1,4558.5,"
        "4560,0,0.1112,-0.35,0.0021,-1.2,4.1,1.1,5,30.1,6,30.2,4559,4560,0,900,\n"
    )
    snapshot = read(text)
    quotes = snapshot.quotes
    assert snapshot.underlying == "SPX"
    assert quotes.bid.tolist() == [61.2, 30.2]
    assert quotes.vendor_iv.tolist() == [0.1312, 0.1112]
    assert quotes.spot.tolist() == [4405.3, pytest.approx(4558.3)]
    assert [when(instant) for instant in quotes.ts_event] == [
        "2023-08-25T19:45:00+00:00",
        "2023-11-24T17:45:00+00:00",
    ]


def test_orats() -> None:
    """Sides in camel case; the one delta belongs to no side."""
    text = (
        "ticker,tradeDate,expirDate,dte,strike,stockPrice,callVolume,callOpenInterest,callBidSize,"
        "callAskSize,putVolume,putOpenInterest,putBidSize,putAskSize,callBidPrice,callValue,"
        "callAskPrice,putBidPrice,putValue,putAskPrice,callMidIv,putMidIv,delta,gamma\n"
        "IWM,2022-06-08,2022-09-16,101,203,189.67,150,28206,253,510,7,18438,124,104,5.8,5.86,5.9,"
        "15.55,15.64,15.7,0.2563,0.2541,0.31,0.01\n"
    )
    quotes = read(text).quotes
    assert quotes.bid.tolist() == [5.8, 15.55]
    assert quotes.vendor_iv.tolist() == [0.2563, 0.2541]
    assert np.isnan(quotes.vendor_delta).all()
    assert quotes.root.tolist() == ["IWM", "IWM"]


def test_historicaloptiondata_and_optionmetrics_names() -> None:
    """Symbols in the root column, US dates; best_offer and cp_flag."""
    old = (
        "UnderlyingSymbol,UnderlyingPrice,Exchange,OptionRoot,OptionExt,Type,Expiration,DataDate,"
        "Strike,Last,Bid,Ask,Volume,OpenInterest,IV,Delta,Gamma,Theta,Vega,AKA\n"
        "LUV,61.3,*,LUV210416C00060000,,call,04/16/2021,04/01/2021,60,2.1,2.05,2.15,10,20,0.41,0.6,"
        "0.05,-0.03,0.05,LUV210416C00060000\n"
    )
    snapshot = read(old)
    assert snapshot.quotes.root.tolist() == ["LUV"]
    assert snapshot.quotes.symbol.tolist() == ["LUV210416C00060000"]
    assert when(snapshot.as_of) == "2021-04-01T20:00:00+00:00"
    metrics = "date,exdate,cp_flag,strike,best_bid,best_offer,impl_volatility,ticker\n"
    metrics += "2021-04-01,2021-04-16,P,60,0.9,1.1,0.42,LUV\n"
    assert read(metrics).quotes.ask.tolist() == [1.1]


def test_percent_and_zeros() -> None:
    """A column named in percent becomes a fraction; zeros that mean nothing are unknown."""
    text = "root,expiry,cp,strike,bid,ask,last,iv_pct,oi,spot\nX,20250117,P,5,0,0,0,12.5,0,0\n"
    quotes = read(text).quotes
    assert quotes.vendor_iv.tolist() == [0.125]
    assert (quotes.bid[0], quotes.open_interest[0]) == (0.0, 0.0)
    assert np.isnan([quotes.ask[0], quotes.last[0], quotes.spot[0]]).all()


def test_several_underlyings_need_a_choice() -> None:
    """The error lists them, the hint takes one."""
    text = (
        "underlying,expiry,right,strike,bid,ask\nSPY,2025-01-17,C,5,1,2\nQQQ,2025-01-17,C,5,1,2\n"
    )
    with pytest.raises(FileFormatError, match=r"2 underlyings \(QQQ, SPY\)"):
        read(text)
    assert read(text, ReadHints(underlying="SPY")).quotes.root.tolist() == ["SPY"]


def test_the_expiry_may_come_from_the_operator() -> None:
    """Without column, symbol and hint the error says what to pass."""
    text = "underlying,right,strike,bid,ask\nSPY,C,5,1,2\n"
    with pytest.raises(FileFormatError, match="no column for the expiry: pass --expiry"):
        read(text)
    quotes = read(text, ReadHints(expiry=date(2025, 1, 17))).quotes
    assert quotes.expiry.astype(str).tolist() == ["2025-01-17"]


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("expiry,right,bid,ask\n2025-01-17,C,1,2\n", "no column for strike"),
        ("strike,expiry,bid\n5,2025-01-17,1\n", "no column for right, ask"),
        ("a,b,c\n1,2,3\n", "no column for expiry, right, strike, bid, ask"),
        ("expiry,right,strike,notes\n2025-01-17,C,5,x\n", "no column for bid, ask"),
    ],
)
def test_a_missing_column_is_named(text: str, missing: str) -> None:
    """The error says what is missing and what was found."""
    with pytest.raises(FileFormatError, match=missing):
        read(text)


def test_bad_rows_are_named_by_line_and_columns_twice_too() -> None:
    """Nothing of it is fatal."""
    text = (
        "root,expiry,right,strike,bid,ask,Bid,time\n"
        "X,2025-01-17,C,5,1,2,9,2025-01-02 10:00\n"
        "\n"
        "X,2025-01-17,C,abc,1,2,9,2025-01-02 10:00\n"
        "X,2025-01-17,C,6,NaN,inf,9,2025-01-02 10:00\n"
        "X,2025-01-17,P,6,1e308,2,9,yesterday\n"
        "X,2025-01-17\n"
    )
    snapshot = read(text)
    assert len(snapshot.quotes) == 3
    assert snapshot.quotes.bid[0] == 1.0
    assert [(problem.line, problem.reason) for problem in snapshot.problems] == [
        (1, "column 'Bid' comes twice, the first is read"),
        (4, "strike 'abc' is no number above zero"),
        (5, "ask 'inf' is no number"),
        (6, "bid '1e308' is no number"),
        (6, "the time of the quote cannot be read"),
        (7, "2 cells where the header has 8"),
    ]


def test_lean_universe() -> None:
    """A hash before the first name, compact dates; the underlying's own row is no option."""
    text = (
        "#expiry,strike,right,open,high,low,close,volume,open_interest,implied_volatility,delta,"
        "gamma,vega,theta,rho\n"
        ",,,92.69,92.95,92.50,92.72,2467914,,,,,,,\n"
        "20140613,90,C,2.9,3.1,2.8,3.05,120,5000,0.21,0.8,0.05,0.03,-0.02,0.01\n"
    )
    snapshot = read(text, ReadHints(underlying="AAPL"))
    assert len(snapshot.quotes) == 1
    assert snapshot.quotes.last.tolist() == [3.05]
    assert [problem.line for problem in snapshot.problems] == [2]
