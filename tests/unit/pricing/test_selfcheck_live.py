"""The check of the live calls finds what is wrong with them."""

import numpy as np
import pytest

from voldesk.pricing.layout import TICK_WORDS
from voldesk.pricing.selfcheck_live import arguments, find_live_difference, is_alike
from voldesk.pricing.twin_live import LIVE_TWIN, LiveCalls


def test_the_twin_is_like_itself() -> None:
    """Nothing is found where nothing differs."""
    assert find_live_difference(LIVE_TWIN) == ""


@pytest.mark.parametrize("name", LiveCalls._fields)
def test_a_call_that_does_nothing_is_found(name: str) -> None:
    """Each of them leaves something behind that the check looks at."""
    idle = LIVE_TWIN._replace(**{name: lambda *_: None})
    assert find_live_difference(idle) == f"{name} differs from the NumPy twin"


@pytest.mark.parametrize("name", LiveCalls._fields)
def test_a_figure_a_little_off_is_found(name: str) -> None:
    """One array out by a part in a million is not the twin's."""

    def wrong(*given: object) -> None:
        getattr(LIVE_TWIN, name)(*given)
        written = [each for each in given if isinstance(each, np.ndarray) and each.size]
        floats = [each for each in written if each.dtype == np.float64 and np.isfinite(each).any()]
        for array in floats or written[-1:]:
            np.multiply(array, 1 + 1e-6 if floats else 2, out=array, casting="unsafe")

    given = arguments(name)[0]
    assert not is_alike(LIVE_TWIN._replace(**{name: wrong}), name, given)


def test_the_ticks_are_of_every_kind() -> None:
    """Some come without a time, some of nobody, and there are gaps and jumbled ones."""
    batches = [given[0] for given in arguments("take_ticks")]
    assert all(words.shape[1] == TICK_WORDS for words in batches)
    assert {int((words[:, 1] == 0).any()) for words in batches} >= {1}
    assert any((words[:, -1] & 0xFF == 5).any() for words in batches)
    assert any((np.diff(words[:, 1]) < 0).any() for words in batches)
