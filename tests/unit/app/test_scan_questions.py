import io
import sys
from typing import Any

import pytest
from rich.console import Console
from strategy_world import TODAY, a_row

from voldesk.app.scan_questions import choose, confirm
from voldesk.strategies.zero_dte.scanner import Candidate
from voldesk.strategies.zero_dte.score import Score

SHOWN = [
    Candidate(
        underlying=name,
        expiry=TODAY,
        row=a_row(),
        spread_pct=1.0,
        score=Score({}, 1.0, 1.0),
        misses=(),
    )
    for name in ("SPX", "SPY")
]


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give what is typed."""
    return lambda text: monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def console() -> Console:
    return Console(file=io.StringIO())


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [
        ("2\n3\n", ("SPY", 3)),
        ("1\n\n", ("SPX", 2)),
        ("0\n", None),
        ("\n", None),
        ("", None),
        ("1\n0\n", None),
        ("1\n", None),
        ("7\n-1\n2\n1\n", ("SPY", 1)),
        ("x\n2\n1\n", ("SPY", 1)),
        ("9\n9\n9\n1\n", None),
    ],
)
def test_a_number_and_a_quantity(answer: Any, typed: str, chosen: tuple[str, int] | None) -> None:
    """Nothing, the end of the input and nonsense are a no."""
    answer(typed)
    found = choose(SHOWN, 2, console())
    assert (found and (found.candidate.underlying, found.quantity)) == chosen


@pytest.mark.parametrize(
    ("typed", "said"), [("y\n", True), ("n\n", False), ("\n", False), ("", False)]
)
def test_only_a_yes_goes_ahead(answer: Any, typed: str, said: bool) -> None:
    """An empty line is a no."""
    answer(typed)
    assert confirm(console()) is said
