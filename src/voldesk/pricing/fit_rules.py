"""What a parity fit takes for granted, and the numbers by which it tells what it came to."""

from typing import Final

SMALLEST_RATE: Final = -0.02
LARGEST_RATE: Final = 0.25
"""
Rates a fitted discount may stand for, continuous, a fraction per year.

Below zero there is little room on purpose: early exercise of American puts steepens the line, and
a rate of -7 % is how that shows.
"""

PRIOR_RATE: Final = 0.03
PRIOR_RATE_SD: Final = 0.02
"""What is held of the rate before a quote is seen; it decides only where the strikes cannot."""

PRIOR_DISCOUNT_SD: Final = 0.02
"""Where the years are unknown the discount itself is held: 1, give or take this."""

LOWEST_DISCOUNT: Final = 0.6065306597126334
HIGHEST_DISCOUNT: Final = 1.0512710963760241
"""Plausible where the years are unknown: logarithms of -0.5 and 0.05."""

LONGEST_YEARS: Final = 100.0

WINDOW_IN_STRADDLES: Final = 0.75
"""Half width of the window around the forward; a straddle at the money is 0.8 vol sqrt(years)."""

FEWEST_PAIRS: Final = 10
"""The window widens until it holds this many pairs, as far as the series has them."""

WIDER: Final = 1.25  # times the distance of the last of the fewest, which then counts for something
NEAREST: Final = 9  # pairs whose median is the first guess
ROUNDS: Final = 3  # of re-weighting in each of the two windows
BISQUARE: Final = 4.685  # robust standard deviations: 95 % efficient where the noise is normal
MAD_TO_SD: Final = 1.4826  # of normal noise
MID_NOISE: Final = 0.25  # half spreads a mid is off by, worth one pair until others are seen
LEAST_HALF_SPREAD: Final = 2e-5  # of the strike: credited to a locked quote and to a lone price
LEAST_SHARE: Final = 0.25  # of the median half spread: credited to a quote that is tighter still
SMALLEST: Final = 1e-9  # strikes and prices outside are not quotes
LARGEST: Final = 1e12
ONE_PERCENT: Final = 0.01

# Places of what is told of a fit.
FORWARD, DISCOUNT, PAIRS, RESIDUAL, CONFIDENCE, REASON = range(6)
TOLD: Final = 6

# Reasons: the first three come with a forward.
ALL_FITTED, IS_HELD, IS_NO_RATE, HAS_NO_PAIRS, IS_CROSSED, IS_ONE_STRIKE, HAS_NO_FORWARD = range(7)
