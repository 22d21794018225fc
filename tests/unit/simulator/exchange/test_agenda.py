"""Things happen in order, and are told in order."""

from decimal import Decimal

import hypothesis.strategies as st
import pytest
from hypothesis import given

from voldesk.simulator.exchange.agenda import Agenda, Rank, Voice
from voldesk.simulator.exchange.events import Event, Settled, SettledAs


def _event(ts: int) -> Event:
    return Settled(
        ts=ts,
        account="DU1",
        instrument="x",
        how=SettledAs.CASH,
        quantity=Decimal(1),
        price=Decimal(1),
        cash=Decimal(1),
    )


@given(st.lists(st.tuples(st.integers(0, 20), st.sampled_from(Rank))))
def test_what_is_due_runs_by_instant_rank_and_note(noted: list[tuple[int, Rank]]) -> None:
    """Whatever is noted runs by instant, then rank, then in the order it was noted."""
    agenda = Agenda(0)
    ran: list[tuple[int, Rank, int]] = []
    for index, (due, rank) in enumerate(noted):

        def action(due: int = due, rank: Rank = rank, index: int = index) -> None:
            assert agenda.now == due
            ran.append((due, rank, index))

        agenda.at(due, action, rank)
    agenda.move(20)
    assert ran == sorted(ran)
    assert len(ran) == len(noted)


def test_an_action_may_note_another() -> None:
    """What an action notes for the same move runs in it."""
    agenda = Agenda(0)
    ran: list[int] = []
    agenda.at(1, lambda: agenda.at(2, lambda: ran.append(agenda.now)))
    agenda.move(5)
    assert ran == [2]
    assert agenda.now == 5


def test_time_never_goes_back() -> None:
    """A move into the past stays, and runs what is overdue at the present."""
    agenda = Agenda(10)
    ran: list[int] = []
    agenda.at(3, lambda: ran.append(agenda.now))
    agenda.move(5)
    assert agenda.now == 10
    assert ran == [10]


def test_events_caused_by_a_listener_are_told_after_the_others() -> None:
    """A listener that says something, and delivers, does not overtake what was there."""
    voice = Voice()
    told: list[int] = []

    def on_event(event: Event) -> None:
        told.append(event.ts)
        if event.ts == 1:
            voice.say(_event(3))
            voice.deliver()

    voice.subscribe(on_event)
    voice.say(_event(1))
    voice.say(_event(2))
    assert told == []
    voice.deliver()
    assert told == [1, 2, 3]


def test_who_unsubscribes_is_told_no_more() -> None:
    """Unsubscribing twice is the same as once."""
    voice = Voice()
    told: list[Event] = []
    leave = voice.subscribe(told.append)
    leave()
    leave()
    voice.say(_event(1))
    voice.deliver()
    assert told == []


def test_a_listener_that_fails_does_not_silence_the_voice() -> None:
    """Its error comes out of the delivery; the next delivery goes on."""
    voice = Voice()

    def fail(_event: Event) -> None:
        raise RuntimeError("listener")

    leave = voice.subscribe(fail)
    voice.say(_event(1))
    with pytest.raises(RuntimeError, match="listener"):
        voice.deliver()
    leave()
    told: list[Event] = []
    voice.subscribe(told.append)
    voice.say(_event(2))
    voice.deliver()
    assert [event.ts for event in told] == [2]
