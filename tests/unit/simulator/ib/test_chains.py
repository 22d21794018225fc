"""Option chains."""

from datetime import date

from ib_reference import START, Reference

from voldesk.model.enums import Market
from voldesk.model.instruments import parse_ib_local
from voldesk.model.sessions import NS_PER_SECOND, settles_at
from voldesk.simulator.ib.chains import Series, last_trading_day, listed_series, made_series
from voldesk.simulator.ib.stocks import STOCKS

SPY = next(product for product in STOCKS if product.symbol == "SPY")


def test_am_settled_options_are_dated_the_day_before() -> None:
    """SPX's third Friday trades last on Thursday; SPXW and stocks on their own day."""
    friday = date(2026, 7, 17)
    assert last_trading_day("SPX", friday, Market.US) == date(2026, 7, 16)
    assert last_trading_day("SPXW", friday, Market.US) == friday
    assert Series.of("SPX", friday, Market.US, (1.0,)).last_trade == date(2026, 7, 16)


def test_made_chains_are_alive_and_cover_the_spot() -> None:
    """Every series settles later, ascends, and has strikes on both sides of the spot."""
    assert SPY.options is not None
    series = made_series(SPY, SPY.options, 680.0, START * NS_PER_SECOND)
    assert [one.expires for one in series] == sorted(one.expires for one in series)
    for one in series:
        assert one.settles > START
        assert one.strikes[0] < 680.0 < one.strikes[-1]
        assert list(one.strikes) == sorted(set(one.strikes))
    leap = next(one for one in series if one.expires == date(2028, 12, 15))
    assert 750.0 in leap.strikes
    assert len(leap.strikes) >= 92


def test_am_settled_classes_have_third_fridays_only(reference: Reference) -> None:
    """NDX, made by rule, lists months, each dated the trading day before its expiry."""
    ndx = next(c for c in reference.catalogue.classes if c.name == "NDX")
    assert len(ndx.series) > 6
    for one in ndx.series:
        assert 15 <= one.expires.day <= 21
        assert one.last_trade < one.expires


def test_the_markets_own_series_are_taken_as_they_are(reference: Reference) -> None:
    """Classes of a simulated underlying list exactly what the market lists."""
    spec = next(s for s in reference.market.specs if s.symbol == "SPX")
    found = listed_series(spec, START * NS_PER_SECOND)
    assert set(found) == {"SPX", "SPXW"}
    listing = reference.market.listing
    rows = sum(len(one.strikes) * 2 for rows in found.values() for one in rows)
    assert rows == int(((listing.underlying == "SPX") & listing.is_option).sum())


def test_contracts_of_a_class_are_found_by_number(reference: Reference) -> None:
    """Each class finds its own contracts and nobody else's."""
    spxw = next(c for c in reference.catalogue.classes if c.name == "SPXW")
    spx = next(c for c in reference.catalogue.classes if c.name == "SPX")
    for contract in spxw.contracts():
        found = spxw.numbered(contract.con_id)
        assert found is not None
        assert (found.local_symbol, found.row) == (contract.local_symbol, contract.row)
        assert spx.numbered(contract.con_id) is None


def test_rows_and_names_are_those_of_the_market(reference: Reference) -> None:
    """The row an option stands for is the market's contract of the same name."""
    listing = reference.market.listing
    classes = [c for c in reference.catalogue.classes if c.rows]
    assert classes
    for options in classes:
        for contract in options.contracts():
            assert contract.row >= 0
            assert listing.strike[contract.row] == contract.strike
            parsed = parse_ib_local(contract.local_symbol)
            assert (parsed.root, parsed.strike) == (options.name, contract.strike)
            assert contract.expires is not None
            settles = settles_at(options.name, contract.expires, Market.US)
            assert contract.settles == settles // NS_PER_SECOND
