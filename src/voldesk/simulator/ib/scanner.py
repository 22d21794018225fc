"""Scans: which instruments lead by some figure of the day."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from voldesk.simulator.ib.catalogue import Catalogue
from voldesk.simulator.ib.details import contract_of
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.matching import Match
from voldesk.simulator.ib.noise import chance, stream
from voldesk.simulator.ib.refusal import Refused, no_history
from voldesk.simulator.ib.scan_tables import FILTERS, INSTRUMENTS, LOCATIONS, SCAN_CODES
from voldesk.wire.ib.types import ContractDetails, ScannerRow, ScannerSubscription

MOST_ROWS: Final = 50
"""How many rows a scan has at most."""

_HOMES: Final = {
    "STK.NYSE": "NYSE",
    "STK.NASDAQ": "NASDAQ",
    "STK.NASDAQ.NMS": "NASDAQ",
    "STK.ARCA": "ARCA",
    "ETF.EQ.ARCA": "ARCA",
    "ETF.EQ.NASDAQ.NMS": "NASDAQ",
    "FUT.CME": "CME",
    "FUT.GLOBEX": "CME",
    "FUT.NYMEX": "NYMEX",
    "FUT.CFE": "CFE",
}
_EMPTY: Final = frozenset({"STK.US.MINOR"})
_DAY_SECONDS: Final = 86_400
_TURNOVERS: Final = 250.0  # days of volume that make a company's value, for want of a better one


@dataclass(frozen=True, slots=True)
class DayFigures:
    """What a scan needs of one instrument's day; NaN is unknown."""

    last: float
    open: float
    high: float
    low: float
    close: float  # of the day before
    volume: float


Look = Callable[[Instrument], DayFigures]
"""Tells the day's figures of an instrument."""


def scan(
    catalogue: Catalogue,
    look: Look,
    asked: ScannerSubscription,
    second: int,
    filters: Mapping[str, str] | None = None,
) -> tuple[ScannerRow, ...]:
    """
    Return the rows of a scan, the leader first; those of equal figures by symbol.

    Args:
        catalogue: What is scanned.
        look: Tells the figures.
        asked: Which scan; its bounds on ratings, maturities and coupons say nothing of stocks.
        second: UTC, the present.
        filters: More bounds by tag, see `scan_tables.FILTERS`; unknown ones are refused.

    Raises:
        Refused: There is no such scan, kind or location (162), or a bound is no number (321).
    """
    code = SCAN_CODES.get(asked.scan_code)
    if code is None or asked.instrument not in INSTRUMENTS or asked.location not in LOCATIONS:
        raise no_history(
            f"Scanner {asked.scan_code or '(none)'} of {asked.instrument or '(none)'} at"
            f" {asked.location or '(none)'} is disabled or does not exist"
        )
    bounds = [*_bounds(asked), *_filter_bounds(filters or {})]
    ranked = []
    for instrument in _scanned(catalogue, asked):
        figures = _figures(instrument, look(instrument), second)
        if all(bound(figures) for bound in bounds) and np.isfinite(figures.get(code.figure, 0.0)):
            ranked.append((figures.get(code.figure, 0.0), instrument))
    if code.figure == "symbol":
        ranked.sort(key=lambda row: row[1].product.symbol, reverse=code.is_descending)
    else:
        sign = -1.0 if code.is_descending else 1.0
        ranked.sort(key=lambda row: (sign * row[0], row[1].local_symbol))
    count = MOST_ROWS if asked.row_count <= 0 else min(asked.row_count, MOST_ROWS)
    return tuple(_row(rank, row[1]) for rank, row in enumerate(ranked[:count]))


def parse_filters(text: str) -> dict[str, str]:
    """Return ``tag=value;`` pairs as a mapping; pieces without ``=`` say nothing."""
    pairs = (piece.partition("=") for piece in text.split(";"))
    return {tag: value for tag, equals, value in pairs if equals}


def _scanned(catalogue: Catalogue, asked: ScannerSubscription) -> Iterator[Instrument]:
    """Yield what the kind and location mean."""
    if asked.location in _EMPTY:
        return
    home = _HOMES.get(asked.location)
    wanted = asked.instrument
    seen: set[str] = set()
    for instrument in (*catalogue.products, *catalogue.futures):
        product = instrument.product
        is_meant = product.currency == "USD" and home in {None, product.exchange}
        if not (is_meant and _is_kind(instrument, wanted, asked.stock_type)):
            continue
        if instrument.sec_type == "FUT":  # the front of each family stands for it
            if product.key in seen:
                continue
            seen.add(product.key)
        yield instrument


def _is_kind(instrument: Instrument, kind: str, stock_type: str) -> bool:
    product = instrument.product
    if kind == "STK":
        wanted = {"CORP": "COMMON", "ETF": "ETF", "STOCK": "COMMON"}.get(stock_type.upper())
        return instrument.sec_type == "STK" and wanted in {None, product.stock_type}
    if kind == "ETF.EQ.US":
        return product.stock_type == "ETF" and instrument.sec_type == "STK"
    return instrument.sec_type == kind.split(".", maxsplit=1)[0]


def _figures(instrument: Instrument, day: DayFigures, second: int) -> dict[str, float]:
    """Return every figure scans rank by."""
    name = stream("scan", instrument.con_id)
    today = second // _DAY_SECONDS
    option_volume = np.floor(60_000.0 * chance(name, 3 * today) ** 2)
    middle = 0.5 * (day.high + day.low)
    with np.errstate(all="ignore"):
        figures = {
            "price": day.last,
            "change": 100.0 * (np.float64(day.last) / day.close - 1.0),
            "since_open": 100.0 * (np.float64(day.last) / day.open - 1.0),
            "gap": 100.0 * (np.float64(day.open) / day.close - 1.0),
            "range": day.high - day.low,
            "range_ratio": (np.float64(day.high) - day.low) / day.close,
            "distance": abs(np.float64(day.last) / middle - 1.0),
            "volume": day.volume,
            "turnover": day.volume * day.last,
            "volume_ratio": np.float64(day.volume) / max(instrument.product.day_volume, 1.0),
            "trades": np.float64(day.volume) / max(instrument.product.trade_size, 1.0),
            "option_volume": option_volume,
            "millions": _TURNOVERS * instrument.product.day_volume * day.last / 1e6,
            "put_call": 0.4 + 1.2 * chance(name, 3 * today + 1),
            "implied_vol": instrument.product.implied_vol,
            "vol_change": 20.0 * (chance(name, 3 * today + 2) - 0.5),
            "vol_ratio": 0.8 + 0.5 * chance(name, 3 * today + 2),
        }
    return {key: float(value) for key, value in figures.items()}


_TAGS: Final = {
    "price": "price",
    "volume": "volume",
    "changePerc": "change",
    "changeOpenPerc": "since_open",
    "optVolume": "option_volume",
    "impVolat": "implied_vol",
    "priceRange": "range",
    "marketCap": "millions",
}

Bound = Callable[[dict[str, float]], bool]


def _above(figure: str, limit: float) -> Bound:
    return lambda figures: figures[figure] >= limit


def _below(figure: str, limit: float) -> Bound:
    return lambda figures: figures[figure] <= limit


def _bounds(asked: ScannerSubscription) -> list[Bound]:
    found = []
    if asked.above_price is not None:
        found.append(_above("price", asked.above_price))
    if asked.below_price:
        found.append(_below("price", asked.below_price))
    if asked.above_volume:
        found.append(_above("volume", asked.above_volume))
    if asked.market_cap_above:
        found.append(_above("millions", asked.market_cap_above / 1e6))
    if asked.market_cap_below:
        found.append(_below("millions", asked.market_cap_below / 1e6))
    if asked.option_volume_above:
        found.append(_above("option_volume", asked.option_volume_above))
    return found


def _filter_bounds(filters: Mapping[str, str]) -> list[Bound]:
    found = []
    for tag, text in filters.items():
        plain = tag.removesuffix("1e6")
        stem, make = plain[:-5], _above if plain.endswith("Above") else _below
        if tag not in FILTERS:
            raise Refused(321, f"Error validating request.-'bW' : cause - Unknown filter {tag}")
        try:
            found.append(make(_TAGS[stem], float(text)))
        except ValueError:
            cause = f"filter {tag} is {text}, expected a number"
            raise Refused(321, f"Error validating request.-'bW' : cause - {cause}") from None
    return found


def _row(rank: int, instrument: Instrument) -> ScannerRow:
    """Return a row as TWS fills it: the contract, its market, and nothing else."""
    contract = replace(contract_of(Match(instrument, instrument.home)), primary_exchange="")
    return ScannerRow(rank, ContractDetails(contract, market_name=instrument.trading_class))
