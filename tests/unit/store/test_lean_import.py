"""A folder of Lean's minute zips becomes a recording."""

import zipfile
from datetime import date
from pathlib import Path

import pytest

from voldesk.model.enums import Exercise, Market
from voldesk.model.errors import ConfigError, FileFormatError, StorageError
from voldesk.model.ticks import TickKind
from voldesk.store.lean_import import import_lean
from voldesk.store.recording import Recording
from voldesk.store.schema import joined

DAY = "20151224"
NINE_THIRTY, MINUTE = 34_200_000, 60_000


def _quotes(*minutes: int) -> str:
    return "".join(
        f"{NINE_THIRTY + minute * MINUTE},1,1,1,10000,5,1,1,1,20000,6\n" for minute in minutes
    )


def _trades(*minutes: int) -> str:
    return "".join(f"{NINE_THIRTY + minute * MINUTE},1,1,1,15000,5\n" for minute in minutes)


def _put(path: Path, members: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)


def _option(bars: str, terms: str, day: str = DAY) -> str:
    return f"{day}_abc_minute_{bars}_american_{terms}.csv"


@pytest.fixture
def lean(tmp_path: Path) -> Path:
    """Return a folder as Lean lays it out: two contracts and their share on one day."""
    root = tmp_path / "data"
    option, equity = root / "option/usa/minute/abc", root / "equity/usa/minute/abc"
    call, put = "call_1000000_20160115", "put_0950000_20160115"
    _put(
        option / f"{DAY}_quote_american.zip",
        {_option("quote", call): _quotes(0, 1, 2), _option("quote", put): _quotes(1)},
    )
    _put(option / f"{DAY}_trade_american.zip", {_option("trade", call): _trades(1)})
    _put(
        option / f"{DAY}_openinterest_american.zip",
        {_option("openinterest", call): "23400000,17"},
    )
    _put(equity / f"{DAY}_trade.zip", {f"{DAY}_abc_minute_trade.csv": _trades(0, 1)})
    _put(equity / f"{DAY}_quote.zip", {f"{DAY}_abc_minute_quote.csv": _quotes(0, 1)})
    _put(root / "equity/usa/daily/abc.zip", {"abc.csv": "20151224 00:00,1,1,1,1,1\n"})
    return root


def test_everything_becomes_one_recording(lean: Path, tmp_path: Path) -> None:
    """Rows in are ticks out, the report counts both, and what is no minute bar is named."""
    report = import_lean(lean, tmp_path / "rec")
    assert report.counts == {
        "equity quote": 2,
        "equity trade": 2,
        "option openinterest": 1,
        "option quote": 4,
        "option trade": 1,
    }
    assert (report.ticks, report.contracts, report.zips) == (10, 2, 5)
    assert (report.underlyings, report.days) == (("ABC",), (date(2015, 12, 24),))
    assert (report.passed_over, report.skipped) == ((), ("equity/usa/daily/abc.zip",))
    recording = Recording.open(tmp_path / "rec")
    assert (recording.count, recording.feed) == (10, "lean")
    assert recording.profiles["ABC"].exercise is Exercise.AMERICAN


def test_the_listing_has_underlyings_then_contracts(lean: Path, tmp_path: Path) -> None:
    """In order of their keys, under the names the market gives them."""
    import_lean(lean, tmp_path / "rec")
    listing = Recording.open(tmp_path / "rec").listing
    assert listing.key.tolist() == [
        "us ABC",
        "us ABC 20160115 000000095000000 P",
        "us ABC 20160115 000000100000000 C",
    ]
    assert listing.symbol.tolist() == ["ABC", "ABC160115P00095000", "ABC160115C00100000"]
    assert listing.is_option.tolist() == [False, True, True]
    assert listing.multiplier.tolist() == [1, 100, 100]


def test_ticks_are_merged_by_time_the_underlyings_first(lean: Path, tmp_path: Path) -> None:
    """At one instant: spot, open interest, trades, quotes."""
    import_lean(lean, tmp_path / "rec")
    batches = list(Recording.open(tmp_path / "rec").batches(every_ns=1))
    spot, trade, quote = TickKind.SPOT, TickKind.TRADE, TickKind.QUOTE
    assert [batch["kind"].tolist() for batch in batches] == [
        [TickKind.OPEN_INTEREST],
        [spot, spot, quote],
        [spot, spot, trade, quote, quote],
        [quote],
    ]
    assert batches[2]["instrument"].tolist() == [0, 0, 2, 2, 1]
    assert batches[2]["volume"][0] == 10


def test_days_follow_one_another(lean: Path, tmp_path: Path) -> None:
    """A contract that appears on a later day is listed once, ticks stay in order of time."""
    name = _option("quote", "call_1000000_20160115", "20151228")
    _put(lean / "option/usa/minute/abc/20151228_quote_american.zip", {name: _quotes(0)})
    report = import_lean(lean, tmp_path / "rec")
    assert report.days == (date(2015, 12, 24), date(2015, 12, 28))
    ticks = joined(*Recording.open(tmp_path / "rec").batches())
    assert (ticks["ts_recv"][1:] >= ticks["ts_recv"][:-1]).all()
    assert report.contracts == 2


def test_the_same_files_give_the_same_ticks(lean: Path, tmp_path: Path) -> None:
    """Two imports are equal to the bit."""
    for name in ("one", "two"):
        import_lean(lean, tmp_path / name)
    one, two = (joined(*Recording.open(tmp_path / name).batches()) for name in ("one", "two"))
    assert one.tobytes() == two.tobytes()


def test_a_day_without_trades_has_the_mid_for_spot(lean: Path, tmp_path: Path) -> None:
    """Where no trade gives the underlying's price its quotes do."""
    (lean / f"equity/usa/minute/abc/{DAY}_trade.zip").unlink()
    import_lean(lean, tmp_path / "rec")
    ticks = joined(*Recording.open(tmp_path / "rec").batches())
    assert ticks["last"][ticks["kind"] == TickKind.SPOT].tolist() == [1.5, 1.5]


def test_an_indian_index_is_known_by_name(tmp_path: Path) -> None:
    """NIFTY counts from IST and settles in India though no folder says so."""
    _put(tmp_path / "index" / f"{DAY}_trade.zip", {f"{DAY}_nifty_minute_trade.csv": _trades(0)})
    report = import_lean(tmp_path / "index", tmp_path / "rec")
    recording = Recording.open(tmp_path / "rec")
    assert report.counts == {"index trade": 1}
    assert recording.profiles["NIFTY"].market is Market.INDIA
    assert recording.listing.key.tolist() == ["india NIFTY"]
    assert recording.span is not None
    assert recording.span[0] // 60_000_000_000 % 1440 == 4 * 60 + 1


def test_progress_counts_to_the_end(lean: Path, tmp_path: Path) -> None:
    """One call per zip that is read."""
    calls: list[tuple[int, int, str]] = []
    import_lean(lean, tmp_path / "rec", progress=lambda *told: calls.append(told))
    assert [done for done, _, _ in calls] == [1, 2, 3, 4, 5]
    assert {total for _, total, _ in calls} == {5}


def test_an_existing_recording_is_not_touched(lean: Path, tmp_path: Path) -> None:
    """The name is taken, whatever it is."""
    (tmp_path / "rec").mkdir()
    with pytest.raises(ConfigError, match="is there already"):
        import_lean(lean, tmp_path / "rec")
    assert list((tmp_path / "rec").iterdir()) == []


def test_a_failed_import_leaves_nothing(lean: Path, tmp_path: Path) -> None:
    """A damaged row stops the import and no half recording stays; trying again works."""
    path = lean / f"option/usa/minute/abc/{DAY}_trade_american.zip"
    name = _option("trade", "call_1000000_20160115")
    _put(path, {name: "noon,1,1,1,1,1\n"})
    with pytest.raises(FileFormatError, match="trade_american"):
        import_lean(lean, tmp_path / "rec")
    assert [entry.name for entry in tmp_path.iterdir()] == ["data"]
    _put(path, {name: _trades(1)})
    assert import_lean(lean, tmp_path / "rec").ticks == 10


def test_a_folder_without_bars_is_refused(tmp_path: Path) -> None:
    """Empty, or not there."""
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(ConfigError, match="no zip of Lean minute bars"):
            import_lean(folder, tmp_path / "rec")


def test_an_underlying_of_unknown_kind_is_refused(tmp_path: Path) -> None:
    """Index and equity differ in scale and clock, so a guess would be wrong in both."""
    _put(tmp_path / "some" / f"{DAY}_trade.zip", {f"{DAY}_abc_minute_trade.csv": _trades(0)})
    with pytest.raises(ConfigError, match="index or an equity"):
        import_lean(tmp_path / "some", tmp_path / "rec")


def test_a_place_that_cannot_be_written_is_told(lean: Path, tmp_path: Path) -> None:
    """What the system says is in the message."""
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot be written to"):
        import_lean(lean, tmp_path / "file" / "rec")


def test_a_zip_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """The path is named with what the system says."""
    (tmp_path / "equity" / "20151224_trade.zip").mkdir(parents=True)
    with pytest.raises(StorageError, match=r"20151224_trade\.zip cannot be read"):
        import_lean(tmp_path / "equity", tmp_path / "rec")


def test_a_contract_without_an_occ_name_goes_by_its_key(lean: Path, tmp_path: Path) -> None:
    """A strike that no OCC symbol can print is still listed."""
    name = _option("quote", "call_2000000000_20160115", "20151229")
    _put(lean / "option/usa/minute/abc/20151229_quote_american.zip", {name: _quotes(0)})
    import_lean(lean, tmp_path / "rec")
    listing = Recording.open(tmp_path / "rec").listing
    assert listing.strike[-1] == 200_000
    assert listing.symbol[-1] == listing.key[-1]
