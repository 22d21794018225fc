"""Questions about contracts and the past, as clients write them."""

import pytest

from voldesk.wire.ib.messages import decode_request, encode_request
from voldesk.wire.ib.requests_reference import (
    RequestContractDetails,
    RequestHistory,
    RequestOptionParams,
    RequestScan,
    RequestWshEventData,
)
from voldesk.wire.ib.types import IbContract, ScannerSubscription


def test_chain_of_an_underlying() -> None:
    """Five fields, no version."""
    payload = encode_request(RequestOptionParams(9, "SPX", "", "IND", 416904), 178)
    assert payload == b"78\x009\x00SPX\x00\x00IND\x00416904\x00"


@pytest.mark.parametrize(("version", "count"), [(175, 18), (176, 19)])
def test_issuers_came_with_176(version: int, count: int) -> None:
    """Bonds can be asked for by their issuer."""
    asked = RequestContractDetails(9, IbContract(sec_id_type="ISIN", sec_id="US0231351067"))
    payload = encode_request(asked, version)
    assert payload.count(b"\0") == count
    assert decode_request(payload, version) == asked


@pytest.mark.parametrize(("version", "count"), [(123, 23), (124, 23)])
def test_a_history_lost_its_version_and_is_kept_up_to_date(version: int, count: int) -> None:
    """124 dropped one field and brought another."""
    asked = RequestHistory(
        9, IbContract(con_id=5), "", "1 min", "1 D", use_rth=True, what="TRADES", format_date=1
    )
    payload = encode_request(asked, version)
    assert payload.count(b"\0") == count
    assert decode_request(payload, version) == asked


def test_a_scan_without_limits() -> None:
    """Limits nobody sets are empty."""
    asked = RequestScan(9, ScannerSubscription(scan_code="TOP_PERC_GAIN"), "a=1;")
    payload = encode_request(asked, 178)
    assert payload.endswith(b"\x00a=1;\x00\x00")
    assert decode_request(payload, 178) == asked


@pytest.mark.parametrize(("version", "count"), [(161, 3), (171, 7), (173, 10)])
def test_event_filters_came_in_two_steps(version: int, count: int) -> None:
    """Filters with 171, dates with 173."""
    payload = encode_request(RequestWshEventData(9, 265598), version)
    assert payload.count(b"\0") == count
