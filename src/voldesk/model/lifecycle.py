"""
The life of an order: what may happen in which state, every pair of them.

`TABLE` is the whole truth: for each state and each event the state that follows, or `Never` with
the reason why the pair cannot be. Venues report late, twice and out of order, so most odd pairs
are allowed: money that moved is counted, whatever was believed before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from voldesk.model.errors import InvariantError


class State(StrEnum):
    """Where an order stands; stored in the journal by name, so never rename."""

    INTENT = "intent"  # decided, asked of nobody
    DENIED = "denied"  # our gate said no
    JOURNALLED = "journalled"  # durable, and about to be sent
    SENT = "sent"  # on its way, no answer
    ACCEPTED = "accepted"  # the venue has it and does not work it yet (a child, a closed market)
    WORKING = "working"
    PARTIALLY_FILLED = "partially_filled"
    MODIFY_PENDING = "modify_pending"
    CANCEL_PENDING = "cancel_pending"
    FILLED = "filled"
    CANCELLED = "cancelled"
    REJECTED = "rejected"  # the venue said no, or never got it
    EXPIRED = "expired"
    UNKNOWN = "unknown"  # no answer where one was due: asked for by tag, never guessed
    EXTERNAL = "external"  # somebody else's, seen at the venue: counted, not managed


class Event(StrEnum):
    """What happens to an order; stored in the journal by name."""

    DENY = "deny"
    JOURNAL = "journal"
    SEND = "send"
    LOSE = "lose"  # the line broke, or the answer is overdue
    ACCEPT = "accept"
    WORK = "work"
    FILL = "fill"  # some of it, with more to come
    COMPLETE = "complete"  # the last of it
    ASK_MODIFY = "ask_modify"
    MODIFY = "modify"
    REFUSE_MODIFY = "refuse_modify"
    ASK_CANCEL = "ask_cancel"
    CANCEL = "cancel"
    REFUSE_CANCEL = "refuse_cancel"
    REJECT = "reject"
    EXPIRE = "expire"
    MISS = "miss"  # asked for by tag after the settle delay: the venue has never had it


@dataclass(frozen=True, slots=True)
class Never:
    """Why an event cannot meet a state."""

    reason: str


Outcome = State | Never

FINAL: Final = frozenset(
    {State.DENIED, State.FILLED, State.CANCELLED, State.REJECTED, State.EXPIRED}
)
"""States in which nothing more is due; a late fill may still move an order out of one."""

OPEN: Final = frozenset(
    {
        State.JOURNALLED,
        State.SENT,
        State.ACCEPTED,
        State.WORKING,
        State.PARTIALLY_FILLED,
        State.MODIFY_PENDING,
        State.CANCEL_PENDING,
        State.UNKNOWN,
    }
)
"""States in which an order of ours may be, or come to be, filled at the venue."""

_S, _E = State, Event

_NOT_ASKED = Never("nobody has been asked")
_NOT_HEARD = Never("the venue has not answered; cancel it, or wait")
_ALREADY = Never("it happened before")
_ONCE_SENT = Never("the gate decides before an order is sent")
_ENDED = Never("it is over; make a new intent")
_NOT_OURS = Never("an order that is not ours is not managed")
_UNRESOLVED = Never("what became of it has to be found out first")


def _heard(state: State) -> dict[Event, Outcome]:
    """Return what the venue may say of an order that it may have, whatever was asked meanwhile."""
    return {
        _E.DENY: _ONCE_SENT,
        _E.JOURNAL: _ALREADY,
        _E.SEND: _ALREADY,
        _E.LOSE: _S.UNKNOWN,
        _E.ACCEPT: _S.ACCEPTED,
        _E.WORK: _S.WORKING,
        _E.FILL: _S.PARTIALLY_FILLED,
        _E.COMPLETE: _S.FILLED,
        _E.ASK_MODIFY: _S.MODIFY_PENDING,
        _E.MODIFY: _S.WORKING,  # told twice, or changed by hand at the venue
        _E.REFUSE_MODIFY: state,  # an answer that comes late
        _E.ASK_CANCEL: _S.CANCEL_PENDING,
        _E.CANCEL: _S.CANCELLED,  # by us, by the venue, by another of its group
        _E.REFUSE_CANCEL: state,
        _E.REJECT: _S.REJECTED,
        _E.EXPIRE: _S.EXPIRED,
        _E.MISS: Never("the venue has had it: lost first, then looked for"),
    }


def _over(state: State) -> dict[Event, Outcome]:
    """Return the row of a final state: late words change nothing, late fills count."""
    return dict.fromkeys(_E, state) | {
        _E.DENY: _ONCE_SENT,
        _E.JOURNAL: _ALREADY,
        _E.SEND: _ALREADY,
        _E.ASK_MODIFY: _ENDED,
        _E.ASK_CANCEL: _ENDED,
    }


def _never(reason: Never) -> dict[Event, Outcome]:
    """Return a row in which nothing can happen, to be amended."""
    return dict.fromkeys(_E, reason)


TABLE: Final[Mapping[State, Mapping[Event, Outcome]]] = MappingProxyType(
    {
        _S.INTENT: _never(_NOT_ASKED)
        | {
            _E.DENY: _S.DENIED,
            _E.JOURNAL: _S.JOURNALLED,
            _E.SEND: Never("an order is sent once its intent is durable"),
        },
        _S.DENIED: _never(_NOT_ASKED)
        | {
            _E.DENY: _ALREADY,
            _E.JOURNAL: _ENDED,
            _E.SEND: _ENDED,
        },
        # That it was sent is not written down: read from a journal, it may be at the venue.
        _S.JOURNALLED: _heard(_S.JOURNALLED)
        | {
            _E.DENY: _S.DENIED,  # the gate looks once more when a halt came in between
            _E.SEND: _S.SENT,
            _E.ASK_MODIFY: _NOT_HEARD,
            _E.MISS: _S.REJECTED,
        },
        _S.SENT: _heard(_S.SENT)
        | {
            _E.ASK_MODIFY: _NOT_HEARD,
            _E.MISS: _S.REJECTED,
        },
        _S.ACCEPTED: _heard(_S.ACCEPTED)
        | {
            _E.MODIFY: _S.ACCEPTED,
        },
        _S.WORKING: _heard(_S.WORKING)
        | {
            _E.ACCEPT: _S.WORKING,  # the slower of two messages
        },
        _S.PARTIALLY_FILLED: _heard(_S.PARTIALLY_FILLED)
        | {
            _E.ACCEPT: _S.PARTIALLY_FILLED,  # the fill was faster
            _E.WORK: _S.PARTIALLY_FILLED,  # the rest of it works
        },
        _S.MODIFY_PENDING: _heard(_S.MODIFY_PENDING)
        | {
            _E.ACCEPT: _S.MODIFY_PENDING,  # says nothing of the change
            _E.WORK: _S.MODIFY_PENDING,
            _E.FILL: _S.MODIFY_PENDING,  # of the old terms or the new; the change is still due
            _E.ASK_MODIFY: _S.MODIFY_PENDING,  # the newest terms count
            _E.REFUSE_MODIFY: _S.WORKING,  # with its old terms
            _E.REFUSE_CANCEL: _S.MODIFY_PENDING,
        },
        _S.CANCEL_PENDING: _heard(_S.CANCEL_PENDING)
        | {
            _E.ACCEPT: _S.CANCEL_PENDING,  # said before our request arrived
            _E.WORK: _S.CANCEL_PENDING,
            _E.FILL: _S.CANCEL_PENDING,  # a race, lost in part
            _E.ASK_MODIFY: Never("a cancel is on its way"),
            _E.MODIFY: _S.CANCEL_PENDING,  # of an earlier request
            _E.ASK_CANCEL: _S.CANCEL_PENDING,  # said again
            _E.REFUSE_CANCEL: _S.WORKING,
        },
        _S.FILLED: _over(_S.FILLED),  # a fill beyond it is an alarm of the ledger's
        _S.CANCELLED: _over(_S.CANCELLED)
        | {
            _E.COMPLETE: _S.FILLED,  # the cancel came too late
        },
        _S.REJECTED: _over(_S.REJECTED)
        | {
            _E.ACCEPT: _S.ACCEPTED,  # missed by tag too early, or a warning taken for a refusal
            _E.WORK: _S.WORKING,
            _E.FILL: _S.PARTIALLY_FILLED,
            _E.COMPLETE: _S.FILLED,
        },
        _S.EXPIRED: _over(_S.EXPIRED)
        | {
            _E.COMPLETE: _S.FILLED,  # traded in the last moment, told after
        },
        _S.UNKNOWN: _heard(_S.UNKNOWN)
        | {
            _E.LOSE: _S.UNKNOWN,
            _E.ASK_MODIFY: _UNRESOLVED,
            _E.ASK_CANCEL: _S.UNKNOWN,  # sent all the same: cancelling is always allowed
            _E.REFUSE_MODIFY: _S.WORKING,  # so it is there, with its old terms
            _E.REFUSE_CANCEL: _S.UNKNOWN,  # "no such order" may be said of one not arrived yet
            _E.MISS: _S.REJECTED,
        },
        _S.EXTERNAL: _heard(_S.EXTERNAL)
        | {
            _E.DENY: _NOT_OURS,
            _E.JOURNAL: _S.EXTERNAL,  # adopted
            _E.SEND: _NOT_OURS,
            _E.LOSE: _S.EXTERNAL,
            _E.ACCEPT: _S.EXTERNAL,
            _E.WORK: _S.EXTERNAL,
            _E.FILL: _S.EXTERNAL,
            _E.ASK_MODIFY: _NOT_OURS,
            _E.MODIFY: _S.EXTERNAL,
            _E.ASK_CANCEL: _S.EXTERNAL,  # "cancel all" means theirs as well
            _E.REFUSE_MODIFY: _S.EXTERNAL,
            _E.REFUSE_CANCEL: _S.EXTERNAL,
            _E.MISS: _S.CANCELLED,  # gone from the venue's lists
        },
    }
)


_WITH_FILLS: Final = MappingProxyType(
    {State.WORKING: State.PARTIALLY_FILLED, State.REJECTED: State.CANCELLED}
)


def next_state(state: State, event: Event, *, filled: int = 0) -> State:
    """
    Return the state that follows.

    Args:
        state: Where the order stands.
        event: What happened.
        filled: Contracts filled so far, this event's included. What works and has fills is
            partially filled; what is refused and has fills was cancelled.

    Raises:
        InvariantError: The pair cannot be; the message says why.
    """
    outcome = TABLE[state][event]
    if isinstance(outcome, Never):
        raise InvariantError(f"an order that is {state} cannot {event}: {outcome.reason}")
    return _WITH_FILLS.get(outcome, outcome) if filled > 0 else outcome
