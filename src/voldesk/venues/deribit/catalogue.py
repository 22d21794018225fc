"""What Deribit lists, as a listing: which rows there are, and what each is streamed by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from voldesk.model.enums import Market
from voldesk.model.errors import ConfigError, WireError
from voldesk.model.ids import contract_key
from voldesk.model.instruments import Contract, parse_deribit
from voldesk.model.listing import Listing
from voldesk.model.quotes import NO_EXPIRY, IntArray
from voldesk.venues.deribit.settings import DeribitSettings
from voldesk.wire.deribit.types import Instrument


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """
    The instruments of a feed.

    Attributes:
        listing: Each underlying, then its contracts by expiry, class and strike.
        price_index: Name of the index each row goes by. ``(n,)``
        series: Number of the series each row is of, -1 of underlyings. ``(n,)``
        options: Row of each contract, by name.
        spots: Rows of underlyings, by the name of their index.
        skipped_count: Instruments whose names cannot be read.
    """

    listing: Listing
    price_index: tuple[str, ...]
    series: IntArray
    options: dict[str, int]
    spots: dict[str, tuple[int, ...]]
    skipped_count: int


class _Listed(NamedTuple):
    contract: Contract
    instrument: Instrument


def build_catalogue(instruments: Sequence[Instrument], settings: DeribitSettings) -> Catalogue:
    """
    Choose what is listed, and put it in order.

    The spot of an underlying is the index its first contracts settle by.

    Raises:
        ConfigError: Nothing is left.
    """
    found, skipped = _chosen(instruments, settings)
    if not found:
        asked = settings.underlyings or settings.listed_currencies
        raise ConfigError(
            f"Deribit lists no option of {', '.join(asked)}:"
            " check deribit.underlyings and deribit.currencies"
        )
    columns: dict[str, list[Any]] = {name: [] for name in Listing.__slots__}
    indexes: list[str] = []
    series: list[int] = []
    spots: dict[str, list[int]] = {}
    numbers: dict[tuple[str, object], int] = {}
    underlying = ""
    for contract, instrument in found:
        if contract.underlying != underlying:
            underlying = contract.underlying
            spots.setdefault(instrument.price_index, []).append(len(indexes))
            _append(columns, _spot_row(underlying))
            indexes.append(instrument.price_index)
            series.append(-1)
        _append(columns, _option_row(contract, instrument))
        indexes.append(instrument.price_index)
        series.append(numbers.setdefault((contract.root, contract.expiry), len(numbers)))
    listing = Listing.build(**columns)
    return Catalogue(
        listing=listing,
        price_index=tuple(indexes),
        series=np.array(series, dtype=np.int64),
        options={
            str(listing.symbol[row]): row for row in np.flatnonzero(listing.is_option).tolist()
        },
        spots={name: tuple(rows) for name, rows in spots.items()},
        skipped_count=skipped,
    )


def _chosen(
    instruments: Sequence[Instrument], settings: DeribitSettings
) -> tuple[list[_Listed], int]:
    found: dict[str, _Listed] = {}
    skipped = 0
    for instrument in instruments:
        if instrument.kind != "option" or not instrument.is_active:
            continue
        try:
            contract = parse_deribit(instrument.instrument_name)
        except WireError:
            skipped += 1
            continue
        if not settings.underlyings or contract.underlying in settings.underlyings:
            found[contract.symbol] = _Listed(contract, instrument)
    rows = sorted(found.values(), key=_order)
    if settings.expiry_count is None:
        return rows, skipped
    dates: dict[str, list[object]] = {}
    for contract, _ in rows:
        known = dates.setdefault(contract.root, [])
        if contract.expiry not in known:
            known.append(contract.expiry)
    count = settings.expiry_count
    return [row for row in rows if row[0].expiry in dates[row[0].root][:count]], skipped


def _order(row: _Listed) -> tuple[Any, ...]:
    one = row.contract
    return one.underlying, one.expiry, one.root, one.strike, one.right


def _append(columns: dict[str, list[Any]], row: dict[str, Any]) -> None:
    for name, value in row.items():
        columns[name].append(value)


def _spot_row(underlying: str) -> dict[str, Any]:
    return {
        "key": f"{Market.DERIBIT} {underlying}",
        "symbol": underlying,
        "underlying": underlying,
        "market": Market.DERIBIT,
        "root": underlying,
        "expiry": NO_EXPIRY,
        "is_call": False,
        "strike": np.nan,
        "is_option": False,
        "multiplier": 1.0,
        "tick_size": np.nan,
    }


def _option_row(contract: Contract, instrument: Instrument) -> dict[str, Any]:
    return {
        "key": contract_key(contract),
        "symbol": contract.symbol,
        "underlying": contract.underlying,
        "market": Market.DERIBIT,
        "root": contract.root,
        "expiry": np.datetime64(contract.expiry, "D"),
        "is_call": contract.is_call,
        "strike": contract.strike,
        "is_option": True,
        "multiplier": instrument.contract_size,
        "tick_size": instrument.tick_size,
    }
