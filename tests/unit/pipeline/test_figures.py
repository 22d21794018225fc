"""What subscribers are handed."""

from datetime import date
from typing import Any

import numpy as np

from voldesk.chain.shelf import open_book
from voldesk.model.conventions import PROFILES
from voldesk.model.enums import Status
from voldesk.pipeline.figures import greeks_of

NOON = 1_790_784_000_000_000_000


def test_a_contracts_figures_are_those_of_its_row(market: Any) -> None:
    """Key, terms, figures and status as the table has them; unknown is NaN."""
    book = open_book(market.listing, "SPX", PROFILES["default"], as_of=NOON)
    book.apply(market.fair())
    book.reprice(NOON)
    row = int(book.row_of[8])
    found = greeks_of(book, row)
    assert found.key == "us SPXW 20261030 000000100000000 C"
    assert (found.underlying, found.expiry) == ("SPX", date(2026, 10, 30))
    assert (found.strike, found.is_call) == (100.0, True)
    assert found.iv == book.table.rows.iv[row]
    assert found.delta == book.table.rows.delta[row]
    assert (found.status, found.ts) == (Status.OK, NOON)
    assert np.isnan(found.open_interest)
