"""What data the user may see, and how many lines of it."""

from collections.abc import Callable
from typing import Final

from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.notices import (
    COMPETING_SESSION,
    DELAYED_SHOWN,
    NOT_SUBSCRIBED,
    PART_NOT_SUBSCRIBED,
    Notice,
)
from voldesk.simulator.ib.quote_line import DELAYED, DELAYED_FROZEN
from voldesk.simulator.ib.refusal import Refused

LINES: Final = 100
"""Market data lines of one user, over all clients."""


class Lines:
    """Counts market data lines."""

    def __init__(self, limit: int = LINES) -> None:
        self.limit = limit
        self.in_use = 0

    def take(self) -> bool:
        """Take a line; False where none is left."""
        if self.in_use >= self.limit:
            return False
        self.in_use += 1
        return True

    def release(self, count: int = 1) -> None:
        """Give lines back."""
        self.in_use -= count


class Permissions:
    """
    Says what a user gets who asks for quotes.

    Attributes:
        missing: Symbols whose live data is not subscribed to; ``*`` for all.
        partly: Symbols of which a part is not subscribed to; ``*`` for all.
        has_calendar: Whether the user has subscribed to corporate events: most have not.
        competes: Whether another session of the user takes the live data.
    """

    def __init__(self) -> None:
        self.missing: set[str] = set()
        self.partly: set[str] = set()
        self.has_calendar = False
        self.competes = False

    def force(self, instrument: Instrument, wanted: int, tell: Callable[[Notice], None]) -> int:
        """
        Return the type of data that is sent where one is asked for, and tell why it is another.

        Who asks for delayed data gets it, subscribed or not: TWS would send live data to a user
        who has it, but here it is how delayed data is looked at.

        Raises:
            Refused: Nothing is sent: not subscribed (354), or another session has it (10197).
        """
        if self.competes:
            raise Refused(COMPETING_SESSION.code, COMPETING_SESSION.text)
        if _holds(self.missing, instrument):
            if wanted not in {DELAYED, DELAYED_FROZEN}:
                product = instrument.product
                where = f"{product.symbol} {product.exchange}/TOP/ALL"
                notice = NOT_SUBSCRIBED(where)
                raise Refused(notice.code, notice.text)
            tell(DELAYED_SHOWN)
        elif _holds(self.partly, instrument):
            product = instrument.product
            tell(PART_NOT_SUBSCRIBED(f"{product.symbol} {product.exchange}/TOP/ALL"))
        return wanted


def _holds(symbols: set[str], instrument: Instrument) -> bool:
    return "*" in symbols or instrument.product.symbol in symbols
