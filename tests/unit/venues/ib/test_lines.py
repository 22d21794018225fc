import math
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.model.listing import Listing
from voldesk.model.ports.feed import Mode
from voldesk.venues.ib.lines import Change, LinePlan
from voldesk.venues.ib.settings import LineSettings

EXPIRIES = (date(2026, 11, 27), date(2026, 12, 18))
STRIKES = tuple(float(80 + step) for step in range(41))  # 80 to 120


def _never(_instrument: int) -> bool:
    return False


def _always(_instrument: int) -> bool:
    return True


def _listing(*underlyings: str) -> Listing:
    rows: list[tuple[str, object, float, bool, bool]] = []
    for name in underlyings:
        rows.append((name, np.datetime64("NaT"), math.nan, False, False))
        for expiry in EXPIRIES:
            for strike in STRIKES:
                rows += [
                    (name, np.datetime64(expiry), strike, call, True) for call in (True, False)
                ]
    columns: Any = zip(*rows, strict=True)
    names, expiries, strikes, is_call, is_option = columns
    return Listing.build(
        key=[str(row) for row in range(len(rows))],
        symbol=names,
        underlying=names,
        market=["us"] * len(rows),
        root=names,
        expiry=expiries,
        is_call=is_call,
        strike=strikes,
        is_option=is_option,
    )


@pytest.fixture(scope="module")
def listing() -> Listing:
    return _listing("SPX")


def _plan(listing: Listing, **settings: Any) -> LinePlan:
    plan = LinePlan(listing, LineSettings(spare=0, **settings))
    plan.follow(dict.fromkeys(listing.underlyings, 100.0))
    return plan


def _run(
    plan: LinePlan, secs: float, complete: Callable[[int], bool] = _never, *, start: float = 0.0
) -> Iterator[Change]:
    """Ask every tenth of a second."""
    for turn in range(int(10 * secs)):
        yield plan.due(start + 0.1 * turn, complete)


def test_what_fits_streams_all(listing: Listing) -> None:
    """With lines enough nothing goes round."""
    plan = _plan(listing, limit=200)
    first, *later = _run(plan, 10.0)
    assert sorted(first.start) == list(range(len(listing)))
    assert not any(change.stop or change.start for change in later)


def test_the_nearest_stay_and_the_others_take_turns(listing: Listing) -> None:
    """The underlying and the money's neighbours keep their line; in time everybody has one."""
    plan = _plan(listing, limit=60, atm_strikes=5)
    seen: set[int] = set()
    always = set(range(len(listing)))
    for change in _run(plan, 60.0):
        seen |= set(change.start)
        always &= set(plan.active)
        assert len(plan.active) <= 60
    assert seen == set(range(len(listing)))
    kept = sorted({abs(float(listing.strike[one]) - 100.0) for one in always - {0}})
    assert 0 in always
    assert kept == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    assert len(always) == 1 + 44


def test_the_first_lines_are_the_nearest(listing: Listing) -> None:
    """What matters most is asked for first: the underlying, then by distance from the money."""
    (change,) = _run(_plan(listing, limit=60), 0.1)
    far = [abs(float(listing.strike[one]) - 100.0) for one in change.start[1:]]
    assert change.start[0] == 0
    assert far == sorted(far)
    nearest = {(float(listing.strike[one]), str(listing.expiry[one])) for one in change.start[1:5]}
    assert nearest == {(100.0, "2026-11-27"), (100.0, "2026-12-18")}


def test_lines_change_hands_no_faster_than_allowed(listing: Listing) -> None:
    """Each change costs two messages."""
    plan = _plan(listing, limit=60, dwell_secs=0.1, changes_per_sec=10)
    changes = list(_run(plan, 10.0))
    assert sum(len(change.start) for change in changes[1:]) <= 10 * 10 + 10
    assert sum(len(change.start) for change in changes[1:]) >= 90


def test_who_has_told_all_may_go_sooner(listing: Listing) -> None:
    """A turn ends after a third of its time when nothing more is to be had of it."""
    settings: dict[str, Any] = {"limit": 60, "dwell_secs": 3.0, "changes_per_sec": 100}
    slow = sum(len(one.start) for one in _run(_plan(listing, **settings), 30.0, _never))
    fast = sum(len(one.start) for one in _run(_plan(listing, **settings), 30.0, _always))
    assert 2.0 < fast / slow < 3.1


def test_the_money_moves_and_the_lines_with_it(listing: Listing) -> None:
    """After a move of three quarters of a step the neighbours are others; before, nothing is."""
    plan = _plan(listing, limit=60, changes_per_sec=0)
    plan.due(0.0, _never)
    plan.follow({"SPX": 100.7})
    assert plan.due(0.1, _never) == Change([], [])
    plan.follow({"SPX": math.nan})
    assert plan.due(0.2, _never) == Change([], [])
    plan.follow({"SPX": 103.0})
    change = plan.due(0.3, _never)
    assert {float(listing.strike[one]) for one in change.start} <= {106.0, 107.0, 108.0}
    assert len(plan.active) <= 60


def test_what_is_not_wanted_has_no_line(listing: Listing) -> None:
    """Given up at once, and back when wanted again."""
    plan = _plan(listing, limit=200)
    plan.due(0.0, _never)
    every = np.arange(1, len(listing))
    plan.want(every, Mode.NONE)
    assert sorted(plan.due(0.1, _never).stop) == every.tolist()
    plan.want(every[:4], Mode.FULL)
    assert sorted(plan.due(0.2, _never).start) == [1, 2, 3, 4]


def test_light_ones_take_turns_before_anybody_stays(listing: Listing) -> None:
    """A contract wanted in full stays, though those wanted in light mode are nearer."""
    plan = _plan(listing, limit=60, atm_strikes=5)
    options = np.flatnonzero(listing.is_option)
    front = options[listing.expiry[options] == np.datetime64(EXPIRIES[0])]
    plan.want(options, Mode.LIGHT)
    plan.want(front, Mode.FULL)
    turns = [set(plan.active) for _ in _run(plan, 40.0)][200:]
    kept = set.intersection(*turns)
    assert {one for one in kept if listing.is_option[one]} <= set(front.tolist())
    assert len(kept) == 23


def test_a_refusal_makes_the_plan_smaller(listing: Listing) -> None:
    """Lines are no more than those that stood, until everything begins anew."""
    plan = _plan(listing, limit=100)
    change = plan.due(0.0, _never)
    for instrument in change.start[80:]:
        plan.refuse(instrument)
    assert plan.limit == 80
    for turn in range(1, 100):
        plan.due(0.1 * turn, _never)
        assert len(plan.active) <= 80
    plan.restart()
    assert plan.limit == 100
    assert len(plan.due(20.0, _never).start) == 100


def test_who_rests_has_no_line_until_its_time(listing: Listing) -> None:
    """For ever, or for a while; the rest have it meanwhile."""
    plan = _plan(listing, limit=200)
    plan.due(0.0, _never)
    plan.rest(3, math.inf)
    plan.rest(4, 5.0)
    assert plan.due(0.1, _never) == Change([], [])
    assert not {3, 4} & set(plan.active)
    assert plan.due(5.0, _never) == Change([], [4])
    plan.restart()
    assert 3 not in plan.due(6.0, _never).start


def test_a_line_the_venue_dropped_is_asked_for_again(listing: Listing) -> None:
    """At the next turn."""
    plan = _plan(listing, limit=200)
    plan.due(0.0, _never)
    plan.lose([5, 6])
    assert plan.due(0.1, _never) == Change([], [5, 6])


def test_several_underlyings_share_the_lines() -> None:
    """Each has its own line and about as many contracts that stay."""
    listing = _listing("AMZN", "MSFT", "TSLA")
    plan = _plan(listing, limit=96)
    plan.due(0.0, _never)
    turns = [set(plan.active) for _ in _run(plan, 20.0)]
    kept = set.intersection(*turns)
    counts = [
        sum(bool(listing.underlying[one] == name) for one in kept) for name in listing.underlyings
    ]
    assert max(counts) - min(counts) <= 4
    assert {one for one in kept if not listing.is_option[one]} == set(
        np.flatnonzero(~listing.is_option).tolist()
    )


def test_without_a_price_the_middle_is_the_money(listing: Listing) -> None:
    """Nothing is known yet, and something has to stream."""
    plan = LinePlan(listing, LineSettings(limit=10, spare=0))
    near = [float(listing.strike[one]) for one in plan.due(0.0, _never).start[1:3]]
    assert near == [100.0, 100.0]


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_few_lines_are_enough_to_go_on(limit: int) -> None:
    """Never more than there are, never none."""
    plan = _plan(_listing("AMZN", "MSFT"), limit=limit)
    for _ in _run(plan, 5.0):
        assert 1 <= len(plan.active) <= limit


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("follow"), st.floats(70.0, 130.0)),
            st.tuples(st.just("refuse"), st.integers(0, 164)),
            st.tuples(st.just("rest"), st.integers(0, 164)),
            st.tuples(st.just("full"), st.integers(0, 164)),
            st.tuples(st.just("none"), st.integers(0, 164)),
            st.tuples(st.just("restart"), st.none()),
            st.tuples(st.just("wait"), st.floats(0.05, 5.0)),
        ),
        max_size=30,
    )
)
def test_whatever_happens_the_account_is_not_overdrawn(events: list[tuple[str, Any]]) -> None:
    """Starts and stops add up to the lines there are, which never pass the limit."""
    plan = _plan(_listing("SPX"), limit=40)
    held: set[int] = set()
    now = 0.0
    for what, value in events:
        now += 0.1
        match what:
            case "follow":
                plan.follow({"SPX": value})
            case "refuse" if value in held:
                plan.refuse(value)
                held.discard(value)
            case "rest":
                plan.rest(value, now + 1.0)
                held.discard(value)
            case "full" | "none":
                plan.want(np.array([value]), Mode(what))
            case "restart":
                plan.restart()
                held.clear()
            case "wait":
                now += value
        change = plan.due(now, _never)
        assert set(change.stop) <= held
        held -= set(change.stop)
        assert not held & set(change.start)
        held |= set(change.start)
        assert held == set(plan.active)
        assert len(held) <= plan.limit <= 40
