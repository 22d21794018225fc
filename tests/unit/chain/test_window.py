"""Windows follow the money and do not flutter."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.chain.build import build_table
from voldesk.chain.table import ChainTable
from voldesk.chain.window import AtmWindow, DeltaBand, Points, Strikes
from voldesk.model.conventions import PROFILES
from voldesk.model.enums import Market
from voldesk.model.quotes import ChainSnapshot, QuoteColumns

STRIKES = np.arange(90.0, 111.0, 5.0)  # five strikes, ten rows per series


def _table(series: int = 1, strikes: Any = STRIKES) -> ChainTable:
    strike = np.tile(np.repeat(strikes, 2), series)
    per = 2 * len(strikes)
    quotes = QuoteColumns.build(
        strike=strike,
        is_call=np.tile([True, False], strike.size // 2),
        root=["SPXW"] * strike.size,
        expiry=np.repeat([np.datetime64("2026-10-30") + 7 * i for i in range(series)], per),
    )
    snapshot = ChainSnapshot(underlying="SPX", source="test", market=Market.US, quotes=quotes)
    return build_table(snapshot, PROFILES["default"], as_of=1)


def _strikes(table: ChainTable, window: AtmWindow) -> list[float]:
    return sorted(set(table.rows.strike[window.rows].tolist()))


def test_the_pair_at_the_money() -> None:
    """No strike on either side: call and put of the nearest strike enter."""
    table = _table()
    window = AtmWindow(table, Strikes(0))
    change = window.follow(101.0)
    assert table.rows.strike[change.entering].tolist() == [100.0, 100.0]
    assert not change.leaving.size


def test_strikes_on_either_side_end_where_the_ladder_does() -> None:
    """So many strikes each side, fewer at the edge."""
    table = _table()
    window = AtmWindow(table, Strikes(1))
    window.follow(100.0)
    assert _strikes(table, window) == [95.0, 100.0, 105.0]
    window.follow(500.0)
    assert _strikes(table, window) == [105.0, 110.0]


def test_points_are_measured_from_the_centre_strike() -> None:
    """A width of five points around 100 holds 95 and 105, both ends included."""
    table = _table()
    window = AtmWindow(table, Points(5.0))
    window.follow(101.9)
    assert _strikes(table, window) == [95.0, 100.0, 105.0]


def test_the_centre_stays_until_the_money_is_well_past_halfway() -> None:
    """At 0.75 of a step it stays, beyond it moves, and on the way back the same holds."""
    table = _table()
    window = AtmWindow(table, Strikes(0), hysteresis_steps=0.75)
    window.follow(100.0)
    assert not window.follow(103.75)
    change = window.follow(103.76)
    assert table.rows.strike[change.entering].tolist() == [105.0, 105.0]
    assert table.rows.strike[change.leaving].tolist() == [100.0, 100.0]
    assert not window.follow(101.25)
    assert window.follow(101.24)


def test_an_unknown_spot_moves_nothing() -> None:
    """NaN leaves the window as it is, empty before the first spot."""
    window = AtmWindow(_table(), Strikes(1))
    assert not window.follow(float("nan"))
    assert window.rows.tolist() == []
    window.follow(100.0)
    assert not window.follow(float("nan"))
    assert len(window.rows) == 6


def test_each_series_follows_its_own_money() -> None:
    """With forwards per series each window has its own centre; a series left out has none."""
    table = _table(series=3)
    window = AtmWindow(table, Strikes(0), series=np.array([0, 2]))
    window.follow(np.array([95.0, 105.0]))
    assert table.rows.strike[window.rows].tolist() == [95.0, 95.0, 105.0, 105.0]
    assert table.rows.series[window.rows].tolist() == [0, 0, 2, 2]


def test_uneven_steps_measure_hysteresis_on_the_side_the_money_is() -> None:
    """Between 100 and 120 the window waits for 115, between 100 and 99 for 99.25."""
    table = _table(strikes=[99.0, 100.0, 120.0])
    window = AtmWindow(table, Strikes(0))
    window.follow(100.0)
    assert not window.follow(114.9)
    assert not window.follow(99.3)
    assert window.follow(99.2)


@given(st.lists(st.floats(80.0, 120.0), min_size=1, max_size=40))
def test_entering_and_leaving_add_up_to_the_window(path: list[float]) -> None:
    """Along any path, rows taken in and let go are the rows inside, and the money is near them."""
    table = _table()
    window = AtmWindow(table, Strikes(0))
    inside: set[int] = set()
    for spot in path:
        change = window.follow(spot)
        assert not inside & set(change.entering.tolist())
        assert set(change.leaving.tolist()) <= inside
        inside = (inside | set(change.entering.tolist())) - set(change.leaving.tolist())
        assert inside == set(window.rows.tolist())
        centre = float(table.rows.strike[window.rows[0]])
        within_ladder = min(max(spot, 90.0), 110.0)
        assert abs(within_ladder - centre) <= 0.75 * 5.0


@given(st.floats(90.0, 110.0), st.floats(0.0, 1.24))
def test_a_spot_that_trembles_never_moves_the_window(spot: float, tremble: float) -> None:
    """Up and down by less than half the width of the hysteresis: after one move, none."""
    window = AtmWindow(_table(), Strikes(0))
    window.follow(spot)
    moves = [bool(window.follow(spot + sign * tremble)) for sign in (1, -1, 1, -1)]
    assert sum(moves) == 0


def test_a_negative_width_or_a_weak_hysteresis_is_refused() -> None:
    """The message names the figure."""
    with pytest.raises(ValueError, match="-1"):
        AtmWindow(_table(), Strikes(-1))
    with pytest.raises(ValueError, match=r"0\.5"):
        AtmWindow(_table(), Strikes(0), hysteresis_steps=0.5)


def test_a_delta_band_lets_go_later_than_it_takes() -> None:
    """In at the edge, out only beyond the margin; without a delta it stays what it was."""
    band = DeltaBand(3, 0.2, 0.4, margin=0.05)
    assert band.follow(np.array([0.3, -0.25, 0.41])).entering.tolist() == [0, 1]
    assert not band.follow(np.array([0.44, -0.16, 0.41]))
    assert not band.follow(np.array([np.nan, np.nan, np.nan]))
    change = band.follow(np.array([0.46, -0.14, 0.4]))
    assert (change.entering.tolist(), change.leaving.tolist()) == ([2], [0, 1])
    assert band.rows.tolist() == [2]


def test_an_empty_band_is_refused() -> None:
    """The ends must be in order and the margin not negative."""
    with pytest.raises(ValueError, match="empty"):
        DeltaBand(1, 0.4, 0.2)
    with pytest.raises(ValueError, match="margin"):
        DeltaBand(1, 0.2, 0.4, margin=-0.1)
