from voldesk.app.analysis import Analysis
from voldesk.app.render.overview import overview


def test_each_series_has_a_line(analysis: Analysis) -> None:
    """Root, expiry, forward and counts of both series, under one line of titles."""
    lines = [line.plain for line in overview(analysis, [0], 160)]
    assert len(lines) == 3
    assert "2025-10-17" in lines[1]
    assert "2025-12-19" in lines[2]
    assert "15/18" in lines[1]
    assert "max pain" in lines[0]


def test_the_series_shown_below_are_bold(analysis: Analysis) -> None:
    """The eye finds the series of the mirror."""
    lines = overview(analysis, [1], 160)
    assert [str(line.style) for line in lines[1:]] == ["", "bold"]


def test_an_unknown_series_is_dashes(hopeless: Analysis) -> None:
    """An expired series has no figures and no nan."""
    text = overview(hopeless, [0], 160)[1].plain
    assert "nan" not in text
    assert "0/1" in text
