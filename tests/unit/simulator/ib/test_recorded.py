"""Bars that really were."""

import pytest
from ib_reference import SPY, SPY_CALL, make_reference

from voldesk.model.errors import FileFormatError
from voldesk.simulator.ib.history import History
from voldesk.simulator.ib.recorded import COLUMNS, NOTHING_RECORDED, read_recorded

HEADER = ",".join(COLUMNS)
SECOND = "STK,SPY,TRADES,1 secs,1696622399,429.5,429.6,429.47,429.51,8718,429.532,1090"
WEEK = "STK,SPY,TRADES,1W,20230901,437.3,453.67,437.3,450.92,6929458,448.476,1393264"


def test_a_recorded_bar_is_told_in_its_place() -> None:
    """The bar that is known is told, dated as asked for, and its neighbours stay made."""
    books = make_reference()
    made = books.ask(SPY, "30 S", "1 secs", end="20231006-20:00:00").bars
    books.history = History(books.bars, read_recorded(f"{HEADER}\n{SECOND}\n{WEEK}\n"))
    told = books.ask(SPY, "30 S", "1 secs", end="20231006-20:00:00").bars
    assert told[:-1] == made[:-1]
    assert told[-1].date == "1696622399"
    assert (told[-1].open, told[-1].wap, told[-1].count) == (429.5, 429.532, 1090)
    text = books.ask(SPY, "30 S", "1 secs", end="20231006-20:00:00", format_date=1).bars
    assert text[-1].date == "20231006 15:59:59 US/Eastern"
    weeks = books.ask(SPY, "1 M", "1W", end="20230904-20:00:00").bars
    assert weeks[-1].close == 450.92


def test_other_instruments_and_sizes_are_untouched() -> None:
    """A bar of a stock is not told of its option, nor of another length."""
    books = make_reference()
    made = [books.ask(each, "5 D", "1 day").bars for each in (SPY, SPY_CALL)]
    row = WEEK.replace("1W,20230901", "1W,20260623")
    books.history = History(books.bars, read_recorded(f"{HEADER}\n{row}"))
    assert [books.ask(each, "5 D", "1 day").bars for each in (SPY, SPY_CALL)] == made


@pytest.mark.parametrize(
    "text",
    [
        "",
        "open,high\n1,2",
        f"{HEADER}\n{SECOND}\n{SECOND}",
        f"{HEADER}\n{SECOND.replace('429.6', '429.4')}",
        f"{HEADER}\n{SECOND.replace('429.6', 'nan')}",
        f"{HEADER}\n{SECOND.replace('TRADES', 'X')}",
        f"{HEADER}\n{SECOND.replace('1 secs', '7 secs')}",
        f"{HEADER}\n{SECOND.replace('1696622399', 'today')}",
        f"{HEADER}\nSTK,SPY",
    ],
)
def test_tables_that_hold_no_bars_are_refused(text: str) -> None:
    """A missing column, a repeated line and a line that is no bar are told by their line."""
    with pytest.raises(FileFormatError, match="recorded bars"):
        read_recorded(text)


def test_nothing_is_recorded_by_default() -> None:
    """Without a table every bar is made; an empty table says the same."""
    assert not NOTHING_RECORDED.bars
    assert read_recorded(HEADER) == NOTHING_RECORDED
