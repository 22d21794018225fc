"""An answer of the API back into a chain table, for whoever shows it as one."""

from dataclasses import fields
from enum import StrEnum
from typing import Any, Final

import numpy as np

from voldesk.app.sources import Document
from voldesk.chain.schema import ROW_COLUMNS, SERIES_COLUMNS, Kind
from voldesk.chain.table import ChainTable, Points, RowColumns, SeriesColumns
from voldesk.model.conventions import Profile
from voldesk.model.enums import Market, Status

_NS_PER_US: Final = 1_000
_CODES: Final = {status.name: status.value for status in Status}


def table_of(document: Document) -> ChainTable:
    """
    Return the chain an answer by columns holds; what the API does not give is unknown.

    Its series are all of the underlying's, its rows those that were asked for.
    """
    rows = _rows(document["contracts"])
    series = _series(document["series"])
    bounds = np.searchsorted(rows.series, np.arange(len(series) + 1))
    spot = document["spot"]
    spot = float("nan") if spot is None else float(spot)
    profile = _profile(document["profile"])
    return ChainTable(
        underlying=document["underlying"],
        market=profile.market,
        profile=profile,
        as_of=(document["as_of_us"] or 0) * _NS_PER_US,
        spot=spot,
        rows=rows,
        series=series,
        bounds=bounds,
        points=_points(rows, series, spot),
        is_coin=np.zeros(len(rows), dtype=np.bool_),
    )


def _rows(contracts: Document) -> RowColumns:
    rows = RowColumns.unknown(len(contracts["row"]))
    for column in ROW_COLUMNS:
        values = contracts.get(column.name)
        if values is not None and column.kind is Kind.FLOAT:
            getattr(rows, column.name)[:] = np.array(values, dtype=np.float64)
    for name in ("symbol", "root"):
        getattr(rows, name)[:] = [value or "" for value in contracts[name]]
    rows.expiry[:] = _dates(contracts["expiry"])
    rows.is_call[:] = [right == "C" for right in contracts["right"]]
    rows.series[:] = contracts["series"]
    rows.status[:] = [_CODES[name] for name in contracts["status"]]
    rows.ts_event[:] = _instants(contracts["ts_event_us"])
    return rows


def _series(columns: Document) -> SeriesColumns:
    series = SeriesColumns.unknown(len(columns["expiry"]))
    for column in SERIES_COLUMNS:
        values = columns.get(column.name)
        if values is None:
            continue
        if column.kind is Kind.FLOAT:
            getattr(series, column.name)[:] = np.array(values, dtype=np.float64)
        elif column.kind is Kind.TEXT:
            getattr(series, column.name)[:] = [value or "" for value in values]
    series.expiry[:] = _dates(columns["expiry"])
    series.settles_at[:] = _instants(columns["settles_at_us"])
    return series


def _points(rows: RowColumns, series: SeriesColumns, spot: float) -> Points:
    """Value every row at its series: an answer says no more."""
    count = len(series)
    return Points(
        of_row=rows.series,
        series=np.arange(count, dtype=np.int32),
        valued_at=np.zeros(count, dtype=np.int64),
        years=series.years,
        spot=np.full(count, spot),
        quoted=np.full(count, np.nan),
        forward=series.forward,
        discount=series.discount,
    )


def _profile(document: Document) -> Profile:
    given: dict[str, Any] = {}
    for field in fields(Profile):
        value = document[field.name]
        is_word = isinstance(field.type, type) and issubclass(field.type, StrEnum)
        given[field.name] = field.type(value) if is_word and callable(field.type) else value
    given["market"] = Market(given["market"])
    return Profile(**given)


def _dates(days: list[str | None]) -> Any:  # noqa: ANN401  # an array of dates
    return np.array(["NaT" if day is None else day for day in days], dtype="datetime64[D]")


def _instants(micros: list[int | None]) -> Any:  # noqa: ANN401  # an array of instants
    return np.array([0 if ts is None else ts * _NS_PER_US for ts in micros], dtype=np.int64)
