"""The generic ticks of a market data line: numbers a client asks for beside the quotes."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from voldesk.model.ticks import Field
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.news import PROVIDERS, headlines
from voldesk.simulator.ib.quote_line import MARK, TIME_AND_SALES, QuoteLine
from voldesk.simulator.ib.refusal import Refused
from voldesk.simulator.ib.shown import Shown
from voldesk.simulator.ib.world import World
from voldesk.wire.ib.answers_market import TickNews

LEGAL: Final[Mapping[int, str]] = {
    100: "Option Volume",
    101: "Option Open Interest",
    104: "Historical Volatility",
    105: "Average Option Volume",
    106: "Implied Volatility",
    165: "Misc Stats",
    221: "Creditman Mark Price",
    225: "Auction Values",
    232: "Pl Price",
    233: "RTVolume",
    236: "Inventory",
    256: "Inventory",
    258: "Fundamentals",
    291: "ivclose",
    292: "Wide News",
    293: "TradeCount",
    294: "TradeRate",
    295: "VolumeRate",
    318: "LastRTHTrade",
    375: "RT Trade Volume",
    411: "Real-Time Historical Volatility",
    456: "IBDividends",
    460: "BondFactorMultiplier",
    577: "EtfNavLast",
    586: "IPOHLSPRC",
    587: "Pl Price Delayed",
    588: "Futures Open Interest",
    595: "Short-Term Volume X Mins",
    614: "EtfNavMisc",
    619: "Creditman Slow Mark Price",
    623: "EtfFrozenNavLast",
}
"""What may be asked for."""

_CALL_OI, _PUT_OI, _CALL_VOLUME, _PUT_VOLUME = 27, 28, 29, 30
_HISTORICAL_VOL, _IMPLIED_VOL, _AVERAGE_OPTION_VOLUME = 23, 24, 87
_LOW_13, _HIGH_13, _LOW_26, _HIGH_26, _LOW_52, _HIGH_52, _AVERAGE_VOLUME = range(15, 22)
_SHORTABLE, _SHORTABLE_SHARES = 46, 89
_TRADE_COUNT, _TRADE_RATE, _VOLUME_RATE = 54, 55, 56
_LAST_RTH, _REAL_TIME_VOL, _DIVIDENDS, _FUTURE_OI = 57, 58, 59, 86
_NEWS, _NEWS_MINUTE = 292, -292  # what a line remembers of headlines
_EASY_TO_BORROW: Final = 3.0
_TRADING_DAY_MINUTES: Final = 390.0
_REACH: Final = {13: 0.08, 26: 0.14, 52: 0.22}  # of the price, about, by weeks


def generics_of(text: str, sec_type: str) -> frozenset[int]:
    """
    Return the numbers of a comma list; what follows a colon (news providers) is left out.

    Raises:
        Refused: A number is none of the legal ones (321).
    """
    numbers = [part.partition(":")[0].strip() for part in text.split(",")]
    wanted = [n.removeprefix("mdoff") for n in numbers if n and n != "mdoff"]
    wrong = [n for n in wanted if not (n.isascii() and n.isdigit() and int(n) in LEGAL)]
    if wrong:
        legal = ",".join(f"{number}({name})" for number, name in LEGAL.items())
        raise Refused(
            321,
            "Error validating request.-'bO' : cause - Incorrect generic tick list of"
            f" {text}.  Legal ones for ({sec_type}) are: {legal}.",
        )
    return frozenset(int(n) for n in wanted)


def generic_messages(world: World, line: QuoteLine, shown: Shown) -> list[Any]:
    """Return messages for the generic ticks of a line that changed."""
    found: list[Any] = []
    for number in sorted(line.generics):
        teller = _TELLERS.get(number)
        if teller is not None:
            teller(world, line, shown, found)
    return found


_Teller = Callable[[World, QuoteLine, Shown, list[Any]], None]


def _option_sums(world: World, instrument: Instrument, field: Field) -> tuple[float, float]:
    """Return the sum over all calls and all puts of an underlying of the simulated market."""
    listing = world.market.listing
    symbol = instrument.product.market_symbol
    mine = (listing.underlying == symbol) & listing.is_option
    values = np.nan_to_num(world.observed.latest[field])
    calls = float(values[mine & listing.is_call].sum())
    return calls, float(values[mine & ~listing.is_call].sum())


def _option_volume(world: World, line: QuoteLine, _: Shown, found: list[Any]) -> None:
    if not line.instrument.is_option:
        calls, puts = _option_sums(world, line.instrument, Field.VOLUME)
        line.size(found, _CALL_VOLUME, calls)
        line.size(found, _PUT_VOLUME, puts)


def _open_interest(world: World, line: QuoteLine, shown: Shown, found: list[Any]) -> None:
    instrument = line.instrument
    if instrument.is_option:
        line.size(found, _CALL_OI if instrument.right == "C" else _PUT_OI, shown.open_interest)
        return
    calls, puts = _option_sums(world, instrument, Field.OPEN_INTEREST)
    line.size(found, _CALL_OI, calls)
    line.size(found, _PUT_OI, puts)


def _vol_of(world: World, instrument: Instrument) -> float:
    state = world.market.state.get(instrument.product.market_symbol)
    return round(instrument.product.implied_vol if state is None else state.vol, 6)


def _implied_vol(world: World, line: QuoteLine, _: Shown, found: list[Any]) -> None:
    if not line.instrument.is_option:
        line.number(found, _IMPLIED_VOL, _vol_of(world, line.instrument))


def _historical_vol(_: World, line: QuoteLine, __: Shown, found: list[Any]) -> None:
    if not line.instrument.is_option:
        line.number(found, _HISTORICAL_VOL, line.instrument.product.implied_vol)


def _real_time_vol(world: World, line: QuoteLine, _: Shown, found: list[Any]) -> None:
    line.number(found, _REAL_TIME_VOL, _vol_of(world, line.instrument))


def _average_option_volume(world: World, line: QuoteLine, _: Shown, found: list[Any]) -> None:
    if not line.instrument.is_option:
        line.size(
            found,
            _AVERAGE_OPTION_VOLUME,
            sum(_option_sums(world, line.instrument, Field.OPEN_INTEREST)),
        )


def _stats(_: World, line: QuoteLine, shown: Shown, found: list[Any]) -> None:
    close = shown.day.close
    ranges = ((_LOW_13, _HIGH_13, 13), (_LOW_26, _HIGH_26, 26), (_LOW_52, _HIGH_52, 52))
    for low, high, weeks in ranges:
        line.price(found, low, round(close * (1.0 - _REACH[weeks]), 2))
        line.price(found, high, round(close * (1.0 + _REACH[weeks]), 2))
    line.size(found, _AVERAGE_VOLUME, line.instrument.product.day_volume)


def _mark(_: World, line: QuoteLine, shown: Shown, found: list[Any]) -> None:
    line.price(found, MARK, round(shown.mid, 6))


def _time_and_sales(_: World, line: QuoteLine, shown: Shown, found: list[Any]) -> None:
    """Tell ``price;size;time in ms;volume;vwap;by one market maker``."""
    if not shown.last_at or not np.isfinite(shown.last):
        return
    vwap = shown.last if not np.isfinite(shown.day.open) else 0.5 * (shown.last + shown.day.open)
    volume = 0.0 if not np.isfinite(shown.day.volume) else shown.day.volume
    text = f"{shown.last};{shown.last_size:g};{1000 * shown.last_at};{volume:.0f};{vwap:.4f};true"
    line.text(found, TIME_AND_SALES, text)


def _shortable(_: World, line: QuoteLine, __: Shown, found: list[Any]) -> None:
    if line.instrument.sec_type == "STK":
        line.number(found, _SHORTABLE, _EASY_TO_BORROW)
        line.size(found, _SHORTABLE_SHARES, round(line.instrument.product.day_volume))


def _trades(_: World, line: QuoteLine, shown: Shown, found: list[Any]) -> None:
    volume = shown.day.volume
    if np.isfinite(volume):
        count = round(volume / max(line.instrument.product.trade_size, 1.0))
        line.number(found, _TRADE_COUNT, float(count))


def _trade_rate(_: World, line: QuoteLine, shown: Shown, found: list[Any]) -> None:
    size = max(line.instrument.product.trade_size, 1.0)
    if np.isfinite(shown.day.volume):
        rate = shown.day.volume / size / _TRADING_DAY_MINUTES
        line.number(found, _TRADE_RATE, round(rate, 1))


def _volume_rate(_: World, line: QuoteLine, shown: Shown, found: list[Any]) -> None:
    if np.isfinite(shown.day.volume):
        line.number(found, _VOLUME_RATE, round(shown.day.volume / _TRADING_DAY_MINUTES, 1))


def _last_in_session(_: World, line: QuoteLine, shown: Shown, found: list[Any]) -> None:
    line.price(found, _LAST_RTH, shown.last)


def _dividends(_: World, line: QuoteLine, shown: Shown, found: list[Any]) -> None:
    terms = line.instrument.product.options
    if line.instrument.sec_type == "STK" and terms is not None and terms.dividend_yield:
        year = round(terms.dividend_yield * shown.day.close, 2)
        line.text(found, _DIVIDENDS, f"{year},{year},,{year / 4.0:.2f}")


def _future_interest(_: World, line: QuoteLine, shown: Shown, found: list[Any]) -> None:
    if line.instrument.sec_type == "FUT":
        line.size(found, _FUTURE_OI, shown.open_interest)


def _news(world: World, line: QuoteLine, _: Shown, found: list[Any]) -> None:
    """Tell the newest headline once; whether there is a newer one is looked at every minute."""
    if line.is_known(_NEWS_MINUTE, world.second // 60):
        return
    codes = "+".join(provider.code for provider in PROVIDERS)
    latest, _has_more = headlines(line.instrument, codes, "", "", 1, world.second)
    for one in latest:
        if not line.is_known(_NEWS, one.article_id):
            at = datetime.fromisoformat(one.time).replace(tzinfo=UTC)
            time_ms = 1000 * int(at.timestamp())
            found.append(
                TickNews(line.req_id, time_ms, one.provider, one.article_id, one.headline, "")
            )


_TELLERS: Final[Mapping[int, _Teller]] = {
    100: _option_volume,
    101: _open_interest,
    104: _historical_vol,
    105: _average_option_volume,
    106: _implied_vol,
    165: _stats,
    221: _mark,
    232: _mark,
    233: _time_and_sales,
    236: _shortable,
    292: _news,
    293: _trades,
    294: _trade_rate,
    295: _volume_rate,
    318: _last_in_session,
    375: _time_and_sales,
    411: _real_time_vol,
    456: _dividends,
    588: _future_interest,
}
