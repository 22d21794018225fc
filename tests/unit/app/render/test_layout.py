from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from voldesk.app.render.layout import Column, clipped, fit, flow

WORDS = st.lists(st.text("abc", min_size=1, max_size=9), max_size=12)
COLUMNS = st.lists(
    st.builds(
        Column, st.text("h", max_size=6), st.lists(st.text("x", max_size=9)), st.integers(0, 5)
    ),
    min_size=1,
    max_size=8,
)


@given(COLUMNS, st.integers(1, 80))
def test_chosen_columns_fit(columns: list[Column], room: int) -> None:
    """Beyond the first priority nothing is taken that does not fit, and order is kept."""
    kept, gap = fit(columns, room)
    first = min(column.priority for column in columns)
    if {column.priority for column in kept} != {first}:
        assert sum(column.width for column in kept) + gap * (len(kept) - 1) <= room
    places = [next(i for i, one in enumerate(columns) if one is column) for column in kept]
    assert places == sorted(places)


@given(COLUMNS, st.integers(1, 80))
def test_a_priority_is_shown_whole(columns: list[Column], room: int) -> None:
    """Bid never appears without ask."""
    kept, _ = fit(columns, room)
    shown = {column.priority for column in kept}
    assert len(kept) == sum(column.priority in shown for column in columns)


def test_a_column_is_as_wide_as_its_widest_text() -> None:
    """Numbers stand right, words left."""
    assert Column("iv", ["1.25", "10.5"], 0).padded("1.25") == "1.25"
    assert Column("strike", ["5"], 0).padded("5") == "     5"
    assert Column("from", ["x"], 0, is_left=True).padded("x") == "x   "


@given(WORDS, st.integers(12, 40))
def test_phrases_flow_without_being_broken(words: list[str], width: int) -> None:
    """Every line fits, and the phrases are all there in order."""
    lines = flow(words, width, separator="; ", indent="  ")
    assert all(len(line) <= width for line in lines)
    said = [word for line in lines for word in line.strip().split("; ")]
    assert said == words


@given(st.text("ab│", max_size=30), st.integers(1, 20))
def test_a_clipped_line_fits(text: str, width: int) -> None:
    """Nothing passes the edge."""
    assert clipped(Text(text), width).cell_len <= width
