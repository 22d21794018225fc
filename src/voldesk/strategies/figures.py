"""What a rule may watch: any published figure of a contract, a series or an underlying."""

import re
from dataclasses import dataclass, fields
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from typing import Final, NamedTuple, Self

import numpy as np

from voldesk.analytics.skew import nearest_delta
from voldesk.analytics.summary import SeriesSummary, UnderlyingSummary
from voldesk.analytics.update import ChainUpdate
from voldesk.chain.schema import ROW_COLUMNS, Kind
from voldesk.chain.table import ChainTable
from voldesk.model.enums import Status
from voldesk.model.errors import ConfigError


class Scope(StrEnum):
    """Whose figure it is."""

    CONTRACT = "contract"
    SERIES = "series"
    UNDERLYING = "underlying"


def _numbers(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.type in {float, int})


FIELDS: Final = {
    Scope.CONTRACT: tuple(column.name for column in ROW_COLUMNS if column.kind is Kind.FLOAT),
    Scope.SERIES: _numbers(SeriesSummary),
    Scope.UNDERLYING: ("spot", *_numbers(UnderlyingSummary)),
}
"""Every figure that can be watched; docs/columns.md and docs/json.md say what they mean."""

_ALL: Final = tuple(dict.fromkeys(name for names in FIELDS.values() for name in names))
SELECTOR: Final = re.compile(r"(?:(atm)|(\d+(?:\.\d+)?)d) (call|put)")
"""A contract chosen anew at each update: at the money, or nearest to a delta."""

_LARGEST_DELTA: Final = 100.0


class Reading(NamedTuple):
    """A figure as one update has it; NaN is unknown, ``is_fresh`` says that its quotes are."""

    value: float
    is_fresh: bool
    expiry: date | None = None
    contract: str | None = None


_NOTHING: Final = Reading(float("nan"), is_fresh=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """
    One figure of one underlying, wherever its contract or series stands in the table.

    Attributes:
        field: A name of `FIELDS`.
        contract: ``atm call``, ``atm put``, ``25d put`` (the put nearest to 25 delta, any number)
            or the symbol the venue gives the contract; None for a series or the underlying.
        expiry: Date of the series; None for the first that has not settled, or for the underlying
            where the field is one of both.
        root: Of the series, where several roots have one expiry; None for the first of them.
    """

    field: str
    contract: str | None = None
    expiry: date | None = None
    root: str | None = None

    @classmethod
    def of(
        cls, field: str, contract: str | None, expiry: date | None, root: str | None = None
    ) -> Self:
        """
        Return the figure.

        Raises:
            ConfigError: There is no such field, or not of that.
        """
        figure = cls(field=field, contract=contract, expiry=expiry, root=root)
        known = FIELDS[figure.scope]
        if field not in known:
            close = get_close_matches(field, known, n=1) or get_close_matches(field, _ALL, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}"
            raise ConfigError(f"no field {field!r} of {_owner(figure.scope)}; {hint}")
        found = SELECTOR.fullmatch(contract or "")
        if found and found[2] and not 0.0 < float(found[2]) < _LARGEST_DELTA:
            raise ConfigError(f"contract {contract!r}: a delta is above 0 and below 100")
        return figure

    @property
    def scope(self) -> Scope:
        """Say whose figure it is."""
        if self.contract is not None:
            return Scope.CONTRACT
        is_of_both = self.field in FIELDS[Scope.UNDERLYING]
        if self.expiry is not None or self.root is not None or not is_of_both:
            return Scope.SERIES
        return Scope.UNDERLYING

    def read(self, update: ChainUpdate) -> Reading | None:
        """Return the figure, None where this update does not bring it anew."""
        if self.scope is Scope.CONTRACT:
            return self._of_contract(update.table)
        if self.field == "spot" and self.scope is Scope.UNDERLYING:
            return Reading(float(update.table.spot), is_fresh=True)
        if update.summary is None:
            return None
        if self.scope is Scope.UNDERLYING:
            value = float(getattr(update.summary.underlying, self.field))
            return Reading(value, _is_fresh(update.table, slice(None)))
        series = self._series(update.table)
        if series is None:
            return _NOTHING
        one = update.summary.series[series]
        fresh = _is_fresh(update.table, update.table.slice(series))
        return Reading(float(getattr(one, self.field)), fresh, one.expiry)

    def _of_contract(self, table: ChainTable) -> Reading:
        row = self._row(table)
        if row is None:
            return _NOTHING
        columns = table.rows
        return Reading(
            float(getattr(columns, self.field)[row]),
            bool(columns.status[row] != Status.STALE),
            columns.expiry[row].item(),
            str(columns.symbol[row]),
        )

    def _row(self, table: ChainTable) -> int | None:
        """Return the row of the contract as the money stands now."""
        assert self.contract is not None
        found = SELECTOR.fullmatch(self.contract)
        if found is None:
            named = np.flatnonzero(table.rows.symbol == self.contract)
            return int(named[0]) if named.size else None
        series = self._series(table)
        if series is None:
            return None
        part = table.slice(series)
        is_call = found[3] == "call"
        if found[1]:
            row = _nearest_money(table, series, is_call=is_call)
        else:
            target = float(found[2]) / 100.0
            row = nearest_delta(
                table.rows.delta[part], table.rows.is_call[part], target if is_call else -target
            )
        return None if row is None else part.start + row

    def _series(self, table: ChainTable) -> int | None:
        """Return the place of the series: the one asked for, else the first not settled."""
        series = table.series
        wanted = series.settles_at > table.as_of
        if self.expiry is not None:
            wanted = series.expiry == np.datetime64(self.expiry, "D")
        if self.root is not None:
            wanted = wanted & (series.root == self.root)
        places = np.flatnonzero(wanted)
        return int(places[0]) if places.size else None


def _nearest_money(table: ChainTable, series: int, *, is_call: bool) -> int | None:
    """Return the row, within its series, whose strike is nearest to the forward, else the spot."""
    part = table.slice(series)
    forward = float(table.series.forward[series])
    money = forward if np.isfinite(forward) else float(table.spot)
    away = np.abs(table.rows.strike[part] - money)
    away = np.where(table.rows.is_call[part] == is_call, away, np.nan)
    return int(np.nanargmin(away)) if np.isfinite(away).any() else None


def _is_fresh(table: ChainTable, part: slice) -> bool:
    """Say whether some row has a vol of its own now, or at least none has an old one."""
    status = table.rows.status[part]
    return bool((status == Status.OK).any() or not (status == Status.STALE).any())


def _owner(scope: Scope) -> str:
    return {
        Scope.CONTRACT: "a contract",
        Scope.SERIES: "a series",
        Scope.UNDERLYING: "an underlying",
    }[scope]
