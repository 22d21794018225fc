"""
Fee schedules as data: Interactive Brokers, the Indian exchanges and their levies, Deribit.

- US and CME: IB's fixed pricing, the fees of exchanges, clearing house and regulators left out.
- India: a discount broker's 20 rupees per order, and what NSE (BSE, for its own indices) and the
  state take from options, futures and delivered stocks, each from the day it changed.
- Deribit: taker rates, options capped at 12.5 % of their premium.

Sources for India: Finance Acts 2023, 2024 (No. 2) and 2026 (transaction tax); NSE circulars of
2023-03-24, 2024-03 and 2024-09-27 and BSE's of 2024-09-27 (exchange charges; until October 2024
those of a member's first slab); the Indian Stamp (Collection of Stamp-Duty) Rules of 2020; 10
rupees per crore to SEBI.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple

from voldesk.model.enums import Market
from voldesk.model.fees import FREE, Charge, Per, Schedule
from voldesk.model.orders import Side
from voldesk.model.traded import Kind

_BROKERAGE = Charge(name="brokerage", per=Per.ORDER, rate=Decimal(20))
_SEBI = Charge(name="SEBI", per=Per.VALUE, rate=Decimal("0.000001"))
_GST = Charge(
    name="GST",
    per=Per.CHARGES,
    rate=Decimal("0.18"),
    of=("brokerage", "exchange", "SEBI", "IPFT"),
)
_PER_CENT = Decimal("0.01")


class _Levies(NamedTuple):
    """What changed that day, per cent of the value (of an option: of its premium)."""

    since: date
    option_tax: str
    exercise_tax: str  # of what an exercised option is worth, paid by its holder
    future_tax: str
    option_exchange: str
    future_exchange: str
    stock_exchange: str
    bse_option_exchange: str


_LEVIES: Final = (
    _Levies(date(2023, 4, 1), "0.0625", "0.125", "0.0125", "0.05", "0.0019", "0.00325", "0.05"),
    _Levies(date(2024, 4, 1), "0.0625", "0.125", "0.0125", "0.0495", "0.00188", "0.00322", "0.05"),
    _Levies(date(2024, 10, 1), "0.1", "0.125", "0.02", "0.03503", "0.00173", "0.00297", "0.0325"),
    _Levies(date(2026, 4, 1), "0.15", "0.15", "0.05", "0.03503", "0.00173", "0.00297", "0.0325"),
)
_STOCK_TAX, _OPTION_FUND, _OTHER_FUND = "0.1", "0.0005", "0.0001"
_OPTION_STAMP, _FUTURE_STAMP, _STOCK_STAMP = "0.003", "0.002", "0.015"
BSE_INDICES: Final = frozenset({"SENSEX", "BANKEX", "SENSEX50"})
"""Roots of options that BSE lists; it takes nothing for its investors' fund."""


def _of_value(name: str, per_cent: str, side: Side | None = None) -> Charge:
    return Charge(name=name, per=Per.VALUE, rate=Decimal(per_cent) * _PER_CENT, side=side)


def _indian(tax: Charge, exchange: str, fund: str, stamp: str) -> Schedule:
    return Schedule(
        (
            _BROKERAGE,
            tax,
            _of_value("exchange", exchange),
            _SEBI,
            _of_value("IPFT", fund),
            _of_value("stamp", stamp, Side.BUY),
            _GST,
        )
    )


_IB_OPTION = Schedule(
    (
        Charge(name="cheap", per=Per.UNIT, rate=Decimal("0.25"), below_price=Decimal("0.05")),
        Charge(
            name="low",
            per=Per.UNIT,
            rate=Decimal("0.50"),
            from_price=Decimal("0.05"),
            below_price=Decimal("0.10"),
        ),
        Charge(name="commission", per=Per.UNIT, rate=Decimal("0.65"), from_price=Decimal("0.10")),
    ),
    minimum=Decimal("1.00"),
)
_IB_STOCK = Schedule(
    (
        Charge(
            name="commission",
            per=Per.UNIT,
            rate=Decimal("0.005"),
            minimum=Decimal("1.00"),
            maximum_share=Decimal("0.01"),
        ),
    )
)
_IB_FUTURE = Schedule((Charge(name="commission", per=Per.UNIT, rate=Decimal("0.85")),))
_IB_FOREX = Schedule(
    (Charge(name="commission", per=Per.VALUE, rate=Decimal("0.00002"), minimum=Decimal("2.00")),)
)
_IB_CRYPTO = Schedule(
    (
        Charge(
            name="commission",
            per=Per.VALUE,
            rate=Decimal("0.0018"),
            minimum=Decimal("1.75"),
            maximum_share=Decimal("0.01"),
        ),
    )
)
_DERIBIT_OPTION = Schedule(
    (
        Charge(
            name="commission",
            per=Per.NOTIONAL,
            rate=Decimal("0.0003"),
            maximum_share=Decimal("0.125"),
        ),
    )
)
_DERIBIT_OTHER = Schedule((Charge(name="commission", per=Per.VALUE, rate=Decimal("0.0005")),))

Schedules = Mapping[tuple[Market, Kind], Schedule]

_UNDATED: Final[Schedules] = MappingProxyType(
    {
        (Market.US, Kind.OPTION): _IB_OPTION,
        (Market.US, Kind.STOCK): _IB_STOCK,
        (Market.US, Kind.FUTURE): _IB_FUTURE,
        (Market.US, Kind.FOREX): _IB_FOREX,
        (Market.US, Kind.CRYPTO): _IB_CRYPTO,
        (Market.CME, Kind.OPTION): _IB_FUTURE,
        (Market.CME, Kind.FUTURE): _IB_FUTURE,
        (Market.DERIBIT, Kind.OPTION): _DERIBIT_OPTION,
        (Market.DERIBIT, Kind.FUTURE): _DERIBIT_OTHER,
    }
)


def schedules_on(day: date) -> Schedules:
    """
    Return the charges of a day by market and kind; a pair that is absent is free.

    India's are those of NSE.

    Raises:
        ValueError: The day lies before the first that is known of India, 2023-04-01.
    """
    return MappingProxyType(dict(_UNDATED) | _indian_schedules(_levies(day), is_bse=False))


def schedule_of(market: Market, kind: Kind, root: str, day: date) -> Schedule:
    """
    Return what trading one instrument costs on a day.

    Args:
        market: Whose levies apply.
        kind: What it is.
        root: Of an option, which tells the exchange: ``SENSEX`` trades at BSE.
        day: On the market's calendar.

    Raises:
        ValueError: The Indian levies of that day are not known.
    """
    if market is not Market.INDIA:
        return _UNDATED.get((market, kind), FREE)
    is_bse = root in BSE_INDICES
    return _indian_schedules(_levies(day), is_bse=is_bse).get((market, kind), FREE)


def exercise_schedule(market: Market, day: date) -> Schedule:
    """
    Return what an option costs that is exercised, by what it is worth: who buys is its holder.

    Raises:
        ValueError: The Indian levies of that day are not known.
    """
    if market is not Market.INDIA:
        return FREE
    return Schedule((_of_value("STT", _levies(day).exercise_tax, Side.BUY),))


def _levies(day: date) -> _Levies:
    known = [levies for levies in _LEVIES if levies.since <= day]
    if not known:
        raise ValueError(f"Indian levies of {day} are not known, the first are {_LEVIES[0].since}")
    return known[-1]


def _indian_schedules(levies: _Levies, *, is_bse: bool) -> dict[tuple[Market, Kind], Schedule]:
    sale = Side.SELL
    exchange = levies.bse_option_exchange if is_bse else levies.option_exchange
    fund = "0" if is_bse else _OPTION_FUND
    option_tax = _of_value("STT", levies.option_tax, sale)
    return {
        (Market.INDIA, Kind.OPTION): _indian(option_tax, exchange, fund, _OPTION_STAMP),
        (Market.INDIA, Kind.FUTURE): _indian(
            _of_value("STT", levies.future_tax, sale),
            levies.future_exchange,
            _OTHER_FUND,
            _FUTURE_STAMP,
        ),
        (Market.INDIA, Kind.STOCK): _indian(
            _of_value("STT", _STOCK_TAX), levies.stock_exchange, _OTHER_FUND, _STOCK_STAMP
        ),
    }


SCHEDULES: Final[Schedules] = schedules_on(_LEVIES[-1].since)
"""The newest charges; whoever trades another day asks for that day's."""
