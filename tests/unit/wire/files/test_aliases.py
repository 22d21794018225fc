"""Tests of `wire.files.aliases`."""

from pathlib import Path

import pytest

from voldesk.wire.files.aliases import ALIASES, place_columns


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("Strike Price", "strike"), ("STRIKE", "strike"), ("expiration", "expiry"),
        ("exp_date", "expiry"), ("expirDate", "expiry"), ("cp_flag", "right"),
        ("call/put", "right"),
        ("option_type", "right"), ("type", "right"), ("OI", "open_interest"),
        ("openInterest", "open_interest"), ("bidPrice", "bid"), ("best_bid", "bid"),
        ("best_offer", "ask"), ("underlying_price", "spot"), ("UNDERLYING_LAST", "spot"),
        ("[UNDERLYING_LAST]", "spot"), ("quote_datetime", "timestamp"), ("#expiry", "expiry"),
        ("impliedVolatility", "vendor_iv"), ("IV %", "iv_percent"),
        ("greeks.delta", "vendor_delta"),
        ("ask_size", "ask_size"), ("Last Sale", "last"), ("contractSymbol", "symbol"),
        ("root", "root"), ("underlying_symbol", "underlying"), ("DataDate", "quote_date"),
    ],
)  # fmt: skip
def test_vendors_names_are_ours(name: str, column: str) -> None:
    """Case, spaces, brackets and underscores make no difference."""
    assert place_columns([name]).shared == {column: 0}


def test_every_own_name_places_itself() -> None:
    """The documented column names are their own first alias."""
    for column, aliases in ALIASES.items():
        assert place_columns([aliases[0]]).shared == {column: 0}


@pytest.mark.parametrize(
    ("header", "calls", "puts"),
    [
        (["strike", "C_BID", "P_BID"], {"bid": 1}, {"bid": 2}),
        (["strike", "[C_BID]", " [P_BID]"], {"bid": 1}, {"bid": 2}),
        (["strike", "callBidPrice", "putBidPrice"], {"bid": 1}, {"bid": 2}),
        (["strike", "cBidPx", "pBidPx"], {"bid": 1}, {"bid": 2}),
        (["strike", "Call OI", "Put OI"], {"open_interest": 1}, {"open_interest": 2}),
        (["strike", "bid.c", "bid.p"], {"bid": 1}, {"bid": 2}),
        (["strike", "put_bid", "put_ask"], {}, {"bid": 1, "ask": 2}),
    ],
)
def test_columns_of_one_side_are_told_apart(
    header: list[str], calls: dict[str, int], puts: dict[str, int]
) -> None:
    """OptionsDX, ORATS and others quote a call and a put per row."""
    places = place_columns(header)
    assert (places.calls, places.puts) == (calls, puts)
    assert places.shared == {"strike": 0}
    assert places.is_two_sided


def test_a_single_letter_needs_its_other_side() -> None:
    """``price``, ``close`` and ``phi`` are not put and call columns."""
    places = place_columns(["strike", "price", "cvolume", "phi", "put_call"])
    assert places.shared == {"strike": 0, "last": 1, "right": 4}
    assert not places.is_two_sided


def test_greeks_without_a_side_are_left_out_of_two_sided_tables() -> None:
    """ORATS' delta is the call's: it must not become the put's."""
    places = place_columns(
        ["strike", "expirDate", "delta", "callBidPrice", "putBidPrice", "stockPrice"]
    )
    assert places.shared == {"strike": 0, "expiry": 1, "spot": 5}


def test_the_better_name_wins_and_doubles_are_told() -> None:
    """``bid`` goes before ``bid_eod`` wherever it stands; the same name twice is remarked on."""
    assert place_columns(["bid_eod", "bid", "bid_1545"]).shared == {"bid": 1}
    places = place_columns(["strike", "bid", "Bid"])
    assert places.shared == {"strike": 0, "bid": 1}
    assert places.doubles == ["Bid"]


def test_the_page_of_formats_lists_every_alias() -> None:
    """docs/formats.md and the table of aliases say the same."""
    page = (Path(__file__).resolve().parents[4] / "docs" / "formats.md").read_text()
    missing = [
        alias for aliases in ALIASES.values() for alias in aliases if f"`{alias}`" not in page
    ]
    assert missing == []
