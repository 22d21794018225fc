"""Tests of `wire.files.cboe`."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from voldesk.model.enums import Market
from voldesk.model.errors import FileFormatError
from voldesk.model.quotes import ChainSnapshot
from voldesk.wire.files.cboe import READER
from voldesk.wire.files.reader import NO_HINTS
from voldesk.wire.files.unpack import open_document

Load = Callable[[str], bytes]


def read(data: bytes) -> ChainSnapshot:
    """Read bytes as a quote table."""
    return READER.read(open_document(data, "table.csv"), NO_HINTS)


def when(snapshot: ChainSnapshot) -> str:
    """Return the snapshot's time as text."""
    return datetime.fromtimestamp(snapshot.as_of / 1e9, UTC).isoformat()


def test_the_layout_of_today(sample: Load) -> None:
    """A blank line, a quoted date, AM and PM roots apart, calls above puts."""
    snapshot = read(sample("cboe_2025.csv"))
    quotes = snapshot.quotes
    assert (snapshot.underlying, snapshot.market, snapshot.source) == ("SPX", Market.US, "cboe")
    assert snapshot.spot == 6711.2002
    assert when(snapshot) == "2025-10-01T20:15:00+00:00"
    assert snapshot.problems == ()
    assert quotes.root.tolist() == ["SPX", "SPXW", "SPX", "SPXW"] * 2
    assert quotes.is_call.tolist() == [True] * 4 + [False] * 4
    assert set(quotes.expiry.astype(str)) == {"2025-10-17"}
    assert quotes.strike.tolist() == [6700.0, 6700.0, 1200.0, 8600.0] * 2
    assert quotes.symbol[5] == "SPXW251017P06700000"
    assert (quotes.bid[5], quotes.ask[5], quotes.last[5]) == (72.4, 73.0, 72.6)
    assert (quotes.volume[5], quotes.open_interest[5]) == (2210.0, 3318.0)
    assert (quotes.vendor_iv[5], quotes.vendor_delta[5], quotes.vendor_gamma[5]) == (
        0.1351, -0.4602, 0.002,
    )  # fmt: skip


def test_zeros_mean_what_they_are(sample: Load) -> None:
    """A bid of 0 is a bid of 0; an IV of 0 and a last sale that never happened are unknown."""
    quotes = read(sample("cboe_2025.csv")).quotes
    worthless = 3
    assert (quotes.bid[worthless], quotes.ask[worthless]) == (0.0, 0.05)
    assert quotes.last[worthless] == 0.05
    deep = 2
    assert np.isnan([quotes.vendor_iv[deep], quotes.last[deep]]).all()


def test_the_layout_of_2019_and_2020(sample: Load) -> None:
    """quotedata.dat with Vol and Open Int, US dates, a caret before the index."""
    snapshot = read(sample("cboe_2020.dat"))
    assert snapshot.underlying == "SPX"
    assert snapshot.spot == 2304.92
    assert when(snapshot) == "2020-03-20T20:15:00+00:00"
    assert snapshot.quotes.root.tolist() == ["SPXW", "SPX"] * 2
    assert snapshot.quotes.expiry.astype(str).tolist() == ["2020-03-23", "2020-04-17"] * 2
    assert snapshot.quotes.volume.tolist() == [41.0, 1.0, 3.0, 3.0]
    assert snapshot.problems == ()


def test_the_layout_until_2018(sample: Load) -> None:
    """Contracts by name, a line per exchange: the best quote is kept, lone exchange lines too."""
    snapshot = read(sample("cboe_2013.dat"))
    quotes = snapshot.quotes
    assert snapshot.underlying == "AAPL"
    assert when(snapshot) == "2013-12-19T19:47:00+00:00"
    assert quotes.root.tolist() == ["AAPL", "AAPL7"] * 2
    assert quotes.expiry.astype(str).tolist() == ["2014-01-18"] * 4
    assert quotes.strike.tolist() == [545.0, 77.85] * 2
    assert quotes.is_call.tolist() == [True, True, False, False]
    assert quotes.bid.tolist() == [15.0, 467.1, 13.8, 0.0]
    assert snapshot.problems == ()


def test_a_table_saved_by_a_german_excel(sample: Load) -> None:
    """Semicolons, decimal commas, grouping points, blank cells to the right, two date forms."""
    snapshot = read(sample("cboe_excel_de.csv"))
    quotes = snapshot.quotes
    assert snapshot.spot == 6711.2002
    assert when(snapshot) == "2025-10-01T20:15:00+00:00"
    assert quotes.strike.tolist() == [6700.0] * 4
    assert quotes.bid.tolist() == [97.1, 99.4, 70.6, 72.4]
    assert quotes.open_interest.tolist() == [5120.0, 2205.0, 9044.0, 3318.0]
    assert set(quotes.expiry.astype(str)) == {"2025-10-17"}
    assert snapshot.problems == ()


def test_a_table_without_its_head_still_has_its_rows(sample: Load) -> None:
    """No stamp, no spot: unknown; a date Excel has spoilt is read from the symbol."""
    text = sample("cboe_2025.csv").decode().split("\n", 3)[3].replace("Fri Oct 17 2025", "17-10-25")
    snapshot = read(text.encode())
    assert snapshot.as_of == 0
    assert np.isnan(snapshot.spot)
    assert set(snapshot.quotes.expiry.astype(str)) == {"2025-10-17"}


def test_the_middle_stands_in_for_a_missing_last_level(sample: Load) -> None:
    """Bid and ask of the underlying are what is left."""
    data = sample("cboe_2025.csv").replace(b"Last: 6711.2002", b"Last: 0")
    assert read(data).spot == pytest.approx((6661.1099 + 6743.9702) / 2)


def test_bad_rows_and_stamps_are_named_by_line(sample: Load) -> None:
    """The file is read nonetheless."""
    data = sample("cboe_2025.csv").replace(b"October 1, 2025", b"Brumaire 9")
    data = data.replace(b"97.1,98.3", b"97.1,abc").replace(b",8600.00,", b",-,")
    snapshot = read(data)
    assert [(problem.line, problem.reason) for problem in snapshot.problems] == [
        (3, "the date of the quotes cannot be read: 'Brumaire 9 at 6:01 PM EDT'"),
        (5, "ask 'abc' is no number"),
    ]
    assert len(snapshot.quotes) == 8, "the strike of line 8 is in its symbols"


def test_a_side_without_a_contract_is_left_out() -> None:
    """Puts only: blank calls are no rows."""
    header = "Expiration Date,Calls,Bid,Ask,Strike,Puts,Bid,Ask"
    snapshot = read(f"{header}\n10/17/2025,,,,6700,SPXW251017P06700000,72.4,73\n".encode())
    assert snapshot.quotes.is_call.tolist() == [False]


def test_another_table_is_refused() -> None:
    """The error says what a quote table looks like and what was found."""
    with pytest.raises(FileFormatError, match=r"is not a CBOE quote table: .* found 'strike,bid"):
        read(b"strike,bid\n1,2\n")
    with pytest.raises(FileFormatError, match="no usable option row among 0"):
        read(b"Calls,Bid,Ask,Puts,Bid,Ask\n")


FILES = {
    "spx_quotedata.csv": 282, "spx_quotedata-2.csv": 194, "spx_quotedata-3.csv": 434,
    "spx_quotedata-4.csv": 150, "spx_quotedata-5.csv": 318, "spx_quotedata-6.csv": 130,
    "spx_quotedata-7.csv": 186, "spx_quotedata-8.csv": 52, "spx_quotedata-9.csv": 74,
    "spx_quotedata-10.csv": 62, "spx_quotedata_aug.csv": 94,
}  # fmt: skip


@pytest.mark.parametrize(("name", "count"), FILES.items())
def test_real_tables_are_read_whole(vendor_data: Path, name: str, count: int) -> None:
    """Every contract of the real files is there, without a problem."""
    path = vendor_data / "cboe_quotetable_spx_2025-10-01" / name
    snapshot = read(path.read_bytes())
    assert len(snapshot.quotes) == count
    assert snapshot.problems == ()
    assert snapshot.spot == 6711.2002
    assert when(snapshot) == "2025-10-01T20:15:00+00:00"
    assert set(snapshot.quotes.root) <= {"SPX", "SPXW"}
    assert not np.isnan(snapshot.quotes.strike).any()


def test_cells_of_a_real_table_are_where_they_belong(vendor_data: Path) -> None:
    """One put of the June file, cell by cell."""
    path = vendor_data / "cboe_quotetable_spx_2025-10-01" / "spx_quotedata-3.csv"
    quotes = read(path.read_bytes()).quotes
    row = quotes.symbol.tolist().index("SPXW260630P08200000")
    assert (quotes.bid[row], quotes.ask[row], quotes.last[row]) == (1297.9, 1310.9, 1326.79)
    assert (quotes.vendor_iv[row], quotes.vendor_delta[row]) == (0.1213, -0.9537)
    assert (quotes.open_interest[row], quotes.volume[row]) == (10.0, 1.0)
    assert quotes.expiry[row] == np.datetime64("2026-06-30")
    assert quotes.root[row] == "SPXW"
