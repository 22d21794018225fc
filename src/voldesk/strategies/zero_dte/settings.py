"""What the 0DTE scan looks at, what it lets through, and how a find is bought."""

import math
from dataclasses import dataclass, field, fields

from voldesk.model.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreWeights:
    """
    How much each term of the score counts; 0 leaves it out. `score.TERMS` says what they are.

    Attributes:
        trend: 0 or more, as all of them.
    """

    trend: float = 1.0
    convexity: float = 1.0
    cheapness: float = 1.0
    liquidity: float = 1.0
    activity: float = 1.0
    patience: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanSettings:
    """
    What the 0DTE scan looks at and lets through.

    A threshold that is None is off. A figure that is not known passes none of them.

    Attributes:
        watchlist: Underlyings.
        is_nearest_allowed: Where nothing expires today, the nearest expiry is looked at.
        min_gamma: Published units, as all of these: delta per 1 of underlying.
        min_delta: Of its size: a put has -0.2 or less.
        min_vega: Per vol point.
        min_theta: Per calendar day: -0.5 lets a loss of 0.5 a day through.
        min_iv_percentile: From 0 to 100, as ``max_iv_percentile``.
        max_spread_pct: Ask less bid, percent of the mid.
        min_score: From 0 to 100.
        history_days: Trading days the percentile looks back, and
        history_least_days: without which there is none.
        most_shown: Candidates shown, the best ones.
        contracts: How many are bought where nobody is asked.
        stop_loss_pct: The stop lies so far below the entry, percent of it; None for no stop.
        take_profit_pct: The target lies so far above.
        deadline_secs: A chain that has no figures by then is left out of a round.
        fill_secs: How long an entry is watched for its fill.
        schedule: ``every 5m`` or ``09:35,12:00``; None scans once.
        schedule_zone: Whose clock such times are of.
    """

    watchlist: tuple[str, ...] = ()
    is_nearest_allowed: bool = True
    min_gamma: float | None = 0.05
    min_delta: float | None = 0.20
    max_delta: float | None = 0.80
    min_vega: float | None = 0.10
    min_theta: float | None = -0.50
    min_iv_percentile: float | None = 30.0
    max_iv_percentile: float | None = 70.0
    max_spread_pct: float | None = 10.0
    min_score: float | None = None
    weights: ScoreWeights = field(default_factory=ScoreWeights)
    history_days: int = 252
    history_least_days: int = 20
    most_shown: int = 10
    contracts: int = 1
    stop_loss_pct: float | None = 50.0
    take_profit_pct: float | None = 100.0
    deadline_secs: float = 20.0
    fill_secs: float = 10.0
    schedule: str | None = None
    schedule_zone: str = "America/New_York"

    def require_valid(self) -> None:
        """
        Refuse what lets nothing through, and numbers that are none.

        Raises:
            ConfigError: Naming the setting, the value and what is allowed.
        """
        for low, high in (("min_delta", "max_delta"), ("min_iv_percentile", "max_iv_percentile")):
            least, most = getattr(self, low), getattr(self, high)
            if least is not None and most is not None and not least <= most:
                raise ConfigError(f"scan.{low} is {least}, it must be at most scan.{high}, {most}")
        for one in fields(self.weights):
            _require(f"weights.{one.name}", getattr(self.weights, one.name), 0.0)
        if not any(getattr(self.weights, one.name) for one in fields(self.weights)):
            raise ConfigError("scan.weights are all 0: at least one term must count")
        for name in ("history_days", "history_least_days", "most_shown", "contracts"):
            _require(name, getattr(self, name), 1.0)
        for name in ("deadline_secs", "fill_secs"):
            _require(name, getattr(self, name), 0.0)
        if self.stop_loss_pct is not None and not 0.0 < self.stop_loss_pct < 100.0:
            raise ConfigError(
                f"scan.stop_loss_pct is {self.stop_loss_pct}, it must be above 0 and below 100"
            )
        if self.take_profit_pct is not None and not 0.0 < self.take_profit_pct < math.inf:
            raise ConfigError(f"scan.take_profit_pct is {self.take_profit_pct}, it must be above 0")


def _require(name: str, value: float, least: float) -> None:
    if not (math.isfinite(value) and value >= least):
        raise ConfigError(f"scan.{name} is {value}, it must be {least:g} or more")
