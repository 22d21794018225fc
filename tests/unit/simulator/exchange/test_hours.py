"""Sessions' next ends and beginnings."""

import hypothesis.strategies as st
import pytest
from hypothesis import given
from trading_floor import utc

from voldesk.model.enums import Market
from voldesk.model.sessions import NS_PER_MINUTE, is_open
from voldesk.simulator.exchange.hours import next_close, next_open


@pytest.mark.parametrize(
    ("now", "market", "opens", "closes"),
    [
        ("2026-11-18T15:00", Market.US, "2026-11-19T14:30", "2026-11-18T21:00"),
        ("2026-11-18T21:00", Market.US, "2026-11-19T14:30", "2026-11-19T21:00"),
        ("2026-11-21T12:00", Market.US, "2026-11-23T14:30", "2026-11-23T21:00"),
        ("2026-11-26T15:00", Market.US, "2026-11-27T14:30", "2026-11-27T18:00"),
        ("2026-11-18T05:00", Market.INDIA, "2026-11-19T03:45", "2026-11-18T10:00"),
        ("2026-11-18T12:00", Market.DERIBIT, "2026-11-19T00:00", "2026-11-19T00:00"),
        ("2026-11-18T23:30", Market.CME, "2026-11-19T23:00", "2026-11-19T22:00"),
    ],
)
def test_next_open_and_close(now: str, market: Market, opens: str, closes: str) -> None:
    """Week-ends, holidays, early closes and evenings before are honoured."""
    assert next_open(utc(now), market) == utc(opens)
    assert next_close(utc(now), market) == utc(closes)


@given(st.integers(0, 40_000), st.sampled_from(Market))
def test_a_market_is_open_just_before_its_next_close(minutes: int, market: Market) -> None:
    """Whenever it is asked, the next close ends a session and the next opening begins one."""
    now = utc("2026-10-20T00:00") + minutes * NS_PER_MINUTE
    closes, opens = next_close(now, market), next_open(now, market)
    assert closes > now
    assert opens >= now
    assert is_open(closes - 1, market)
    assert is_open(opens, market)
