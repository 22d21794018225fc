"""Contracts of TWS as the rows of a listing: which of them are chosen, and how they are named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from ib_async.contract import Contract as IbContract
from ib_async.contract import ContractDetails

from voldesk.model.contracts import Contract
from voldesk.model.enums import Market, Right
from voldesk.model.errors import ConfigError, WireError
from voldesk.model.ids import contract_key
from voldesk.model.instruments import parse_ib_local
from voldesk.model.listing import Listing
from voldesk.model.roots import is_am_settled
from voldesk.model.sessions import next_trading_day, settles_at
from voldesk.venues.ib.contract_store import Listed
from voldesk.venues.ib.settings import ChainSettings

_ROUTED: Final = "SMART"
_PERCENT: Final = 0.01
_NS_PER_DAY: Final = 86_400_000_000_000


@dataclass(frozen=True, slots=True)
class Underlying:
    """
    One underlying as TWS knows it.

    Attributes:
        contract: Qualified.
        options: ``OPT``, or ``FOP`` on a future.
        tick_size: NaN unknown.
        price: When it was looked up.
    """

    name: str
    contract: IbContract
    market: Market
    options: str
    tick_size: float
    price: float


@dataclass(frozen=True, slots=True)
class Catalogue:
    """
    All that a feed ticks.

    Attributes:
        listing: Of each underlying its own row, then its contracts by settlement, strike, right.
        contracts: What TWS is asked for, per row.
        prices: Of the underlyings when they were looked up, by row.
    """

    listing: Listing
    contracts: tuple[IbContract, ...]
    prices: dict[int, float]


def chosen_days(settles: Mapping[date, int], now: int, settings: ChainSettings) -> set[date]:
    """
    Return the expiries that the settings ask for, of those there are.

    Args:
        settles: When the contracts of each expiry settle last, UTC ns.
        now: UTC ns; what has settled by then is not chosen, nor what does too soon.
        settings: See `ChainSettings`.

    Raises:
        ConfigError: A date of the settings is none.
    """
    if settings.expiries:
        try:
            asked = {date.fromisoformat(text) for text in settings.expiries}
        except ValueError as exc:
            raise ConfigError(f"ib.chain.expiries: {exc}, expected 2026-11-20") from exc
        return asked & set(settles)
    near = sorted(
        day
        for day, at in settles.items()
        if settings.least_days < (at - now) / _NS_PER_DAY <= settings.within_days
    )
    return set(near[: settings.expiry_count])


def expiry_of(trading_class: str, last_day: str, market: Market) -> date:
    """
    Return the date a contract's name prints, from its last day of trading.

    Contracts settled at the open trade until the day before.
    """
    day = date.fromisoformat(last_day[:8])
    return next_trading_day(day, market) if is_am_settled(trading_class, market) else day


def listed_of(detail: ContractDetails, market: Market) -> Listed:
    """Return a contract as it is kept; its name says its expiry, where it can be read."""
    contract = detail.contract
    assert contract is not None
    last_day = contract.lastTradeDateOrContractMonth[:8]
    try:
        expiry = parse_ib_local(contract.localSymbol).expiry
    except WireError:
        expiry = expiry_of(contract.tradingClass, last_day, market)
    return Listed(
        con_id=contract.conId,
        trading_class=contract.tradingClass,
        last_day=last_day,
        expiry=expiry.isoformat(),
        strike=contract.strike,
        right=contract.right[:1],
        local_symbol=contract.localSymbol,
        multiplier=float(contract.multiplier or 1),
        tick_size=detail.minTick,
    )


def catalogue_of(
    found: Sequence[tuple[Underlying, Sequence[Listed]]], width_pct: float
) -> Catalogue:
    """
    Return underlyings and their contracts near the money as columns.

    Raises:
        ConfigError: One has no contract that near.
    """
    columns: dict[str, list[Any]] = {name: [] for name in Listing.__slots__}
    asked: list[IbContract] = []
    prices: dict[int, float] = {}
    for underlying, listed in found:
        prices[len(asked)] = underlying.price
        _append_underlying(columns, underlying)
        asked.append(underlying.contract)
        reach = underlying.price * width_pct * _PERCENT
        near = {
            contract_key(contract): (contract, one)
            for one in listed
            if abs(one.strike - underlying.price) <= reach
            for contract in [_contract(underlying, one)]
        }
        if not near:
            raise ConfigError(
                f"{underlying.name} has no option within {width_pct:g} % of {underlying.price:g}"
            )
        for key, (contract, one) in sorted(near.items(), key=_by_settlement):
            _append_contract(columns, underlying, key, contract, one)
            asked.append(_asked(underlying, one))
    return Catalogue(Listing.build(**columns), tuple(asked), prices)


def _by_settlement(item: tuple[str, tuple[Contract, Listed]]) -> tuple[int, str]:
    key, (contract, _) = item
    return settles_at(contract.root, contract.expiry, contract.market), key


def _contract(underlying: Underlying, one: Listed) -> Contract:
    return Contract(
        underlying=underlying.name,
        root=one.trading_class.replace(" ", ""),
        expiry=date.fromisoformat(one.expiry),
        right=Right(one.right),
        strike=one.strike,
        market=underlying.market,
        symbol=one.local_symbol,
    )


def _asked(underlying: Underlying, one: Listed) -> IbContract:
    return IbContract(
        secType=underlying.options,
        conId=one.con_id,
        symbol=underlying.contract.symbol,
        lastTradeDateOrContractMonth=one.last_day,
        strike=one.strike,
        right=one.right,
        multiplier=f"{one.multiplier:g}",
        exchange=_ROUTED if underlying.options == "OPT" else underlying.contract.exchange,
        currency=underlying.contract.currency,
        localSymbol=one.local_symbol,
        tradingClass=one.trading_class,
    )


def _append_underlying(columns: dict[str, list[Any]], underlying: Underlying) -> None:
    row = {
        "key": f"{underlying.market} {underlying.name}",
        "symbol": underlying.contract.localSymbol or underlying.name,
        "underlying": underlying.name,
        "market": underlying.market,
        "root": underlying.name,
        "expiry": np.datetime64("NaT", "D"),
        "is_call": False,
        "strike": np.nan,
        "is_option": False,
        "multiplier": 1.0,
        "tick_size": underlying.tick_size,
    }
    for name, value in row.items():
        columns[name].append(value)


def _append_contract(
    columns: dict[str, list[Any]], underlying: Underlying, key: str, contract: Contract, one: Listed
) -> None:
    row = {
        "key": key,
        "symbol": one.local_symbol,
        "underlying": underlying.name,
        "market": underlying.market,
        "root": contract.root,
        "expiry": np.datetime64(contract.expiry, "D"),
        "is_call": contract.is_call,
        "strike": one.strike,
        "is_option": True,
        "multiplier": one.multiplier,
        "tick_size": one.tick_size or np.nan,
    }
    for name, value in row.items():
        columns[name].append(value)
