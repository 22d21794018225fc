from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.model.errors import ConfigError, VenueUnavailable
from voldesk.venues.session import Backoff, BackoffSettings, DailyPause, retry, retry_for


def _ns(at: datetime) -> int:
    return int(at.timestamp()) * 10**9


def test_pauses_double_up_to_the_longest() -> None:
    """0.1, 0.2, 0.4, 0.8, then the longest for ever; a success begins anew."""
    backoff = Backoff(BackoffSettings(jitter=0.0))
    assert [backoff.next_secs() for _ in range(6)] == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.0, 1.0])
    backoff.reset()
    assert backoff.next_secs() == pytest.approx(0.1)


@given(st.floats(0.0, 0.999), st.integers(0, 2_000))
def test_jitter_only_shortens(draw: float, failures: int) -> None:
    """However often it failed, a pause lies between its half and itself."""
    backoff = Backoff(BackoffSettings(jitter=0.5), lambda: draw)
    backoff.attempts = failures
    plain = Backoff(BackoffSettings(jitter=0.0))
    plain.attempts = failures
    longest = plain.next_secs()
    assert 0.5 * longest <= backoff.next_secs() <= longest


async def test_attempts_go_on_until_one_succeeds() -> None:
    """Each failure is told, and the backoff begins anew after a success."""
    failures: list[str] = []
    pauses: list[float] = []

    async def attempt() -> None:
        if len(failures) < 3:
            raise VenueUnavailable(f"no {len(failures)}")

    async def pause(secs: float) -> bool:
        pauses.append(secs)
        return True

    backoff = Backoff(BackoffSettings(jitter=0.0))
    assert await retry(attempt, backoff, pause, lambda exc: failures.append(str(exc)))
    assert failures == ["no 0", "no 1", "no 2"]
    assert pauses == pytest.approx([0.1, 0.2, 0.4])
    assert backoff.attempts == 0


async def test_attempts_end_when_nobody_wants_them() -> None:
    """A pause that was ended ends it all; another error than unavailability does so at once."""

    async def attempt() -> None:
        raise VenueUnavailable("no")

    async def wrong() -> None:
        raise ConfigError("no")

    async def pause(_secs: float) -> bool:
        return False

    assert not await retry(attempt, Backoff(BackoffSettings()), pause, lambda _: None)
    with pytest.raises(ConfigError):
        await retry(wrong, Backoff(BackoffSettings()), pause, lambda _: None)


@pytest.mark.parametrize(
    ("hour", "minute", "is_covered"),
    [(23, 44, False), (23, 45, True), (23, 54, True), (23, 55, False), (0, 0, False)],
)
def test_a_restart_is_expected_at_its_time(hour: int, minute: int, is_covered: bool) -> None:
    """From its minute on, as long as it takes, on its own clock."""
    pause = DailyPause("23:45", "America/New_York", 10.0)
    at = datetime(2026, 11, 20, hour, minute, tzinfo=ZoneInfo("America/New_York"))
    assert pause.covers(_ns(at)) is is_covered


def test_a_restart_may_reach_into_the_next_day() -> None:
    """Two minutes before midnight for five minutes covers two minutes past."""
    pause = DailyPause("23:58", "UTC", 5.0)
    assert pause.covers(_ns(datetime(2026, 11, 20, 0, 2, tzinfo=UTC)))
    assert not pause.covers(_ns(datetime(2026, 11, 20, 0, 3, tzinfo=UTC)))


def test_no_restart_covers_nothing() -> None:
    """None is none."""
    assert not DailyPause(None, "UTC", 5.0).covers(0)


@pytest.mark.parametrize(
    ("at", "zone", "says"),
    [("25:00", "UTC", "no time of day"), ("23:45", "Atlantis", "no time zone named 'Atlantis'")],
)
def test_what_cannot_be_read_is_refused(at: str, zone: str, says: str) -> None:
    """The message quotes it."""
    with pytest.raises(ConfigError, match=says):
        DailyPause(at, zone, 5.0)


@pytest.mark.parametrize(("secs", "attempts"), [(0.0, 1), (0.25, 2), (60.0, 4)])
async def test_attempts_for_some_time_end_with_the_last_failure(secs: float, attempts: int) -> None:
    """No pause is begun that would end too late, nor one after somebody ended it all."""
    failures: list[str] = []

    async def attempt() -> None:
        raise VenueUnavailable(f"no {len(failures)}")

    async def pause(_secs: float) -> bool:
        return len(failures) < 4

    backoff = Backoff(BackoffSettings(jitter=0.0, first_secs=0.2, factor=100.0, most_secs=20.0))
    with pytest.raises(VenueUnavailable, match=f"no {attempts - 1}"):
        await retry_for(secs, attempt, backoff, pause, lambda exc: failures.append(str(exc)))
    assert len(failures) == attempts


async def test_an_attempt_that_succeeds_in_time_is_no_failure() -> None:
    """What came before it is told, and nothing raised."""
    failures: list[str] = []

    async def attempt() -> None:
        if not failures:
            raise VenueUnavailable("not yet")

    async def pause(_secs: float) -> bool:
        return True

    backoff = Backoff(BackoffSettings())
    await retry_for(1.0, attempt, backoff, pause, lambda exc: failures.append(str(exc)))
    assert failures == ["not yet"]
