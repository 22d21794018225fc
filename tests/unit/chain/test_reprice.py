"""A chain is valued as its profile says, in published units, whatever the quotes are."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voldesk.chain.reprice import PUBLISHED, reprice, value_chain
from voldesk.chain.table import ChainTable
from voldesk.model.conventions import PROFILES
from voldesk.model.enums import Market, Status
from voldesk.model.quotes import NO_TIME, ChainSnapshot, QuoteColumns
from voldesk.pricing.black import bsm_price

NOON = 1_790_784_000_000_000_000
SECOND = 10**9
STRIKES = np.arange(90.0, 111.0, 2.5)
VOL = 0.2
RATE = 0.04

RELATIVE_VOL = 1e-12  # prices made by the same formula
RELATIVE_BUMP = 2e-6  # central differences

DEFAULT = PROFILES["default"]
ESCROWED = replace(PROFILES["ib-index"], rate=RATE)

Quotes = Callable[..., dict[str, Any]]
Snapshot = Callable[..., ChainSnapshot]

FIGURES = ("iv", "iv_bid", "iv_ask", *PUBLISHED)


def _exact(quotes: Quotes, snapshot: Snapshot, **given: Any) -> ChainTable:
    """Return a chain whose forward is exactly the one its prices were made with."""
    years = value_chain(snapshot(quotes(strikes=STRIKES)), DEFAULT).series.years[0]
    columns = quotes(strikes=STRIKES, forward=100.0 * np.exp(RATE * years), **given)
    return value_chain(snapshot(columns, spot=100.0), ESCROWED)


def _same(one: ChainTable, other: ChainTable) -> None:
    for spec in fields(one.rows):
        np.testing.assert_array_equal(getattr(one.rows, spec.name), getattr(other.rows, spec.name))
    for spec in fields(one.series):
        np.testing.assert_array_equal(
            getattr(one.series, spec.name), getattr(other.series, spec.name)
        )


def test_the_vol_that_made_the_prices_comes_back(quotes: Quotes, snapshot: Snapshot) -> None:
    """Price, bid and ask give back their vols, the bid's below the ask's, status OK."""
    rows = _exact(quotes, snapshot).rows
    assert (rows.status == Status.OK).all()
    assert rows.iv == pytest.approx(np.full(len(rows), VOL), rel=RELATIVE_VOL)
    assert (rows.iv_bid < rows.iv).all()
    assert (rows.iv < rows.iv_ask).all()


@pytest.mark.parametrize(
    ("name", "argument", "bump", "unit"),
    [
        ("delta", "spot", 1e-3, 1.0),
        ("theta", "years", 1e-6, -1.0 / 365.0),
        ("vega", "vol", 1e-5, 0.01),
        ("rho", "rate", 1e-5, 0.01),
    ],
)
def test_first_order_greeks_are_bumps_in_published_units(
    name: str, argument: str, bump: float, unit: float, quotes: Quotes, snapshot: Snapshot
) -> None:
    """Delta per 1, theta per calendar day, vega and rho per 0.01."""
    table = _exact(quotes, snapshot)
    rows = table.rows
    given = {
        "spot": 100.0,
        "strike": rows.strike,
        "years": table.series.years[0],
        "vol": VOL,
        "rate": RATE,
    }
    up = bsm_price(**(given | {argument: given[argument] + bump}), is_call=rows.is_call)
    down = bsm_price(**(given | {argument: given[argument] - bump}), is_call=rows.is_call)
    expected = (up - down) / (2.0 * bump) * unit
    assert getattr(rows, name) == pytest.approx(expected, rel=RELATIVE_BUMP)


@pytest.mark.parametrize(
    ("name", "of", "argument", "bump", "unit"),
    [
        ("gamma", "delta", "spot", 0.01, 1.0),
        ("vanna", "delta", "vol", 1e-4, 0.01),
        ("volga", "vega", "vol", 1e-4, 1.0),  # vega is per 0.01 already
        ("charm", "delta", "time", 60.0, 1.0 / 365.0),
    ],
)
def test_second_order_greeks_are_bumps_of_published_greeks(
    name: str, of: str, argument: str, bump: float, unit: float, quotes: Quotes, snapshot: Snapshot
) -> None:
    """Gamma per 1 squared, vanna and volga per vol point, charm per calendar day."""
    rows = _exact(quotes, snapshot).rows

    def greek(by: float) -> Any:
        spot = 100.0 + (by if argument == "spot" else 0.0)
        vol = VOL + (by if argument == "vol" else 0.0)
        at = NOON + (int(by) * SECOND if argument == "time" else 0)
        base = value_chain(snapshot(quotes(strikes=STRIKES, at=at), as_of=at), DEFAULT)
        forward = spot * np.exp(RATE * base.series.years[0])
        columns = quotes(strikes=STRIKES, forward=forward, vol=vol, at=at)
        moved = value_chain(snapshot(columns, spot=spot, as_of=at), ESCROWED)
        return getattr(moved.rows, of)

    step = 2.0 * bump / (86_400.0 * 365.0 if argument == "time" else 1.0)
    expected = (greek(bump) - greek(-bump)) / step * unit
    scale = np.abs(getattr(rows, name)).max()
    assert getattr(rows, name) == pytest.approx(expected, abs=1e-4 * scale)


def test_an_unknown_iv_has_no_greeks(quotes: Quotes, snapshot: Snapshot) -> None:
    """Below intrinsic, above the maximum, or no bid: NaN in every Greek, and the status says."""
    columns = quotes()
    columns["bid"][0], columns["ask"][0] = 1.0, 1.2  # the 90 call is worth 10 at least
    columns["bid"][2], columns["ask"][2] = 500.0, 501.0
    columns["bid"][8] = 0.0
    rows = value_chain(snapshot(columns, spot=100.0), ESCROWED_MID).rows
    assert rows.status[[0, 2, 8]].tolist() == [
        Status.BELOW_INTRINSIC,
        Status.ABOVE_MAX,
        Status.NO_BID,
    ]
    for name in ("iv", *PUBLISHED):
        values = getattr(rows, name)
        assert np.isnan(values[[0, 2, 8]]).all()
        assert np.isfinite(values[[1, 3, 4, 5, 6, 7]]).all()
    assert np.isfinite(rows.iv_ask[8])  # the side that is quoted has its vol
    assert np.isnan(rows.iv_bid[8])


ESCROWED_MID = replace(DEFAULT, forward=ESCROWED.forward, discount=ESCROWED.discount, rate=RATE)


def test_stale_replaces_ok_only(quotes: Quotes, snapshot: Snapshot) -> None:
    """An old quote keeps its iv under STALE; one without an iv keeps the reason it has none."""
    columns = quotes(ts_event=np.repeat([NOON - 100 * SECOND, NOON], 5))
    columns["bid"][0] = 0.0
    rows = value_chain(snapshot(columns), DEFAULT, stale_after_secs=60.0).rows
    assert rows.status.tolist() == [Status.NO_BID] + [Status.STALE] * 4 + [Status.OK] * 5
    assert np.isfinite(rows.iv[1:]).all()


def test_each_row_is_valued_at_its_own_time(quotes: Quotes, snapshot: Snapshot) -> None:
    """Two instants of one contract, each priced at its own, both give the vol that made them."""
    panel = [
        quotes(strikes=STRIKES, at=at, ts_event=np.full(2 * STRIKES.size, at), half_spread=1e-6)
        for at in (NOON - 86_400 * SECOND, NOON)
    ]
    table = value_chain(snapshot(*panel, as_of=NO_TIME), replace(DEFAULT, rate=RATE))
    assert table.rows.iv == pytest.approx(np.full(len(table.rows), VOL), rel=1e-4)
    assert len(np.unique(table.rows.years)) == 2


def test_an_expired_series_leaves_the_others_alone(quotes: Quotes, snapshot: Snapshot) -> None:
    """Settled rows are EXPIRED without figures; the rest is valued as if alone."""
    alive = quotes(strikes=STRIKES)
    settled = quotes(expiry=date(2026, 9, 29), rate=0.0)
    table = value_chain(snapshot(settled, alive), DEFAULT)
    gone = table.slice(0)
    assert (table.rows.status[gone] == Status.EXPIRED).all()
    for name in FIGURES:
        assert np.isnan(getattr(table.rows, name)[gone]).all()
    alone = value_chain(snapshot(alive), DEFAULT)
    np.testing.assert_array_equal(table.rows.iv[table.slice(1)], alone.rows.iv)


def test_the_minute_of_settlement_is_expired(quotes: Quotes, snapshot: Snapshot) -> None:
    """A clock of whole minutes reads zero in the minute of settlement: nothing is left."""
    table = value_chain(snapshot(quotes()), PROFILES["cboe"])
    late = value_chain(
        snapshot(quotes()), PROFILES["cboe"], as_of=int(table.series.settles_at[0]) + SECOND
    )
    assert late.series.years[0] == 0.0
    assert (late.rows.status == Status.EXPIRED).all()


def test_a_lone_series_without_pairs_is_no_forward(quotes: Quotes, snapshot: Snapshot) -> None:
    """Puts only, no spot, no rate: NO_FORWARD on every row, and no figure."""
    columns = {name: np.asarray(values)[1::2] for name, values in quotes().items()}
    rows = value_chain(snapshot(columns), DEFAULT).rows
    assert (rows.status == Status.NO_FORWARD).all()
    for name in FIGURES:
        assert np.isnan(getattr(rows, name)).all()


def test_theta_never_costs_more_than_is_left(quotes: Quotes, snapshot: Snapshot) -> None:
    """Where the profile caps theta: what is left of the day counts, time value is the most."""
    at = NOON - 12 * 3600 * SECOND  # 04:00 UTC on the day, four hours to go
    columns = quotes(
        root="BTC", expiry=date(2026, 9, 30), market=Market.DERIBIT, at=at, rate=0.0, vol=0.8
    )
    columns["mark"] = columns["mark"] / 100.5
    columns["forward"] = np.full(10, 100.5)
    chain = snapshot(columns, market=Market.DERIBIT, as_of=at)
    capped = value_chain(chain, PROFILES["deribit"]).rows
    free = value_chain(chain, replace(PROFILES["deribit"], is_theta_capped=False)).rows
    days_left = capped.years * 365.0
    gap = np.where(capped.is_call, 100.5 - capped.strike, capped.strike - 100.5)
    time_value = capped.price - np.maximum(gap, 0.0)
    expected = -np.minimum(-free.theta * days_left, time_value)
    known = capped.status == Status.OK
    assert days_left[0] == pytest.approx(1 / 6)
    assert capped.theta[known] == pytest.approx(expected[known], rel=1e-9)
    np.testing.assert_array_equal(capped.vega, free.vega)


def test_chosen_rows_only_are_repriced(quotes: Quotes, snapshot: Snapshot) -> None:
    """New quotes change the rows asked for, by index or mask, as a full valuation would."""
    table = value_chain(snapshot(quotes(strikes=STRIKES)), DEFAULT)
    before = {name: getattr(table.rows, name).copy() for name in FIGURES}
    table.rows.ask[3:6] += 0.01
    reprice(table, np.array([3, 4]))
    moved = table.rows.iv != before["iv"]
    assert np.flatnonzero(moved).tolist() == [3, 4]
    mask = np.zeros(len(table.rows), dtype=np.bool_)
    mask[5] = True
    reprice(table, mask)
    some = {name: getattr(table.rows, name).copy() for name in FIGURES}
    reprice(table)
    for name in FIGURES:
        np.testing.assert_array_equal(getattr(table.rows, name), some[name])


def test_a_quote_that_goes_takes_its_figures_along(quotes: Quotes, snapshot: Snapshot) -> None:
    """A row whose bid disappears loses mid, price, iv and Greeks at its next repricing."""
    table = value_chain(snapshot(quotes(strikes=STRIKES)), DEFAULT)
    table.rows.bid[2] = np.nan
    reprice(table, np.array([2]))
    for name in ("mid", "price", "iv", "iv_bid", *PUBLISHED):
        assert np.isnan(getattr(table.rows, name)[2])
    assert table.rows.status[2] == Status.NO_BID


def test_no_rows_are_valued_without_fuss(snapshot: Snapshot) -> None:
    """A chain without a row is valued to a table without a row, on every profile."""
    for profile in PROFILES.values():
        assert len(value_chain(snapshot({"strike": np.array([])}), profile).rows) == 0


FLOATS = tuple(spec.name for spec in fields(QuoteColumns) if "float64" in str(spec.type))
HOSTILE = (np.nan, np.inf, -np.inf, 1e308, -1e308, 5e-324, 0.0, -1.0)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
@pytest.mark.parametrize("bad", HOSTILE)
def test_a_bad_column_never_raises(
    bad: float, profile: Any, quotes: Quotes, snapshot: Snapshot
) -> None:
    """Any float column full of anything: no exception, no warning, no figure beside a reason."""
    for name in FLOATS:
        columns = quotes(strikes=STRIKES) | {"spot": np.full(18, 100.0)}
        columns["forward"] = np.full(18, 100.5)
        columns[name] = np.full(18, bad)
        rows = value_chain(snapshot(columns), replace(profile, rate=RATE)).rows
        is_valued = (rows.status == Status.OK) | (rows.status == Status.STALE)
        np.testing.assert_array_equal(np.isfinite(rows.iv), is_valued)
        assert np.isnan(rows.delta[~is_valued]).all()


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
def test_rows_that_know_nothing_are_named_so(profile: Any, snapshot: Snapshot) -> None:
    """Rows of which only the count is known have a status other than OK and no figure."""
    rows = value_chain(snapshot({"strike": np.full(3, np.nan)}), profile).rows
    assert (rows.status == Status.NO_FORWARD).all()
    assert np.isnan(rows.iv).all()


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(
        st.tuples(
            st.sampled_from(FLOATS),
            st.integers(0, 17),
            st.sampled_from(HOSTILE) | st.floats(-200.0, 200.0),
        ),
        max_size=12,
    ),
    name=st.sampled_from(sorted(PROFILES)),
)
def test_a_bad_cell_is_its_own_rows_problem(
    cells: list[tuple[str, int, float]], name: str, quotes: Quotes, snapshot: Snapshot
) -> None:
    """Whatever stands in single cells, valuing ends, and every iv has its status."""
    columns = quotes(strikes=STRIKES) | {
        field: np.full(18, np.nan) for field in FLOATS if field not in quotes()
    }
    for field, row, value in cells:
        columns[field][row] = value
    profile = replace(PROFILES[name], rate=RATE)
    rows = value_chain(snapshot(columns, spot=100.0), profile).rows
    np.testing.assert_array_equal(np.isfinite(rows.iv), rows.status == Status.OK)
    assert (rows.mid[np.isfinite(rows.mid)] > 0.0).all()


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(36)))
def test_the_order_of_rows_is_no_information(
    order: list[int], quotes: Quotes, snapshot: Snapshot
) -> None:
    """A shuffled snapshot is valued to the same table, bit for bit."""
    chain = snapshot(quotes(strikes=STRIKES), quotes(strikes=STRIKES, expiry=date(2026, 11, 20)))
    shuffled = replace(chain, quotes=chain.quotes.take(np.array(order)))
    _same(value_chain(chain, DEFAULT), value_chain(shuffled, DEFAULT))
