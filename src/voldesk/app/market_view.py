"""How contracts stand now, read off the pump's chains when somebody asks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import nan
from typing import Final

from voldesk.chain.table import ChainTable
from voldesk.model.contracts import Contract
from voldesk.model.enums import Market, Right, Status
from voldesk.model.errors import ConfigError, WireError
from voldesk.model.ids import contract_key
from voldesk.model.instruments import parse_symbol
from voldesk.model.ports.feed import HoldingFeed
from voldesk.model.quotes import NO_TIME
from voldesk.model.roots import underlying_of_root
from voldesk.model.sessions import is_open
from voldesk.model.ticks import DataType
from voldesk.pipeline.lane import Source
from voldesk.pipeline.pump import Pump
from voldesk.pricing.layout import NEVER
from voldesk.trading.carry import Carry
from voldesk.trading.marks import Mark

_NS_PER_SECOND: Final = 1e9
_DELAYED: Final = frozenset({DataType.DELAYED, DataType.DELAYED_FROZEN})
_SHOWN: Final = 12  # names listed in an error
_SPELLED: Final = re.compile(r"(\S+) (\d{4}-\d\d-\d\d) ([CPcp]) (\d{1,9}(?:\.\d{1,6})?)", re.ASCII)
_CURRENCIES: Final = {
    Market.US: "USD",
    Market.CME: "USD",
    Market.INDIA: "INR",
    Market.DERIBIT: "USD",
}


@dataclass(frozen=True, slots=True)
class _Index:
    """
    Where the contracts of one book stand.

    Attributes:
        instrument: That of the underlying itself in the listing, None where it has none.
    """

    source: Source
    rows: dict[str, int]
    symbols: dict[str, str]
    key: str
    instrument: int | None


class MarketView:
    """
    Shows contracts as the published chains have them; nothing is done until one is asked for.

    Fills ``Marks`` and ``Carries``. The time is that of the chains, which a fast market has of its
    own. Of a feed whose quotes hold until the next one, a quote is as old as the last tick of its
    underlying: that the feed still tells is what confirms it. So it is of a contract that a
    `HoldingFeed` holds. Of others it is as old as the row's own last quote, by when it was
    received, or by the venue's stamp where that is older. A quote that is STALE or delayed, or
    whose feed has gone, has no age at all.

    Args:
        pump: Owns the chains.
        is_ageless: Quotes hold until the next one.
        always_open: Feeds that trade outside the sessions of their markets.
    """

    def __init__(
        self, pump: Pump, *, is_ageless: bool, always_open: frozenset[str] = frozenset()
    ) -> None:
        self._pump = pump
        self._is_ageless = is_ageless
        self._always_open = always_open
        self._indices: dict[str, _Index] = {}
        self._owners: dict[str, str] = {}  # key to underlying

    def mark(self, key: str) -> Mark | None:
        """Return how a contract or an underlying stands, None where no chain has it."""
        index = self._find(key)
        if index is None:
            return None
        row = index.rows.get(key)
        return self._underlying_mark(index) if row is None else self._row_mark(index, key, row)

    def carry(self, key: str) -> Carry | None:
        """Return what a contract's price is made of beside spot and vol; None as of `mark`."""
        index = self._find(key)
        row = None if index is None else index.rows.get(key)
        if index is None or row is None:
            return None
        rows = index.source.book.table.rows
        return Carry(
            forward=float(rows.forward[row]),
            discount=float(rows.discount[row]),
            years=float(rows.years[row]),
        )

    def key_of(self, name: str) -> str:
        """
        Return the key of a contract or an underlying that some chain has.

        Args:
            name: ``AMZN 2026-01-16 C 200``, an OSI symbol, the venue's symbol, a key, or an
                underlying.

        Raises:
            ConfigError: There is none; the message says what there is.
        """
        for key in self._candidates(name.strip()):
            if self._find(key) is not None:
                return key
        raise ConfigError(self._missing(name))

    def _find(self, key: str) -> _Index | None:
        """Return where a key stands, looking anew where chains have changed hands."""
        underlying = self._owners.get(key)
        if underlying is not None and self._is_current(underlying):
            return self._indices[underlying]
        self._look()
        underlying = self._owners.get(key)
        return None if underlying is None else self._indices[underlying]

    def _is_current(self, underlying: str) -> bool:
        index = self._indices.get(underlying)
        return index is not None and self._pump.book(underlying) is index.source.book

    def _look(self) -> None:
        """Index chains that are new, and those that another feed or listing stands for now."""
        changed = [name for name in self._pump.underlyings if not self._is_current(name)]
        if not changed:
            return
        for name in changed:
            book = self._pump.book(name)
            source = next(one for one in self._pump.sources(name) if one.book is book)
            self._indices[name] = _indexed(source, name)
        self._owners = {
            key: name for name, index in self._indices.items() for key in (*index.rows, index.key)
        }

    def _row_mark(self, index: _Index, key: str, row: int) -> Mark:
        source = index.source
        book, listing = source.book, source.feed.listing
        table, instrument = book.table, int(book.instrument[row])
        rows, series = table.rows, int(table.rows.series[row])
        return Mark(
            key=key,
            underlying=table.underlying,
            expiry=table.series.expiry[series].item(),
            settles_at=int(table.series.settles_at[series]),
            right=Right.CALL if rows.is_call[row] else Right.PUT,
            strike=float(rows.strike[row]),
            multiplier=float(listing.multiplier[instrument]),
            tick_size=float(listing.tick_size[instrument]),
            currency=_CURRENCIES[table.market],
            spot=float(table.spot),
            bid=float(rows.bid[row]),
            ask=float(rows.ask[row]),
            bid_size=float(rows.bid_size[row]),
            ask_size=float(rows.ask_size[row]),
            last=float(rows.last[row]),
            quote_age_secs=self._age_secs(source, row),
            iv=float(rows.iv[row]),
            delta=float(rows.delta[row]),
            gamma=float(rows.gamma[row]),
            vega=float(rows.vega[row]),
            theta=float(rows.theta[row]),
            rho=float(rows.rho[row]),
            is_session_open=self._is_open(source),
        )

    def _underlying_mark(self, index: _Index) -> Mark:
        """Return the underlying's own: of it only the spot is known, so it has no quote."""
        source, instrument = index.source, index.instrument
        table, listing = source.book.table, source.feed.listing
        is_listed = instrument is not None
        return Mark(
            key=index.key,
            underlying=table.underlying,
            expiry=None,
            settles_at=None,
            right=None,
            strike=nan,
            multiplier=float(listing.multiplier[instrument]) if is_listed else nan,
            tick_size=float(listing.tick_size[instrument]) if is_listed else nan,
            currency=_CURRENCIES[table.market],
            spot=float(table.spot),
            bid=nan,
            ask=nan,
            bid_size=nan,
            ask_size=nan,
            last=float(table.live_spot),
            quote_age_secs=self._age_secs(source, None),
            iv=nan,
            delta=1.0,
            gamma=0.0,
            vega=0.0,
            theta=0.0,
            rho=0.0,
            is_session_open=self._is_open(source),
        )

    def _age_secs(self, source: Source, row: int | None) -> float:
        """Return how long ago a quote was confirmed, by the time of the chains."""
        book = source.book
        if source.is_down or book.is_line_lost or book.newest_recv == NO_TIME:
            return nan
        at = book.newest_recv
        if row is not None:
            rows = book.table.rows
            if rows.status[row] == Status.STALE or rows.data_type[row] in _DELAYED:
                return nan
            if not self._is_ageless and not _is_held(source, int(book.instrument[row])):
                at = _quoted_at(book.table, row)
        return nan if at == NEVER else max(book.table.as_of - at, 0) / _NS_PER_SECOND

    def _is_open(self, source: Source) -> bool:
        table = source.book.table
        return source.feed.name in self._always_open or is_open(table.as_of, table.market)

    def _candidates(self, name: str) -> Iterator[str]:
        """Yield the keys that a name may mean, the likeliest first."""
        yield name
        self._look()
        for underlying, index in self._indices.items():
            if name == underlying:
                yield index.key
            if name in index.symbols:
                yield index.symbols[name]
        spelled = _SPELLED.fullmatch(" ".join(name.split()))
        if spelled is not None:
            yield from _spelled_keys(*spelled.groups())
        yield from _symbol_keys(name)

    def _missing(self, name: str) -> str:
        """Say why a name means nothing, and what there is instead."""
        spelled = _SPELLED.fullmatch(" ".join(name.split()))
        for index in self._indices.values():
            series = index.source.book.table.series
            roots = series.root.tolist()
            if spelled is not None and spelled[1] in roots:
                days = [str(day) for day in series.expiry[series.root == spelled[1]]]
                if spelled[2] not in days:
                    listed = ", ".join(days[:_SHOWN])
                    return f"{spelled[1]} has no expiry {spelled[2]}; there are {listed}"
                return f"{spelled[1]} {spelled[2]} has no {spelled[3].upper()} {spelled[4]}"
        names = ", ".join(list(self._indices)[:_SHOWN]) or "none yet"
        return (
            f"no contract {name[:64]!r} is served; write it as 'AMZN 2026-01-16 C 200' or as OSI"
            f" does; there are chains of {names}"
        )


def _is_held(source: Source, instrument: int) -> bool:
    """Say whether a feed stands by the last quote of an instrument for as long as it ticks."""
    return isinstance(source.feed, HoldingFeed) and source.feed.holds(instrument)


def _quoted_at(table: ChainTable, row: int) -> int:
    """Return when a row was quoted last, ``NEVER`` where never: by the older of two stamps."""
    assert table.quoted_at is not None  # of a table that a feed ticks
    received, stamped = int(table.quoted_at[row]), int(table.rows.ts_event[row])
    return received if stamped == NO_TIME else min(received, stamped)


def _indexed(source: Source, underlying: str) -> _Index:
    book = source.book
    listing = source.feed.listing
    own = (~listing.is_option & (listing.underlying == underlying)).nonzero()[0]
    instrument = int(own[0]) if own.size else None
    key = f"{book.table.market} {underlying}"
    keys = book.keys.tolist()
    return _Index(
        source=source,
        rows={key: row for row, key in enumerate(keys)},
        symbols=dict(zip(book.table.rows.symbol.tolist(), keys, strict=True)),
        key=key if instrument is None else str(listing.key[instrument]),
        instrument=instrument,
    )


def _spelled_keys(root: str, day: str, right: str, strike: str) -> Iterator[str]:
    """Yield the keys of a contract as a trader spells it, of every market it might be of."""
    try:
        expiry = date.fromisoformat(day)
    except ValueError:
        return
    for market in Market:
        contract = Contract(
            underlying=underlying_of_root(root, market),
            root=root,
            expiry=expiry,
            right=Right(right.upper()),
            strike=float(strike),
            market=market,
        )
        yield contract_key(contract)


def _symbol_keys(name: str) -> Iterator[str]:
    """Yield the keys of a venue's symbol, of every market that reads it."""
    for market in Market:
        try:
            yield contract_key(parse_symbol(name, market))
        except (WireError, ValueError):
            continue
