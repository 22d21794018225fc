"""
Minute bars of QuantConnect's Lean, zipped by day -> ticks.

A bar's row begins at the time it is stamped with and becomes one tick at its close, a minute
later, with its closing bid and ask (or price). Traps, each found in Lean's own sample data:

- prices of equities and options are written in 1/10000, those of an index as they are;
- times are milliseconds since local midnight: of options and equities in New York, of US indices
  in Chicago, of everything Indian in Kolkata;
- an empty bid or ask means that there was none, and its size is printed as 0;
- some zips are named ``.zip.zip``; some hold the day's bars twice, once under the next day's name.

Source: the sample data of QuantConnect/Lean (Data/).
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.csv

from voldesk.model.contracts import Contract
from voldesk.model.enums import Exercise, Market, Right
from voldesk.model.errors import FileFormatError, WireError
from voldesk.model.quotes import DateArray, FloatArray, IntArray
from voldesk.model.roots import underlying_of_root
from voldesk.model.sessions import NS_PER_HOUR, NS_PER_MINUTE, NS_PER_SECOND
from voldesk.model.ticks import Field, TickBatch, TickKind, empty_batch
from voldesk.wire.files.unpack import MAX_UNPACKED_BYTES

SCALE: Final = 10_000
"""Units of a written price, and of the strike in a name, per unit of currency."""

_NS_PER_MS: Final = 1_000_000
_MS_PER_DAY: Final = 86_400_000
_NEW_YORK: Final = ZoneInfo("America/New_York")
_CHICAGO: Final = ZoneInfo("America/Chicago")
_KOLKATA: Final = ZoneInfo("Asia/Kolkata")


class Asset(StrEnum):
    """What a folder of Lean data holds; only the folder tells an index from an equity."""

    OPTION = "option"
    INDEX_OPTION = "indexoption"
    EQUITY = "equity"
    INDEX = "index"


class Bars(StrEnum):
    """What the rows of a file are."""

    QUOTE = "quote"
    TRADE = "trade"
    OPEN_INTEREST = "openinterest"


_WIDTH: Final = {Bars.QUOTE: 11, Bars.TRADE: 6, Bars.OPEN_INTEREST: 2}

_NAME: Final = re.compile(
    r"(?P<day>\d{8})_(?P<ticker>[a-z0-9.\-]+)_minute_(?P<bars>quote|trade|openinterest)"
    r"(?:_(?P<exercise>american|european)_(?P<right>call|put)_(?P<strike>\d+)_(?P<expiry>\d{8}))?"
    r"\.csv",
    re.ASCII | re.IGNORECASE,
)
_ZIP_DAY: Final = re.compile(r"(?:^|_)(\d{8})_")


@dataclass(frozen=True, slots=True)
class Member:
    """
    What the name of a file says.

    Attributes:
        day: The local day its times count from.
        ticker: What it is of, upper case: the underlying, or the root of the option.
        bars: What its rows are.
        contract: The option, None for an equity or index.
        exercise: How it may be exercised, None for an equity or index.
    """

    day: date
    ticker: str
    bars: Bars
    contract: Contract | None = None
    exercise: Exercise | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LeanZip:
    """
    The ticks of one zip.

    Attributes:
        members: The files read, one instrument each.
        ticks: Sorted by time; ``instrument`` is the place in ``members``.
        passed_over: Names of members that are not of the zip's own day.
    """

    members: tuple[Member, ...]
    ticks: TickBatch
    passed_over: tuple[str, ...] = ()


def parse_member(name: str, market: Market) -> Member:
    """
    Read the name of a file in a zip of minute bars.

    Raises:
        WireError: It is no such name.
    """
    parts = _NAME.fullmatch(PurePosixPath(name).name)
    if parts is None:
        raise WireError(f"{name!r} is no file of minute bars, expected yyyymmdd_ticker_minute_...")
    ticker, bars = parts["ticker"].upper(), Bars(parts["bars"].lower())
    day = _day(parts["day"], name)
    if parts["right"] is None:
        if bars is Bars.OPEN_INTEREST:
            raise WireError(f"{name!r} is open interest of no contract")
        return Member(day, ticker, bars)
    contract = Contract(
        underlying=underlying_of_root(ticker, market),
        root=ticker,
        expiry=_day(parts["expiry"], name),
        right=Right(parts["right"][0].upper()),
        strike=int(parts["strike"]) / SCALE,
        market=market,
    )
    return Member(day, ticker, bars, contract, Exercise(parts["exercise"].lower()))


def lean_members(data: bytes, name: str, market: Market) -> tuple[list[Member], list[str]]:
    """
    Return what a zip holds of its own day, and the names of its files of another day.

    The day is the one in the zip's name; without one the files are of one day. A zip without any
    file of minute bars gives no members.

    Raises:
        FileFormatError: It is no zip, damaged, or holds bars of other days only.
        WireError: A file's name holds an impossible date.
    """
    with _opened(data, name) as archive:
        members, passed_over = _own_members(archive, name, market)
        return [member for _, member in members], passed_over


def read_lean(
    data: bytes, name: str, *, asset: Asset, market: Market, is_mid_spot: bool = False
) -> LeanZip:
    """
    Return the ticks of a zip of minute bars; every row becomes exactly one.

    An option's quote bar is a QUOTE (bid, ask and sizes; NaN where there was none), its trade bar
    a TRADE (last, and the day's volume so far), its open interest stands at the row's own time.
    An equity or index gives SPOT: of a trade bar the price (and volume; an index has none), of a
    quote bar bid, ask and sizes.

    Args:
        data: The zip's bytes.
        name: Its name, for its day and for messages.
        asset: What it holds; decides scale and zone.
        market: Whose it is; decides the zone.
        is_mid_spot: A two-sided quote of the underlying also gives its price, the mid: for a day
            that has no trades.

    Raises:
        FileFormatError: As for `lean_members`; or a row is not what its kind says.
        WireError: A file's name holds an impossible date.
    """
    with _opened(data, name) as archive:
        named, passed_over = _own_members(archive, name, market)
        bodies = [_body(archive.read(inside)) for inside, _ in named]
    members = tuple(member for _, member in named)
    days = np.array([member.day for member in members], dtype="datetime64[D]")
    counts = np.array([body.count(b"\n") for body in bodies], dtype=np.int64)
    parts = [empty_batch(0)]
    for bars in Bars:
        chosen = [i for i, member in enumerate(members) if member.bars is bars and counts[i]]
        if chosen:
            columns = _columns(b"".join(bodies[i] for i in chosen), bars, name)
            owner = np.repeat(np.array(chosen), counts[chosen])
            ticks = _MAKERS[bars](columns, owner, asset)
            ticks["instrument"] = owner
            ticks["ts_event"] = ticks["ts_recv"] = _stamps(
                columns[0], days[owner], bars, _zone(asset, market)
            )
            if is_mid_spot and bars is Bars.QUOTE:
                _put_mid(ticks)
            parts.append(ticks)
    joined = np.concatenate(parts)
    order = np.argsort(joined["ts_recv"], kind="stable")
    return LeanZip(members, joined[order], tuple(passed_over))


def _day(text: str, name: str) -> date:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise WireError(f"{name!r} names the day {text}: no such date") from None


@contextmanager
def _opened(data: bytes, name: str) -> Iterator[zipfile.ZipFile]:
    """Open a zip, and translate all that can be wrong with it and its members."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(info.file_size for info in archive.infolist())
            if size > MAX_UNPACKED_BYTES:
                raise FileFormatError(
                    f"{name} unpacks to {size} bytes, at most {MAX_UNPACKED_BYTES} are read"
                )
            yield archive
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        RuntimeError,  # an encrypted member
        NotImplementedError,  # a compression method zipfile does not know
    ) as exc:
        raise FileFormatError(f"{name} is a damaged or locked zip file: {exc}") from exc


def _own_members(
    archive: zipfile.ZipFile, name: str, market: Market
) -> tuple[list[tuple[str, Member]], list[str]]:
    """Return the files of minute bars of the zip's own day, and those of another."""
    named = [
        (inside, parse_member(inside, market))
        for inside in archive.namelist()
        if _NAME.fullmatch(PurePosixPath(inside).name)
    ]
    dated = _ZIP_DAY.search(PurePosixPath(name).name)
    days = {member.day for _, member in named}
    if dated is None and len(days) > 1:
        raise FileFormatError(f"{name} holds bars of {len(days)} days and names none of them")
    day = _day(dated[1], name) if dated else next(iter(days), None)
    own = [(inside, member) for inside, member in named if member.day == day]
    if named and not own:
        raise FileFormatError(f"{name} holds {named[0][0]} and no file of its own day")
    return own, [inside for inside, member in named if member.day != day]


def _body(data: bytes) -> bytes:
    """Return rows that each end in one line feed, nothing for a file without any."""
    rows = data.replace(b"\r", b"").strip(b"\n ")
    while b"\n\n" in rows:
        rows = rows.replace(b"\n\n", b"\n")
    return rows + b"\n" if rows else b""


def _columns(body: bytes, bars: Bars, name: str) -> list[FloatArray]:
    """Return the columns of rows, NaN where a cell is empty."""
    names = [str(number) for number in range(_WIDTH[bars])]
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(body),
            read_options=pyarrow.csv.ReadOptions(column_names=names, use_threads=False),
            parse_options=pyarrow.csv.ParseOptions(quote_char=False),  # a line is a row
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.float64()), null_values=[""]
            ),
        )
    except pa.ArrowInvalid as exc:
        raise FileFormatError(f"{name} holds a row that is no {bars} bar: {exc}") from exc
    columns = [column.to_numpy() for column in table.columns]
    if not ((columns[0] >= 0) & (columns[0] < _MS_PER_DAY)).all():
        raise FileFormatError(f"{name} holds a time outside 0 to {_MS_PER_DAY} ms since midnight")
    if any(np.isinf(column).any() for column in columns):
        raise FileFormatError(f"{name} holds an infinite number")
    return columns


def _zone(asset: Asset, market: Market) -> ZoneInfo:
    if market is Market.INDIA:
        return _KOLKATA
    return _CHICAGO if asset is Asset.INDEX else _NEW_YORK


def _stamps(ms: FloatArray, days: DateArray, bars: Bars, zone: ZoneInfo) -> IntArray:
    """
    Return when rows became known, UTC ns: a bar at its close.

    Zones change their offset at whole hours only. An hour that a zone has twice is taken as the
    first, one that it skips as before the change.
    """
    midnights = days.astype("datetime64[ns]").astype(np.int64)
    if bars is not Bars.OPEN_INTEREST:
        midnights += NS_PER_MINUTE
    local = midnights + ms.astype(np.int64) * _NS_PER_MS
    hours, which = np.unique(local // NS_PER_HOUR, return_inverse=True)
    epoch = datetime(1970, 1, 1, tzinfo=zone)
    offsets: list[int] = []
    for hour in hours.tolist():
        offset = (epoch + timedelta(hours=hour)).utcoffset()
        assert offset is not None
        offsets.append(int(offset.total_seconds()) * NS_PER_SECOND)
    utc: IntArray = local - np.array(offsets, dtype=np.int64)[which]
    return utc


def _of_quotes(columns: Sequence[FloatArray], _: IntArray, asset: Asset) -> TickBatch:
    scale = _scale(asset)
    ticks = empty_batch(len(columns[0]))
    ticks["kind"] = TickKind.QUOTE if _is_option(asset) else TickKind.SPOT
    ticks["present"] = Field.BID | Field.ASK | Field.BID_SIZE | Field.ASK_SIZE
    for side, close, size in (("bid", 4, 5), ("ask", 9, 10)):
        ticks[side] = columns[close] / scale
        ticks[side + "_size"] = np.where(np.isnan(columns[close]), np.nan, columns[size])
    return ticks


def _of_trades(columns: Sequence[FloatArray], owner: IntArray, asset: Asset) -> TickBatch:
    ticks = empty_batch(len(columns[0]))
    ticks["kind"] = TickKind.TRADE if _is_option(asset) else TickKind.SPOT
    ticks["present"] = Field.LAST
    ticks["last"] = columns[4] / _scale(asset)
    if asset is not Asset.INDEX:  # what an index file counts there is its own updates
        ticks["present"] = Field.LAST | Field.VOLUME
        ticks["volume"] = _running(np.nan_to_num(columns[5]), owner)
    return ticks


def _of_open_interest(columns: Sequence[FloatArray], _: IntArray, __: Asset) -> TickBatch:
    ticks = empty_batch(len(columns[0]))
    ticks["kind"] = TickKind.OPEN_INTEREST
    ticks["present"] = Field.OPEN_INTEREST
    ticks["open_interest"] = columns[1]
    return ticks


_MAKERS: Final[dict[Bars, Callable[[Sequence[FloatArray], IntArray, Asset], TickBatch]]] = {
    Bars.QUOTE: _of_quotes,
    Bars.TRADE: _of_trades,
    Bars.OPEN_INTEREST: _of_open_interest,
}


def _is_option(asset: Asset) -> bool:
    return asset in {Asset.OPTION, Asset.INDEX_OPTION}


def _scale(asset: Asset) -> int:
    return 1 if asset is Asset.INDEX else SCALE


def _running(counts: FloatArray, owner: IntArray) -> FloatArray:
    """Return the sum of each owner's counts so far; an owner's rows stand together."""
    total = np.cumsum(counts)
    is_first = np.r_[True, owner[1:] != owner[:-1]]
    before = (total - counts)[is_first]
    running: FloatArray = total - np.repeat(before, np.diff(np.flatnonzero(np.r_[is_first, True])))
    return running


def _put_mid(ticks: TickBatch) -> None:
    """Give the underlying a price where both sides of its quote are there."""
    mid = (ticks["bid"] + ticks["ask"]) / 2
    is_known = ~np.isnan(mid)
    ticks["last"][is_known] = mid[is_known]
    ticks["present"][is_known] |= np.uint32(Field.LAST)
