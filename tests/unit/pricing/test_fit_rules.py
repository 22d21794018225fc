"""The numbers of a parity fit agree with one another."""

import math

from voldesk.pricing import fit_rules
from voldesk.pricing.fit_rules import HIGHEST_DISCOUNT, LOWEST_DISCOUNT


def test_the_prior_is_believed() -> None:
    """The rate held before a quote is seen is one that a fit may come to; so is a discount of 1."""
    assert fit_rules.SMALLEST_RATE < fit_rules.PRIOR_RATE < fit_rules.LARGEST_RATE
    assert LOWEST_DISCOUNT < 1.0 < HIGHEST_DISCOUNT


def test_discounts_without_years_are_what_their_logarithms_say() -> None:
    """They are the float64s nearest to the exponentials of -0.5 and 0.05."""
    assert math.isclose(LOWEST_DISCOUNT, math.exp(-0.5), rel_tol=2e-16)
    assert math.isclose(HIGHEST_DISCOUNT, math.exp(0.05), rel_tol=2e-16)


def test_the_money_is_sought_among_fewer_than_the_window_holds() -> None:
    """The pairs whose medians are taken are all in the narrowest window."""
    assert fit_rules.NEAREST <= fit_rules.FEWEST_PAIRS
    assert fit_rules.WIDER > 1.0
    assert fit_rules.REASON == fit_rules.TOLD - 1
