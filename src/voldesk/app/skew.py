"""The net iv of a chain: the call nearest to a delta less the put nearest to minus that delta."""

from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from voldesk.analytics.ladder import Ladder
from voldesk.analytics.skew import nearest_delta
from voldesk.analytics.smile import iv_at_delta, otm_smile
from voldesk.chain.table import ChainTable
from voldesk.model.enums import Status

_NS_PER_US: Final = 1_000


@dataclass(frozen=True, slots=True)
class Wing:
    """One of the two contracts chosen."""

    symbol: str
    strike: float
    delta: float
    iv: float


@dataclass(frozen=True, slots=True)
class NetIv:
    """
    The difference, and what it is made of.

    Attributes:
        expiry: Of both contracts, ISO 8601; None where no series has an iv.
        net_iv: A fraction; NaN where a side has no contract.
        risk_reversal: The same between strikes, at exactly the delta: a fraction, at 0.25 the
            ``rr25`` of the analytics; NaN where the smile does not reach that far.
        call: None where no call has an iv.
        put: None where no put has one.
        ts_us: Of the chain, UTC microseconds.
    """

    underlying: str
    spot: float
    expiry: str | None
    delta: float
    net_iv: float
    risk_reversal: float
    call: Wing | None
    put: Wing | None
    ts_us: int

    def document(self) -> dict[str, Any]:
        """Return it as JSON knows it, NaN as None."""
        known = asdict(self)
        for name in ("spot", "net_iv", "risk_reversal"):
            known[name] = known[name] if np.isfinite(known[name]) else None
        return known


def net_iv_of(table: ChainTable, delta: float) -> NetIv:
    """
    Choose both contracts anew and return the difference of their ivs.

    Of the series in the table, the first with an iv on both sides counts, else the first.

    Args:
        table: As it stands; contracts that are stale are not chosen.
        delta: Above 0: 0.25 is a 25-delta call and a 25-delta put.
    """
    found = [_net_iv(table, series, delta) for series in np.unique(table.rows.series).tolist()] or [
        _nothing(table, delta)
    ]
    return next((one for one in found if one.call and one.put), found[0])


def _net_iv(table: ChainTable, series: int, delta: float) -> NetIv:
    part = table.slice(series)
    rows = table.rows
    is_known = np.isfinite(rows.iv[part]) & (rows.status[part] != Status.STALE)
    candidates = np.where(is_known, rows.delta[part], np.nan)
    chosen: list[Wing | None] = []
    for target in (delta, -delta):
        place = nearest_delta(candidates, rows.is_call[part], target)
        chosen.append(None if place is None else _wing(table, part.start + place))
    call, put = chosen
    return NetIv(
        underlying=table.underlying,
        spot=float(table.spot),
        expiry=str(table.series.expiry[series]),
        delta=delta,
        net_iv=call.iv - put.iv if call and put else float("nan"),
        risk_reversal=_risk_reversal(table, series, delta),
        call=call,
        put=put,
        ts_us=table.as_of // _NS_PER_US,
    )


def _risk_reversal(table: ChainTable, series: int, delta: float) -> float:
    part, rows = table.slice(series), table.rows
    iv = np.where(rows.status[part] == Status.OK, rows.iv[part], np.nan)
    ladder = Ladder.of(rows.strike[part], rows.is_call[part])
    smile = otm_smile(
        ladder.strike,
        ladder.calls(iv),
        ladder.puts(iv),
        float(table.series.forward[series]),
        float(table.series.years[series]),
    )
    return iv_at_delta(smile, delta) - iv_at_delta(smile, -delta)


def _nothing(table: ChainTable, delta: float) -> NetIv:
    nan = float("nan")
    ts_us = table.as_of // _NS_PER_US
    return NetIv(table.underlying, float(table.spot), None, delta, nan, nan, None, None, ts_us)


def _wing(table: ChainTable, row: int) -> Wing:
    rows = table.rows
    return Wing(
        symbol=str(rows.symbol[row]),
        strike=float(rows.strike[row]),
        delta=float(rows.delta[row]),
        iv=float(rows.iv[row]),
    )
