"""Data: what filters nothing says nothing."""

from voldesk.wire.ib.data_types import DepthExchange, ScannerSubscription


def test_a_scan_filters_nothing_by_default() -> None:
    """Every limit is unset."""
    scan = ScannerSubscription()
    assert scan.above_price is None
    assert scan.row_count == -1


def test_a_group_may_be_unset() -> None:
    """An exchange need not belong to a group of exchanges."""
    assert DepthExchange("CME", "FUT").agg_group is None
