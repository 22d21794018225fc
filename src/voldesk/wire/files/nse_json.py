"""The JSON body behind the option chain page of nseindia.com."""

import numpy as np

from voldesk.model.enums import Market
from voldesk.model.errors import FileFormatError
from voldesk.model.quotes import NO_TIME, ChainSnapshot
from voldesk.wire.files.assemble import Sheet, check_sheet, choose_underlying, finish
from voldesk.wire.files.dates import KOLKATA, parse_instant
from voldesk.wire.files.india import underlying_of_name
from voldesk.wire.files.json_body import Bodies, decode_bodies, dig
from voldesk.wire.files.numerals import Numerals
from voldesk.wire.files.reader import Document, ReadHints

_FIELDS = {  # in order of preference; the names changed between the page's versions
    "symbol": ("identifier",),
    "expiry": ("expiryDate", "expiryDates"),
    "strike": ("strikePrice",),
    "last": ("lastPrice",),
    "bid": ("bidprice", "bidPrice", "buyPrice1"),
    "ask": ("askPrice", "askprice", "sellPrice1"),
    "bid_size": ("bidQty", "buyQuantity1"),
    "ask_size": ("askQty", "sellQuantity1"),
    "volume": ("totalTradedVolume",),
    "open_interest": ("openInterest",),
    "spot": ("underlyingValue",),
    "vendor_iv": ("impliedVolatility",),
}


def sniff(head: str) -> bool:
    """Say whether a JSON text begins as an NSE option chain."""
    is_body = '"records"' in head or '"filtered"' in head
    return is_body and any(key in head for key in ('"expiryDates"', '"strikePrice"', '"CE"'))


def read(document: Document, hints: ReadHints) -> ChainSnapshot:
    """
    Read an option chain body: all expiries under ``records``, or what ``filtered`` shows of them.

    Of several bodies (one per line) each row stands at the time of its own.

    Raises:
        FileFormatError: There is no strike with a CE or PE in it.
    """
    bodies = decode_bodies(document)
    sheet, underlyings, instants = _sheet(bodies)
    if not len(sheet):
        raise FileFormatError(
            f"{document.name} is not an NSE option chain: expected strikes with CE and PE under"
            " records.data, found none (the site answers {} outside its hours)"
        )
    rows = check_sheet(
        sheet, Numerals(), market=Market.INDIA, expiry=hints.expiry, problems=bodies.problems
    )
    rows.forget_zeros("vendor_iv", "bid", "ask", "last", "spot")
    rows.scale("vendor_iv", 0.01)
    underlying = choose_underlying(rows, underlyings, hints=hints, name=document.name)
    spots = rows.figure("spot")[rows.keep]
    spot = max(spots[spots > 0.0].tolist(), default=np.nan)
    stated = Numerals().value(dig(bodies.values[-1], "records", "underlyingValue"))
    return finish(
        rows,
        source="nse",
        name=document.name,
        market=Market.INDIA,
        underlying=underlying,
        hints=hints,
        as_of=rows.stand_at(instants),
        spot=stated if stated is not None and stated > 0.0 else spot,
    )


def _sheet(bodies: Bodies) -> tuple[Sheet, list[str], list[int]]:
    """Return the rows of all bodies, and of each row the underlying and its body's instant."""
    columns: dict[str, list[object]] = {name: [] for name in ("right", *_FIELDS)}
    lines: list[int] = []
    underlyings: list[str] = []
    instants: list[int] = []
    for body, line in zip(bodies.values, bodies.lines, strict=True):
        stamp = dig(body, "records", "timestamp")
        instant = (parse_instant(stamp, KOLKATA) or NO_TIME) if isinstance(stamp, str) else NO_TIME
        strikes = dig(body, "records", "data") or dig(body, "filtered", "data")
        for strike in strikes if isinstance(strikes, list) else ():
            for right in ("CE", "PE"):
                side = dig(strike, right)
                if not isinstance(side, dict) or not side:
                    continue
                columns["right"].append(right)
                for name, keys in _FIELDS.items():
                    columns[name].append(_first(side, keys, strike))
                lines.append(line)
                underlyings.append(underlying_of_name(side.get("underlying")))
                instants.append(instant)
    return Sheet(dict(columns), lines), underlyings, instants


def _first(side: dict[str, object], keys: tuple[str, ...], strike: object) -> object:
    """Return the first field a side has, or what its strike says in its place."""
    for place in (side, strike):
        for key in keys:
            value = dig(place, key)
            if value not in (None, "", 0):
                return value
    return next((side[key] for key in keys if key in side), None)
