"""
How live columns and ticks lie in memory: numbers that compiled loops and their twins share.

The room knows arrays and not our objects, so what `model` and `chain` call by name is a number
here; the tests of `chain` hold the two together.
"""

from typing import Final

# A tick is so many words of eight bytes.
NAMES: Final = 0  # the instrument in its low half, the fields that were sent in its high half
EVENT: Final = 1  # UTC ns, the venue's
RECEIVED: Final = 2  # UTC ns, ours
VALUES: Final = 3  # the value of field i stands at VALUES + i
CODES: Final = 17  # the kind in its lowest byte, how live the data are in the next one
TICK_WORDS: Final = 18

FIELDS: Final = 14
LAST: Final = 2
FORWARD: Final = 9
GAP: Final = 5  # the kind
KINDS: Final = 8  # kinds added later share the last clock
NO_TIME: Final = 0
NEVER: Final = -(2**62)  # when a row was quoted that never was

NOT_OURS: Final = -1  # the place of an instrument that is in none of the chains
FIRST_SPOT: Final = -2  # and below: the spot of chain 0, 1, ...

# What a batch came to.
TAKEN: Final = 0
HAS_GAP: Final = 1  # nothing was written
IS_JUMBLED: Final = 2  # nothing was written

# Places of what is told of ticks.
OUTCOME, HAS_FORWARDS = range(2)

# Rows of the block of figures per chain, and of the marks per chain and per row.
NEWEST_EVENT, OLDEST_RECV, NEWEST_RECV, TICK_COUNT, LATE_COUNT = range(5)
HAS_NEWS, IS_LINE_LOST = range(2)
TOUCHED, DIRTY = range(2)

# Rows of the block of when a chain does what no tick asks for: all UTC ns.
FOLLOW_EVERY, FOLLOW_PHASE, FOLLOWED_AT, DECAY_EVERY, DECAY_PHASE, DECAYED_AT = range(6)

# Rows of the block of how the forward of a series stood when it was last chosen.
STAND_FORWARD, STAND_DISCOUNT, STAND_YEARS, STAND_SPOT = range(4)

# Why a figure may not be stood on.
SERVES, UNKNOWN, OLD, LOST = range(4)

# Rows of the marks per chain that say what a move came to, and what it is to be.
IS_ASKED, HAS_NEW_SPOT, IS_WHOLE_DUE = range(3)
"""Whether somebody else has to move it, whether its spot is another, whether to price all rows."""

# Which rows of a chain are due to be priced.
QUOTED, FOLLOWERS, ALL = range(3)

NS_PER_YEAR: Final = 365 * 86_400 * 10**9

# Status of a row.
OK: Final = 0
NO_BID: Final = 1
ONE_SIDED: Final = 2
CROSSED: Final = 3
STALE: Final = 4
NO_FORWARD: Final = 7
EXPIRED: Final = 8
NO_PRICE: Final = 10
