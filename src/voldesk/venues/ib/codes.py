"""What TWS's numbered messages mean to us, and what the operator can do about each."""

from enum import Enum, auto
from typing import Final, NamedTuple

from voldesk.model.errors import (
    ConfigError,
    VenueRejected,
    VenueUnavailable,
    VoldeskError,
)


class Effect(Enum):
    """What a message changes."""

    NOTICE = auto()  # nothing; it is shown
    OK = auto()  # nothing; what was shown of the same matter is over
    LINE_LOST = auto()  # TWS has lost the venue: everything known may be stale
    DATA_LOST = auto()  # the venue is back, and the subscriptions are gone
    DATA_KEPT = auto()  # the venue is back, and the subscriptions go on
    RECONNECT = auto()  # this socket is of no more use
    TOO_MANY = auto()  # one line more than the account has
    TOO_FAST = auto()  # too many messages per second
    NO_CONTRACT = auto()  # the instrument cannot be had
    NO_PERMISSION = auto()  # the account may not see the instrument's data
    BUSY_ELSEWHERE = auto()  # another session of the user has the data
    LATE_DATA = auto()  # delayed data come in place of live ones
    RESUBSCRIBE = auto()  # this one subscription has to be made again
    IGNORED = auto()  # an answer to a question that is no longer of interest


class Meaning(NamedTuple):
    """
    One code.

    Attributes:
        effect: See `Effect`.
        advice: What the operator can do; "" where there is nothing to do.
    """

    effect: Effect
    advice: str = ""


_DELAYED: Final = "subscribe to it in IB's Client Portal, or set ib.quotes to delayed"
_FARM_BACK: Final = Meaning(Effect.OK)

MEANINGS: Final = {
    100: Meaning(Effect.TOO_FAST, "lower ib.requests_per_sec"),
    101: Meaning(Effect.TOO_MANY, "lower ib.lines.limit, or close other programs' quotes"),
    102: Meaning(Effect.IGNORED),
    200: Meaning(Effect.NO_CONTRACT, "check the symbol, its type and its exchange"),
    300: Meaning(Effect.IGNORED),
    321: Meaning(
        Effect.NOTICE,
        "where it names the read-only mode: clear Read-Only API in TWS under Global Configuration,"
        " API, Settings",
    ),
    326: Meaning(Effect.RECONNECT, "choose another ib.client_id, each program needs its own"),
    354: Meaning(Effect.NO_PERMISSION, _DELAYED),
    366: Meaning(Effect.IGNORED),
    502: Meaning(Effect.RECONNECT, "start TWS, and enable its API"),
    504: Meaning(Effect.RECONNECT),
    1100: Meaning(Effect.LINE_LOST),
    1101: Meaning(Effect.DATA_LOST),
    1102: Meaning(Effect.DATA_KEPT),
    1300: Meaning(Effect.RECONNECT, "TWS listens on another port now: set ib.port"),
    2103: Meaning(Effect.NOTICE),
    2104: _FARM_BACK,
    2105: Meaning(Effect.NOTICE),
    2106: _FARM_BACK,
    2107: _FARM_BACK,
    2108: _FARM_BACK,
    2110: Meaning(Effect.NOTICE),  # 1100 says the same, and 1101 or 1102 end it
    2119: _FARM_BACK,
    2158: _FARM_BACK,
    10089: Meaning(Effect.NO_PERMISSION, _DELAYED),
    10090: Meaning(Effect.LATE_DATA),
    10091: Meaning(Effect.NO_PERMISSION, _DELAYED),
    10167: Meaning(Effect.LATE_DATA),
    10168: Meaning(Effect.NO_PERMISSION, "enable delayed data in TWS, or subscribe to live ones"),
    10182: Meaning(Effect.RESUBSCRIBE),
    10186: Meaning(Effect.NO_PERMISSION, "enable delayed data in TWS, or subscribe to live ones"),
    10197: Meaning(
        Effect.BUSY_ELSEWHERE,
        "log the user out elsewhere (phone, another TWS), or set ib.quotes to delayed",
    ),
}
"""By code. Source: IB, "Message codes" of the TWS API, and the texts of recorded sessions."""

_OTHER: Final = Meaning(Effect.NOTICE)


def meaning_of(code: int) -> Meaning:
    """Return what a code means; one we know nothing of is shown."""
    return MEANINGS.get(code, _OTHER)


def sentence(code: int, text: str) -> str:
    """Return TWS's words and what to do, as one line."""
    said = " ".join(text.split()).rstrip(".")
    advice = meaning_of(code).advice
    return f"{said} (IB {code}): {advice}" if advice else f"{said} (IB {code})"


def failure_of(what: str, code: int, text: str) -> VoldeskError:
    """
    Return the error that a failed request is.

    Args:
        what: Was asked, as the sentence goes on after it: "the price of SPX".
        code: Of TWS.
        text: Likewise.
    """
    told = f"{what}: {sentence(code, text)}"
    effect = meaning_of(code).effect
    if effect in {Effect.NO_CONTRACT, Effect.NO_PERMISSION}:
        return ConfigError(told)
    if effect in {Effect.BUSY_ELSEWHERE, Effect.LINE_LOST, Effect.RECONNECT, Effect.TOO_FAST}:
        return VenueUnavailable(told)
    return VenueRejected(told)
