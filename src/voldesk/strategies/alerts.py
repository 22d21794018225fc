"""Alerts: a figure crosses a level, and it is said once."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, NamedTuple

from voldesk.analytics.update import ChainUpdate
from voldesk.bus.local import STATUS, Listener, LocalBus
from voldesk.model.errors import ConfigError
from voldesk.strategies.figures import Figure, Reading

TOPIC: Final = "alerts"
MOST_RULES: Final = 1_000
"""Each is looked at whenever its chain is published."""

_NS_PER_SECOND: Final = 1e9
_NS_PER_US: Final = 1_000
_NOT_TRUSTED: Final = frozenset({"STALE", "DOWN"})  # words of the status topic


class Direction(StrEnum):
    """Which way a figure went through a level."""

    UP = "up"
    DOWN = "down"


class Cross(StrEnum):
    """Which crossings a rule tells."""

    UP = "up"
    DOWN = "down"
    BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    Tell when a figure crosses a level.

    Attributes:
        name: Unique among the rules.
        field: Any published figure: of a contract where ``contract`` is given; of a series where
            ``expiry`` or ``root`` is, or where only series have it; else of the underlying.
        level: In the unit of the field: 0.2 is an iv of 20 %.
        crosses: Upwards, downwards or both.
        contract: See `Figure`.
        expiry: See `Figure`.
        root: See `Figure`.
        band: Hysteresis, in the unit of the field: after an upward crossing the figure has to
            have been below ``level - band`` before the next one, and the mirror image downwards.
        is_once: Only the first crossing is told.
        cooldown_secs: Crossings so soon after one that was told are not.
    """

    name: str
    underlying: str
    field: str
    level: float
    crosses: Cross = Cross.UP
    contract: str | None = None
    expiry: date | None = None
    root: str | None = None
    band: float = 0.0
    is_once: bool = False
    cooldown_secs: float = 0.0

    @property
    def figure(self) -> Figure:
        """
        Return what it watches.

        Raises:
            ConfigError: There is no such figure.
        """
        return Figure.of(self.field, self.contract, self.expiry, self.root)

    def require_valid(self) -> None:
        """
        Refuse what can never be told.

        Raises:
            ConfigError: Naming the rule, the value and what is allowed.
        """
        if not math.isfinite(self.level):
            raise ConfigError(f"alert {self.name!r}: level is {self.level}, it must be a number")
        for name in ("band", "cooldown_secs"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0.0):
                raise ConfigError(f"alert {self.name!r}: {name} is {value}, it must be 0 or more")
        try:
            _ = self.figure
        except ConfigError as exc:
            raise ConfigError(f"alert {self.name!r}: {exc}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """
    Which alerts there are.

    Attributes:
        rules: Those that only the settings change.
        file: Keeps those that are made while the process runs; None: they end with it.
    """

    rules: tuple[Rule, ...] = ()
    file: Path | None = None


class RuleState(NamedTuple):
    """
    What a rule remembers.

    It is armed upwards once the figure has been below ``level - band``, and disarmed above the
    level; the mirror image downwards. A figure that starts above the level has not crossed it.
    """

    is_armed_up: bool = False
    is_armed_down: bool = False
    is_spent: bool = False
    told_at: int | None = None  # UTC ns


def step(rule: Rule, state: RuleState, value: float, ts: int) -> tuple[RuleState, Direction | None]:
    """
    Take one value of the figure and return what the rule is to remember, and what it tells.

    NaN changes nothing: a crossing between two known values is one, whatever was unknown between.
    A value at the level is on neither side of it.

    Args:
        rule: What is watched for.
        state: As the last call returned it; `RuleState()` at first.
        value: In the unit of the field.
        ts: When it was published, UTC ns.
    """
    if state.is_spent or math.isnan(value):
        return state, None
    is_above, is_below = value > rule.level, value < rule.level
    direction: Direction | None = None
    if is_above and state.is_armed_up and rule.crosses is not Cross.DOWN:
        direction = Direction.UP
    if is_below and state.is_armed_down and rule.crosses is not Cross.UP:
        direction = Direction.DOWN
    if direction is not None and _is_cooling(rule, state, ts):
        direction = None
    is_told = direction is not None
    state = RuleState(
        is_armed_up=not is_above and (state.is_armed_up or value < rule.level - rule.band),
        is_armed_down=not is_below and (state.is_armed_down or value > rule.level + rule.band),
        is_spent=is_told and rule.is_once,
        told_at=ts if is_told else state.told_at,
    )
    return state, direction


def _is_cooling(rule: Rule, state: RuleState, ts: int) -> bool:
    """Say whether a crossing was told too lately; a time set back does not keep it."""
    cooldown_ns = rule.cooldown_secs * _NS_PER_SECOND
    return state.told_at is not None and 0 <= ts - state.told_at < cooldown_ns


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """
    One crossing, the message of the topic ``alerts``; it reaches pages as it stands.

    Attributes:
        contract: Symbol of the contract at that moment, None where it is of none.
        expiry: Of the contract or the series.
        ts_us: When it was published, UTC microseconds: JavaScript's numbers hold no nanoseconds.
        text: All of it in one sentence.
    """

    kind: str = "alert"
    rule: str
    underlying: str
    field: str
    direction: Direction
    level: float
    value: float
    contract: str | None
    expiry: date | None
    ts_us: int
    text: str


class Alerts:
    """
    Watches the chains on the bus and publishes each crossing on ``alerts``.

    A figure whose quotes are stale says nothing, nor does an underlying that the status topic
    calls STALE or DOWN: what crossed meanwhile is told by the first fresh figure.

    Args:
        rules: What is watched for.
        bus: Where chains are published, and alerts.

    Attributes:
        listener: Ends when a handler raises; await ``listener.ended()`` to learn of it.

    Raises:
        ConfigError: A rule is not possible, or two have one name.
    """

    def __init__(self, rules: Iterable[Rule], bus: LocalBus) -> None:
        self._bus = bus
        self._rules: dict[str, Rule] = {}
        self._figures: dict[str, Figure] = {}
        self._states: dict[str, RuleState] = {}
        self._untrusted: frozenset[str] = frozenset()
        for rule in rules:
            self.add(rule)
        self.listener: Listener = bus.on("chain/*", self._hear, name="alerts")
        self._status_listener = bus.on(STATUS, self._hear_status, name="alerts")

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Return what is watched for, in the order it was added."""
        return tuple(self._rules.values())

    def add(self, rule: Rule, *, is_spent: bool = False) -> None:
        """
        Watch for something more.

        Args:
            rule: Told from its first crossing after this on.
            is_spent: It tells one crossing, and did so already.

        Raises:
            ConfigError: It is not possible, its name is taken, or there are too many.
        """
        rule.require_valid()
        if rule.name in self._rules:
            raise ConfigError(f"two alerts are named {rule.name!r}: a name is one alert's")
        if len(self._rules) >= MOST_RULES:
            raise ConfigError(f"there are {len(self._rules)} alerts, at most {MOST_RULES} may be")
        self._rules[rule.name] = rule
        self._figures[rule.name] = rule.figure
        self._states[rule.name] = RuleState(is_spent=is_spent)

    def remove(self, name: str) -> None:
        """
        Watch for it no more.

        Raises:
            KeyError: There is no rule of that name.
        """
        del self._rules[name], self._figures[name], self._states[name]

    def state(self, name: str) -> RuleState:
        """
        Return what a rule remembers.

        Raises:
            KeyError: There is no rule of that name.
        """
        return self._states[name]

    def close(self) -> None:
        """Stop watching."""
        self.listener()
        self._status_listener()

    def _hear(self, _topic: str, update: ChainUpdate) -> None:
        if update.underlying in self._untrusted:
            return
        for rule in self._rules.values():
            if rule.underlying != update.underlying or self._states[rule.name].is_spent:
                continue
            reading = self._figures[rule.name].read(update)
            if reading is None or not reading.is_fresh:
                continue
            state, direction = step(rule, self._states[rule.name], reading.value, update.ts_flush)
            self._states[rule.name] = state
            if direction is not None:
                self._bus.publish(TOPIC, _alert(rule, reading, direction, update.ts_flush))

    def _hear_status(self, _topic: str, message: Any) -> None:  # noqa: ANN401  # the topic's own type
        if message.get("kind") == "health":
            self._untrusted = frozenset(
                one["underlying"]
                for one in message["underlyings"]
                if str(one["state"]) in _NOT_TRUSTED
            )


def _alert(rule: Rule, reading: Reading, direction: Direction, ts: int) -> Alert:
    whose = " ".join(
        str(part) for part in (rule.underlying, reading.contract or reading.expiry) if part
    )
    return Alert(
        rule=rule.name,
        underlying=rule.underlying,
        field=rule.field,
        direction=direction,
        level=rule.level,
        value=reading.value,
        contract=reading.contract,
        expiry=reading.expiry,
        ts_us=ts // _NS_PER_US,
        text=f"{whose} {rule.field} crossed {rule.level:g} going {direction}: {reading.value:.6g}",
    )
