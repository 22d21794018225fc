"""Parity over a table: per series, per instant, carried where an instant has too few rows."""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from voldesk.chain.build import build_table
from voldesk.chain.parity import FEWEST_PANEL_ROWS, fit_series
from voldesk.model.conventions import PROFILES
from voldesk.model.enums import PriceUsed

NOON = 1_790_784_000_000_000_000
HOUR = 3600 * 10**9
STRIKES = np.arange(80.0, 121.0, 2.0)

RELATIVE_FORWARD = 1e-6
RELATIVE_DISCOUNT = 2e-4  # the prior's pull on a fit of exact prices

Quotes = Callable[..., dict[str, Any]]
Snapshot = Callable[..., Any]


def _discount(table: Any, rate: float) -> float:
    return float(np.exp(-rate * table.series.years[0]))


@pytest.mark.parametrize("name", ["default", "cme"])
def test_a_series_tells_its_forward_and_discount(
    name: str, quotes: Quotes, snapshot: Snapshot
) -> None:
    """Two-sided quotes, or last prices where the profile uses them, give back what made them."""
    columns = quotes(strikes=STRIKES, expiry=date(2027, 9, 30), half_spread=1e-4)
    table = build_table(snapshot(columns), PROFILES[name])
    fit, forward, discount = fit_series(table, 0, None)
    assert forward == pytest.approx([100.5], rel=RELATIVE_FORWARD)
    assert fit.pairs > 0
    if table.profile.price is PriceUsed.MID:
        assert discount == pytest.approx([_discount(table, 0.04)], rel=RELATIVE_DISCOUNT)


def test_a_fit_is_carried_nowhere_at_its_own_instant(quotes: Quotes, snapshot: Snapshot) -> None:
    """Forward and discount are the fit's own to the bit, in a panel and without one."""
    one = quotes(strikes=STRIKES)
    panel = quotes(strikes=STRIKES, ts_event=np.full(2 * STRIKES.size, NOON))
    early = quotes(strikes=[100.0], ts_event=np.full(2, NOON - HOUR), at=NOON - HOUR)
    for columns in ([one], [panel, early]):
        table = build_table(snapshot(*columns), PROFILES["default"])
        fit, forward, discount = fit_series(table, 0, None)
        now = table.points.valued_at[table.points.series == 0] == NOON
        assert set(forward[now].tolist()) == {fit.forward}
        assert set(discount[now].tolist()) == {fit.discount}


def test_a_given_rate_is_the_discount(quotes: Quotes, snapshot: Snapshot) -> None:
    """With a rate the discount is its own and the forward is fitted beside it."""
    table = build_table(snapshot(quotes(strikes=STRIKES, rate=0.07)), PROFILES["default"])
    _, forward, discount = fit_series(table, 0, 0.07)
    assert forward == pytest.approx([100.5], rel=RELATIVE_FORWARD)
    assert discount == pytest.approx([_discount(table, 0.07)], rel=1e-14)


def test_each_instant_with_enough_rows_is_fitted_alone(quotes: Quotes, snapshot: Snapshot) -> None:
    """In a panel the forward moves with the instants, and the latest speaks for the series."""
    panel = [
        quotes(strikes=STRIKES, forward=level, at=at, ts_event=np.full(2 * STRIKES.size, at))
        for level, at in ((100.0, NOON - HOUR), (103.0, NOON))
    ]
    table = build_table(snapshot(*panel), PROFILES["default"])
    fit, forward, _ = fit_series(table, 0, 0.04)
    assert fit.forward == pytest.approx(103.0, rel=RELATIVE_FORWARD)
    by_time = dict(zip(table.points.valued_at.tolist(), forward, strict=True))
    assert by_time[NOON - HOUR] == pytest.approx(100.0, rel=RELATIVE_FORWARD)
    assert by_time[NOON] == pytest.approx(103.0, rel=RELATIVE_FORWARD)


def test_a_lonely_instant_borrows_by_the_ratio_of_spots(quotes: Quotes, snapshot: Snapshot) -> None:
    """Too few rows for a fit: the series' forward moves as the spot did, its rate stays."""
    full = quotes(
        strikes=STRIKES,
        ts_event=np.full(2 * STRIKES.size, NOON),
        spot=np.full(2 * STRIKES.size, 100.0),
    )
    lonely = quotes(
        strikes=[100.0], ts_event=np.full(2, NOON - HOUR), spot=np.full(2, 50.0), at=NOON - HOUR
    )
    table = build_table(snapshot(full, lonely), PROFILES["default"])
    _, forward, discount = fit_series(table, 0, 0.04)
    ids = np.flatnonzero(table.points.valued_at == NOON - HOUR)
    assert len(lonely["strike"]) < FEWEST_PANEL_ROWS
    assert forward[ids] == pytest.approx([50.25], rel=RELATIVE_FORWARD)
    years = table.points.years[ids]
    assert discount[ids] == pytest.approx(np.exp(-0.04 * years), rel=1e-14)


def test_scattered_instants_are_fitted_by_the_latest_row_of_each_contract(
    quotes: Quotes, snapshot: Snapshot
) -> None:
    """Where every row has a time of its own, old rows of a contract have no say."""
    n = 2 * STRIKES.size
    new = quotes(strikes=STRIKES, ts_event=NOON - np.arange(n) * 10**6)
    old = quotes(strikes=STRIKES, forward=90.0, ts_event=NOON - HOUR - np.arange(n) * 10**6)
    table = build_table(snapshot(old, new), PROFILES["default"])
    fit, forward, _ = fit_series(table, 0, 0.04)
    assert fit.forward == pytest.approx(100.5, rel=RELATIVE_FORWARD)
    assert forward == pytest.approx(np.full(forward.size, 100.5), rel=RELATIVE_FORWARD)


def test_puts_alone_tell_nothing(quotes: Quotes, snapshot: Snapshot) -> None:
    """Without a call at any strike there is no forward, and the fit says why."""
    columns = {name: np.asarray(values)[1::2] for name, values in quotes().items()}
    fit, forward, _ = fit_series(build_table(snapshot(columns), PROFILES["default"]), 0, None)
    assert np.isnan(forward).all()
    assert fit.reason == "no two-sided pairs"
