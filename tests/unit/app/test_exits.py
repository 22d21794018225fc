import pytest

from voldesk.app.exits import ExitCode, exit_code_for
from voldesk.model import errors


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.ConfigError("x"), ExitCode.CONFIG),
        (errors.FileFormatError("x"), ExitCode.CONFIG),
        (errors.WireError("x"), ExitCode.CONFIG),
        (errors.VenueUnavailable("x"), ExitCode.UNAVAILABLE),
        (errors.OrderDenied("x"), ExitCode.DENIED),
        (errors.VenueRejected("x"), ExitCode.REJECTED),
        (errors.InvariantError("x"), ExitCode.ERROR),
        (errors.VoldeskError("x"), ExitCode.ERROR),
    ],
)
def test_an_error_has_one_exit_code(error: errors.VoldeskError, code: ExitCode) -> None:
    """Who must act decides the code."""
    assert exit_code_for(error) is code


def test_exit_codes_are_those_promised_to_scripts() -> None:
    """The numbers are an interface."""
    assert {code.name: code.value for code in ExitCode} == {
        "OK": 0,
        "ERROR": 1,
        "USAGE": 2,
        "CONFIG": 3,
        "UNAVAILABLE": 4,
        "DENIED": 5,
        "REJECTED": 6,
        "INTERRUPTED": 130,
        "BROKEN_PIPE": 141,
    }
