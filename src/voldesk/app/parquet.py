"""The contracts of an analysis as a Parquet file that explains itself."""

from pathlib import Path

import msgspec
import pyarrow.parquet as pq

from voldesk.app.analysis import Analysis
from voldesk.app.document import head_document
from voldesk.model.errors import ConfigError

METADATA_KEY = b"voldesk"
"""Schema metadata: the JSON document without its contracts."""


def write_parquet(analysis: Analysis, out: Path) -> None:
    """
    Write every row and column of the chain; unknown is null.

    Units and meanings stand with each field; profile, series and summary, as in the JSON
    document, in the schema's metadata under ``voldesk``.

    Raises:
        ConfigError: The file cannot be written.
    """
    table = analysis.table.to_arrow()
    head = msgspec.json.encode(head_document(analysis))
    metadata = {**(table.schema.metadata or {}), METADATA_KEY: head}
    try:
        pq.write_table(table.replace_schema_metadata(metadata), out, compression="zstd")
    except OSError as exc:
        raise ConfigError(f"cannot write {out}: {exc}") from exc
