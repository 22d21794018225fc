"""The composition of `voldesk analyze`: a chain file in, a valued chain and its summary out."""

import math
from dataclasses import dataclass
from datetime import date
from os import PathLike
from pathlib import Path

from voldesk.analytics.summary import Summary, summarize
from voldesk.app.names import check_name
from voldesk.chain.reprice import value_chain
from voldesk.chain.table import ChainTable
from voldesk.model.conventions import PROFILES, Profile, profile_named
from voldesk.model.enums import Market
from voldesk.model.errors import ConfigError
from voldesk.model.quotes import NO_TIME, RowProblem
from voldesk.wire.files.reader import ReadHints
from voldesk.wire.files.registry import FORMATS, read_chain

PROFILE_OF_FORMAT = {"cboe": "cboe", "upstox": "upstox", "nse": "nse", "deribit": "deribit"}
"""The profile of a format's vendor; every other format is valued by ``default``."""

US_MULTIPLIER = 100.0
"""Units of the underlying per contract in the US; one elsewhere, where lots differ by symbol."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyzeOptions:
    """
    What the operator says about a chain file; None means the file or its format decides.

    Attributes:
        format: Name of a format; recognised from the bytes if None.
        profile: Name of a profile; that of the format's vendor if None.
        as_of: Valuation time, UTC ns, in place of the file's.
        spot: Spot of the underlying, in place of the file's.
        rate: Continuous rate, a fraction per year, in place of the profile's.
        dividends: Present value of the dividends before expiry, quote currency per unit.
        multiplier: Units of the underlying per contract; by market if None.
        underlying: The underlying of a file that does not say.
        expiry: The expiry of a file that does not say.
        stale_after_secs: Age from which a quote counts as stale; None means never.
    """

    format: str | None = None
    profile: str | None = None
    as_of: int | None = None
    spot: float | None = None
    rate: float | None = None
    dividends: float = 0.0
    multiplier: float | None = None
    underlying: str | None = None
    expiry: date | None = None
    stale_after_secs: float | None = None

    def __post_init__(self) -> None:
        """
        Refuse values that no chain can have.

        Raises:
            ConfigError: Naming the option, the value and what is allowed.
        """
        for name in ("spot", "multiplier", "stale_after_secs"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value > 0.0):
                raise ConfigError(f"{name} is {value:g}, it must be a positive number")
        if not (math.isfinite(self.dividends) and self.dividends >= 0.0):
            raise ConfigError(f"dividends is {self.dividends:g}, it must be zero or more")
        if self.rate is not None and not math.isfinite(self.rate):
            raise ConfigError(f"rate is {self.rate:g}, it must be a number: 0.05 is five percent")
        check_name("profile", self.profile, PROFILES)
        check_name("format", self.format, FORMATS)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Analysis:
    """
    A chain file, valued and summarised.

    Attributes:
        source: The format the file was read as.
        profile: How its numbers were made.
        multiplier: Units of the underlying per contract, used for exposures.
        assumed: What neither the operator nor the file said, one sentence each.
        problems: Rows that could not be read, by line.
    """

    source: str
    profile: Profile
    multiplier: float
    table: ChainTable
    summary: Summary
    assumed: tuple[str, ...]
    problems: tuple[RowProblem, ...]


def analyze(path: str | PathLike[str], options: AnalyzeOptions | None = None) -> Analysis:
    """
    Read a chain file, value it and summarise it.

    Raises:
        ConfigError: There is no such file, or it needs something only the operator can say.
        FileFormatError: The file cannot be read as the format asked for, or as any.
    """
    options = options or AnalyzeOptions()
    data = _read(Path(path))
    hints = ReadHints(
        underlying=options.underlying,
        expiry=options.expiry,
        spot=math.nan if options.spot is None else options.spot,
        as_of=NO_TIME if options.as_of is None else options.as_of,
    )
    snapshot = read_chain(data, Path(path).name, format=options.format, hints=hints)
    assumed: list[str] = []
    name = options.profile
    if name is None:
        name = PROFILE_OF_FORMAT.get(snapshot.source, "default")
        assumed.append(f"profile {name} for a {snapshot.source} file (--profile)")
    profile = profile_named(name, rate=options.rate)
    multiplier = options.multiplier
    if multiplier is None:
        multiplier = US_MULTIPLIER if snapshot.market is Market.US else 1.0
        assumed.append(f"multiplier {multiplier:g} for market {snapshot.market} (--multiplier)")
    table = value_chain(
        snapshot,
        profile,
        as_of=options.as_of,
        spot=options.spot,
        dividends=options.dividends,
        stale_after_secs=options.stale_after_secs,
    )
    return Analysis(
        source=snapshot.source,
        profile=profile,
        multiplier=multiplier,
        table=table,
        summary=summarize(table, multiplier),
        assumed=tuple(assumed),
        problems=snapshot.problems,
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(f"there is no file {path}: check the path") from None
    except OSError as exc:
        raise ConfigError(f"cannot read {path}: {exc.strerror or exc}") from exc
