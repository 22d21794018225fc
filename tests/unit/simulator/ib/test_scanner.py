"""Scans of the day."""

from dataclasses import replace

import pytest
from ib_reference import START, Reference

from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.refusal import Refused
from voldesk.simulator.ib.scan_tables import SCAN_CODES
from voldesk.simulator.ib.scanner import DayFigures, parse_filters, scan
from voldesk.wire.ib.types import ScannerSubscription

STOCKS = ScannerSubscription(instrument="STK", location="STK.US", scan_code="TOP_PERC_GAIN")


def look(instrument: Instrument) -> DayFigures:
    """Return a day in which every symbol gained as many percent as its name has letters."""
    gain = 1.0 + 0.01 * len(instrument.product.symbol)
    price = 10.0 * len(instrument.product.symbol)
    return DayFigures(
        last=price * gain,
        open=price,
        high=price * 1.1,
        low=price * 0.9,
        close=price,
        volume=1e6 + instrument.con_id % 1_000,
    )


def symbols(reference: Reference, asked: ScannerSubscription, **filters: str) -> list[str]:
    """Return the symbols of a scan."""
    rows = scan(reference.catalogue, look, asked, START, filters)
    assert [row.rank for row in rows] == list(range(len(rows)))
    return [row.details.contract.symbol for row in rows]


def test_gainers_come_first_and_losers_last(reference: Reference) -> None:
    """The longest names gained most; the other way round they lost most."""
    up = symbols(reference, STOCKS)
    down = symbols(reference, replace(STOCKS, scan_code="TOP_PERC_LOSE"))
    assert [len(name) for name in up] == sorted((len(name) for name in up), reverse=True)
    assert len(down[0]) == 1
    assert set(up) == set(down)


@pytest.mark.parametrize("code", SCAN_CODES)
def test_every_code_ranks_something(reference: Reference, code: str) -> None:
    """Each scan that is offered has rows, the same ones twice."""
    asked = replace(STOCKS, scan_code=code, row_count=5)
    assert len(symbols(reference, asked)) == 5
    assert symbols(reference, asked) == symbols(reference, asked)


@pytest.mark.parametrize(
    ("kind", "location", "symbol"),
    [
        ("STK", "STK.NYSE", "IBM"),
        ("STK", "STK.NASDAQ.NMS", "AAPL"),
        ("ETF.EQ.US", "ETF.EQ.ARCA", "SPY"),
        ("FUT.US", "FUT.GLOBEX", "ES"),
        ("FUT.US", "FUT.US", "CL"),
        ("IND.US", "IND.US", "VIX"),
    ],
)
def test_locations_bound_what_is_scanned(
    reference: Reference, kind: str, location: str, symbol: str
) -> None:
    """Each place has its own, a family of futures its front alone."""
    asked = ScannerSubscription(instrument=kind, location=location, scan_code="MOST_ACTIVE")
    found = symbols(reference, asked)
    assert symbol in found
    assert len(set(found)) == len(found)


def test_places_without_listings_are_empty(reference: Reference) -> None:
    """Nothing is listed over the counter."""
    assert symbols(reference, replace(STOCKS, location="STK.US.MINOR")) == []


def test_bounds_and_filters_cut(reference: Reference) -> None:
    """Prices, volumes, changes and values out of bounds are left out."""
    dear = symbols(reference, replace(STOCKS, above_price=40.0))
    assert dear == symbols(reference, STOCKS, priceAbove="40")
    assert {len(name) for name in dear} == {4, 5}
    assert {len(n) for n in symbols(reference, replace(STOCKS, below_price=25.0))} == {1, 2}
    assert symbols(reference, replace(STOCKS, above_volume=10_000_000)) == []
    assert {len(n) for n in symbols(reference, STOCKS, changePercBelow="2.5")} == {1, 2}
    assert symbols(reference, replace(STOCKS, market_cap_above=1e15)) == []
    assert symbols(reference, replace(STOCKS, market_cap_below=1.0)) == []
    assert symbols(reference, replace(STOCKS, option_volume_above=10**9)) == []
    assert symbols(reference, STOCKS, marketCapAbove1e6="1e9") == []


def test_stock_types_and_counts_are_obeyed(reference: Reference) -> None:
    """ETFs alone, companies alone, and no more rows than asked for."""
    assert "SPY" in symbols(reference, replace(STOCKS, stock_type="ETF"))
    assert "SPY" not in symbols(reference, replace(STOCKS, stock_type="CORP"))
    assert len(symbols(reference, replace(STOCKS, row_count=3))) == 3


@pytest.mark.parametrize(
    "asked",
    [
        replace(STOCKS, scan_code="X"),
        replace(STOCKS, instrument="X"),
        replace(STOCKS, location="X"),
    ],
)
def test_unknown_scans_are_refused(reference: Reference, asked: ScannerSubscription) -> None:
    """A code, kind or place that does not exist is error 162."""
    with pytest.raises(Refused) as caught:
        scan(reference.catalogue, look, asked, START)
    assert caught.value.code == 162


@pytest.mark.parametrize("filters", [{"x": "1"}, {"priceAbove": "dear"}])
def test_unknown_filters_are_refused(reference: Reference, filters: dict[str, str]) -> None:
    """A tag nobody knows, or a bound that is no number, is error 321."""
    with pytest.raises(Refused) as caught:
        scan(reference.catalogue, look, STOCKS, START, filters)
    assert caught.value.code == 321


def test_filters_are_read_from_pairs() -> None:
    """Pairs end with a semicolon; pieces without a sign say nothing."""
    assert parse_filters("priceAbove=5;changePercAbove=0;x;") == {
        "priceAbove": "5",
        "changePercAbove": "0",
    }


def test_rows_tell_the_contract_and_its_market(reference: Reference) -> None:
    """A row has a number, a symbol, SMART and the market's name."""
    row = scan(reference.catalogue, look, STOCKS, START)[0]
    contract = row.details.contract
    assert contract.con_id > 0
    assert (contract.exchange, contract.sec_type) == ("SMART", "STK")
    assert row.details.market_name == contract.trading_class
