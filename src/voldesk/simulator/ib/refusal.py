"""How a question is refused: the codes and sentences of TWS."""

from typing import Final

from voldesk.model.errors import VenueRejected

NO_DEFINITION: Final = "No security definition has been found for the request"
BAD_EXCHANGE: Final = "The destination or exchange selected is Invalid."
HISTORY: Final = "Historical Market Data Service error message:"
VALIDATING: Final = "Error validating request.-'bW' : cause - "


class Refused(VenueRejected):
    """
    The simulated TWS says no to one request.

    Attributes:
        code: The error's number.
        text: Its sentence.
    """

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


def no_definition() -> Refused:
    """Return the refusal of a contract that nobody lists."""
    return Refused(200, NO_DEFINITION)


def ambiguous(symbol: str) -> Refused:
    """Return the refusal of a contract that several are meant by."""
    return Refused(200, f"The contract description specified for {symbol} is ambiguous.")


def invalid(cause: str) -> Refused:
    """Return the refusal of a request that breaks a rule of its form."""
    return Refused(321, VALIDATING + cause)


def no_history(message: str) -> Refused:
    """Return the refusal of the history service."""
    return Refused(162, HISTORY + message)
