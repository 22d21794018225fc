"""Which contracts an underlying has: from TWS by date and class, or from the store."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ib_async.contract import Contract as IbContract
from ib_async.contract import ContractDetails
from ib_async.objects import OptionChain

from voldesk.model.clock import Clock
from voldesk.model.enums import Market
from voldesk.model.errors import ConfigError, StorageError, VenueRejected
from voldesk.model.roots import underlying_of_root
from voldesk.model.sessions import local_date, settles_at
from voldesk.venues.ib import contracts
from voldesk.venues.ib.catalogue import (
    Catalogue,
    Underlying,
    catalogue_of,
    chosen_days,
    expiry_of,
    listed_of,
)
from voldesk.venues.ib.contract_store import ContractStore, Listed, Series, store_path
from voldesk.venues.ib.link import Link
from voldesk.venues.ib.settings import ChainSettings

_LOG: Final = logging.getLogger(__name__)
_ASKED_AT_ONCE: Final = 4  # expiries; TWS answers them one after another
_PATIENCE: Final = 3.0  # times the usual: an answer of some hundred rows
_ROUTED: Final = "SMART"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One series to be listed: a class on one of its last days."""

    trading_class: str
    last_day: str
    exchange: str
    multiplier: str
    offered: tuple[float, ...]


@dataclass(slots=True)
class Discovery:
    """
    Finds what a feed ticks.

    The dates and strikes come from one request per underlying; which contracts of them exist, from
    one per series, and only where the store does not know it any more.

    Attributes:
        asked: Series that were asked for, of the store's none.
    """

    link: Link
    settings: ChainSettings
    folder: Path
    clock: Clock
    asked: int = field(default=0, init=False)

    async def find(self, names: Sequence[str]) -> Catalogue:
        """
        Return the catalogue of underlyings as the settings name them.

        Raises:
            ConfigError: There is no such underlying, it has no such options, or no permission.
            VenueUnavailable: TWS does not answer.
        """
        found = []
        for name in dict.fromkeys(names):
            underlying = await self._underlying(name)
            wanted = await self._wanted(underlying)
            found.append((underlying, await self._listed(underlying, wanted)))
        return catalogue_of(found, self.settings.width_pct)

    async def _underlying(self, name: str) -> Underlying:
        asked = contracts.underlying(name)
        what = f"the underlying {name}"
        details = await self.link.ask(what, lambda ib: ib.reqContractDetailsAsync(asked))
        if not details:
            raise ConfigError(f"{what}: TWS knows no such {asked.secType}")
        chosen: ContractDetails = details[0]
        contract = chosen.contract
        assert contract is not None
        contract.exchange = asked.exchange or contract.exchange
        is_future = contract.secType == "FUT"
        return Underlying(
            name=contract.localSymbol if is_future else contract.symbol,
            contract=contract,
            market=Market.CME if is_future else Market.US,
            options="FOP" if is_future else "OPT",
            tick_size=chosen.minTick or float("nan"),
            price=await self.link.price(contract, f"the price of {name}"),
        )

    async def _wanted(self, underlying: Underlying) -> list[_Wanted]:
        contract = underlying.contract
        exchange = contract.exchange if underlying.options == "FOP" else ""
        chains = await self.link.ask(
            f"the options of {underlying.name}",
            lambda ib: ib.reqSecDefOptParamsAsync(
                contract.symbol, exchange, contract.secType, contract.conId
            ),
        )
        classes = _classes(chains, underlying, self.settings.classes)
        market = underlying.market
        days = {
            (name, day): expiry_of(name, day, market)
            for name, chain in classes.items()
            for day in chain.expirations
        }
        instants = [
            (expiry, settles_at(name, expiry, market)) for (name, _), expiry in days.items()
        ]
        chosen = chosen_days(dict(sorted(instants)), self.clock.now(), self.settings)
        if not chosen:
            have = ", ".join(str(day) for day in sorted(set(days.values()))[:8]) or "none"
            raise ConfigError(
                f"{underlying.name} has no options of the dates asked for, but {have}"
            )
        return [
            _Wanted(
                name, day, classes[name].exchange, classes[name].multiplier, _strikes(classes[name])
            )
            for (name, day), expiry in days.items()
            if expiry in chosen
        ]

    async def _listed(self, underlying: Underlying, wanted: Sequence[_Wanted]) -> list[Listed]:
        """Return the contracts of the series, asking for those that the store does not know."""
        contract = underlying.contract
        store = ContractStore(store_path(self.folder, contract.symbol, contract.conId))
        await asyncio.to_thread(store.load)
        now, found = self.clock.now(), []
        missing: list[_Wanted] = []
        for one in wanted:
            series = store.get(one.trading_class, one.last_day)
            if series is not None and series.is_fresh(
                now, self.settings.max_age_hours, one.offered
            ):
                found.append(series)
            else:
                missing.append(one)
        if missing:
            found += await self._ask_all(underlying, missing, store)
            store.drop_before(f"{local_date(now, underlying.market):%Y%m%d}")
            try:
                await asyncio.to_thread(store.save)
            except StorageError as exc:
                _LOG.warning("contracts_not_kept underlying=%s reason=%s", underlying.name, exc)
        return [one for series in found for one in series.contracts]

    async def _ask_all(
        self, underlying: Underlying, missing: Sequence[_Wanted], store: ContractStore
    ) -> list[Series]:
        """Ask for several series at once; the first that fails ends the others."""
        turn = asyncio.Semaphore(_ASKED_AT_ONCE)
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(self._ask(underlying, one, store, turn), name="ib contracts")
                    for one in missing
                ]
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from failed
        return [task.result() for task in tasks]

    async def _ask(
        self, underlying: Underlying, one: _Wanted, store: ContractStore, turn: asyncio.Semaphore
    ) -> Series:
        contract = underlying.contract
        asked = IbContract(
            secType=underlying.options,
            symbol=contract.symbol,
            lastTradeDateOrContractMonth=one.last_day,
            tradingClass=one.trading_class,
            multiplier=one.multiplier,
            exchange=one.exchange,
            currency=contract.currency,
        )
        what = f"the contracts of {one.trading_class} {one.last_day}"
        async with turn:
            self.asked += 1
            try:
                details = await self.link.ask(
                    what,
                    lambda ib: ib.reqContractDetailsAsync(asked),
                    secs=_PATIENCE * self.link.request_secs,
                )
            except (ConfigError, VenueRejected) as exc:  # a date without contracts of that class
                _LOG.info(
                    "no_contracts class=%s day=%s reason=%s", one.trading_class, one.last_day, exc
                )
                details = []
        return store.put(
            one.trading_class,
            one.last_day,
            asked_at=self.clock.now(),
            offered=one.offered,
            contracts=[listed_of(detail, underlying.market) for detail in details],
        )


def _classes(
    chains: Sequence[OptionChain], underlying: Underlying, asked: Sequence[str]
) -> dict[str, OptionChain]:
    """Return the chain of each class wanted, the routed one of several exchanges."""
    classes: dict[str, OptionChain] = {}
    for chain in sorted(chains, key=lambda one: one.exchange != _ROUTED):
        name = chain.tradingClass
        is_wanted = name in asked if asked else _is_plain(name, underlying)
        if is_wanted:
            classes.setdefault(name, chain)
    return classes


def _is_plain(trading_class: str, underlying: Underlying) -> bool:
    """Say whether a class is not one of contracts adjusted for a corporate action (AAPL1)."""
    if underlying.options == "FOP":
        return True
    if any(letter.isdigit() for letter in trading_class):
        return False
    symbol = underlying.contract.symbol.replace(" ", "")
    return underlying_of_root(trading_class.replace(" ", "")) == symbol


def _strikes(chain: OptionChain) -> tuple[float, ...]:
    return tuple(sorted(chain.strikes))
