"""The Feed port."""

from voldesk.model.ports.feed import Mode


def test_modes_are_the_words_of_the_wire() -> None:
    """A mode prints as the word subscriptions use."""
    assert [str(mode) for mode in Mode] == ["full", "light", "none"]
