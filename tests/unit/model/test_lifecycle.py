"""The order table: every pair, and what no sequence of events can do."""

import gzip
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.model.errors import InvariantError
from voldesk.model.lifecycle import FINAL, OPEN, TABLE, Event, Never, State, next_state

PAIRS = [(state, event) for state in State for event in Event]


@pytest.mark.parametrize(("state", "event"), PAIRS)
def test_every_pair_is_decided(state: State, event: Event) -> None:
    """Each state and event lead to a state, or the table says why they cannot meet."""
    outcome = TABLE[state][event]
    if isinstance(outcome, Never):
        assert outcome.reason
        with pytest.raises(InvariantError, match=f"{state} cannot {event}: "):
            next_state(state, event)
    else:
        assert next_state(state, event) is outcome


def run(*events: Event, state: State = State.INTENT, filled: int = 0) -> State:
    """Return where a sequence of events ends."""
    for event in events:
        filled += event in {Event.FILL, Event.COMPLETE}
        state = next_state(state, event, filled=filled)
    return state


SENT = (Event.JOURNAL, Event.SEND)


@pytest.mark.parametrize(
    ("events", "end"),
    [
        ((Event.DENY,), State.DENIED),
        ((*SENT, Event.ACCEPT, Event.WORK, Event.FILL, Event.COMPLETE), State.FILLED),
        ((*SENT, Event.COMPLETE, Event.ACCEPT, Event.WORK), State.FILLED),
        ((*SENT, Event.FILL, Event.ACCEPT), State.PARTIALLY_FILLED),
        ((*SENT, Event.LOSE, Event.MISS), State.REJECTED),
        ((*SENT, Event.LOSE, Event.WORK), State.WORKING),
        ((*SENT, Event.WORK, Event.FILL, Event.LOSE, Event.MISS), State.CANCELLED),
        ((*SENT, Event.WORK, Event.ASK_CANCEL, Event.FILL, Event.CANCEL), State.CANCELLED),
        ((*SENT, Event.WORK, Event.ASK_CANCEL, Event.CANCEL, Event.COMPLETE), State.FILLED),
        ((*SENT, Event.WORK, Event.ASK_CANCEL, Event.REFUSE_CANCEL), State.WORKING),
        (
            (*SENT, Event.FILL, Event.ASK_CANCEL, Event.REFUSE_CANCEL),
            State.PARTIALLY_FILLED,
        ),
        ((*SENT, Event.WORK, Event.ASK_MODIFY, Event.MODIFY), State.WORKING),
        ((*SENT, Event.WORK, Event.ASK_MODIFY, Event.LOSE, Event.REFUSE_MODIFY), State.WORKING),
        ((Event.JOURNAL, Event.LOSE, Event.FILL), State.PARTIALLY_FILLED),
        ((Event.JOURNAL, Event.ASK_CANCEL), State.CANCEL_PENDING),
        ((Event.JOURNAL, Event.ASK_CANCEL, Event.REFUSE_CANCEL), State.WORKING),
        ((*SENT, Event.REJECT, Event.COMPLETE), State.FILLED),
        ((*SENT, Event.FILL, Event.REJECT), State.CANCELLED),
    ],
)
def test_lives_end_where_they_should(events: tuple[Event, ...], end: State) -> None:
    """Late, double and reordered reports lead to the state that the money is in."""
    assert run(*events) is end


def test_foreign_orders_are_counted_and_not_managed() -> None:
    """An adopted order follows the venue and takes no change from us."""
    assert run(Event.FILL, Event.COMPLETE, state=State.EXTERNAL) is State.FILLED
    with pytest.raises(InvariantError, match="not ours"):
        next_state(State.EXTERNAL, Event.ASK_MODIFY)


def test_nothing_is_sent_that_is_not_durable() -> None:
    """Sending needs the journal first."""
    with pytest.raises(InvariantError, match="durable"):
        next_state(State.INTENT, Event.SEND)


@given(st.lists(st.sampled_from(Event), max_size=40), st.sampled_from(State))
def test_no_sequence_unsays_money(events: list[Event], start: State) -> None:
    """Once filled an order stays so, and a denied one never trades."""
    state, filled = start, 0
    for event in events:
        more = filled + (event in {Event.FILL, Event.COMPLETE})
        try:
            after = next_state(state, event, filled=more)
        except InvariantError:
            continue
        if state is State.FILLED:
            assert after is State.FILLED
        if state is State.DENIED:
            assert after is State.DENIED
        if event is Event.COMPLETE:
            assert after is State.FILLED
        if more:
            assert after not in {State.REJECTED, State.WORKING}
        state, filled = after, more


def test_states_are_open_or_final_or_before_the_venue() -> None:
    """The two named groups do not overlap, and what is in neither has not been sent by us."""
    assert not FINAL & OPEN
    assert set(State) - FINAL - OPEN == {State.INTENT, State.EXTERNAL}


WORDS = {
    "PendingSubmit": None,  # says nothing yet
    "PreSubmitted": Event.ACCEPT,
    "Submitted": Event.WORK,
    "PendingCancel": Event.ASK_CANCEL,
    "Filled": Event.COMPLETE,
    "Cancelled": Event.CANCEL,
    "Inactive": Event.REJECT,
}
ENDS = {
    "Submitted": State.WORKING,
    "Filled": State.FILLED,
    "Cancelled": State.CANCELLED,
    "Inactive": State.REJECTED,
}


def test_a_real_session_goes_through_the_table(vendor_data: Path) -> None:
    """Every order of two recorded days of 0DTE trading ends where its last status says."""
    states: dict[tuple[str, int], State] = {}
    last: dict[tuple[str, int], str] = {}
    line = re.compile(r"Order (\d+): (\w+) - Filled: ([\d.]+)")
    for path in sorted((vendor_data / "ib_recordings").glob("ib_0dte_session_*.log.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for found in filter(None, map(line.search, lines)):
                order, word = (path.name, int(found[1])), found[2]
                state = states.get(order) or run(*SENT)
                event = WORDS[word]
                if event is not None:
                    state = next_state(state, event, filled=int(float(found[3])))
                states[order], last[order] = state, word
    assert len(states) >= 30
    assert {order: ENDS[word] for order, word in last.items() if word in ENDS} == {
        order: state for order, state in states.items() if last[order] in ENDS
    }
