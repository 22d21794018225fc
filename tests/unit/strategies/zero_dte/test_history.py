import math

import numpy as np

from voldesk.analytics.iv_rank import IvPast
from voldesk.strategies.zero_dte.history import FRONT, MONTH, standing

DAYS = np.linspace(0.10, 0.29, 20)


def test_the_month_speaks_first() -> None:
    """It means the same at every hour."""
    found = standing(0.20, 0.50, IvPast(month=DAYS, front=DAYS), 20)
    assert (found.measure, found.iv, found.days, found.reason) == (MONTH, 0.20, 20, "")
    assert found.percentile == 100.0 * np.count_nonzero(DAYS < 0.20) / 20
    assert 0.0 < found.rank < 100.0


def test_the_front_speaks_where_the_month_cannot() -> None:
    """With too few days of it, or where the chain does not reach so far."""
    assert standing(0.2, 0.5, IvPast(month=DAYS[:5], front=DAYS), 20).measure == FRONT
    found = standing(math.nan, 0.5, IvPast(month=DAYS, front=DAYS), 20)
    assert (found.measure, found.percentile) == (FRONT, 100.0)


def test_too_few_days_say_nothing() -> None:
    """Unknown is NaN with the counts as its reason, never the middle."""
    found = standing(0.2, math.nan, IvPast(month=DAYS[:19]), 20)
    assert math.isnan(found.percentile)
    assert math.isnan(found.rank)
    assert found.reason == ("30d iv of 19 days; front iv of 0 days, none now: 20 are needed")


def test_a_day_without_an_iv_is_no_day() -> None:
    """NaN in the past is left out of the count."""
    torn = np.append(DAYS, math.nan)
    assert standing(0.2, math.nan, IvPast(month=torn), 21).measure == ""
    assert standing(0.2, math.nan, IvPast(month=torn), 20).days == 20
