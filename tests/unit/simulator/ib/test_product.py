"""Lines of the price list."""

from ib_reference import Reference

from voldesk.simulator.ib.product import Leader, OptionTerms, Product


def test_keys_tell_products_apart(reference: Reference) -> None:
    """A stock and the CFD on it have one symbol and two keys."""
    keys = {instrument.product.key for instrument in reference.catalogue.products}
    assert {"STK AAPL NASDAQ USD", "CFD AAPL SMART USD"} <= keys
    assert len(keys) == len(reference.catalogue.products)


def test_terms_have_defaults_of_their_own() -> None:
    """Terms that say nothing of rates mean those of the dollar."""
    assert OptionTerms(step=1.0, vol=0.2).rate == 0.04
    assert Leader(key="IND SPX CBOE USD").factor == 1.0
    assert "key" in dir(Product)
