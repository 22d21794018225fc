"""The one door to contracts and their names."""

import pytest

from voldesk.model import instruments
from voldesk.model.enums import Market
from voldesk.model.errors import WireError
from voldesk.model.instruments import parse_deribit, parse_nse, parse_occ, parse_symbol


@pytest.mark.parametrize("name", ["SPXW251017C06700000", "SPXW  251017C06700000"])
def test_us_names_are_read_padded_or_not(name: str) -> None:
    """Every form US vendors print is one contract."""
    assert parse_symbol(name, Market.US) == parse_occ("SPXW251017C06700000")


@pytest.mark.parametrize("name", ["NIFTY25FEB23000PE", "NIFTY 23000 PE 27 FEB 25"])
def test_indian_names_are_read_in_any_form(name: str) -> None:
    """Trading names and display names are one contract."""
    assert parse_symbol(name, Market.INDIA) == parse_nse("NIFTY25FEB23000PE")


def test_deribit_names_are_read() -> None:
    """Deribit has one form."""
    name = "BTC-27DEC24-100000-C"
    assert parse_symbol(name, Market.DERIBIT) == parse_deribit(name)


def test_cme_names_are_not_known() -> None:
    """A market whose names we do not read says so, quoting the name."""
    with pytest.raises(WireError, match="'LOM2 P9000' cannot be read: no names of cme are known"):
        parse_symbol("LOM2 P9000", Market.CME)


def test_the_door_is_complete() -> None:
    """Everything the door lists is there."""
    assert all(hasattr(instruments, name) for name in instruments.__all__)
