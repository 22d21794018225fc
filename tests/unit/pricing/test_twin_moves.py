"""Forwards go with spot and time, and whatever else is to be done is asked for."""

from typing import Any

import numpy as np
import pytest

from voldesk.pricing.layout import HAS_NEW_SPOT, IS_ASKED, NEVER, NS_PER_YEAR
from voldesk.pricing.selfcheck_live import arguments
from voldesk.pricing.twin_moves import carried, move_chains

MOVES, HAS_MOVED, FORWARD, DISCOUNT = 15, 24, 28, 29


def _moved(**changed: Any) -> list[Any]:
    """Return arguments after a move at another spot of a chain with nothing else to be done."""
    given = arguments("move_chains")[0]
    names = {"now": 2, "refit_ns": 4, "is_lost": 7, "moved_at": 14, "is_odd": 16, "due_at": 20}
    for name, value in changed.items():
        place = names[name]
        given[place] = value if np.isscalar(given[place]) else np.full_like(given[place], value)
    given[0] = np.array([0])
    move_chains(*given)
    return given


def test_a_forward_goes_with_spot() -> None:
    """By the ratio, and by its growth with time; its series has moved."""
    given = _moved()
    assert not given[MOVES][IS_ASKED, 0]
    assert given[MOVES][HAS_NEW_SPOT, 0]
    grown = np.exp([0.0, 0.04 * (0.18 - 0.2)])
    assert given[FORWARD][:2] == pytest.approx(100.0 * 101.0 / 99.0 * grown)
    assert given[DISCOUNT][:2] == pytest.approx(0.9 ** (np.array([0.07, 0.18]) / 0.2))
    assert given[HAS_MOVED].tolist() == [True, True, False, False]


@pytest.mark.parametrize(
    "changed",
    [
        {"is_odd": True},
        {"refit_ns": 0},
        {"moved_at": NEVER},
        {"is_lost": True},
        {"now": NS_PER_YEAR // 200},
        {"now": NS_PER_YEAR // 10},
    ],
)
def test_what_is_more_than_that_is_asked_for(changed: dict[str, Any]) -> None:
    """Nothing is written then."""
    given = _moved(**changed)
    assert given[MOVES][IS_ASKED, 0]
    assert not given[FORWARD].any()


def test_a_series_that_is_due_is_asked_for() -> None:
    """If its quotes changed since its fit."""
    given = arguments("move_chains")[2]
    move_chains(*given)
    assert given[MOVES][IS_ASKED].all()


def test_within_a_step_nothing_is_done() -> None:
    """At the same spot."""
    given = arguments("move_chains")[4]
    given[6][0] = given[10][0] = given[13][0] = 99.0
    move_chains(*given)
    assert not given[MOVES][IS_ASKED, 0]
    assert not given[FORWARD][:2].any()


def test_a_spot_that_is_none_leaves_the_forward() -> None:
    """The ratio is one where either spot is unknown."""
    stand = np.array([[100.0], [0.9], [0.2], [np.nan]])
    forward, discount = carried(stand, 101.0, np.array([0.2]), 0.0)
    assert forward == 100.0
    assert discount == pytest.approx(0.9)
