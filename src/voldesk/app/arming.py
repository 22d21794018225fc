"""
Real money moves only after somebody has typed so at the terminal of this very process.

What was typed holds for this process and one date at the exchange. Nothing that comes over the
network gets here: a client can take the right away (a kill does) and never give it.
"""

import sys
from collections.abc import Callable
from typing import TextIO

import typer

from voldesk.app.desk_opening import masked
from voldesk.model.clock import Clock
from voldesk.model.enums import Market
from voldesk.model.errors import OrderDenied
from voldesk.model.orders import Intent
from voldesk.model.ports.broker import Broker
from voldesk.model.sessions import local_date
from voldesk.trading.ceremony import Arming, Facts, arming_phrase, missing_for_live, mixed_up
from voldesk.trading.desk import Desk, Surroundings
from voldesk.trading.gate import judge
from voldesk.trading.limits import GateState, Limits
from voldesk.trading.views import DeskView

_SHOWN_LIMITS = (
    "order_contracts",
    "order_notional",
    "trades_per_day",
    "day_loss",
    "drawdown",
    "margin_share",
)


class LiveGuard:
    """
    Knows what stands between an account and real money.

    Args:
        account: That is traded.
        limits: Of its gate.
        is_live: Real money is asked for.
        is_live_in_file: By the file of the settings, and by nothing else.
        exchange: Whose date an arming belongs to.
        clock: Tells that date.
    """

    def __init__(
        self,
        account: str,
        limits: Limits,
        *,
        is_live: bool,
        is_live_in_file: bool,
        exchange: Market,
        clock: Clock,
    ) -> None:
        self.account, self.limits, self.is_live = account, limits, is_live
        self._is_live_in_file = is_live_in_file
        self._exchange, self._clock = exchange, clock
        self._arming: Arming | None = None
        self._disarmed_by = ""

    @property
    def is_armed(self) -> bool:
        """Say whether somebody has armed the account, whatever else is missing."""
        return self._arming is not None

    def arm(self) -> None:
        """Note that somebody at the terminal has armed the account, for the date it is now."""
        today = local_date(self._clock.now(), self._exchange)
        self._arming = Arming(account=self.account, on=today)

    def disarm(self, by: str) -> None:
        """Take the arming back; only a new process can be armed again."""
        if self._arming is not None:
            self._arming, self._disarmed_by = None, by

    def refusal(self, broker: Broker) -> str:
        """
        Say why nothing may be traded at a broker that is open, "" if all may.

        Where money is real each missing thing has its sentence. What the gate itself asks of
        every order (that trading is not halted, that the venue was compared with) is not asked
        here: a desk that is halted has to be open to be unlocked.
        """
        facts = Facts(
            account=self.account,
            is_live_in_file=self._is_live_in_file,
            arming=self._arming,
            disarmed_by=self._disarmed_by,
            today=local_date(self._clock.now(), self._exchange),
            venue_is_paper=broker.is_paper,
            venue_accounts=broker.accounts,
            limits=self.limits,
            state=GateState.ACTIVE,
            is_reconciled=True,
        )
        if self.is_live:
            return "; ".join(missing_for_live(facts))
        return mixed_up(facts)


class GuardedSurroundings:
    """
    Shows orders to the gate, and stops those that add risk once an arming has run out.

    An arming runs out at midnight of the exchange, and with a kill. What only reduces a position
    still passes: a stop has to work through the night, and a kill may have to trade out.

    Args:
        inner: What is shown.
        refusal: Says why real money may not move, "" if it may.
    """

    def __init__(self, inner: Surroundings, refusal: Callable[[], str]) -> None:
        self._inner, self._refusal = inner, refusal

    def view(self, intent: Intent, desk: Desk) -> DeskView:
        """
        Return what the gate is shown of an order.

        Raises:
            OrderDenied: Real money may not move, with every reason; or as the inner one does.
        """
        view = self._inner.view(intent, desk)
        reason = self._refusal()
        if reason and not judge(intent, view, desk.limits).is_reducing:
            raise OrderDenied(f"real money may not move: {reason}")
        return view


def ask_at_terminal(guard: LiveGuard, terminal: TextIO | None = None) -> None:
    """
    Have a person arm an account of real money; what is traded on paper is not asked about.

    Without a terminal nobody is asked, and nothing is armed: the process streams all the same.

    Args:
        guard: Of the account.
        terminal: Where a person types; standard input if None.
    """
    if not guard.is_live:
        return
    typed = sys.stdin if terminal is None else terminal
    if not typed.isatty():
        typer.echo("not armed: real money is armed at a terminal, and this is none", err=True)
        return
    phrase = arming_phrase(guard.account)
    limits = ", ".join(f"{name} {getattr(guard.limits, name):g}" for name in _SHOWN_LIMITS)
    typer.echo(f"LIVE: orders of account {masked(guard.account)} move real money", err=True)
    typer.echo(f"  limits: {limits}", err=True)
    typer.echo(f"  type {phrase!r} to arm it for today; anything else arms nothing: ", err=True)
    if typed.readline().strip() == phrase:
        guard.arm()
    typer.echo("armed" if guard.is_armed else "not armed: nothing will be traded", err=True)
