"""What waits to be told is bounded, and nothing is lost without a word."""

from voldesk.model.events import Line, LineChanged, Told
from voldesk.venues.ib.outbox import Outbox


def told(at: int) -> Told:
    """Return something to tell."""
    return LineChanged(line=Line.UP, reason="", at=at)


def test_in_order() -> None:
    """What was put in first is taken first."""
    out = Outbox()
    for at in range(3):
        out.put(told(at))
    assert len(out) == 3
    assert [out.take().at for _ in range(3)] == [0, 1, 2]
    assert len(out) == 0


def test_too_much_of_it() -> None:
    """Beyond the bound all of it is dropped, and the reader is sent to ask anew."""
    out = Outbox(most=3)
    for at in range(5):
        out.put(told(at))
    first = out.take()
    assert isinstance(first, LineChanged)
    assert (first.line, first.at) == (Line.RESET, 3)
    assert [out.take().at for _ in range(len(out))] == [3, 4]
