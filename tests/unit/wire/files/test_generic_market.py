"""Tests of `wire.files.generic_market`."""

from collections.abc import Sequence

import pytest

from voldesk.model.enums import Market
from voldesk.wire.files.generic_market import holds_symbols, market_of, strip_marks


@pytest.mark.parametrize(
    ("columns", "market"),
    [
        ({"root": ["SPXW"]}, Market.US),
        ({"underlying": ["NIFTY"]}, Market.INDIA),
        ({"root": ["RELIANCE"], "right": ["CE", "PE"]}, Market.INDIA),
        ({"root": ["BTC"]}, Market.DERIBIT),
        ({"root": ["ETH"], "symbol": ["ETH250117C00025000"]}, Market.US),
        ({"symbol": ["BTC-27DEC24-100000-C"]}, Market.DERIBIT),
        ({"root": ["XRP_USDC"]}, Market.DERIBIT),
        ({}, Market.US),
    ],
)
def test_the_market_is_told_by_roots_rights_and_symbols(
    columns: dict[str, Sequence[object]], market: Market
) -> None:
    """The US fund with the ticker ETH is no coin."""
    assert market_of(columns) is market


def test_marks_of_indices_are_stripped() -> None:
    """Vendors write ^SPX, $SPX and _SPX."""
    stripped = strip_marks(["^SPX", "$spx", "_SPX", " SPX ", None, 5])
    assert list(stripped) == ["SPX"] * 4 + ["", ""]


def test_a_root_column_may_hold_symbols() -> None:
    """HistoricalOptionData puts the whole OCC name there."""
    assert holds_symbols(["", "LUV210401C00030000"])
    assert holds_symbols(["SPX   260618C05400000"])
    assert not holds_symbols(["SPXW"])
    assert not holds_symbols([])
