"""Interactive Brokers as a broker: orders by TWS or Gateway, and everything it says of them."""

from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path

from ib_async import IB
from ib_async.contract import Contract
from ib_async.objects import ExecutionFilter

from voldesk.model.clock import Clock
from voldesk.model.errors import ConfigError, InvariantError, VenueRejected, VenueUnavailable
from voldesk.model.events import Happened, Margin, Snapshot, Told
from voldesk.model.lifecycle import Event
from voldesk.model.orders import Intent
from voldesk.venues.ib import order_questions as questions
from voldesk.venues.ib.account import TAGS, AccountFigures, check_money, figure
from voldesk.venues.ib.contract_book import ContractBook, key_of
from voldesk.venues.ib.order_book import Known
from voldesk.venues.ib.order_line import OrderLine
from voldesk.venues.ib.order_reports import OrderReports
from voldesk.venues.ib.order_snapshot import Snapshots
from voldesk.venues.ib.orders import margin_question, order_of
from voldesk.venues.ib.outbox import Outbox
from voldesk.venues.ib.settings import IbSettings


class IbBroker:
    """
    Fills `model.ports.broker.Broker`.

    The line is kept by whoever reads ``told``: somebody has to.

    Args:
        settings: See `IbSettings`.
        clock: Stamps what is told.
        folder: Where contracts that a feed found are kept, where the settings name none.
        is_live: Whether real money is meant; TWS's port and accounts have to agree.
        name: Of the broker.
    """

    def __init__(
        self,
        settings: IbSettings,
        clock: Clock,
        *,
        folder: Path,
        is_live: bool = False,
        name: str = "ib",
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._is_live = is_live
        self._name = name
        self._is_paper = not is_live
        self._accounts: tuple[str, ...] = ()
        self._client_id = settings.trading_client_id
        self._out = Outbox()
        self._reports = OrderReports(self._client_id, key_of, clock, self._tell, self._hear_line)
        self._line = OrderLine(settings, clock, self._tell, self._learn, self._reports)
        self._contracts = ContractBook(self._line.link, settings.chain.folder or folder)
        self._snapshots = Snapshots(self._line.link, self._reports, self._contracts, clock)
        self._is_closed = False

    @property
    def name(self) -> str:
        """Name it."""
        return self._name

    @property
    def is_paper(self) -> bool:
        """Say whether no real money can move, by the accounts of the login."""
        return self._is_paper

    @property
    def accounts(self) -> tuple[str, ...]:
        """Return the accounts of the login, the one of the settings first."""
        return self._accounts

    async def open(self) -> None:
        """
        Connect, check whose money it is, and learn which orders there are.

        Raises:
            VenueUnavailable: TWS does not answer.
            ConfigError: The client id is taken, there is no such account, or port, account and
                what is wanted do not agree about real money.
        """
        self._is_closed = False
        await self._line.open()

    async def told(self) -> AsyncIterator[Told]:
        """Yield what TWS says, and keep the line meanwhile; end when closed."""
        while not self._is_closed:
            self._line.check()
            while len(self._out):
                yield self._out.take()
            await self._line.keep()

    async def snapshot(self, account: str) -> Snapshot:
        """
        Ask for everything; again where fills came meanwhile, so that they fit the positions.

        Raises:
            VenueUnavailable: Not all of it came in time, or TWS has lost its servers.
        """
        breaks = self._require_ready()
        taken = await self._snapshots.take(account)
        self._require_unbroken(breaks)  # what TWS says while it has no servers may be old
        return taken

    async def place(self, intent: Intent) -> None:
        """
        Send an order; one that TWS has no contract for is told as rejected.

        Raises:
            VenueUnavailable: There is no line; nothing was sent.
        """
        await self.place_all([intent])

    async def place_all(self, intents: Sequence[Intent]) -> None:
        """
        Send a parent and then its children, or the orders of a group, so that they begin at once.

        TWS keeps all but the last until that comes. Raises as ``place``.
        """
        breaks = self._require_ready()
        for intent in intents:
            self._require_new(intent)
        try:
            contracts = [await self._contract(intent) for intent in intents]
            parents = [self._parent(intent, intents[:at]) for at, intent in enumerate(intents)]
        except (ConfigError, VenueRejected) as exc:
            for intent in intents:
                self._refuse(intent.client_order_id, Event.REJECT, str(exc))
            return
        self._require_unbroken(breaks)
        ids: dict[str, int] = {}
        for intent, contract, parent in zip(intents, contracts, parents, strict=True):
            order_id = ids[intent.client_order_id] = self._line.next_id()
            parent_id = ids[parent] if isinstance(parent, str) else parent
            order = order_of(intent, order_id, parent_id=parent_id, transmits=intent is intents[-1])
            known = self._reports.book.sent(
                intent.client_order_id, intent.account, self._client_id, order_id, intent.terms
            )
            known.parent_id = parent_id
            self._line.link.ib.client.placeOrder(order_id, contract, order)

    async def modify(self, intent: Intent) -> None:
        """
        Send an order's new terms under its order id.

        Raises:
            VenueUnavailable: There is no line; nothing was sent.
        """
        breaks = self._require_ready()
        known = self._mine(intent.client_order_id, Event.REFUSE_MODIFY)
        if known is None:
            return
        try:
            contract = await self._contract(intent)
        except (ConfigError, VenueRejected) as exc:
            self._refuse(intent.client_order_id, Event.REFUSE_MODIFY, str(exc))
            return
        self._require_unbroken(breaks)
        order = order_of(intent, known.order_id, parent_id=known.parent_id)
        known.asked, known.told = intent.terms, ()
        self._line.link.ib.client.placeOrder(known.order_id, contract, order)

    async def cancel(self, client_order_id: str) -> None:
        """
        Ask to cancel one; that of another program can only be cancelled there.

        Raises:
            VenueUnavailable: There is no line; nothing was sent.
        """
        self._require_known()
        known = self._mine(client_order_id, Event.REFUSE_CANCEL)
        if known is not None:
            known.told = ()
            self._line.link.ib.client.cancelOrder(known.order_id)

    async def cancel_all(self, account: str) -> None:
        """
        Ask to cancel everything of an account.

        With one account that is everything at TWS, whoever placed it. TWS cannot do so for one
        account of several: there ours are cancelled one by one, and of the others it is told that
        they go on.

        Raises:
            VenueUnavailable: There is no line; nothing was sent.
        """
        self._require_known()
        if len(self._accounts) == 1:
            self._line.link.ib.client.reqGlobalCancel()
            return
        for known in self._reports.book.alive(account):
            if known.client_id == self._client_id:
                self._line.link.ib.client.cancelOrder(known.order_id)
            else:
                self._reports.refuse(known, Event.REFUSE_CANCEL, _of_another(known))

    async def what_if(self, intent: Intent) -> Margin | None:
        """
        Ask what an order would bind; nothing is placed.

        Raises:
            VenueUnavailable: No answer came in time, or TWS would refuse the order.
        """
        self._require_ready()
        what = f"the margin of {intent.client_order_id}"
        try:
            contract = await self._contract(intent)
            question = margin_question(intent, self._line.next_id())
            asked = partial(questions.margin, contract=contract, question=question)
            state = await self._line.link.ask(what, asked)
        except (ConfigError, VenueRejected) as exc:
            raise VenueUnavailable(str(exc)) from exc
        return questions.margin_of(state)

    def figures(self, account: str) -> AccountFigures:
        """Return what an account is worth as TWS told last, NaN where it has not."""
        if not self._line.link.is_up:
            return AccountFigures(account=account)
        ib = self._line.link.ib
        values = {
            TAGS[one.tag]: figure(one.value) for one in ib.accountValues(account) if one.tag in TAGS
        }
        currency = next(
            (one.currency for one in ib.accountValues(account) if one.tag == "NetLiquidation"), ""
        )
        for pnl in ib.pnl(account):
            values |= {
                "day_pnl": figure(pnl.dailyPnL),
                "unrealised": figure(pnl.unrealizedPnL),
                "realised": figure(pnl.realizedPnL),
            }
        return AccountFigures(account=account, currency=currency, **values)

    async def close(self) -> None:
        """Disconnect; ``told`` ends. Orders stay as they are."""
        self._is_closed = True
        self._line.close()

    # A connection

    async def _learn(self) -> None:
        """Check whose money it is, and learn which orders and ids there are."""
        link = self._line.link
        self._is_paper = check_money(
            self._settings.port, link.accounts, is_live_wanted=self._is_live
        )
        self._accounts = self._ordered(link.accounts)
        self._reports.book.renew()
        await self._learn_ids()
        if self._client_id == 0:  # after the list, whose end its answer could be taken for
            link.ib.client.reqAutoOpenOrders(True)
        for account in self._accounts:
            link.ib.reqPnL(account)
            await link.ask(
                "account values", partial(IB.reqAccountUpdatesMultiAsync, account=account)
            )

    async def _learn_ids(self) -> None:
        """Learn the ids of our orders, lest one is used twice."""
        ours = ExecutionFilter(clientId=self._client_id)
        link = self._line.link
        for told in await link.ask("open orders", questions.open_orders):
            if told.order.clientId == self._client_id:
                self._line.used(told.order.orderId)
        for fill in await link.ask("our executions", lambda ib: questions.executions(ib, ours)):
            if fill.execution.clientId == self._client_id:
                self._line.used(fill.execution.orderId)

    def _ordered(self, accounts: tuple[str, ...]) -> tuple[str, ...]:
        chosen = self._settings.account
        if chosen is None:
            return accounts
        if chosen not in accounts:
            raise ConfigError(
                f"ib.account is none of the {len(accounts)} accounts of this login;"
                " TWS shows them in its title bar"
            )
        return (chosen, *(one for one in accounts if one != chosen))

    # Orders

    async def _contract(self, intent: Intent) -> Contract:
        if intent.is_combination:
            legs = [(leg.key, leg.ratio) for leg in intent.legs]
            return await self._contracts.combination(intent.underlying, legs)
        return await self._contracts.find(intent.legs[0].key)

    def _parent(self, intent: Intent, before: Sequence[Intent]) -> str | int:
        """
        Return the order id of what must fill first, our id of one sent before it, 0 for none.

        Raises:
            VenueRejected: It can never fill, or is not ours.
        """
        name = intent.parent_id
        if name is None or name in {one.client_order_id for one in before}:
            return name or 0
        known = self._reports.book.named(name)
        if known is None or known.client_id != self._client_id:
            raise VenueRejected(f"its parent {name} is no order of this program at TWS")
        if known.ended is Event.COMPLETE:
            return 0  # it has filled: what waited for it begins at once
        if known.is_over:
            raise VenueRejected(f"its parent {name} is over and was not filled")
        return known.order_id

    def _mine(self, client_order_id: str, refusal: Event) -> Known | None:
        """Return an order that we can act on; where there is none, that is told."""
        known = self._reports.book.named(client_order_id)
        if known is None:
            self._refuse(client_order_id, refusal, f"TWS has no order {client_order_id}")
        elif known.client_id != self._client_id or not known.order_id:
            self._refuse(client_order_id, refusal, _of_another(known))
        else:
            return known
        return None

    def _refuse(self, client_order_id: str, event: Event, reason: str) -> None:
        now = self._clock.now()
        self._out.put(Happened(client_order_id=client_order_id, event=event, at=now, reason=reason))

    def _tell(self, told: Told) -> None:
        self._out.put(told)
        self._line.link.wake()

    def _hear_line(self, code: int, text: str) -> None:
        self._line.hear_line(code, text)

    def _require_new(self, intent: Intent) -> None:
        if self._reports.book.named(intent.client_order_id) is not None:
            raise InvariantError(f"order {intent.client_order_id} was sent before")

    def _require_known(self) -> None:
        if not self._line.is_known or not self._line.link.is_up:
            raise VenueUnavailable("there is no line to TWS; nothing was sent")

    def _require_ready(self) -> int:
        """Return how often the line has broken so far."""
        self._require_known()
        if not self._line.is_ready:
            raise VenueUnavailable("TWS has lost its servers (IB 1100); nothing was sent")
        return self._line.breaks

    def _require_unbroken(self, breaks: int) -> None:
        """See that the line is the one a request was begun on: by now it may count as lost."""
        if self._require_ready() != breaks:
            raise VenueUnavailable("the line to TWS broke meanwhile; nothing was sent")


def _of_another(known: Known) -> str:
    return (
        f"order {known.perm_id} was made by client {known.client_id} of TWS: cancel or change it"
        " there, or trade as client 0 to adopt what is made by hand"
    )
