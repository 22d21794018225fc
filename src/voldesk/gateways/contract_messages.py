"""The per-contract messages of ``/ws/greeks`` and ``/ws/status``: fixed shapes, CE and PE."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
import numpy as np

from voldesk.analytics.pcr import put_call_ratio
from voldesk.analytics.update import ChainUpdate
from voldesk.gateways.encode import encode_json
from voldesk.gateways.frames import Message
from voldesk.gateways.health import health_document
from voldesk.model.quotes import NO_TIME, BoolArray, IntArray


class Greeks(msgspec.Struct, frozen=True, gc=False):
    """Published units: theta per calendar day, vega and rho per 0.01."""

    delta: float
    gamma: float
    theta: float
    vega: float
    rho: float


class ContractData(
    msgspec.Struct, frozen=True, gc=False, rename={"instrument_key": "instrumentKey"}
):
    """One contract now; a figure that is unknown is NaN here and null in JSON."""

    instrument_key: str  # the contract as its venue names it
    symbol: str  # the underlying
    strike: float
    type: str  # CE or PE
    expiry: str
    price: float  # what iv comes from; the last trade where that is unknown
    oi: float
    iv: float  # a fraction
    greeks: Greeks
    timestamp: str  # ISO 8601, UTC


class GreeksUpdate(msgspec.Struct, frozen=True, gc=False, tag="greeks_update", tag_field="type"):
    """``{"type": "greeks_update", "data": ...}``."""

    data: ContractData


class PcrData(msgspec.Struct, frozen=True, gc=False, rename="camel", omit_defaults=True):
    """The put-call ratio by open interest, over the contracts of the stream."""

    pcr: float
    total_ce_oi: float
    total_pe_oi: float
    timestamp: str
    symbol: str | None = None  # only on a connection that carries several underlyings


class PcrUpdate(msgspec.Struct, frozen=True, gc=False, tag="pcr_update", tag_field="type"):
    """``{"type": "pcr_update", "data": ...}``."""

    data: PcrData


_ENCODER = msgspec.json.Encoder()


def greeks_updates(update: ChainUpdate, rows: IntArray) -> list[Message]:
    """Return one ``greeks_update`` per row, as the table stands."""
    table = update.table
    columns = table.rows
    price = columns.price[rows]
    last = columns.last[rows]
    figures = [
        getattr(columns, name)[rows].tolist() for name in ("delta", "gamma", "theta", "vega", "rho")
    ]
    greeks = map(Greeks, *figures)
    data = map(
        ContractData,
        columns.symbol[rows].tolist(),
        [update.underlying] * len(rows),
        columns.strike[rows].tolist(),
        np.where(columns.is_call[rows], "CE", "PE").tolist(),
        _dates(columns.expiry[rows]),
        np.where(np.isfinite(price), price, last).tolist(),
        columns.open_interest[rows].tolist(),
        columns.iv[rows].tolist(),
        greeks,
        _instants(columns.ts_event[rows], update.ts_flush),
    )
    return [Message("greeks_update", _ENCODER.encode(GreeksUpdate(one))) for one in data]


def pcr_update(update: ChainUpdate, chosen: BoolArray | None, *, is_named: bool) -> Message:
    """Return the put-call ratio of some rows (None: all), with whose it is if it is named."""
    rows = update.table.rows
    interest, is_call = rows.open_interest, rows.is_call
    if chosen is not None:
        interest, is_call = interest[chosen], is_call[chosen]
    return Message(
        "pcr_update",
        _ENCODER.encode(
            PcrUpdate(
                PcrData(
                    pcr=put_call_ratio(interest, is_call),
                    total_ce_oi=_total(interest[is_call]),
                    total_pe_oi=_total(interest[~is_call]),
                    timestamp=_instants(np.zeros(1, np.int64), update.ts_flush)[0],
                    symbol=update.underlying if is_named else None,
                )
            )
        ),
    )


def status_update(health: Mapping[str, Any]) -> Message:
    """Return the process's health in the same envelope, as the HTTP API answers it."""
    document = {"type": "status_update", "data": health_document(health)}
    return Message("status_update", encode_json(document))


def rows_of_expiry(update: ChainUpdate, expiry: date | None) -> BoolArray | None:
    """Return which rows expire on a date, None for no date: all of them."""
    if expiry is None:
        return None
    return np.asarray(update.table.rows.expiry == np.datetime64(expiry, "D"))


def _total(values: Any) -> float:  # noqa: ANN401  # a slice of a float column
    """Return the sum of the known values, NaN where none is known."""
    known = values[np.isfinite(values)]
    return float(known.sum()) if len(known) else float("nan")


def _dates(expiry: Any) -> list[str]:  # noqa: ANN401  # datetime64[D] array
    return ["" if np.isnat(day) else str(day) for day in expiry]


def _instants(times: IntArray, otherwise: int) -> list[str]:
    """Return instants as ISO 8601 with Z; a row without a time has that of the update."""
    known = np.where(times == NO_TIME, otherwise, times)
    written: list[str] = np.datetime_as_string(
        known.astype("M8[ns]"), unit="us", timezone="UTC"
    ).tolist()
    return written
