"""Prices as TWS writes them: documented fields, both directions."""

from typing import Any

import pytest

from voldesk.wire.ib.answers_market import (
    DepthExchanges,
    DepthUpdateL2,
    MarketDataType,
    RealTimeBar,
    TickByTick,
    TickOptionComputation,
    TickPrice,
    TickReqParams,
    TickSize,
    TickString,
)
from voldesk.wire.ib.messages import decode_answer, encode_answer
from voldesk.wire.ib.types import DepthExchange

NOT_COMPUTED = "21 9 13 1 -1.0 -2.0 -1.0 -1.0 -2.0 -2.0 -2.0 -1.0"


@pytest.mark.parametrize(
    ("message", "version", "text"),
    [
        (TickPrice(9, 1, 4.95, 12.0, 1), 178, "1 6 9 1 4.95 12 1"),
        (TickSize(9, 0, 110.0), 157, "2 6 9 0 110"),
        (TickString(9, 45, "1752606307"), 178, "46 6 9 45 1752606307"),
        (MarketDataType(9, 3), 178, "58 1 9 3"),
        (TickReqParams(9, 0.01, "a6", 3), 178, "81 9 0.01 a6 3"),
        (TickOptionComputation(9, 13), 178, NOT_COMPUTED),
        (TickOptionComputation(9, 13), 155, NOT_COMPUTED.replace("21 9 13 1", "21 6 9 13")),
        (DepthUpdateL2(9, 0, "EDGX", 0, 1, 9.5, 100.0, is_smart=True), 178,
         "13 1 9 0 EDGX 0 1 9.5 100 1"),
        (DepthUpdateL2(9, 0, "EDGX", 0, 1, 9.5, 100.0), 145, "13 1 9 0 EDGX 0 1 9.5 100"),
        (RealTimeBar(9, 1752606305, 1.0, 2.0, 0.5, 1.5, 300.0, 1.25, 7), 178,
         "50 3 9 1752606305 1.0 2.0 0.5 1.5 300 1.25 7"),
        (TickByTick(9, 1, 1752606305, price=1.5, size=10.0, exchange="IEX"), 178,
         "99 9 1 1752606305 1.5 10 0 IEX "),
        (TickByTick(9, 3, 1752606305, bid=1.0, ask=2.0, bid_size=3.0, ask_size=4.0), 178,
         "99 9 3 1752606305 1.0 2.0 3 4 0"),
        (TickByTick(9, 4, 1752606305, price=1.5), 178, "99 9 4 1752606305 1.5"),
        (DepthExchanges((DepthExchange("CME", "FUT"),)), 178,
         "80 1 CME FUT  Deep 2147483647"),
    ],
)  # fmt: skip
def test_bytes(message: Any, version: int, text: str) -> None:
    """The fields of the specification, in its order."""
    payload = "\0".join([*text.split(" "), ""]).encode()
    assert encode_answer(message, version) == payload
    assert decode_answer(payload, version) == message
