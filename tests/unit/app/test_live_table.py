import json
from typing import Any

import numpy as np
import pytest
from live_world import NOON, SECOND, HandChain

from voldesk.analytics.update import ChainUpdate
from voldesk.app.live_table import table_of
from voldesk.chain.schema import ROW_COLUMNS, Kind
from voldesk.gateways.documents import chain_head, chosen_rows, contract_columns
from voldesk.gateways.encode import encode_json


@pytest.fixture
def update(market: Any) -> ChainUpdate:
    """A valued chain, half of it quoted."""
    chain = HandChain(market.listing)
    chain.update(market.spot(100.0), market.fair(instruments=market.options[5:]))
    return chain.update(at=NOON + SECOND)


def document(update: ChainUpdate, expiry: Any = None) -> dict[str, Any]:
    """Return the answer of the API as a client reads it."""
    rows = chosen_rows(update, expiry, None)
    whole = {**chain_head(update, "x", is_delta=False), "contracts": contract_columns(update, rows)}
    found: dict[str, Any] = json.loads(encode_json(whole))
    return found


def test_the_table_comes_back(update: ChainUpdate) -> None:
    """Every figure the API gives is the one of the table it was made of; unknown is unknown."""
    table, made = update.table, table_of(document(update))
    given = set(document(update)["contracts"])
    for column in ROW_COLUMNS:
        if column.name in given and column.kind is Kind.FLOAT:
            np.testing.assert_array_equal(
                getattr(made.rows, column.name), getattr(table.rows, column.name), column.name
            )
    for name in ("symbol", "root", "expiry", "is_call", "series", "status"):
        assert (getattr(made.rows, name) == getattr(table.rows, name)).all(), name
    assert made.rows.ts_event.tolist() == (table.rows.ts_event // 1000 * 1000).tolist()
    assert made.bounds.tolist() == table.bounds.tolist()
    assert (made.underlying, made.spot) == ("SPX", 100.0)
    assert made.profile == table.profile
    np.testing.assert_array_equal(made.series.forward, table.series.forward)
    assert made.series.settles_at.tolist() == table.series.settles_at.tolist()


def test_one_expiry_keeps_its_place_among_the_series(update: ChainUpdate) -> None:
    """Rows of the second series stand in its slice, the first one's is empty."""
    day = update.table.series.expiry[1].item()
    made = table_of(document(update, day))
    assert made.slice(0) == slice(0, 0)
    assert made.slice(1) == slice(0, len(made.rows))
    assert (made.rows.expiry == np.datetime64(day)).all()


def test_an_unknown_spot_and_time_stay_unknown(update: ChainUpdate) -> None:
    """null is NaN again, a missing instant is none."""
    told = document(update) | {"spot": None, "as_of_us": None}
    made = table_of(told)
    assert np.isnan(made.spot)
    assert made.as_of == 0
