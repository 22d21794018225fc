"""Lean's minute zips, bytes in, ticks out."""

import io
import zipfile
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voldesk.model.enums import Exercise, Market, Right
from voldesk.model.errors import FileFormatError, WireError
from voldesk.model.ticks import Field, TickBatch, TickKind, present
from voldesk.wire.files import lean
from voldesk.wire.files.lean import Asset, Bars, lean_members, parse_member, read_lean

CALL = "20151224_goog_minute_quote_american_call_7500000_20160115.csv"
PUT = "20151224_goog_minute_quote_american_put_7475000_20160115.csv"
TEN_THIRTY = 37_800_000
QUOTE_ROW = f"{TEN_THIRTY},100000,110000,90000,105000,7,120000,130000,115000,125500,19\n"


def _zip(members: dict[str, str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return target.getvalue()


def _utc(ticks: TickBatch) -> list[datetime]:
    return [datetime.fromtimestamp(int(stamp) / 1e9, UTC) for stamp in ticks["ts_event"]]


def _ticks(
    member: str, text: str, asset: Asset = Asset.OPTION, market: Market = Market.US
) -> TickBatch:
    return read_lean(_zip({member: text}), "some.zip", asset=asset, market=market).ticks


def test_a_members_name_tells_the_contract() -> None:
    """Day, root, kind, style, right, strike in ten-thousandths, expiry."""
    member = parse_member(
        "deep/20210104_spxw_minute_trade_european_put_38205000_20210108.csv", Market.US
    )
    assert (member.day, member.ticker, member.bars) == (date(2021, 1, 4), "SPXW", Bars.TRADE)
    assert member.exercise is Exercise.EUROPEAN
    contract = member.contract
    assert contract is not None
    assert (contract.underlying, contract.root) == ("SPX", "SPXW")
    assert (contract.expiry, contract.right) == (date(2021, 1, 8), Right.PUT)
    assert contract.strike == 3820.5


def test_a_members_name_tells_the_underlying() -> None:
    """Without contract terms a file is of the equity or index itself."""
    member = parse_member("20190101_NIFTY_minute_trade.csv", Market.INDIA)
    assert member.contract is None
    assert member.exercise is None
    assert (member.ticker, member.bars) == ("NIFTY", Bars.TRADE)


@pytest.mark.parametrize(
    "name",
    [
        "goog.csv",
        "20151224_goog_second_quote.csv",
        "20151224_goog_minute_openinterest.csv",
        "20151324_goog_minute_trade.csv",
        "20151224_goog_minute_quote_american_call_7500000_20161315.csv",
        "20200105_es_minute_quote_american_call_32700000_20200619_20200320.csv",
        "٢٠١٥١٢٢٤_goog_minute_trade.csv",
    ],
)
def test_other_names_are_refused(name: str) -> None:
    """A name of another resolution, without a real day, or of an option on a future."""
    with pytest.raises(WireError, match=r"20|goog|day"):
        parse_member(name, Market.US)


def test_a_quote_bar_is_one_tick_at_its_close() -> None:
    """Closing bid and ask in currency, sizes, and the instant the bar ended, New York time."""
    (tick,) = _ticks(CALL, QUOTE_ROW)
    assert tick["kind"] == TickKind.QUOTE
    assert (tick["bid"], tick["ask"]) == (10.5, 12.55)
    assert (tick["bid_size"], tick["ask_size"]) == (7, 19)
    assert np.isnan(tick["last"])
    assert tick["present"] == Field.BID | Field.ASK | Field.BID_SIZE | Field.ASK_SIZE
    assert tick["ts_event"] == tick["ts_recv"]
    assert _utc(_ticks(CALL, QUOTE_ROW)) == [datetime(2015, 12, 24, 15, 31, tzinfo=UTC)]


def test_a_missing_side_is_known_to_be_missing() -> None:
    """An empty bid is sent and NaN, its printed size of 0 too: there is none now."""
    ticks = _ticks(CALL, f"{TEN_THIRTY},,,,,0,5000,5000,5000,5000,16\n")
    assert np.isnan(ticks["bid"][0])
    assert np.isnan(ticks["bid_size"][0])
    assert (ticks["ask"][0], ticks["ask_size"][0]) == (0.5, 16)
    assert present(ticks, Field.BID | Field.BID_SIZE | Field.ASK | Field.ASK_SIZE).all()


@pytest.mark.parametrize(
    ("day", "hour_utc"),
    [("20240308", 14), ("20240311", 13), ("20241101", 13), ("20241104", 14)],
)
def test_new_york_keeps_daylight_time(day: str, hour_utc: int) -> None:
    """09:30 in New York is another hour of UTC in summer, on either side of both changes."""
    name = f"{day}_abc_minute_trade.csv"
    ticks = _ticks(name, "34140000,1,1,1,1,1\n", Asset.EQUITY)
    (instant,) = _utc(ticks)
    assert (instant.hour, instant.minute) == (hour_utc, 30)


def test_a_day_with_a_change_has_both_hours() -> None:
    """On the night of the change a time before it and one after it are an hour nearer."""
    rows = "".join(f"{hour * 3_600_000},1,1,1,1,1\n" for hour in (1, 3))
    before, after = _utc(_ticks("20240310_abc_minute_trade.csv", rows, Asset.EQUITY))
    assert (after - before).total_seconds() == 3600


@pytest.mark.parametrize(
    ("asset", "market", "expected"),
    [
        (Asset.INDEX, Market.US, datetime(2021, 1, 4, 14, 31, tzinfo=UTC)),  # Chicago
        (Asset.EQUITY, Market.US, datetime(2021, 1, 4, 13, 31, tzinfo=UTC)),  # New York
        (Asset.INDEX, Market.INDIA, datetime(2021, 1, 4, 3, 1, tzinfo=UTC)),  # Kolkata
    ],
)
def test_midnight_is_local(asset: Asset, market: Market, expected: datetime) -> None:
    """08:30 of a US index file is 09:30 in New York; Indian files count from IST."""
    ticks = _ticks("20210104_spx_minute_trade.csv", "30600000,1,2,0,1.5,9\n", asset, market)
    assert _utc(ticks) == [expected]


def test_index_prices_are_not_scaled() -> None:
    """An index gives SPOT as written, and no volume: the file counts its own updates there."""
    row = "30600000,3764.61,3769.99,3764.61,3766.63,59\n"
    (tick,) = _ticks("20210104_spx_minute_trade.csv", row, Asset.INDEX)
    assert (tick["kind"], tick["last"]) == (TickKind.SPOT, 3766.63)
    assert tick["present"] == Field.LAST
    assert np.isnan(tick["volume"])


def test_equity_bars_are_spot() -> None:
    """A trade bar gives price and volume, a quote bar bid, ask and sizes but no price."""
    (trade,) = _ticks("20151224_goog_minute_trade.csv", "37800000,1,1,1,7480000,3\n", Asset.EQUITY)
    assert (trade["kind"], trade["last"], trade["volume"]) == (TickKind.SPOT, 748.0, 3)
    (quote,) = _ticks("20151224_goog_minute_quote.csv", QUOTE_ROW, Asset.EQUITY)
    assert (quote["kind"], quote["bid"], quote["ask"]) == (TickKind.SPOT, 10.5, 12.55)
    assert not quote["present"] & Field.LAST


def test_a_mid_stands_in_where_there_are_no_trades() -> None:
    """Asked for, a two-sided quote gives the price; a one-sided gives none."""
    rows = QUOTE_ROW + "37860000,,,,,0,120000,130000,115000,125500,19\n"
    ticks = read_lean(
        _zip({"20151224_goog_minute_quote.csv": rows}),
        "20151224_quote.zip",
        asset=Asset.EQUITY,
        market=Market.US,
        is_mid_spot=True,
    ).ticks
    assert ticks["last"][0] == (10.5 + 12.55) / 2
    assert np.isnan(ticks["last"][1])
    assert present(ticks, Field.LAST).tolist() == [True, False]


def test_volume_counts_up_over_the_day() -> None:
    """Bars carry their own volume, ticks the day's so far, each contract its own."""
    call = CALL.replace("quote", "trade")
    put = PUT.replace("quote", "trade")
    rows = "37800000,1,1,1,10000,3\n37860000,1,1,1,20000,4\n"
    read = read_lean(_zip({call: rows, put: rows}), "x.zip", asset=Asset.OPTION, market=Market.US)
    assert read.ticks["volume"].tolist() == [3, 3, 7, 7]
    assert read.ticks["instrument"].tolist() == [0, 1, 0, 1]
    assert read.ticks["last"].tolist() == [1, 1, 2, 2]
    assert set(read.ticks["kind"].tolist()) == {TickKind.TRADE}


def test_open_interest_stands_at_its_own_time() -> None:
    """It is no bar and has no close; the last line may lack its line feed."""
    member = CALL.replace("quote", "openinterest")
    ticks = _ticks(member, "23400000,1732")
    assert (ticks["kind"][0], ticks["open_interest"][0]) == (TickKind.OPEN_INTEREST, 1732)
    assert ticks["present"][0] == Field.OPEN_INTEREST
    assert _utc(ticks) == [datetime(2015, 12, 24, 11, 30, tzinfo=UTC)]


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.lists(st.integers(0, 1_439), unique=True, max_size=20).map(sorted),
        min_size=1,
        max_size=5,
    ),
    line_end=st.sampled_from(["\n", "\r\n", "\n\n"]),
)
def test_every_row_becomes_one_tick(rows: list[list[int]], line_end: str) -> None:
    """Whatever the files, as many ticks as rows, sorted by time, each of its own file."""
    members = {
        CALL.replace("7500000", str(10_000 * (at + 1))): "".join(
            f"{minute * 60_000},1,1,1,{at},1,1,1,1,1,1{line_end}" for minute in minutes
        )
        for at, minutes in enumerate(rows)
    }
    read = read_lean(_zip(members), "20151224_q.zip", asset=Asset.OPTION, market=Market.US)
    assert len(read.members) == len(rows)
    ticks = read.ticks
    assert np.all(np.diff(ticks["ts_event"]) >= 0)
    for at, minutes in enumerate(rows):
        own = ticks[ticks["instrument"] == at]
        assert (own["ts_event"] // 60_000_000_000 % 1440).tolist() == [
            (minute + 1 + 300) % 1440 for minute in minutes
        ]
        assert set(own["bid"].tolist()) <= {at / 10_000}


def test_a_zip_keeps_to_its_own_day() -> None:
    """A file named after another day than the zip is passed over and told."""
    data = _zip(
        {
            "20190102_nifty_minute_trade.csv": "33300000,1,1,1,2,0\n",
            "20190101_nifty_minute_trade.csv": "33300000,1,1,1,1,0\n",
        }
    )
    read = read_lean(data, "x/20190101_trade.zip", asset=Asset.INDEX, market=Market.INDIA)
    assert read.passed_over == ("20190102_nifty_minute_trade.csv",)
    assert read.ticks["last"].tolist() == [1.0]
    members, passed_over = lean_members(data, "20190101_trade.zip", Market.INDIA)
    assert [member.day for member in members] == [date(2019, 1, 1)]
    assert passed_over == ["20190102_nifty_minute_trade.csv"]
    with pytest.raises(FileFormatError, match="no file of its own day"):
        lean_members(data, "20190105_trade.zip", Market.INDIA)
    with pytest.raises(FileFormatError, match="2 days and names none"):
        lean_members(data, "trade.zip", Market.INDIA)


def test_a_zip_of_something_else_has_no_members() -> None:
    """Daily bars and maps, which a Lean folder also holds, are no minute bars."""
    data = _zip({"goog.csv": "20151224 00:00,1,1,1,1,1\n"})
    assert lean_members(data, "goog.zip", Market.US) == ([], [])
    read = read_lean(data, "goog.zip", asset=Asset.EQUITY, market=Market.US)
    assert len(read.ticks) == 0


def test_an_empty_file_is_a_contract_without_ticks() -> None:
    """Its name still lists the contract."""
    read = read_lean(_zip({CALL: "\n"}), "x.zip", asset=Asset.OPTION, market=Market.US)
    assert (len(read.members), len(read.ticks)) == (1, 0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("37800000,1,2,3\n", "no quote bar"),
        (QUOTE_ROW.replace("105000", "ten"), "no quote bar"),
        (QUOTE_ROW.replace("105000", '"105000"'), "no quote bar"),
        (QUOTE_ROW.replace("105000", '"105000\n"'), "no quote bar"),
        (QUOTE_ROW.replace("105000", "inf"), "infinite"),
        (QUOTE_ROW.replace("37800000", "86400000"), "86400000 ms since midnight"),
        (QUOTE_ROW.replace("37800000", "-1"), "since midnight"),
        (QUOTE_ROW.replace("37800000", ""), "since midnight"),
    ],
)
def test_a_row_that_is_no_bar_is_refused(text: str, says: str) -> None:
    """Nothing of a damaged file is guessed; the zip is named."""
    with pytest.raises(FileFormatError, match=f"some.zip.*{says}"):
        _ticks(CALL, text)


def test_a_damaged_zip_is_refused() -> None:
    """Cut short, broken inside, or no zip at all."""
    data = bytearray(_zip({CALL: QUOTE_ROW * 50}))
    broken = bytes(data[:90]) + b"\xff" * 20 + bytes(data[110:])
    for bad in (b"", b"PK\x03\x04", bytes(data[: len(data) // 2]), broken):
        with pytest.raises(FileFormatError, match=r"x\.zip"):
            read_lean(bad, "x.zip", asset=Asset.OPTION, market=Market.US)


def test_a_zip_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than may be unpacked is refused from the directory alone."""
    monkeypatch.setattr(lean, "MAX_UNPACKED_BYTES", 10)
    with pytest.raises(FileFormatError, match="at most 10 are read"):
        lean_members(_zip({CALL: QUOTE_ROW}), "x.zip", Market.US)
