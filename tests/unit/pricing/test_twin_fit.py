"""A line through pairs: exact where sums are hard, of the rows that count."""

from typing import Any

import mpmath as mp
import numpy as np
import pytest
from numpy.typing import NDArray

from voldesk.pricing.fit_rules import (
    ALL_FITTED,
    DISCOUNT,
    FORWARD,
    HAS_NO_FORWARD,
    HAS_NO_PAIRS,
    IS_CROSSED,
    IS_HELD,
    IS_NO_RATE,
    IS_ONE_STRIKE,
    PAIRS,
    REASON,
    TOLD,
)
from voldesk.pricing.selfcheck_live import arguments
from voldesk.pricing.twin_fit import fit_rows, weighted_line

FloatArray = NDArray[np.float64]

EXACT_FORWARD = 4e-15  # relative: a few roundings
EXACT_SLOPE = 1e-14  # relative to what rounding the prices themselves does to the slope
HELD = 1e6


def _told(given: list[Any], **changed: Any) -> FloatArray:
    """Return what a fit came to, some arguments being others."""
    names = ("strike", "is_call", "bid", "ask", "hint", "is_given", "prior", "held", "lowest")
    named = dict(zip(names, given, strict=False)) | changed
    told = np.zeros(TOLD)
    fit_rows(*[*named.values(), given[9], told])
    return told


def _exact(
    strike: FloatArray, parity: FloatArray, weight: FloatArray, prior: float, held: float
) -> tuple[float, float]:
    """Return forward and discount to 60 digits: the root of the gradient in both."""
    with mp.workdps(60):
        k, p, w = ([mp.mpf(x) for x in column.tolist()] for column in (strike, parity, weight))
        total, at = mp.fsum(w), range(len(k))
        sums = [mp.fsum(w[i] * c[i] for i in at) / total for c in (k, p)]
        known = mp.fsum(w[i] * (k[i] - sums[0]) ** 2 for i in at)
        slope = -mp.fsum(w[i] * (k[i] - sums[0]) * (p[i] - sums[1]) for i in at)
        discount = (slope + mp.mpf(held) * mp.mpf(prior)) / (known + mp.mpf(held))
        return float(sums[0] + sums[1] / discount), float(discount)


@pytest.mark.parametrize("held", [0.0, 1e-6, 1e6])
@pytest.mark.parametrize(
    ("level", "step", "count"),
    [(100.0, 2.5, 20), (6700.0, 5.0, 300), (1e5, 1e-3, 40), (1e9, 1.0, 12), (1e-6, 1e-9, 12)],
)
def test_a_line_is_exact_where_strikes_are_nearly_alike(
    level: float, step: float, count: int, held: float
) -> None:
    """However large the strikes beside their distances, nothing cancels."""
    chance = np.random.default_rng(count)
    strike: FloatArray = level + step * np.arange(count, dtype=np.float64)
    parity = 0.97 * (level + 0.4 * step * count - strike) + step * chance.normal(0.0, 0.1, count)
    weight = 10.0 ** chance.uniform(-6.0, 6.0, count)
    line = weighted_line(strike, parity, weight, 0.96, held)
    forward, discount = _exact(strike, parity, weight, 0.96, held)
    assert line.forward == pytest.approx(forward, rel=EXACT_FORWARD)
    assert line.discount == pytest.approx(discount, rel=EXACT_SLOPE * max(1.0, level / step / 10))


def test_a_line_is_that_of_a_decomposition() -> None:
    """Where a general solver is accurate it finds the same."""
    chance = np.random.default_rng(4)
    strike = 90.0 + np.arange(20.0)
    parity, weight = 0.97 * (101.0 - strike) + chance.normal(0.0, 0.1, 20), chance.random(20)
    root = np.sqrt(weight)
    (slope, level), *_ = np.linalg.lstsq(np.vander(strike, 2) * root[:, None], parity * root)
    line = weighted_line(strike, parity, weight, 0.5, 0.0)
    assert line.discount == pytest.approx(-slope, rel=1e-12)
    assert line.forward == pytest.approx(-level / slope, rel=1e-12)


def test_a_kept_discount_leaves_the_forward_to_be_found() -> None:
    """An infinite weight is the prior itself."""
    strike = np.array([99.0, 101.0])
    line = weighted_line(strike, 0.9 * (100.5 - strike), np.ones(2), 0.9, np.inf)
    assert line.discount == 0.9
    assert line.forward == pytest.approx(100.5, rel=1e-15)


def test_every_reason_is_told() -> None:
    """The series of the self-check come to everything a fit can come to but one."""
    told = {int(_told(given)[REASON]) for given in arguments("fit_rows")}
    assert told == {ALL_FITTED, IS_HELD, IS_NO_RATE, HAS_NO_PAIRS, IS_CROSSED, IS_ONE_STRIKE}


def test_a_forward_below_nothing_is_none() -> None:
    """Puts dearer than their strikes tell no forward."""
    strike, is_call = np.repeat([10.0, 11.0, 12.0], 2), np.tile([True, False], 3)
    price = np.where(is_call, 1.0, 5.0 * strike)
    told = np.zeros(TOLD)
    fit_rows(strike, is_call, price, price, np.nan, True, 1.0, np.inf, 0.0, np.inf, told)
    assert np.isnan(told[[FORWARD, DISCOUNT]]).all()
    assert told[PAIRS] == 0
    assert told[REASON] == HAS_NO_FORWARD


def test_a_slope_of_nothing_gives_way_to_the_prior() -> None:
    """Calls and puts of one price at every strike have no line of their own; the prior has one."""
    strike, is_call = np.repeat([99.0, 100.0, 101.0], 2), np.tile([True, False], 3)
    price, told = np.full(6, 3.0), np.zeros(TOLD)
    fit_rows(strike, is_call, price, price, np.nan, False, 0.9, 0.0, 0.5, 1.1, told)
    assert told[FORWARD] == pytest.approx(100.0, rel=1e-3)
    assert told[DISCOUNT] == 0.9
    assert told[REASON] == IS_NO_RATE


def test_of_rows_of_one_contract_the_last_counts() -> None:
    """An older row in front of each changes nothing, nor does a call or put alone."""
    given = arguments("fit_rows")[0]
    columns = [np.repeat(column, 2) for column in given[:4]]
    columns[2][::2] *= 3.0
    columns[3][::2] *= 3.0
    lone: list[list[Any]] = [
        [np.inf, 40.0, 1e3],
        [True, True, False],
        [1.0, 1.0, 1.0],
        [2.0, 2.0, 2.0],
    ]
    names = ("strike", "is_call", "bid", "ask")
    changed = {
        name: np.append(column, more)
        for name, column, more in zip(names, columns, lone, strict=True)
    }
    np.testing.assert_array_equal(_told(given, **changed), _told(given))


def test_a_series_told_backwards_is_the_same() -> None:
    """Pairs are put in order first."""
    given = arguments("fit_rows")[0]
    turned = {
        name: column.reshape(-1, 2)[::-1].ravel()
        for name, column in zip(("strike", "is_call", "bid", "ask"), given[:4], strict=True)
    }
    assert _told(given, **turned) == pytest.approx(_told(given), rel=1e-13)
