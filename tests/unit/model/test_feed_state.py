"""The state of a feed's line."""

import dataclasses
from typing import get_args

import pytest

from voldesk.model.feed_state import DataType, FeedState, Notice


def test_a_feed_that_says_little_has_no_limit() -> None:
    """Without lines and notices a state counts nothing and holds nothing."""
    state = FeedState(is_connected=True, data_type="simulated")

    assert (state.lines_used, state.lines_limit, state.notices) == (None, None, ())


def test_a_state_does_not_change() -> None:
    """A state that was handed out stays what it was."""
    state = FeedState(is_connected=True, data_type="live", notices=(Notice(2104, "farm ok", 1),))

    with pytest.raises(dataclasses.FrozenInstanceError):
        state.is_connected = False  # type: ignore[misc]  # that is what is tested


def test_the_words_for_data_are_the_ones_the_page_knows() -> None:
    """The kinds of data are these six, in these words."""
    known = ("live", "frozen", "delayed", "delayed-frozen", "recorded", "simulated")
    assert get_args(DataType) == known
