"""Names of Indian options."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.model.contracts import Contract
from voldesk.model.enums import Market, Right
from voldesk.model.errors import WireError
from voldesk.model.symbols_india import nse_symbol, parse_nse, parse_upstox, upstox_symbol

INDICES = ("NIFTY", "BANKNIFTY", "FINNIFTY", "MIDCPNIFTY", "SENSEX", "BANKEX", "SENSEX50")
STOCKS = ("HDFCBANK", "M&M", "BAJAJ-AUTO", "NIFTYNXT50", "360ONE", "MARUTI", "DECOJAN")


@st.composite
def contracts(draw: st.DrawFn, roots: tuple[str, ...] = INDICES + STOCKS) -> Contract:
    """Draw a contract an Indian exchange could list, strikes in steps of 0.05."""
    root = draw(st.sampled_from(roots))
    return Contract(
        root,
        root,
        draw(st.dates(date(2000, 6, 1), date(2049, 12, 31))),
        draw(st.sampled_from(Right)),
        draw(st.integers(1, 4_000_000)) / 20,
        Market.INDIA,
    )


@pytest.mark.parametrize(
    ("name", "root", "expiry", "strike", "right"),
    [
        ("NIFTY25FEB23000CE", "NIFTY", date(2025, 2, 27), 23000.0, Right.CALL),
        ("NIFTY2520623000PE", "NIFTY", date(2025, 2, 6), 23000.0, Right.PUT),
        ("NIFTY25O0723000PE", "NIFTY", date(2025, 10, 7), 23000.0, Right.PUT),
        ("NIFTY25N0423000PE", "NIFTY", date(2025, 11, 4), 23000.0, Right.PUT),
        ("NIFTY25D0223000CE", "NIFTY", date(2025, 12, 2), 23000.0, Right.CALL),
        ("NIFTY25DEC23000CE", "NIFTY", date(2025, 12, 30), 23000.0, Right.CALL),
        ("HDFCBANK25FEB1742.5CE", "HDFCBANK", date(2025, 2, 27), 1742.5, Right.CALL),
        ("BANKNIFTY24DEC51000PE", "BANKNIFTY", date(2024, 12, 24), 51000.0, Right.PUT),
        ("FINNIFTY25SEP26000CE", "FINNIFTY", date(2025, 9, 30), 26000.0, Right.CALL),
        ("MIDCPNIFTY24NOV12000CE", "MIDCPNIFTY", date(2024, 11, 25), 12000.0, Right.CALL),
        ("SENSEX2561781500CE", "SENSEX", date(2025, 6, 17), 81500.0, Right.CALL),
        ("SENSEX25JUN81500CE", "SENSEX", date(2025, 6, 24), 81500.0, Right.CALL),
        ("SENSEX502561725000CE", "SENSEX50", date(2025, 6, 17), 25000.0, Right.CALL),
        ("NIFTYNXT5025FEB65000CE", "NIFTYNXT50", date(2025, 2, 27), 65000.0, Right.CALL),
        ("M&M25FEB3000PE", "M&M", date(2025, 2, 27), 3000.0, Right.PUT),
        ("BAJAJ-AUTO25FEB9000PE", "BAJAJ-AUTO", date(2025, 2, 27), 9000.0, Right.PUT),
        ("360ONE25FEB1000PE", "360ONE", date(2025, 2, 27), 1000.0, Right.PUT),
        ("MARUTI25MAR12000CE", "MARUTI", date(2025, 3, 27), 12000.0, Right.CALL),
        ("NIFTY 23000 PE 27 FEB 25", "NIFTY", date(2025, 2, 27), 23000.0, Right.PUT),
        ("NIFTY 19650 CE 15 FEB 24", "NIFTY", date(2024, 2, 15), 19650.0, Right.CALL),
        ("HDFCBANK 1742.5 CE 27 FEB 25", "HDFCBANK", date(2025, 2, 27), 1742.5, Right.CALL),
    ],
)
def test_names_are_read_into_their_terms(
    name: str, root: str, expiry: date, strike: float, right: Right
) -> None:
    """Monthly, weekly and display names give root, expiry, strike and right."""
    contract = parse_nse(name)
    assert contract == Contract(root, root, expiry, right, strike, Market.INDIA)
    assert contract.symbol == name


@given(contracts())
def test_monthly_names_are_inverse_given_the_day(contract: Contract) -> None:
    """A monthly name and the master's date together are the whole contract."""
    name = nse_symbol(contract, is_weekly=False)
    assert parse_nse(name, expiry=contract.expiry) == contract
    assert nse_symbol(parse_nse(name, expiry=contract.expiry), is_weekly=False) == name


@given(contracts(roots=INDICES))
def test_weekly_names_are_inverse(contract: Contract) -> None:
    """A weekly name of an index is the whole contract."""
    name = nse_symbol(contract, is_weekly=True)
    assert parse_nse(name) == contract
    assert parse_nse(name, expiry=contract.expiry) == contract


@given(contracts())
def test_display_names_are_inverse(contract: Contract) -> None:
    """An Upstox display name is the whole contract."""
    assert parse_upstox(upstox_symbol(contract)) == contract
    assert parse_nse(upstox_symbol(contract)) == contract


@given(st.text("NIFTY25O06FEB 23.PCE&-", max_size=26))
def test_no_text_breaks_the_parser(name: str) -> None:
    """Any text is either a contract or a WireError."""
    try:
        contract = parse_nse(name)
    except WireError:
        return
    assert contract.symbol == name


def test_idle_zeros_of_a_strike_are_read() -> None:
    """A strike printed with paise it does not need is the same strike."""
    assert parse_nse("HDFCBANK25FEB1742.50CE") == parse_nse("HDFCBANK25FEB1742.5CE")


def test_the_masters_date_goes_before_the_rule() -> None:
    """Where a master tells the day of a monthly contract, that day is taken."""
    assert parse_nse("NIFTY25FEB23000CE", expiry=date(2025, 2, 26)).expiry == date(2025, 2, 26)


@pytest.mark.parametrize(
    ("name", "expiry"),
    [
        ("NIFTY25FEB23000CE", date(2025, 3, 27)),
        ("NIFTY25FEB23000CE", date(2026, 2, 26)),
        ("NIFTY2520623000PE", date(2025, 2, 13)),
        ("NIFTY 23000 PE 27 FEB 25", date(2025, 2, 26)),
    ],
)
def test_a_date_that_contradicts_the_name_is_refused(name: str, expiry: date) -> None:
    """Name and master must agree as far as the name goes."""
    with pytest.raises(WireError, match=rf"says .*, the expiry given {expiry}"):
        parse_nse(name, expiry=expiry)


@pytest.mark.parametrize(
    "name", ["NIFTY25FEBFUT", "NIFTY25206FUT", "NIFTY FUT 30 MAR 26", "BANKNIFTY25FEBFUT"]
)
def test_futures_are_refused_as_futures(name: str) -> None:
    """A future's name is told apart from a misspelt option's."""
    with pytest.raises(WireError, match="names a future, expected an option"):
        parse_nse(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "NIFTY",
        "NIFTY25FEB23000",
        "NIFTY25FEB23000C",
        "nifty25feb23000ce",
        "NIFTY25FEBCE",
        "NIFTY25FEB0CE",
        "NIFTY25FEB023000CE",
        "25FEB23000CE",
        "NIFTY2523023000PE",
        "NIFTY25X0623000PE",
        "NIFTY2520023000PE",
        "NIFTY 23000 PE 30 FEB 25",
        "NIFTY 23000 PE 7 FEB 25",
        "NIFTY  23000 PE 27 FEB 25",
        "NIFTY 23000 XE 27 FEB 25",
        "NIFTY 0 PE 27 FEB 25",
        "NIFTY25FEB23000CE\n",
        "NIFTY25FEB2300\u0660CE",
    ],
)
def test_other_text_is_refused_and_quoted(name: str) -> None:
    """A name that is none of the three forms is an error that quotes it."""
    with pytest.raises(WireError) as caught:
        parse_nse(name)
    assert repr(name) in str(caught.value)


@pytest.mark.parametrize(
    ("root", "expiry", "strike"),
    [
        ("NIFTYNXT50", date(2025, 2, 6), 65000.0),
        ("SENSEX", date(2050, 1, 1), 100.0),  # reads as SENSEX50 in 2010
    ],
)
def test_an_ambiguous_weekly_name_is_not_printed(root: str, expiry: date, strike: float) -> None:
    """Where the year could not be told from the root, no weekly name is printed."""
    contract = Contract(root, root, expiry, Right.CALL, strike, Market.INDIA)
    with pytest.raises(WireError, match=f"root '{root}' has no weekly name: .* is ambiguous"):
        nse_symbol(contract, is_weekly=True)


@pytest.mark.parametrize(
    ("root", "strike", "market", "message"),
    [
        ("NIFTY", 0.0, Market.INDIA, "root 'NIFTY', strike 0.0 have no NSE name"),
        ("NIFTY 50", 1.0, Market.INDIA, "root 'NIFTY 50', strike 1.0 have no NSE name"),
        ("NIFTY", 1.0, Market.US, "NIFTY trades in us, NSE names are india"),
    ],
)
def test_what_has_no_name_is_not_printed(
    root: str, strike: float, market: Market, message: str
) -> None:
    """A contract the forms cannot say is an error."""
    contract = Contract(root, root, date(2025, 2, 27), Right.CALL, strike, market)
    with pytest.raises(WireError, match=message):
        upstox_symbol(contract)
    with pytest.raises(WireError, match=message):
        nse_symbol(contract, is_weekly=False)


def test_every_name_of_the_upstox_master(vendor_data: Path) -> None:
    """Options agree with strike, type and the (late) expiry of their rows; futures are refused."""
    master = json.loads((vendor_data / "upstox_format" / "NSE_instruments_sample.json").read_text())
    rows = [row for row in master if row["segment"] == "NSE_FO"]
    options = [row for row in rows if row["instrument_type"] in ("CE", "PE")]
    assert len(options) == 24
    for row in options:
        contract = parse_nse(row["trading_symbol"])
        assert contract.strike == row["strike_price"]
        assert f"{contract.right}E" == row["instrument_type"]
        assert contract.root == row["underlying_symbol"]
        assert upstox_symbol(contract) == row["trading_symbol"]
        # The master's expiry is one second before midnight IST, not the settlement at 15:30.
        late = datetime.fromtimestamp(row["expiry"] / 1000, UTC) + timedelta(hours=5, minutes=30)
        assert (late.hour, late.minute, late.second) == (23, 59, 59)
        assert contract.expiry == late.date()
    for row in rows:
        if row["instrument_type"] == "FUT":
            with pytest.raises(WireError, match="names a future"):
                parse_nse(row["trading_symbol"])
