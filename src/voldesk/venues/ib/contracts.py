"""Contracts as TWS wants them asked for, one function per kind of instrument."""

from collections.abc import Sequence
from datetime import date
from typing import Final, Literal, NamedTuple

from ib_async.contract import ComboLeg, Contract

from voldesk.model.enums import Right
from voldesk.model.errors import ConfigError

Action = Literal["BUY", "SELL"]

_INDEX_EXCHANGES: Final = {
    "SPX": "CBOE",
    "XSP": "CBOE",
    "VIX": "CBOE",
    "DJX": "CBOE",
    "OEX": "CBOE",
    "XEO": "CBOE",
    "NDX": "NASDAQ",
    "XND": "NASDAQ",
    "RUT": "RUSSELL",
    "MRUT": "RUSSELL",
}
"""US indices that options are listed on, and where IB lists the index itself."""

_PARTS: Final = 4  # SYMBOL:TYPE:EXCHANGE:CURRENCY


class Leg(NamedTuple):
    """One leg of a combination; the contract must be qualified."""

    con_id: int
    action: Action
    ratio: int = 1
    exchange: str = "SMART"


def stock(
    symbol: str, *, exchange: str = "SMART", currency: str = "USD", primary_exchange: str = ""
) -> Contract:
    """Return a share or a fund; the primary exchange settles which of several is meant."""
    return Contract(
        secType="STK",
        symbol=symbol,
        exchange=exchange,
        currency=currency,
        primaryExchange=primary_exchange,
    )


def option(
    symbol: str,
    expiry: date | None = None,
    strike: float = 0.0,
    right: Right | None = None,
    *,
    trading_class: str = "",
    exchange: str = "SMART",
    currency: str = "USD",
    multiplier: str = "",
) -> Contract:
    """
    Return an option on a share or an index; what is left out is left open.

    The expiry is the day of last trading, which for contracts settled at the open (SPX) is the
    day before the one in their name.
    """
    return _option(
        "OPT", symbol, expiry, strike, right, trading_class, exchange, currency, multiplier
    )


def future_option(
    symbol: str,
    expiry: date | None = None,
    strike: float = 0.0,
    right: Right | None = None,
    *,
    exchange: str,
    trading_class: str = "",
    currency: str = "USD",
    multiplier: str = "",
) -> Contract:
    """Return an option on a future, as `option`; the exchange has to be named."""
    return _option(
        "FOP", symbol, expiry, strike, right, trading_class, exchange, currency, multiplier
    )


def future(
    symbol: str,
    expiry: date | str,
    *,
    exchange: str,
    currency: str = "USD",
    multiplier: str = "",
    trading_class: str = "",
) -> Contract:
    """Return a future; ``YYYYMM`` in place of the date names its month of delivery."""
    return Contract(
        secType="FUT",
        symbol=symbol,
        lastTradeDateOrContractMonth=expiry if isinstance(expiry, str) else _day(expiry),
        exchange=exchange,
        currency=currency,
        multiplier=multiplier,
        tradingClass=trading_class,
    )


def continuous_future(symbol: str, *, exchange: str, currency: str = "USD") -> Contract:
    """Return the leading future of a series, for histories alone."""
    return Contract(secType="CONTFUT", symbol=symbol, exchange=exchange, currency=currency)


def forex(base: str, quote: str = "USD", *, exchange: str = "IDEALPRO") -> Contract:
    """Return a currency pair: the price of one ``base`` in ``quote``."""
    return Contract(secType="CASH", symbol=base, currency=quote, exchange=exchange)


def index(symbol: str, *, exchange: str = "", currency: str = "USD") -> Contract:
    """Return an index; the exchange of the US ones that options are listed on is known."""
    return Contract(
        secType="IND",
        symbol=symbol,
        exchange=exchange or _INDEX_EXCHANGES.get(symbol, ""),
        currency=currency,
    )


def crypto(symbol: str, *, exchange: str = "PAXOS", currency: str = "USD") -> Contract:
    """Return a coin."""
    return Contract(secType="CRYPTO", symbol=symbol, exchange=exchange, currency=currency)


def bond(cusip: str, *, exchange: str = "SMART", currency: str = "USD") -> Contract:
    """Return a bond by its CUSIP, which TWS takes as the symbol."""
    return Contract(secType="BOND", symbol=cusip, exchange=exchange, currency=currency)


def cfd(symbol: str, *, exchange: str = "SMART", currency: str = "USD") -> Contract:
    """Return a contract for difference."""
    return Contract(secType="CFD", symbol=symbol, exchange=exchange, currency=currency)


def commodity(symbol: str, *, exchange: str = "SMART", currency: str = "USD") -> Contract:
    """Return a commodity, such as XAUUSD."""
    return Contract(secType="CMDTY", symbol=symbol, exchange=exchange, currency=currency)


def by_id(con_id: int, *, exchange: str = "SMART") -> Contract:
    """Return whatever contract has that id."""
    return Contract(conId=con_id, exchange=exchange)


def combo(
    symbol: str, legs: Sequence[Leg], *, exchange: str = "SMART", currency: str = "USD"
) -> Contract:
    """
    Return a combination traded as one.

    Raises:
        ValueError: Fewer than two legs, a leg that is not qualified, or a ratio below 1.
    """
    if len(legs) < 2:
        raise ValueError(f"a combination of {len(legs)} legs, expected two or more")
    for leg in legs:
        if leg.con_id <= 0 or leg.ratio < 1:
            raise ValueError(f"leg {leg} needs the id of its contract and a ratio of 1 or more")
    return Contract(
        secType="BAG",
        symbol=symbol,
        exchange=exchange,
        currency=currency,
        comboLegs=[
            ComboLeg(conId=leg.con_id, ratio=leg.ratio, action=leg.action, exchange=leg.exchange)
            for leg in legs
        ],
    )


def underlying(name: str) -> Contract:
    """
    Return what options are listed on, as a setting names it.

    ``SPX`` and the other US indices are known, any other plain symbol is a share;
    ``SYMBOL:TYPE:EXCHANGE`` and ``SYMBOL:TYPE:EXCHANGE:CURRENCY`` say it in full, with
    ``ES 202612:FUT:CME`` for a future.

    Raises:
        ConfigError: It is none of these.
    """
    symbol, *rest = [part.strip() for part in name.split(":")]
    if not symbol or len(rest) >= _PARTS or (rest and not all(rest)):
        raise ConfigError(f"{name!r} is no underlying, expected AMZN or SYMBOL:TYPE:EXCHANGE")
    if not rest:
        return index(symbol) if symbol in _INDEX_EXCHANGES else stock(symbol)
    sec_type = rest[0].upper()
    exchange = rest[1] if len(rest) > 1 else ""
    currency = rest[2] if len(rest) > 2 else "USD"
    if sec_type == "STK":
        return stock(symbol, exchange=exchange or "SMART", currency=currency)
    if sec_type == "IND":
        return index(symbol, exchange=exchange, currency=currency)
    if sec_type == "FUT" and exchange and len(symbol.split()) == 2:
        root, month = symbol.split()
        return future(root, month, exchange=exchange, currency=currency)
    raise ConfigError(
        f"{name!r} is no underlying: the type is STK, IND or FUT, and a future is written"
        " ES 202612:FUT:CME"
    )


def _option(
    sec_type: str,
    symbol: str,
    expiry: date | None,
    strike: float,
    right: Right | None,
    trading_class: str,
    exchange: str,
    currency: str,
    multiplier: str,
) -> Contract:
    return Contract(
        secType=sec_type,
        symbol=symbol,
        lastTradeDateOrContractMonth="" if expiry is None else _day(expiry),
        strike=strike,
        right="" if right is None else right.value,
        tradingClass=trading_class,
        exchange=exchange,
        currency=currency,
        multiplier=multiplier,
    )


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"
