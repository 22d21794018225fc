"""Why an implied vol is missing: one uint8 beside every vol the room returns."""

from typing import Final

# The numbers are those of the published status codes where both have one.
OK: Final = 0
BELOW_INTRINSIC: Final = 5  # the price is at or below intrinsic, or above it by rounding only
ABOVE_MAX: Final = 6  # the price is at or above what any vol can give
NOT_CONVERGED: Final = 9  # the vol is not a positive float64
BAD_INPUT: Final = 11  # an input is not finite or not positive where it has to be
