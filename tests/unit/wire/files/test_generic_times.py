"""Tests of `wire.files.generic_times`."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from voldesk.model.enums import Market
from voldesk.wire.files.generic_times import quote_instants


def shown(
    columns: Mapping[str, Sequence[object]], market: Market = Market.US, *, before: bool = False
) -> list[str]:
    """Return the instants as text, "-" for none."""
    size = len(next(iter(columns.values()), [0]))
    instants, _ = quote_instants(columns, size, market=market, is_before_close=before)
    return [
        datetime.fromtimestamp(ns / 1e9, UTC).isoformat()[:16] if ns else "-" for ns in instants
    ]


def test_times_are_on_the_exchanges_clock() -> None:
    """The same text is later in New York than in Mumbai; a zone of its own goes first."""
    cells = {"timestamp": ["2025-02-13 15:00", "2025-02-13T15:00+01:00", ""]}
    assert shown(cells) == ["2025-02-13T20:00", "2025-02-13T14:00", "-"]
    assert shown(cells, Market.INDIA)[0] == "2025-02-13T09:30"
    assert shown(cells, Market.DERIBIT)[0] == "2025-02-13T15:00"


def test_a_date_stands_for_the_close() -> None:
    """16:00, 13:00 on an early close, nothing where the market was closed."""
    days = {"quote_date": ["2025-02-13", "2024-11-29", "2025-02-16", ""]}
    assert shown(days) == ["2025-02-13T21:00", "2024-11-29T18:00", "-", "-"]
    assert shown(days, before=True)[0] == "2025-02-13T20:45"
    assert shown({"quote_date": ["2025-02-13"]}, Market.INDIA) == ["2025-02-13T10:00"]


def test_a_time_column_of_dates_is_a_date_column() -> None:
    """Some files call the day ``timestamp``."""
    assert shown({"timestamp": ["2025-02-13"]}) == ["2025-02-13T21:00"]


def test_a_time_of_day_goes_with_the_date_beside_it() -> None:
    """Date and time in two columns are one instant."""
    cells = {"timestamp": ["10:30:00"], "quote_date": ["2025-02-13"]}
    assert shown(cells) == ["2025-02-13T15:30"]


def test_rows_without_time_columns_have_no_time() -> None:
    """Nothing is invented, and single bad cells are named."""
    assert shown({}) == ["-"]
    cells = {"timestamp": ["noon", "2025-02-13 15:00"]}
    assert quote_instants(cells, 2, market=Market.US, is_before_close=False)[1] == [0]
