"""The error tree."""

import pytest

from voldesk.model import errors


@pytest.mark.parametrize(
    ("kind", "parent"),
    [
        (errors.ConfigError, errors.VoldeskError),
        (errors.WireError, errors.VoldeskError),
        (errors.FileFormatError, errors.WireError),
        (errors.VenueUnavailable, errors.VoldeskError),
        (errors.VenueRejected, errors.VoldeskError),
        (errors.OrderDenied, errors.VoldeskError),
        (errors.StorageError, errors.VoldeskError),
        (errors.InvariantError, errors.VoldeskError),
    ],
)
def test_each_error_has_its_place(kind: type[Exception], parent: type[Exception]) -> None:
    """A caller who catches the parent, or everything of ours, catches the child."""
    assert kind.__base__ is parent
    assert issubclass(kind, errors.VoldeskError)


def test_ours_are_told_from_pythons() -> None:
    """Catching every error of ours never hides a bug that raises one of Python's."""
    assert errors.VoldeskError.__base__ is Exception
