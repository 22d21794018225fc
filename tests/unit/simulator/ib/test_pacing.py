"""Limits on how fast clients ask."""

from hypothesis import given
from hypothesis import strategies as st

from voldesk.simulator.ib.pacing import HistoryPacing, MessageRate

SECOND = 10**9


@given(st.lists(st.integers(0, SECOND // 4), max_size=200))
def test_never_more_than_the_limit_in_any_second(gaps: list[int]) -> None:
    """Whatever the rhythm, of the requests of a second at most the limit is admitted."""
    rate, now, times = MessageRate(limit=5), 0, []
    for gap in gaps:
        now += gap
        if rate.admits(now):
            times.append(now)
    for first, sixth in zip(times, times[5:], strict=False):
        assert sixth - first >= SECOND


def test_a_strike_a_second() -> None:
    """However many are too many, one second is one strike."""
    rate = MessageRate(limit=2)
    admitted = [rate.admits(n) for n in range(5)]
    assert admitted == [True, True, False, False, False]
    assert (rate.strikes, rate.count) == (1, 5)
    assert not any(rate.admits(SECOND // 2 + n) for n in range(3))
    assert rate.strikes == 1


def test_room_comes_back() -> None:
    """After a second of silence everything is allowed again."""
    rate = MessageRate(limit=1)
    assert rate.has_room(0)
    assert rate.admits(0)
    assert not rate.has_room(SECOND - 1)
    assert rate.has_room(SECOND)


def test_the_same_history_within_fifteen_seconds() -> None:
    """The same question again is refused until fifteen seconds are over."""
    pacing = HistoryPacing()
    assert pacing.admits(0, 1, "SMART", "TRADES", "same")
    assert not pacing.admits(14 * SECOND, 1, "SMART", "TRADES", "same")
    assert pacing.admits(15 * SECOND, 1, "SMART", "TRADES", "same")


def test_six_of_a_contract_in_two_seconds() -> None:
    """The sixth of one contract is refused; bid-and-ask counts twice."""
    pacing = HistoryPacing()
    found = [pacing.admits(0, 1, "SMART", "TRADES", n) for n in range(6)]
    assert found == [True] * 5 + [False]
    assert [pacing.admits(0, 2, "SMART", "BID_ASK", -n) for n in (1, 2, 3)] == [True, True, False]
    assert pacing.admits(2 * SECOND, 1, "SMART", "TRADES", 9)


def test_sixty_in_ten_minutes() -> None:
    """The sixty-first of ten minutes is refused."""
    pacing = HistoryPacing()
    found = [pacing.admits(n * SECOND, n, "SMART", "TRADES", n) for n in range(61)]
    assert found == [True] * 60 + [False]
    assert pacing.admits(600 * SECOND, 99, "SMART", "TRADES", 99)
