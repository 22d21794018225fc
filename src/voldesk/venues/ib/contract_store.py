"""Contracts found before, kept in a file per underlying, and when they are too old to trust."""

import json
import logging
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from voldesk.model.errors import StorageError

_LOG: Final = logging.getLogger(__name__)
_VERSION: Final = 1
_NS_PER_HOUR: Final = 3_600_000_000_000
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_.-]")


@dataclass(frozen=True, slots=True)
class Listed:
    """
    One option contract as TWS lists it.

    Attributes:
        last_day: Of trading, ``YYYYMMDD``.
        expiry: The date its name prints, ``YYYY-MM-DD``.
        tick_size: 0 unknown.
    """

    con_id: int
    trading_class: str
    last_day: str
    expiry: str
    strike: float
    right: str
    local_symbol: str
    multiplier: float
    tick_size: float


@dataclass(frozen=True, slots=True)
class Series:
    """
    Every contract of one class and last day, and when that was so.

    Attributes:
        asked_at: UTC ns.
        offered: The strikes the class had then, over all its dates.
    """

    asked_at: int
    offered: tuple[float, ...]
    contracts: tuple[Listed, ...]

    def is_fresh(self, now: int, max_age_hours: float, offered: Iterable[float]) -> bool:
        """
        Say whether it still tells all there is.

        It does until it is too old, or the class has a strike that it had not: exchanges add
        strikes during the day, where the market has gone.
        """
        is_young = 0 <= now - self.asked_at <= max_age_hours * _NS_PER_HOUR
        return is_young and set(offered) <= set(self.offered)


class ContractStore:
    """
    The contracts of one underlying, kept in a file.

    A file of another version, or that cannot be read, is as good as none. Reading and writing
    block: call them in a thread.

    Args:
        path: Of the file; its folder is made when it is written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._series: dict[str, Series] = {}

    def get(self, trading_class: str, last_day: str) -> Series | None:
        """Return what is known of a series, however old."""
        return self._series.get(f"{trading_class} {last_day}")

    def put(
        self,
        trading_class: str,
        last_day: str,
        *,
        asked_at: int,
        offered: Sequence[float],
        contracts: Sequence[Listed],
    ) -> Series:
        """Keep a series, in place of what was known of it."""
        series = Series(asked_at, tuple(offered), tuple(contracts))
        self._series[f"{trading_class} {last_day}"] = series
        return series

    def drop_before(self, last_day: str) -> None:
        """Forget series that trade no more."""
        for name in [name for name in self._series if name.rsplit(" ", 1)[1] < last_day]:
            del self._series[name]

    def load(self) -> None:
        """Read the file."""
        try:
            document = json.loads(self._path.read_bytes())
            if document["version"] == _VERSION:
                self._series = {name: _series(found) for name, found in document["series"].items()}
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
            _LOG.warning("contract_store_unreadable path=%s reason=%s", self._path, exc)

    def save(self) -> None:
        """
        Write the file, whole or not at all.

        Raises:
            StorageError: It cannot be written.
        """
        document = {
            "version": _VERSION,
            "series": {name: _document(one) for name, one in sorted(self._series.items())},
        }
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps(document, separators=(",", ":")))
            draft.replace(self._path)
        except OSError as exc:
            raise StorageError(f"contracts cannot be kept in {self._path}: {exc}") from exc


def store_path(folder: Path, symbol: str, con_id: int) -> Path:
    """Return where the contracts of an underlying are kept."""
    return folder / f"{_UNSAFE.sub('_', symbol)}-{con_id}.json"


def _document(series: Series) -> dict[str, Any]:
    return {
        "asked_at": series.asked_at,
        "offered": series.offered,
        "contracts": [
            [getattr(one, name) for name in Listed.__slots__] for one in series.contracts
        ],
    }


def _series(document: dict[str, Any]) -> Series:
    return Series(
        int(document["asked_at"]),
        tuple(float(strike) for strike in document["offered"]),
        tuple(Listed(*row) for row in document["contracts"]),
    )
