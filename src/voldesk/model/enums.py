"""Closed sets of words: status, right, market, and what a convention can choose."""

from enum import IntEnum, StrEnum


class Status(IntEnum):
    """
    Why a row has an implied vol, or why it has none.

    The values are stored in recordings: never renumber, only add.
    """

    OK = 0
    NO_BID = 1  # nobody bids (missing or zero), whatever the ask
    ONE_SIDED = 2  # a bid without an ask
    CROSSED = 3  # bid above ask
    STALE = 4  # the quote is older than the profile's limit
    BELOW_INTRINSIC = 5  # the price is at or below the discounted intrinsic value
    ABOVE_MAX = 6  # the price is at or above what any vol can give
    NO_FORWARD = 7  # the series has neither parity pairs nor a given forward
    EXPIRED = 8  # the settlement instant is not after the valuation time
    NOT_CONVERGED = 9  # a finite price whose vol the solver cannot certify
    NO_PRICE = 10  # the price the profile asks for (last, mark) was never given


class Right(StrEnum):
    """What the holder may do."""

    CALL = "C"
    PUT = "P"


class Market(StrEnum):
    """Whose calendar and settlement instants apply."""

    US = "us"  # OCC options: 16:00 New York, AM-settled roots 09:30
    INDIA = "india"  # NSE and BSE: 15:30 IST
    DERIBIT = "deribit"  # 08:00 UTC, every day
    CME = "cme"  # options on futures, 14:30 New York


class PriceUsed(StrEnum):
    """Which price of a row the published iv comes from."""

    MID = "mid"
    LAST = "last"
    MARK = "mark"


class ForwardSource(StrEnum):
    """Where the forward of a series comes from."""

    PARITY = "parity"  # regression of C - P on strike
    QUOTED = "quoted"  # a future or per-expiry forward given with the rows
    SPOT_RATE = "spot_rate"  # spot * exp(rate * years)
    ESCROWED = "escrowed"  # (spot - present value of dividends) * exp(rate * years)


class DiscountSource(StrEnum):
    """Where the discount factor of a series comes from."""

    PARITY = "parity"  # the slope of C - P on strike
    RATE = "rate"  # exp(-rate * years)


class YearClock(StrEnum):
    """How an instant pair becomes years."""

    ACT_365 = "act_365"  # elapsed seconds / 31,536,000
    ACT_365_MINUTE = "act_365_minute"  # whole elapsed minutes / 525,600
    CALENDAR_DAYS = "calendar_days"  # whole dates apart / 365


class Exercise(StrEnum):
    """When the holder may exercise."""

    EUROPEAN = "european"
    AMERICAN = "american"


class PremiumUnit(StrEnum):
    """What a premium is counted in."""

    CURRENCY = "currency"
    COIN = "coin"  # units of the underlying: price in currency = premium * forward
