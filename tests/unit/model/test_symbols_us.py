"""Names of US options."""

import csv
import gzip
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.model.contracts import Contract
from voldesk.model.enums import Market, Right
from voldesk.model.errors import WireError
from voldesk.model.roots import underlying_of_root
from voldesk.model.symbols_us import (
    ib_local_symbol,
    occ_symbol,
    osi_symbol,
    parse_ib_local,
    parse_occ,
    parse_osi,
)

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ROOTS = st.text(LETTERS + "0123456789", min_size=1, max_size=6).filter(
    lambda root: any(char in LETTERS for char in root)
)


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    """Draw a contract OCC could list."""
    root = draw(ROOTS)
    return Contract(
        underlying_of_root(root),
        root,
        draw(st.dates(date(1990, 1, 1), date(2089, 12, 31))),
        draw(st.sampled_from(Right)),
        draw(st.integers(1, 10**8 - 1)) / 1000,
        Market.US,
    )


def test_a_name_is_read_into_its_terms() -> None:
    """Root, date, right and strike come out of an OCC name, the name is kept."""
    contract = parse_occ("SPXW251017C06700000")
    assert contract == Contract("SPX", "SPXW", date(2025, 10, 17), Right.CALL, 6700.0, Market.US)
    assert contract.symbol == "SPXW251017C06700000"


@pytest.mark.parametrize(
    ("name", "root", "underlying", "strike"),
    [
        ("AAPL1140118P00457860", "AAPL1", "AAPL", 457.86),
        ("A250117C00000500", "A", "A", 0.5),
        ("GOOGL250117C99999999", "GOOGL", "GOOGL", 99999.999),
        ("4SPX250117C05000000", "4SPX", "SPX", 5000.0),
        ("ABCDEF250117C00000001", "ABCDEF", "ABCDEF", 0.001),
    ],
)
def test_roots_with_digits_and_odd_strikes(
    name: str, root: str, underlying: str, strike: float
) -> None:
    """Adjusted and FLEX roots keep their digits, strikes their thousandths."""
    contract = parse_occ(name)
    assert (contract.root, contract.underlying, contract.strike) == (root, underlying, strike)
    assert occ_symbol(contract) == name


@given(contracts())
def test_parsers_and_printers_are_inverse(contract: Contract) -> None:
    """Every listed contract's printed name, in each form, reads back as that contract."""
    assert parse_occ(occ_symbol(contract)) == contract
    assert parse_osi(osi_symbol(contract)) == contract
    assert parse_ib_local(ib_local_symbol(contract)) == contract
    assert len(osi_symbol(contract)) == 21


@given(
    ROOTS,
    st.dates(date(1990, 1, 1), date(2089, 12, 31)),
    st.sampled_from("CP"),
    st.integers(1, 10**8 - 1),
)
def test_printers_and_parsers_are_inverse(root: str, day: date, right: str, strike: int) -> None:
    """Every name of the form prints again as it was read."""
    name = f"{root}{day:%y%m%d}{right}{strike:08d}"
    assert occ_symbol(parse_occ(name)) == name
    padded = f"{root:6}{day:%y%m%d}{right}{strike:08d}"
    assert osi_symbol(parse_osi(padded)) == padded


@pytest.mark.parametrize("parse", [parse_occ, parse_osi, parse_ib_local])
@pytest.mark.parametrize(
    "name",
    [
        "",
        "SPX",
        "251017C06700000",
        "SPXW251017X06700000",
        "SPXW251017C0670000",
        "SPXW251017C067000000",
        "spxw251017C06700000",
        "SPXW251317C06700000",
        "SPXW250230C06700000",
        "SPXW251017C00000000",
        "SPXWEEK251017C06700000",
        "123251017C06700000",
        "SP W251017C06700000",
        " SPXW251017C06700000",
        "SPXW  251017C06700000 ",
        "SPXW251017C0670000\u0663",
        "SPXW  251017C06700000\n",
        "SPXW\t 251017C06700000",
    ],
)
def test_other_text_is_refused_and_quoted(parse: Callable[[str], Contract], name: str) -> None:
    """A name that is not of the form is an error that quotes it."""
    with pytest.raises(WireError) as caught:
        parse(name)
    assert repr(name) in str(caught.value)


@given(st.text(max_size=24))
def test_no_text_breaks_the_parsers(name: str) -> None:
    """Any text is either a contract that prints as that text or a WireError."""
    for parse, show in ((parse_occ, occ_symbol), (parse_osi, osi_symbol)):
        try:
            contract = parse(name)
        except WireError:
            continue
        assert show(contract) == name


def test_compact_and_padded_are_told_apart() -> None:
    """OCC names have no spaces, OSI names have 21 characters; IB's reader takes both."""
    compact, padded = "SPX230811C04500000", "SPX   230811C04500000"
    assert parse_ib_local(compact) == parse_ib_local(padded) == parse_occ(compact)
    assert parse_osi(padded) == parse_occ(compact)
    with pytest.raises(WireError, match="expected ROOTyymmddC00000000"):
        parse_occ(padded)
    with pytest.raises(WireError, match="has 18 characters, expected 21"):
        parse_osi(compact)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"strike": 0.0}, r"strike 0.0 of SPX has no OCC name"),
        ({"strike": 100_000.0}, r"strike 100000.0 of SPX has no OCC name"),
        ({"strike": 1.0005}, r"strike 1.0005 of SPX has no OCC name"),
        ({"strike": -5.0}, r"strike -5.0 of SPX has no OCC name"),
        ({"root": "BRK.B"}, r"root 'BRK.B' has no OCC name"),
        ({"root": "TOOLONG"}, r"root 'TOOLONG' has no OCC name"),
        ({"expiry": date(2090, 1, 1)}, r"expected 1990 to 2089"),
        ({"market": Market.INDIA}, r"SPX trades in india, OCC names are us"),
    ],
)
def test_what_has_no_name_is_not_printed(change: dict[str, object], message: str) -> None:
    """A contract the form cannot say is an error, never another contract's name."""
    terms: dict[str, object] = {
        "underlying": "SPX",
        "root": "SPX",
        "expiry": date(2025, 10, 17),
        "right": Right.CALL,
        "strike": 6700.0,
        "market": Market.US,
    }
    contract = Contract(**(terms | change))  # type: ignore[arg-type]  # one table of any changes
    with pytest.raises(WireError, match=message):
        occ_symbol(contract)


def test_every_cboe_name_agrees_with_its_row(vendor_data: Path) -> None:
    """CBOE's names say the strike and the date of their rows, call left and put right."""
    count = 0
    for file in (vendor_data / "cboe_quotetable_spx_2025-10-01").glob("*.csv"):
        with file.open(newline="") as lines:
            for row in csv.reader(lines):
                if len(row) < 22 or row[0] == "Expiration Date":
                    continue
                expiry = datetime.strptime(row[0], "%a %b %d %Y").replace(tzinfo=UTC).date()
                for name, right in ((row[1], Right.CALL), (row[12], Right.PUT)):
                    contract = parse_occ(name)
                    assert (contract.expiry, contract.right) == (expiry, right)
                    assert contract.strike == float(row[11])
                    assert contract.underlying == "SPX"
                    assert occ_symbol(contract) == name
                    count += 1
    assert count > 1900


def test_every_yahoo_name_agrees_with_its_row(vendor_data: Path) -> None:
    """Yahoo's names say the expiry, type and strike of their rows."""
    folder = vendor_data / "yahoo_etf_chains_2026-08" / "2026-08-18"
    count = 0
    for file in folder.glob("*.csv.gz"):
        with gzip.open(file, "rt", newline="") as lines:
            for row in csv.DictReader(lines):
                contract = parse_occ(row["contractSymbol"])
                assert contract.expiry == date.fromisoformat(row["expiry"])
                assert contract.right == row["type"]
                assert contract.strike == float(row["strike"])
                assert occ_symbol(contract) == row["contractSymbol"]
                count += 1
    assert count > 10_000


def test_names_in_recorded_tws_sessions(vendor_data: Path) -> None:
    """Every localSymbol TWS sent is read, and printed as TWS sent it."""
    folder = vendor_data / "ib_recordings"
    text = (folder / "ib_async_option_chain_outputs.txt").read_text()
    for file in folder.glob("*.log.gz"):
        with gzip.open(file, "rt") as lines:
            text += lines.read()
    names = set(re.findall(r"\b[A-Z]{1,6} *\d{6}[CP]\d{8}\b", text))
    padded = {name for name in names if " " in name}
    assert "SPXW  251022C06765000" in padded
    assert {ib_local_symbol(parse_ib_local(name)) for name in padded} == padded
    assert {parse_ib_local(name).underlying for name in names} == {"SPX"}


def test_files_named_after_ib_contracts(vendor_data: Path) -> None:
    """The recordings of IB Greeks are named by compact symbols."""
    stems = {file.stem for file in (vendor_data / "ib_greeks_sample").glob("*.csv")}
    contracts_read = {parse_ib_local(stem) for stem in stems}
    assert {(contract.root, contract.strike) for contract in contracts_read} == {
        ("SPX", 4500.0),
        ("SPY", 450.0),
    }
    assert {contract.expiry for contract in contracts_read} == {date(2023, 8, 11)}
