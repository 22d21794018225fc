"""How a number is written: decimals chosen once per column, unknown as a dash."""

import math
from collections.abc import Iterable

UNKNOWN = "\N{EN DASH}"

_MAX_DECIMALS = 8


def price_decimals(values: Iterable[float], *, least: int = 0, most: int = 4) -> int:
    """
    Return the fewest decimals, between the two, that show every price exactly.

    Prices on no tick (converted from coin) get those that give the largest five digits.
    """
    known = [value for value in values if math.isfinite(value)]
    for decimals in range(least, most + 1):
        unit = 10.0**-decimals
        if all(abs(value - round(value, decimals)) <= 1e-6 * unit for value in known):
            return decimals
    return max(least, scale_decimals(known, digits=5, most=most))


def scale_decimals(values: Iterable[float], *, digits: int = 3, most: int = _MAX_DECIMALS) -> int:
    """Return the decimals that give the largest magnitude this many significant digits."""
    peak = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    if peak == 0.0:
        return 0
    return min(max(digits - 1 - math.floor(math.log10(peak)), 0), most)


def fixed(value: float, decimals: int) -> str:
    """Write a number with this many decimals; what rounds to zero has no sign."""
    if not math.isfinite(value):
        return UNKNOWN
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if not text.strip("-0.") else text


def percent(value: float, decimals: int = 2) -> str:
    """Write a fraction as percent, without the sign: a column header carries it."""
    return fixed(100.0 * value, decimals)


def count(value: float) -> str:
    """Write contracts with thousands separators, from ten million on in millions."""
    if not math.isfinite(value):
        return UNKNOWN
    if abs(value) >= 1e7:
        return f"{value / 1e6:,.1f}M"
    return f"{value:,.0f}"


def grouped(value: float, decimals: int = 2) -> str:
    """Write a price in a headline, with thousands separators."""
    return f"{value:,.{decimals}f}" if math.isfinite(value) else UNKNOWN


_UNITS = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1e3, "k"))


def money(value: float) -> str:
    """Write an amount with its sign and three significant digits: ``+2.31bn``."""
    if not math.isfinite(value):
        return UNKNOWN
    if value == 0.0:
        return "0"
    for size, unit in _UNITS:
        if abs(value) >= 0.9995 * size:  # rounds to three digits of this unit
            return f"{value / size:+.3g}{unit}"
    return f"{value:+.3g}"


def days_left(years: float) -> str:
    """Write the time to settlement in days, ``16d``, in the last two of them in hours."""
    days = years * 365.0
    if not math.isfinite(days):
        return UNKNOWN
    if days <= 0.0:
        return "0h"
    if days < 2.0:
        return f"{days * 24.0:.1f}h"
    return f"{days:.1f}d" if days < 10.0 else f"{days:.0f}d"
