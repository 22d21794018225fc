"""
Bars that really were: told in place of made ones, where somebody has them.

The simulated past is invented. Whoever compares a client with known history hands the simulator a
table of bars, and requests that hold one of them are answered with it. All other bars stay as they
are: a recorded day does not change its minutes.
"""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, NamedTuple

from voldesk.model.errors import FileFormatError
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.periods import BAR_SIZES
from voldesk.simulator.ib.shows import Show
from voldesk.wire.ib.types import Bar

COLUMNS: Final = (
    "sec_type",
    "local_symbol",
    "show",
    "bar_size",
    "date",
    "open",
    "high",
    "low",
    "close",
    "volume",
    "wap",
    "count",
)
"""Of the table, in any order; ``date`` is UTC seconds, or ``YYYYMMDD`` for days and longer."""


class RecordedKey(NamedTuple):
    """Which bar is meant."""

    sec_type: str
    local_symbol: str
    show: Show
    bar_size: str
    date: str


@dataclass(frozen=True, slots=True)
class RecordedBars:
    """Bars by what they are of."""

    bars: Mapping[RecordedKey, Bar]

    def told(self, instrument: Instrument, show: Show, bar_size: str, date: str, made: Bar) -> Bar:
        """Return the recorded bar in place of a made one, dated as that is; else the made one."""
        if not self.bars:
            return made
        key = RecordedKey(instrument.sec_type, instrument.local_symbol, show, bar_size, date)
        found = self.bars.get(key)
        return made if found is None else replace(found, date=made.date)


NOTHING_RECORDED: Final = RecordedBars(MappingProxyType({}))


def read_recorded(text: str) -> RecordedBars:
    """
    Return the bars of a table: CSV whose first line names the `COLUMNS`.

    Raises:
        FileFormatError: A column is missing, a line is no bar, or two lines are the same one.
    """
    rows = csv.DictReader(text.splitlines())
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise FileFormatError(f"recorded bars need the columns {', '.join(missing)}")
    bars: dict[RecordedKey, Bar] = {}
    for number, row in enumerate(rows, start=2):
        key, bar = _bar(row, number)
        if key in bars:
            raise FileFormatError(f"line {number} of recorded bars repeats {' '.join(key)}")
        bars[key] = bar
    return RecordedBars(MappingProxyType(bars))


def _bar(row: dict[str, str | None], number: int) -> tuple[RecordedKey, Bar]:
    cells = {name: (row[name] or "").strip() for name in COLUMNS}
    try:
        prices = [float(cells[name]) for name in ("open", "high", "low", "close", "volume", "wap")]
        opened, high, low, closed, volume, wap = prices
        count, show = int(cells["count"]), Show(cells["show"])
    except ValueError as error:
        raise FileFormatError(f"line {number} of recorded bars: {error}") from error
    is_sound = low <= min(opened, closed) <= max(opened, closed) <= high
    if not (is_sound and all(math.isfinite(price) for price in prices)):
        raise FileFormatError(f"line {number} of recorded bars: {prices} is no bar")
    if cells["bar_size"] not in BAR_SIZES or not cells["date"].isdigit():
        raise FileFormatError(
            f"line {number} of recorded bars: bar_size {cells['bar_size']!r} or date"
            f" {cells['date']!r} is none"
        )
    key = RecordedKey(
        cells["sec_type"], cells["local_symbol"], show, cells["bar_size"], cells["date"]
    )
    return key, Bar(cells["date"], opened, high, low, closed, volume, wap, count)
