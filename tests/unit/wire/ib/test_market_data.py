"""The fast path says what the tables say."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voldesk.model.errors import WireError
from voldesk.model.ticks import DataType, Field, TickKind
from voldesk.wire.ib.answers_account import CurrentTime
from voldesk.wire.ib.answers_market import (
    MarketDataType,
    TickGeneric,
    TickOptionComputation,
    TickPrice,
    TickSize,
    TickSnapshotEnd,
    TickString,
)
from voldesk.wire.ib.market_data import FIGURES, MarketDataColumns
from voldesk.wire.ib.messages import encode_answer

CALL, PUT, STOCK = 0, 1, 2


def columns(version: int = 178) -> MarketDataColumns:
    made = MarketDataColumns(np.array([True, True, False]), np.array([True, False, False]), version)
    for row in (CALL, PUT, STOCK):
        made.watch(100 + row, row)
    return made


def take(made: MarketDataColumns, *messages: Any, version: int = 178) -> list[bytes]:
    return made.read(encode_answer(message, version) for message in messages)


def test_quotes_become_ticks() -> None:
    """Both sides of a quote are one tick, with the sizes beside them."""
    made = columns()
    take(made, TickPrice(100, 1, 4.95, 12.0), TickPrice(100, 2, 5.05, 8.0), TickSize(100, 3, 9.0))
    (tick,) = made.drain(5)
    assert (tick["instrument"], tick["kind"], tick["ts_recv"]) == (CALL, TickKind.QUOTE, 5)
    assert (tick["bid"], tick["ask"], tick["bid_size"], tick["ask_size"]) == (4.95, 5.05, 12, 9)
    assert tick["present"] == Field.BID | Field.ASK | Field.BID_SIZE | Field.ASK_SIZE
    assert len(made.drain(6)) == 0


def test_none_is_nan() -> None:
    """A price of -1 and a Greek of -2 are not known, and never a value."""
    made = columns()
    take(made, TickPrice(100, 1, -1.0, 0.0), TickOptionComputation(100, 13))
    quote, model = made.drain(5)
    assert np.isnan(quote["bid"])
    for name in ("vendor_iv", "vendor_delta", "vendor_vega", "vendor_theta", "mark", "forward"):
        assert np.isnan(model[name])


@pytest.mark.parametrize("version", [155, 156, 178])
def test_model_figures(version: int) -> None:
    """The model's computation is a tick in units of TWS, in every version."""
    made = columns(version)
    message = TickOptionComputation(101, 13, 0.2, -0.5, 5.0, 0.1, 0.02, 0.3, -0.05, 230.0)
    take(made, message, version=version)
    (tick,) = made.drain(5)
    assert (tick["instrument"], tick["kind"]) == (PUT, TickKind.MODEL)
    assert (tick["vendor_iv"], tick["vendor_delta"], tick["forward"]) == (0.2, -0.5, 230.0)
    assert (tick["vendor_gamma"], tick["vendor_vega"], tick["vendor_theta"]) == (0.02, 0.3, -0.05)
    assert tick["mark"] == 5.0


def test_other_computations_are_read_when_asked_for() -> None:
    """Those of bid, ask and last are kept, and are no ticks."""
    made = columns()
    take(made, TickOptionComputation(100, 10, 0.21, 0.5, 4.95, -1.0, 0.02, 0.3, -0.05, 230.0))
    assert len(made.drain(5)) == 0
    found = dict(zip(FIGURES, made.computation(CALL, "bid"), strict=True))
    assert (found["iv"], found["price"]) == (0.21, 4.95)
    assert np.isnan(found["pv_dividend"])
    assert np.isnan(made.computation(CALL, "ask")).all()


def test_underlyings_tick_their_spot() -> None:
    """What is no option has a spot and no quote."""
    made = columns()
    take(made, TickPrice(102, 4, 230.0, 100.0))
    (tick,) = made.drain(5)
    assert (tick["kind"], tick["last"], tick["present"]) == (TickKind.SPOT, 230.0, Field.LAST)


def test_open_interest_of_the_own_right() -> None:
    """A call hears how many calls are held, a put how many puts."""
    made = columns()
    take(
        made,
        *(TickSize(req, kind, size) for req in (100, 101) for kind, size in ((27, 7.0), (28, 9.0))),
    )
    batch = made.drain(5)
    assert batch["open_interest"].tolist() == [7.0, 9.0]
    assert set(batch["kind"].tolist()) == {TickKind.OPEN_INTEREST}


def test_delayed_data_is_marked() -> None:
    """Types of delayed data fill the same columns; message 58 says what they are."""
    made = columns()
    take(made, MarketDataType(100, 3), TickPrice(100, 66, 4.95, 12.0), TickSize(100, 74, 300.0))
    take(made, TickPrice(100, 68, 5.0, 1.0))
    quote, trade = made.drain(5)
    assert quote["data_type"] == trade["data_type"] == DataType.DELAYED
    assert (quote["bid"], trade["volume"], trade["last"]) == (4.95, 300.0, 5.0)


def test_a_new_kind_of_data_is_told_without_a_value() -> None:
    """Where nothing else ticks, its state does."""
    made = columns()
    take(made, MarketDataType(100, 2))
    (tick,) = made.drain(5)
    assert (tick["kind"], tick["data_type"]) == (TickKind.STATE, DataType.FROZEN)


def test_times_halts_and_snapshots() -> None:
    """Numbers stand in columns, ends of snapshots in a list."""
    made = columns()
    take(made, TickString(100, 45, "1752606307"), TickGeneric(100, 49, 1.0), TickSnapshotEnd(101))
    assert made.column("last_time")[CALL] == 1752606307.0
    assert made.column("halted")[CALL] == 1.0
    assert made.finished == [101]


def test_what_is_something_else_is_handed_back() -> None:
    """Other messages come back in order, and unknown requests and types are passed over."""
    made = columns()
    other = encode_answer(CurrentTime(5), 178)
    rest = made.read(
        [
            other,
            encode_answer(TickPrice(999, 1, 1.0, 1.0), 178),
            b"1\x006\x00100\x00999\x00x\x00\x00",
        ]
    )
    assert rest == [other]
    assert len(made.drain(5)) == 0


def test_a_dropped_request_says_nothing() -> None:
    """After a cancel late ticks are passed over."""
    made = columns()
    made.drop(100)
    take(made, TickPrice(100, 1, 4.95, 12.0))
    assert len(made.drain(5)) == 0


@settings(max_examples=200)
@given(
    st.sampled_from([1, 2, 21, 45, 46, 57, 58]),
    st.lists(st.sampled_from(["", "100", "1", "13", "45", "x", "nan", "\\", "1e999"]), max_size=14),
)
def test_hostile_bytes(number: int, texts: list[str]) -> None:
    """Anything after a known number raises WireError and nothing else."""
    made = columns()
    try:
        made.read(["\0".join([str(number), *texts, ""]).encode()])
    except WireError:
        return
    made.drain(1)


def test_a_computation_that_is_none_is_found_when_asked_for() -> None:
    """Figures that are no numbers raise WireError, whenever they are read."""
    made = columns()
    made.read([b"21\x00100\x0010\x001\x00x\x000\x000\x000\x000\x000\x000\x000\x00"])
    with pytest.raises(WireError, match="market data"):
        made.computation(CALL, "bid")
