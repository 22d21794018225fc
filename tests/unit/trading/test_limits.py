"""Limits are numbers, and none of them is less than nothing."""

import math
from dataclasses import fields

import pytest

from voldesk.model.errors import ConfigError
from voldesk.trading.limits import Limits


@pytest.mark.parametrize("name", [one.name for one in fields(Limits)])
@pytest.mark.parametrize("value", [-1, math.nan])
def test_a_limit_that_is_none_is_refused(name: str, value: float) -> None:
    """A negative or unknown limit is named with its value."""
    with pytest.raises(ConfigError, match=f"limit {name} is {value}, expected 0 or more"):
        Limits(**{name: value})  # type: ignore[arg-type]  # a count that is no number


def test_no_limits_are_infinite() -> None:
    """Without limits everything known passes."""
    none = Limits.none()
    assert none.order_contracts == none.day_loss == math.inf
    assert none.expiry_cutoff_secs == none.same_order_secs == 0.0
