"""Tests of `wire.files.reader`."""

import math

from voldesk.model.quotes import NO_TIME
from voldesk.wire.files.reader import NO_HINTS


def test_no_hints_say_nothing() -> None:
    """Without hints every gap of a file stays a gap."""
    assert NO_HINTS.underlying is None
    assert NO_HINTS.expiry is None
    assert math.isnan(NO_HINTS.spot)
    assert NO_HINTS.as_of == NO_TIME
