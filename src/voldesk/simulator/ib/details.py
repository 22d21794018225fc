"""What TWS tells about a contract: the whole of it, as contract details carry it."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from voldesk.simulator.ib.hours import Hours, local_time
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.matching import Match
from voldesk.wire.ib.types import ContractDetails, IbContract, TagValue

_DAYS_TOLD: Final = 6
_ORDER_TYPES: Final = {
    "STK": "ACTIVETIM,AD,ADDONT,ADJUST,ALERT,ALGO,ALLOC,AON,AVGCOST,BASKET,BENCHPX,CASHQTY,COND,"
    "CONDORDER,DARKONLY,DARKPOLL,DAY,DEACT,DEACTDIS,DEACTEOD,DIS,DUR,GAT,GTC,GTD,GTT,HID,IBKRATS,"
    "ICE,IMB,IOC,LIT,LMT,LOC,MIDPX,MIT,MKT,MOC,MTL,NGCOMB,NODARK,NONALGO,OCA,OPG,OPGREROUT,"
    "PEGBENCH,PEGMID,POSTATS,POSTONLY,PREOPGRTH,PRICECHK,REL,REL2MID,RELPCTOFS,RTH,SCALE,SCALEODD,"
    "SCALERST,SIZECHK,SNAPMID,SNAPMKT,SNAPREL,STP,STPLMT,SWEEP,TRAIL,TRAILLIT,TRAILLMT,TRAILMIT,"
    "WHATIF",
    "OPT": "ACTIVETIM,AD,ADJUST,ALERT,ALGO,ALLOC,AON,AVGCOST,BASKET,COND,CONDORDER,DAY,DEACT,"
    "DEACTDIS,DEACTEOD,DIS,FOK,GAT,GTC,GTD,GTT,HID,ICE,IOC,LIT,LMT,MIT,MKT,MTL,NGCOMB,NONALGO,"
    "OCA,OPENCLOSE,PEGMIDVOL,PEGMKTVOL,PEGPRMVOL,PEGSRFVOL,PRICECHK,REL,RELPCTOFS,SCALE,SCALERST,"
    "SIZECHK,SNAPMID,SNAPMKT,SNAPREL,STP,STPLMT,TRAIL,TRAILLIT,TRAILLMT,TRAILMIT,VOLAT,WHATIF",
    "FUT": "ACTIVETIM,AD,ADJUST,ALERT,ALGO,ALLOC,AVGCOST,BASKET,BENCHPX,COND,CONDORDER,DAY,DEACT,"
    "DEACTDIS,DEACTEOD,GAT,GTC,GTD,GTT,HID,ICE,IOC,LIT,LMT,LTH,MIT,MKT,MTL,NGCOMB,NONALGO,OCA,"
    "PEGBENCH,SCALE,SCALERST,SNAPMID,SNAPMKT,SNAPREL,STP,STPLMT,TRAIL,TRAILLIT,TRAILLMT,TRAILMIT,"
    "WHATIF",
    "CASH": "ACTIVETIM,AD,ADJUST,ALERT,ALGO,ALLOC,AVGCOST,BASKET,CASHQTY,COND,CONDORDER,DAY,DEACT,"
    "DEACTDIS,DEACTEOD,GAT,GTC,GTD,GTT,HID,IOC,LIT,LMT,MIT,MKT,NONALGO,OCA,REL,RELPCTOFS,SCALE,"
    "SCALERST,STP,STPLMT,TRAIL,TRAILLIT,TRAILLMT,TRAILMIT,WHATIF",
    "CRYPTO": "AD,ALERT,CASHQTY,COND,CONDORDER,DAY,GTC,GTT,IOC,LMT,MKT,NONALGO,WHATIF",
    "IND": "ALERT,NONALGO",
    "BOND": "ALERT,AON,COND,CONDORDER,DAY,DEACT,GTC,LMT,MKT,NONALGO,WHATIF",
}
_LIKE: Final = {"FOP": "OPT", "CONTFUT": "FUT", "CFD": "STK", "CMDTY": "CASH", "WAR": "STK"}
_SPOTS: Final = frozenset({"CASH", "CRYPTO", "CMDTY"})
_NO_GROUP: Final = frozenset({"FUT", "FOP", "CONTFUT", "BOND"})
_MARKET_SIZES: Final = {"CASH": (1.0, 0.01, 10_000.0), "CRYPTO": (1e-8, 1e-8, 0.01)}


def contract_of(match: Match) -> IbContract:
    """Return a contract as TWS describes it in full."""
    instrument, product = match.instrument, match.instrument.product
    has_home = instrument.sec_type in {"STK", "CFD"}
    last = instrument.last_trade
    return IbContract(
        con_id=instrument.con_id,
        symbol=product.symbol,
        sec_type="CONTFUT" if match.is_continuous else instrument.sec_type,
        last_trade_date="" if last is None else f"{last:%Y%m%d}",
        strike=instrument.strike,
        right=instrument.right,
        multiplier=instrument.multiplier,
        exchange=match.exchange,
        primary_exchange=product.exchange if has_home else "",
        currency=product.currency,
        local_symbol=instrument.local_symbol,
        trading_class=instrument.trading_class,
        sec_id_type="",
    )


def details_of(match: Match, now: int) -> ContractDetails:
    """
    Return all that TWS tells about a contract.

    Args:
        match: Which one, on which exchange.
        now: UTC seconds; the trading hours are those of the days from then on.
    """
    instrument, product = match.instrument, match.instrument.product
    hours = instrument.hours
    under = instrument.under
    step = product.size_step if instrument.sec_type == product.sec_type else 1.0
    least, increment, suggested = _MARKET_SIZES.get(
        instrument.sec_type, (step, step, 100.0 if instrument.sec_type == "STK" else 1.0)
    )
    told = ContractDetails(
        contract=contract_of(match),
        market_name=_market_name(instrument),
        min_tick=instrument.tick,
        order_types=order_types(instrument),
        valid_exchanges=",".join(instrument.exchanges),
        under_con_id=0 if under is None else under.con_id,
        long_name=product.name,
        contract_month=instrument.contract_month,
        industry=product.industry,
        category=product.category,
        subcategory=product.subcategory,
        time_zone=hours.zone_id,
        trading_hours=_hours_text(hours, now, is_regular=False),
        liquid_hours=_hours_text(hours, now, is_regular=True),
        sec_ids=tuple(TagValue(tag, value) for tag, value in _sec_ids(instrument)),
        agg_group=None if instrument.sec_type in _NO_GROUP else _group(instrument),
        under_symbol="" if under is None else _under_symbol(under),
        under_sec_type="" if under is None else under.sec_type,
        market_rule_ids=",".join([str(instrument.rule)] * len(instrument.exchanges)),
        real_expiration_date=_date(instrument),
        last_trade_time=_last_trade_time(instrument),
        stock_type=product.stock_type if instrument.sec_type == "STK" else "",
        min_size=least,
        size_increment=increment,
        suggested_size_increment=suggested,
    )
    return _with_bond(told, instrument)


def order_types(instrument: Instrument) -> str:
    """Return the order types a contract takes, a comma list."""
    kind = _LIKE.get(instrument.sec_type, instrument.sec_type)
    return _ORDER_TYPES.get(kind, _ORDER_TYPES["STK"])


def _market_name(instrument: Instrument) -> str:
    product = instrument.product
    if instrument.sec_type == "CASH":
        return f"{product.symbol}.{product.currency}"
    return instrument.trading_class


def _hours_text(hours: Hours, now: int, *, is_regular: bool) -> str:
    first = hours.local_day(now)
    return hours.text(first, _DAYS_TOLD, is_regular=is_regular)


def _sec_ids(instrument: Instrument) -> tuple[tuple[str, str], ...]:
    if instrument.sec_type in {"STK", "BOND"}:
        return instrument.product.sec_ids
    return ()


def _group(instrument: Instrument) -> int:
    """Return the group of exchanges whose quotes are one: the number depends on the type."""
    if instrument.sec_type in _SPOTS:
        return 4
    return {"STK": 1, "OPT": 2}.get(instrument.sec_type, 1)


def _under_symbol(under: Instrument) -> str:
    return under.local_symbol if under.sec_type == "FUT" else under.product.symbol


def _date(instrument: Instrument) -> str:
    return "" if instrument.expires is None else f"{instrument.expires:%Y%m%d}"


def _last_trade_time(instrument: Instrument) -> str:
    if not instrument.settles:
        return ""
    settles = local_time(instrument.settles, instrument.hours.zone)
    if instrument.last_trade != instrument.expires:  # settles at the open of the day after
        settles = settles.replace(hour=16, minute=15) - timedelta(days=1)
    return f"{settles:%H:%M:%S}"


def _with_bond(told: ContractDetails, instrument: Instrument) -> ContractDetails:
    """Return the details with what only bonds have."""
    product = instrument.product
    if instrument.sec_type != "BOND" or product.matures is None:
        return told
    return replace(
        told,
        cusip=dict(product.sec_ids)["CUSIP"],
        coupon=product.coupon,
        coupon_type="FIXED",
        bond_type="GOVT" if product.symbol == "US-T" else "CORP",
        ratings="NR",
        desc_append=f"{product.symbol} {product.coupon:g} {product.matures:%m/%d/%y}",
        maturity=f"{product.matures:%Y%m%d}",
        issue_date=f"{product.listed:%Y%m%d}",
    )
