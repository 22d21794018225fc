import math
from typing import Any

import pytest
import typer

from voldesk.app.commands.options import feed_flags, pace, sim_flags, split_names, window_flags
from voldesk.app.settings import LEAVES


def given(flags: dict[str, tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, (_, value) in flags.items() if value is not None}


def test_flags_are_settings() -> None:
    """Every name a flag stands for exists."""
    flags = feed_flags(["sim"], "A", 1, "2") | window_flags(5, 500.0)
    assert set(flags) <= set(LEAVES)
    assert all(flag.startswith("--") for flag, _ in flags.values())


def test_what_is_left_out_is_not_given() -> None:
    """A file or the environment decides then."""
    assert given(feed_flags(None, None, None, None)) == {}
    assert given(sim_flags(None, None, None)) == {}
    assert given(window_flags(None, None)) == {}


@pytest.mark.parametrize(
    ("feeds", "expected"),
    [
        (None, {"sim.speed": 5.0, "replay.speed": 5.0}),
        (["sim"], {"sim.speed": 5.0, "replay.speed": 5.0}),
        (["replay:x"], {"replay.speed": 5.0}),
    ],
)
def test_a_pace_is_that_of_the_feed_chosen(
    feeds: list[str] | None, expected: dict[str, float]
) -> None:
    """A replay's pace says nothing of the simulator's, which cannot be infinite."""
    flags = given(feed_flags(feeds, None, None, "5"))
    assert {name: value for name, value in flags.items() if "speed" in name} == expected


def test_symbols_are_those_of_the_feed_chosen() -> None:
    """A venue's own, and not the simulator's."""
    assert given(feed_flags(["ib"], "AMZN,SPX", None, None))["ib.symbols"] == ("AMZN", "SPX")
    assert "sim.symbols" not in feed_flags(["ib"], "AMZN", None, None)
    assert "ib.symbols" not in feed_flags(["sim"], "AMZN", None, None)
    assert given(feed_flags(["deribit"], "ETH", None, None))["deribit.underlyings"] == ("ETH",)


def test_names_and_paces_are_read() -> None:
    """Commas, blanks, and the word for no pause."""
    assert split_names("A, B ,,C") == ("A", "B", "C")
    assert pace("0.5") == 0.5
    assert math.isinf(pace("max"))


@pytest.mark.parametrize("text", ["0", "-1", "fast", "nan", ""])
def test_a_pace_that_is_none_is_a_usage_error(text: str) -> None:
    """The message says what is allowed."""
    with pytest.raises(typer.BadParameter, match="above 0, or max"):
        pace(text)
