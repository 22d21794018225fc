"""Questions about prices, as clients write them."""

from typing import Any

import pytest

from voldesk.wire.ib.messages import decode_request, encode_request
from voldesk.wire.ib.requests_market import (
    CalculateImpliedVol,
    CancelDepth,
    CancelMarketData,
    RequestDepth,
    RequestMarketDataType,
    RequestTickByTick,
    StartApi,
)
from voldesk.wire.ib.types import IbContract


@pytest.mark.parametrize(
    ("message", "version", "text"),
    [
        (StartApi(7), 178, "71 2 7 "),
        (CancelMarketData(9), 178, "2 2 9"),
        (RequestMarketDataType(3), 178, "59 1 3"),
        (CancelDepth(9, is_smart=True), 178, "11 1 9 1"),
        (CancelDepth(9), 145, "11 1 9"),
        (CalculateImpliedVol(9, IbContract(con_id=5), 2.5, 230.0), 178,
         "54 3 9 5    0.0        2.5 230.0 0 "),
    ],
)  # fmt: skip
def test_bytes(message: Any, version: int, text: str) -> None:
    """The fields of the specification, in its order."""
    payload = "\0".join([*text.split(" "), ""]).encode()
    assert encode_request(message, version) == payload
    assert decode_request(payload, version) == message


@pytest.mark.parametrize(("version", "count"), [(145, 17), (146, 18), (149, 19)])
def test_depth_grew_twice(version: int, count: int) -> None:
    """Smart depth came with 146, the primary exchange with 149."""
    assert encode_request(RequestDepth(9, IbContract(), 5), version).count(b"\0") == count - 1


@pytest.mark.parametrize(("version", "count"), [(137, 15), (140, 17)])
def test_tick_by_tick_grew_once(version: int, count: int) -> None:
    """How many past ticks to tell came with 140."""
    asked = RequestTickByTick(9, IbContract(), "Last")
    assert encode_request(asked, version).count(b"\0") == count
