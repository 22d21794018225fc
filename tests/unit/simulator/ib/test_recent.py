"""A memory of bounded size."""

from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from voldesk.simulator.ib.recent import Recent


def test_what_was_asked_for_least_recently_goes_first() -> None:
    """A full memory forgets the answer nobody asked for longest."""
    made: list[str] = []
    memory: Recent[str, str] = Recent(2)

    def make(key: str) -> str:
        made.append(key)
        return key

    def ask(key: str) -> None:
        memory.get(key, partial(make, key))

    for key in ("a", "b", "a", "c", "a", "b"):
        ask(key)
    assert made == ["a", "b", "c", "b"]


@given(st.lists(st.integers(0, 9)))
def test_answers_are_those_that_were_made(keys: list[int]) -> None:
    """Whatever is asked in whatever order, the answer is right and the memory within bounds."""
    memory: Recent[int, int] = Recent(3)
    for key in keys:
        assert memory.get(key, partial(pow, key, 2)) == key * key
    assert len(memory) <= 3
