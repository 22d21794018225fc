"""Builds the desk of a process: which broker, which journal, what the gate is shown."""

import math
import os
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from voldesk.app.account_currency import SIM, currencies_of, in_its_currency, without_rate
from voldesk.app.account_day import FILE_NAME, AccountDay
from voldesk.app.arming import GuardedSurroundings, LiveGuard
from voldesk.app.exit_watch import ExitWatch
from voldesk.app.feeds import Feeds
from voldesk.app.kill_file import NAME, KillFile
from voldesk.app.market_view import MarketView
from voldesk.app.noted_journal import NotedJournal
from voldesk.app.settings import Settings, config_folder
from voldesk.app.trading_desk import TradingDesk
from voldesk.app.trading_parts import Chore, Identity, Parts
from voldesk.app.trading_settings import BrokerName, TradingSettings
from voldesk.bus.local import LocalBus
from voldesk.gateways.order_desk import ORDERS, Mode
from voldesk.model.clock import Clock
from voldesk.model.enums import Market
from voldesk.model.errors import ConfigError
from voldesk.model.ports.broker import Broker
from voldesk.trading.day import DayMoney, read_day
from voldesk.trading.desk import Desk, Surroundings
from voldesk.trading.ledger import OrderRecord
from voldesk.trading.portfolio import PortfolioSettings
from voldesk.trading.settings import DeskSettings
from voldesk.trading.surroundings import MarketSurroundings

if TYPE_CHECKING:
    from voldesk.venues.ib.broker import IbBroker

JOURNALS: Final = "journal"
PAPER: Final = "paper"
"""Folders beside the user's settings, with one of each account below them."""

_EXCHANGES: Final = {"INR": Market.INDIA}
"""Whose date an account's day goes by, New York's where its currency says nothing."""


log = structlog.get_logger(__name__)


def build_desk(
    settings: Settings,
    feeds: Feeds,
    market: MarketView,
    bus: LocalBus,
    *,
    is_live_in_file: bool = False,
    is_currency_given: bool = False,
) -> TradingDesk | None:
    """
    Return the desk that the settings ask for, not yet open; None where they want none.

    What is simulated is traded in an account of its own, since its prices are nobody's; a
    recording is not traded at all, its day being over.

    Args:
        settings: All of them; their hash stands in the journal.
        feeds: Whose clock counts.
        market: How contracts stand.
        bus: Where orders, positions and risk are told, and chains.
        is_live_in_file: The file of the settings, and nothing else, says that money is real.
        is_currency_given: Somebody has named the account's currency.

    Raises:
        ConfigError: They contradict one another.
    """
    if settings.trading.broker is BrokerName.OFF:
        return None
    settings.trading.require_possible()
    settings = _in_its_currency(settings, feeds, is_given=is_currency_given)
    asked = settings.trading
    account = _account(settings, feeds)
    mode = Mode.LIVE if asked.broker is BrokerName.IB else Mode.PAPER
    identity = Identity(account=account, broker=asked.broker.value, mode=mode)
    guard = LiveGuard(
        account,
        asked.limits,
        is_live=mode is Mode.LIVE,
        is_live_in_file=is_live_in_file,
        exchange=_exchange(asked),
        clock=feeds.clock,
    )

    def publish(order: OrderRecord) -> None:
        bus.publish(ORDERS, order)
        desk.changed(order)

    def make() -> Parts:
        if feeds.is_replay:
            raise ConfigError("a recording is not traded: its day is over")
        return make_parts(settings, account, market, feeds.clock, bus, publish, guard)

    desk = TradingDesk(
        identity,
        make,
        market,
        bus,
        feeds.clock,
        KillFile(kill_file(asked)),
        guard,
        show_secs=asked.show_secs,
    )
    return desk


def _in_its_currency(settings: Settings, feeds: Feeds, *, is_given: bool) -> Settings:
    """Return the settings with the account's currency, and warn of what has no rate to it."""
    served = currencies_of(feeds.feeds)
    asked = in_its_currency(settings.trading, served, is_given=is_given)
    lacking = without_rate(asked, served)
    if lacking:
        log.warning("no_rate", why=lacking)
    return settings.model_copy(update={"trading": asked})


def make_parts(
    settings: Settings,
    account: str,
    market: MarketView,
    clock: Clock,
    bus: LocalBus,
    publish: Callable[[OrderRecord], object],
    guard: LiveGuard,
) -> Parts:
    """
    Open the journal of an account and put its desk together.

    Raises:
        ConfigError: Another process trades the account, or the broker cannot be had.
        StorageError: The journal cannot be opened.
    """
    asked = settings.trading
    folder = journal_folder(asked, account)
    journal = NotedJournal.open(folder, account)
    try:
        return _assembled(settings, account, market, clock, bus, publish, guard, journal)
    except BaseException:
        journal.close()
        raise


def _assembled(
    settings: Settings,
    account: str,
    market: MarketView,
    clock: Clock,
    bus: LocalBus,
    publish: Callable[[OrderRecord], object],
    guard: LiveGuard,
    journal: NotedJournal,
) -> Parts:
    from voldesk.store.trades.projection import Projection  # noqa: PLC0415  # SQLAlchemy takes 0.2 s

    asked = settings.trading
    broker, equity, chores = _build_broker(settings, account, market, clock, bus, journal.path)
    path = journal.path.parent / FILE_NAME
    money = DayMoney(equity, clock, _exchange(asked), read_day(path))
    around: Surroundings = MarketSurroundings(market, asked.portfolio, money, clock)
    if guard.is_live:
        around = GuardedSurroundings(around, lambda: guard.refusal(broker))
    day = AccountDay(market, money, asked.portfolio, clock, path)
    desk = Desk(
        broker,
        journal,
        around,
        asked.limits,
        clock,
        DeskSettings(
            account=account,
            version=version("voldesk"),
            config=config_hash(settings),
            pid=os.getpid(),
            answer_secs=asked.answer_secs,
            settle_secs=asked.settle_secs,
            snapshot_secs=asked.snapshot_secs,
            retry_secs=asked.retry_secs,
            what_if_secs=asked.what_if_secs,
        ),
        publish,
    )
    copy = Projection(journal.path, account, lambda: len(journal), asked.database, clock)
    exits = ExitWatch(asked.exits, desk, around, market, bus, clock)
    return Parts(
        desk=desk,
        broker=broker,
        journal=journal,
        surroundings=around,
        day=day,
        now=clock.now,
        refusal=lambda: guard.refusal(broker),
        chores={
            **chores,
            "trades in SQL": copy.run,
            "day kept": day.keep,
            "exits": exits.run,
        },
    )


def _build_broker(
    settings: Settings,
    account: str,
    market: MarketView,
    clock: Clock,
    bus: LocalBus,
    journal: Path,
) -> tuple[Broker, Callable[[], float], dict[str, Chore]]:
    """
    Return the broker, what tells the account's worth, and what has to run beside it.

    Raises:
        ConfigError: It needs what is not installed.
    """
    asked = settings.trading
    if asked.broker is not BrokerName.PAPER:
        ib = _build_ib(settings, clock)
        return ib, lambda: ib.figures(account).equity, {}
    from voldesk.trading.paper.broker import PaperBroker  # noqa: PLC0415  # when it is traded on

    paper = PaperBroker(
        market, clock, replace(asked.paper, account=account), journal.parent / PAPER
    )

    async def hear_quotes() -> None:
        listener = bus.on(
            "chain/*", lambda _, update: paper.quotes_changed(update.underlying), name="paper"
        )
        try:
            await listener.ended()
        finally:
            listener()

    def equity() -> float:
        worth = paper.values(asked.portfolio.currency).equity
        return math.nan if worth is None else float(worth)

    return paper, equity, {"paper hears quotes": hear_quotes}


def _build_ib(settings: Settings, clock: Clock) -> "IbBroker":
    try:
        from voldesk.venues.ib.broker import IbBroker  # noqa: PLC0415  # an extra, not always there
    except ModuleNotFoundError as exc:
        if (exc.name or "").partition(".")[0] != "ib_async":
            raise
        raise ConfigError(
            "broker 'ib' needs ib_async, which is not installed: pip install 'voldesk[ib]'"
        ) from exc
    asked = settings.trading
    return IbBroker(
        settings.ib,
        clock,
        folder=Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "voldesk" / "ib",
        is_live=asked.broker is BrokerName.IB,
        name=asked.broker.value,
    )


def _exchange(settings: TradingSettings) -> Market:
    """Return whose date the account's day goes by."""
    return _EXCHANGES.get(settings.portfolio.currency, Market.US)


def _account(settings: Settings, feeds: Feeds) -> str:
    """Return whose money it is; what is simulated, and each currency, has its own account."""
    asked = settings.trading
    name = asked.account_name(settings.ib.account)
    is_made_up = any(feed.name == SIM for feed in feeds.feeds)
    if asked.broker is not BrokerName.PAPER or asked.account is not None:
        return name
    if is_made_up:
        name = f"{name}-SIM"
    # Money of a day is not to be compared with that of a day in another currency.
    own = asked.portfolio.currency
    return name if own == PortfolioSettings().currency else f"{name}-{own}"


def config_hash(settings: Settings) -> str:
    """Return what tells one set of settings from another, secrets left out."""
    text = repr({name: value for name, value in settings if name != "token"})
    return sha256(text.encode()).hexdigest()


def kill_file(settings: TradingSettings) -> Path:
    """Return the file that stops trading by being there."""
    return settings.kill_file or config_folder() / NAME


def journal_folder(settings: TradingSettings, account: str) -> Path:
    """Return where an account's journal lies, alone."""
    return settings.folder or config_folder() / JOURNALS / account
