"""Tests of `wire.files.assemble`."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.model.enums import Market
from voldesk.model.errors import FileFormatError
from voldesk.model.quotes import NO_TIME, ChainSnapshot
from voldesk.wire.files.assemble import Rows, Sheet, check_sheet, choose_underlying, finish
from voldesk.wire.files.numerals import Numerals
from voldesk.wire.files.reader import NO_HINTS, ReadHints

GOOD: dict[str, Sequence[object]] = {
    "root": ["SPXW", "SPXW"],
    "expiry": ["2025-10-17", "2025-10-17"],
    "right": ["C", "Put"],
    "strike": ["6700", "6700"],
    "bid": ["99.4", "72.4"],
    "ask": ["100.2", "73"],
}


def rows_of(**columns: object) -> Rows:
    """Return the checked rows of the good sheet with these columns replaced (None: left out)."""
    merged = {**GOOD, **columns}
    cells = {name: value for name, value in merged.items() if isinstance(value, Sequence)}
    lines = range(2, 2 + len(next(iter(cells.values()))))
    return check_sheet(Sheet(cells, lines), Numerals(), market=Market.US)


def reasons(rows: Rows) -> list[tuple[int, str]]:
    """Return the problems as pairs."""
    return [(problem.line, problem.reason) for problem in rows.problems]


def test_good_rows_are_kept_as_they_are() -> None:
    """Nothing is complained about, and every column has its type."""
    rows = rows_of()
    assert rows.keep.all()
    assert rows.problems == []
    assert rows.is_call.tolist() == [True, False]
    assert rows.expiry.astype(str).tolist() == ["2025-10-17"] * 2
    assert rows.figures["bid"].tolist() == [99.4, 72.4]


@pytest.mark.parametrize(
    ("column", "cells", "reason"),
    [
        ("strike", ["6700", "0"], "strike '0' is no number above zero"),
        ("strike", ["6700", ""], "strike '' is no number above zero"),
        ("strike", ["6700", "-5"], "strike '-5' is no number above zero"),
        ("expiry", ["2025-10-17", "soon"], "expiry 'soon' is no date"),
        ("right", ["C", "X"], "right 'X' is neither call nor put"),
        ("right", ["C", ["C"]], "right ['C'] is neither call nor put"),
    ],
)
def test_a_row_that_names_no_contract_is_refused_by_line(
    column: str, cells: list[object], reason: str
) -> None:
    """The other rows stay."""
    rows = rows_of(**{column: cells})
    assert rows.keep.tolist() == [True, False]
    assert (3, reason) in reasons(rows)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("abc", "bid 'abc' is no number"),
        ("inf", "bid 'inf' is no number"),
        ("1e308", "bid '1e308' is no number"),
        ("-1", "bid '-1' is below zero"),
    ],
)
def test_a_cell_that_cannot_be_is_unknown_and_named(cell: str, reason: str) -> None:
    """The row is kept without that figure."""
    rows = rows_of(bid=["99.4", cell])
    assert rows.keep.all()
    assert np.isnan(rows.figures["bid"][1])
    assert reasons(rows) == [(3, reason)]


def test_unknown_cells_are_no_problem() -> None:
    """A dash is unknown in silence; an ask of 0 is none."""
    rows = rows_of(bid=["-", "nan"], ask=["0", "0.0"])
    assert np.isnan(rows.figures["bid"]).all()
    assert np.isnan(rows.figures["ask"]).all()
    assert rows.problems == []


def test_the_symbol_fills_what_the_columns_leave_open() -> None:
    """Root, expiry, right and strike come out of an OCC name, a hint is the last resort."""
    rows = rows_of(
        root=None, expiry=None, right=None, strike=None,
        symbol=["SPXW251017C06700000", "SPX   251017P06712500"],
    )  # fmt: skip
    assert rows.root.tolist() == ["SPXW", "SPX"]
    assert rows.is_call.tolist() == [True, False]
    assert rows.figures["strike"].tolist() == [6700.0, 6712.5]
    assert rows.problems == []


def test_the_hinted_expiry_serves_tables_without_one() -> None:
    """A column that is there is not overruled."""
    cells = {name: value for name, value in GOOD.items() if name != "expiry"}
    rows = check_sheet(
        Sheet(cells, [2, 3]), Numerals(), market=Market.US, expiry=date(2025, 11, 21)
    )
    assert rows.expiry.astype(str).tolist() == ["2025-11-21"] * 2
    assert rows_of(expiry=["2025-10-17"] * 2).expiry.astype(str).tolist() == ["2025-10-17"] * 2


def four_of_one_contract(*instants: int) -> ChainSnapshot:
    """Return three quotes of a call and one of a put, at these instants."""
    rows = rows_of(
        root=["A"] * 4, expiry=["2025-10-17"] * 4, right=["C", "C", "C", "P"], strike=["5"] * 4,
        bid=["1", "2", "3", "4"], ask=["9"] * 4,
    )  # fmt: skip
    rows.ts_event[:] = instants
    return finish(rows, source="x", name="f", market=Market.US, underlying="A", hints=NO_HINTS)


def test_quotes_of_a_contract_at_different_instants_are_all_kept() -> None:
    """A stream or a history is a panel: nothing of it is dropped, nothing complained about."""
    snapshot = four_of_one_contract(5, 9, 7, 9)
    assert snapshot.quotes.bid.tolist() == [1.0, 2.0, 3.0, 4.0]
    assert snapshot.quotes.ts_event.tolist() == [5, 9, 7, 9]
    assert snapshot.problems == ()


@pytest.mark.parametrize("instant", [NO_TIME, 7])
def test_of_doubles_the_later_line_counts_and_the_others_are_named(instant: int) -> None:
    """The same contract at the same instant, or at none, is one quote; both lines are told."""
    snapshot = four_of_one_contract(instant, instant, instant, instant)
    assert snapshot.quotes.bid.tolist() == [3.0, 4.0]
    assert [(problem.line, problem.reason) for problem in snapshot.problems] == [
        (2, "the same contract at the same time comes again on line 3, which counts"),
        (3, "the same contract at the same time comes again on line 4, which counts"),
    ]


def test_a_refused_row_is_no_double() -> None:
    """What names no contract cannot stand in for the row that does."""
    rows = rows_of(right=["C", "C"], ask=["100.2", "73"])
    rows.refuse(1, "for the test")
    kept = finish(rows, source="x", name="f", market=Market.US, underlying="", hints=NO_HINTS)
    assert kept.quotes.ask.tolist() == [100.2]
    assert reasons(rows) == [(3, "for the test")]


@given(
    st.lists(
        st.tuples(
            st.sampled_from("AB"), st.sampled_from("CP"), st.sampled_from("56"), st.integers(0, 2)
        ),
        min_size=1,
        max_size=12,
    )
)
def test_every_row_is_kept_or_named(quotes: list[tuple[str, str, str, int]]) -> None:
    """Of each contract and instant exactly the last row is left."""
    roots, rights, strikes, instants = zip(*quotes, strict=True)
    count = len(quotes)
    rows = rows_of(
        root=roots, right=rights, strike=strikes, expiry=["2025-10-17"] * count,
        bid=[str(row) for row in range(count)], ask=["99"] * count,
    )  # fmt: skip
    rows.ts_event[:] = instants
    left = finish(rows, source="x", name="f", market=Market.US, underlying="A", hints=NO_HINTS)
    last = {quote: float(row) for row, quote in enumerate(quotes)}
    assert left.quotes.bid.tolist() == sorted(last.values())
    assert len(left.problems) == count - len(last)


def test_documents_of_several_instants_give_each_row_its_own() -> None:
    """One instant is the snapshot's, not the rows'."""
    rows = rows_of()
    assert rows.stand_at([7, 7]) == 7
    assert rows.ts_event.tolist() == [NO_TIME, NO_TIME]
    assert rows.stand_at([7, 9]) == 9
    assert rows.ts_event.tolist() == [7, 9]
    assert rows.stand_at([]) == NO_TIME


def test_a_sheet_without_a_usable_row_is_an_error_with_the_first_reason() -> None:
    """The operator sees what was wrong with the first row."""
    rows = rows_of(strike=["x", "y"])
    with pytest.raises(FileFormatError, match=r"no usable option row among 2 .*line 2: strike 'x'"):
        finish(rows, source="x", name="f", market=Market.US, underlying="", hints=NO_HINTS)


def test_one_of_several_underlyings_has_to_be_chosen() -> None:
    """Without a hint the error lists them; the hint keeps its rows only."""
    rows = rows_of()
    with pytest.raises(FileFormatError, match=r"2 underlyings \(QQQ, SPY\): choose one"):
        choose_underlying(rows, ["SPY", "QQQ"], hints=NO_HINTS, name="f")
    with pytest.raises(FileFormatError, match=r"holds QQQ, SPY, not IWM"):
        choose_underlying(rows, ["SPY", "QQQ"], hints=ReadHints(underlying="IWM"), name="f")
    assert (
        choose_underlying(rows, ["SPY", "QQQ"], hints=ReadHints(underlying="qqq"), name="f")
        == "QQQ"
    )
    assert rows.keep.tolist() == [False, True]
    assert choose_underlying(rows, ["", ""], hints=ReadHints(underlying="X"), name="f") == "X"


def test_hints_fill_gaps_and_do_not_overrule() -> None:
    """What the file says of spot and time stands."""
    hints = ReadHints(spot=1.0, as_of=7)
    given = finish(
        rows_of(), source="x", name="f", market=Market.US, underlying="SPX", hints=hints,
        as_of=9, spot=2.0,
    )  # fmt: skip
    silent = finish(
        rows_of(), source="x", name="f", market=Market.US, underlying="SPX", hints=hints
    )
    assert (given.as_of, given.spot) == (9, 2.0)
    assert (silent.as_of, silent.spot) == (7, 1.0)
