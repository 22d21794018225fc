"""A Parquet file -> columns of Python values, with pyarrow only where one is met."""

from collections.abc import Sequence

from voldesk.model.errors import FileFormatError
from voldesk.wire.files.reader import Document

MAGIC = b"PAR1"


def is_parquet(document: Document) -> bool:
    """Say whether a document is a Parquet file."""
    return document.data.startswith(MAGIC)


def parquet_columns(document: Document) -> tuple[list[str], list[Sequence[object]]]:
    """
    Return names and cells of a Parquet file's flat columns; nested ones are left out.

    Times come as datetimes (those without a zone stay without), dates as dates.

    Raises:
        FileFormatError: The file is damaged.
    """
    import pyarrow as pa  # noqa: PLC0415  # 100 ms that a CSV should not pay
    import pyarrow.parquet as pq  # noqa: PLC0415  # pyarrow takes 100 ms

    names: list[str] = []
    columns: list[Sequence[object]] = []
    try:
        table = pq.read_table(pa.BufferReader(document.data))
        for name, column in zip(table.column_names, table.columns, strict=True):
            kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
            if pa.types.is_nested(kind):
                continue
            if pa.types.is_timestamp(kind):
                kind = pa.timestamp("us", tz=kind.tz)
            elif pa.types.is_decimal(kind):
                kind = pa.float64()
            names.append(str(name))
            columns.append(column.cast(kind, safe=False).to_pylist())
    except (pa.ArrowException, OSError, ValueError, KeyError, OverflowError) as exc:
        first = str(exc).partition("\n")[0]
        raise FileFormatError(f"{document.name} is a damaged Parquet file: {first}") from exc
    return names, columns
