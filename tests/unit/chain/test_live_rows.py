"""Rows of a live table are valued to the bit as a whole table is."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voldesk.chain.live_rows import RowPricer
from voldesk.chain.reprice import value_chain
from voldesk.chain.shared import share
from voldesk.chain.table import ChainTable
from voldesk.model.conventions import PROFILES
from voldesk.model.enums import Status

Quotes = Callable[..., dict[str, Any]]
Snapshot = Callable[..., Any]

STRIKES = np.arange(80.0, 121.0, 2.5)
RELATIVE = 1e-12  # a compiled loop may take the rows of a batch in another order
FIGURES = (
    "mid", "price", "years", "forward", "discount", "iv", "iv_bid", "iv_ask", "delta", "gamma",
    "theta", "vega", "rho", "vanna", "volga", "charm",
)  # fmt: skip


def _blank(table: ChainTable) -> tuple[ChainTable, RowPricer]:
    """Return the table with its figures unknown, and what fills them."""
    forwards = [getattr(table.points, name).copy() for name in ("forward", "discount", "years")]
    shared, (live,) = share([table])
    for name in FIGURES:
        getattr(live.rows, name)[:] = np.nan
    points = live.points
    points.forward[:], points.discount[:], points.years[:] = forwards
    profile = table.profile
    return live, RowPricer(shared, profile.price, is_theta_capped=profile.is_theta_capped)


def _copy(table: ChainTable) -> ChainTable:
    copied = {spec.name: getattr(table.rows, spec.name).copy() for spec in fields(table.rows)}
    return replace(table, rows=type(table.rows)(**copied))


@pytest.mark.parametrize("name", ["default", "nse", "cme"])
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(
        st.tuples(
            st.sampled_from(["bid", "ask", "last"]),
            st.integers(0, 2 * STRIKES.size - 1),
            st.sampled_from([np.nan, 0.0, -1.0, 1e308, 5e-324]) | st.floats(0.01, 60.0),
        ),
        max_size=20,
    ),
    chosen=st.sets(st.integers(0, 2 * STRIKES.size - 1), min_size=1),
)
def test_chosen_rows_and_the_whole_are_valued_alike(
    cells: Any, chosen: set[int], name: str, quotes: Quotes, snapshot: Snapshot
) -> None:
    """Whatever the quotes: any subset, and all at once, have the figures value_chain gives."""
    columns = quotes(strikes=STRIKES)
    for field, row, value in cells:
        columns[field][row] = value
    table = value_chain(snapshot(columns, spot=100.0), PROFILES[name])
    expected = _copy(table)
    live, pricer = _blank(table)
    rows = np.array(sorted(chosen), dtype=np.int64)
    nothing_stale = np.zeros(len(live.rows), dtype=np.bool_)
    for asked in (rows, np.arange(2, 9), np.arange(len(live.rows))):
        pricer.price(asked, nothing_stale)
        where = asked
        for figure in FIGURES:
            np.testing.assert_allclose(
                getattr(live.rows, figure)[where],
                getattr(expected.rows, figure)[where],
                rtol=RELATIVE,
                err_msg=figure,
            )
        np.testing.assert_array_equal(live.rows.status[where], expected.rows.status[where])


def test_rows_not_chosen_are_not_written(quotes: Quotes, snapshot: Snapshot) -> None:
    """Their figures stay as they were."""
    live, pricer = _blank(value_chain(snapshot(quotes(strikes=STRIKES)), PROFILES["default"]))
    pricer.price(np.array([3, 4]), np.zeros(len(live.rows), dtype=np.bool_))
    assert np.flatnonzero(np.isfinite(live.rows.iv_ask)).tolist() == [3, 4]
    assert np.flatnonzero(np.isfinite(live.rows.years)).tolist() == [3, 4]


def test_stale_is_said_of_rows_that_would_be_ok_only(quotes: Quotes, snapshot: Snapshot) -> None:
    """A row without a bid keeps its own reason."""
    columns = quotes(strikes=STRIKES)
    columns["bid"][10] = 0.0
    live, pricer = _blank(value_chain(snapshot(columns), PROFILES["default"]))
    pricer.price(np.arange(len(live.rows)), np.ones(len(live.rows), dtype=np.bool_))
    assert live.rows.status[10] == Status.NO_BID
    assert (live.rows.status == Status.STALE).any()
    assert not (live.rows.status == Status.OK).any()


def test_theta_is_capped_where_the_profile_says_so(quotes: Quotes, snapshot: Snapshot) -> None:
    """As in a whole valuation: never more than the time value."""
    profile = replace(PROFILES["default"], is_theta_capped=True)
    table = value_chain(snapshot(quotes(strikes=STRIKES)), profile)
    expected = table.rows.theta.copy()
    live, pricer = _blank(table)
    pricer.price(np.arange(len(live.rows)), np.zeros(len(live.rows), dtype=np.bool_))
    np.testing.assert_allclose(live.rows.theta, expected, rtol=RELATIVE)
