import pytest

from voldesk.app.names import check_name
from voldesk.model.errors import ConfigError


def test_a_known_name_and_none_pass() -> None:
    """None is a name that was not given."""
    check_name("letter", "a", {"a": 1})
    check_name("letter", None, {"a": 1})


def test_a_mistyped_name_brings_the_one_that_was_meant() -> None:
    """One letter off is a suggestion."""
    with pytest.raises(ConfigError, match="did you mean 'upstox'"):
        check_name("format", "upstoxx", {"upstox": 1, "nse": 2})


def test_a_strange_name_lists_the_known_ones() -> None:
    """Without a close match every name is listed."""
    with pytest.raises(ConfigError, match="there are a, b"):
        check_name("letter", "zzz", {"a": 1, "b": 2})
