"""The JSON body behind CBOE's delayed quote pages, ``delayed_quotes/options/_SPX.json``."""

import re
from datetime import UTC

import numpy as np

from voldesk.model.enums import Market
from voldesk.model.errors import FileFormatError
from voldesk.model.instruments import underlying_of_root
from voldesk.model.quotes import NO_TIME, ChainSnapshot, RowProblem
from voldesk.wire.files.assemble import Sheet, check_sheet, choose_underlying, finish
from voldesk.wire.files.cboe_header import quote_instant
from voldesk.wire.files.dates import parse_instant
from voldesk.wire.files.json_body import Bodies, decode_bodies, dig
from voldesk.wire.files.numerals import Numerals
from voldesk.wire.files.reader import Document, ReadHints

_FIELDS = {
    "symbol": "option", "bid": "bid", "ask": "ask", "bid_size": "bid_size", "ask_size": "ask_size",
    "last": "last_trade_price", "mark": "theo", "volume": "volume",
    "open_interest": "open_interest", "vendor_iv": "iv", "vendor_delta": "delta",
    "vendor_gamma": "gamma", "vendor_theta": "theta", "vendor_vega": "vega", "vendor_rho": "rho",
}  # fmt: skip
_OPTION = re.compile(r'"option"\s*:\s*"')
_OCC = re.compile(r"(?P<root>[A-Z0-9]{1,6}) *(?P<day>[0-9]{6})(?P<right>[CP])(?P<strike>[0-9]{8})")
_TERMS = ("root", "expiry", "right", "strike")
_MARKS = "^_$"


def sniff(head: str) -> bool:
    """Say whether a JSON text begins as a body of delayed quotes."""
    return '"options"' in head and _OPTION.search(head) is not None


def read(document: Document, hints: ReadHints) -> ChainSnapshot:
    """
    Read a body: ``{"timestamp", "data": {"symbol", "current_price", "options": [...]}}``.

    Contracts are named in OCC's way and nothing else tells their terms. ``timestamp`` is the
    time of the download in UTC, and ``as_of`` what `quote_instant` makes of it; of several bodies
    (one per line) each row stands at the time and the spot of its own. ``theo`` is the mark. An IV
    and a theo of 0 mean that there is none, so does a last price of 0 without volume.

    Raises:
        FileFormatError: There is no option under data.options.
    """
    bodies = decode_bodies(document)
    sheet, underlyings, instants = _sheet(bodies)
    if not len(sheet):
        raise FileFormatError(
            f"{document.name} is no body of CBOE's delayed quotes: expected options under"
            " data.options, found none"
        )
    rows = check_sheet(sheet, Numerals(), market=Market.US, problems=bodies.problems)
    rows.forget_zeros("vendor_iv", "mark", "spot")
    rows.forget("last", (rows.figure("last") == 0.0) & ~(rows.figure("volume") > 0.0))
    underlying = choose_underlying(rows, underlyings, hints=hints, name=document.name)
    as_of = rows.stand_at(instants)
    spot = rows.latest_spot()
    if len(bodies.values) == 1:
        del rows.figures["spot"]  # the chain's, which the operator may overrule
    return finish(
        rows,
        source="cboe",
        name=document.name,
        market=Market.US,
        underlying=underlying,
        hints=hints,
        as_of=as_of,
        spot=spot,
    )


def _sheet(bodies: Bodies) -> tuple[Sheet, list[str], list[int]]:
    """Return the rows of all bodies, and of each row the underlying and its body's instant."""
    columns: dict[str, list[object]] = {name: [] for name in (*_TERMS, "spot", *_FIELDS)}
    lines: list[int] = []
    underlyings: list[str] = []
    instants: list[int] = []
    for body, line in zip(bodies.values, bodies.lines, strict=True):
        options = dig(body, "data", "options")
        listed = options if isinstance(options, list) else []
        rows = [option for option in listed if isinstance(option, dict)]
        for option in rows:
            for name, cell in zip(_TERMS, _terms(option.get("option")), strict=True):
                columns[name].append(cell)
        for name, field in _FIELDS.items():
            columns[name] += [option.get(field) for option in rows]
        columns["spot"] += [_spot(body)] * len(rows)
        lines += [line] * len(rows)
        underlyings += [_symbol(body)] * len(rows)
        instants += [_instant(body, line, bodies.problems)] * len(rows)
    roots = [str(root) for root in columns["root"]]
    of_root = {root: underlying_of_root(root) if root else "" for root in set(roots)}
    named = [text or of_root[root] for text, root in zip(underlyings, roots, strict=True)]
    return Sheet(dict(columns), lines), named, instants


def _terms(symbol: object) -> tuple[object, ...]:
    """Return root, expiry, right and strike; of a name that tells none the name as the strike."""
    found = _OCC.fullmatch(symbol) if isinstance(symbol, str) else None
    if found is None:
        return "", "", "", symbol
    return found["root"], f"20{found['day']}", found["right"], int(found["strike"]) / 1000.0


def _symbol(body: object) -> str:
    for symbol in (dig(body, "data", "symbol"), dig(body, "symbol")):
        if isinstance(symbol, str) and symbol.strip():
            return symbol.strip().lstrip(_MARKS).upper()
    return ""


def _spot(body: object) -> float:
    """Return the level of the underlying, or the middle of its bid and ask."""
    level, bid, ask = (
        number if number is not None and number > 0.0 else np.nan
        for name in ("current_price", "bid", "ask")
        for number in (Numerals().value(dig(body, "data", name)),)
    )
    return level if level > 0.0 else (bid + ask) / 2.0


def _instant(body: object, line: int, problems: list[RowProblem]) -> int:
    stamp = dig(body, "timestamp")
    instant = parse_instant(stamp, UTC) if isinstance(stamp, str) else NO_TIME
    if instant is None:
        problems.append(RowProblem(line, f"the time of the quotes cannot be read: {stamp!r}"))
    return quote_instant(instant) if instant else NO_TIME
