"""What ``voldesk scan`` asks a person: which one, how many, and whether to go ahead."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from rich.console import Console
from rich.prompt import Confirm, IntPrompt

from voldesk.model.orders import MOST_CONTRACTS
from voldesk.strategies.zero_dte.scanner import Candidate

_MOST_ASKED: Final = 3


class Choice(NamedTuple):
    """A candidate, and how many contracts of it."""

    candidate: Candidate
    quantity: int


def choose(passing: Sequence[Candidate], contracts: int, console: Console) -> Choice | None:
    """
    Ask which candidate is to be bought and how many contracts; None for none.

    No answer, the end of the input, or three that mean nothing are a no.

    Args:
        passing: As they are numbered on the page, from 1.
        contracts: Offered as the quantity.
        console: Where it is asked.
    """
    number = _number(f"buy which one, 1 to {len(passing)}, 0 for none", 0, len(passing), 0, console)
    if not number:
        return None
    quantity = _number("how many contracts, 0 for none", 0, MOST_CONTRACTS, contracts, console)
    return Choice(passing[number - 1], quantity) if quantity else None


def confirm(console: Console) -> bool:
    """Ask whether the orders shown are to be placed; the end of the input is a no."""
    try:
        return Confirm.ask("place these orders", default=False, console=console)
    except EOFError:
        return False


def _number(text: str, least: int, most: int, offered: int, console: Console) -> int:
    """Ask for a number between two, a few times; 0 where none is given."""
    for _ in range(_MOST_ASKED):
        try:
            given = IntPrompt.ask(text, default=offered, console=console)
        except EOFError:
            return 0
        if least <= given <= most:
            return given
        console.print(f"give a number from {least} to {most}")
    return 0
