"""Upstox option chains: REST bodies of ``/v2/option/chain``, one or several expiries."""

from collections.abc import Iterator

from voldesk.model.enums import Market
from voldesk.model.errors import FileFormatError
from voldesk.model.quotes import NO_TIME, ChainSnapshot
from voldesk.wire.files.assemble import Sheet, check_sheet, choose_underlying, finish
from voldesk.wire.files.dates import KOLKATA, parse_instant
from voldesk.wire.files.india import is_isin, underlying_of_name
from voldesk.wire.files.json_body import Bodies, decode_bodies, dig, looks_like_json
from voldesk.wire.files.numerals import Numerals
from voldesk.wire.files.reader import Document, Reader, ReadHints

_TITLE = "an Upstox option chain"
_SIDES = {"call_options": "CE", "put_options": "PE"}
_MARKET_DATA = {
    "last": "ltp", "bid": "bid_price", "ask": "ask_price", "bid_size": "bid_qty",
    "ask_size": "ask_qty", "volume": "volume", "open_interest": "oi",
}  # fmt: skip
_GREEKS = ("iv", "delta", "gamma", "theta", "vega", "rho")
_INSTANTS = ("as_of", "timestamp", "fetched_at", "time")
_MAX_DEPTH = 6


def sniff(head: str, name: str) -> bool:
    """Say whether a text begins as an Upstox option chain."""
    del name
    return looks_like_json(head) and ('"call_options"' in head or '"put_options"' in head)


def read(document: Document, hints: ReadHints) -> ChainSnapshot:
    """
    Read option chain bodies: one, a list or an object of several, or one per line.

    Upstox prints no time; ``as_of`` is a ``timestamp``, ``as_of`` or ``fetched_at`` beside the
    body (without a zone: IST), else the hint; where bodies differ, each row stands at its body's.
    A bid or ask of 0 with no quantity behind it, a last
    price and an IV of 0 mean that there is none. IV is in percent, vega per vol point, theta per
    calendar day.

    Raises:
        FileFormatError: No body holds strikes with call_options or put_options.
    """
    bodies = decode_bodies(document)
    sheet, underlyings, instants = _sheet(bodies)
    if not len(sheet):
        raise FileFormatError(
            f"{document.name} is not {_TITLE}: expected strikes with call_options and put_options"
            f" under data, found {_shape(bodies.values[0])}"
        )
    rows = check_sheet(
        sheet, Numerals(), market=Market.INDIA, expiry=hints.expiry, problems=bodies.problems
    )
    for price, size in (("bid", "bid_size"), ("ask", "ask_size")):
        rows.forget(price, (rows.figure(price) == 0.0) & ~(rows.figure(size) > 0.0))
    rows.forget_zeros("last", "vendor_iv")
    rows.scale("vendor_iv", 0.01)
    if hints.underlying is not None and all(map(is_isin, underlyings)):
        underlyings = [hints.underlying] * len(underlyings)
    underlying = choose_underlying(rows, underlyings, hints=hints, name=document.name)
    as_of = rows.stand_at(instants)
    return finish(
        rows,
        source="upstox",
        name=document.name,
        market=Market.INDIA,
        underlying=underlying,
        hints=hints,
        as_of=as_of,
        spot=rows.latest_spot(),
    )


def _sheet(bodies: Bodies) -> tuple[Sheet, list[str], list[int]]:
    """Return the rows of all bodies, and of each row the underlying and its body's instant."""
    names = ("symbol", "expiry", "right", "strike", "spot", *_MARKET_DATA)
    columns: dict[str, list[object]] = {name: [] for name in names}
    columns.update({f"vendor_{name}": [] for name in _GREEKS})
    lines: list[int] = []
    underlyings: list[str] = []
    instants: list[int] = []
    for value, line in zip(bodies.values, bodies.lines, strict=True):
        for instant, strike in _strikes(value, NO_TIME, _MAX_DEPTH):
            for key, right in _SIDES.items():
                side = strike.get(key)
                if not isinstance(side, dict):
                    continue
                columns["symbol"].append(side.get("instrument_key"))
                columns["expiry"].append(strike.get("expiry"))
                columns["right"].append(right)
                columns["strike"].append(strike.get("strike_price"))
                columns["spot"].append(strike.get("underlying_spot_price"))
                for name, field in _MARKET_DATA.items():
                    columns[name].append(dig(side, "market_data", field))
                for name in _GREEKS:
                    columns[f"vendor_{name}"].append(dig(side, "option_greeks", name))
                lines.append(line)
                underlyings.append(underlying_of_name(strike.get("underlying_key")))
                instants.append(instant)
    if all(cell is None for cell in columns["expiry"]):
        del columns["expiry"]  # leaves the place to the hint
    return Sheet(dict(columns), lines), underlyings, instants


def _strikes(value: object, instant: int, depth: int) -> Iterator[tuple[int, dict[str, object]]]:
    """Find the strikes of a body wherever it was wrapped, with the instant beside the wrapping."""
    if depth == 0:
        return
    if isinstance(value, dict):
        instant = _own_instant(value) or instant
        if any(key in value for key in _SIDES):
            yield instant, value
            return
        inner = list(value.values())
    else:
        inner = value if isinstance(value, list) else []
    for item in inner:
        if isinstance(item, (dict, list)):
            yield from _strikes(item, instant, depth - 1)


def _own_instant(value: dict[str, object]) -> int:
    instants = [NO_TIME]
    for key in _INSTANTS:
        cell = value.get(key)
        if isinstance(cell, (str, int, float)) and not isinstance(cell, bool):
            instants.append(parse_instant(cell, KOLKATA) or NO_TIME)
    return max(instants)


def _shape(value: object) -> str:
    if isinstance(value, dict):
        status = value.get("errors") or value.get("message")
        if status:
            return f"an error: {str(status)[:120]}"
        return f"an object with {', '.join(map(str, list(value)[:8])) or 'no keys'}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return f"{str(value)[:40]!r}"


READER = Reader("upstox", _TITLE, sniff, read)
