from typing import Any

import numpy as np
import pytest
from live_world import NOON, SECOND, HandChain

from voldesk.analytics.summary import summarize
from voldesk.app.skew import net_iv_of
from voldesk.chain.table import ChainTable
from voldesk.model.enums import Status


@pytest.fixture
def table(market: Any) -> ChainTable:
    """A chain with a skew: a rising vol below, a falling one above."""
    chain = HandChain(market.listing)
    batches = [
        market.fair(instruments=[row], vol=0.2 + 0.002 * (100.0 - market.listing.strike[row]))
        for row in market.options.tolist()
    ]
    return chain.update(market.spot(100.0), *batches, at=NOON + SECOND).table


def test_the_nearest_contracts_make_the_difference(table: ChainTable) -> None:
    """The call nearest to the delta, the put nearest to minus it, and nothing between strikes."""
    found = net_iv_of(table, 0.25)
    assert found.call is not None
    assert found.put is not None
    assert found.net_iv == found.call.iv - found.put.iv < 0.0
    part = table.slice(0)
    for wing, target, is_call in ((found.call, 0.25, True), (found.put, -0.25, False)):
        side = table.rows.is_call[part] == is_call
        away = np.abs(table.rows.delta[part][side] - target)
        assert abs(wing.delta - target) == np.nanmin(away)
        assert wing.symbol in table.rows.symbol.tolist()
    assert found.expiry == str(table.series.expiry[0])
    assert found.document()["net_iv"] == found.net_iv


def test_between_strikes_it_is_the_risk_reversal_of_the_analytics(table: ChainTable) -> None:
    """At 25 delta the engine's RR25 of the same series, to the bit."""
    found = net_iv_of(table, 0.25)
    summary = summarize(table, 100.0)
    assert found.risk_reversal == summary.series[0].rr25 < 0.0
    table.rows.status[:] = Status.STALE
    assert net_iv_of(table, 0.25).document()["risk_reversal"] is None


def test_another_delta_chooses_others(table: ChainTable) -> None:
    """Ten delta lies further out, where this skew is steeper."""
    near, far = net_iv_of(table, 0.25), net_iv_of(table, 0.05)
    assert near.call is not None
    assert far.call is not None
    assert far.call.strike > near.call.strike
    assert far.net_iv < near.net_iv


def test_stale_contracts_are_not_chosen(table: ChainTable) -> None:
    """A stale wing is passed over for the next one; with none left the figure is unknown."""
    first = net_iv_of(table, 0.25)
    assert first.call is not None
    table.rows.status[table.rows.symbol == first.call.symbol] = Status.STALE
    second = net_iv_of(table, 0.25)
    assert second.call is not None
    assert second.call.symbol != first.call.symbol
    table.rows.status[:] = Status.STALE
    nothing = net_iv_of(table, 0.25)
    assert (nothing.call, nothing.put) == (None, None)
    assert np.isnan(nothing.net_iv)
    assert nothing.document()["net_iv"] is None


def test_a_series_without_vols_is_passed_over(table: ChainTable) -> None:
    """The first series with both wings speaks."""
    table.rows.iv[table.slice(0)] = np.nan
    assert net_iv_of(table, 0.25).expiry == str(table.series.expiry[1])


def test_an_empty_table_is_unknown(market: Any) -> None:
    """No series, no contracts, no error."""
    chain = HandChain(market.listing, "NDX")
    found = net_iv_of(chain.book.table, 0.25)
    assert (found.expiry, found.call, found.put) == (None, None, None)
    assert found.document()["spot"] is None
