"""What TWS's words of an order mean: its statuses, and the numbered errors that are about one."""

from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType
from typing import Final

from voldesk.model.lifecycle import Event

STATUSES: Final[Mapping[str, Event | None]] = MappingProxyType(
    {
        "ApiPending": None,  # not sent to IB yet
        "PendingSubmit": None,  # sent, not confirmed: nobody has it for certain
        "PreSubmitted": Event.ACCEPT,  # held by IB: a stop, a child, a closed market
        "Submitted": Event.WORK,
        "PendingCancel": None,  # a cancel was asked for; the order may still fill
        "ApiCancelled": Event.CANCEL,  # before IB confirmed it
        "Cancelled": Event.CANCEL,
        "Filled": Event.COMPLETE,
        "Inactive": Event.REJECT,
    }
)
"""What each status of ``orderStatus`` tells; None where it tells nothing. Source: IB, TWS API,
"Order Status" of ``EWrapper.orderStatus``."""

UNCONFIRMED: Final = frozenset({"ApiPending", "PendingSubmit"})
"""Statuses of an order that may yet be refused for what it is."""

ALIVE: Final = UNCONFIRMED | {"PreSubmitted", "Submitted"}
"""Statuses in which an order may still fill, a cancel on its way aside."""


class Bearing(Enum):
    """What an error does to the order it names."""

    NOTICE = auto()  # nothing: a warning, and the order goes on
    CANCELLED = auto()
    CANCEL_REFUSED = auto()
    REFUSED = auto()  # whatever was asked for last: a change, or the order itself


_BEARINGS: Final[Mapping[int, Bearing]] = MappingProxyType(
    {
        136: Bearing.CANCEL_REFUSED,  # "This order cannot be cancelled."
        161: Bearing.CANCEL_REFUSED,  # not in a state in which it could be
        202: Bearing.CANCELLED,
        399: Bearing.NOTICE,  # "Order Message": held until the market opens, and its like
        404: Bearing.NOTICE,  # held until shares to borrow are found
        2109: Bearing.NOTICE,  # "outside regular trading hours" is ignored
        10147: Bearing.CANCEL_REFUSED,  # there is no such order
        10148: Bearing.CANCEL_REFUSED,  # it is over
        10349: Bearing.NOTICE,  # the time in force was set by a preset
    }
)
_WARNINGS: Final = range(2100, 2200)

REFUSES_STANDING: Final = frozenset({201, 203})
"""Errors that end an order which TWS had taken before, with no change of it asked for."""


def bearing_of(code: int) -> Bearing:
    """Return what an error means for its order; what is not known as a warning is a refusal."""
    if code in _WARNINGS:
        return Bearing.NOTICE
    return _BEARINGS.get(code, Bearing.REFUSED)


def seen_event(status: str, filled: int) -> Event:
    """Return what to apply to an order that a list shows in a status; one not known is alive."""
    event = STATUSES.get(status)
    if event is None:
        # It is at TWS at least; a cancel that is on its way is told of when it is done.
        event = Event.WORK if status == "PendingCancel" else Event.ACCEPT
    return Event.FILL if filled and event in {Event.ACCEPT, Event.WORK} else event
