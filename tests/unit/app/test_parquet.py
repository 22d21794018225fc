from pathlib import Path

import msgspec
import numpy as np
import pyarrow.parquet as pq
import pytest

from voldesk.app.analysis import Analysis
from voldesk.app.document import encode, head_document
from voldesk.app.parquet import METADATA_KEY, write_parquet
from voldesk.model.errors import ConfigError


def test_parquet_and_json_agree(analysis: Analysis, tmp_path: Path) -> None:
    """pyarrow reads the same figures as the JSON document holds, null for null."""
    out = tmp_path / "chain.parquet"
    write_parquet(analysis, out)
    table = pq.read_table(out)
    contracts = msgspec.json.decode(encode(analysis))["contracts"]
    shared = [name for name in contracts[0] if name not in {"expiry", "ts_event"}]
    for name in shared:
        assert table.column(name).to_pylist() == [one[name] for one in contracts], name
    days = [None if day is None else day.isoformat() for day in table.column("expiry").to_pylist()]
    assert days == [one["expiry"] for one in contracts]
    assert np.all(np.isin(table.column("right").to_pylist(), ["C", "P"]))


def test_the_head_travels_in_the_metadata(analysis: Analysis, tmp_path: Path) -> None:
    """The schema's metadata holds the document without its contracts."""
    out = tmp_path / "chain.parquet"
    write_parquet(analysis, out)
    metadata = pq.read_schema(out).metadata
    assert metadata[METADATA_KEY] == msgspec.json.encode(head_document(analysis))


def test_a_place_that_cannot_be_written_is_named(analysis: Analysis) -> None:
    """A missing folder is the operator's to mend."""
    with pytest.raises(ConfigError, match="nowhere"):
        write_parquet(analysis, Path("/nowhere/chain.parquet"))
