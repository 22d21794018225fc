"""The two books of the TWS API: what clients ask, and what TWS answers."""

from collections.abc import Callable
from typing import Final, TypeVar, dataclass_transform

from voldesk.wire.ib.codec import Book
from voldesk.wire.ib.layout import Step

REQUESTS: Final = Book("request")
ANSWERS: Final = Book("answer")

_Message = TypeVar("_Message")


@dataclass_transform(frozen_default=True)
def request(
    number: int, *steps: Step, version: str = "", until: int = 0, first_version: int = 0
) -> Callable[[type[_Message]], type[_Message]]:
    """Register a class as what clients send: see `codec.Book.message`."""
    return REQUESTS.message(
        number, *steps, version=version, until=until, first_version=first_version
    )


@dataclass_transform(frozen_default=True)
def answer(
    number: int, *steps: Step, version: str = "", until: int = 0, first_version: int = 0
) -> Callable[[type[_Message]], type[_Message]]:
    """Register a class as what TWS sends: see `codec.Book.message`."""
    return ANSWERS.message(
        number, *steps, version=version, until=until, first_version=first_version
    )
