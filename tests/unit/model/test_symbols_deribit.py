"""Names of Deribit options."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.model.contracts import Contract
from voldesk.model.enums import Market, Right
from voldesk.model.errors import WireError
from voldesk.model.symbols_deribit import deribit_symbol, parse_deribit


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    """Draw a contract Deribit could list."""
    coin = draw(st.sampled_from(["BTC", "ETH", "MATIC", "1INCH"]))
    paid_in = draw(st.sampled_from(["", "_USDC", "_USDT"]))
    return Contract(
        coin,
        coin + paid_in,
        draw(st.dates(date(2016, 1, 1), date(2089, 12, 31))),
        draw(st.sampled_from(Right)),
        draw(st.integers(1, 10**12)) / 10_000,
        Market.DERIBIT,
    )


@pytest.mark.parametrize(
    ("name", "underlying", "root", "expiry", "strike", "right"),
    [
        ("BTC-27DEC24-100000-C", "BTC", "BTC", date(2024, 12, 27), 100_000.0, Right.CALL),
        ("ETH-5JUN20-310-P", "ETH", "ETH", date(2020, 6, 5), 310.0, Right.PUT),
        ("MATIC_USDC-9MAR24-1d02-C", "MATIC", "MATIC_USDC", date(2024, 3, 9), 1.02, Right.CALL),
        ("XRP_USDC-30JUN23-0d625-P", "XRP", "XRP_USDC", date(2023, 6, 30), 0.625, Right.PUT),
        ("BTC_USDC-9MAR24-68000-C", "BTC", "BTC_USDC", date(2024, 3, 9), 68_000.0, Right.CALL),
    ],
)
def test_names_are_read_into_their_terms(
    name: str, underlying: str, root: str, expiry: date, strike: float, right: Right
) -> None:
    """Coin and linear options are read, and printed as they were."""
    contract = parse_deribit(name)
    assert contract == Contract(underlying, root, expiry, right, strike, Market.DERIBIT)
    assert contract.symbol == name
    assert deribit_symbol(contract) == name


@given(contracts())
def test_parser_and_printer_are_inverse(contract: Contract) -> None:
    """Every contract's printed name reads back as that contract."""
    assert parse_deribit(deribit_symbol(contract)) == contract


@given(st.text("BTC_US-0123459dJANDEP", max_size=22))
def test_no_text_breaks_the_parser(name: str) -> None:
    """Any text is either a contract that prints as that text or a WireError."""
    try:
        contract = parse_deribit(name)
    except WireError:
        return
    assert deribit_symbol(contract) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "BTC-PERPETUAL",
        "BTC-27DEC24",
        "BTC_USDC",
        "BTC-STRD-30SEP22-20000",
        "BTC-FS-30SEP22_PERP",
        "BTC-CSR12-16SEP22-21000_23000",
        "BTC-05JUN20-9250-C",
        "BTC-5jun20-9250-C",
        "BTC-31JUN20-9250-C",
        "BTC-5JUN20-09250-C",
        "BTC-5JUN20-9250d0-C",
        "BTC-5JUN20-9250d-C",
        "BTC-5JUN20-9250.5-C",
        "BTC-5JUN20-0-C",
        "BTC-5JUN20-9250-X",
        "BTC-5JUN20-9250-C\n",
        "BTC-5JUN20--9250-C",
    ],
)
def test_other_names_are_refused_and_quoted(name: str) -> None:
    """Perpetuals, futures, combos and misspelt options are errors that quote the name."""
    with pytest.raises(WireError) as caught:
        parse_deribit(name)
    assert repr(name) in str(caught.value)


@pytest.mark.parametrize(
    ("root", "strike", "market", "message"),
    [
        ("BTC", 0.0, Market.DERIBIT, "root 'BTC', strike 0.0 have no Deribit name"),
        ("btc", 1.0, Market.DERIBIT, "root 'btc', strike 1.0 have no Deribit name"),
        ("BTC", 1.0, Market.US, "BTC trades in us, Deribit names are deribit"),
    ],
)
def test_what_has_no_name_is_not_printed(
    root: str, strike: float, market: Market, message: str
) -> None:
    """A contract the form cannot say is an error."""
    contract = Contract(root, root, date(2025, 6, 27), Right.CALL, strike, market)
    with pytest.raises(WireError, match=message):
        deribit_symbol(contract)


def _names(message: object) -> set[str]:
    """Return every instrument name in a message."""
    if isinstance(message, list):
        return set().union(*(_names(item) for item in message))
    if not isinstance(message, dict):
        return set()
    found = set().union(*(_names(item) for item in message.values()))
    name = message.get("instrument_name")
    return found | {name} if isinstance(name, str) else found


def test_every_option_in_recorded_messages(vendor_data: Path) -> None:
    """Of the names Deribit sent the options are read, everything else is refused."""
    lines = (vendor_data / "deribit_okx_ws_messages" / "deribit.jsonl").read_text().splitlines()
    names = set().union(*(_names(json.loads(line)) for line in lines if line))
    options = {name for name in names if name.endswith(("-C", "-P"))}
    assert len(options) >= 6
    assert {deribit_symbol(parse_deribit(name)) for name in options} == options
    for name in names - options:
        with pytest.raises(WireError):
            parse_deribit(name)
