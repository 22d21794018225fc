"""Tests of `wire.files.parquet`."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from voldesk.model.errors import FileFormatError
from voldesk.wire.files.parquet import is_parquet, parquet_columns
from voldesk.wire.files.reader import Document
from voldesk.wire.files.unpack import open_document


def document(**columns: Any) -> Document:
    """Return a Parquet document of these columns."""
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return open_document(buffer.getvalue(), "chain.parquet")


def test_columns_come_as_python_values() -> None:
    """Dictionaries, decimals, dates and nanosecond times; nested columns are left out."""
    given = document(
        root=pa.array(["SPX", "SPX"]).dictionary_encode(),
        strike=pa.array([Decimal("6700.50"), None]),
        expiry=pa.array([date(2025, 10, 17)] * 2),
        timestamp=pa.array([1759356060_123456789, None], pa.timestamp("ns", tz="UTC")),
        book=pa.array([[1], [2]]),
        bid=pa.array([1.5, float("nan")]),
    )
    assert is_parquet(given)
    names, columns = parquet_columns(given)
    cells = dict(zip(names, columns, strict=True))
    assert names == ["root", "strike", "expiry", "timestamp", "bid"]
    assert cells["root"] == ["SPX", "SPX"]
    assert cells["strike"] == [6700.5, None]
    assert cells["expiry"] == [date(2025, 10, 17)] * 2
    assert cells["timestamp"] == [datetime(2025, 10, 1, 22, 1, 0, 123456, tzinfo=UTC), None]


@pytest.mark.parametrize("cut", [8, 40, 200])
def test_a_damaged_file_is_one_error(cut: int) -> None:
    """Cut short, or a magic number with nothing behind it."""
    whole = document(strike=[1.0] * 100).data
    with pytest.raises(FileFormatError, match="damaged Parquet"):
        parquet_columns(Document("chain.parquet", whole[:-cut], ""))
    with pytest.raises(FileFormatError, match="damaged Parquet"):
        parquet_columns(Document("chain.parquet", b"PAR1", ""))


def test_text_is_no_parquet() -> None:
    """The magic number decides, not the name."""
    assert not is_parquet(open_document(b"strike,bid\n", "chain.parquet"))
