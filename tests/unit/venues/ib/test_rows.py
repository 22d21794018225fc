import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.model.ticks import ALL_INSTRUMENTS, DataType, Field, TickBatch, TickKind
from voldesk.venues.ib.rows import Line, TickRows, conflated

NAN = math.nan
UNSET = 1.7976931348623157e308


def _said(tick: Any) -> dict[str, float]:
    """Return the values a tick says it carries."""
    return {
        str(field.name).lower(): float(tick[str(field.name).lower()])
        for field in Field
        if tick["present"] & field
    }


def _call(**facts: Any) -> Line:
    return Line(7, is_option=True, is_call=True, **facts)


def _only(rows: TickRows) -> Any:
    batch = rows.take()
    assert batch.size == 1
    return batch[0]


@pytest.mark.parametrize(
    ("tick_type", "price", "size", "kind", "said"),
    [
        (1, 1.25, 10.0, TickKind.QUOTE, {"bid": 1.25, "bid_size": 10.0}),
        (2, 1.35, 12.0, TickKind.QUOTE, {"ask": 1.35, "ask_size": 12.0}),
        (4, 1.30, 1.0, TickKind.TRADE, {"last": 1.30}),
        (4, 1.30, 0.0, TickKind.TRADE, {"last": 1.30}),
        (66, 1.25, 10.0, TickKind.QUOTE, {"bid": 1.25, "bid_size": 10.0}),
        (67, 1.35, 12.0, TickKind.QUOTE, {"ask": 1.35, "ask_size": 12.0}),
        (68, 1.30, 1.0, TickKind.TRADE, {"last": 1.30}),
        (1, -1.0, 0.0, TickKind.QUOTE, {"bid": NAN, "bid_size": 0.0}),
        (2, 1.35, 0.0, TickKind.QUOTE, {"ask": NAN, "ask_size": 0.0}),
        (4, -1.0, 0.0, TickKind.TRADE, {"last": NAN}),
    ],
)
def test_a_price_is_a_quote_or_a_trade(
    tick_type: int, price: float, size: float, kind: TickKind, said: dict[str, float]
) -> None:
    """With its size; -1 and a quote of size 0 are none, present."""
    rows = TickRows()
    rows.now = 5
    rows.price(_call(), tick_type, price, size)
    tick = _only(rows)
    assert tick["kind"] == kind
    assert (tick["instrument"], tick["ts_recv"], tick["ts_event"]) == (7, 5, 0)
    assert _said(tick) == pytest.approx(said, nan_ok=True)


@pytest.mark.parametrize(
    ("tick_type", "size", "kind", "said"),
    [
        (0, 10.0, TickKind.QUOTE, {"bid_size": 10.0}),
        (3, 12.0, TickKind.QUOTE, {"ask_size": 12.0}),
        (0, 0.0, TickKind.QUOTE, {"bid": NAN, "bid_size": 0.0}),
        (70, 0.0, TickKind.QUOTE, {"ask": NAN, "ask_size": 0.0}),
        (8, 999.0, TickKind.TRADE, {"volume": 999.0}),
        (74, 999.0, TickKind.TRADE, {"volume": 999.0}),
        (27, 55.0, TickKind.OPEN_INTEREST, {"open_interest": 55.0}),
        (22, 55.0, TickKind.OPEN_INTEREST, {"open_interest": 55.0}),
    ],
)
def test_a_size_is_what_its_type_says(
    tick_type: int, size: float, kind: TickKind, said: dict[str, float]
) -> None:
    """Of a quote, of the day, or open; a quote of none takes its price with it."""
    rows = TickRows()
    rows.size(_call(), tick_type, size)
    tick = _only(rows)
    assert tick["kind"] == kind
    assert _said(tick) == pytest.approx(said, nan_ok=True)


def test_open_interest_of_the_other_right_is_not_this_contracts() -> None:
    """TWS sends calls' (27) and puts' (28) for each contract."""
    rows = TickRows()
    rows.size(_call(), 28, 0.0)
    rows.size(Line(8, is_option=True, is_call=False), 27, 0.0)
    rows.size(Line(8, is_option=True, is_call=False), 28, 66.0)
    assert _said(_only(rows)) == {"open_interest": 66.0}


def test_types_that_say_nothing_to_us_are_passed_over() -> None:
    """High, low, last size, option volume of an underlying."""
    rows = TickRows()
    line = _call()
    for tick_type in (6, 7, 14, 37):
        rows.price(line, tick_type, 1.0, 0.0)
    for tick_type in (5, 21, 29, 34):
        rows.size(line, tick_type, 1.0)
    assert len(rows) == 0
    assert rows.take().size == 0


def test_the_models_figures_stand_together() -> None:
    """One tick of its kind, in IB's units, which are the published ones."""
    rows, line = TickRows(), _call()
    rows.model(line, 0.1845, 0.51, 12.5, 0.004, 2.75, -0.94, 6700.5)
    tick = _only(rows)
    assert tick["kind"] == TickKind.MODEL
    assert _said(tick) == {
        "vendor_iv": 0.1845,
        "mark": 12.5,
        "vendor_delta": 0.51,
        "vendor_gamma": 0.004,
        "vendor_vega": 2.75,
        "vendor_theta": -0.94,
    }
    assert line.has_model


def test_the_price_of_a_future_is_a_forward() -> None:
    """Of other underlyings it is the spot, which is no forward."""
    rows = TickRows()
    rows.model(_call(is_on_future=True), 0.1845, 0.51, 12.5, 0.004, 2.75, -0.94, 6700.5)
    rows.model(_call(is_on_future=True), 0.1845, 0.51, 12.5, 0.004, 2.75, -0.94, -1.0)
    first, second = (_said(tick)["forward"] for tick in rows.take())
    assert first == 6700.5
    assert math.isnan(second)


@pytest.mark.parametrize("unset", ["minus", "huge", "nan"])
def test_what_the_model_has_not_computed_is_unknown(unset: str) -> None:
    """-1 of prices and vols, -2 of Greeks, and the largest double of newer servers."""
    price, greek = {"minus": (-1.0, -2.0), "huge": (UNSET, UNSET), "nan": (NAN, NAN)}[unset]
    rows = TickRows()
    rows.model(_call(), price, greek, price, greek, greek, greek, price)
    assert all(math.isnan(value) for value in _said(_only(rows)).values())


def test_a_greek_of_minus_one_is_one() -> None:
    """Only -2 means none there: a theta of -1 a day is quite usual, as is a delta of -1."""
    rows = TickRows()
    rows.model(_call(), 0.2, -1.0, 1.0, 0.1, 0.1, -1.0, 100.0)
    said = _said(_only(rows))
    assert (said["vendor_delta"], said["vendor_theta"]) == (-1.0, -1.0)


@pytest.mark.parametrize(
    ("ticks", "spots"),
    [
        ([(4, 100.0)], [100.0]),
        ([(1, 99.0), (2, 101.0)], [100.0]),
        ([(4, 100.0), (1, 100.5), (2, 100.7)], [100.0, 100.5]),
        ([(4, 100.0), (1, 99.0), (2, 99.5)], [100.0, 99.5]),
        ([(4, 100.0), (4, 100.0), (1, 99.0), (2, 101.0)], [100.0]),
        ([(4, 100.0), (4, -1.0)], [100.0]),
        ([(9, 98.0), (6, 101.0)], []),
    ],
)
def test_an_underlyings_ticks_are_its_spot(
    ticks: list[tuple[int, float]], spots: list[float]
) -> None:
    """The last trade, held inside the quote; told when it moves and not otherwise."""
    rows, line = TickRows(), Line(0, is_option=False)
    for tick_type, price in ticks:
        rows.price(line, tick_type, price, 5.0)
    batch = rows.take()
    assert batch["last"].tolist() == spots
    assert (batch["kind"] == TickKind.SPOT).all()


def test_a_close_is_kept_and_not_told() -> None:
    """It is of yesterday."""
    rows, line = TickRows(), Line(0, is_option=False)
    rows.price(line, 9, 98.0, 0.0)
    assert line.close == 98.0
    assert math.isnan(line.spot)
    assert not line.is_complete


def test_the_kind_of_data_is_on_every_tick_and_told_when_it_changes() -> None:
    """1 to 4 of TWS; other numbers say nothing."""
    rows, line = TickRows(), _call()
    rows.data_type(line, 1)
    rows.data_type(line, 3)
    rows.price(line, 66, 1.0, 1.0)
    rows.data_type(line, 9)
    first, second = rows.take()
    assert (first["kind"], first["data_type"], first["present"]) == (
        TickKind.STATE,
        DataType.DELAYED,
        0,
    )
    assert second["data_type"] == DataType.DELAYED


def test_a_delayed_price_is_delayed_whatever_was_said() -> None:
    """Its type tells."""
    rows = TickRows()
    rows.price(_call(), 67, 1.0, 1.0)
    assert _only(rows)["data_type"] == DataType.DELAYED


def test_a_line_is_complete_when_it_has_told_what_a_look_is_for() -> None:
    """A quote and the model's figures; of an underlying a price."""
    rows, line, spot = TickRows(), _call(), Line(0, is_option=False)
    rows.price(line, 1, 1.0, 1.0)
    before = line.is_complete
    rows.model(line, *[0.1] * 7)
    assert (before, line.is_complete) == (False, True)
    rows.price(spot, 4, 100.0, 0.0)
    assert spot.is_complete


def test_a_gap_is_of_all_instruments() -> None:
    """And says nothing else."""
    rows = TickRows()
    rows.gap()
    tick = _only(rows)
    assert (tick["kind"], tick["instrument"], tick["present"]) == (
        TickKind.GAP,
        ALL_INSTRUMENTS,
        0,
    )


def test_a_batch_taken_is_no_longer_ours() -> None:
    """What comes later does not change it, and what it said is not said again."""
    rows, line = TickRows(), _call()
    rows.price(line, 1, 1.0, 1.0)
    before = rows.take()
    rows.price(line, 4, 2.0, 1.0)
    after = rows.take()
    assert before["bid"].tolist() == [1.0]
    assert math.isnan(after["bid"][0])


def test_more_than_a_block_is_kept_in_order() -> None:
    """Blocks are joined as they came."""
    rows, line = TickRows(block=4), _call()
    for price in range(1, 12):
        rows.price(line, 4, float(price), 1.0)
    assert len(rows) == 11
    assert rows.take()["last"].tolist() == [float(price) for price in range(1, 12)]
    assert len(rows) == 0


def test_what_waits_is_bounded() -> None:
    """Of too many ticks the newest values of each instrument and kind stay."""
    rows = TickRows(block=8, most=16)
    lines = [Line(row, is_option=True) for row in range(3)]
    for price in range(1, 1_001):
        for line in lines:
            rows.price(line, 1, float(price), 1.0)
            rows.price(line, 2, float(price) + 0.5, 2.0)
    assert len(rows) < 32
    last = {int(tick["instrument"]): tick for tick in conflated(rows.take())}
    newest = {key: (tick["bid"], tick["ask"]) for key, tick in last.items()}
    assert newest == dict.fromkeys(range(3), (1000.0, 1000.5))
    assert rows.total == 6_000


_EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["bid", "ask", "last", "gap"]), st.integers(0, 2), st.integers(1, 99)
    ),
    max_size=40,
)


@given(_EVENTS)
def test_conflation_leaves_the_same_knowledge(events: list[tuple[str, int, int]]) -> None:
    """Applied in order, the merged ticks leave what all of them leave, gap by gap."""
    rows = TickRows()
    lines = [Line(row, is_option=True) for row in range(3)]
    for what, row, value in events:
        if what == "gap":
            rows.gap()
        else:
            tick_type = {"bid": 1, "ask": 2, "last": 4}[what]
            rows.price(lines[row], tick_type, float(value), 1.0)
    whole = rows.take()
    merged = conflated(whole)
    assert merged.size <= whole.size
    assert _knowledge(merged) == _knowledge(whole)


def _knowledge(batch: TickBatch) -> list[dict[tuple[int, str], float]]:
    """Return what is known of each instrument at each gap and at the end."""
    known: dict[tuple[int, str], float] = {}
    found = []
    for tick in batch:
        if tick["kind"] == TickKind.GAP:
            found.append(dict(known))
            continue
        for name, value in _said(tick).items():
            known[int(tick["instrument"]), name] = value
    return [*found, known]


def test_conflating_nothing_is_nothing() -> None:
    """An empty batch stays one."""
    assert conflated(np.array(TickRows().take())).size == 0
