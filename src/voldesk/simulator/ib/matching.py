"""Which contracts a partial description means, found as TWS finds them."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from voldesk.model.enums import Market
from voldesk.model.errors import WireError
from voldesk.model.instruments import Contract, parse_ib_local
from voldesk.simulator.ib.catalogue import Catalogue
from voldesk.simulator.ib.chains import OptionClass, Series
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.refusal import BAD_EXCHANGE, Refused, ambiguous, invalid, no_definition
from voldesk.wire.ib.types import IbContract

OPTION_TYPES: Final = frozenset({"OPT", "FOP"})
FUTURE_TYPES: Final = frozenset({"FUT", "CONTFUT", "FUT+CONTFUT"})
_OTHERS: Final = frozenset(
    {"STK", "IND", "CASH", "CRYPTO", "BOND", "CMDTY", "CFD", "FUND", "WAR", "IOPT", "NEWS", "BAG"}
)
SEC_TYPES: Final = OPTION_TYPES | FUTURE_TYPES | _OTHERS
"""What TWS knows, listed here or not."""

_RIGHTS: Final = {"C": "C", "CALL": "C", "P": "P", "PUT": "P"}
_ANY_RIGHT: Final = frozenset({"", "0", "?"})
_HOMES: Final = {"NASDAQ.NMS": "NASDAQ", "XETRA": "IBIS", "DTB": "EUREX", "GLOBEX": "CME"}
_MOST_ROUTED: Final = 200  # contracts told once per exchange
_RENAMED: Final = frozenset({"ISLAND"})  # is NASDAQ since TWS 10.16


@dataclass(frozen=True, slots=True)
class Match:
    """One contract that is meant, on one exchange."""

    instrument: Instrument
    exchange: str
    is_continuous: bool = False  # asked for as the front of its family


class Contracts:
    """
    Finds contracts in a catalogue.

    Args:
        catalogue: What is listed.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def find(self, asked: IbContract, now: int) -> list[Match]:
        """
        Return every contract a description means, one per exchange where it names none.

        Whole chains come once per contract: on every exchange they would be a hundred thousand.

        Args:
            asked: As much as the client knows.
            now: UTC seconds; what has settled is found only where expired ones are asked for.

        Raises:
            Refused: None is meant (200), or the description breaks a rule (321).
        """
        _require_sound(asked)
        meant = [i for i in self._candidates(asked) if _is_alive(i, asked, now)]
        is_chain = len(meant) > _MOST_ROUTED
        found = [
            match
            for instrument in meant
            for match in _on_exchanges(instrument, asked, is_home_only=is_chain)
        ]
        if not found:
            raise no_definition()
        return found

    def one(self, asked: IbContract, now: int) -> Match:
        """
        Return the contract a description means.

        Raises:
            Refused: None is meant, or more than one (200); or it breaks a rule (321).
        """
        found = self.find(asked, now)
        if len({match.instrument.con_id for match in found}) > 1:
            raise ambiguous(asked.symbol or asked.local_symbol)
        return found[0]

    def _candidates(self, asked: IbContract) -> Iterator[Instrument]:
        """Yield what fits in all but exchange and life."""
        if asked.con_id:
            instrument = self.catalogue.numbered(asked.con_id)
            return iter(() if instrument is None else (instrument,))
        if asked.sec_type in OPTION_TYPES:
            return self._options(asked)
        if asked.sec_type in FUTURE_TYPES:
            return self._futures(asked)
        if not asked.sec_type and asked.local_symbol:
            every = (*self.catalogue.products, *self.catalogue.futures)
            named = [i for i in every if _is_name(i, asked.local_symbol)]
            return iter(named) if named else self._options(asked)
        return (i for i in self.catalogue.products if _is_product(i, asked))

    def _futures(self, asked: IbContract) -> Iterator[Instrument]:
        listed = self.catalogue.futures
        if asked.include_expired and asked.sec_type != "CONTFUT":
            listed = (*self.catalogue.expired_futures, *listed)
        fitting = [i for i in listed if _is_future(i, asked)]
        if asked.sec_type != "CONTFUT":
            return iter(fitting)
        fronts: dict[str, Instrument] = {}
        for future in fitting:
            fronts.setdefault(future.product.key, future)
        return iter(fronts.values())

    def _options(self, asked: IbContract) -> Iterator[Instrument]:
        is_fop = asked.sec_type == "FOP"
        classes = self.catalogue.future_options if is_fop else self.catalogue.classes
        for options in classes:
            if _is_class(options, asked):
                yield from _in_class(options, asked)


def _require_sound(asked: IbContract) -> None:
    """
    Refuse descriptions that TWS refuses before it looks.

    Raises:
        Refused: See the rules.
    """
    if asked.con_id:
        return
    if asked.exchange in _RENAMED or asked.primary_exchange in _RENAMED:
        raise Refused(200, BAD_EXCHANGE)
    if asked.sec_type and asked.sec_type not in SEC_TYPES:
        raise invalid("Please enter a valid security type")
    if not (asked.symbol or asked.local_symbol or asked.sec_id or asked.trading_class):
        raise invalid("Please enter a symbol or a local symbol, or a contract id")
    if not asked.sec_type and not asked.local_symbol and not asked.sec_id:
        raise invalid("Please enter a valid security type")
    if asked.right.upper() not in {*_RIGHTS, *_ANY_RIGHT}:
        raise invalid("Please enter a valid right: C, P, CALL or PUT")


def _is_alive(instrument: Instrument, asked: IbContract, now: int) -> bool:
    return asked.include_expired or not instrument.settles or instrument.settles > now


def _on_exchanges(
    instrument: Instrument, asked: IbContract, *, is_home_only: bool
) -> Iterator[Match]:
    """Yield a contract where it is asked for: on every exchange if none is named."""
    is_continuous = asked.sec_type == "CONTFUT"
    wanted = _HOMES.get(asked.exchange, asked.exchange)
    if asked.con_id:
        exchange = wanted if wanted in instrument.exchanges else instrument.home
        if not wanted or wanted in instrument.exchanges or wanted == "SMART":
            yield Match(instrument, exchange, is_continuous)
        return
    if wanted:
        is_home = instrument.sec_type == "STK" and wanted == instrument.product.exchange
        if is_home or wanted in instrument.exchanges:
            yield Match(instrument, wanted, is_continuous)
        return
    for exchange in instrument.exchanges[: 1 if is_home_only else None]:
        yield Match(instrument, exchange, is_continuous)


def _is_product(instrument: Instrument, asked: IbContract) -> bool:
    product = instrument.product
    if asked.sec_type and asked.sec_type not in {product.sec_type, ""}:
        return False
    if asked.sec_id:
        return (asked.sec_id_type.upper(), asked.sec_id) in product.sec_ids and _fits(
            asked, instrument
        )
    if product.sec_type == "BOND":
        return _is_bond(instrument, asked)
    if asked.local_symbol:
        return _is_name(instrument, asked.local_symbol) and _fits(asked, instrument)
    return asked.symbol.upper() == product.symbol and _fits(asked, instrument)


def _is_bond(instrument: Instrument, asked: IbContract) -> bool:
    """Say whether a bond is meant: they are asked for by symbol, CUSIP or ISIN alike."""
    product = instrument.product
    names = {product.symbol, instrument.local_symbol, *(value for _, value in product.sec_ids)}
    name = asked.symbol or asked.local_symbol
    return name in names and asked.currency in {"", product.currency}


def _is_name(instrument: Instrument, name: str) -> bool:
    return instrument.local_symbol.replace(" ", "") == name.replace(" ", "").upper() or (
        instrument.local_symbol == name
    )


def _fits(asked: IbContract, instrument: Instrument) -> bool:
    """Say whether currency, primary exchange and trading class, where given, are its own."""
    home = _HOMES.get(asked.primary_exchange, asked.primary_exchange)
    return (
        asked.currency in {"", instrument.product.currency}
        and asked.trading_class in {"", instrument.trading_class}
        and home in {"", "SMART", instrument.product.exchange}
    )


def _is_future(instrument: Instrument, asked: IbContract) -> bool:
    if asked.local_symbol and not _is_name(instrument, asked.local_symbol):
        return False
    symbols = {"", instrument.product.symbol, instrument.trading_class}
    return (
        asked.symbol in symbols
        and _fits(asked, instrument)
        and asked.multiplier in {"", instrument.multiplier}
        and (asked.sec_type == "CONTFUT" or _is_dated(instrument, asked.last_trade_date))
    )


def _is_dated(instrument: Instrument, text: str) -> bool:
    if not text or instrument.last_trade is None:
        return not text
    if len(text) == len("YYYYMM"):
        return instrument.contract_month == text
    return f"{instrument.last_trade:%Y%m%d}" == text[:8]


def _is_class(options: OptionClass, asked: IbContract) -> bool:
    product = options.under.product
    if asked.local_symbol and options.market is not Market.US:
        return asked.symbol in {"", product.symbol}
    return (
        asked.symbol in {"", product.symbol}
        and asked.trading_class in {"", options.name}
        and asked.currency in {"", product.currency}
        and asked.multiplier in {"", options.multiplier}
        and (not asked.local_symbol or asked.local_symbol.startswith(options.name))
    )


def _in_class(options: OptionClass, asked: IbContract) -> Iterator[Instrument]:
    """Yield the contracts of a class that are meant."""
    named = _named(options, asked.local_symbol)
    wanted = _RIGHTS.get(asked.right.upper(), "")
    for series in options.series:
        is_other = named is not None and named.expiry != series.expires
        if is_other or not _is_series(series, asked.last_trade_date):
            continue
        strikes = series.strikes if named is None else _only(series, named.strike)
        strikes = strikes if not asked.strike else _only(series, asked.strike)
        for strike in strikes:
            for right in (wanted,) if wanted else ("C", "P"):
                contract = options.contract(series, strike, right)
                if not asked.local_symbol or _is_name(contract, asked.local_symbol):
                    yield contract


def _named(options: OptionClass, name: str) -> Contract | None:
    """Return the terms a local symbol spells, where that tells more than comparing names."""
    if not name or options.market is not Market.US:
        return None
    with contextlib.suppress(WireError):
        return parse_ib_local(name)
    return None


def _only(series: Series, strike: float) -> tuple[float, ...]:
    return tuple(listed for listed in series.strikes if listed == strike)


def _is_series(series: Series, text: str) -> bool:
    if len(text) == len("YYYYMM"):
        return f"{series.expires:%Y%m}" == text
    return not text or f"{series.last_trade:%Y%m%d}" == text[:8]
