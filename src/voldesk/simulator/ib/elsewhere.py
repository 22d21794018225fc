"""Indices, currencies, coins, bonds and the rest of the price list."""

from datetime import date
from typing import Final

from voldesk.simulator.ib import hours
from voldesk.simulator.ib.hours import Hours
from voldesk.simulator.ib.product import Leader, OptionTerms, Product
from voldesk.simulator.ib.walks import Gait

_CENT: Final = 0.01
_INDEX_OPTIONS: Final = ("OPT", "IOPT", "WAR", "FUT", "BAG")


def _index(
    symbol: str,
    name: str,
    con_id: int,
    exchange: str,
    level: float,
    vol: float,
    *,
    currency: str = "USD",
    open_hours: Hours = hours.US_INDEX,
    half_life: float | None = None,
    leader: Leader | None = None,
    market_symbol: str = "",
    options: OptionTerms | None = None,
) -> Product:
    return Product(
        symbol=symbol,
        sec_type="IND",
        exchange=exchange,
        currency=currency,
        name=name,
        hours=open_hours,
        tick=0.01,
        con_id=con_id,
        exchanges=(exchange,),
        trading_class=symbol,
        gait=Gait(level, vol, drift=0.0 if half_life else 0.05, half_life=half_life),
        leader=leader,
        market_symbol=market_symbol,
        listed=date(1990, 1, 2),
        rule=32,
        derivatives=_INDEX_OPTIONS,
        options=options,
        option_hours=hours.INDEX_OPTION,
        industry="Indices",
        category="Broad Range Equity Index",
        subcategory="*",
        implied_vol=vol,
    )


_SPX: Final = Leader(key="IND SPX CBOE USD")
_NDX: Final = Leader(key="IND NDX NASDAQ USD")

INDICES: Final = (
    _index(
        "SPX",
        "S&P 500 Stock Index",
        416904,
        "CBOE",
        6800.0,
        0.14,
        market_symbol="SPX",
        options=OptionTerms(step=25.0, unit=5.0, vol=0.14, rho=-0.55, dividend_yield=0.012),
    ),
    _index(
        "NDX",
        "NASDAQ 100 Stock Index",
        416843,
        "NASDAQ",
        25_200.0,
        0.19,
        options=OptionTerms(step=50.0, unit=25.0, vol=0.19, rho=-0.5, dividend_yield=0.006),
    ),
    _index("RUT", "Russell 2000 Stock Index", 416888, "RUSSELL", 2480.0, 0.21),
    _index("VIX", "CBOE Volatility Index", 13455763, "CBOE", 17.0, 0.9, half_life=25.0),
    _index("ES", "E-mini S&P 500", 11004968, "CME", 6800.0, 0.14, leader=_SPX),
    _index("MES", "Micro E-Mini S&P 500", 362673777, "CME", 6800.0, 0.14, leader=_SPX),
    _index("NQ", "E-mini NASDAQ 100", 11004958, "CME", 25_200.0, 0.19, leader=_NDX),
    _index(
        "DAX",
        "DAX 40 Index (Deutsche Aktien Xchange 40)",
        825711,
        "EUREX",
        24_200.0,
        0.17,
        currency="EUR",
        open_hours=hours.XETRA,
    ),
    _index(
        "ESTX50",
        "Dow Jones Euro STOXX50",
        4356500,
        "EUREX",
        5650.0,
        0.16,
        currency="EUR",
        open_hours=hours.XETRA,
    ),
    _index(
        "NIFTY50",
        "NIFTY 50 Index",
        51497778,
        "NSE",
        26_000.0,
        0.125,
        currency="INR",
        open_hours=hours.NSE,
        market_symbol="NIFTY",
        options=OptionTerms(step=50.0, unit=50.0, vol=0.125, rate=0.06),
    ),
    _index(
        "BANKNIFTY",
        "NIFTY Bank Index",
        0,
        "NSE",
        58_500.0,
        0.14,
        currency="INR",
        open_hours=hours.NSE,
        market_symbol="BANKNIFTY",
        options=OptionTerms(step=100.0, unit=100.0, vol=0.14, rate=0.06),
    ),
)


def _pair(symbol: str, currency: str, con_id: int, rate: float, vol: float = 0.075) -> Product:
    is_yen = currency == "JPY"
    return Product(
        symbol=symbol,
        sec_type="CASH",
        exchange="IDEALPRO",
        currency=currency,
        name=f"{_MONEY[symbol]}.{_MONEY[currency]}",
        hours=hours.FOREX,
        tick=0.005 if is_yen else 0.00005,
        con_id=con_id,
        exchanges=("IDEALPRO",),
        trading_class=f"{symbol}.{currency}",
        local_symbol=f"{symbol}.{currency}",
        gait=Gait(rate, vol, half_life=400.0),
        quote_size=2_000_000.0,
        listed=date(2005, 3, 9),
        rule=59 if is_yen else 239,
        implied_vol=vol,
    )


_MONEY: Final = {
    "EUR": "European Monetary Union Euro",
    "USD": "United States dollar",
    "GBP": "British pound",
    "JPY": "Japanese yen",
    "CHF": "Swiss franc",
    "CAD": "Canadian dollar",
    "AUD": "Australian dollar",
    "NZD": "New Zealand dollar",
    "INR": "Indian rupee",
}

FOREX: Final = (
    _pair("EUR", "USD", 12087792, 1.1650),
    _pair("GBP", "USD", 12087797, 1.3350, 0.08),
    _pair("USD", "JPY", 15016059, 154.0, 0.10),
    _pair("USD", "CHF", 12087820, 0.7980),
    _pair("USD", "CAD", 15016062, 1.3950, 0.06),
    _pair("AUD", "USD", 14433401, 0.6600, 0.09),
    _pair("NZD", "USD", 39453441, 0.5800, 0.09),
    _pair("EUR", "GBP", 12087807, 0.8730, 0.06),
    _pair("EUR", "JPY", 14321016, 179.5, 0.09),
    _pair("EUR", "CHF", 12087817, 0.9300, 0.05),
    _pair("USD", "INR", 0, 88.6, 0.04),
)


def _coin(symbol: str, name: str, con_id: int, price: float, vol: float, tick: float) -> Product:
    return Product(
        symbol=symbol,
        sec_type="CRYPTO",
        exchange="PAXOS",
        currency="USD",
        name=name,
        hours=hours.CRYPTO,
        tick=tick,
        con_id=con_id,
        exchanges=("PAXOS", "ZEROHASH"),
        trading_class=symbol,
        local_symbol=f"{symbol}.USD",
        gait=Gait(price, vol, drift=0.05),
        market_symbol="BTC" if symbol == "BTC" else "",
        day_volume=4_000_000.0 / price,
        trade_size=1.0,
        quote_size=2.0,
        half_spread=8.0,
        listed=date(2017, 1, 3),
        rule=2063 if tick < 0.1 else 1700,
        size_step=1e-8,
        implied_vol=vol,
    )


COINS: Final = (
    _coin("BTC", "Bitcoin cryptocurrency", 479624278, 95_000.0, 0.42, 0.25),
    _coin("ETH", "Ethereum cryptocurrency", 495759171, 3_100.0, 0.60, 0.01),
    _coin("LTC", "Litecoin cryptocurrency", 498989715, 85.0, 0.65, 0.01),
)


def _bond(symbol: str, name: str, isin: str, coupon: float, matures: date) -> Product:
    return Product(
        symbol=symbol,
        sec_type="BOND",
        exchange="SMART",
        currency="USD",
        name=name,
        hours=hours.BOND,
        tick=0.001,
        exchanges=("SMART", "BONDDESK", "TRADEWEBG"),
        trading_class=symbol,
        local_symbol=f"IBCID{isin[2:11]}",
        gait=Gait(99.0, 0.04, half_life=250.0),
        quote_size=50.0,
        day_volume=400.0,
        trade_size=20.0,
        half_spread=60.0,
        listed=date(2015, 1, 2),
        rule=557,
        sec_ids=(("CUSIP", isin[2:11]), ("ISIN", isin)),
        coupon=coupon,
        matures=matures,
        implied_vol=0.05,
    )


BONDS: Final = (
    _bond("BNS", "BANK OF NOVA SCOTIA", "US064159KJ44", 2.7, date(2026, 8, 3)),
    _bond("US-T", "UNITED STATES TREASURY", "US912828ZQ64", 0.625, date(2030, 5, 15)),
    _bond("IBM", "INTL BUSINESS MACHINES CORP", "US459200KC42", 4.25, date(2049, 5, 15)),
)


def _follower(
    symbol: str,
    sec_type: str,
    name: str,
    leader: str,
    *,
    factor: float = 1.0,
    tick: float = 0.01,
    exchange: str = "SMART",
    con_id: int = 0,
) -> Product:
    return Product(
        symbol=symbol,
        sec_type=sec_type,
        exchange=exchange,
        currency="USD",
        name=name,
        hours=hours.US_STOCK if sec_type == "CFD" else hours.NYMEX,
        tick=tick,
        con_id=con_id,
        exchanges=(exchange,),
        trading_class=symbol,
        local_symbol=f"{symbol}{_SUFFIXES.get(sec_type, '')}",
        leader=Leader(key=leader, factor=factor),
        day_volume=90_000.0,
        trade_size=50.0,
        half_spread=2.0,
        listed=date(2010, 1, 4),
        rule=557 if tick < _CENT else 32,
        implied_vol=0.2,
    )


def _abroad(
    exchange: str, currency: str, con_id: int, factor: float, trading_class: str
) -> Product:
    return Product(
        symbol="AMD",
        sec_type="STK",
        exchange=exchange,
        currency=currency,
        name="ADVANCED MICRO DEVICES",
        hours=hours.XETRA,
        tick=0.01,
        con_id=con_id,
        exchanges=("SMART", exchange, "FWB", "TGATE")[: 4 if currency == "EUR" else 2],
        trading_class=trading_class,
        leader=Leader(key="STK AMD NASDAQ USD", factor=factor),
        day_volume=60_000.0,
        trade_size=30.0,
        half_spread=4.0,
        quote_size=80.0,
        listed=date(2005, 1, 3),
        industry="Technology",
        category="Semiconductors",
        subcategory="Electronic Compo-Semicon",
        stock_type="COMMON",
        implied_vol=0.48,
    )


FOREIGN: Final = (
    _abroad("IBIS", "EUR", 32596680, 0.858, "XETRA"),
    _abroad("EBS", "CHF", 172603743, 0.798, "AMD"),
)
"""One company's listings in Europe: without a currency the symbol is ambiguous."""

_SUFFIXES: Final = {"CFD": "n", "WAR": "W"}

OTHERS: Final = (
    _follower("AAPL", "CFD", "APPLE INC", "STK AAPL NASDAQ USD"),
    _follower("AMZN", "CFD", "AMAZON.COM INC", "STK AMZN NASDAQ USD"),
    _follower("TSLA", "CFD", "TESLA INC", "STK TSLA NASDAQ USD"),
    _follower("IBUS500", "CFD", "US 500", "IND SPX CBOE USD", con_id=111987407),
    _follower("XAUUSD", "CMDTY", "London Gold", "STK GLD ARCA USD", factor=10.9, con_id=69067924),
    _follower("XAGUSD", "CMDTY", "London Silver", "STK GLD ARCA USD", factor=0.135, tick=0.001),
    _follower("AAPL", "WAR", "APPLE INC WARRANT", "STK AAPL NASDAQ USD", factor=0.02),
    _follower("VFINX", "FUND", "VANGUARD 500 INDEX FUND", "IND SPX CBOE USD", factor=0.09),
)
