"""Our TWS codec against a client library we did not write: ib_async, in both directions."""

import gzip
import logging
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import ib_async
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from ib_async.client import Client
from ib_async.decoder import Decoder
from ib_messages import message_of

from voldesk.simulator.exchange.orders import OrderStatus
from voldesk.simulator.ib.order_forms import STATUSES
from voldesk.wire.ib.answers_market import TickOptionComputation, TickPrice
from voldesk.wire.ib.answers_orders import ExecutionDetails, OpenOrder
from voldesk.wire.ib.answers_reference import BondAnswer, ContractAnswer
from voldesk.wire.ib.books import ANSWERS, REQUESTS
from voldesk.wire.ib.codec import Layout
from voldesk.wire.ib.messages import decode_request, encode_answer
from voldesk.wire.ib.requests_market import RequestMarketData
from voldesk.wire.ib.requests_orders import PlaceOrder

VERSIONS = [157, *range(159, 179)]
"""What ib_async speaks and we agree to."""

WSH_FROM = 161
STOCK = ib_async.Stock("AMZN", "SMART", "USD", conId=3691937)


class Speaker(Client):
    """ib_async's client with its mouth at our ear."""

    def __init__(self, version: int) -> None:
        self.version = version
        self.said: list[bytes] = []

    def serverVersion(self) -> int:  # noqa: N802  # theirs
        return self.version

    def isConnected(self) -> bool:  # noqa: N802  # ib_async's own names
        return True

    def sendMsg(self, msg: str) -> None:  # noqa: N802  # ib_async's own names
        self.said.append(msg.encode())


class Listener:
    """A wrapper that keeps what ib_async's decoder calls."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.defaultTimezone = None
        self.ib = ib_async.IB

    def __getattr__(self, name: str) -> Any:
        return lambda *given: self.heard.append((name, given))


@pytest.mark.parametrize("version", VERSIONS)
def test_orders_of_theirs_are_read(version: int) -> None:
    """Every field ib_async says of an order arrives where it belongs."""
    speaker: Any = Speaker(version)
    order = ib_async.LimitOrder("BUY", 10, 230.05, tif="GTC", parentId=4, ocaGroup="g")
    order.algoStrategy, order.algoParams = "Adaptive", [ib_async.TagValue("p", "Normal")]
    order.conditions = [ib_async.PriceCondition(price=1.5, conId=5, exch="SMART")]
    order.conditionsCancelOrder = True
    speaker.placeOrder(7, STOCK, order)
    found = decode_request(speaker.said[0], version)
    assert isinstance(found, PlaceOrder)
    assert (found.order.order_id, found.order.limit_price, found.order.tif) == (7, 230.05, "GTC")
    assert (found.order.parent_id, found.order.oca_group) == (4, "g")
    assert found.order.algo_params[0].value == "Normal"
    assert found.order.conditions[0].value == "1.5"
    assert found.order.conditions_cancel_order
    assert found.contract.con_id == 3691937
    assert found.order.mid_offset_at_half is None
    assert REQUESTS.encode(found, version).count(b"\0") == speaker.said[0].count(b"\0")


def _requests(speaker: Any) -> None:
    """Say one of everything ib_async can say."""
    scan = ib_async.ScannerSubscription(instrument="STK", scanCode="TOP_PERC_GAIN")
    speaker.reqMktData(1, STOCK, "100", snapshot=False, regulatorySnapshot=False, mktDataOptions=[])
    speaker.reqContractDetails(1, STOCK)
    speaker.reqSecDefOptParams(1, "AMZN", "", "STK", 3691937)
    speaker.reqHistoricalData(1, STOCK, "", "1 D", "1 min", "TRADES", True, 1, False, [])
    speaker.reqHeadTimeStamp(1, STOCK, "TRADES", True, 1)
    speaker.reqHistogramData(1, STOCK, True, "1 day")
    speaker.reqHistoricalTicks(1, STOCK, "", "20260512 12:00:00", 5, "TRADES", True, False, [])
    speaker.reqTickByTickData(1, STOCK, "Last", 0, False)
    speaker.reqRealTimeBars(1, STOCK, 5, "TRADES", True, [])
    speaker.reqMktDepth(1, STOCK, 5, False, [])
    speaker.reqScannerSubscription(1, scan, [], [ib_async.TagValue("a", "1")])
    speaker.reqExecutions(1, ib_async.ExecutionFilter(symbol="AMZN"))
    speaker.calculateImpliedVolatility(1, STOCK, 5.0, 230.0, [])
    speaker.calculateOptionPrice(1, STOCK, 0.2, 230.0, [])
    speaker.exerciseOptions(1, STOCK, 1, 1, "DU1", 0)
    speaker.reqHistoricalNews(1, 3691937, "BRFG", "", "", 5, [])
    speaker.reqNewsArticle(1, "BRFG", "x", [])
    speaker.reqFundamentalData(1, STOCK, "ReportSnapshot", [])
    speaker.reqAccountSummary(1, "All", "NetLiquidation")
    speaker.reqPnLSingle(1, "DU1", "", 3691937)
    speaker.replaceFA(1, 1, "<x/>")
    speaker.cancelOrder(7)
    speaker.cancelMktDepth(1, False)
    if speaker.version >= WSH_FROM:
        speaker.reqWshEventData(1, ib_async.WshEventData(conId=3691937))


@pytest.mark.parametrize("version", VERSIONS)
def test_every_request_of_theirs_is_read(version: int) -> None:
    """What ib_async says we read, field for field to the last one."""
    speaker = Speaker(version)
    _requests(speaker)
    for said in speaker.said:
        found = decode_request(said, version)
        assert REQUESTS.encode(found, version).count(b"\0") == said.count(b"\0")
    first = decode_request(speaker.said[0], version)
    assert isinstance(first, RequestMarketData)
    assert first.generic_ticks == "100"


NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
NOT_THEIRS = {56, 80, 91, 92}
"""Numbers that ib_async reads by its own rules: empty groups, contracts it has not asked about."""


@pytest.mark.parametrize(
    "layout",
    [layout for number, layout in ANSWERS.by_number.items() if number not in NOT_THEIRS],
    ids=lambda layout: layout.cls.__name__,
)
@settings(
    max_examples=4,
    phases=NO_SHRINKING,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_every_answer_of_ours_is_read(
    layout: Layout, data: st.DataObject, caplog: pytest.LogCaptureFixture
) -> None:
    """ib_async's decoder takes each of our messages without a complaint, at every version."""
    version = data.draw(st.sampled_from([v for v in VERSIONS if v >= layout.first_version]))
    message = _sane(data.draw(message_of(layout.cls, version)))
    fields = encode_answer(message, version).decode().split("\0")[:-1]
    with caplog.at_level(logging.ERROR):
        caplog.clear()
        decoder: Any = Decoder(cast("Any", Listener()), version)
        decoder.interpret(fields)
    assert not caplog.records, (fields, caplog.text)


def _sane(message: Any) -> Any:
    """Replace texts that ib_async reads as times or lists by such as TWS sends."""
    if isinstance(message, ExecutionDetails):
        time = "20260512 12:00:00 US/Eastern"
        return replace(message, execution=replace(message.execution, time=time))
    if isinstance(message, ContractAnswer):
        return replace(message, details=replace(message.details, long_name="AMAZON.COM INC"))
    if isinstance(message, BondAnswer):  # without a subscription TWS tells no coupon
        return replace(message, details=replace(message.details, coupon=0.0))
    return message


def test_values_arrive(caplog: pytest.LogCaptureFixture) -> None:
    """Not only without complaint: prices, Greeks and orders mean the same there."""
    listener = Listener()
    decoder: Any = Decoder(cast("Any", listener), 178)
    for message in (
        TickPrice(9, 1, 4.95, 12.0, 1),
        TickOptionComputation(9, 13, 0.2, 0.5, 5.0, 0.0, 0.02, 0.3, -0.05, 230.0),
    ):
        decoder.interpret(encode_answer(message, 178).decode().split("\0")[:-1])
    assert listener.heard[0] == ("priceSizeTick", (9, 1, 4.95, 12.0))
    assert listener.heard[1][1][2:] == (1, 0.2, 0.5, 5.0, 0.0, 0.02, 0.3, -0.05, 230.0)
    assert not caplog.records
    assert OpenOrder in ANSWERS.by_type


def _statuses(folder: Path) -> dict[int, list[str]]:
    """Return the statuses of each order of the recorded session, in order."""
    told: dict[int, list[str]] = {}
    line = re.compile(r"Order (\d+): (\w+) - Filled")
    for path in sorted((folder / "ib_recordings").glob("ib_0dte_session_*.log.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for text in lines:
                found = line.search(text)
                if found is not None:
                    told.setdefault(int(found[1]), []).append(found[2])
    return told


def test_statuses_of_a_real_session(vendor_data: Path) -> None:
    """Every status a real TWS sent in a day of 0DTE orders is one of ours, in an order we send."""
    told = _statuses(vendor_data)
    assert len(told) >= 30
    rank = {"PendingSubmit": 0, "PreSubmitted": 1, "Submitted": 2, "PendingCancel": 3,
            "Filled": 4, "Cancelled": 4, "Inactive": 4}  # fmt: skip
    for number, statuses in told.items():
        assert set(statuses) <= set(STATUSES.values()), number
        ranks = [rank[status] for status in statuses]
        assert ranks == sorted(ranks), (number, statuses)
    assert STATUSES[OrderStatus.REJECTED] == "Inactive"
