import numpy as np
import pytest

from voldesk.app.analysis import Analysis
from voldesk.app.render.mirror import STATUS_CODES, mirror, window_of
from voldesk.app.render.numbers import UNKNOWN
from voldesk.model.enums import Status

WIDE = 200


def text_of(analysis: Analysis, width: int = WIDE, each_side: int = 0) -> list[str]:
    """Return the nearer series' mirror as plain lines."""
    window = window_of(analysis.table, 0, each_side)
    return [line.plain for line in mirror(analysis.table, window, width)]


def test_calls_stand_left_and_puts_right(analysis: Analysis) -> None:
    """Columns mirror around the strike, bid before ask on both sides."""
    titles = text_of(analysis)[1].split()
    at = titles.index("strike")
    left, right = titles[: at - 1], titles[at + 2 :]
    assert left[-2:] == ["bid", "ask"]
    assert right[:2] == ["bid", "ask"]
    assert left[:-2] == list(reversed(right[2:]))[: len(left) - 2]


def test_the_strike_at_the_forward_is_marked(analysis: Analysis) -> None:
    """One row carries the mark, and a line stands where the forward is."""
    lines = text_of(analysis)
    marked = [line for line in lines if "▸" in line]
    assert len(marked) == 1
    assert "▸100" in marked[0]
    (at,) = (place for place, line in enumerate(lines) if "forward" in line)
    assert "100" in lines[at - 1]
    assert "105" in lines[at + 1]


def test_unknown_is_a_dash_with_its_reason(analysis: Analysis) -> None:
    """The call without a bid shows a dash and nb, the crossed one cr."""
    lines = text_of(analysis)
    assert UNKNOWN in lines[2]
    assert " nb " in lines[2]
    assert " cr " in lines[3]


def test_the_money_is_in_the_middle(analysis: Analysis) -> None:
    """Two strikes on each side of the forward's."""
    window = window_of(analysis.table, 0, 2)
    np.testing.assert_array_equal(window.strike, [90.0, 95.0, 100.0, 105.0, 110.0])
    assert window.atm == 2


def test_zero_shows_all_and_more_than_all_is_all(analysis: Analysis) -> None:
    """Every strike is shown once."""
    assert len(window_of(analysis.table, 0, 0).strike) == 9
    assert len(window_of(analysis.table, 0, 50).strike) == 9


def test_narrow_terminals_lose_columns_not_digits(analysis: Analysis) -> None:
    """Bid and ask survive at 50 characters, and every line still fits."""
    lines = text_of(analysis, width=50)
    assert all(len(line) <= 50 for line in lines)
    assert lines[1].count("bid") == 2
    assert "vanna" not in lines[1]
    assert "vanna" in text_of(analysis)[1]


def test_a_series_without_forward_has_no_forward_line(hopeless: Analysis) -> None:
    """An expired strike is shown, with its status and nothing else."""
    lines = text_of(hopeless)
    assert not any("forward" in line for line in lines)
    assert " ex" in lines[2]


@pytest.mark.parametrize("status", list(Status), ids=lambda status: status.name)
def test_every_status_has_its_own_code(status: Status) -> None:
    """Two letters at most, none twice, blank for OK."""
    assert len(STATUS_CODES[status]) == (0 if status is Status.OK else 2)
    assert len(set(STATUS_CODES.values())) == len(Status)
