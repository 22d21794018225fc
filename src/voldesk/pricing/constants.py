"""Numbers that the NumPy twin and the compiled kernels share: where each path may be trusted."""

import math
from typing import Final

NAN: Final = math.nan
INV_SQRT_2PI: Final = 0.3989422804014327
SQRT_2PI: Final = 2.5066282746310002
LOG_SQRT_2PI: Final = 0.9189385332046727
INV_TWO_PI: Final = 0.15915494309189535
TWO_PI: Final = 6.283185307179586

# The closed path: seed, one step, and f = ln(model / price) at the seed as certificate. Its error
# is of order f^4. Outside the other ranges something might overflow, underflow or lose digits.
CERTIFIED: Final = 1e-4
SMALLEST_V: Final = 1e-30
LARGEST_V: Final = 3.0  # the Mills polynomial reaches down to y = -v/2 = -1.5
SMALLEST_SQUARE: Final = 1e-180  # of F K
LARGEST_SQUARE: Final = 1e180
SMALLEST_VOL: Final = 1e-30
LARGEST_VOL: Final = 1e30

# The bracketed path, for every other row.
LAST_STEP: Final = 1e-5  # |f| below which one more step leaves an error of f^4
ROUNDS: Final = 80  # bisection alone would need half as many
TINY: Final = 1e-290  # quotients outside are formed as differences of logarithms
HUGE: Final = 1e290
LARGEST_STDEV: Final = 1e6  # every price is at its limit long before

SMALLEST_EXPONENT: Final = -680.0  # n(d1) below e to this is 0: it would be short of digits
ROUNDING: Final = 2.0**-52  # a time value below this part of the price is rounding only
