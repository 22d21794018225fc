"""A chain as columns: one array per figure, rows contiguous per series, publishable as Arrow."""

import json
import math
from dataclasses import asdict, dataclass, field, fields
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from voldesk.chain.schema import ROW_COLUMNS, SERIES_COLUMNS, Column, Kind
from voldesk.model.conventions import Profile
from voldesk.model.enums import Market, Status
from voldesk.model.quotes import BoolArray, DateArray, FloatArray, IntArray, TextArray
from voldesk.model.ticks import DataType

if TYPE_CHECKING:
    import pyarrow as pa

IndexArray = NDArray[np.int32]
CodeArray = NDArray[np.uint8]


_WORDS: Final[dict[str, type[IntEnum]]] = {"status": Status, "data_type": DataType}


def _unknown_columns(columns: tuple[Column, ...], size: int) -> dict[str, Any]:
    """Return one array per column, every value unknown."""
    return {
        column.name: np.full(size, column.unknown, dtype=column.kind.value) for column in columns
    }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowColumns:
    """Rows of a chain, one array of length n per column of ``schema.ROW_COLUMNS``."""

    symbol: TextArray
    root: TextArray
    expiry: DateArray
    is_call: BoolArray
    strike: FloatArray
    series: IndexArray
    bid: FloatArray
    ask: FloatArray
    last: FloatArray
    mark: FloatArray
    mid: FloatArray
    price: FloatArray
    premium_bid: FloatArray
    premium_ask: FloatArray
    premium_last: FloatArray
    premium_mark: FloatArray
    bid_size: FloatArray
    ask_size: FloatArray
    volume: FloatArray
    open_interest: FloatArray
    ts_event: IntArray
    years: FloatArray
    forward: FloatArray
    discount: FloatArray
    iv: FloatArray
    iv_bid: FloatArray
    iv_ask: FloatArray
    delta: FloatArray
    gamma: FloatArray
    theta: FloatArray
    vega: FloatArray
    rho: FloatArray
    vanna: FloatArray
    volga: FloatArray
    charm: FloatArray
    status: CodeArray
    data_type: CodeArray
    vendor_spot: FloatArray
    vendor_forward: FloatArray
    vendor_iv: FloatArray
    vendor_delta: FloatArray
    vendor_gamma: FloatArray
    vendor_theta: FloatArray
    vendor_vega: FloatArray
    vendor_rho: FloatArray

    @classmethod
    def unknown(cls, size: int) -> Self:
        """Make columns of ``size`` rows in which nothing is known."""
        return cls(**_unknown_columns(ROW_COLUMNS, size))

    def __len__(self) -> int:
        return len(self.strike)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeriesColumns:
    """Series of a chain, one array of length m per column of ``schema.SERIES_COLUMNS``."""

    root: TextArray
    expiry: DateArray
    settles_at: IntArray
    years: FloatArray
    spot: FloatArray
    forward: FloatArray
    discount: FloatArray
    forward_source: TextArray
    discount_source: TextArray
    pairs: IndexArray
    confidence: FloatArray
    residual: FloatArray
    reason: TextArray

    @classmethod
    def unknown(cls, size: int) -> Self:
        """Make columns of ``size`` series in which nothing is known."""
        return cls(**_unknown_columns(SERIES_COLUMNS, size))

    def __len__(self) -> int:
        return len(self.root)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Points:
    """
    Where in time and price rows are valued: what forward, discount and years belong to.

    Rows that stand at one instant and came with the same spot and forward share a point. Point
    ``s < m`` is series ``s`` itself at the chain's time, whether or not a row is valued there.
    """

    of_row: IndexArray  # point of each row, (n,)
    series: IndexArray  # series of each point, (p,)
    valued_at: IntArray  # UTC ns
    years: FloatArray
    spot: FloatArray
    quoted: FloatArray  # the forward the rows came with
    forward: FloatArray
    discount: FloatArray


@dataclass(slots=True, kw_only=True, eq=False)
class ChainTable:
    """
    One underlying's chain at one time, valued or ready to be.

    The arrays are written in place (quotes by a feed, figures by ``chain.reprice``); which rows
    there are, and their order (series, strike, call before put, time), never changes.

    Attributes:
        spot: Newest spot of the underlying at ``as_of``, however old; NaN where unknown.
        spot_lack: Why the spot makes no forward: there is none, it is too old, or its line was
            lost; "" where it does.
        spot_type: `model.ticks.DataType` of the spot.
        quoted_lacks: Why the venue's forwards make none, by series; not there where they do.
        as_of: UTC ns the chain stands at; rows that carry a time of their own are valued at it.
        bounds: Row ``bounds[s]`` is the first of series ``s``, ``bounds[s + 1]`` that after its
            last. ``(m + 1,)``
        is_coin: Rows whose premium is counted in coin: their currency prices are made from the
            ``premium_*`` columns. ``(n,)``
        stale_after_secs: A row older than this at ``as_of`` is STALE; None for no limit.
        quoted_at: When each row's quote was received last, UTC ns, ``pricing.layout.NEVER`` where
            it never was; None of a table that nobody ticks. ``(n,)``
    """

    underlying: str
    market: Market
    profile: Profile
    as_of: int
    spot: float
    rows: RowColumns
    series: SeriesColumns
    bounds: IntArray
    points: Points
    is_coin: BoolArray
    stale_after_secs: float | None = None
    spot_lack: str = ""
    spot_type: int = DataType.LIVE.value
    quoted_lacks: dict[int, str] = field(default_factory=dict)
    quoted_at: IntArray | None = None

    @property
    def live_spot(self) -> float:
        """Return the spot that a forward may be made of, NaN where there is none."""
        return math.nan if self.spot_lack else self.spot

    @property
    def data_type(self) -> DataType:
        """Return how live the data are: the worst of the spot and of every row's last tick."""
        return DataType(max(self.spot_type, int(self.rows.data_type.max(initial=0))))

    def slice(self, series: int) -> slice:
        """Return where the rows of a series stand: ``table.rows.iv[table.slice(s)]`` is a view."""
        return slice(int(self.bounds[series]), int(self.bounds[series + 1]))

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """Return the rows as name to array, in the order of the schema; the arrays are shared."""
        return {spec.name: getattr(self.rows, spec.name) for spec in fields(self.rows)}

    def to_arrow(self) -> "pa.Table":
        """
        Return the rows as an Arrow table that explains itself.

        Unknown is null, ``status`` and ``data_type`` are words, ``is_call`` becomes ``right`` ("C"
        or "P"). Every field carries its unit and meaning, the schema the chain's facts:
        ``underlying``, ``market``, ``as_of`` (UTC ns), ``spot``, ``profile`` and ``series`` (both
        JSON).
        """
        import pyarrow as pa  # noqa: PLC0415  # 50 ms that only a Parquet file needs

        arrays: list[Any] = []
        schema: list[Any] = []
        for column in ROW_COLUMNS:
            values = _arrow_array(pa, column, getattr(self.rows, column.name))
            metadata = {"unit": column.unit, "meaning": column.meaning}
            if column.when_unknown:
                metadata["null"] = column.when_unknown
            name = "right" if column.name == "is_call" else column.name
            arrays.append(values)
            schema.append(pa.field(name, values.type, metadata=metadata))
        return pa.Table.from_arrays(arrays, schema=pa.schema(schema, metadata=self._metadata()))

    def _metadata(self) -> dict[str, str]:
        series = [
            {
                column.name: _plain(column, getattr(self.series, column.name)[index])
                for column in SERIES_COLUMNS
            }
            for index in range(len(self.series))
        ]
        return {
            "underlying": self.underlying,
            "market": self.market.value,
            "as_of": str(self.as_of),
            "spot": repr(float(self.spot)),
            "profile": json.dumps(asdict(self.profile)),
            "series": json.dumps(series),
        }


def _arrow_array(pa: Any, column: Column, values: NDArray[Any]) -> Any:  # noqa: ANN401  # pyarrow has no types
    """Return one column as Arrow: unknown is null, codes and rights are words."""
    if column.name in _WORDS:
        words = pa.array([word.name for word in _WORDS[column.name]])
        codes = np.array([word.value for word in _WORDS[column.name]])
        return pa.DictionaryArray.from_arrays(np.searchsorted(codes, values).astype("i4"), words)
    if column.name == "is_call":
        return pa.DictionaryArray.from_arrays((~values).astype("i4"), pa.array(["C", "P"]))
    if column.kind is Kind.TIME:
        return pa.array(values, type=pa.timestamp("ns", tz="UTC"), mask=values == column.unknown)
    if column.kind is Kind.TEXT:
        return pa.array(values, type=pa.string(), mask=values == column.unknown)
    return pa.array(values, from_pandas=True)


def _plain(column: Column, value: Any) -> str | float | int | bool | None:  # noqa: ANN401  # one element of any column
    """Return one value as JSON knows it; unknown is None."""
    if column.kind is Kind.FLOAT:
        return float(value) if np.isfinite(value) else None
    if column.kind is Kind.DATE:
        return None if np.isnat(value) else str(value)
    if column.kind is Kind.TEXT:
        return str(value)
    return int(value) or None if column.kind is Kind.TIME else int(value)
