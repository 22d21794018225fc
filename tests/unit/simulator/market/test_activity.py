"""How busy a market is."""

from collections.abc import Callable

import numpy as np
import pytest

from voldesk.model.enums import Market
from voldesk.model.sessions import NS_PER_HOUR, NS_PER_SECOND
from voldesk.simulator.market.activity import MIDDAY, OUTSIDE, activity, next_change


@pytest.mark.parametrize(
    ("market", "opens", "closes"),
    [
        (Market.US, "2026-09-15T13:30", "2026-09-15T20:00"),
        (Market.US, "2026-11-27T14:30", "2026-11-27T18:00"),  # an early close
        (Market.INDIA, "2026-09-15T03:45", "2026-09-15T10:00"),
        (Market.CME, "2026-09-14T22:00", "2026-09-15T21:00"),  # opens on the evening before
    ],
)
def test_a_session_is_a_u(
    market: Market, opens: str, closes: str, utc: Callable[[str], int]
) -> None:
    """It is busiest at its ends, quietest in the middle, and 1 on average."""
    first, last = utc(opens), utc(closes)
    ts = np.linspace(first, last - NS_PER_SECOND, 2001).astype(np.int64)
    u = np.array([activity(int(t), market, always_open=False) for t in ts])
    assert u[0] == pytest.approx(1.9)
    assert u[-1] == pytest.approx(1.9, abs=1e-2)
    assert u.min() == pytest.approx(MIDDAY, abs=1e-4)
    assert u.mean() == pytest.approx(1.0, abs=2e-3)
    assert np.all(np.diff(u[:1000]) < 0.0)


@pytest.mark.parametrize("market", [Market.US, Market.INDIA])
def test_outside_a_session_it_rests_or_goes_on_quietly(
    market: Market, utc: Callable[[str], int]
) -> None:
    """A Sunday is silent, or goes at half pace where the market never closes."""
    sunday = utc("2026-09-13T12:00")
    assert activity(sunday, market, always_open=False) == 0.0
    assert activity(sunday, market, always_open=True) == OUTSIDE


def test_deribit_has_a_wave_and_no_close(start: int) -> None:
    """Over a day its mean is 1, and it is never silent."""
    hours = [
        activity(start + h * NS_PER_HOUR, Market.DERIBIT, always_open=False) for h in range(24)
    ]
    assert np.mean(hours) == pytest.approx(1.0)
    assert min(hours) > 0.5


def test_the_next_change_is_the_nearest_bell(utc: Callable[[str], int]) -> None:
    """In a session it is the close; before one, over nights and weekends, the next open."""
    opens, closes = utc("2026-09-15T13:30"), utc("2026-09-15T20:00")
    assert next_change(opens, Market.US) == closes
    assert next_change(opens - 1, Market.US) == opens
    assert next_change(utc("2026-09-14T20:00"), Market.US) == opens
    assert next_change(utc("2026-09-18T20:00"), Market.US) == utc("2026-09-21T13:30")
