"""Which rows the analytics look at."""

from collections.abc import Callable

import numpy as np

from voldesk.analytics.latest import latest_rows
from voldesk.chain.table import ChainTable
from voldesk.model.enums import Status

ChainOf = Callable[..., ChainTable]


def small(chain_of: ChainOf) -> ChainTable:
    return chain_of(lambda k, _: np.full_like(k, 0.2), days=(9, 37), strikes_each_side=2)


def test_a_chain_of_one_row_per_contract_is_taken_whole(chain_of: ChainOf) -> None:
    """Every row is the latest of its contract, and series keep their bounds."""
    table = small(chain_of)
    rows = latest_rows(table)
    assert rows.bounds.tolist() == table.bounds.tolist() == [0, 10, 20]
    np.testing.assert_array_equal(rows.strike[rows.slice(1)], table.rows.strike[table.slice(1)])
    np.testing.assert_array_equal(rows.iv, table.rows.iv)


def test_of_a_panel_the_last_row_of_each_contract_counts(panel_of: ChainOf) -> None:
    """Earlier rows of a contract are passed over."""
    table = panel_of(lambda k, _: np.full_like(k, 0.2), days=(9, 37), strikes_each_side=2)
    assert len(table.rows) == 60
    table.rows.open_interest[:] = np.arange(60)
    rows = latest_rows(table)
    assert rows.bounds.tolist() == [0, 10, 20]
    assert rows.open_interest.tolist() == list(range(2, 60, 3))


def test_vols_count_only_where_the_status_is_ok(chain_of: ChainOf) -> None:
    """A stale row keeps neither vol nor quote, a crossed one no quote, one without a bid both."""
    table = small(chain_of)
    table.rows.status[:3] = (Status.STALE, Status.CROSSED, Status.NO_BID)
    rows = latest_rows(table)
    for column in (rows.iv, rows.delta, rows.gamma, rows.vanna, rows.charm, rows.price):
        assert np.isnan(column).tolist() == [True] * 3 + [False] * 17
    for quote in (rows.bid, rows.ask):
        assert np.isnan(quote).tolist() == [True] * 2 + [False] * 18
    assert not np.isnan(rows.open_interest).any()


def test_an_empty_chain_has_no_rows(chain_of: ChainOf) -> None:
    """No series, no rows."""
    rows = latest_rows(chain_of(lambda k, _: k, days=()))
    assert len(rows.strike) == 0
    assert rows.bounds.tolist() == [0]
