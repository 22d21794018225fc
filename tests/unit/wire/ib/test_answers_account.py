"""Accounts as TWS writes them, held to frames recorded from a real one."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from voldesk.wire.ib.answers_account import (
    AccountSummary,
    AccountSummaryEnd,
    CurrentTime,
    ErrorMessage,
    ManagedAccounts,
    Pnl,
    PnlSingle,
    Position,
    PositionEnd,
)
from voldesk.wire.ib.messages import (
    decode_answer,
    decode_request,
    encode_answer,
    encode_request,
)
from voldesk.wire.ib.requests_market import RequestCurrentTime
from voldesk.wire.ib.requests_orders import (
    CancelPnl,
    RequestAccountSummary,
    RequestManagedAccounts,
    RequestPositions,
)
from voldesk.wire.ib.types import IbContract

APPLE = IbContract(
    con_id=265598,
    symbol="AAPL",
    sec_type="STK",
    exchange="NASDAQ",
    currency="USD",
    local_symbol="AAPL",
    trading_class="NMS",
)
TAGS = "NetLiquidation,TotalCashValue,GrossPositionValue"

EXPECTED: dict[str, tuple[Any, list[Any]]] = {
    "server_time": (RequestCurrentTime(), [CurrentTime(1752606307)]),
    "managed_accounts": (RequestManagedAccounts(), [ManagedAccounts("ACCOUNT_ID")]),
    "positions": (
        RequestPositions(),
        [
            Position("ACCOUNT_ID", APPLE, -110.0, 201.8829709),
            Position(
                "ACCOUNT_ID",
                IbContract(
                    con_id=637533641,
                    symbol="ES",
                    sec_type="FUT",
                    last_trade_date="20250919",
                    multiplier="50",
                    currency="USD",
                    local_symbol="ESU5",
                    trading_class="ES",
                ),
                1.0,
                315114.75,
            ),
            PositionEnd(),
        ],
    ),
    "account_summary": (
        RequestAccountSummary(9000, "All", TAGS),
        [
            AccountSummary(9000, "ACCOUNT_ID", "GrossPositionValue", "23172.60", "USD"),
            AccountSummary(9000, "ACCOUNT_ID", "NetLiquidation", "246447.83", "USD"),
            AccountSummary(9000, "ACCOUNT_ID", "TotalCashValue", "269339.33", "USD"),
            AccountSummaryEnd(9000),
        ],
    ),
    "pnl": (CancelPnl(9001), []),
}


def recorded(folder: Path) -> tuple[int, list[dict[str, Any]]]:
    text = (folder / "ib_recordings" / "rust_ibapi_tws_interactions.yaml").read_text()
    document = yaml.safe_load(text)
    return int(document["header"]["server_version"]), document["interactions"]


def test_recorded_frames_byte_by_byte(vendor_data: Path) -> None:
    """What a real TWS sent and was sent is what we write and read."""
    version, interactions = recorded(vendor_data)
    assert {one["name"] for one in interactions} == set(EXPECTED)
    for one in interactions:
        request, answers = EXPECTED[one["name"]]
        raw = one["request"]["raw"].encode()
        assert encode_request(request, version) == raw
        assert decode_request(raw, version) == request
        for answer, response in zip(answers, one["responses"], strict=True):
            raw = response["raw"].encode()
            assert encode_answer(answer, version) == raw
            assert decode_answer(raw, version) == answer


@pytest.mark.parametrize(("version", "count"), [(127, 1), (129, 2), (135, 3), (178, 3)])
def test_gains_came_one_by_one(version: int, count: int) -> None:
    """Of profit and loss the oldest clients hear the day's alone."""
    payload = encode_answer(Pnl(1, 1.0, 2.0, 3.0), version)
    assert payload.count(b"\0") == 2 + count


def test_old_clients_read_positions_as_int() -> None:
    """Below 163 the position of a P&L has no fraction."""
    payload = encode_answer(PnlSingle(1, 110.0, 1.0, 2.0, 3.0, 4.0), 157)
    assert payload.startswith(b"95\x001\x00110\x00")


def test_advanced_rejections_came_with_166() -> None:
    """Errors have a JSON field from then on."""
    error = ErrorMessage(5, 201, "Order rejected - reason:no", "{}")
    assert encode_answer(error, 165).count(b"\0") == 5
    assert decode_answer(encode_answer(error, 166), 166) == error
