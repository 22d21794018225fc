"""A folder of Lean's minute zips -> a recording, one day in memory at a time."""

import re
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Final

import numpy as np

from voldesk.model.clock import ManualClock
from voldesk.model.conventions import Profile, profile_named
from voldesk.model.enums import Exercise, Market
from voldesk.model.errors import ConfigError, StorageError, WireError
from voldesk.model.ids import contract_key
from voldesk.model.instruments import Contract, occ_symbol
from voldesk.model.listing import Listing
from voldesk.model.sessions import NS_PER_DAY
from voldesk.model.ticks import TickBatch
from voldesk.store.recorder import Recorder
from voldesk.wire.files.lean import Asset, Bars, Member, lean_members, read_lean

FEED_NAME: Final = "lean"

Progress = Callable[[int, int, str], object]
"""Called with zips done, zips in all, and the name of the one done last."""

_SHARES_PER_CONTRACT: Final = 100.0  # US options; India's lots are not in the files
_INDIAN: Final = frozenset({"NIFTY", "BANKNIFTY", "FINNIFTY", "MIDCPNIFTY", "SENSEX", "BANKEX"})
_ORDER: Final = (Bars.OPEN_INTEREST, Bars.TRADE, Bars.QUOTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """
    What an import read; every row became one tick.

    Attributes:
        counts: Rows by what they were: ``option quote``, ``equity trade``, ...
        contracts: Options listed.
        underlyings: Their underlyings, in order of the listing.
        days: Days read, ascending.
        zips: Zips read.
        passed_over: Files that are not of their zip's own day, as ``zip:file``.
        skipped: Zips without minute bars.
    """

    counts: dict[str, int]
    contracts: int
    underlyings: tuple[str, ...]
    days: tuple[date, ...]
    zips: int
    passed_over: tuple[str, ...]
    skipped: tuple[str, ...]

    @property
    def ticks(self) -> int:
        """Count the ticks recorded."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class _Source:
    """One zip, known by its names: all its members are of one day, asset and kind of bars."""

    path: Path
    asset: Asset
    market: Market
    members: tuple[Member, ...]

    @property
    def day(self) -> date:
        return self.members[0].day

    @property
    def is_option(self) -> bool:
        return self.asset in {Asset.OPTION, Asset.INDEX_OPTION}

    @property
    def rank(self) -> tuple[date, bool, int, str]:
        """Order of days, and of what comes first at one instant: the underlying's price."""
        return (self.day, self.is_option, _ORDER.index(self.members[0].bars), str(self.path))


def import_lean(folder: Path, out: Path, *, progress: Progress | None = None) -> ImportReport:
    """
    Record every minute bar below a folder; `wire.files.lean` tells what becomes of a bar.

    The folder is a Lean data folder or a part of one: a folder on the way to a zip says ``index``
    or ``equity``, and ``india`` where it is not the US. Ticks of a day are merged by time, the
    underlying's first; a day is held in memory. The recording appears under its name when it is
    complete. Importing the same files twice gives the same ticks in the same order.

    Args:
        folder: Where the zips lie, at any depth.
        out: The recording; must not be there yet.
        progress: Told after each zip.

    Raises:
        ConfigError: There is nothing to import, the recording exists already, or no folder says
            whether a zip is of an index or an equity.
        WireError: A zip is damaged or holds something else than its name says.
        StorageError: A zip cannot be read, or the recording not be written.
    """
    if out.exists():
        raise ConfigError(f"{out} is there already: remove it, or import under another name")
    sources, passed_over, skipped = _find(folder)
    instruments = _Instruments(sources)
    unfinished = out.with_name(out.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        counts = _record(sources, instruments, unfinished, progress)
        unfinished.rename(out)
    except OSError as exc:
        raise StorageError(f"{folder} cannot be imported into {out}: {exc}") from exc
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return ImportReport(
        counts=dict(sorted(counts.items())),
        contracts=int(instruments.listing.is_option.sum()),
        underlyings=instruments.listing.underlyings,
        days=tuple(dict.fromkeys(source.day for source in sources)),
        zips=len(sources),
        passed_over=tuple(passed_over),
        skipped=tuple(skipped),
    )


def _find(folder: Path) -> tuple[list[_Source], list[str], list[str]]:
    """Return the zips to read in their order, the files passed over, the zips without bars."""
    sources: list[_Source] = []
    passed_over: list[str] = []
    skipped: list[str] = []
    for path in sorted(folder.rglob("*.zip")):
        name = str(path.relative_to(folder))
        words = _words(folder, path)
        market = Market.INDIA if "india" in words else Market.US
        members, foreign = lean_members(_bytes(path), name, market)
        if market is Market.US and members and members[0].ticker in _INDIAN:
            market = Market.INDIA
            members, foreign = lean_members(_bytes(path), name, market)
        passed_over.extend(f"{name}:{inside}" for inside in foreign)
        if members:
            asset = _asset(words, members[0], path)
            sources.append(_Source(path, asset, market, tuple(members)))
        else:
            skipped.append(name)
    if not sources:
        raise ConfigError(f"{folder} holds no zip of Lean minute bars")
    return sorted(sources, key=lambda source: source.rank), passed_over, skipped


def _words(folder: Path, path: Path) -> list[str]:
    """Return the words of the folders a zip lies in, the nearest first."""
    names = [folder.resolve().name, *path.relative_to(folder).parts[:-1]]
    return [word for name in reversed(names) for word in re.split(r"[^a-z]+", name.lower())]


def _asset(words: Sequence[str], member: Member, path: Path) -> Asset:
    """
    Return what a zip holds: its names tell an option, the nearest folder's word the rest.

    Raises:
        ConfigError: No folder says so.
    """
    if member.contract is not None:
        return Asset.INDEX_OPTION if Asset.INDEX_OPTION in words else Asset.OPTION
    for word in words:
        if word in {Asset.EQUITY, Asset.INDEX}:
            return Asset(word)
    raise ConfigError(f"{path} may be of an index or an equity: put it below a folder named so")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise StorageError(f"{path} cannot be read: {exc}") from exc


class _Instruments:
    """
    The listing of an import, and which instrument a file is of.

    Underlyings come first, then contracts; each in the order of their keys.
    """

    def __init__(self, sources: Sequence[_Source]) -> None:
        contracts: dict[str, Contract] = {}
        markets: dict[str, Market] = {}
        american: set[str] = set()
        for source in sources:
            for member in source.members:
                underlying = _underlying(member)
                markets.setdefault(underlying, source.market)
                if member.contract is not None:
                    contracts.setdefault(contract_key(member.contract), member.contract)
                if member.exercise is Exercise.AMERICAN:
                    american.add(underlying)
        options = [contracts[key] for key in sorted(contracts)]
        self.listing = _listing(dict(sorted(markets.items())), options)
        self.profiles = {
            underlying: _profile(market, is_american=underlying in american)
            for underlying, market in markets.items()
        }
        self._row_of = {key: row for row, key in enumerate(self.listing.key)}

    def row(self, member: Member, market: Market) -> int:
        """Return the instrument a file is of."""
        if member.contract is not None:
            return self._row_of[contract_key(member.contract)]
        return self._row_of[_underlying_key(member.ticker, market)]


def _underlying(member: Member) -> str:
    return member.ticker if member.contract is None else member.contract.underlying


def _underlying_key(underlying: str, market: Market) -> str:
    return f"{market} {underlying}"


def _profile(market: Market, *, is_american: bool) -> Profile:
    """Return the default conventions, with what the files know better."""
    exercise = Exercise.AMERICAN if is_american else Exercise.EUROPEAN
    return replace(profile_named("default"), market=market, exercise=exercise)


def _listing(markets: dict[str, Market], options: Sequence[Contract]) -> Listing:
    blank = [""] * len(markets)
    return Listing.build(
        key=[
            *(_underlying_key(name, market) for name, market in markets.items()),
            *map(contract_key, options),
        ],
        symbol=[*markets, *map(_symbol, options)],
        underlying=[*markets, *(option.underlying for option in options)],
        market=[*markets.values(), *(option.market for option in options)],
        root=[*markets, *(option.root for option in options)],
        expiry=np.array([*blank, *(option.expiry.isoformat() for option in options)], "M8[D]"),
        is_call=[*(False for _ in markets), *(option.is_call for option in options)],
        strike=[*(np.nan for _ in markets), *(option.strike for option in options)],
        is_option=np.arange(len(markets) + len(options)) >= len(markets),
        multiplier=[*(1.0 for _ in markets), *map(_multiplier, options)],
    )


def _symbol(option: Contract) -> str:
    """Return the OCC symbol; Lean names no contract, so one that has none goes by its key."""
    try:
        return occ_symbol(option)
    except WireError:
        return contract_key(option)


def _multiplier(option: Contract) -> float:
    return _SHARES_PER_CONTRACT if option.market is Market.US else np.nan


def _record(
    sources: Sequence[_Source],
    instruments: _Instruments,
    out: Path,
    progress: Progress | None,
) -> Counter[str]:
    """Write all ticks and return how many rows there were of each kind."""
    counts: Counter[str] = Counter()
    begin = (sources[0].day - date(1970, 1, 1)).days * NS_PER_DAY
    done = 0
    with Recorder(
        out, instruments.listing, instruments.profiles, feed=FEED_NAME, clock=ManualClock(begin)
    ) as recorder:
        for _, of_day in groupby(sources, key=lambda source: source.day):
            today = list(of_day)
            traded = {_spot_of(one) for one in today if one.members[0].bars is Bars.TRADE}
            parts: list[TickBatch] = []
            for source in today:
                ticks = _ticks(source, instruments, is_mid_spot=_spot_of(source) not in traded)
                counts[f"{source.asset} {source.members[0].bars}"] += len(ticks)
                parts.append(ticks)
                done += 1
                if progress is not None:
                    progress(done, len(sources), source.path.name)
            merged = np.concatenate(parts)
            order = np.argsort(merged["ts_recv"], kind="stable")
            recorder.write(merged[order], wait=True)
    return counts


def _spot_of(source: _Source) -> str:
    """Name the equity or index a zip is of, nothing for options."""
    return "" if source.is_option else source.members[0].ticker


def _ticks(source: _Source, instruments: _Instruments, *, is_mid_spot: bool) -> TickBatch:
    """Return the ticks of a zip, numbered as the listing does."""
    read = read_lean(
        _bytes(source.path),
        source.path.name,
        asset=source.asset,
        market=source.market,
        is_mid_spot=is_mid_spot and not source.is_option,
    )
    rows = np.array(
        [instruments.row(member, source.market) for member in read.members], dtype=np.int32
    )
    read.ticks["instrument"] = rows[read.ticks["instrument"]]
    return read.ticks
