"""Exits as an operator writes them: rules for kinds of positions, made into a plan for each one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Final

from voldesk.model.errors import ConfigError
from voldesk.trading.exits import ExitPlan, Rule, Trigger
from voldesk.trading.ledger import Ledger
from voldesk.trading.portfolio import terms_of
from voldesk.trading.positions import Position

_SECS_PER_MIN: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitRule:
    """
    When positions are closed by themselves; the first level that holds closes all of one.

    Attributes:
        name: Unique among the rules; the orders' ids are made with it.
        underlying: Of the positions that are meant, "" any; as
        contract: their key, and
        strategy: of the order that opened them; a position that was there before the first
            execution known has none.
        stop_price: What closing trades at, down to which a held and up to which a sold one is kept.
        stop_pct: A loss of so many per cent of the premium.
        stop_money: A loss of so much of the whole position, quote currency.
        target_price: As ``stop_price``, on the other side; likewise ``target_pct`` and
            ``target_money``.
        trail_price: So far back from the best price since the process watches; ``trail_pct``
            per cent of the best.
        before_expiry_mins: So many minutes before the contract settles.
        delta: Of one contract, whatever its sign.
        through_ticks: How far beyond the quote the closing order may trade.
        retry_secs: How soon after a try that ended unfilled another is made.
    """

    name: str
    underlying: str = ""
    contract: str = ""
    strategy: str = ""
    stop_price: float | None = None
    stop_pct: float | None = None
    stop_money: float | None = None
    target_price: float | None = None
    target_pct: float | None = None
    target_money: float | None = None
    trail_price: float | None = None
    trail_pct: float | None = None
    before_expiry_mins: float | None = None
    delta: float | None = None
    through_ticks: int = 2
    retry_secs: float = 5.0

    @property
    def triggers(self) -> tuple[Rule, ...]:
        """
        Return its levels, the urgent ones first.

        Raises:
            ValueError: One is not above 0.
        """
        found = [
            Rule(trigger, level)
            for trigger in Trigger
            if trigger is not Trigger.BEFORE_EXPIRY_SECS
            and (level := getattr(self, trigger.value)) is not None
        ]
        if self.before_expiry_mins is not None:
            secs = self.before_expiry_mins * _SECS_PER_MIN
            found.append(Rule(Trigger.BEFORE_EXPIRY_SECS, secs))
        return tuple(found)

    def means(self, position: Position, strategy: str) -> bool:
        """Say whether a position is one of those it closes."""
        return (
            self.underlying in {"", terms_of(position.key)[0]}
            and self.contract in {"", position.key}
            and self.strategy in {"", strategy}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitSettings:
    """
    Which positions are closed by themselves.

    Attributes:
        rules: None: everything is left to a person.
        least_secs: Between two looks at the positions.
    """

    rules: tuple[ExitRule, ...] = ()
    least_secs: float = 0.5

    def require_possible(self) -> None:
        """
        Refuse rules that can never close anything.

        Raises:
            ConfigError: Naming the rule, the value and what is allowed.
        """
        if not self.least_secs > 0:
            raise ConfigError(
                f"trading.exits.least_secs is {self.least_secs}, expected more than 0"
            )
        names = [rule.name for rule in self.rules]
        for rule in self.rules:
            if names.count(rule.name) > 1:
                raise ConfigError(f"two exits are named {rule.name!r}: a name is one exit's")
            try:
                is_empty = not rule.triggers
            except ValueError as exc:
                raise ConfigError(f"exit {rule.name!r}: {exc}") from exc
            if is_empty:
                levels = ", ".join(_LEVELS)
                raise ConfigError(f"exit {rule.name!r} closes nothing: give one of {levels}")


_LEVELS: Final = tuple(one.name for one in fields(ExitRule) if one.default is None)


def plans_of(
    rules: Iterable[ExitRule], positions: Iterable[Position], ledger: Ledger, account: str
) -> Iterator[ExitPlan]:
    """Yield a plan for each position and each rule that means it; closed ones need none."""
    given = tuple(rules)
    for position in positions:
        if position.quantity == 0:
            continue
        strategy = _strategy(ledger, position)
        for rule in given:
            if rule.means(position, strategy):
                yield ExitPlan(
                    name=rule.name,
                    account=account,
                    key=position.key,
                    rules=rule.triggers,
                    through_ticks=rule.through_ticks,
                    retry_secs=rule.retry_secs,
                )


def _strategy(ledger: Ledger, position: Position) -> str:
    """Return the strategy of the order that opened a position, "" where nobody knows."""
    fill = ledger.executions.get(position.opened_by)
    order = (
        None
        if fill is None
        else ledger.find(client_order_id=fill.client_order_id, venue_order_id=fill.venue_order_id)
    )
    return "" if order is None else order.intent.strategy
