"""What a history can show of an instrument: trades, quotes, midpoints, vols."""

from enum import StrEnum
from typing import Final

import numpy as np

from voldesk.model.quotes import FloatArray
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.refusal import Refused, invalid, no_history

_OPTION_SPREAD: Final = 0.004  # of the premium, beside a tick


class Show(StrEnum):
    """What bars are made of, as a request says it."""

    TRADES = "TRADES"
    MIDPOINT = "MIDPOINT"
    BID = "BID"
    ASK = "ASK"
    BID_ASK = "BID_ASK"
    ADJUSTED_LAST = "ADJUSTED_LAST"
    AGGTRADES = "AGGTRADES"
    HISTORICAL_VOLATILITY = "HISTORICAL_VOLATILITY"
    OPTION_IMPLIED_VOLATILITY = "OPTION_IMPLIED_VOLATILITY"
    FEE_RATE = "FEE_RATE"
    YIELD_BID = "YIELD_BID"
    YIELD_ASK = "YIELD_ASK"
    YIELD_BID_ASK = "YIELD_BID_ASK"
    YIELD_LAST = "YIELD_LAST"
    SCHEDULE = "SCHEDULE"


TRADED: Final = frozenset({Show.TRADES, Show.ADJUSTED_LAST, Show.AGGTRADES})
"""What counts volume."""

VOLS: Final = frozenset({Show.HISTORICAL_VOLATILITY, Show.OPTION_IMPLIED_VOLATILITY})
"""What is a vol, a fraction."""

_YIELDS: Final = frozenset(
    {Show.YIELD_BID, Show.YIELD_ASK, Show.YIELD_BID_ASK, Show.YIELD_LAST, Show.FEE_RATE}
)
_WORDS: Final = {Show.TRADES: "Last", Show.ADJUSTED_LAST: "Last", Show.AGGTRADES: "Last"}
_QUOTED: Final = frozenset({Show.BID, Show.ASK, Show.BID_ASK})


def show_named(text: str) -> Show:
    """
    Return what a request asks to be shown.

    Raises:
        Refused: There is no such thing (321).
    """
    try:
        return Show(text)
    except ValueError:
        raise invalid(f"Invalid what to show: {text}. Legal ones are: {', '.join(Show)}") from None


def require_shown(instrument: Instrument, show: Show, exchange: str) -> None:
    """
    Refuse what is not recorded of an instrument.

    Raises:
        Refused: Nothing of that kind exists (162), or it has another name (10299).
    """
    if instrument.sec_type == "CRYPTO" and show is Show.TRADES:
        raise Refused(
            10_299, "Expected what to show is AGGTRADES, please use that instead of TRADES."
        )
    has_none = (
        (show in TRADED and instrument.sec_type in {"CASH", "CMDTY", "CFD"})
        or (show in _QUOTED and instrument.sec_type == "IND")
        or (show in VOLS and instrument.sec_type not in {"STK", "IND"})
        or show in _YIELDS
        or (show is Show.AGGTRADES and instrument.sec_type != "CRYPTO")
    )
    if has_none:
        word = _WORDS.get(show, show.value.replace("_", " ").title().replace(" ", ""))
        name = f"{instrument.product.symbol}/{instrument.sec_type}@{exchange}"
        raise no_history(f"No historical market data for {name} {word} 1d")


def half_spread(instrument: Instrument, price: FloatArray) -> FloatArray:
    """Return half of the spread that is quoted around a price, ``(n,)``."""
    if instrument.is_option:
        return instrument.tick + _OPTION_SPREAD * price
    return np.full(price.shape, instrument.product.half_spread * instrument.tick)


def shown(instrument: Instrument, show: Show, price: FloatArray) -> FloatArray:
    """
    Return what is shown where the unrounded price is that, on ticks; it rises with the price.

    ``BID_ASK`` is not one number: ask for the two.
    """
    if show in VOLS:
        return np.round(price, 6)
    if show is Show.MIDPOINT:
        return on_ticks(instrument, price, np.rint, finer=2.0)
    half = half_spread(instrument, price)
    if show is Show.BID:
        return np.maximum(on_ticks(instrument, price - half, np.floor), 0.0)
    if show is Show.ASK:
        return on_ticks(instrument, price + half, np.ceil)
    return np.maximum(on_ticks(instrument, price, np.rint), instrument.tick)


def on_ticks(
    instrument: Instrument, price: FloatArray, rounding: np.ufunc, finer: float = 1.0
) -> FloatArray:
    """Return prices on the ticks of an instrument: what a venue prints, no 0.15000000000000002."""
    per_unit = np.full(price.shape, round(1.0 / instrument.tick, 6) * finer)
    if instrument.coarse_from is not None:
        per_unit = np.where(price >= instrument.coarse_from, 0.5 * per_unit, per_unit)
    rounded: FloatArray = rounding(price * per_unit) / per_unit
    return rounded
