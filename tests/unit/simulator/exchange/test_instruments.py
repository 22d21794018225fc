"""Listings of the synthetic market become instruments."""

from decimal import Decimal

import pytest

from voldesk.model.enums import Market
from voldesk.model.listing import Listing
from voldesk.model.traded import Kind
from voldesk.simulator.exchange.instruments import exact, instruments_of
from voldesk.simulator.market.listing import build_listing
from voldesk.simulator.market.universe import specs_named


@pytest.fixture(scope="module")
def listing() -> Listing:
    """Return what the demo's market lists."""
    return build_listing(specs_named(["NIFTY", "SPX", "AMZN", "BTC"]), 1_795_000_000 * 10**9)


def test_rows_and_keys_stay(listing: Listing) -> None:
    """Instrument i is row i, under its key."""
    assert [i.key for i in instruments_of(listing)] == listing.key.tolist()


def test_kinds_and_money(listing: Listing) -> None:
    """Indices do not trade, coins trade in fractions, each market in its currency."""
    found = {i.key: i for i in instruments_of(listing)}
    assert found["us SPX"].kind is Kind.INDEX
    assert found["india NIFTY"].currency == "INR"
    assert found["us AMZN"].kind is Kind.STOCK
    assert found["deribit BTC"].lot < 1


def test_options_settle_as_their_underlying_says(listing: Listing) -> None:
    """Options on a stock deliver it, all others pay cash, at their market's instant."""
    options = [i for i in instruments_of(listing) if i.is_option]
    assert {i.is_cash_settled for i in options if i.underlying == "us AMZN"} == {False}
    assert {i.is_cash_settled for i in options if i.underlying != "us AMZN"} == {True}
    assert all(i.strike and i.settles_at for i in options)


def test_quantities_can_count_units(listing: Listing) -> None:
    """An Indian broker counts 65 where a contract is 65 units; money is the same."""
    by_contract = next(i for i in instruments_of(listing) if i.market is Market.INDIA and i.strike)
    units = instruments_of(listing, counts_units=True)
    by_unit = next(i for i in units if i.key == by_contract.key)
    assert by_contract.multiplier == 65
    assert by_contract.lot == 1
    assert by_unit.multiplier == 1
    assert by_unit.lot == 65
    assert by_unit.shown_unit == 65


@pytest.mark.parametrize(("number", "text"), [(0.05, "0.05"), (23000.0, "23000"), (1e-8, "1E-8")])
def test_floats_are_read_as_they_are_written(number: float, text: str) -> None:
    """The shortest decimal form counts, without idle zeros."""
    assert str(exact(number)) == text
    assert isinstance(exact(number), Decimal)
