from collections.abc import Callable
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voldesk.app.analysis import Analysis
from voldesk.app.render.page import View, page, shown_series
from voldesk.model.conventions import PROFILES, profile_named
from voldesk.model.errors import ConfigError
from voldesk.model.quotes import QuoteColumns

FIGURE = st.floats(allow_nan=True, allow_infinity=True)
ANY_ROW = st.tuples(
    st.sampled_from(["2025-10-01", "2025-10-17", "2026-12-18"]),
    st.booleans(),
    FIGURE,  # strike
    FIGURE,  # bid
    FIGURE,  # ask
    FIGURE,  # open interest
)


def plain(analysis: Analysis, view: View, width: int = 120) -> list[str]:
    return [line.plain for line in page(analysis, view, width)]


@settings(max_examples=40, deadline=None)
@given(width=st.integers(20, 260), strikes=st.integers(0, 12), is_all=st.booleans())
def test_no_line_is_wider_than_the_terminal(
    analysis: Analysis, width: int, strikes: int, is_all: bool
) -> None:
    """At any width every line fits, so the terminal never wraps one."""
    lines = page(analysis, View(strikes=strikes, is_all=is_all), width)
    assert max(line.cell_len for line in lines) <= width


@settings(max_examples=30, deadline=None)
@given(
    rows=st.lists(ANY_ROW, min_size=1, max_size=8),
    width=st.sampled_from([40, 80, 120]),
    name=st.sampled_from(sorted(PROFILES)),
)
def test_any_quotes_can_be_shown(
    valued: Callable[..., Analysis], rows: list[tuple[object, ...]], width: int, name: str
) -> None:
    """Whatever floats stand in a file, the page has no nan, no inf and no line too wide."""
    expiry, is_call, strike, bid, ask, interest = zip(*rows, strict=True)
    quotes = QuoteColumns.build(
        root=["XYZ"] * len(rows),
        expiry=expiry,
        is_call=is_call,
        strike=strike,
        bid=bid,
        ask=ask,
        open_interest=interest,
    )
    shown = valued(quotes, profile_named(name))
    for line in page(shown, View(is_all=True), width):
        assert line.cell_len <= width
        assert "nan" not in line.plain.replace("unnamed", "")
        assert "inf" not in line.plain


def test_the_page_says_how_its_numbers_were_made(analysis: Analysis) -> None:
    """Underlying, time, profile, multiplier and what was assumed stand at the top."""
    head = "\n".join(plain(analysis, View())[:4])
    for words in ("XYZ", "100.00", "16:00:00 EDT", "profile default", "multiplier 100", "assumed"):
        assert words in head


def test_the_foot_names_units_and_reasons(analysis: Analysis) -> None:
    """Net figures carry their unit, and the codes are spelled out."""
    foot = "\n".join(plain(analysis, View())[-8:])
    for words in ("per 1 % move of spot", "per vol point", "NO_BID 1", "CROSSED 1", "33 of 36"):
        assert words in foot


def test_the_nearest_series_is_shown_first(analysis: Analysis) -> None:
    """One mirror by default, the other expiry on request, all when asked."""
    assert shown_series(analysis, View()) == [0]
    assert shown_series(analysis, View(expiry=date(2025, 12, 19))) == [1]
    assert shown_series(analysis, View(is_all=True)) == [0, 1]
    assert len([line for line in plain(analysis, View(is_all=True)) if "CALLS" in line]) == 2


def test_an_expiry_that_is_not_there_lists_those_that_are(analysis: Analysis) -> None:
    """The operator can pick from the message."""
    with pytest.raises(ConfigError, match="2025-10-17, 2025-12-19"):
        shown_series(analysis, View(expiry=date(2030, 1, 1)))


def test_a_chain_without_any_iv_is_still_shown(hopeless: Analysis) -> None:
    """Nothing known is a page of dashes, not an error."""
    text = "\n".join(plain(hopeless, View()))
    assert "expired" in text
    assert "0 of 1 contracts have an iv" in text


def test_american_exercise_is_said_to_be_priced_as_european(
    analysis: Analysis, valued: Callable[..., Analysis]
) -> None:
    """The page does not hide what the pricing leaves out."""
    quotes = QuoteColumns.build(
        root=["SPY"], expiry=["2025-10-17"], is_call=[True], strike=[100.0], mark=[np.nan]
    )
    shown = valued(quotes, profile_named("ib-equity"))
    assert "american exercise priced as european" in "\n".join(plain(shown, View()))
    assert "american" not in "\n".join(plain(analysis, View()))


def test_coin_premiums_are_named(valued: Callable[..., Analysis]) -> None:
    """A Deribit chain says what its premiums were counted in."""
    quotes = QuoteColumns.build(
        root=["BTC"], expiry=["2025-10-17"], is_call=[True], strike=[100.0], forward=[101.0]
    )
    shown = valued(quotes, profile_named("deribit"))
    assert "premium in coin" in "\n".join(plain(shown, View()))
