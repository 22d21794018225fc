"""What goes wrong at the built-in exchange, and how long things take; all of it seeded."""

from dataclasses import dataclass

from voldesk.model.sessions import NS_PER_SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """A span drawn evenly between two, nanoseconds."""

    least_ns: int = 0
    most_ns: int = 0


NO_DELAY = Delay()
_ALGO_DELAY = Delay(least_ns=NS_PER_SECOND // 2, most_ns=3 * NS_PER_SECOND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """
    Latencies and mishaps of an exchange. The default is the perfect one: no delay, none.

    Delays pass on the exchange's own clock: nothing is due before `advance` or `on_quotes`.

    Attributes:
        seed: Of everything drawn.
        order_delay: Before a new order can fill (its status is PENDING until then).
        modify_delay: Before a modification counts; the order can fill as it was meanwhile.
        cancel_delay: Likewise of a cancel, status PENDING_CANCEL.
        ack_delay: Before anything about an order is told but its fills: a fill may come first.
        fill_report_delay: Before a fill is told, which has happened: a late fill.
        algo_delay: What algorithms wait before they work.
        reject_share: Share of new orders rejected for no reason, 0 to 1.
        repeat_share: Share of fills that are told twice.
        stale_after_secs: Nothing of an underlying fills once its last tick is older; None for
            whatever its age.
    """

    seed: int = 0
    order_delay: Delay = NO_DELAY
    modify_delay: Delay = NO_DELAY
    cancel_delay: Delay = NO_DELAY
    ack_delay: Delay = NO_DELAY
    fill_report_delay: Delay = NO_DELAY
    algo_delay: Delay = _ALGO_DELAY
    reject_share: float = 0.0
    repeat_share: float = 0.0
    stale_after_secs: float | None = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """
    How this exchange treats its clients.

    Attributes:
        is_always_open: Whether orders work outside sessions too, as the synthetic market ticks.
        holds_when_closed: Whether an order that comes while the market is closed waits for the
            opening; otherwise it is rejected.
        checks_margin: Whether an order that the account cannot pay for is rejected.
        session: Starts every execution id; another one after a restart.
    """

    is_always_open: bool = True
    holds_when_closed: bool = True
    checks_margin: bool = True
    session: int = 0xC0DE
