"""Everything that is listed."""

import pytest
from ib_reference import START, Reference, make_reference, utc

from voldesk.model.sessions import NS_PER_SECOND
from voldesk.simulator.ib.catalogue import PRODUCTS, Catalogue
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.prices import Prices


@pytest.fixture(scope="module")
def every(reference: Reference) -> list[Instrument]:
    """Return all that is listed, some hundred thousand options included."""
    catalogue = reference.catalogue
    futures = *catalogue.expired_futures, *catalogue.futures
    return [*catalogue.products, *futures, *catalogue.options()]


def test_no_two_contracts_share_a_number(every: list[Instrument]) -> None:
    """Products, futures and options together have as many numbers as members."""
    numbers = {instrument.con_id for instrument in every}
    assert len(numbers) == len(every)
    assert all(0 < number < 2**31 for number in numbers)


def test_every_contract_is_found_by_its_number(
    reference: Reference, every: list[Instrument]
) -> None:
    """Of all members, a sample of options included, the number leads back to the name."""
    catalogue = reference.catalogue
    for instrument in [*every[:100], *every[100::211]]:
        found = catalogue.numbered(instrument.con_id)
        assert found is not None
        assert found.local_symbol == instrument.local_symbol
    assert catalogue.numbered(843630132) is not None
    assert catalogue.numbered(1) is None


def test_numbers_are_the_same_in_every_catalogue(reference: Reference) -> None:
    """Another start and another market give the contracts they share the same numbers."""
    other = make_reference("AMZN", start=utc("2026-06-24T15:00"), seed=3).catalogue
    mine, theirs = (_numbers(catalogue) for catalogue in (reference.catalogue, other))
    shared = mine.keys() & theirs.keys()
    assert len(shared) > 500
    assert all(mine[name] == theirs[name] for name in shared)


def _numbers(catalogue: Catalogue) -> dict[str, int]:
    classes = [options for options in catalogue.classes if options.name in {"AMZN", "IBM"}]
    return {each.local_symbol: each.con_id for options in classes for each in options.contracts()}


def test_without_a_market_everything_is_made_by_rule() -> None:
    """A catalogue over walks alone lists the same products, their options included."""
    catalogue = Catalogue(None, START * NS_PER_SECOND, Prices(1, None))
    assert len(catalogue.products) == len(PRODUCTS)
    assert all(instrument.row == -1 for instrument in catalogue.products)
    assert "SPX" in {options.name for options in catalogue.classes}


def test_futures_have_the_names_of_their_exchange(reference: Reference) -> None:
    """The December future of ES is ESZ6, fifty times its index."""
    by_name = {future.local_symbol: future for future in reference.catalogue.futures}
    future = by_name["ESZ6"]
    assert (future.contract_month, future.multiplier) == ("202612", "50")
    assert future.under is not None
    assert future.under.con_id == 11004968


def test_expired_futures_are_kept_two_years(reference: Reference) -> None:
    """Eight quarters of ES have ended in the two years before, under numbers of their own."""
    catalogue = reference.catalogue
    gone = [f for f in catalogue.expired_futures if f.product.symbol == "ES"]
    assert len(gone) == 8
    assert all(0 < future.settles < START for future in gone)
    assert all(catalogue.numbered(future.con_id) is future for future in gone)


def test_options_on_futures_are_written_on_them(reference: Reference) -> None:
    """The underlying of an ES option is a future, and its name says which."""
    options = reference.catalogue.future_options[0]
    contract = next(options.contracts())
    assert contract.sec_type == "FOP"
    assert contract.under is not None
    assert contract.local_symbol.startswith(f"{contract.under.local_symbol} C")


def test_indian_options_trade_under_indian_names() -> None:
    """NIFTY's options are NIFTY50 at the NSE, and each has its row of the market."""
    books = make_reference("NIFTY", start=utc("2026-06-23T05:00"))
    classes = [c for c in books.catalogue.classes if c.under.product.symbol == "NIFTY50"]
    contract = next(classes[0].contracts())
    assert contract.row >= 0
    assert contract.exchanges == ("NSE",)
    assert contract.local_symbol.startswith("NIFTY50")
