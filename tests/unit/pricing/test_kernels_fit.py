"""The compiled fit is the twin's to the bit, and the same whenever it is asked."""

from typing import Any

import numpy as np
import pytest

from voldesk.pricing import kernels
from voldesk.pricing.fit_rules import TOLD
from voldesk.pricing.selfcheck_live import arguments
from voldesk.pricing.twin_fit import fit_rows
from voldesk.pricing.twin_live import LiveCalls


def _hostile(seed: int) -> list[Any]:
    """Return a series of any size and scale, with what is no quote among its prices."""
    chance = np.random.default_rng(seed)
    pairs, level = int(chance.integers(1, 400)), 10.0 ** chance.uniform(-8.0, 11.0)
    strike = np.repeat(level * np.exp(chance.normal(0.0, 0.2, pairs)), 2)
    strike = np.sort(np.round(strike, 2)) if seed % 3 else strike
    is_call = np.tile([True, False], pairs)
    worth = chance.uniform(-0.2, 1.3) * np.where(is_call, level - strike, strike - level)
    mid = np.maximum(worth, 0.0) + level * 10.0 ** chance.uniform(-4.0, 0.0, 2 * pairs)
    half = level * 10.0 ** chance.uniform(-6.0, -2.0) * chance.integers(0, 2, 2 * pairs)
    bid, ask = mid - half, mid + half
    odd = chance.random(2 * pairs) < 0.05
    bid[odd] = chance.choice([np.nan, np.inf, 0.0, -1.0, 5e-324, 1e308], odd.sum())
    hint = chance.choice([np.nan, level, 0.1 * level, 1e300])
    held = 10.0 ** chance.uniform(-12.0, 12.0)
    return [strike, is_call, bid, ask, hint, seed % 5 == 0, 0.98, held, 0.6, 1.05, np.zeros(TOLD)]


def _both(compiled_live: LiveCalls, given: list[Any]) -> tuple[Any, Any]:
    """Return what the loop and the twin come to."""
    ours, theirs = np.zeros((2, TOLD))
    compiled_live.fit_rows(*given[:-1], ours)
    fit_rows(*[*given[:-1], theirs])
    return ours, theirs


@pytest.mark.parametrize("seed", range(12))
def test_the_loop_comes_to_what_the_twin_does(compiled_live: LiveCalls, seed: int) -> None:
    """Of series of every kind, to the bit."""
    for given in arguments("fit_rows", seed):
        np.testing.assert_array_equal(*_both(compiled_live, given))


@pytest.mark.parametrize("seed", range(120))
def test_the_loop_is_the_twin_on_hard_series(compiled_live: LiveCalls, seed: int) -> None:
    """Any scale, hundreds of strikes, strikes many times, prices that agree on nothing."""
    given = _hostile(seed)
    ours, theirs = _both(compiled_live, given)
    np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(_both(compiled_live, given)[0], ours)


def test_a_slope_of_nothing_is_the_twins(compiled_live: LiveCalls) -> None:
    """Where the first line is no line at all, both fall back to the prior."""
    strike, is_call = np.repeat([99.0, 100.0, 101.0], 2), np.tile([True, False], 3)
    price = np.full(6, 3.0)
    given = [strike, is_call, price, price, np.nan, False, 0.9, 0.0, 0.5, 1.1, np.zeros(TOLD)]
    ours, theirs = _both(compiled_live, given)
    np.testing.assert_array_equal(ours, theirs)
    assert ours[0] == pytest.approx(100.0, rel=1e-3)


def test_a_column_that_nobody_may_write_is_read(compiled_live: LiveCalls) -> None:
    """The call takes the views of a table as well as arrays of its caller's."""
    given = arguments("fit_rows")[0]
    for column in given[:4]:
        column.flags.writeable = False
    np.testing.assert_array_equal(*_both(compiled_live, given))


def test_the_loop_is_made_of_these_sources(compiled_live: LiveCalls) -> None:
    """It returns the revision it was compiled from."""
    given = arguments("fit_rows")[0]
    assert compiled_live.fit_rows(*given) == kernels.source_revision()
