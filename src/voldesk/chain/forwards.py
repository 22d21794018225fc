"""Forward and discount of every series: the profile's choice, what stands in for it, and why."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from voldesk.chain.parity import fit_series
from voldesk.chain.table import ChainTable, IndexArray
from voldesk.model.enums import DiscountSource, ForwardSource
from voldesk.model.quotes import NO_TIME, BoolArray, FloatArray
from voldesk.pricing.forward import ParityFit

CARRY: Final = "carry"
"""Source word: interpolated from what the other series of the chain imply."""
ZERO_RATE: Final = "zero_rate"
"""Source word: nothing tells the discount, 1 is used."""
NONE: Final = "none"

_PARITY: Final = ForwardSource.PARITY.value  # of a discount, too
_QUOTED: Final = ForwardSource.QUOTED.value
_SPOT_RATE: Final = ForwardSource.SPOT_RATE.value
_ESCROWED: Final = ForwardSource.ESCROWED.value
_RATE: Final = DiscountSource.RATE.value

_ORDER: Final = {  # the profile's forward: what is tried, in this order
    ForwardSource.PARITY: (_PARITY, _QUOTED, _SPOT_RATE, CARRY),
    ForwardSource.QUOTED: (_QUOTED, _PARITY, _SPOT_RATE, CARRY),
    ForwardSource.SPOT_RATE: (_SPOT_RATE, _PARITY, _QUOTED, CARRY),
    ForwardSource.ESCROWED: (_ESCROWED, _PARITY, _QUOTED, CARRY),
}

_ONE_DAY: Final = 1.0 / 365.0


@dataclass(frozen=True, slots=True, eq=False)
class Parity:
    """What parity says at each point, and the fit that speaks for each series it was asked of."""

    forward: FloatArray  # (p,)
    discount: FloatArray  # (p,)
    fits: dict[int, ParityFit]
    discount_source: dict[int, str]

    @classmethod
    def nothing(cls, points: int) -> "Parity":
        """Return that no series was asked yet."""
        return cls(np.full(points, np.nan), np.full(points, np.nan), {}, {})


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """A figure at each point and the word for where it comes from."""

    values: FloatArray
    words: tuple[str, ...]
    word: IndexArray  # index into words

    def word_at(self, point: int) -> str:
        """Return the word of one point."""
        return self.words[int(self.word[point])]


def fit_forwards(table: ChainTable, *, dividends: float = 0.0) -> None:
    """
    Write forward and discount of every point and series, their sources and the reasons.

    The profile's own way is tried first, then parity, the forward the rows came with, spot and
    rate, and last the carry that the other series of the chain imply at their own expiries
    (linear in time, flat outside). What nothing can tell is NaN with the reason.

    Args:
        table: Its points get ``forward`` and ``discount``, its series all but ``years``.
        dividends: Present value of the dividends before expiry, quote currency; with them a
            forward from spot and rate is an escrowed one.
    """
    parity = Parity.nothing(table.points.series.size)
    fit_parity(table, parity, wants_parity(table, dividends))
    choose_forwards(table, parity, dividends)


def wants_parity(table: ChainTable, dividends: float = 0.0) -> BoolArray:
    """Tell which points need a parity fit, for their forward or their discount. ``(p,)``."""
    is_alive: BoolArray = table.points.years > 0.0
    first = _order(table, dividends)[0]
    if first == _PARITY or _given_rate(table) is None:
        return is_alive
    with np.errstate(all="ignore"):
        return is_alive & ~(_given(table, dividends, first) > 0.0)


def choose_forwards(
    table: ChainTable, parity: Parity, dividends: float = 0.0
) -> tuple[Choice, Choice]:
    """
    Write what `fit_forwards` does, of parity fits made before.

    Returns:
        Forward and discount at each point, with the word for where it comes from.
    """
    alive = table.points.years > 0.0
    with np.errstate(all="ignore"):
        forward = _choose(table, parity, dividends, alive)
        forward = _carry_forwards(table, forward)
        discount = _discounts(table, forward.values, parity, alive)
        present = forward.values * discount.values
        has_discount = alive & (discount.values > 0.0) & np.isfinite(discount.values)
        is_good = has_discount & (present > 0.0) & np.isfinite(present)
    table.points.forward[:] = np.where(is_good, forward.values, np.nan)
    table.points.discount[:] = np.where(has_discount, discount.values, np.nan)
    _publish(table, forward, discount, parity)
    return forward, discount


def _order(table: ChainTable, dividends: float) -> tuple[str, ...]:
    order = _ORDER[table.profile.forward]
    if not dividends:
        return order
    return tuple(_ESCROWED if word == _SPOT_RATE else word for word in order)


def _given(table: ChainTable, dividends: float, word: str) -> FloatArray:
    """Return a forward that needs no fit, at each point; NaN where something is missing."""
    points = table.points
    if word == _QUOTED:
        return points.quoted
    rate = np.nan if table.profile.rate is None else table.profile.rate
    spot = points.spot - dividends if word == _ESCROWED else points.spot
    return spot * np.exp(rate * points.years)


def _given_rate(table: ChainTable) -> float | None:
    """Return the rate whose discount is taken as given; None where parity has to tell it."""
    return table.profile.rate if table.profile.discount is DiscountSource.RATE else None


def fit_parity(table: ChainTable, parity: Parity, wanted: BoolArray) -> None:
    """
    Fit every series with a point that wants it; where the slope is mute, at the others' rate.

    A single pair tells a forward where a discount is known, and on the last day in any case.

    Args:
        table: Its quotes in currency, its points' times and spots are read.
        parity: What is known of other series; the fits are written into it.
        wanted: Points. ``(p,)``
    """
    rate = _given_rate(table)
    word = _PARITY if rate is None else _RATE
    asked = np.flatnonzero(np.bincount(table.points.series[wanted])).tolist()
    with np.errstate(all="ignore"):
        for index in asked:
            parity.fits.pop(index, None)
            _fit_into(parity, table, index, rate, word)
        mute = [index for index in asked if parity.fits[index].reason]
        if rate is not None or not mute:
            return
        zero_rates = _carried(table.series.years[mute], *_zero_rates(table, parity)).tolist()
        for index, zero_rate in zip(mute, zero_rates, strict=True):
            if math.isfinite(zero_rate):
                _fit_into(parity, table, index, zero_rate, CARRY)
            elif table.profile.rate is not None:
                _fit_into(parity, table, index, table.profile.rate, _RATE)
            elif table.series.years[index] < _ONE_DAY and math.isnan(parity.fits[index].forward):
                _fit_into(parity, table, index, 0.0, ZERO_RATE)  # hours bear hardly any interest


def forget_fit(table: ChainTable, parity: Parity, index: int) -> None:
    """Drop what an earlier fit of the series said."""
    if parity.fits.pop(index, None) is not None:
        where = _points_of(table, index)
        parity.forward[where] = parity.discount[where] = np.nan
        del parity.discount_source[index]


def _fit_into(parity: Parity, table: ChainTable, index: int, rate: float | None, word: str) -> None:
    """Fit one series; keep what stood there where the new fit has no forward."""
    fit, forward, discount = fit_series(table, index, rate)
    if index in parity.fits and not np.isfinite(fit.forward):
        return
    where = _points_of(table, index)
    parity.forward[where] = forward
    parity.discount[where] = discount
    parity.fits[index] = fit
    parity.discount_source[index] = word


def _points_of(table: ChainTable, index: int) -> slice | BoolArray:
    """Return which points are a series'."""
    series = table.points.series
    return slice(index, index + 1) if series.size == len(table.series) else series == index


def _zero_rates(table: ChainTable, parity: Parity) -> tuple[FloatArray, FloatArray]:
    """Return years and zero rate of the series whose own quotes tell their discount."""
    own = [
        index
        for index, fit in parity.fits.items()
        if parity.discount_source[index] == _PARITY and not fit.reason
    ]
    years = table.series.years[own]
    return years, -np.log(parity.discount[own]) / years


def _carried(years: FloatArray, node_years: FloatArray, node_rates: FloatArray) -> FloatArray:
    """
    Interpolate rates per year linearly in time, flat outside the nodes; NaN without any.

    What hours to expiry imply per year is mostly noise: such nodes serve their like only.
    """
    rates = np.full(years.shape, np.nan)
    if not node_years.size:
        return rates
    is_node = (node_years > 0.0) & np.isfinite(node_rates)
    for is_served, is_used in (
        (years < _ONE_DAY, is_node),
        (years >= _ONE_DAY, is_node & (node_years >= _ONE_DAY)),
    ):
        if is_served.any() and is_used.any():
            order = np.argsort(node_years[is_used])
            nodes, values = node_years[is_used][order], node_rates[is_used][order]
            rates[is_served] = np.interp(years[is_served], nodes, values)
    return rates


def _choose(table: ChainTable, parity: Parity, dividends: float, alive: BoolArray) -> Choice:
    """Take at each point the first candidate that is a forward."""
    order = _order(table, dividends)
    words = (*order, NONE)
    values = np.full(alive.size, np.nan)
    word = np.full(alive.size, words.index(NONE), dtype=np.int32)
    is_open = alive
    for index, name in enumerate(order[:-1]):
        candidate = parity.forward if name == _PARITY else _given(table, dividends, name)
        is_taken = is_open & (candidate > 0.0) & (candidate < np.inf)
        values[is_taken] = candidate[is_taken]
        word[is_taken] = index
        is_open = is_open & ~is_taken
        if not is_open.any():
            break
    return Choice(values, words, word)


def _carry_forwards(table: ChainTable, forward: Choice) -> Choice:
    """Fill the points that have a spot and no forward with the carry of the other series."""
    points, m = table.points, len(table.series)
    is_open = (points.years > 0.0) & np.isnan(forward.values)
    if not is_open.any():
        return forward
    growth = np.log(forward.values[:m] / points.spot[:m]) / points.years[:m]
    carried = points.spot * np.exp(_carried(points.years, points.years[:m], growth) * points.years)
    is_filled = is_open & np.isfinite(carried)
    values = np.where(is_filled, carried, forward.values)
    word = np.where(is_filled, forward.words.index(CARRY), forward.word).astype(np.int32)
    return Choice(values, forward.words, word)


def _discounts(table: ChainTable, forward: FloatArray, parity: Parity, alive: BoolArray) -> Choice:
    """Return the discount at each point: the given rate's, parity's, or what stands in."""
    points = table.points
    words = (_PARITY, _RATE, CARRY, ZERO_RATE, NONE)
    given = _given_rate(table)
    if given is not None:
        word = np.full(points.years.size, words.index(_RATE), dtype=np.int32)
        return Choice(np.exp(-given * points.years), words, word)
    values = parity.discount.copy()
    of_series = np.full(len(table.series), words.index(NONE), dtype=np.int32)
    for index, name in parity.discount_source.items():
        of_series[index] = words.index(name)
    word = np.where(np.isfinite(values), of_series[points.series], words.index(NONE))
    for name in (CARRY, _RATE, ZERO_RATE):
        is_open = alive & np.isnan(values)
        if not is_open.any():
            break
        candidate = _stand_in(table, forward, parity, name)
        is_taken = is_open & np.isfinite(candidate)
        values[is_taken] = candidate[is_taken]
        word[is_taken] = words.index(name)
    return Choice(values, words, word.astype(np.int32, copy=False))


def _stand_in(table: ChainTable, forward: FloatArray, parity: Parity, word: str) -> FloatArray:
    """Return a discount that parity did not tell, at each point."""
    points = table.points
    if word == CARRY:
        return np.exp(-_carried(points.years, *_zero_rates(table, parity)) * points.years)
    if word == _RATE:
        rate = np.nan if table.profile.rate is None else table.profile.rate
        return np.exp(-rate * points.years)
    return np.where(np.isfinite(forward), 1.0, np.nan)


def _publish(table: ChainTable, forward: Choice, discount: Choice, parity: Parity) -> None:
    """Write the series' own points, their fits and the reasons into the series table."""
    series, points = table.series, table.points
    series.forward[:] = points.forward[: len(series)]
    series.discount[:] = points.discount[: len(series)]
    known = np.isfinite(series.forward).tolist(), np.isfinite(series.discount).tolist()
    for index, (has_forward, has_discount) in enumerate(zip(*known, strict=True)):
        series.forward_source[index] = forward.word_at(index) if has_forward else NONE
        series.discount_source[index] = discount.word_at(index) if has_discount else NONE
        fit = parity.fits.get(index)
        is_fitted = fit is not None and math.isfinite(fit.forward)
        series.pairs[index] = fit.pairs if fit and is_fitted else 0
        series.confidence[index] = fit.confidence if fit and is_fitted else np.nan
        series.residual[index] = fit.residual if fit and is_fitted else np.nan
        series.reason[index] = _reason(table, index, forward.words, fit)


def _reason(table: ChainTable, index: int, order: tuple[str, ...], fit: ParityFit | None) -> str:
    """Say what was missing and what stands in for it; nothing where all is as the profile asks."""
    series = table.series
    if series.settles_at[index] == NO_TIME:
        return "the expiry is not known"
    if not series.years[index] > 0.0:
        return "settled: no time is left at the chain's as_of"
    said: list[str] = []
    source = series.forward_source[index]
    if source != order[0]:
        missed = order[: order.index(source)] if source in order else order
        said += [_lack(table, index, name, fit) for name in missed]
        said.append("no forward" if source == NONE else f"forward: {source}")
    elif fit is not None and fit.reason and source == _PARITY:
        said.append(fit.reason)
    wanted = table.profile.discount.value
    if source != NONE and series.discount_source[index] != wanted:
        said.append(f"discount: {series.discount_source[index]}")
    return "; ".join(said)


def _lack(table: ChainTable, index: int, source: str, fit: ParityFit | None) -> str:
    """Say why a source tells no forward for a series."""
    is_spot_known = np.isfinite(table.series.spot[index])
    if source == _PARITY:
        if table.is_coin[table.slice(index)].any():
            return "parity: premiums in coin need a forward"
        return f"parity: {fit.reason if fit is not None and fit.reason else 'no fit'}"
    if source == _QUOTED:
        return f"quoted: {table.quoted_lacks.get(index, 'no forward came with the rows')}"
    no_spot = table.spot_lack or "no spot"
    if source == CARRY:
        return "carry: no other series tells it" if is_spot_known else f"carry: {no_spot}"
    if table.profile.rate is None:
        return (
            f"{source}: no rate given" if is_spot_known else f"{source}: {no_spot}, no rate given"
        )
    return f"{source}: {no_spot}"
