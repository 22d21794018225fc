"""The single table of columns: name, dtype, unit and meaning of every figure a chain publishes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np


class Kind(StrEnum):
    """What a column holds; the value is the NumPy dtype it has in memory."""

    TEXT = "object"
    DATE = "datetime64[D]"
    FLAG = "bool"
    FLOAT = "float64"
    TIME = "int64"  # UTC nanoseconds
    COUNT = "int32"
    CODE = "uint8"


UNKNOWN: Final[dict[Kind, Any]] = {
    Kind.TEXT: "",
    Kind.DATE: np.datetime64("NaT", "D"),
    Kind.FLAG: False,
    Kind.FLOAT: np.nan,
    Kind.TIME: 0,
    Kind.COUNT: 0,
    Kind.CODE: 0,
}
"""The value of a column of that kind where nothing is known."""


@dataclass(frozen=True, slots=True)
class Column:
    """
    One published column.

    Attributes:
        unit: In what it is counted; "" where it is a name or a code.
        meaning: What the figure is.
        when_unknown: What NaN (text: "", date: NaT, time: 0) means here; "" if it never is.
    """

    name: str
    kind: Kind
    unit: str
    meaning: str
    when_unknown: str = ""

    @property
    def unknown(self) -> Any:  # noqa: ANN401  # one value per kind of column
        """The value that stands for unknown in this column."""
        return UNKNOWN[self.kind]


_MONEY = "quote currency per unit of underlying"
_NO_IV = "the row has no iv: its status says why"
_NOT_GIVEN = "the source does not give it"
_NOT_COIN = "the contract's premium is counted in quote currency, or was not given"

ROW_COLUMNS: Final[tuple[Column, ...]] = (
    Column("symbol", Kind.TEXT, "", "contract as the venue names it", _NOT_GIVEN),
    Column("root", Kind.TEXT, "", "trading class: SPX and SPXW are two", _NOT_GIVEN),
    Column("expiry", Kind.DATE, "date", "date printed on the contract", "the row did not say"),
    Column("is_call", Kind.FLAG, "", "right of the contract: call, else put"),
    Column("strike", Kind.FLOAT, "quote currency", "strike", "the row is unusable"),
    Column("series", Kind.COUNT, "", "index of the row's series in the series table"),
    Column("bid", Kind.FLOAT, _MONEY, "bid as given, zero included", _NOT_GIVEN),
    Column("ask", Kind.FLOAT, _MONEY, "ask as given, zero included", _NOT_GIVEN),
    Column("last", Kind.FLOAT, _MONEY, "last trade, or settlement", _NOT_GIVEN),
    Column("mark", Kind.FLOAT, _MONEY, "the venue's own mark or model price", _NOT_GIVEN),
    Column("mid", Kind.FLOAT, _MONEY, "(bid + ask) / 2", "not two-sided, or crossed"),
    Column("price", Kind.FLOAT, _MONEY, "what iv comes from", "the profile's price is missing"),
    Column("premium_bid", Kind.FLOAT, "coin", "bid as the venue counts it", _NOT_COIN),
    Column("premium_ask", Kind.FLOAT, "coin", "ask as the venue counts it", _NOT_COIN),
    Column("premium_last", Kind.FLOAT, "coin", "last as the venue counts it", _NOT_COIN),
    Column("premium_mark", Kind.FLOAT, "coin", "mark as the venue counts it", _NOT_COIN),
    Column("bid_size", Kind.FLOAT, "contracts", "size at the bid", _NOT_GIVEN),
    Column("ask_size", Kind.FLOAT, "contracts", "size at the ask", _NOT_GIVEN),
    Column("volume", Kind.FLOAT, "contracts", "traded today", _NOT_GIVEN),
    Column("open_interest", Kind.FLOAT, "contracts", "open interest", _NOT_GIVEN),
    Column("ts_event", Kind.TIME, "UTC ns", "the row's own time", "the row carries none"),
    Column("years", Kind.FLOAT, "years", "valuation time of the row to settlement", "no expiry"),
    Column("forward", Kind.FLOAT, _MONEY, "forward the row is valued on", "series has none"),
    Column("discount", Kind.FLOAT, "fraction", "discount factor of the row", "series has none"),
    Column("iv", Kind.FLOAT, "fraction", "implied vol of price", _NO_IV),
    Column("iv_bid", Kind.FLOAT, "fraction", "implied vol of bid", "no bid above intrinsic"),
    Column("iv_ask", Kind.FLOAT, "fraction", "implied vol of ask", "no ask above intrinsic"),
    Column("delta", Kind.FLOAT, "per 1 of underlying", "dV/dS", _NO_IV),
    Column("gamma", Kind.FLOAT, "per 1 squared of underlying", "d2V/dS2", _NO_IV),
    Column("theta", Kind.FLOAT, "per calendar day", "dV/dt", _NO_IV),
    Column("vega", Kind.FLOAT, "per vol point (0.01)", "dV/dvol", _NO_IV),
    Column("rho", Kind.FLOAT, "per 0.01 of rate", "dV/drate", _NO_IV),
    Column("vanna", Kind.FLOAT, "delta per vol point (0.01)", "d2V/dS dvol", _NO_IV),
    Column("volga", Kind.FLOAT, "per 1.00 of vol, per vol point", "d2V/dvol2", _NO_IV),
    Column("charm", Kind.FLOAT, "delta per calendar day", "d2V/dS dt", _NO_IV),
    Column("status", Kind.CODE, "", "model.enums.Status: why the row has an iv or has none"),
    Column("data_type", Kind.CODE, "", "model.ticks.DataType: how live its last tick was"),
    Column("vendor_spot", Kind.FLOAT, "quote currency", "spot the row came with", _NOT_GIVEN),
    Column("vendor_forward", Kind.FLOAT, "quote currency", "forward the row came with", _NOT_GIVEN),
    Column("vendor_iv", Kind.FLOAT, "fraction", "the vendor's iv", _NOT_GIVEN),
    Column("vendor_delta", Kind.FLOAT, "per 1 of underlying", "the vendor's delta", _NOT_GIVEN),
    Column("vendor_gamma", Kind.FLOAT, "per 1 squared", "the vendor's gamma", _NOT_GIVEN),
    Column("vendor_theta", Kind.FLOAT, "per calendar day", "the vendor's theta", _NOT_GIVEN),
    Column("vendor_vega", Kind.FLOAT, "per vol point (0.01)", "the vendor's vega", _NOT_GIVEN),
    Column("vendor_rho", Kind.FLOAT, "per 0.01 of rate", "the vendor's rho", _NOT_GIVEN),
)
"""One row per contract (or per contract and instant), sorted by series, strike, right, time."""

SERIES_COLUMNS: Final[tuple[Column, ...]] = (
    Column("root", Kind.TEXT, "", "trading class", _NOT_GIVEN),
    Column("expiry", Kind.DATE, "date", "date printed on the contracts", "its rows did not say"),
    Column("settles_at", Kind.TIME, "UTC ns", "instant of settlement", "no expiry"),
    Column("years", Kind.FLOAT, "years", "as_of of the chain to settlement", "no expiry"),
    Column("spot", Kind.FLOAT, _MONEY, "spot of the underlying", _NOT_GIVEN),
    Column("forward", Kind.FLOAT, _MONEY, "forward at settlement", "reason says why"),
    Column("discount", Kind.FLOAT, "fraction", "discount factor to settlement", "reason says why"),
    Column("forward_source", Kind.TEXT, "", "parity, quoted, spot_rate, escrowed, carry or none"),
    Column("discount_source", Kind.TEXT, "", "parity, rate, carry, zero_rate or none"),
    Column("pairs", Kind.COUNT, "pairs", "call and put pairs the parity fit rests on"),
    Column("confidence", Kind.FLOAT, "0 to 1", "of the parity fit", "no parity fit"),
    Column("residual", Kind.FLOAT, _MONEY, "typical misfit of the pairs", "no parity fit"),
    Column("reason", Kind.TEXT, "", "what was missing and what stands in for it", "all as asked"),
)
"""One row per series (root and expiry), in order of settlement."""
