"""What an operator may set about trading: which account, how far it may go, what is kept."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from voldesk.model.errors import ConfigError
from voldesk.store.trades.settings import TradesSettings
from voldesk.trading.exit_rules import ExitSettings
from voldesk.trading.limits import Limits
from voldesk.trading.paper.settings import PaperSettings
from voldesk.trading.portfolio import PortfolioSettings

MOST_NAME: Final = 64
_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")  # it names a folder


class BrokerName(StrEnum):
    """Where orders go."""

    PAPER = "paper"  # a venue of our own on live quotes
    IB_PAPER = "ib-paper"  # a paper account at Interactive Brokers
    IB = "ib"  # real money
    OFF = "off"  # nowhere


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingSettings:
    """
    One account and its desk.

    Attributes:
        broker: Where orders go.
        is_paper: No real money: with it ``ib`` is refused.
        account: Whose; of ``paper`` that of ``paper.account``. None: of the broker's settings.
        folder: Holds the account's journal; None: ``journal`` and the account's name, beside the
            user's settings.
        kill_file: While it is there nothing is traded; None: ``kill`` beside the user's settings.
        is_confirmation_required: ``voldesk order place`` asks a person before it sends.
        limits: Of the gate.
        answer_secs: See `trading.settings.DeskSettings`, as for ``settle_secs``,
            ``snapshot_secs``, ``retry_secs`` and ``what_if_secs``.
        show_secs: Positions and risk are told so often.
        paper: The paper account.
        portfolio: What sums are made in.
        database: The SQL copy of the journal.
        exits: Which positions are closed by themselves.
    """

    broker: BrokerName = BrokerName.PAPER
    is_paper: bool = True
    account: str | None = None
    folder: Path | None = None
    kill_file: Path | None = None
    is_confirmation_required: bool = True
    limits: Limits = field(default_factory=Limits)
    answer_secs: float = 5.0
    settle_secs: float = 2.0
    snapshot_secs: float = 10.0
    retry_secs: float = 1.0
    what_if_secs: float = 3.0
    show_secs: float = 1.0
    paper: PaperSettings = field(default_factory=PaperSettings)
    portfolio: PortfolioSettings = field(default_factory=PortfolioSettings)
    database: TradesSettings = field(default_factory=TradesSettings)
    exits: ExitSettings = field(default_factory=ExitSettings)

    @property
    def max_trades_per_day(self) -> float:
        """Return how many orders may open or enlarge a position in a day."""
        return self.limits.trades_per_day

    def require_possible(self) -> None:
        """
        Refuse settings that contradict one another.

        Raises:
            ConfigError: They do; the message says which.
        """
        if self.broker is BrokerName.IB and self.is_paper:
            raise ConfigError(
                "trading.broker is ib, which is real money, and trading.is_paper says none: set"
                " is_paper to false, or the broker to ib-paper"
            )
        for name in ("answer_secs", "settle_secs", "snapshot_secs", "retry_secs", "show_secs"):
            value = getattr(self, name)
            if not value > 0:
                raise ConfigError(f"trading.{name} is {value}, expected more than 0")

        self.exits.require_possible()

    def account_name(self, ib_account: str | None) -> str:
        """
        Return whose money it is.

        Args:
            ib_account: The account of the settings of IB.

        Raises:
            ConfigError: Nobody says.
        """
        given = self.paper.account if self.broker is BrokerName.PAPER else ib_account
        account = self.account or given
        if not account:
            raise ConfigError(
                f"trading.broker is {self.broker}: name its account, as trading.account or as"
                " ib.account"
            )
        if len(account) > MOST_NAME or not _NAME.fullmatch(account):
            raise ConfigError(
                f"account {account[:80]!r}, expected letters, digits, - and _, {MOST_NAME} at most"
            )
        return account
