"""What is asked of the solver, and what is not."""

from typing import Any

import numpy as np
import pytest

from voldesk.pricing import flags, layout
from voldesk.pricing.selfcheck_live import ROWS, arguments
from voldesk.pricing.twin_live import choose_rows, collect_rows, finish_rows, prepare_rows
from voldesk.pricing.vol import implied_vol

FOUND, SIDES, IS_ASKED = 16, 20, 23


def _prepared(bid: float, ask: float, *, strike: float, is_call: bool = True) -> list[Any]:
    """Return arguments after one row of a good series was prepared."""
    given = arguments("prepare_rows")[0]
    given[0] = np.array([0])
    given[5][0], given[6][0], given[9][0], given[10][0] = bid, ask, strike, is_call
    prepare_rows(*given)
    return given


@pytest.mark.parametrize(
    ("bid", "ask", "status"),
    [
        (1.0, 2.0, layout.OK),
        (0.0, 2.0, layout.NO_BID),
        (np.nan, np.nan, layout.NO_BID),
        (1.0, np.inf, layout.ONE_SIDED),
        (3.0, 2.0, layout.CROSSED),
    ],
)
def test_the_status_says_what_is_wrong_with_the_quote(bid: float, ask: float, status: int) -> None:
    """The first that applies, of a row that has time and a forward."""
    given = _prepared(bid, ask, strike=120.0)
    assert given[FOUND][0] == status
    assert given[-1][0] == (status == layout.OK)


@pytest.mark.parametrize("is_call", [True, False])
@pytest.mark.parametrize("share", [0.5, 1.0 - 1e-8, 1.0 - 1e-10, 1.0, 1.0 + 1e-6])
def test_what_the_solver_need_not_be_asked_has_no_vol(share: float, is_call: bool) -> None:
    """A quote clearly below intrinsic is flagged as it would be; one near it is asked about."""
    strike = 60.0 if is_call else 140.0
    intrinsic = 0.9 * 40.0
    given = _prepared(share * intrinsic, share * intrinsic, strike=strike, is_call=is_call)
    is_sure = share < 1.0 - 1e-9
    assert given[IS_ASKED][:, 0].tolist() == [not is_sure, not is_sure]
    if is_sure:
        assert given[FOUND][0] == flags.BELOW_INTRINSIC
        _, flag = implied_vol(share * intrinsic, 100.0, strike, 0.5, is_call, 0.9)
        assert flag == flags.BELOW_INTRINSIC


def test_rows_without_time_or_forward_are_not_asked_about() -> None:
    """Whatever is quoted."""
    given = arguments("prepare_rows")[0]
    given[5][:], given[6][:] = 1.0, 2.0
    prepare_rows(*given)
    of_series = given[FOUND].reshape(4, -1)
    assert (of_series[1] == layout.NO_FORWARD).all()
    assert (of_series[2] == layout.EXPIRED).all()
    assert not given[IS_ASKED][:, ROWS // 4 : 3 * ROWS // 4].any()


def test_figures_of_rows_not_asked_about_are_unknown() -> None:
    """What stood there goes, and a stale row that would be OK says so."""
    given = arguments("finish_rows")[0]
    figures = given[10]
    figures[:] = 1.0
    finish_rows(*given)
    is_asked = given[1] == layout.OK
    assert np.isnan(figures[:, ~is_asked]).all()
    assert np.isfinite(figures[:, is_asked]).all()
    stale = given[13] == layout.STALE
    assert stale.any()
    assert given[9][stale].all()


def test_dirty_rows_are_chosen_once() -> None:
    """They are touched then, and clean, and are not chosen again before they follow."""
    given = arguments("choose_rows")[0]
    given[3][:] = 0  # it follows and decays at every look...
    given[3][[layout.FOLLOW_EVERY, layout.DECAY_EVERY]] = 10**6  # ...no: hardly ever
    given[4][:] = given[5][:] = False
    dirty = np.flatnonzero(given[6][layout.DIRTY])
    choose_rows(*given)
    count = int(given[-1][0])
    assert given[-2][:count].tolist() == dirty.tolist()
    assert given[6][layout.TOUCHED, dirty].all()
    choose_rows(*given)
    assert given[-1][0] == 0


def test_a_chain_that_is_due_is_chosen_whole() -> None:
    """Once."""
    given = arguments("choose_rows")[0]
    given[3][:] = 0
    given[3][[layout.FOLLOW_EVERY, layout.DECAY_EVERY]] = 10**6
    given[4][:] = given[5][:] = given[6][:] = False
    given[4][layout.IS_WHOLE_DUE, 1] = True
    choose_rows(*given)
    assert given[-2][: given[-1][0]].tolist() == list(range(ROWS // 2, ROWS))
    choose_rows(*given)
    assert given[-1][0] == 0


def test_touched_rows_are_collected_and_numbered() -> None:
    """Counted from the first of their chain; the number goes up where there is news."""
    given = arguments("collect_rows")[0]
    before, touched = given[6].copy(), np.flatnonzero(given[2][layout.TOUCHED])
    collect_rows(*given)
    seqs, seq_of_row, rows, ends = given[6:]
    own = touched[touched >= ROWS // 2] - ROWS // 2
    assert rows[ends[0] : ends[1]].tolist() == own.tolist()
    assert (seqs == before + 1).all()
    assert seq_of_row[touched].tolist() == seqs[touched // (ROWS // 2)].tolist()
    collect_rows(*given)
    assert ends.tolist() == [0, 0]
    assert (seqs == before + 1).all()
