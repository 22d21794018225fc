"""Contracts by our keys: what TWS's names stand for, and its numbers for ours."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Final

from ib_async.contract import Contract as IbContract

from voldesk.model.contracts import Contract
from voldesk.model.enums import Market, Right
from voldesk.model.errors import ConfigError, WireError
from voldesk.model.ids import contract_key, contract_of_key
from voldesk.model.instruments import ib_local_symbol, parse_ib_local
from voldesk.model.roots import is_am_settled
from voldesk.model.sessions import previous_trading_day
from voldesk.venues.ib import contracts
from voldesk.venues.ib.catalogue import expiry_of
from voldesk.venues.ib.contract_store import ContractStore, Listed
from voldesk.venues.ib.link import Link

_OPTIONS: Final = frozenset({"OPT", "FOP"})
_ROUTED: Final = "SMART"


def key_of(contract: IbContract) -> str:
    """
    Return our key of a contract as TWS describes it.

    What can be no key of an option or an underlying, such as a bond, is named by its number.
    """
    if contract.secType == "FUT":
        return f"{Market.CME} {contract.localSymbol or contract.symbol}"
    if contract.secType in {"STK", "IND"}:
        return f"{Market.US} {contract.symbol}"
    if contract.secType in _OPTIONS:
        with suppress(ValueError, WireError):
            return _option_key(contract)
    return f"ib {contract.conId}"


def _option_key(contract: IbContract) -> str:
    """Return an option's key; its name says its expiry, where it can be read."""
    market = Market.US if contract.secType == "OPT" else Market.CME
    trading_class = contract.tradingClass or contract.symbol
    try:
        expiry = parse_ib_local(contract.localSymbol).expiry
    except WireError:
        expiry = expiry_of(trading_class, contract.lastTradeDateOrContractMonth[:8], market)
    return contract_key(
        Contract(
            underlying=contract.symbol,
            root=trading_class.replace(" ", ""),
            expiry=expiry,
            right=Right(contract.right[:1]),
            strike=contract.strike,
            market=market,
        )
    )


class ContractBook:
    """
    Finds what TWS calls a contract: in memory, in the files of the feed, or by asking.

    Args:
        link: Asks.
        folder: Where the feed keeps contracts it found.
    """

    def __init__(self, link: Link, folder: Path) -> None:
        self._link = link
        self._folder = folder
        self._by_key: dict[str, IbContract] = {}
        self._keys: dict[int, str] = {}

    def key_of(self, contract: IbContract) -> str:
        """Return the key of a contract, or of its number alone once that was looked up."""
        if not contract.secType:
            return self._keys.get(contract.conId, f"ib {contract.conId}")
        return key_of(contract)

    async def find(self, key: str) -> IbContract:
        """
        Return the contract of a key, its number known.

        Raises:
            ConfigError: TWS knows no such contract, or the key is none.
            VenueUnavailable: TWS does not answer.
            VenueRejected: It refuses to.
        """
        known = self._by_key.get(key)
        if known is None:
            known = await asyncio.to_thread(_stored, key, self._folder) or await self._ask(
                key, _described(key)
            )
            self._keep(key, known)
        return known

    async def identify(self, numbers: Iterable[int]) -> None:
        """
        Look up what contracts have these numbers.

        Raises:
            ConfigError: One is of no contract.
            VenueUnavailable: TWS does not answer.
            VenueRejected: It refuses to.
        """
        for number in sorted(set(numbers) - set(self._keys)):
            found = await self._ask(f"number {number}", contracts.by_id(number, exchange=""))
            self._keep(key_of(found), found)

    async def combination(self, underlying: str, legs: Iterable[tuple[str, int]]) -> IbContract:
        """
        Return several contracts as one; a ratio below 0 is sold when the whole is bought.

        Raises:
            ConfigError: As `find`, as are the other errors.
        """
        found = [(await self.find(key), ratio) for key, ratio in legs]
        parts = [
            contracts.Leg(
                one.conId, "BUY" if ratio > 0 else "SELL", abs(ratio), one.exchange or _ROUTED
            )
            for one, ratio in found
        ]
        first = found[0][0]
        return contracts.combo(
            first.symbol or underlying,
            parts,
            exchange=first.exchange or _ROUTED,
            currency=first.currency or "USD",
        )

    async def _ask(self, what: str, asked: IbContract) -> IbContract:
        details = await self._link.ask(
            f"the contract {what}", lambda ib: ib.reqContractDetailsAsync(asked)
        )
        contract = details[0].contract if details else None
        if contract is None:
            raise ConfigError(f"the contract {what}: TWS knows none such")
        if contract.secType in {"OPT", "STK"}:
            contract.exchange = _ROUTED
        return contract

    def _keep(self, key: str, contract: IbContract) -> None:
        self._by_key[key] = contract
        self._keys[contract.conId] = key


def _described(key: str) -> IbContract:
    """
    Return what TWS is asked for.

    Raises:
        ConfigError: The key says nothing TWS could be asked for.
    """
    market, _, name = key.partition(" ")
    if market == "ib" and name.isdecimal():
        return contracts.by_id(int(name), exchange="")
    with suppress(WireError):
        option = contract_of_key(key)
        return _described_option(option)
    if market == Market.US and name:
        return contracts.underlying(name)
    if market == Market.CME and name:
        return IbContract(secType="FUT", localSymbol=name, exchange="CME", currency="USD")
    raise ConfigError(f"{key!r} is no contract of Interactive Brokers")


def _described_option(option: Contract) -> IbContract:
    if option.market is Market.CME:
        return contracts.future_option(
            "",
            option.expiry,
            option.strike,
            option.right,
            exchange="CME",
            trading_class=option.root,
        )
    if option.market is not Market.US:
        raise ConfigError(f"options of {option.market} are not traded at Interactive Brokers")
    return IbContract(
        secType="OPT",
        localSymbol=ib_local_symbol(option),
        tradingClass=option.root,
        exchange=_ROUTED,
        currency="USD",
    )


def _stored(key: str, folder: Path) -> IbContract | None:
    """Return an option that a feed has found and kept, None where none has."""
    try:
        option = contract_of_key(key)
    except WireError:
        return None
    if option.market is not Market.US:
        return None
    for path in sorted(folder.glob(f"{option.underlying}-*.json")):
        store = ContractStore(path)
        store.load()
        series = store.get(option.root, f"{_last_day(option):%Y%m%d}")
        for one in () if series is None else series.contracts:
            if (one.strike, one.right) == (option.strike, option.right):
                return _asked(option.underlying, one)
    return None


def _last_day(option: Contract) -> date:
    """Return the last day of trading: what settles at the open trades until the day before."""
    if is_am_settled(option.root, option.market):
        return previous_trading_day(option.expiry, option.market)
    return option.expiry


def _asked(symbol: str, one: Listed) -> IbContract:
    return IbContract(
        secType="OPT",
        conId=one.con_id,
        symbol=symbol,
        lastTradeDateOrContractMonth=one.last_day,
        strike=one.strike,
        right=one.right,
        multiplier=f"{one.multiplier:g}",
        exchange=_ROUTED,
        currency="USD",
        localSymbol=one.local_symbol,
        tradingClass=one.trading_class,
    )
