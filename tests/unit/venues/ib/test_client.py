import asyncio
import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ib_async import RequestError
from scripted_tws import VERSION, frame

from voldesk.model.clock import ManualClock
from voldesk.model.ticks import TICK_DTYPE, Field, TickBatch, TickKind
from voldesk.venues.ib.client import TickIB
from voldesk.venues.ib.rows import Line, TickRows

STREAM = b"".join(
    [
        frame(1, 6, 5, 1, 12.5, 10, 1),
        frame(2, 6, 5, 0, 10),
        frame(58, 1, 5, 3),
        frame(1, 6, 5, 67, 12.75, "", 1),
        frame(4, 2, -1, 2104, "Market data farm connection is OK", ""),
        frame(21, 5, 11, 1, 0.2, 0.5, 12.5, 0, 0.01, 0.2, -0.1, 230),
        frame(21, 5, 83, 1, 0.25, -2, -1, -1, 0.01, "", "1.7976931348623157E308", 230),
        frame(46, 6, 5, 45, "1795190400"),
        frame(1, 6, 99, 1, 12.5, 10, 1),
        frame(1, 6, 5, 4, "", 1, 0),
        frame(2, 6, 5, 8, 777),
    ]
)


class Heard:
    """A listener that keeps what it was told."""

    def __init__(self) -> None:
        self.messages: list[tuple[int, int, str]] = []
        self.packets = 0
        self.is_lost = False

    def on_message(self, request_id: int, code: int, text: str) -> None:
        self.messages.append((request_id, code, text))

    def on_packet(self) -> None:
        self.packets += 1

    def on_lost(self) -> None:
        self.is_lost = True


def _ready(rows: TickRows, heard: Heard) -> TickIB:
    """Return a client that has shaken hands and streams contract 7 as request 5."""
    ib = TickIB(rows, heard, ManualClock(42), 49)
    ib.client._serverVersion = ib.client.decoder.serverVersion = VERSION
    ib.client._apiReady, ib.client.connState = True, 2
    ib.ticks.lines[5] = Line(7, is_option=True, is_call=True)
    return ib


def _read(chunks: list[bytes]) -> tuple[TickBatch, Heard]:
    rows, heard = TickRows(), Heard()
    ib = _ready(rows, heard)
    for chunk in chunks:
        ib.client._onSocketHasData(chunk)
    return rows.take(), heard


def test_ticks_become_rows_and_the_rest_goes_its_usual_way() -> None:
    """Quotes, the model's figures and the kind of data; other messages are ib_async's."""
    batch, heard = _read([STREAM])
    kinds = [TickKind(kind).name for kind in batch["kind"]]
    assert kinds == ["QUOTE", "QUOTE", "STATE", "QUOTE", "MODEL", "TRADE"]
    assert batch["bid"][0] == 12.5
    assert math.isnan(batch["ask"][3])
    model = batch[4]
    assert (model["vendor_iv"], model["vendor_gamma"]) == (0.25, 0.01)
    for name in ("vendor_delta", "mark", "vendor_vega", "vendor_theta"):
        assert math.isnan(model[name])
        assert model["present"] & Field[name.upper()]
    assert batch["volume"][5] == 777.0
    assert (batch["instrument"] == 7).all()
    assert (batch["ts_recv"] == 42).all()
    assert heard.messages == [(-1, 2104, "Market data farm connection is OK")]


@settings(max_examples=60)
@given(st.lists(st.integers(1, len(STREAM) - 1), max_size=6))
def test_wherever_the_stream_is_cut_it_says_the_same(cuts: list[int]) -> None:
    """Packets end anywhere."""
    places = [0, *sorted(set(cuts)), len(STREAM)]
    chunks = [STREAM[start:stop] for start, stop in itertools.pairwise(places)]
    whole, _ = _read([STREAM])
    batch, heard = _read(chunks)
    assert batch.size == whole.size
    for name in TICK_DTYPE.names or ():
        np.testing.assert_array_equal(batch[name], whole[name])
    assert len(heard.messages) == 1


def test_the_short_way_and_ib_asyncs_own_say_the_same() -> None:
    """The wrapper's methods, called by ib_async's decoder, write the same rows."""
    rows, heard = TickRows(), Heard()
    ib = _ready(rows, heard)
    short, _ = _read([STREAM])
    start = 0
    ib.ticks.tcpDataArrived()
    while start < len(STREAM):
        stop = start + 4 + int.from_bytes(STREAM[start : start + 4])
        fields = STREAM[start + 4 : stop].decode().split("\0")[:-1]
        if fields[0] != "21" or fields[2] == "83":
            fields = [one or "0" for one in fields] if fields[0] == "21" else fields
            ib.client.decoder.interpret(fields)
        start = stop
    slow = rows.take()
    assert slow["kind"].tolist() == short["kind"].tolist()
    for name in ("bid", "bid_size", "volume", "vendor_iv", "vendor_gamma"):
        np.testing.assert_array_equal(slow[name], short[name])


@pytest.mark.parametrize("junk", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff\xff\xff\xff"])
@pytest.mark.parametrize("is_ready", [True, False])
def test_bytes_that_are_no_frames_end_the_connection(junk: bytes, is_ready: bool) -> None:
    """A length beyond 16 MB is none: nothing after it can be trusted."""
    heard = Heard()
    ib = _ready(TickRows(), heard)
    ib.client._apiReady = is_ready
    closed: list[bool] = []
    ib.client.conn.disconnect = lambda: closed.append(True)
    ib.client._onSocketHasData(junk)
    assert closed == [True]


@pytest.mark.parametrize("code", [165, 321, 200, 162])
async def test_every_refusal_ends_its_request(code: int) -> None:
    """Also those that ib_async takes for warnings and would wait on for ever."""
    ib = _ready(TickRows(), Heard())
    future = ib.ticks.startReq(9)  # type: ignore[no-untyped-call]  # ib_async is typed in part
    ib.client._onSocketHasData(frame(4, 2, 9, code, "No.", ""))
    with pytest.raises(RequestError) as caught:
        await future
    assert caught.value.code == code


async def test_delayed_data_in_place_of_live_ones_end_nothing() -> None:
    """10167 says that an answer is coming."""
    heard = Heard()
    ib = _ready(TickRows(), heard)
    future = ib.ticks.startReq(9)  # type: ignore[no-untyped-call]  # likewise
    ib.client._onSocketHasData(frame(4, 2, 9, 10167, "Displaying delayed market data.", ""))
    assert not future.done()
    assert heard.messages[0][1] == 10167
    future.cancel()
    await asyncio.sleep(0)
    ib.ticks.forget_done()
    assert not ib.ticks._futures


async def test_an_answer_to_a_question_about_an_option_is_no_tick() -> None:
    """Computations that were asked for go to who asked."""
    rows = TickRows()
    ib = _ready(rows, Heard())
    future = ib.ticks.startReq(9)  # type: ignore[no-untyped-call]  # likewise
    values: tuple[Any, ...] = (0.25, 0.5, 12.5, 0, 0.01, 0.2, -0.1, 230)
    ib.client._onSocketHasData(frame(21, 9, 53, 0, *values))
    assert (await future).impliedVol == 0.25
    assert len(rows) == 0


def test_a_closed_socket_is_told() -> None:
    """Whoever listens hears it once."""
    heard = Heard()
    ib = _ready(TickRows(), heard)
    ib.client.conn.connection_lost(None)
    assert heard.is_lost
